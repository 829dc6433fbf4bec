//! Makes the texts of a draft from its fields, one per account, and says what stands in the way of a vote.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::alt;
use crate::command::check::draft::{Passage, Subject, check};
use crate::command::check::finding::{Finding, Severity};
use crate::command::field::Field;
use crate::command::spec::Spec;
use crate::command::template::{Speaker, TemplateProblem};
use crate::domain::cost::Prices;
use crate::domain::directorate::Account;
use crate::domain::draft::{Blocker, Filled, Target, Warning};
use crate::domain::name::FieldName;
use crate::domain::picture::{Coming, Picture};
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
    /// The pictures, with what the fields say of them.
    pub pictures: Vec<Picture>,
    /// What stands in the way of a vote: missing fields first, in the order of the command file.
    pub blockers: Vec<Blocker>,
    /// What to look at twice.
    pub warnings: Vec<Warning>,
}

/// The pictures of a draft.
#[derive(Clone, Copy, Debug, Default)]
pub struct Album<'a> {
    /// Those that are there, in the order in which they are shown.
    pub pictures: &'a [Picture],
    /// Those on their way.
    pub coming: &'a [Coming],
}

/// Renders the fields of a draft. A required field that is missing leaves a visible gap (`«lieu ?»`) in the texts.
pub fn render(
    spec: &Spec,
    fields: &BTreeMap<FieldName, Filled>,
    album: Album<'_>,
    speaker: Speaker<'_>,
    destinations: &[Destination],
) -> Content {
    // A field that was taken out is as good as not given.
    let given: BTreeMap<FieldName, Filled> = fields
        .iter()
        .filter(|(_, filled)| !filled.value.is_empty())
        .map(|(name, filled)| (name.clone(), filled.clone()))
        .collect();
    let missing: Vec<&Field> = spec
        .fields
        .iter()
        .filter(|field| !given.contains_key(&field.name) && field.is_needed(&given, album.pictures.len()))
        .collect();
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
        .map(|message| Warning {
            code: "template".to_owned(),
            words: format!("!{}", spec.word),
            why: format!("Fichier {} : {message}", spec.file),
            must_be_lifted: false,
        })
        .collect();
    let has_picture = !album.pictures.is_empty() || !album.coming.is_empty();
    let (unlawful, found) = checked(spec, &given, &missing, has_picture);
    warnings.extend(found);
    let pictures: Vec<Picture> =
        (1..).zip(album.pictures).map(|(place, picture)| described(picture, place, &given)).collect();
    let mut blockers = blockers(&missing, &targets);
    blockers.extend(unlawful);
    blockers.extend(album.coming.iter().map(|coming| Blocker::PictureComing { name: coming.name.clone() }));
    blockers.extend(destinations.iter().flat_map(|there| unfit_pictures(there, &pictures, album.coming.len())));
    Content { blockers, targets, pictures, warnings }
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

/// The picture at a place, counted from 1, with what the fields say that it shows.
fn described(picture: &Picture, place: usize, given: &BTreeMap<FieldName, Filled>) -> Picture {
    let alt = given.get(&alt::name(place)).map_or_else(String::new, |filled| filled.value.clone());
    Picture { alt, ..picture.clone() }
}

/// What an account does not take of the pictures.
fn unfit_pictures(there: &Destination, pictures: &[Picture], coming: usize) -> Vec<Blocker> {
    let (account, limits) = (&there.account.name, &there.limits.pictures);
    let mut blockers = Vec::new();
    if u32::try_from(pictures.len() + coming).is_ok_and(|count| count > limits.count) {
        blockers.push(Blocker::TooManyPictures { account: account.clone(), most: limits.count });
    }
    if pictures.iter().any(|picture| picture.bytes > limits.bytes) {
        blockers.push(Blocker::PictureTooLarge { account: account.clone(), most: limits.bytes });
    }
    let over = |picture: &Picture| {
        let characters = u32::try_from(picture.alt.chars().count()).unwrap_or(u32::MAX);
        characters.saturating_sub(limits.alt_characters)
    };
    if let Some(over) = pictures.iter().map(over).max().filter(|over| *over > 0) {
        blockers.push(Blocker::AltTooLong { account: account.clone(), over });
    }
    blockers
}

/// What the checks find in what was typed: what stands in the way of a vote, and what to look at twice.
fn checked(
    spec: &Spec,
    given: &BTreeMap<FieldName, Filled>,
    missing: &[&Field],
    has_picture: bool,
) -> (Vec<Blocker>, Vec<Warning>) {
    let filled = spec.fields.iter().filter_map(|field| Some((field, given.get(&field.name)?)));
    let passages = filled.map(|(field, filled)| Passage {
        field: Some(field.name.clone()),
        role: spec.role(field),
        text: &filled.value,
    });
    let subject = Subject {
        command: &spec.word,
        passages: passages.collect(),
        has_picture,
        is_about_person: spec.is_about_person(),
    };
    let (mut blockers, mut warnings) = (Vec::new(), Vec::new());
    for finding in check(&spec.books, &spec.overrides, &subject) {
        let Finding { code, severity, words, why, must_be_lifted, field } = finding;
        // What asks for a field that is asked for anyway need not be said twice.
        let is_asked = field.as_ref().is_some_and(|field| missing.iter().any(|missing| missing.name == *field));
        match severity {
            Severity::Block if is_asked => {}
            Severity::Block => {
                // A command without that field can only change its text.
                let field = field.filter(|field| spec.fields.iter().any(|own| own.name == *field));
                blockers.push(Blocker::Check { code, words, why, field });
            }
            Severity::Warn => warnings.push(Warning { code, words, why, must_be_lifted }),
        }
    }
    (blockers, warnings)
}
