//! Finds where the turns of many rules may begin, in one pass over a text.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::command::check::book::{Check, Find};
use crate::command::check::phrase::Beginning;
use crate::command::check::reading::Reading;

/// Which rule of which check, and which of its turns.
pub type Turn = (usize, usize, usize);

/// The first words of every turn.
#[derive(Clone, Debug, Default)]
pub struct Index {
    words: Option<AhoCorasick>,
    /// The turns that begin with each of them.
    turns: Vec<Vec<Turn>>,
    /// The turns that may begin with anything.
    open: Vec<Turn>,
}

impl Index {
    /// Lists the first words of the turns that these checks look for.
    pub fn of(checks: &[Check]) -> Self {
        let mut beginnings: BTreeMap<Beginning, Vec<Turn>> = BTreeMap::new();
        let mut open = Vec::new();
        for (check, rule, turn, phrase) in turns(checks) {
            match phrase.beginnings() {
                Some(words) => words.into_iter().for_each(|word| {
                    beginnings.entry(word).or_default().push((check, rule, turn));
                }),
                None => open.push((check, rule, turn)),
            }
        }
        let pattern = |beginning: &Beginning| match beginning {
            Beginning::Whole(word) => format!(" {word} "),
            Beginning::Start(word) => format!(" {word}"),
        };
        let words = AhoCorasick::builder().match_kind(MatchKind::Standard).build(beginnings.keys().map(pattern)).ok();
        Self { words, turns: beginnings.into_values().collect(), open }
    }

    /// Where a turn may begin: each token with the turns to try there.
    pub fn candidates(&self, reading: &Reading<'_>) -> Vec<(usize, Turn)> {
        let mut folded = String::from(" ");
        let mut starts = Vec::with_capacity(reading.tokens.len());
        for token in &reading.tokens {
            starts.push(folded.len() - 1);
            folded.push_str(&token.word);
            folded.push(' ');
        }
        let mut found = Vec::new();
        for word in self.words.iter().flat_map(|words| words.find_overlapping_iter(&folded)) {
            if let Ok(token) = starts.binary_search(&word.start()) {
                let turns = self.turns.get(word.pattern().as_usize()).into_iter().flatten();
                found.extend(turns.map(|turn| (token, *turn)));
            }
        }
        found.extend((0..reading.tokens.len()).flat_map(|token| self.open.iter().map(move |turn| (token, *turn))));
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn turns(checks: &[Check]) -> impl Iterator<Item = (usize, usize, usize, &crate::command::check::phrase::Phrase)> {
    checks.iter().enumerate().flat_map(|(check, of)| {
        of.rules.iter().enumerate().flat_map(move |(rule, of)| {
            let turns: &[_] = if let Find::Turns(turns) = &of.find { turns } else { &[] };
            turns.iter().enumerate().map(move |(turn, phrase)| (check, rule, turn, phrase))
        })
    })
}
