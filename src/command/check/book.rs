//! The checks of a file: each with its rules, its words and its source.

use std::collections::BTreeSet;

use crate::command::check::book_file;
use crate::command::check::finding::Severity;
use crate::command::check::names::NameWords;
use crate::command::check::phone::PhoneWords;
use crate::command::check::phrase::Phrase;
use crate::command::check::plate::PlateWords;
use crate::command::check::search::Index;
use crate::command::problem::SpecProblem;
use crate::domain::name::{CommandWord, FieldName};

/// The name of the file that holds the checks of every command.
pub const FILE: &str = "verifications.toml";

/// Everything that a draft is checked for, and the words that it is recognised by.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// In the order of the file, which is the order in which they are told.
    pub checks: Vec<Check>,
    /// Fields that hold the name of the person whom a draft is about.
    pub person_fields: BTreeSet<FieldName>,
    pub(in crate::command::check) names: NameWords,
    pub(in crate::command::check) plates: PlateWords,
    pub(in crate::command::check) phones: PhoneWords,
    pub(in crate::command::check) tag_words: BTreeSet<String>,
    pub(in crate::command::check) kin: BTreeSet<String>,
    pub(in crate::command::check) index: Index,
}

/// One thing that a draft is checked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its stable name.
    pub code: String,
    /// What follows, unless a rule or the command says otherwise.
    pub severity: Severity,
    /// Whether a warning must be lifted by a supervisor by name.
    pub must_be_lifted: bool,
    /// Why, with its source.
    pub why: String,
    /// The internal field that settles it when it is filled, or without which a command can't do.
    pub field: Option<FieldName>,
    /// Ways to find it.
    pub rules: Vec<Rule>,
}

/// One way to find something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What is looked for.
    pub find: Find,
    /// Where.
    pub place: Place,
    /// One of these must stand in the same sentence, if there are any.
    pub near: Vec<Phrase>,
    /// One of these must stand anywhere in the draft, if there are any.
    pub with: Vec<Phrase>,
    /// None of these may overlap with what was found.
    pub except: Vec<Phrase>,
    /// None of these may stand in the same sentence.
    pub unless: Vec<Phrase>,
    /// None of these may stand anywhere in the draft.
    pub unless_anywhere: Vec<Phrase>,
    /// Only in drafts with a picture.
    pub with_picture: bool,
    /// Only in drafts of these commands, if any are named.
    pub commands: BTreeSet<CommandWord>,
    /// Not in drafts of these.
    pub not_commands: BTreeSet<CommandWord>,
    /// What follows, if not what follows for the check.
    pub severity: Option<Severity>,
}

/// What a rule looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    /// Turns of phrase.
    Turns(Vec<Phrase>),
    /// A number plate.
    Plate,
    /// A private telephone number.
    Phone,
    /// A hashtag whose words run together.
    Hashtag,
    /// An emoji amid the text.
    Emoji,
    /// An age below so many years in a field of type age.
    AgeBelow(u32),
}

/// Where a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In everything that is published.
    Text,
    /// In what is said of the pictures.
    Picture,
    /// In the internal field of the check.
    Field,
}

impl Book {
    /// Reads the file of checks.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<SpecProblem>> {
        book_file::read(file, text)
    }

    /// A book of these checks alone, with no words of its own.
    pub fn of(checks: Vec<Check>) -> Self {
        Self { index: Index::of(&checks), checks, ..Self::default() }
    }
}

impl Rule {
    /// Looks for these turns in everything that is published.
    pub fn of(turns: Vec<Phrase>) -> Self {
        Self {
            find: Find::Turns(turns),
            place: Place::Text,
            near: Vec::new(),
            with: Vec::new(),
            except: Vec::new(),
            unless: Vec::new(),
            unless_anywhere: Vec::new(),
            with_picture: false,
            commands: BTreeSet::new(),
            not_commands: BTreeSet::new(),
            severity: None,
        }
    }
}
