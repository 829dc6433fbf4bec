//! Makes the texts of a draft from its fields, one per account, and says what stands in the way of a vote.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::field::Field;
use crate::command::spec::Spec;
use crate::command::template::{Speaker, TemplateProblem};
use crate::command::words::Words;
use crate::domain::cost::Prices;
use crate::domain::directorate::Account;
use crate::domain::draft::{Blocker, Filled, Target, Warning};
use crate::domain::name::FieldName;
use crate::domain::text::{Limits, has_links, measure};

/// An account with its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Where.
    pub account: Account,
    /// How long a text may be there.
    pub limits: Limits,
    /// What a post costs there, where that is charged for.
    pub prices: Option<Prices>,
}

/// Everything of a revision that its fields decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// What would come out, in the order of the destinations.
    pub targets: Vec<Target>,
    /// What stands in the way of a vote: missing fields first, in the order of the command file.
    pub blockers: Vec<Blocker>,
    /// What to look at twice.
    pub warnings: Vec<Warning>,
}

/// Renders the fields of a draft. A required field that is missing leaves a visible gap (`«lieu ?»`) in the texts.
pub fn render(
    spec: &Spec,
    fields: &BTreeMap<FieldName, Filled>,
    speaker: Speaker<'_>,
    destinations: &[Destination],
) -> Content {
    // A field that was taken out is as good as not given.
    let given: BTreeMap<FieldName, Filled> = fields
        .iter()
        .filter(|(_, filled)| !filled.value.is_empty())
        .map(|(name, filled)| (name.clone(), filled.clone()))
        .collect();
    let missing: Vec<&Field> =
        spec.fields.iter().filter(|field| !given.contains_key(&field.name) && field.is_needed(&given)).collect();
    let values = values(spec, &given, &missing);
    let mut template_problems = BTreeSet::new();
    let mut text = |network| {
        spec.templates.fill(network, &values, speaker).unwrap_or_else(|TemplateProblem { message, .. }| {
            template_problems.insert(message);
            String::new()
        })
    };

    let targets: Vec<Target> =
        destinations.iter().map(|destination| target(destination, text(destination.account.network))).collect();

    let mut warnings: Vec<Warning> = template_problems
        .into_iter()
        .map(|message| Warning { words: format!("!{}", spec.word), why: format!("Fichier {} : {message}", spec.file) })
        .collect();
    warnings.extend(watched_words(spec, &given));
    Content { blockers: blockers(&missing, &targets), targets, warnings }
}

/// What the templates are filled with: internal fields are not even there.
fn values<'s>(spec: &'s Spec, given: &BTreeMap<FieldName, Filled>, missing: &[&Field]) -> BTreeMap<&'s str, String> {
    let value = |field: &Field| match given.get(&field.name) {
        Some(filled) => filled.value.clone(),
        None if missing.iter().any(|missing| missing.name == field.name) => format!("«{} ?»", field.name),
        None => String::new(),
    };
    spec.fields.iter().filter(|field| !field.internal).map(|field| (field.name.as_str(), value(field))).collect()
}

fn target(destination: &Destination, text: String) -> Target {
    let Destination { account, limits, prices } = destination;
    Target {
        account: account.name.clone(),
        network: account.network,
        visibility: account.visibility,
        language: account.language.clone(),
        length: measure(&text, limits),
        cost: prices.map(|prices| prices.cost(has_links(&text, account.network))),
        text,
    }
}

fn blockers(missing: &[&Field], targets: &[Target]) -> Vec<Blocker> {
    let ask = |field: &&Field| Blocker::Missing { field: field.name.clone(), ask: field.ask.clone() };
    let mut blockers: Vec<Blocker> = missing.iter().map(ask).collect();
    if targets.is_empty() {
        blockers.push(Blocker::NoAccount);
    }
    for target in targets {
        if target.text.is_empty() {
            blockers.push(Blocker::Empty { account: target.account.clone() });
        } else if target.length.over > 0 {
            blockers.push(Blocker::TooLong { account: target.account.clone(), over: target.length.over });
        }
    }
    blockers
}

/// The warnings of the command file, on what was typed to be published.
fn watched_words(spec: &Spec, given: &BTreeMap<FieldName, Filled>) -> Vec<Warning> {
    let published = spec.fields.iter().filter(|field| !field.internal).filter_map(|field| given.get(&field.name));
    let texts: Vec<Words<'_>> = published.map(|filled| Words::of(&filled.value)).collect();
    let mut warnings: Vec<Warning> = Vec::new();
    for rule in &spec.warnings {
        let why = match &rule.source {
            Some(source) => format!("{} ({source})", rule.why),
            None => rule.why.clone(),
        };
        for words in rule.words.iter().flat_map(|phrase| texts.iter().filter_map(|text| text.find(phrase))) {
            let warning = Warning { words: words.to_owned(), why: why.clone() };
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }
    warnings
}
