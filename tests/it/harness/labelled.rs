//! The labelled drafts of `tests/it/data/drafts.jsonl`, and how well the checks do on them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ZonedDateTime;
use jiff::civil::date;
use jiff::tz::TimeZone;
use portevoix::command::catalog::Catalog;
use portevoix::command::check::finding::Severity;
use portevoix::command::check::trial::{Trial, run};
use serde::Deserialize;

/// A draft and what should be found in it.
#[derive(Clone, Debug, Deserialize)]
pub struct Labelled {
    /// Its name in the file.
    pub id: String,
    /// Whether nobody tunes the checks on it.
    pub kept: bool,
    /// The command's word.
    pub command: String,
    /// As it is typed.
    pub text: String,
    /// As they are typed.
    pub fields: BTreeMap<String, String>,
    /// The checks that must block it.
    pub block: BTreeSet<String>,
    /// The checks that must warn.
    pub warn: BTreeSet<String>,
}

/// Which of the drafts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Those that the rules were changed for.
    Tuned,
    /// Every third, which nobody looked at while they were.
    KeptApart,
}

/// How well a check does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// Found, and rightly.
    pub right: u32,
    /// Found, and wrongly.
    pub wrong: u32,
    /// Not found.
    pub missed: u32,
}

impl Labelled {
    /// Which part it belongs to.
    pub fn part(&self) -> Part {
        if self.kept { Part::KeptApart } else { Part::Tuned }
    }

    /// What should be found.
    fn expected(&self) -> BTreeSet<(Severity, String)> {
        let of = |severity, codes: &BTreeSet<String>| codes.iter().map(move |code| (severity, code.clone())).collect();
        let (mut all, warn): (BTreeSet<_>, BTreeSet<_>) =
            (of(Severity::Block, &self.block), of(Severity::Warn, &self.warn));
        all.extend(warn);
        all
    }
}

impl Score {
    /// Of what was found, the share that is right; 1 if nothing was found.
    pub fn precision(self) -> f64 {
        share(self.right, self.right + self.wrong)
    }

    /// Of what should be found, the share that is; 1 if there is nothing to find.
    pub fn recall(self) -> f64 {
        share(self.right, self.right + self.missed)
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        let Self { right, wrong, missed } = other;
        Self { right: self.right + right, wrong: self.wrong + wrong, missed: self.missed + missed }
    }
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 { 1.0 } else { f64::from(part) / f64::from(whole) }
}

/// Every labelled draft.
pub fn drafts() -> Vec<Labelled> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/drafts.jsonl");
    std::fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How each check does on a part.
pub fn score(catalog: &Catalog, drafts: &[Labelled], part: Part) -> BTreeMap<String, Score> {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for draft in drafts.iter().filter(|draft| draft.part() == part) {
        let (expected, found) = (draft.expected(), found(catalog, draft));
        for (_, code) in expected.intersection(&found) {
            scores.entry(code.clone()).or_default().right += 1;
        }
        for (_, code) in found.difference(&expected) {
            scores.entry(code.clone()).or_default().wrong += 1;
        }
        for (_, code) in expected.difference(&found) {
            scores.entry(code.clone()).or_default().missed += 1;
        }
    }
    scores
}

/// A line for each draft of a part in which something else is found than should be.
pub fn wrong(catalog: &Catalog, drafts: &[Labelled], part: Part) -> Vec<String> {
    let of_part = drafts.iter().filter(|draft| draft.part() == part);
    let differs = |draft: &&Labelled| draft.expected() != found(catalog, draft);
    let line = |draft: &Labelled| {
        format!("{}: {} — expected {:?}, found {:?}", draft.id, draft.text, draft.expected(), found(catalog, draft))
    };
    of_part.filter(differs).map(line).collect()
}

/// What the checks find in a draft.
fn found(catalog: &Catalog, draft: &Labelled) -> BTreeSet<(Severity, String)> {
    let trial = Trial {
        command: Some(draft.command.clone()),
        text: draft.text.clone(),
        fields: draft.fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
    };
    run(catalog, &trial, &noon()).unwrap().into_iter().map(|finding| (finding.severity, finding.code)).collect()
}

/// What relative dates are counted from.
pub fn noon() -> ZonedDateTime {
    TimeZone::UTC.to_zoned_datetime(date(2026, 3, 14).at(12, 0, 0, 0)).unwrap()
}
