//! Help as data: the commands, or one of them explained.

use serde::{Deserialize, Serialize};

use crate::domain::name::{CommandWord, FieldName};

/// Help that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Help {
    /// Each command with its one-line summary.
    All(Vec<(CommandWord, String)>),
    /// One command.
    One {
        /// Its word.
        word: CommandWord,
        /// Other words for it.
        aliases: Vec<CommandWord>,
        /// What it is for.
        about: String,
        /// One entry a field: name, what it is for, whether it must be given, whether it stays internal.
        fields: Vec<HelpField>,
        /// Lines that can be typed as they stand.
        examples: Vec<String>,
    },
}

/// A field, explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpField {
    /// As typed.
    pub name: FieldName,
    /// What it is for.
    pub about: String,
    /// Whether a draft is incomplete without it.
    pub required: bool,
    /// Whether it is kept in the journal and never published.
    pub internal: bool,
}
