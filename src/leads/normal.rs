//! Folds what people type into plain words, so that spelling, signs and decoration do not matter when texts are compared.

use std::collections::HashMap;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use crate::leads::letters::{
    is_email, is_emoji, is_invisible, is_letter_before, is_link, is_name, plate, spaced, tidied,
};

/// A 64-bit FNV-1a hash: the same on every machine and in every version, so a replay gives the same groups.
pub fn hash_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Mixes the hash of a further word into that of a phrase.
pub fn and_then(hash: u64, next: u64) -> u64 {
    let mixed = (hash.rotate_left(23) ^ next).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// What stands between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// White space or an apostrophe.
    Space,
    /// A hyphen, a dot or a colon inside a run of signs: `AB-123-CD`, `22:30`, `06.12`.
    Glue(u8),
    /// A comma or a bracket.
    Comma,
    /// The end of a sentence, a line or an emoji.
    Sentence,
}

/// One folded word of a text.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    start: u32,
    end: u32,
    /// The hash of its letters.
    pub hash: u64,
    /// What stands before it.
    pub gap: Gap,
    /// It began with a capital.
    pub is_capital: bool,
    /// It was written as part of a hashtag.
    pub is_hashtag: bool,
    /// It is `@somebody`.
    pub is_mention: bool,
}

/// What is in a text beside words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signs {
    /// Links.
    pub links: u16,
    /// People mentioned, the appeal's account not counted.
    pub mentions: u16,
    /// Hashtags.
    pub hashtags: u16,
    /// Laughing emojis.
    pub laughs: u16,
    /// Hearts, tears and folded hands.
    pub hearts: u16,
    /// Angry emojis.
    pub angers: u16,
    /// All emojis.
    pub emojis: u16,
    /// It has a question mark.
    pub is_question: bool,
    /// It is marked as a copy: `RT @…`, `via @…`.
    pub is_retweet: bool,
    /// It ends in the middle of a word or a sentence: "…".
    pub is_cut: bool,
    /// It has an e-mail address.
    pub has_email: bool,
    /// It has quotation marks.
    pub has_quotes: bool,
}

/// A text as words and signs.
#[derive(Debug, Clone, Default)]
pub struct Words {
    folded: String,
    /// The words in their order.
    pub words: Vec<Word>,
    /// What else there is.
    pub signs: Signs,
}

/// Spellings to open, and signs that mean something.
#[derive(Debug, Clone, Default)]
pub struct Spelling {
    /// A short spelling and the words that it stands for.
    pub short: HashMap<u64, Vec<String>>,
    /// Emojis that laugh.
    pub laughs: Vec<char>,
    /// Emojis that pray, mourn or love.
    pub hearts: Vec<char>,
    /// Emojis that are angry.
    pub angers: Vec<char>,
}

impl Words {
    /// The folded letters of a word.
    pub fn text(&self, word: &Word) -> &str {
        &self.folded[word.start as usize..word.end as usize]
    }

    /// The folded letters of some words, with spaces.
    pub fn joined(&self, from: usize, until: usize) -> String {
        let words = &self.words[from.min(self.words.len())..until.min(self.words.len())];
        words.iter().map(|word| self.text(word)).collect::<Vec<_>>().join(" ")
    }

    fn push(&mut self, letters: &str, gap: Gap, is_capital: bool, is_hashtag: bool, is_mention: bool) {
        let start = self.folded.len();
        self.folded.push_str(letters);
        let (start, end) = (offset(start), offset(self.folded.len()));
        let hash = hash_of(letters);
        self.words.push(Word { start, end, hash, gap, is_capital, is_hashtag, is_mention });
    }
}

