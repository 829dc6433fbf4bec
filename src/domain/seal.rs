//! The seal: a hash of exactly what would be published, so that what was approved can be told from what was not.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::draft::Target;
use crate::domain::name::DraftNumber;
use crate::domain::picture::Picture;

/// SHA-256 over the draft's number, every target (account, network, visibility, language and text) and every picture
/// (bytes and alt text).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seal([u8; 32]);

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

    /// The form that people compare: eight characters in two groups (`k7f2-9qd1`), 40 bits, without look-alike letters
    /// (Crockford's base 32).
    pub fn short(&self) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let bits = self.0[..5].iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let letter = |place: u32| char::from(LETTERS[usize::try_from(bits >> (35 - 5 * place) & 31).unwrap_or(0)]);
        let (first, second): (String, String) = ((0..4).map(letter).collect(), (4..8).map(letter).collect());
        format!("{first}-{second}")
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
