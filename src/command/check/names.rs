//! Finds the persons that a text names, and knows streets, schools and public figures that are called like persons.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::command::check::reading::{Case, Joint, Reading};
use crate::domain::fold::fold;

/// The words that names are known by, folded.
#[derive(Clone, Debug, Default)]
pub struct NameWords {
    /// `jean`
    pub first_names: BTreeSet<String>,
    /// `m`, `madame`
    pub titles: BTreeSet<String>,
    /// `rue`, `lycee`: what is named after persons.
    pub places: BTreeSet<String>,
    /// `ministre`, `chanteur`: whose name is public.
    pub offices: BTreeSet<String>,
    /// `de`, `république`: what stands between an office and a name.
    pub office_links: BTreeSet<String>,
    /// `victor hugo`: names of public figures.
    pub public: BTreeSet<String>,
    /// `brigadier`: ranks, whose names are another check's matter.
    pub ranks: BTreeSet<String>,
    /// `police`, `nantes`: capitals that are no family name.
    pub not_names: BTreeSet<String>,
}

/// The persons that a text names.
#[derive(Debug, Default)]
pub struct Naming {
    names: Vec<Range<usize>>,
    others: Vec<Range<usize>>,
    first_names: BTreeSet<usize>,
    capitals: BTreeSet<usize>,
}

/// What may stand between a place's word and the name it has: `rue du Général de Gaulle`.
const LINKS: [&str; 16] = [
    "de",
    "du",
    "des",
    "la",
    "le",
    "l",
    "d",
    "et",
    "a",
    "general",
    "marechal",
    "docteur",
    "president",
    "professeur",
    "pere",
    "saint",
];

/// The most words between an office and a name.
const MOST_OFFICE_WORDS: usize = 6;

/// What may stand within a family name.
const PARTICLES: [&str; 12] = ["de", "du", "des", "d", "la", "le", "l", "van", "von", "ben", "el", "da"];

/// The most words between a place's word and the name.
const LONGEST_LINK: usize = 4;

impl Naming {
    /// The persons in a text; `person` is the name of whom the draft is about, as it was given.
    pub fn of(reading: &Reading<'_>, words: &NameWords, person: Option<&str>) -> Self {
        let mut naming = Self::default();
        let own: BTreeSet<String> =
            person.into_iter().flat_map(|name| Reading::of(name).tokens).map(|token| token.word).collect();
        naming.capitals = (0..reading.tokens.len()).filter(|at| is_family_name(reading, words, *at)).collect();
        let mut at = 0;
        while at < reading.tokens.len() {
            let is_first = words.first_names.contains(reading.word(at)) && is_capital(reading, at);
            if is_first && !is_of_place(reading, words, at) {
                naming.first_names.insert(at);
            }
            let Some(end) = name_end(reading, words, at) else {
                at += 1;
                continue;
            };
            let name = at..end;
            let is_titled = words.titles.contains(reading.word(at));
            if (is_titled || !is_of_place(reading, words, at))
                && !is_public(reading, words, &name)
                && !is_ranked(reading, words, at)
            {
                let is_own =
                    name.clone().any(|at| own.contains(reading.word(at)) && !words.titles.contains(reading.word(at)));
                if !is_own {
                    naming.others.push(name.clone());
                }
                naming.names.push(name);
            }
            at = end;
        }
        naming
    }

    /// The full name that begins at a token.
    pub fn name_at(&self, at: usize) -> Option<&Range<usize>> {
        self.names.iter().find(|name| name.start == at)
    }

    /// The full name that begins at a token, if it is not that of the person whom the draft is about.
    pub fn other_name_at(&self, at: usize) -> Option<&Range<usize>> {
        self.others.iter().find(|name| name.start == at)
    }

    /// Whether a token is a person's first name, with or without a family name.
    pub fn is_first_name(&self, at: usize) -> bool {
        self.first_names.contains(&at)
    }
}

impl Naming {
    /// Whether a token has a capital and may be a name.
    pub fn may_be_name(&self, at: usize) -> bool {
        self.capitals.contains(&at)
    }
}

fn is_capital(reading: &Reading<'_>, at: usize) -> bool {
    reading.tokens.get(at).is_some_and(|token| token.case != Case::Lower && !token.is_number && !token.is_tag)
}

