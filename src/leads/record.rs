//! What the sorting keeps of an answer: what was read from it, not its text.

use crate::leads::facts::{Fact, FactKind};
use crate::leads::marks::Marks;
use crate::leads::reading::Class;
use crate::leads::voice::Voice;

/// What is kept of an answer.
#[derive(Debug, Clone)]
pub struct Record {
    pub(crate) id: (u32, u32),
    pub(crate) at: Option<i64>,
    pub(crate) group: u32,
    pub(crate) place_in_group: u32,
    pub(crate) score: i16,
    pub(crate) class: Class,
    pub(crate) voice: Voice,
    pub(crate) marks: Marks,
    pub(crate) is_copy: bool,
    pub(crate) is_deleted: bool,
    pub(crate) whole: u64,
    pub(crate) text: u64,
    pub(crate) facts: (u32, u16),
    pub(crate) author: u64,
    pub(crate) before_by_author: u32,
}

/// No record, no group.
pub const NOBODY: u32 = u32::MAX;

impl Record {
    /// A record that nothing was read into yet.
    pub(crate) fn empty(id: (u32, u32)) -> Self {
        Self {
            id,
            at: None,
            group: NOBODY,
            place_in_group: 0,
            score: 0,
            class: Class::Other,
            voice: Voice::default(),
            marks: Marks::default(),
            is_copy: false,
            is_deleted: false,
            whole: 0,
            text: 0,
            facts: (0, 0),
            author: 0,
            before_by_author: NOBODY,
        }
    }

    /// The hash of who wrote it; 0 if that is not known.
    pub(crate) fn author(&self) -> u64 {
        self.author
    }
}

/// What a fact's words are kept under.
pub fn label_key((kind, key): (FactKind, u32)) -> u64 {
    u64::from(key) << 8 | kind as u64
}

/// Whether two texts name the same kind of thing and agree on none: another place, another hour, another colour.
pub fn contradict(facts: &[Fact], others: &[(FactKind, u32)]) -> bool {
    [FactKind::Place, FactKind::Hour, FactKind::Day, FactKind::Plate, FactKind::Colour].into_iter().any(|kind| {
        let mut one = facts.iter().filter(|fact| fact.kind == kind).peekable();
        let mut other = others.iter().filter(|(other, _)| *other == kind).peekable();
        one.peek().is_some() && other.peek().is_some() && !one.any(|fact| others.contains(&(kind, fact.key)))
    })
}
