//! Finds telephone numbers that belong to a person, not to a service.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::command::check::number;
use crate::command::check::reading::{Joint, Reading};

/// What numbers are known by, folded.
#[derive(Clone, Debug, Default)]
pub struct PhoneWords {
    /// Numbers of services, digits alone.
    pub services: BTreeSet<String>,
    /// `dossier`, `siret`: the digits that follow are no telephone.
    pub excluding: BTreeSet<String>,
    /// `mere`, `victime`, `domicile`: a landline beside it is a person's.
    pub private: BTreeSet<String>,
}

/// No telephone number has more digits (E.164).
const MOST_DIGITS: usize = 15;

/// How many words around a landline are looked at.
const REACH: usize = 6;

/// The private numbers of a text, as ranges of tokens.
pub fn find(
    reading: &Reading<'_>,
    words: &PhoneWords,
    services: &BTreeSet<String>,
    is_near_name: impl Fn(&Range<usize>) -> bool,
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < reading.tokens.len() {
        let Some((number, end)) = run(reading, at) else {
            at += 1;
            continue;
        };
        let range = at..end;
        let is_service = words.services.contains(&number.national) || services.contains(&number.national);
        let is_excluded = (at.saturating_sub(4)..at).any(|before| words.excluding.contains(reading.word(before)));
        let is_private = match number.kind() {
            Kind::Mobile | Kind::Foreign => true,
            Kind::Landline => {
                let sentence = reading.tokens[at].sentence;
                let near = at.saturating_sub(REACH)..(end + REACH).min(reading.tokens.len());
                let mut near = near.filter(|at| reading.tokens[*at].sentence == sentence);
                near.any(|at| words.private.contains(reading.word(at))) || is_near_name(&range)
            }
            Kind::None => false,
        };
        if is_private && !is_service && !is_excluded {
            found.push(range);
        }
        at = if number.kind() == Kind::None { at + 1 } else { end };
    }
    found
}

/// The digits of every number in a text, as they are compared.
pub fn numbers(reading: &Reading<'_>) -> BTreeSet<String> {
    (0..reading.tokens.len()).filter_map(|at| run(reading, at)).map(|(number, _)| number.national).collect()
}

/// Digits as a French number: `+33 6` and `0033 6` begin with 06.
pub fn national(digits: &str) -> String {
    Digits::of(digits, false).national
}

struct Digits {
    /// With a leading 0.
    national: String,
    is_foreign: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mobile,
    Landline,
    Foreign,
    None,
}

impl Digits {
    fn of(digits: &str, has_plus: bool) -> Self {
        let abroad = digits.strip_prefix("00").or(has_plus.then_some(digits));
        let french = digits
            .strip_prefix("0033")
            .or_else(|| digits.strip_prefix("33").filter(|rest| has_plus || rest.len() == 9));
        match (french, abroad) {
            (Some(rest), _) => Self { national: format!("0{}", rest.trim_start_matches('0')), is_foreign: false },
            (None, Some(rest)) => Self { national: rest.to_owned(), is_foreign: true },
            (None, None) => Self { national: digits.to_owned(), is_foreign: false },
        }
    }

    fn kind(&self) -> Kind {
        let number = self.national.as_str();
        if self.is_foreign {
            return if (8..=MOST_DIGITS).contains(&number.len()) { Kind::Foreign } else { Kind::None };
        }
        match (number.len(), number.as_bytes()) {
            (10, [b'0', b'6' | b'7', ..]) => Kind::Mobile,
            (10, [b'0', b'1'..=b'5' | b'9', ..]) => Kind::Landline,
            // Overseas: 0690, 0694… begin with 06 as well.
            _ => Kind::None,
        }
    }
}

/// The run of digits that begins at a token, in digits or spelt, and the token after it.
fn run(reading: &Reading<'_>, start: usize) -> Option<(Digits, usize)> {
    let first = reading.tokens.get(start)?;
    let has_plus = reading.typed[..first.range.start].ends_with(['+', '＋']);
    let is_inside = start > 0 && reading.tokens[start - 1].is_number && (first.joint <= Joint::Space) && !has_plus;
    if is_inside {
        return None;
    }
    let (mut digits, mut end) = (String::new(), start);
    while let Some(token) = reading.tokens.get(end) {
        let is_joined = end == start || token.joint <= Joint::Line || is_separator(reading, end);
        let Some(value) = spoken(reading, end).filter(|_| is_joined) else { break };
        digits.push_str(&value.0);
        end = value.1;
        if digits.len() > MOST_DIGITS + 2 {
            break;
        }
    }
    let digits = digits.replacen("330", "33", usize::from(has_plus && digits.starts_with("330")));
    let (digits, end) = cut(reading, start, end, digits, has_plus);
    (digits.len() >= 8).then(|| (Digits::of(&digits, has_plus), end))
}

/// A French number has ten digits: what follows it is another number.
fn cut(reading: &Reading<'_>, start: usize, end: usize, digits: String, has_plus: bool) -> (String, usize) {
    let wanted = if has_plus {
        return (digits, end);
    } else if digits.starts_with("0033") {
        13
    } else {
        10
    };
    if digits.len() <= wanted || !digits.starts_with('0') {
        return (digits, end);
    }
    let mut length = 0;
    let mut at = start;
    while at < end && length < wanted {
        let Some((value, next)) = spoken(reading, at) else { break };
        length += value.len();
        at = next;
    }
    if length == wanted { (digits[..wanted].to_owned(), at) } else { (digits, end) }
}

/// `(0)`, `/`, `·` stand within numbers.
fn is_separator(reading: &Reading<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let between =
        reading.typed.get(reading.tokens[before].range.end..reading.tokens[at].range.start).unwrap_or_default();
    between.chars().count() <= 3
        && between
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, '(' | ')' | '/' | '·' | '.' | '-' | '–' | ',' | '_'))
}

/// The digits that are said at a token: `06`, `zéro six`, `soixante-dix`.
fn spoken(reading: &Reading<'_>, at: usize) -> Option<(String, usize)> {
    let token = reading.tokens.get(at)?;
    if token.is_number {
        return Some((token.word.clone(), at + 1));
    }
    if matches!(token.word.as_str(), "un" | "une") && !is_beside_digits(reading, at) {
        return None;
    }
    let (value, end) = number::at(reading, at)?;
    (value < 100).then(|| (value.to_string(), end))
}

fn is_beside_digits(reading: &Reading<'_>, at: usize) -> bool {
    let says =
        |at: usize| reading.tokens.get(at).is_some_and(|token| token.is_number || number::word(&token.word).is_some());
    says(at + 1) || at > 0 && says(at - 1)
}