/// The longest text that is read, in bytes: networks allow far less, and an offset fits 32 bits.
const MOST_BYTES: usize = 20_000;

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Reads a text. `own_account` is the appeal's account: that it is mentioned says nothing.
pub fn read(text: &str, spelling: &Spelling, own_account: &str) -> Words {
    let mut end = text.len().min(MOST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut reader =
        Reader { words: Words::default(), spelling, gap: Gap::Sentence, word: String::new(), plain: String::new() };
    let own = own_account.trim_start_matches('@');
    for line in text[..end].split(['\n', '\r']) {
        for chunk in line.split(char::is_whitespace).filter(|chunk| !chunk.is_empty()) {
            reader.chunk(chunk, own);
            // A dot or a colon at the end of a chunk ends a sentence or a part of it; inside it glues.
            reader.widen(match reader.gap {
                Gap::Glue(b'.') => Gap::Sentence,
                Gap::Glue(b':') => Gap::Comma,
                Gap::Glue(_) | Gap::Space | Gap::Comma | Gap::Sentence => Gap::Space,
            });
        }
        reader.widen(Gap::Sentence);
    }
    // A word that was cut off ("rue de Str…") is none.
    let is_cut = |dots: &str| {
        text[..end].trim_end().strip_suffix(dots).is_some_and(|before| before.ends_with(char::is_alphanumeric))
    };
    let may_be_cut = reader.words.signs.is_retweet || text.len() > 100;
    if may_be_cut && (is_cut("…") || is_cut("...")) && reader.words.words.len() > 4 {
        reader.words.words.pop();
        reader.words.signs.is_cut = true;
    }
    reader.words
}

struct Reader<'a> {
    words: Words,
    spelling: &'a Spelling,
    /// What stands before the word that comes next.
    gap: Gap,
    /// The word that is being read, folded.
    word: String,
    /// The characters of a chunk, reused.
    plain: String,
}

