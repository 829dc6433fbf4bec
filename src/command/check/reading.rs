//! A text as the checks read it: words without accents and capitals, sentences, and where each word stands in what was
//! typed.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::domain::fold::fold;

/// A text cut into words.
#[derive(Debug)]
pub struct Reading<'t> {
    /// As it was typed.
    pub typed: &'t str,
    /// Its words and numbers, in order.
    pub tokens: Vec<Token>,
}

/// A word or a number.
#[derive(Debug)]
pub struct Token {
    /// Without accents and capitals.
    pub word: String,
    /// Where it stands in what was typed, in bytes.
    pub range: Range<usize>,
    /// What stands between the token before and this one.
    pub joint: Joint,
    /// How it is written.
    pub case: Case,
    /// Whether it is digits.
    pub is_number: bool,
    /// Which sentence it is in, counted from 0.
    pub sentence: usize,
    /// Whether it is part of a hashtag.
    pub is_tag: bool,
}

/// What stands before a word, the strongest of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joint {
    /// Nothing: `17` and `h` in `17h`.
    Tight,
    /// A hyphen, an apostrophe, a full stop within a word.
    Soft,
    /// A space.
    Space,
    /// The end of a line.
    Line,
    /// A comma, a colon, a parenthesis.
    Mark,
    /// The end of a sentence.
    Stop,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `nantes`, and everything that has no capitals.
    Lower,
    /// `Nantes`
    Capital,
    /// `NANTES`
    Upper,
}

/// What is followed by a full stop without ending a sentence, folded.
const ABBREVIATIONS: [&str; 34] = [
    "m", "mm", "mr", "mme", "mlle", "dr", "pr", "me", "st", "ste", "av", "bd", "bld", "art", "tel", "cf", "env", "no",
    "bat", "appt", "apt", "r", "all", "imp", "pl", "rte", "res", "etc", "ex", "brig", "cdt", "cne", "lt", "maj",
];

impl<'t> Reading<'t> {
    /// Reads a text.
    pub fn of(typed: &'t str) -> Self {
        let mut reading = Self { typed, tokens: Vec::new() };
        let (mut start, mut from) = (None, 0);
        let mut before = None;
        for (at, c) in typed.char_indices().chain([(typed.len(), ' ')]) {
            let kind = kind(c, before);
            if let Some(begun) = start
                && (kind.is_none() || kind != before)
            {
                reading.push(from..begun, begun..at);
                (start, from) = (None, at);
            }
            if kind.is_some() && start.is_none() {
                start = Some(at);
            }
            before = kind;
        }
        reading.end_sentences();
        reading
    }

