//! Finds number plates: French ones of both systems, foreign ones, partly known ones, spelt out ones.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::command::check::number;
use crate::command::check::reading::{Case, Joint, Reading};

/// The words that plates are known by, folded.
#[derive(Clone, Debug, Default)]
pub struct PlateWords {
    /// `plaque`, `immatricule`: what follows may be a plate of any country.
    pub announcing: BTreeSet<String>,
    /// `reference`, `modele`: what follows is none.
    pub excluding: BTreeSet<String>,
    /// `km`, `mai`: groups of letters that are units or months.
    pub not_letters: BTreeSet<String>,
    /// `alpha`, `bravo`, `anatole`: how letters are spelt.
    pub alphabet: BTreeSet<String>,
}

/// A plate written so is one by itself, whatever stands around it.
///
/// - SIV, since 2009: two letters, three digits, two letters, without I, O, U (arrêté du 9 février 2009);
/// - FNI, until then: up to four digits, two or three letters, the department;
/// - Belgium, Germany, the United Kingdom, Spain and the Netherlands.
static PLATES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        r"[A-HJ-NP-TV-Z]{2}[ .·_–-]{0,3}[0-9]{3}[ .·_–-]{0,3}[A-HJ-NP-TV-Z]{2}",
        r"[a-hj-np-tv-z]{2}[.·_–-]?[0-9]{3}[.·_–-]?[a-hj-np-tv-z]{2}",
        r"[0-9]{2,4}[ .·_–-]{0,3}[A-Z]{2,3}[ .·_–-]{0,3}(?:[0-9]{2}|2[AB]|97[0-9])",
        r"[0-9]{2,4}[._-]?[a-z]{2,3}[._-]?(?:0[1-9]|[1-9][0-9]|2[ab])",
        r"[1-9]-[A-Z]{3}-[0-9]{3}",
        r"[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}[ -][0-9]{2,4}",
        r"[A-Z]{2}[0-9]{2} [A-Z]{3}",
        r"[0-9]{4}[ -][BCDFGHJKLMNPRSTVWXYZ]{3}",
        r"[0-9]{2}-[A-Z]{2,3}-[0-9]{1,2}",
    ];
    Regex::new(&format!("(?:{})", forms.join("|"))).ok()
});

/// How many words after `immatriculée` a plate may stand.
const REACH: usize = 6;

/// The plates of a text, as ranges of tokens.
pub fn find(reading: &Reading<'_>, words: &PlateWords) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let written = PLATES.as_ref().into_iter().flat_map(|plates| plates.find_iter(reading.typed));
    for range in written.filter_map(|plate| tokens(reading, &plate.range())) {
        if is_plate(reading, words, &range) {
            found.push(range);
        }
    }
    found.extend(announced(reading, words));
    found.extend(spelt(reading, words));
    found
}

/// The tokens that fill a range of bytes exactly.
pub fn tokens(reading: &Reading<'_>, bytes: &Range<usize>) -> Option<Range<usize>> {
    let start = reading.tokens.iter().position(|token| token.range.start == bytes.start)?;
    let length = reading.tokens[start..].iter().position(|token| token.range.end == bytes.end)?;
    Some(start..start + length + 1)
}

fn is_plate(reading: &Reading<'_>, words: &PlateWords, range: &Range<usize>) -> bool {
    let tokens = &reading.tokens[range.clone()];
    let is_unit = tokens.iter().any(|token| !token.is_number && words.not_letters.contains(&token.word));
    let goes_on_after = reading.tokens.get(range.end).is_some_and(|token| token.joint == Joint::Tight);
    !is_unit && !goes_on_after && !is_excluded(reading, words, range.start)
}

/// Whether a reference or a model was announced just before.
fn is_excluded(reading: &Reading<'_>, words: &PlateWords, at: usize) -> bool {
    (at.saturating_sub(2)..at).any(|before| words.excluding.contains(reading.word(before)))
        && !(at.saturating_sub(4)..at).any(|before| words.announcing.contains(reading.word(before)))
}

/// Letters and digits that follow `immatriculé` or `plaque`: `plaque GE 123456`, `immatriculée 12 ab 3`.
fn announced(reading: &Reading<'_>, words: &PlateWords) -> Vec<Range<usize>> {
    let is_group = |at: usize| {
        reading.tokens.get(at).is_some_and(|token| {
            let letters = token.word.chars().count();
            let is_known = words.not_letters.contains(&token.word);
            token.is_number && letters <= 6
                || !token.is_number && letters <= 3 && token.case == Case::Upper
                || !token.is_number && letters == 1 && token.case == Case::Capital
                || !token.is_number && letters <= 2 && !is_known && is_beside_number(reading, at)
        })
    };
    let mut found = Vec::new();
    let announcing = (0..reading.tokens.len()).filter(|at| words.announcing.contains(reading.word(*at)));
    // « plaques de verglas »; « plaque d'immatriculation AB-123-CD » is announced by its second word.
    let announcing = announcing.filter(|at| !matches!(reading.word(at + 1), "de" | "d" | "du"));
    for announced in announcing {
        let sentence = reading.tokens[announced].sentence;
        let reach = announced + 1..(announced + 1 + REACH).min(reading.tokens.len());
        let Some(start) = reach.filter(|at| reading.tokens[*at].sentence == sentence).find(|at| is_group(*at)) else {
            continue;
        };
        let mut end = start;
        while end < reading.tokens.len() && is_group(end) && (end == start || reading.goes_on(end)) {
            end += 1;
        }
        let (numbers, letters): (Vec<usize>, Vec<usize>) = (start..end).partition(|at| reading.tokens[*at].is_number);
        let digits: usize = numbers.iter().map(|at| reading.word(*at).len()).sum();
        if digits >= 2 && !letters.is_empty() && digits + letters.len() >= 4 {
            found.push(start..end);
        }
    }
    found
}

fn is_beside_number(reading: &Reading<'_>, at: usize) -> bool {
    let is_number = |at: usize| reading.tokens.get(at).is_some_and(|token| token.is_number);
    is_number(at + 1) && reading.goes_on(at + 1) || at > 0 && is_number(at - 1) && reading.goes_on(at)
}

/// `alpha bravo un deux trois charlie delta`: a run of spelt letters and digits with at least two of each.
fn spelt(reading: &Reading<'_>, words: &PlateWords) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < reading.tokens.len() {
        let (start, mut letters, mut digits) = (at, 0, 0);
        while at < reading.tokens.len() && (at == start || reading.tokens[at].joint <= Joint::Mark) {
            let token = &reading.tokens[at];
            if words.alphabet.contains(&token.word) || token.word.len() == 1 && token.case != Case::Lower {
                letters += 1;
            } else if token.is_number {
                digits += token.word.len();
            } else if number::word(&token.word).is_some() {
                digits += 1;
            } else if !(at > start && matches!(token.word.as_str(), "comme" | "et" | "puis" | "tiret")) {
                break;
            }
            at += 1;
        }
        let has_spelt_letter = (start..at).filter(|at| words.alphabet.contains(reading.word(*at))).count() >= 2;
        let has_spelt_digits = (start..at).filter(|at| number::word(reading.word(*at)).is_some()).count() >= 2;
        if letters >= 2 && digits >= 2 && (has_spelt_letter || has_spelt_digits) {
            found.push(start..at);
        }
        at = at.max(start + 1);
    }
    found
}
