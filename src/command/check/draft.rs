//! Checks one draft: what it would publish and what is known inside, against every rule of its command.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::command::check::book::{Book, Check, Find, Place, Rule};
use crate::command::check::finding::{Finding, Severity};
use crate::command::check::names::Naming;
use crate::command::check::phrase::{Ground, Part, Phrase, Thing};
use crate::command::check::reading::Reading;
use crate::command::check::{layout, phone, plate};
use crate::command::value::years;
use crate::domain::name::{CommandWord, FieldName};

/// How many places of one check are told: after that a supervisor has understood.
const MOST_TOLD: usize = 3;

/// A draft as it is checked.
#[derive(Clone, Debug)]
pub struct Subject<'s> {
    /// Which command.
    pub command: &'s CommandWord,
    /// What was typed, field by field.
    pub passages: Vec<Passage<'s>>,
    /// Whether there is a picture.
    pub has_picture: bool,
    /// Whether it is about a person whom it names, in a field or in its text.
    pub is_about_person: bool,
}

/// One stretch of what was typed.
#[derive(Clone, Debug)]
pub struct Passage<'s> {
    /// The field that it fills, if it is known.
    pub field: Option<FieldName>,
    /// What becomes of it.
    pub role: Role,
    /// As it was typed.
    pub text: &'s str,
}

/// What becomes of what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is published.
    Text,
    /// It is published with a picture.
    Picture,
    /// It is published: the name of whom the draft is about.
    Person,
    /// It is published: an age.
    Age,
    /// It is published: a number to call.
    Phone,
    /// It is known inside only.
    Internal,
}

/// What a command changes in the checks that all commands share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Not looked for.
    pub off: BTreeSet<String>,
    /// What follows instead.
    pub severity: BTreeMap<String, Severity>,
}

/// A passage that was read.
struct Read<'s> {
    passage: &'s Passage<'s>,
    reading: Reading<'s>,
    naming: Naming,
}

impl Read<'_> {
    fn ground(&self) -> Ground<'_, '_> {
        Ground { reading: &self.reading, naming: &self.naming }
    }
}

/// Checks a draft against the books of its command, the shared one first. Findings come in the order of the books.
pub fn check(books: &[Arc<Book>], overrides: &Overrides, subject: &Subject<'_>) -> Vec<Finding> {
    let Some(shared) = books.first() else { return Vec::new() };
    let reads = read(shared, subject);
    let mut findings: Vec<Finding> = Vec::new();
    for book in books {
        let session = Session { shared, book, subject, reads: &reads };
        let found = session.search();
        for (check, mut places) in book.checks.iter().zip(found) {
            let is_settled = check.field.as_ref().is_some_and(|field| session.is_filled(field));
            if overrides.off.contains(&check.code) {
                continue;
            }
            places.sort_by_key(|place| (place.severity, place.passage, place.bytes.start, place.bytes.end));
            let mut last: Option<(usize, usize)> = None;
            for place in places {
                // Two rules of a check often see the same words.
                let is_seen = last.is_some_and(|(passage, end)| passage == place.passage && place.bytes.start < end);
                if is_seen {
                    continue;
                }
                last = Some((place.passage, place.bytes.end));
                if is_settled && place.is_settled_by_field {
                    continue;
                }
                let words = &subject.passages[place.passage].text[place.bytes.clone()];
                let told = findings.iter().filter(|told| told.code == check.code);
                if told.clone().count() >= MOST_TOLD || told.clone().any(|told| told.words == words) {
                    continue;
                }
                findings.push(Finding {
                    code: check.code.clone(),
                    severity: overrides.severity.get(&check.code).copied().unwrap_or(place.severity),
                    words: words.to_owned(),
                    why: check.why.clone(),
                    must_be_lifted: check.must_be_lifted,
                    field: check.field.clone(),
                });
            }
        }
    }
    findings
}

/// Reads each passage, and finds out whom the draft is about.
fn read<'s>(book: &Book, subject: &'s Subject<'s>) -> Vec<Read<'s>> {
    let given = subject.passages.iter().find(|passage| passage.role == Role::Person).map(|passage| passage.text);
    let readings: Vec<Reading<'s>> = subject.passages.iter().map(|passage| Reading::of(passage.text)).collect();
    let guessed = match given {
        Some(_) => None,
        None if subject.is_about_person => readings.iter().find_map(|reading| book.first_person(reading)),
        None => None,
    };
    let person = given.or(guessed);
    let read = |(passage, reading): (&'s Passage<'s>, Reading<'s>)| {
        let naming = Naming::of(&reading, &book.names, person);
        Read { passage, reading, naming }
    };
    subject.passages.iter().zip(readings).map(read).collect()
}

