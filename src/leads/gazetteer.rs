//! The communes, streets and places of a directorate, found in texts although people misspell them.
//!
//! A name is known by its words that say something: "rue de Strasbourg" by *strasbourg*, "Saint-Herblain" by *herblain*.
//! Each is also filed under itself with one letter left out, and a word of a text is looked up the same way: that finds
//! every name one letter away at the price of a few look-ups, whatever the size of the gazetteer. [`strsim`] confirms.

use crate::leads::lexicon::HashedMap;
use crate::leads::lexicon::{Lexicon, Sense};
use crate::leads::normal::{Gap, Word, Words, hash_of, read};

/// Shorter words must be spelt as they are: too many words are one letter away from them.
const LEAST_FOR_TYPOS: usize = 6;

/// How many names may share a key: "saint" or "moulin" would otherwise be slow.
const MOST_SHARED: usize = 32;

#[derive(Debug)]
struct Name {
    /// The name as it was given.
    label: String,
    /// Its words that say something, folded.
    words: Vec<String>,
    /// The word alone means something else, too ("Vue" is a commune): "rue", "place" or "à" must stand before.
    needs_kind: bool,
}

/// Names of places to look for.
#[derive(Debug, Default)]
pub struct Gazetteer {
    names: Vec<Name>,
    by_letters: HashedMap<u64, Vec<u32>>,
}

/// A place of the gazetteer in a text.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The name as the gazetteer has it.
    pub label: &'a str,
    /// How many words it took.
    pub length: usize,
}

impl Gazetteer {
    /// Files names, one each; empty ones are left out.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, lexicon: &Lexicon) -> Self {
        let mut gazetteer = Self::default();
        for label in names {
            gazetteer.add(label.trim(), lexicon);
        }
        gazetteer
    }

    fn add(&mut self, label: &str, lexicon: &Lexicon) {
        let folded = read(label, &lexicon.spelling, "");
        let says = |word: &&Word| {
            let text = folded.text(word);
            !lexicon.knows(word.hash, Sense::Stop)
                && !lexicon.knows(word.hash, Sense::Street)
                && !matches!(text, "de" | "du" | "d" | "l" | "saint" | "sainte" | "sur")
        };
        let words: Vec<String> = folded.words.iter().filter(says).map(|word| folded.text(word).to_owned()).collect();
        let Some(first) = words.first() else { return };
        let is_common = words.len() == 1 && (first.len() < 5 || lexicon.knows_any(hash_of(first)));
        let Ok(number) = u32::try_from(self.names.len()) else { return };
        for key in keys(first) {
            let shared = self.by_letters.entry(key).or_default();
            if shared.len() < MOST_SHARED {
                shared.push(number);
            }
        }
        self.names.push(Name { label: label.to_owned(), needs_kind: is_common, words });
    }

    /// The longest name that begins at a word of a text.
    pub fn at(&self, words: &Words, at: usize, lexicon: &Lexicon) -> Option<Found<'_>> {
        let word = words.words.get(at)?;
        let text = words.text(word);
        if self.names.is_empty() || text.len() < 3 || word.is_mention {
            return None;
        }
        let candidates = keys(text).into_iter().filter_map(|key| self.by_letters.get(&key)).flatten();
        let mut best: Option<(usize, bool, Found<'_>)> = None;
        for number in candidates {
            let name = &self.names[*number as usize];
            let Some(length) = self.matches(name, words, at, lexicon) else { continue };
            let has_kind =
                preceded_by_kind(words, at, lexicon) || (word.is_capital && preceded_by_near(words, at, lexicon));
            let is_exact = name.words[0] == text;
            // A common word that is misspelt is a word, not a place.
            if (name.needs_kind && !has_kind) || (!is_exact && !has_kind && lexicon.knows_any(word.hash)) {
                continue;
            }
            if best.as_ref().is_none_or(|(words, exact, _)| (length, is_exact) > (*words, *exact)) {
                best = Some((length, is_exact, Found { label: &name.label, length }));
            }
        }
        best.map(|(_, _, found)| found)
    }

    fn matches(&self, name: &Name, words: &Words, at: usize, lexicon: &Lexicon) -> Option<usize> {
        let mut position = at;
        for (number, wanted) in name.words.iter().enumerate() {
            // Articles between two words of a name don't count: "ile d'yeu", "saint sebastien sur loire".
            while number > 0
                && words.words.get(position).is_some_and(|word| {
                    lexicon.knows(word.hash, Sense::Stop) || matches!(words.text(word), "de" | "du" | "d" | "l" | "sur")
                })
            {
                position += 1;
            }
            let word = words.words.get(position)?;
            if number > 0 && word.gap == Gap::Sentence || !is_nearly(words.text(word), wanted) {
                return None;
            }
            position += 1;
        }
        Some(position - at)
    }
}

fn preceded_by_kind(words: &Words, at: usize, lexicon: &Lexicon) -> bool {
    (1..=3).any(|back| {
        at.checked_sub(back)
            .and_then(|before| words.words.get(before))
            .is_some_and(|word| lexicon.knows(word.hash, Sense::Street) || lexicon.knows(word.hash, Sense::Spot))
    })
}

fn preceded_by_near(words: &Words, at: usize, lexicon: &Lexicon) -> bool {
    at.checked_sub(1).is_some_and(|before| lexicon.knows(words.words[before].hash, Sense::Near))
}

/// Whether two folded words are the same but for a typing error.
pub fn is_nearly(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let shorter = one.len().min(other.len());
    shorter >= LEAST_FOR_TYPOS
        && one.len().abs_diff(other.len()) <= 2
        && strsim::osa_distance(one, other) <= 1 + usize::from(shorter >= 10)
}

/// The hashes that a word is filed and looked up under: itself, and itself without one letter.
fn keys(word: &str) -> Vec<u64> {
    let mut keys = vec![hash_of(word)];
    if (LEAST_FOR_TYPOS..=24).contains(&word.len()) {
        let mut shorter = String::with_capacity(word.len());
        for (left_out, c) in word.char_indices() {
            shorter.clear();
            shorter.push_str(&word[..left_out]);
            shorter.push_str(&word[left_out + c.len_utf8()..]);
            keys.push(hash_of(&shorter));
        }
    }
    keys
}
