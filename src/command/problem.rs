//! What is wrong with a command file, in the words of those who write such files: French.

use std::fmt;

/// One mistake in one command file. The message is French and says what to write instead: it is read by the
/// communication officer who wrote the file, at start and in `portevoix check`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpecProblem {
    /// The name of the file, as given.
    pub file: String,
    /// Counts from 1.
    pub line: usize,
    /// What is wrong and what to write.
    pub message: String,
}

impl fmt::Display for SpecProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ligne {} : {}", self.file, self.line, self.message)
    }
}