    /// The words of a range of tokens, as they were typed.
    pub fn quote(&self, tokens: &Range<usize>) -> &'t str {
        let first = self.tokens.get(tokens.start);
        let last = tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        let (Some(first), Some(last)) = (first, last) else { return "" };
        self.typed.get(first.range.start..last.range.end).unwrap_or_default()
    }

    /// The word of a token; nothing beyond the end.
    pub fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.word.as_str())
    }

    /// Whether a token goes on with what the one before it began: no comma and no end of a sentence between.
    pub fn goes_on(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.joint <= Joint::Line)
    }

    fn push(&mut self, gap: Range<usize>, range: Range<usize>) {
        let (between, typed) = (&self.typed[gap], &self.typed[range.clone()]);
        let joint = if self.tokens.is_empty() { Joint::Stop } else { self.joint(between, typed) };
        let is_tag = between.ends_with(['#', '＃'])
            || joint == Joint::Tight && self.tokens.last().is_some_and(|before| before.is_tag);
        if self.is_spelt_abbreviation(between, typed) {
            if let Some(last) = self.tokens.last_mut() {
                last.word.push_str(&fold(typed));
                last.range.end = range.end;
                last.case = Case::Upper;
            }
            return;
        }
        if is_tag {
            return self.push_camel(joint, &range);
        }
        self.push_word(joint, range, false);
    }

    /// `#AppelÀTémoins` is three words.
    fn push_camel(&mut self, mut joint: Joint, range: &Range<usize>) {
        let mut start = range.start;
        let mut was_lower = false;
        for (at, c) in self.typed[range.clone()].char_indices() {
            if c.is_uppercase() && was_lower {
                self.push_word(joint, start..range.start + at, true);
                (start, joint) = (range.start + at, Joint::Tight);
            }
            was_lower = c.is_lowercase();
        }
        self.push_word(joint, start..range.end, true);
    }

    fn push_word(&mut self, joint: Joint, range: Range<usize>, is_tag: bool) {
        let typed = &self.typed[range.clone()];
        let visible: String = typed.chars().filter(|c| !is_invisible(*c)).collect();
        let word = fold(&visible);
        let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        self.tokens.push(Token { is_number, case: case(&visible), word, range, joint, sentence: 0, is_tag });
    }

    /// Whether `G.A.V.` goes on: single letters with full stops between.
    fn is_spelt_abbreviation(&self, between: &str, typed: &str) -> bool {
        let is_letter = |text: &str| text.chars().count() == 1 && text.chars().all(char::is_uppercase);
        between == "."
            && is_letter(typed)
            && self.tokens.last().is_some_and(|last| {
                let last = &self.typed[last.range.clone()];
                is_letter(last) || last.split('.').all(is_letter)
            })
    }

    fn joint(&self, between: &str, next: &str) -> Joint {
        if between.is_empty() {
            return Joint::Tight;
        }
        let mut strongest = Joint::Soft;
        let characters: Vec<char> = between.chars().collect();
        for (place, c) in characters.iter().enumerate() {
            let is_closed = characters.get(place + 1).is_none_or(|next| next.is_whitespace());
            strongest = strongest.max(match c {
                '.' if !is_closed || place + 1 == characters.len() || self.is_after_abbreviation() => Joint::Soft,
                '.' | '!' | '?' | '…' | ';' | '؟' => Joint::Stop,
                '\n' | '\r' | '\u{2028}' | '\u{2029}' if next.chars().any(char::is_lowercase) => Joint::Line,
                '\n' | '\r' | '\u{2028}' | '\u{2029}' => Joint::Stop,
                '-' | '\'' | '’' | '‘' | 'ʼ' | '\u{2010}' | '\u{2011}' | '_' | '°' => Joint::Soft,
                '«' | '»' | '"' | '“' | '”' | '*' => Joint::Space,
                c if c.is_whitespace() || is_invisible(*c) => Joint::Space,
                _ => Joint::Mark,
            });
        }
        strongest
    }

    fn is_after_abbreviation(&self) -> bool {
        self.tokens.last().is_some_and(|last| {
            ABBREVIATIONS.contains(&last.word.as_str()) || last.case != Case::Lower && last.word.chars().count() == 1
        })
    }

    fn end_sentences(&mut self) {
        let mut sentence = 0;
        for (at, token) in self.tokens.iter_mut().enumerate() {
            if at > 0 && token.joint == Joint::Stop {
                sentence += 1;
            }
            token.sentence = sentence;
        }
    }
}

/// Whether a character is part of a word (`false`), of a number (`true`) or of neither. A mark belongs to its letter.
fn kind(c: char, before: Option<bool>) -> Option<bool> {
    if is_combining_mark(c) || is_invisible(c) {
        return before;
    }
    c.is_alphanumeric().then(|| c.is_numeric())
}

/// Draws nothing: it may hide in a word, and the word is the same.
fn is_invisible(c: char) -> bool {
    c.general_category() == GeneralCategory::Format
}

fn case(typed: &str) -> Case {
    let mut letters = typed.chars().filter(|c| c.is_alphabetic());
    let is_capital = letters.next().is_some_and(char::is_uppercase);
    let mut rest = letters.peekable();
    match (is_capital, rest.peek().is_some() && rest.all(char::is_uppercase)) {
        (true, true) => Case::Upper,
        (true, false) => Case::Capital,
        (false, _) => Case::Lower,
    }
}
