//! A turn of phrase to look for, and where it stands in a text.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::command::check::names::Naming;
use crate::command::check::number;
use crate::command::check::reading::{Joint, Reading};

/// One turn of phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// What follows what.
    pub parts: Vec<Part>,
}

/// A part of a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// One of these words: a word with its plural and its feminine.
    Word(Vec<String>),
    /// A word that begins so.
    Beginning(String),
    /// One of these turns.
    Any(Vec<Phrase>),
    /// One of these turns, or nothing.
    Perhaps(Vec<Phrase>),
    /// A few words of the same sentence.
    Gap,
    /// Something that is recognised.
    Thing(Thing),
}

/// Something that is recognised whatever its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A person's full name.
    Name,
    /// A person's full name, but not of the person whom the draft is about.
    OtherName,
    /// A first name.
    FirstName,
    /// A word with a capital that may be a name.
    Capital,
    /// Any word or number.
    Anything,
    /// A number within these bounds, in digits or in words.
    Number(u32, u32),
    /// A number within these bounds, in digits.
    Digits(u32, u32),
}

/// A text under search.
#[derive(Clone, Copy)]
pub struct Ground<'r, 't> {
    /// The words.
    pub reading: &'r Reading<'t>,
    /// The persons named in it.
    pub naming: &'r Naming,
}

/// The most words that a gap stands for.
const LONGEST_GAP: usize = 7;

impl Phrase {
    /// Where the phrase ends that begins at a token: the shortest way, but with all that may follow it.
    pub fn end_at(&self, ground: Ground<'_, '_>, start: usize) -> Option<usize> {
        let is_open_ended = matches!(self.parts.last(), Some(Part::Perhaps(_)));
        let has_gap = self.parts.contains(&Part::Gap);
        let ends = self.ends(ground, start, start);
        let mut ends = ends.into_iter().filter(|end| *end > start);
        if has_gap && !is_open_ended { ends.next() } else { ends.next_back() }
    }

    /// The first words of the phrase; `None` where it may begin with anything.
    pub fn beginnings(&self) -> Option<Vec<Beginning>> {
        let mut beginnings = Vec::new();
        for part in &self.parts {
            match part {
                Part::Word(words) => {
                    beginnings.extend(words.iter().cloned().map(Beginning::Whole));
                    return Some(beginnings);
                }
                Part::Beginning(word) => {
                    beginnings.push(Beginning::Start(word.clone()));
                    return Some(beginnings);
                }
                Part::Any(turns) => {
                    for turn in turns {
                        beginnings.extend(turn.beginnings()?);
                    }
                    return Some(beginnings);
                }
                Part::Perhaps(turns) => {
                    for turn in turns {
                        beginnings.extend(turn.beginnings()?);
                    }
                }
                Part::Gap | Part::Thing(_) => return None,
            }
        }
        None
    }

    /// Every place where the phrase may end if it goes on at `at`; `start` is where the whole of it began.
    fn ends(&self, ground: Ground<'_, '_>, start: usize, at: usize) -> BTreeSet<usize> {
        let mut places = BTreeSet::from([at]);
        for part in &self.parts {
            places = places.into_iter().flat_map(|place| part.ends(ground, start, place)).collect();
            if places.is_empty() {
                break;
            }
        }
        places
    }
}

/// How a phrase begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Beginning {
    /// With this word.
    Whole(String),
    /// With a word that starts so.
    Start(String),
}

impl Part {
    fn ends(&self, ground: Ground<'_, '_>, start: usize, at: usize) -> BTreeSet<usize> {
        let reading = ground.reading;
        let one = |holds: bool| if holds { BTreeSet::from([at + 1]) } else { BTreeSet::new() };
        match self {
            Self::Word(words) => one(goes_on(reading, start, at) && words.iter().any(|word| *word == reading.word(at))),
            Self::Beginning(word) => one(goes_on(reading, start, at) && reading.word(at).starts_with(word.as_str())),
            Self::Any(turns) => turns.iter().flat_map(|turn| turn.ends(ground, start, at)).collect(),
            Self::Perhaps(turns) => {
                let ends = turns.iter().flat_map(|turn| turn.ends(ground, start, at));
                ends.chain([at]).collect()
            }
            Self::Gap => {
                let same_sentence = |next: &usize| {
                    *next == at || reading.tokens.get(*next).is_some_and(|token| token.joint != Joint::Stop)
                };
                let longest = at + LONGEST_GAP;
                let mut ends: BTreeSet<usize> = (at..=longest).take_while(same_sentence).collect();
                // The end of the text is no word, but a gap may reach to it.
                if reading.tokens.len() <= longest {
                    ends.insert(reading.tokens.len());
                }
                ends
            }
            Self::Thing(thing) if goes_on(reading, start, at) => thing.ends(ground, at),
            Self::Thing(_) => BTreeSet::new(),
        }
    }
}

/// Whether the token may stand next in a phrase. After a gap a comma is nothing special: the gap ends before it.
fn goes_on(reading: &Reading<'_>, start: usize, at: usize) -> bool {
    let Some(token) = reading.tokens.get(at) else { return false };
    at == start || token.joint != Joint::Stop && (token.joint <= Joint::Line || is_loose(reading, at))
}

/// `12, rue`: between a number and a word a comma is a habit. `Nom : Dupont` as well.
fn is_loose(reading: &Reading<'_>, at: usize) -> bool {
    let mark_is_light = |from: usize, to: usize| {
        reading.typed.get(from..to).is_some_and(|between| {
            between.chars().all(|c| matches!(c, ' ' | ',' | ':' | '\u{A0}' | '\u{202F}' | '\n' | '/' | '('))
        })
    };
    at.checked_sub(1)
        .and_then(|before| Some((reading.tokens.get(before)?, reading.tokens.get(at)?)))
        .is_some_and(|(before, token)| mark_is_light(before.range.end, token.range.start))
}

impl Thing {
    fn ends(&self, ground: Ground<'_, '_>, at: usize) -> BTreeSet<usize> {
        let token = ground.reading.tokens.get(at);
        let one = |holds: bool| if holds { BTreeSet::from([at + 1]) } else { BTreeSet::new() };
        let found = |range: Option<&Range<usize>>| range.map(|range| range.end).into_iter().collect();
        match self {
            Self::Name => found(ground.naming.name_at(at)),
            Self::OtherName => found(ground.naming.other_name_at(at)),
            Self::FirstName => one(ground.naming.is_first_name(at)),
            Self::Capital => one(ground.naming.may_be_name(at)),
            Self::Anything => one(token.is_some()),
            // `003451` is no house number.
            Self::Number(_, most)
                if *most < 10_000 && token.is_some_and(|token| token.is_number && token.word.len() > 4) =>
            {
                BTreeSet::new()
            }
            Self::Digits(..) if token.is_none_or(|token| !token.is_number || token.word.len() > 4) => BTreeSet::new(),
            Self::Number(least, most) | Self::Digits(least, most) => number::at(ground.reading, at)
                .filter(|(value, _)| (least..=most).contains(&value))
                .map(|(_, end)| end)
                .into_iter()
                .collect(),
        }
    }
}
