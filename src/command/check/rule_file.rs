//! Reads one check of a file, with its rules.

use std::collections::BTreeSet;

use crate::command::check::book::{Check, Find, Place, Rule};
use crate::command::check::finding::Severity;
use crate::command::check::phrase::Phrase;
use crate::command::check::phrase_syntax::{self, Lists};
use crate::command::field::fold_label;
use crate::command::section::{Located, Section};
use crate::domain::fold::fold;
use crate::domain::name::{CommandWord, FieldName};

/// What is found without turns of phrase, as it is written.
const DETECTORS: [&str; 5] = ["plate", "phone", "hashtag", "emoji", "minor_age"];

/// The age of majority in years (art. 414 Code civil).
const MAJORITY: u32 = 18;

/// Reads a `[[check]]`.
pub fn check(section: Section<'_>, lists: &Lists) -> Option<Check> {
    let code = section.text("code", "\"plate\"");
    if let Some(code) = &code
        && !is_code(&code.value)
    {
        section.report(
            code.line,
            format!(
                "« {} » ne peut pas être un code : écrivez des lettres minuscules sans accent et « _ »",
                code.value
            ),
        );
    }
    let severity = section.text("severity", "\"warn\"").and_then(|word| severity(&section, &word));
    let must_be_lifted = section.flag("lift");
    let why = section.text("why", "\"Une plaque désigne quelqu'un.\"").map(|why| why.value);
    let source = section.optional_text("source").map(|source| source.value);
    let field = section.optional_text("field").map(|field| FieldName(fold_label(&field.value)));
    if must_be_lifted && severity == Some(Severity::Block) {
        section.report(
            section.line,
            "« lift » ne va qu'avec severity = \"warn\" : ce qui bloque ne se lève pas, retirez-le",
        );
    }
    let rules =
        section.sections("rule", "[[check.rule]]").into_iter().filter_map(|section| rule(section, lists)).collect();
    section.end();
    Some(Check { code: code?.value, severity: severity?, must_be_lifted, why: with_source(why?, source), field, rules })
}

/// A reason with its source behind it.
pub fn with_source(why: String, source: Option<String>) -> String {
    source.map_or_else(|| why.clone(), |source| format!("{why} ({source})"))
}

/// Whether a text can be the code of a check.
pub fn is_code(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

/// The turns of phrase of a key; empty if it is not there.
pub fn phrases(section: &Section<'_>, key: &'static str, lists: &Lists) -> Vec<Phrase> {
    let read = |text: &Located<String>| {
        phrase_syntax::read(&text.value, lists).map_err(|problem| section.report(text.line, problem)).ok()
    };
    section.texts(key).iter().filter_map(read).collect()
}

/// A word that says what follows from a finding.
pub fn severity(section: &Section<'_>, word: &Located<String>) -> Option<Severity> {
    let known = Severity::WORDS.into_iter().find(|(known, _)| *known == word.value);
    if known.is_none() {
        let advice = "écrivez \"block\" (rien ne se vote) ou \"warn\" (un valideur regarde de plus près)";
        section.report(word.line, format!("« {} » n'est pas une conséquence : {advice}", word.value));
    }
    known.map(|(_, severity)| severity)
}

fn rule(section: Section<'_>, lists: &Lists) -> Option<Rule> {
    let turns = phrases(&section, "find", lists);
    let detect = section.optional_text("detect");
    let find = match (&detect, section.has("find")) {
        (Some(word), false) => detector(&section, word),
        (None, true) => Some(Find::Turns(turns)),
        (Some(_), true) | (None, false) => {
            section.report(
                section.line,
                "une règle cherche soit des mots, find = [\"…\"], soit une forme, detect = \"plate\"",
            );
            None
        }
    };
    let place = section.optional_text("in").map_or(Some(Place::Text), |word| place(&section, &word));
    let own_severity = section.optional_text("severity").and_then(|word| severity(&section, &word));
    let commands = |key| -> BTreeSet<CommandWord> {
        section.texts(key).iter().map(|word| CommandWord(fold(&word.value))).collect()
    };
    let rule = Rule {
        find: find?,
        place: place?,
        near: phrases(&section, "near", lists),
        with: phrases(&section, "with", lists),
        except: phrases(&section, "except", lists),
        unless: phrases(&section, "unless", lists),
        unless_anywhere: phrases(&section, "unless_anywhere", lists),
        with_picture: section.flag("with_picture"),
        commands: commands("commands"),
        not_commands: commands("not_commands"),
        severity: own_severity,
    };
    section.end();
    Some(rule)
}

fn detector(section: &Section<'_>, word: &Located<String>) -> Option<Find> {
    match word.value.as_str() {
        "plate" => Some(Find::Plate),
        "phone" => Some(Find::Phone),
        "hashtag" => Some(Find::Hashtag),
        "emoji" => Some(Find::Emoji),
        "minor_age" => Some(Find::AgeBelow(MAJORITY)),
        other => {
            let known = DETECTORS.join(", ");
            section.report(
                word.line,
                format!("« {other} » n'est pas une forme connue : écrivez l'une de celles-ci : {known}"),
            );
            None
        }
    }
}

fn place(section: &Section<'_>, word: &Located<String>) -> Option<Place> {
    match word.value.as_str() {
        "text" => Some(Place::Text),
        "picture" => Some(Place::Picture),
        "field" => Some(Place::Field),
        other => {
            let advice = "écrivez \"text\" (ce qui est publié), \"picture\" (ce qui décrit la photo) ou \"field\" (le champ interne du contrôle)";
            section.report(word.line, format!("« {other} » n'est pas un endroit : {advice}"));
            None
        }
    }
}
