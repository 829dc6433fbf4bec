//! Chains the lines of a journal that was begun before lines had hashes: the second half of its migration.

use std::collections::BTreeMap;

use rusqlite::Transaction;

use crate::domain::journal::Head;
use crate::domain::name::DirectorateCode;

/// Writes a line with its hash.
pub(in crate::store) const NEW_LINE: &str =
    "INSERT INTO journal (directorate, position, serial, at, hash, entry) VALUES ($1, $2, $3, $4, $5, $6)";

/// Tells a draft which line was its last.
pub(in crate::store) const LAST_LINE: &str =
    "UPDATE drafts SET journal_position = $1, journal_hash = $2 WHERE directorate = $3 AND serial = $4";

/// Removes the old lines once all of them are copied.
pub(in crate::store) const DONE: &str = "DROP TABLE unchained_journal";

/// The chains so far: old lines go in, each directorate's in their order.
#[derive(Default)]
pub(in crate::store) struct Chains {
    heads: BTreeMap<String, Head>,
    last_lines: BTreeMap<(String, u32), Head>,
}

impl Chains {
    /// The end of the directorate's chain once that line is appended.
    pub fn after(&mut self, directorate: &str, serial: u32, at: i64, entry: &str) -> Head {
        let genesis = || Head::genesis(&DirectorateCode::from(directorate));
        let head = self.heads.entry(directorate.to_owned()).or_insert_with(genesis);
        *head = head.after(serial, at, entry);
        self.last_lines.insert((directorate.to_owned(), serial), head.clone());
        head.clone()
    }

    /// The last line of each draft, by its serial.
    pub fn last_lines(&self) -> impl Iterator<Item = (u32, &Head)> {
        self.last_lines.iter().map(|((_, serial), head)| (*serial, head))
    }
}

/// Copies the lines of `unchained_journal` with their hashes, if SQLite has that table, and drops it. In the transaction of
/// the migration that left it: either all of it is done or nothing.
///
/// # Errors
/// What the database says.
pub(in crate::store) fn chain_old_lines(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    if !transaction.table_exists(None, "unchained_journal")? {
        return Ok(());
    }
    let mut chains = Chains::default();
    let old = "SELECT directorate, serial, at, entry FROM unchained_journal ORDER BY directorate, position";
    let (mut old, mut new) = (transaction.prepare(old)?, transaction.prepare(NEW_LINE)?);
    let mut lines = old.query([])?;
    while let Some(line) = lines.next()? {
        let (directorate, serial): (String, u32) = (line.get(0)?, line.get(1)?);
        let (at, entry): (i64, String) = (line.get(2)?, line.get(3)?);
        let head = chains.after(&directorate, serial, at, &entry);
        new.execute((&directorate, head.position, serial, at, &head.hash, &entry))?;
    }
    let mut tell = transaction.prepare(LAST_LINE)?;
    for (serial, head) in chains.last_lines() {
        tell.execute((head.position, &head.hash, head.directorate.as_str(), serial))?;
    }
    drop(lines);
    drop(old);
    transaction.execute_batch(DONE)
}
