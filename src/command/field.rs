//! One thing that an officer can give to a command: its names, its type, and when a draft is incomplete without it.

use std::collections::BTreeMap;

use crate::command::value::years;
use crate::command::words::{Phrase, Words};
use crate::domain::draft::Filled;
use crate::domain::fold::{fold, fold_name};
use crate::domain::name::FieldName;

/// One field of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What is typed before the colon, folded.
    pub name: FieldName,
    /// Other names for it, folded.
    pub aliases: Vec<FieldName>,
    /// What it takes.
    pub kind: FieldKind,
    /// When a draft is incomplete without it.
    pub need: Need,
    /// Kept in the journal, never published: no template may use it.
    pub internal: bool,
    /// Takes the text that is typed without a field name.
    pub main: bool,
    /// The question that asks for it.
    pub ask: String,
    /// What it is for, for the help.
    pub about: String,
    /// The longest value, in characters.
    pub most_characters: usize,
}

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Text on one line.
    Text,
    /// Text whose lines are kept.
    LongText,
    /// A place, as people say it.
    Place,
    /// One of these.
    Choice(Vec<Choice>),
    /// A day, with or without an hour.
    DateTime,
    /// A day.
    Date,
    /// A number to call.
    Phone,
    /// An age in years, or in months.
    Age,
    /// `oui` or `non`.
    YesNo,
}

/// One thing that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As it is published.
    pub value: String,
    /// What may be typed for it, too.
    pub synonyms: Vec<String>,
}

/// When a draft is incomplete without a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Always,
    /// Never.
    Never,
    /// When one of these holds.
    When(Vec<Condition>),
    /// When the draft has a picture at this place, counted from 1: says what it shows.
    Picture(usize),
}

/// Something that another field says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The age is below so many years.
    Under {
        /// A field of type age.
        field: FieldName,
        /// In years.
        years: u32,
    },
    /// The value is this one.
    Is {
        /// Any field.
        field: FieldName,
        /// Accents and capitals do not matter.
        value: String,
    },
    /// One of these words occurs.
    Says {
        /// Any field.
        field: FieldName,
        /// Words or phrases; accents and capitals do not matter.
        words: Vec<String>,
    },
}

impl Field {
    /// Whether that is its name or one of its aliases, however it was typed (`Tél. service` for `tel_service`).
    pub fn is_called(&self, typed: &str) -> bool {
        let typed = fold_label(typed);
        self.names().any(|name| name.as_str() == typed)
    }

    /// Its name and then its aliases.
    pub fn names(&self) -> impl Iterator<Item = &FieldName> {
        std::iter::once(&self.name).chain(&self.aliases)
    }

    /// Whether a draft with these fields and so many pictures is incomplete without this one.
    pub fn is_needed(&self, fields: &BTreeMap<FieldName, Filled>, pictures: usize) -> bool {
        match &self.need {
            Need::Always => true,
            Need::Never => false,
            Need::When(conditions) => conditions.iter().any(|condition| condition.holds(fields)),
            Need::Picture(place) => *place <= pictures,
        }
    }
}

impl FieldKind {
    /// Whether it takes free text, which may have several lines and semicolons in it.
    pub fn takes_prose(&self) -> bool {
        match self {
            Self::Text | Self::LongText | Self::Place => true,
            Self::Choice(_) | Self::DateTime | Self::Date | Self::Phone | Self::Age | Self::YesNo => false,
        }
    }
}

/// A field's name as it is compared: folded, without the full stops of abbreviations.
pub fn fold_label(typed: &str) -> String {
    fold_name(&typed.replace('.', " "))
}

impl Condition {
    /// The field that it looks at.
    pub fn field(&self) -> &FieldName {
        match self {
            Self::Under { field, .. } | Self::Is { field, .. } | Self::Says { field, .. } => field,
        }
    }

    fn holds(&self, fields: &BTreeMap<FieldName, Filled>) -> bool {
        let Some(Filled { value: given, .. }) = fields.get(self.field()) else { return false };
        match self {
            Self::Under { years: bound, .. } => years(given).is_some_and(|years| years < *bound),
            Self::Is { value, .. } => fold(given) == fold(value),
            Self::Says { words, .. } => {
                let text = Words::of(given);
                words.iter().any(|phrase| text.find(&Phrase::of(phrase)).is_some())
            }
        }
    }
}
