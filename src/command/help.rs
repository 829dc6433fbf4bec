//! What `!aide` shows, drawn from the command files alone.

use crate::command::catalog::{Catalog, LONGEST_WORD, Lookup};
use crate::command::field::Need;
use crate::command::spec::Spec;
use crate::domain::help::{Help, HelpField};
use crate::domain::notice::Notice;

/// Help on all commands, or on the one whose word was typed after `!aide`.
pub fn help(catalog: &Catalog, typed: Option<&str>) -> Notice {
    let word = typed.and_then(|typed| typed.split_whitespace().next()).map(|word| word.trim_start_matches(['!', '！']));
    let Some(word) = word.filter(|word| !word.is_empty()) else {
        return Notice::Help(Help::All(catalog.specs().map(|spec| (spec.word.clone(), spec.about.clone())).collect()));
    };
    match catalog.find(word) {
        Lookup::Found(spec) => Notice::Help(one(spec)),
        Lookup::Unknown { nearest } => {
            Notice::UnknownCommand { typed: word.chars().take(LONGEST_WORD).collect(), nearest }
        }
    }
}

fn one(spec: &Spec) -> Help {
    Help::One {
        word: spec.word.clone(),
        aliases: spec.aliases.clone(),
        about: spec.about.clone(),
        fields: spec
            .fields
            .iter()
            // The second and later pictures are asked for; the help need not say it each time.
            .filter(|field| !matches!(field.need, Need::Picture(2..)))
            .map(|field| HelpField {
                name: field.name.clone(),
                about: field.about.clone(),
                required: field.need == Need::Always,
                internal: field.internal,
            })
            .collect(),
        examples: spec.examples.iter().map(|example| example.says.clone()).collect(),
    }
}
