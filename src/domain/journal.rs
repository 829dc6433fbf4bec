//! The journal of a directorate: a line for each thing that was decided, chained to the line before it by a hash.
//!
//! The hash of a line is SHA-256 over the parts `portevoix journal 1`, the hash of the line before it, directorate,
//! position, serial, time and entry; hashes are written as 64 hexadecimal digits, numbers as decimal digits, and each
//! part is preceded by its length in bytes as eight bytes, the highest first. Before the first line stands the hash of
//! the parts `portevoix journal 1`, `genesis` and the directorate. Whoever changes, drops or inserts a line must compute
//! every later hash anew, and then the last one differs from any copy that was taken before.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::draft::{Draft, Grace, Phase};
use crate::domain::name::{DirectorateCode, DraftNumber};
use crate::domain::review::{self, Event, Opening};

/// Which way of hashing this is. Another way needs another word.
const VERSION: &str = "portevoix journal 1";

/// What a line says. Replaying the lines of a draft with [`replayed`] gives the draft as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// A draft was opened.
    Opened(Box<Opening>),
    /// Something happened to it.
    Happened(Box<Event>),
}

/// A line as it is kept, whether its hash is right or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
// What is beside it in an export is not hashed, and must not look as if it were.
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Whose journal.
    pub directorate: DirectorateCode,
    /// Counts from 1 within the directorate, without a gap.
    pub position: i64,
    /// Which of the directorate's drafts.
    pub serial: u32,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The [`Entry`] as JSON, byte for byte as it was hashed.
    pub entry: String,
    /// The line's own hash, 64 hexadecimal digits.
    pub hash: String,
}

/// The end of a chain, or of the part of it that was read: whoever has it can tell whether anything before was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Whose journal.
    pub directorate: DirectorateCode,
    /// Of the last line; 0 before the first.
    pub position: i64,
    /// Of the last line.
    pub hash: String,
}

/// Why a line is not the next one of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Another line should stand here.
    OutOfOrder {
        /// The position that should come.
        expected: i64,
    },
    /// Its hash is not that of its content after the line before it: one of the two was changed.
    Changed,
}

/// Why a line can't be replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlawful {
    /// It is no entry that this version of the program can read.
    Unreadable,
    /// A draft is opened twice, or under another number, or something happens to one that was never opened.
    OutOfPlace,
    /// The rules do not allow what it says.
    Forbidden,
}

impl Head {
    /// Where the chain of a directorate begins.
    pub fn genesis(directorate: &DirectorateCode) -> Self {
        let hash = hash(&["genesis", directorate.as_str()]);
        Self { directorate: directorate.clone(), position: 0, hash }
    }

    /// The head once a line with that content is appended. `at` is in milliseconds since 1970.
    pub fn after(&self, serial: u32, at: i64, entry: &str) -> Self {
        let position = self.position + 1;
        let (place, number, time) = (position.to_string(), serial.to_string(), at.to_string());
        let hash = hash(&[&self.hash, self.directorate.as_str(), &place, &number, &time, entry]);
        Self { directorate: self.directorate.clone(), position, hash }
    }

    /// The head once this line, which was kept somewhere, is read.
    ///
    /// # Errors
    /// Why it is not the next line of the chain.
    pub fn followed_by(&self, line: &Line) -> Result<Self, Broken> {
        let next = self.after(line.serial, line.at, &line.entry);
        if line.position != next.position || line.directorate != next.directorate {
            return Err(Broken::OutOfOrder { expected: next.position });
        }
        if line.hash == next.hash { Ok(next) } else { Err(Broken::Changed) }
    }
}

impl Line {
    /// The draft that it is about.
    pub fn number(&self) -> DraftNumber {
        DraftNumber { directorate: self.directorate.clone(), serial: self.serial }
    }
}

/// The draft after a line of its journal, by the rules as they are now. `before` is the draft after the line before it.
///
/// # Errors
/// Why the line can't be replayed.
pub fn replayed(before: Option<Draft>, line: &Line) -> Result<Draft, Unlawful> {
    let entry: Entry = serde_json::from_str(&line.entry).map_err(|_| Unlawful::Unreadable)?;
    let at = Timestamp::from_millisecond(line.at).map_err(|_| Unlawful::Unreadable)?;
    match (entry, before) {
        (Entry::Opened(opening), None) if opening.number == line.number() => Ok(review::open(*opening, at).draft),
        (Entry::Happened(event), Some(draft)) => {
            review::decide(&draft, *event, at).map(|decision| decision.draft).map_err(|_| Unlawful::Forbidden)
        }
        (Entry::Opened(_) | Entry::Happened(_), _) => Err(Unlawful::OutOfPlace),
    }
}

/// The draft with its own times cut to the millisecond. The journal keeps no more, and drafts from before it was chained
/// have more: they must be compared like this.
pub fn as_kept(mut draft: Draft) -> Draft {
    let cut = |time: &mut Timestamp| *time = to_the_millisecond(*time);
    cut(&mut draft.opened_at);
    cut(&mut draft.expires_at);
    match &mut draft.phase {
        Phase::Approved { grace: Grace::Until(until), .. } => cut(until),
        Phase::Publishing(publication) | Phase::Published(publication) => cut(&mut publication.decided_at),
        Phase::Approved { grace: Grace::Held(_), .. }
        | Phase::Review(_)
        | Phase::Vetoed { .. }
        | Phase::Withdrawn { .. }
        | Phase::Expired(_) => {}
    }
    draft
}

/// A time as the journal keeps it.
pub fn to_the_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// Hashes parts, each preceded by its length, so that no two lists of parts share a spelling.
fn hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in [VERSION].iter().chain(parts) {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut digits, byte| {
        // Writing into a String can't fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
