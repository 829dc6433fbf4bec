//! Proves the journal: its chain holds, and each draft is what its lines say. Names the first line where that ends.

use std::collections::BTreeMap;

use crate::domain::draft::Draft;
use crate::domain::journal::{Broken, Head, Line, Unlawful, as_kept, replayed};
use crate::domain::name::{DirectorateCode, DraftNumber};
use crate::store::database::{StoreError, Transaction};

/// How many lines are read at once: some hundred kilobytes.
const LINES_AT_ONCE: u32 = 200;

/// What was found of one directorate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// The last line that is proven.
    pub head: Head,
    /// How many drafts are proven to be what their lines say.
    pub drafts: usize,
    /// The first thing that is wrong.
    pub wrong: Option<Finding>,
}

/// Where a journal is wrong, and what is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line at which it shows.
    pub position: i64,
    /// The draft that the line is about, where it is about one.
    pub draft: Option<DraftNumber>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The line is not the next of the chain.
    Chain(Broken),
    /// The line can't be replayed.
    Replay(Unlawful),
    /// The draft was last written with another line in this place, or with one that is missing now.
    LastLine,
    /// The draft is missing.
    NoDraft,
    /// The draft as it is stored is not what its lines say.
    Draft,
    /// The draft as it is stored can't be read.
    UnreadableDraft,
}

/// The reading of one journal, line by line.
struct Audit {
    head: Head,
    /// The line that each draft was last written with, of those that are not proven yet.
    last_lines: BTreeMap<u32, Head>,
    /// The drafts whose last line is still to come, as they are so far.
    under_way: BTreeMap<u32, Draft>,
    drafts: usize,
}

impl Transaction {
    /// Reads a directorate's journal from its first line and replays it.
    ///
    /// # Errors
    /// What the database says; what is wrong with the journal is no error.
    pub async fn audit(&mut self, directorate: &DirectorateCode) -> Result<Audited, StoreError> {
        let last_lines = self.written_at(directorate).await?;
        let head = Head::genesis(directorate);
        let mut audit = Audit { head, last_lines, under_way: BTreeMap::new(), drafts: 0 };
        loop {
            let lines = self.journal_after(directorate, audit.head.position, LINES_AT_ONCE).await?;
            if lines.is_empty() {
                let wrong = audit.missing();
                return Ok(Audited { head: audit.head, drafts: audit.drafts, wrong });
            }
            for line in lines {
                if let Err(wrong) = self.audit_line(&mut audit, &line).await? {
                    let wrong = Some(Finding { position: line.position, draft: Some(line.number()), wrong });
                    return Ok(Audited { head: audit.head, drafts: audit.drafts, wrong });
                }
            }
        }
    }

    async fn audit_line(&mut self, audit: &mut Audit, line: &Line) -> Result<Result<(), Wrong>, StoreError> {
        let head = match audit.head.followed_by(line) {
            Ok(head) => head,
            Err(broken) => return Ok(Err(Wrong::Chain(broken))),
        };
        let draft = match replayed(audit.under_way.remove(&line.serial), line) {
            Ok(draft) => draft,
            Err(unlawful) => return Ok(Err(Wrong::Replay(unlawful))),
        };
        match audit.last_lines.get(&line.serial) {
            // Proven already, and here is another line: or there is no such draft.
            None if self.draft_exists(&line.number()).await? => return Ok(Err(Wrong::LastLine)),
            None => return Ok(Err(Wrong::NoDraft)),
            Some(last) if last.position > line.position => drop(audit.under_way.insert(line.serial, draft)),
            Some(last) if *last != head => return Ok(Err(Wrong::LastLine)),
            // The draft is done with, and is not kept in memory: a journal may have hundreds of thousands.
            Some(_) => match self.stored_draft(&line.number()).await {
                Ok(Some(stored)) if as_kept(stored.clone()) == as_kept(draft) => {
                    audit.last_lines.remove(&line.serial);
                    audit.drafts += 1;
                }
                Ok(Some(_)) => return Ok(Err(Wrong::Draft)),
                Ok(None) => return Ok(Err(Wrong::NoDraft)),
                Err(StoreError::Row { .. }) => return Ok(Err(Wrong::UnreadableDraft)),
                Err(trouble) => return Err(trouble),
            },
        }
        audit.head = head;
        Ok(Ok(()))
    }
}

impl Audit {
    /// At the end of the journal: a draft whose last line never came.
    fn missing(&self) -> Option<Finding> {
        let (serial, last) = self.last_lines.iter().min_by_key(|(_, last)| last.position)?;
        let draft = DraftNumber { directorate: last.directorate.clone(), serial: *serial };
        Some(Finding { position: last.position, draft: Some(draft), wrong: Wrong::LastLine })
    }
}
