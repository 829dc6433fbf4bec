//! Numbers in a text, in digits or in French words.

use crate::command::check::reading::Reading;

/// The words of numbers below a hundred, folded, as they are joined: `vingt et un`, `soixante dix`.
const WORDS: [(&str, u32); 24] = [
    ("zero", 0),
    ("un", 1),
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("six", 6),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("onze", 11),
    ("douze", 12),
    ("treize", 13),
    ("quatorze", 14),
    ("quinze", 15),
    ("seize", 16),
    ("vingt", 20),
    ("trente", 30),
    ("quarante", 40),
    ("cinquante", 50),
    ("soixante", 60),
    ("cent", 100),
];

/// The number that a word is.
pub fn word(word: &str) -> Option<u32> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

/// The number that begins at a token, and the token after it.
pub fn at(reading: &Reading<'_>, start: usize) -> Option<(u32, usize)> {
    let token = reading.tokens.get(start)?;
    if token.is_number {
        return token.word.parse().ok().map(|value| (value, start + 1));
    }
    let mut value = word(&token.word)?;
    let mut end = start + 1;
    loop {
        let skipped = if reading.word(end) == "et" { 1 } else { 0 };
        let next = end + skipped;
        let Some(more) = word(reading.word(next)).filter(|_| reading.goes_on(end) && reading.goes_on(next)) else {
            return Some((value, end));
        };
        value = match (value, more) {
            (4, 20) => 80,
            (10, 7..=9) | (70 | 90, 7..=9) | (20 | 30 | 40 | 50, 1..=9) | (60 | 80, 1..=16) => value + more,
            _ => return Some((value, end)),
        };
        end = next + 1;
    }
}
