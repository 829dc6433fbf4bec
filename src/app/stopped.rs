//! Why the program ends without having done what it was asked: the words are for the person at the terminal.

use std::path::PathBuf;

use crate::app::store_words::in_words;
use crate::command::problem::SpecProblem;
use crate::config::findings::Problems;
use crate::store::database::StoreError;

/// What a person must mend before it works.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The configuration has problems.
    #[error("{0}")]
    Configuration(Problems),
    /// Command files have problems.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Commands(Vec<SpecProblem>),
    /// A folder of command files can't be read.
    #[error("{} : dossier de commandes illisible ({cause})", path.display())]
    CommandFolder {
        /// Which.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// The database can't be used.
    #[error("{}", in_words(.0))]
    Store(#[from] StoreError),
    /// A chat or an account can't be set up, or a chat can't go on; said in the configured language.
    #[error("{0}")]
    Outside(String),
    /// The terminal, a socket or a file of our own failed.
    #[error("{0}")]
    Machine(#[from] std::io::Error),
    /// A file that `leads` was given can't be used.
    #[error("{0}")]
    Leads(String),
    /// `check` or `audit verify` has found something; it has said what.
    #[error("Des points sont à régler, ci-dessus.")]
    CheckFailed,
}

impl From<Problems> for Stopped {
    fn from(problems: Problems) -> Self {
        Self::Configuration(problems)
    }
}
