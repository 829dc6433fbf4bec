//! Tries the checks on a draft that nobody typed in a room: its text and its fields as they stand.

use std::collections::BTreeMap;

use jiff::ZonedDateTime;

use crate::command::action::Action;
use crate::command::alt;
use crate::command::catalog::{Catalog, Lookup};
use crate::command::check::draft::{Passage, Role, Subject, check, says_something};
use crate::command::check::finding::{Finding, Severity};
use crate::command::field::{Field, fold_label};
use crate::command::parse;
use crate::command::spec::Spec;
use crate::command::value;
use crate::domain::draft::Filled;
use crate::domain::name::{FieldName, MessageId};

/// A draft to try.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// The command's word; where there is none the text must begin with it.
    pub command: Option<String>,
    /// The free text, or the whole line as it is typed.
    pub text: String,
    /// Fields by name or alias, as they are typed.
    pub fields: Vec<(String, String)>,
}

/// Why a draft cannot be tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untried {
    /// Neither the draft nor its text names a command.
    #[error("quelle commande ? Ajoutez \"command\": \"appel\", ou commencez le texte par « !appel »")]
    NoCommand,
    /// There is no such command.
    #[error("je ne connais pas la commande « {0} »")]
    UnknownCommand(String),
    /// The command publishes nothing.
    #[error("la commande « {0} » ne publie rien : il n'y a rien à contrôler")]
    PublishesNothing(String),
}

/// What the checks find in a draft, what is missing among its internal fields included. Every quote is part of the text
/// or of a field. `now` is what relative dates are counted from.
///
/// # Errors
/// It is not known which command it is of.
pub fn run(catalog: &Catalog, trial: &Trial, now: &ZonedDateTime) -> Result<Vec<Finding>, Untried> {
    let line = parse::command_line(&trial.text);
    let named = trial.command.as_deref().map(|word| word.trim().trim_start_matches(['!', '！']));
    let named = named.filter(|word| !word.is_empty());
    let typed = line.filter(|line| matches!(catalog.find(line.word), Lookup::Found(_)));
    let word = named.or(typed.map(|line| line.word)).or(line.map(|line| line.word)).ok_or(Untried::NoCommand)?;
    let Lookup::Found(spec) = catalog.find(word) else { return Err(Untried::UnknownCommand(word.to_owned())) };
    if spec.action != Action::Draft {
        return Err(Untried::PublishesNothing(word.to_owned()));
    }
    let text = typed.map_or(trial.text.as_str(), |line| line.rest);
    let mut passages: Vec<Passage<'_>> = parse::stretches(spec, text)
        .into_iter()
        .map(|(field, text)| Passage {
            field: field.map(|field| field.name.clone()),
            role: field.map_or(Role::Text, |field| spec.role(field)),
            text,
        })
        .collect();
    let mut has_picture = passages.iter().any(|passage| passage.role == Role::Picture);
    for (name, value) in trial.fields.iter().filter(|(_, value)| !value.trim().is_empty()) {
        let folded = FieldName(fold_label(name));
        has_picture |= folded.as_str().starts_with("photo") && value != "false";
        let known = spec.field(name).map(|field| (field, spec.role(field))).or_else(|| elsewhere(catalog, name));
        let (field, role) = match known {
            Some((field, role)) => (field.name.clone(), role),
            // A file's name, or that there is a photo at all.
            None if matches!(folded.as_str(), "photo" | "photos" | "image" | "images") => continue,
            None if alt::is_alt(&folded) => (folded, Role::Picture),
            None => (folded, Role::Text),
        };
        passages.push(Passage { field: Some(field), role, text: value });
    }
    let subject = Subject { command: &spec.word, passages, has_picture, is_about_person: spec.is_about_person() };
    let mut findings = missing(spec, &subject, now);
    for finding in check(&spec.books, &spec.overrides, &subject) {
        findings.push(finding);
    }
    Ok(findings)
}

/// A field that another command has: `parquet` is internal wherever it is written.
fn elsewhere<'c>(catalog: &'c Catalog, name: &str) -> Option<(&'c Field, Role)> {
    catalog.specs().find_map(|spec| spec.field(name).map(|field| (field, spec.role(field))))
}

/// The internal fields without which the draft can't be voted on, each as a finding of the check that it settles.
fn missing(spec: &Spec, subject: &Subject<'_>, now: &ZonedDateTime) -> Vec<Finding> {
    let said = subject.passages.iter().filter(|passage| says_something(passage.text));
    let values: BTreeMap<FieldName, String> = said
        .filter_map(|passage| {
            let field = spec.fields.iter().find(|field| Some(&field.name) == passage.field.as_ref())?;
            let value = value::read(field, passage.text, now).unwrap_or_else(|_| passage.text.to_owned());
            Some((field.name.clone(), value))
        })
        .collect();
    let filled: BTreeMap<FieldName, Filled> = spec.filled(values, &MessageId::from("trial"));
    let wanted = spec.fields.iter().filter(|field| field.internal && field.is_needed(&filled, 0));
    wanted
        .filter(|field| !filled.contains_key(&field.name))
        .map(|field| {
            let settled =
                spec.books.iter().flat_map(|book| &book.checks).find(|check| check.field.as_ref() == Some(&field.name));
            Finding {
                code: settled.map_or_else(|| field.name.to_string(), |check| check.code.clone()),
                severity: Severity::Block,
                words: String::new(),
                why: settled.map_or_else(|| field.ask.clone(), |check| check.why.clone()),
                must_be_lifted: false,
                field: Some(field.name.clone()),
            }
        })
        .collect()
}
