//! What is wrong with the configuration: gathered while it is read, told in one go.

use std::collections::BTreeSet;
use std::fmt;

/// One thing to mend, in words for the administrator.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, as it was named on the command line.
    pub file: String,
    /// Counts from 1.
    pub line: u32,
    /// What is wrong and what to write instead, in French.
    pub message: String,
}

/// Everything that is wrong, in the order of the file. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}

/// Gathers problems while one file is read.
#[derive(Debug)]
pub struct Findings {
    file: String,
    line_starts: Vec<usize>,
    broken_lines: BTreeSet<u32>,
    problems: Vec<Problem>,
}

impl Findings {
    /// Nothing found yet.
    pub fn new(file: &str, text: &str) -> Self {
        // What is missing at the end of the file is missing on its last line.
        let written = text.strip_suffix('\n').unwrap_or(text);
        let line_starts = std::iter::once(0).chain(written.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: file.to_owned(), line_starts, broken_lines: BTreeSet::new(), problems: Vec::new() }
    }

    /// The line (from 1) that a byte of the text is on.
    pub fn line_of(&self, byte: usize) -> u32 {
        let lines_before = self.line_starts.partition_point(|start| *start <= byte);
        u32::try_from(lines_before.max(1)).unwrap_or(u32::MAX)
    }

    /// Notes a line that could not be read at all.
    pub fn broken(&mut self, line: u32, message: impl Into<String>) {
        // The first error of a line is the true one; those after it come from reading on in the middle of something.
        if self.broken_lines.insert(line) {
            self.push(line, message.into());
        }
    }

    /// Notes something that is there and wrong. On a line that could not be read this is not repeated.
    pub fn wrong(&mut self, line: u32, message: impl Into<String>) {
        if !self.broken_lines.contains(&line) {
            self.push(line, message.into());
        }
    }

    /// Notes something that is not there. While lines can't be read nobody knows what they would have given, so
    /// nothing is called missing then.
    pub fn missing(&mut self, line: u32, message: impl Into<String>) {
        if self.broken_lines.is_empty() {
            self.push(line, message.into());
        }
    }

    /// What was read if nothing is wrong, or everything that is.
    ///
    /// # Errors
    /// Every problem noted.
    pub fn settle<T>(mut self, read: Option<T>) -> Result<T, Problems> {
        self.problems.sort();
        self.problems.dedup();
        match read {
            Some(value) if self.problems.is_empty() => Ok(value),
            Some(_) | None => Err(Problems(self.problems)),
        }
    }

    fn push(&mut self, line: u32, message: String) {
        self.problems.push(Problem { file: self.file.clone(), line, message });
    }
}
