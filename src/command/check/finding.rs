//! What a check finds: which rule, the words as they were typed, and why.

use crate::domain::name::FieldName;

/// Something that the rules have against a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check's stable name: `plate`.
    pub code: String,
    /// What follows from it.
    pub severity: Severity,
    /// The words as they were typed; empty where something is missing.
    pub words: String,
    /// Why, in a French sentence, with its source.
    pub why: String,
    /// Whether a supervisor must lift it by name before anyone can approve. Means something for warnings only.
    pub must_be_lifted: bool,
    /// The internal field that settles it, if there is one.
    pub field: Option<FieldName>,
}

/// What follows from a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It cannot be voted on as it is.
    Block,
    /// A supervisor looks at it twice.
    Warn,
}

impl Severity {
    /// Both, with the words that files have for them.
    pub const WORDS: [(&'static str, Self); 2] = [("block", Self::Block), ("warn", Self::Warn)];
}
