//! What the appeal says itself: its text is taken out of the answers that quote it, and its facts are matched.

use std::collections::HashSet;

use crate::leads::answer::Appeal;
use crate::leads::facts::{Fact, FactKind, Search};
use crate::leads::gazetteer::Gazetteer;
use crate::leads::lexicon::{HashedMap, Lexicon};
use crate::leads::marks::{Published, phones};
use crate::leads::normal::{Gap, Words, and_then, read};

/// So many words of the appeal in a row are a quotation; a witness who writes "place du Bouffay à Nantes" quotes nothing.
const QUOTED_RUN: usize = 6;

/// Within so many minutes an hour is "about the appeal's".
const SAME_HOUR_MINUTES: u32 = 90;

/// The appeal, read once.
#[derive(Debug, Default)]
pub struct Ground {
    /// The account that published it.
    pub account: String,
    /// What it made public.
    pub published: Published,
    /// Its facts.
    pub facts: Vec<Fact>,
    runs: HashedMap<u64, ()>,
    keys: HashSet<(FactKind, u32)>,
}

impl Ground {
    /// Reads an appeal.
    pub fn new(appeal: &Appeal, lexicon: &Lexicon, gazetteer: &Gazetteer) -> Self {
        let words = read(&appeal.text, &lexicon.spelling, &appeal.account);
        let hits = lexicon.hits(&words);
        let search = Search { words: &words, hits: &hits, lexicon, gazetteer };
        let facts = search.facts();
        let plates = (0..words.words.len()).filter_map(|at| search.plate(at)).collect();
        let published =
            Published { phones: phones(&search), plates, words: words.words.iter().map(|word| word.hash).collect() };
        let runs = words
            .words
            .windows(QUOTED_RUN)
            .map(|run| (run.iter().fold(0, |hash, word| and_then(hash, word.hash)), ()))
            .collect();
        let keys = facts.iter().map(|fact| (fact.kind, fact.key)).collect();
        Self { account: appeal.account.clone(), published, facts, runs, keys }
    }

    /// Takes the appeal's own words out of a text; says whether there were any.
    pub fn take_out(&self, words: &mut Words) -> bool {
        if words.words.len() < QUOTED_RUN || self.runs.is_empty() {
            return false;
        }
        let mut is_quoted = vec![false; words.words.len()];
        for (at, run) in words.words.windows(QUOTED_RUN).enumerate() {
            if self.runs.contains_key(&run.iter().fold(0, |hash, word| and_then(hash, word.hash))) {
                is_quoted[at..at + QUOTED_RUN].fill(true);
            }
        }
        let had = is_quoted.contains(&true);
        if had {
            let mut at = 0;
            let mut was_quoted = false;
            words.words.retain_mut(|word| {
                let quoted = is_quoted[at];
                at += 1;
                if was_quoted && !quoted {
                    word.gap = Gap::Sentence;
                }
                was_quoted = quoted;
                !quoted
            });
        }
        had
    }

    /// Whether the appeal says the same, or the hour is about its own.
    pub fn matches(&self, fact: &Fact) -> bool {
        match fact.kind {
            FactKind::Hour => self.matches_hour(fact.key),
            FactKind::Picture => false,
            FactKind::Place
            | FactKind::Day
            | FactKind::Plate
            | FactKind::Direction
            | FactKind::Vehicle
            | FactKind::Colour
            | FactKind::Clothes
            | FactKind::Body => self.says(fact.kind, fact.key),
        }
    }

    /// Whether an hour, in minutes since midnight, is about one of the appeal's.
    pub fn matches_hour(&self, minutes: u32) -> bool {
        self.facts.iter().any(|own| own.kind == FactKind::Hour && minutes_apart(own.key, minutes) <= SAME_HOUR_MINUTES)
    }

    /// Whether the appeal has this very fact.
    pub fn says(&self, kind: FactKind, key: u32) -> bool {
        self.keys.contains(&(kind, key))
    }
}

/// Around the clock.
pub fn minutes_apart(one: u32, other: u32) -> u32 {
    let apart = one.abs_diff(other) % 1440;
    apart.min(1440 - apart)
}
