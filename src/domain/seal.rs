//! The seal: a hash of exactly what would be published, so that what was approved can be told from what was not.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::draft::Target;
use crate::domain::name::DraftNumber;
use crate::domain::picture::Picture;

/// SHA-256 over the draft's number, every target (account, network, visibility, language and text) and every picture
/// (bytes and alt text); where an hour was set, bound to that as well.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seal([u8; 32]);

/// The short form of a seal as a person types it to approve exactly what it seals (`k7f2-9qd1`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Word(String);

/// The signs of a short form: Crockford's base 32.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A message longer than this is talk, in bytes: eight signs with what keyboards put around and between them.
const MOST_BYTES: usize = 48;

impl Seal {
    /// Seals what would be published. Each part is preceded by its length, so that no two contents share a spelling.
    pub fn of(number: &DraftNumber, targets: &[Target], pictures: &[Picture]) -> Self {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text.as_bytes());
        };
        part("portevoix seal 1");
        part(&number.to_string());
        for target in targets {
            part(target.account.as_str());
            part(target.network.label());
            part(target.visibility.word());
            part(&target.language);
            part(&target.text);
        }
        // Five parts to a target and two to a picture, after a word that no account is called: neither is taken for the other.
        for picture in pictures {
            part("\0picture");
            part(picture.digest.as_str());
            part(&picture.alt);
        }
        Self(hash.finalize().into())
    }

    /// The seal of the same content bound to one thing more, which `what` names.
    pub fn bound_to(&self, what: &str, value: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [b"portevoix seal 1 bound", &self.0[..], what.as_bytes(), value.as_bytes()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The form that people compare: eight characters in two groups (`k7f2-9qd1`), 40 bits, without look-alike letters
    /// (Crockford's base 32).
    pub fn short(&self) -> String {
        let bits = self.0[..5].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letter = |place: u32| char::from(LETTERS[usize::try_from(bits >> (35 - 5 * place) & 31).unwrap_or(0)]);
        let (first, second): (String, String) = ((0..4).map(letter).collect(), (4..8).map(letter).collect());
        format!("{first}-{second}")
    }

    /// The word by which a person approves exactly this: its short form.
    pub fn word(&self) -> Word {
        Word(self.short())
    }
}

impl Word {
    /// Reads what someone typed, and nothing beside it: capitals, spaces, any dash or none and quotes around it do not
    /// matter, and the look-alikes `o`, `i` and `l` are read as Crockford reads them
    /// (<https://www.crockford.com/base32.html>). Anything else beside it, a question mark say, makes it another message.
    pub fn read(typed: &str) -> Option<Self> {
        if typed.len() > MOST_BYTES {
            return None;
        }
        let letter = |c: char| match c.to_ascii_lowercase() {
            'o' => Some('0'),
            'i' | 'l' => Some('1'),
            c => u8::try_from(c).is_ok_and(|c| LETTERS.contains(&c)).then_some(c),
        };
        let signs = typed.chars().filter(|c| !(c.is_whitespace() || is_dash(*c) || is_quote(*c)));
        let letters: Vec<char> = signs.map(letter).collect::<Option<_>>()?;
        if letters.len() != 8 {
            return None;
        }
        let (first, second): (String, String) = (letters[..4].iter().collect(), letters[4..].iter().collect());
        Some(Self(format!("{first}-{second}")))
    }

    /// Whether what someone typed was meant as such a word, right or mistyped. Talk is not: a word of the language has
    /// no digit, and no dash in its middle.
    pub fn is_meant(typed: &str) -> bool {
        let typed = typed.trim();
        if typed.len() > MOST_BYTES || typed.contains([':', '/', '@', '\u{ff1a}']) {
            return false;
        }
        let signs: Vec<char> = typed.chars().filter(|c| c.is_alphanumeric()).collect();
        let is_plain = signs.iter().all(char::is_ascii_alphanumeric);
        let before_dash = typed.chars().take_while(|c| !is_dash(*c)).filter(|c| c.is_alphanumeric()).count();
        let is_halved = signs.len() == 8 && before_dash == 4;
        let is_mixed = signs.iter().any(char::is_ascii_digit) && signs.iter().any(char::is_ascii_alphabetic);
        let is_one = (6..=10).contains(&signs.len()) && !typed.contains(char::is_whitespace);
        is_plain && (is_halved || (is_mixed && is_one))
    }

    /// As it is typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What keyboards and habits make of the dash; a copy from Discord has a backslash before it.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\\' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// What may stand around it, also as a copy has it.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '*' | '.' | '«' | '»' | '\u{2018}'..='\u{201f}')
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seal({})", self.short())
    }
}

impl Serialize for Seal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Seal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits: Option<Vec<u8>> =
            text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
        let bytes: Option<[u8; 32]> = digits
            .filter(|digits| digits.len() == 64)
            .map(|digits| std::array::from_fn(|i| digits[2 * i] << 4 | digits[2 * i + 1]));
        bytes.map(Self).ok_or_else(|| serde::de::Error::custom("a seal has 64 hexadecimal digits"))
    }
}
