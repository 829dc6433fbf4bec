//! Finds words and phrases in a text whatever their accents and capitals, and gives back the text's own words.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::domain::fold::fold;

/// A text, cut into words.
pub struct Words<'t> {
    text: &'t str,
    words: Vec<(Range<usize>, String)>,
}

impl<'t> Words<'t> {
    /// Cuts a text into words: letters and digits, so that `l'auteur` is two.
    pub fn of(text: &'t str) -> Self {
        let mut words = Vec::new();
        let mut start = None;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            let is_word = c.is_alphanumeric() || is_combining_mark(c);
            if is_word {
                start.get_or_insert(at);
            } else if let Some(start) = start.take() {
                words.push((start..at, fold(&text[start..at])));
            }
        }
        Self { text, words }
    }

    /// The first place where a phrase stands as whole words, as the text spells it.
    pub fn find(&self, phrase: &Phrase) -> Option<&'t str> {
        let length = phrase.0.len();
        if length == 0 {
            return None;
        }
        let same = |ours: &[(Range<usize>, String)]| ours.iter().zip(&phrase.0).all(|(ours, theirs)| ours.1 == *theirs);
        let place = self.words.windows(length).find(|place| same(place))?;
        let (first, last) = (place.first()?, place.last()?);
        Some(&self.text[first.0.start..last.0.end])
    }
}

/// A word or several in a row, folded once to be looked for often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase(Vec<String>);

impl Phrase {
    /// Accents and capitals do not matter.
    pub fn of(text: &str) -> Self {
        Self(Words::of(text).words.into_iter().map(|(_, word)| word).collect())
    }
}