/// Where a full name ends that begins at a token: a first name with a family name, either way round, or a title with a
/// name.
fn name_end(reading: &Reading<'_>, words: &NameWords, at: usize) -> Option<usize> {
    let word = reading.word(at);
    if words.titles.contains(word) {
        let begins = at + 1;
        let begins = if words.titles.contains(reading.word(begins)) { begins + 1 } else { begins };
        // « Monsieur Le Goff »
        let has_particle =
            PARTICLES.contains(&reading.word(begins)) && is_capital(reading, begins) && reading.goes_on(begins);
        let begins = if has_particle { begins + 1 } else { begins };
        let is_close = reading.goes_on(begins);
        let is_name = is_family_name(reading, words, begins) || is_hasty_name(reading, words, at, begins);
        return (is_close && is_name).then(|| family_end(reading, words, begins));
    }
    if !is_capital(reading, at) && !words.first_names.contains(word) {
        return None;
    }
    if words.first_names.contains(word) {
        let mut next = at + 1;
        // Jean-Pierre, Marie Anne.
        while reading.goes_on(next) && words.first_names.contains(reading.word(next)) && is_capital(reading, next) {
            next += 1;
        }
        let particle = (next..next + 3)
            .take_while(|place| reading.goes_on(*place) && PARTICLES.contains(&reading.word(*place)))
            .count();
        let family = next + particle;
        if reading.goes_on(family)
            && is_family_name(reading, words, family)
            && (is_capital(reading, at) || is_capital(reading, family))
        {
            return Some(family_end(reading, words, family));
        }
        // Two first names, the second as a family name: « Lucas Martin ».
        let is_double = next == at + 2 && reading.tokens[at + 1].joint == Joint::Space && is_capital(reading, at);
        return is_double.then_some(next);
    }
    // DUPONT Jean
    let is_upper = reading.tokens[at].case == Case::Upper && is_family_name(reading, words, at);
    let is_reversed = is_upper
        && reading.goes_on(at + 1)
        && words.first_names.contains(reading.word(at + 1))
        && reading.tokens[at + 1].case == Case::Capital;
    is_reversed.then_some(at + 2)
}

fn is_family_name(reading: &Reading<'_>, words: &NameWords, at: usize) -> bool {
    let word = reading.word(at);
    // An initial says no name.
    is_capital(reading, at)
        && word.chars().count() > 1
        && !words.not_names.contains(word)
        && !words.places.contains(word)
        && !words.offices.contains(word)
        && !words.titles.contains(word)
        && !words.ranks.contains(word)
}

/// `mr bernier`, typed in haste: a short title that stands for nothing else, and a word that is no office.
fn is_hasty_name(reading: &Reading<'_>, words: &NameWords, title: usize, at: usize) -> bool {
    let word = reading.word(at);
    matches!(reading.word(title), "mr" | "mme" | "mlle")
        && word.chars().count() > 2
        && reading.tokens.get(at).is_some_and(|token| !token.is_number)
        && ![&words.not_names, &words.offices, &words.titles, &words.ranks].iter().any(|known| known.contains(word))
}

/// Where a family name ends: `Le Goff`, `Ben Ali-Martin`.
fn family_end(reading: &Reading<'_>, words: &NameWords, at: usize) -> usize {
    let mut end = at + 1;
    while reading.goes_on(end) {
        if is_family_name(reading, words, end) {
            end += 1;
        } else if PARTICLES.contains(&reading.word(end))
            && reading.goes_on(end + 1)
            && is_family_name(reading, words, end + 1)
            && is_capital(reading, end)
        {
            end += 2;
        } else {
            break;
        }
    }
    end
}

/// Whether a name is that of a street, a school, a ship: `lycée Guy-Mocquet`, `place du Général de Gaulle`.
fn is_of_place(reading: &Reading<'_>, words: &NameWords, at: usize) -> bool {
    let mut before = at;
    for _ in 0..=LONGEST_LINK {
        let Some(previous) = before.checked_sub(1) else { return false };
        if !reading.goes_on(before) {
            return false;
        }
        let word = reading.word(previous);
        if words.places.contains(word) {
            return true;
        }
        let is_link = LINKS.contains(&word) || is_capital(reading, previous) && !words.titles.contains(word);
        if !is_link {
            return false;
        }
        before = previous;
    }
    false
}

/// Whether it is a public figure: by name, or by the office named before or after.
fn is_public(reading: &Reading<'_>, words: &NameWords, name: &Range<usize>) -> bool {
    let full = name.clone().map(|at| reading.word(at)).collect::<Vec<_>>().join(" ");
    let bare =
        full.split_once(' ').filter(|(title, _)| words.titles.contains(*title)).map_or(full.as_str(), |(_, rest)| rest);
    if words.public.contains(&full) || words.public.contains(bare) {
        return true;
    }
    let is_office = |at: usize| words.offices.contains(reading.word(at));
    let sentence = reading.tokens[name.start].sentence;
    let is_link =
        |at: &usize| words.office_links.contains(reading.word(*at)) || is_capital(reading, *at) || is_office(*at);
    let mut before = (name.start.saturating_sub(MOST_OFFICE_WORDS)..name.start)
        .rev()
        .filter(|at| reading.tokens[*at].sentence == sentence)
        .take_while(is_link);
    let after =
        (name.end..name.end + 2).filter(|at| reading.tokens.get(*at).is_some_and(|token| token.sentence == sentence));
    before.any(is_office) || after.take_while(is_link).any(is_office)
}

/// Whether a rank stands before it: `le brigadier-chef Paul Martin`, `le gardien de la paix Dupont`.
fn is_ranked(reading: &Reading<'_>, words: &NameWords, at: usize) -> bool {
    let is_link =
        |word: &str| words.ranks.contains(word) || matches!(word, "de" | "la" | "paix" | "police" | "securite");
    let mut before = (at.saturating_sub(4)..at)
        .rev()
        .take_while(|before| reading.goes_on(before + 1) && is_link(reading.word(*before)));
    before.any(|before| words.ranks.contains(reading.word(before)))
}

/// Words as they are compared, several in a row joined by a space.
pub fn folded(word: &str) -> String {
    fold(&word.replace(['-', '\'', '’'], " "))
}