impl Book {
    /// The first person that a text names who is nobody's mother, friend or witness.
    fn first_person<'t>(&self, reading: &Reading<'t>) -> Option<&'t str> {
        let naming = Naming::of(reading, &self.names, None);
        (0..reading.tokens.len()).find_map(|at| {
            let name = naming.name_at(at)?;
            let is_kin = (at.saturating_sub(3)..at).any(|before| self.kin.contains(reading.word(before)));
            (!is_kin).then(|| reading.quote(name))
        })
    }
}

/// A place where a check found something.
struct Found {
    passage: usize,
    bytes: Range<usize>,
    severity: Severity,
    is_settled_by_field: bool,
}

/// The search of one book.
struct Session<'a> {
    shared: &'a Book,
    book: &'a Book,
    subject: &'a Subject<'a>,
    reads: &'a [Read<'a>],
}

impl Session<'_> {
    /// What each check finds.
    fn search(&self) -> Vec<Vec<Found>> {
        let mut found: Vec<Vec<Found>> = self.book.checks.iter().map(|_| Vec::new()).collect();
        for (number, read) in self.reads.iter().enumerate() {
            for (token, (check, rule, turn)) in self.book.index.candidates(&read.reading) {
                let of = &self.book.checks[check];
                let rule = &of.rules[rule];
                let Find::Turns(turns) = &rule.find else { continue };
                if !self.applies(of, rule, read) {
                    continue;
                }
                let Some(end) = turns[turn].end_at(read.ground(), token) else { continue };
                if self.holds(rule, read, &(token..end)) {
                    found[check].push(place(of, rule, number, read, &(token..end)));
                }
            }
            for (check, of) in self.book.checks.iter().enumerate() {
                let is_settling =
                    of.field.is_some() && read.passage.role == Role::Internal && read.passage.field == of.field;
                if is_settling
                    && !says_something(read.passage.text)
                    && of.rules.iter().any(|rule| rule.place == Place::Field)
                {
                    let bytes = 0..read.passage.text.len();
                    found[check].push(Found {
                        passage: number,
                        bytes,
                        severity: of.severity,
                        is_settled_by_field: false,
                    });
                }
                for rule in of.rules.iter().filter(|rule| self.applies(of, rule, read)) {
                    found[check].extend(self.recognised(of, rule, number, read));
                }
            }
        }
        found
    }

    /// What the rules find that look for no turns of phrase.
    fn recognised(&self, check: &Check, rule: &Rule, number: usize, read: &Read<'_>) -> Vec<Found> {
        let by_bytes = |bytes| Found {
            passage: number,
            bytes,
            severity: rule.severity.unwrap_or(check.severity),
            is_settled_by_field: true,
        };
        let tokens = match &rule.find {
            Find::Turns(_) => return Vec::new(),
            Find::Hashtag => {
                return layout::run_together(read.passage.text, &self.shared.tag_words)
                    .into_iter()
                    .map(by_bytes)
                    .collect();
            }
            Find::Emoji => return layout::amid_text(read.passage.text).into_iter().map(by_bytes).collect(),
            Find::AgeBelow(bound) => {
                let is_below = read.passage.role == Role::Age && age(read.passage.text).is_some_and(|age| age < *bound);
                let whole = 0..read.reading.tokens.len();
                if is_below { vec![whole] } else { Vec::new() }
            }
            Find::Plate => plate::find(&read.reading, &self.shared.plates),
            Find::Phone => {
                let is_near_name = |range: &Range<usize>| {
                    let sentence = read.reading.tokens[range.start].sentence;
                    (0..read.reading.tokens.len())
                        .any(|at| read.reading.tokens[at].sentence == sentence && read.naming.name_at(at).is_some())
                };
                phone::find(&read.reading, &self.shared.phones, &self.service_numbers(), is_near_name)
            }
        };
        let tokens = tokens.into_iter().filter(|tokens| self.holds(rule, read, tokens));
        tokens.map(|tokens| place(check, rule, number, read, &tokens)).collect()
    }

    fn service_numbers(&self) -> BTreeSet<String> {
        let phones = self.reads.iter().filter(|read| read.passage.role == Role::Phone);
        phones.flat_map(|read| phone::numbers(&read.reading)).collect()
    }

    fn applies(&self, check: &Check, rule: &Rule, read: &Read<'_>) -> bool {
        let command = self.subject.command;
        let is_here = match (rule.place, read.passage.role) {
            (Place::Text, Role::Text | Role::Picture) => true,
            (Place::Text, Role::Age) => matches!(rule.find, Find::AgeBelow(_)),
            (Place::Picture, role) => role == Role::Picture,
            (Place::Field, role) => role == Role::Internal && read.passage.field == check.field,
            (Place::Text, Role::Person | Role::Phone | Role::Internal) => false,
        };
        is_here
            && (rule.commands.is_empty() || rule.commands.contains(command))
            && !rule.not_commands.contains(command)
            && (!rule.with_picture || self.subject.has_picture)
    }

    /// Whether what was found stands among what the rule asks for.
    fn holds(&self, rule: &Rule, read: &Read<'_>, found: &Range<usize>) -> bool {
        let ground = read.ground();
        let sentence = read.reading.tokens.get(found.start).map(|token| token.sentence);
        let in_sentence = |at: &usize| read.reading.tokens.get(*at).map(|token| token.sentence) == sentence;
        let first = (0..found.start).rev().take_while(in_sentence).last().unwrap_or(found.start);
        let last =
            (found.end..read.reading.tokens.len()).take_while(in_sentence).last().map_or(found.end, |last| last + 1);
        let here = |phrases: &[Phrase]| stands(phrases, ground, first..last);
        let overlaps = |phrase: &Phrase| {
            (first..found.end).any(|at| phrase.end_at(ground, at).is_some_and(|end| end > found.start))
        };
        let anywhere = |phrases: &[Phrase]| {
            self.published().any(|read| stands(phrases, read.ground(), 0..read.reading.tokens.len()))
        };
        !rule.except.iter().any(overlaps)
            && !here(&rule.unless)
            && (rule.near.is_empty() || here(&rule.near) || self.names_whom_it_is_about(&rule.near))
            && (rule.with.is_empty() || anywhere(&rule.with) || self.names_whom_it_is_about(&rule.with))
            && (rule.unless_anywhere.is_empty() || !anywhere(&rule.unless_anywhere))
    }

    /// Whether a name is wanted and the draft has one in its own field.
    fn names_whom_it_is_about(&self, wanted: &[Phrase]) -> bool {
        let is_name = |phrase: &Phrase| phrase.parts == [Part::Thing(Thing::Name)];
        wanted.iter().any(is_name) && self.reads.iter().any(|read| read.passage.role == Role::Person)
    }

    fn published(&self) -> impl Iterator<Item = &Read<'_>> {
        self.reads.iter().filter(|read| matches!(read.passage.role, Role::Text | Role::Picture))
    }

    fn is_filled(&self, field: &FieldName) -> bool {
        let holds = |passage: &&Passage<'_>| passage.field.as_ref() == Some(field) && says_something(passage.text);
        self.subject.passages.iter().any(|passage| holds(&passage))
    }
}

/// Whether a value says anything: `-` and `?` do not.
pub fn says_something(value: &str) -> bool {
    value.chars().any(char::is_alphanumeric)
}

fn stands(phrases: &[Phrase], ground: Ground<'_, '_>, tokens: Range<usize>) -> bool {
    tokens.clone().any(|at| phrases.iter().any(|phrase| phrase.end_at(ground, at).is_some()))
}

fn place(check: &Check, rule: &Rule, passage: usize, read: &Read<'_>, tokens: &Range<usize>) -> Found {
    let first = read.reading.tokens.get(tokens.start).map_or(0, |token| token.range.start);
    let last = tokens.end.checked_sub(1).and_then(|last| read.reading.tokens.get(last));
    Found {
        passage,
        bytes: first..last.map_or(first, |token| token.range.end),
        severity: rule.severity.unwrap_or(check.severity),
        is_settled_by_field: rule.place != Place::Field,
    }
}

/// The age that was typed, in whole years.
fn age(typed: &str) -> Option<u32> {
    years(typed).or_else(|| {
        let digits: String =
            typed.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    })
}
