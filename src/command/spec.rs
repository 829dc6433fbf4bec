//! One command as its file describes it, checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::command::action::Action;
use crate::command::alt;
use crate::command::check::book::Book;
use crate::command::check::draft::{Overrides, Role};
use crate::command::field::{Field, FieldKind};
use crate::command::template::Templates;
use crate::domain::directorate::NetworkKind;
use crate::domain::draft::Filled;
use crate::domain::name::{CommandWord, FieldName, MessageId};
use crate::domain::policy::Policy;

/// One command.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The file that it comes from, for messages about it.
    pub file: String,
    /// What is typed after `!`, folded.
    pub word: CommandWord,
    /// Other words for it, folded.
    pub aliases: Vec<CommandWord>,
    /// What it is for, in one line.
    pub about: String,
    /// What it makes the bot do.
    pub action: Action,
    /// Its place in the help: small numbers first.
    pub order: u32,
    /// What can be given, in the order of the file, which is the order in which it is asked for. Only for drafts.
    pub fields: Vec<Field>,
    /// What a draft needs to be published. Means something only for drafts.
    pub policy: Policy,
    /// What comes out. Empty for commands that open no draft.
    pub templates: Templates,
    /// What drafts are checked for: the checks of every command, and then its own.
    pub books: Vec<Arc<Book>>,
    /// What it changes in the checks of every command.
    pub overrides: Overrides,
    /// Lines that can be typed as they stand, with what comes of them.
    pub examples: Vec<Example>,
}

/// A line to type and what comes of it: shown by the help, run as a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The line of the file that it is on.
    pub line: usize,
    /// What is typed.
    pub says: String,
    /// The exact texts, per network. No-break spaces count as spaces.
    pub texts: Vec<(NetworkKind, String)>,
    /// The required fields that are asked for afterwards.
    pub missing: Vec<FieldName>,
}

impl Spec {
    /// Values as fields of a draft that came from a message.
    pub fn filled(&self, values: BTreeMap<FieldName, String>, from: &MessageId) -> BTreeMap<FieldName, Filled> {
        let filled = |(name, value)| {
            let is_internal = self.fields.iter().any(|field| field.name == name && field.internal);
            (name, Filled { value, from: from.clone(), is_internal })
        };
        values.into_iter().map(filled).collect()
    }

    /// What becomes of a field's value, for the checks.
    pub fn role(&self, field: &Field) -> Role {
        let is_person = self.books.iter().any(|book| book.person_fields.contains(&field.name));
        match (&field.kind, field.internal) {
            (_, true) => Role::Internal,
            (FieldKind::Age, false) => Role::Age,
            (FieldKind::Phone, false) => Role::Phone,
            (_, false) if alt::is_alt(&field.name) => Role::Picture,
            (_, false) if is_person => Role::Person,
            (_, false) => Role::Text,
        }
    }

    /// Whether its drafts are about a person whom they name.
    pub fn is_about_person(&self) -> bool {
        self.fields.iter().any(|field| self.role(field) == Role::Person)
    }

    /// The field of that name or alias.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.is_called(name))
    }

    /// The field that free text goes to. Every command that opens a draft has one.
    pub fn main_field(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.main)
    }

    /// Whether that is its word or one of its aliases; `word` is folded.
    pub fn is_called(&self, word: &str) -> bool {
        self.words().any(|own| own.as_str() == word)
    }

    /// Its word and then its aliases.
    pub fn words(&self) -> impl Iterator<Item = &CommandWord> {
        std::iter::once(&self.word).chain(&self.aliases)
    }
}