impl Reader<'_> {
    /// A wider gap wins over a narrower one.
    fn widen(&mut self, gap: Gap) {
        let width = |gap: Gap| match gap {
            Gap::Glue(_) => 0,
            Gap::Space => 1,
            Gap::Comma => 2,
            Gap::Sentence => 3,
        };
        if width(gap) > width(self.gap) {
            self.gap = gap;
        }
    }

    fn chunk(&mut self, chunk: &str, own: &str) {
        let mut plain = std::mem::take(&mut self.plain);
        plain.clear();
        plain.extend(chunk.chars().filter(|c| !is_invisible(*c)));
        let bare = plain.trim_start_matches(['(', '"', '\'', '«', '.', ',', ':', '[', '“', '-']);
        if is_link(bare) {
            self.words.signs.links += 1;
            self.widen(Gap::Comma);
        } else if let Some(name) = bare.strip_prefix('@').filter(|name| name.starts_with(is_name)) {
            let until = name.find(|c: char| !is_name(c) && c != '.' && c != '@').unwrap_or(name.len());
            self.mention(&name[..until], own);
            self.letters(&name[until..], false);
        } else if is_email(bare) {
            self.words.signs.has_email = true;
            self.widen(Gap::Comma);
        } else if let Some(plate) = plate(bare) {
            let gap = self.gap;
            self.words.push(&plate, gap, true, false, false);
            self.gap = Gap::Comma;
        } else if bare.starts_with(['#', '＃']) && bare.chars().count() > 1 {
            self.words.signs.hashtags += 1;
            self.letters(&spaced(bare), true);
        } else {
            self.letters(&plain, false);
        }
        self.plain = plain;
    }

    fn mention(&mut self, name: &str, own: &str) {
        let name = name.trim_end_matches('.');
        if matches!(self.words.words.last(), Some(last) if matches!(self.words.text(last), "rt" | "via")) {
            self.words.words.pop();
            self.words.signs.is_retweet = true;
            self.gap = Gap::Sentence;
            return;
        }
        let is_own = name.eq_ignore_ascii_case(own) || name.split('@').next().unwrap_or(name).eq_ignore_ascii_case(own);
        if !is_own || own.is_empty() {
            self.words.signs.mentions += 1;
            let gap = self.gap;
            self.words.push(&format!("@{}", name.to_lowercase()), gap, false, false, true);
        }
        self.gap = Gap::Comma;
    }

    fn letters(&mut self, chunk: &str, is_hashtag: bool) {
        let mut capital = None;
        for c in chunk.chars() {
            if c.is_ascii() {
                capital.get_or_insert(c.is_ascii_uppercase());
                self.sign(c.to_ascii_lowercase(), &mut capital, is_hashtag);
                continue;
            }
            if is_emoji(c) {
                self.end(&mut capital, is_hashtag);
                self.emoji(c);
                continue;
            }
            capital.get_or_insert(c.is_uppercase());
            match c {
                'œ' | 'Œ' => self.word.push_str("oe"),
                'æ' | 'Æ' => self.word.push_str("ae"),
                'ß' => self.word.push_str("ss"),
                'ø' | 'Ø' => self.word.push('o'),
                'ł' | 'Ł' => self.word.push('l'),
                'đ' | 'ð' => self.word.push('d'),
                '’' | '‘' | 'ʼ' | '´' | '′' => self.sign('\'', &mut capital, is_hashtag),
                '‐'..='―' | '−' => self.sign('-', &mut capital, is_hashtag),
                '«' | '»' | '“' | '”' | '„' => self.sign('"', &mut capital, is_hashtag),
                '…' => self.sign('.', &mut capital, is_hashtag),
                '\u{1F130}'..='\u{1F149}' | '\u{1F150}'..='\u{1F169}' | '\u{1F170}'..='\u{1F189}' => {
                    let letter = (u32::from(c) - 0x1F130) % 32 % 26;
                    self.word.push(char::from(b'a' + u8::try_from(letter).unwrap_or(0)));
                }
                _ => {
                    let mut plain = String::new();
                    decompose_compatible(c, |part| {
                        if !is_combining_mark(part) {
                            plain.extend(part.to_lowercase());
                        }
                    });
                    for part in plain.chars() {
                        self.sign(part, &mut capital, is_hashtag);
                    }
                }
            }
        }
        self.end(&mut capital, is_hashtag);
    }

    /// Takes one folded character: a letter goes on with the word, anything else ends it.
    fn sign(&mut self, c: char, capital: &mut Option<bool>, is_hashtag: bool) {
        if c.is_alphanumeric() {
            self.word.push(c);
            return;
        }
        let had_word = !self.word.is_empty();
        match c {
            '@' | '$' | '€' | '|' | '*' if is_letter_before(&self.word) => {
                // "c@mion", "v*l": decided when the word ends; a lone sign at the end is dropped there.
                self.word.push(c);
                return;
            }
            _ => self.end(capital, is_hashtag),
        }
        *capital = None;
        match c {
            '\'' | '`' | '_' => self.gap_after(Gap::Space, had_word),
            '-' | ':' | '.' | '/' if had_word => self.gap_after(Gap::Glue(c as u8), had_word),
            '?' => {
                self.words.signs.is_question = true;
                self.widen(Gap::Sentence);
            }
            '!' | ';' => self.widen(Gap::Sentence),
            '.' => self.widen(Gap::Sentence),
            '"' => {
                self.words.signs.has_quotes = true;
                self.widen(Gap::Comma);
            }
            ',' | '(' | ')' | '[' | ']' | ':' | '|' => self.widen(Gap::Comma),
            _ => self.widen(Gap::Space),
        }
    }

    fn gap_after(&mut self, gap: Gap, had_word: bool) {
        if had_word { self.gap = gap } else { self.widen(gap) }
    }

    /// The chunk or the word ends.
    fn end(&mut self, capital: &mut Option<bool>, is_hashtag: bool) {
        if self.word.is_empty() {
            return;
        }
        let word = std::mem::take(&mut self.word);
        let tidy = tidied(&word);
        if tidy.is_empty() {
            self.word = word;
            self.word.clear();
            return;
        }
        let is_capital = capital.unwrap_or(false);
        let gap = match std::mem::replace(&mut self.gap, Gap::Glue(0)) {
            // A dot without a space before a capital: "à la gare.Elle".
            Gap::Glue(b'.') if is_capital => Gap::Sentence,
            gap @ (Gap::Space | Gap::Glue(_) | Gap::Comma | Gap::Sentence) => gap,
        };
        match self.spelling.short.get(&hash_of(&tidy)).filter(|_| !is_hashtag) {
            Some(stands_for) => {
                for (position, part) in stands_for.iter().enumerate() {
                    self.words.push(part, if position == 0 { gap } else { Gap::Space }, is_capital, false, false);
                }
            }
            None => self.words.push(&tidy, gap, is_capital, is_hashtag, false),
        }
        self.word = word;
        self.word.clear();
    }

    fn emoji(&mut self, c: char) {
        let signs = &mut self.words.signs;
        signs.emojis = signs.emojis.saturating_add(1);
        let tally = [
            (&self.spelling.laughs, &mut signs.laughs),
            (&self.spelling.hearts, &mut signs.hearts),
            (&self.spelling.angers, &mut signs.angers),
        ];
        for (which, count) in tally {
            if which.contains(&c) {
                *count = count.saturating_add(1);
            }
        }
        self.widen(Gap::Sentence);
    }
}
