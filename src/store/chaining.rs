//! Chains the lines of a journal that was begun before lines had hashes: the second half of its migration.

use std::collections::BTreeMap;

use rusqlite::Transaction;

use crate::domain::journal::Head;
use crate::domain::name::DirectorateCode;

/// Copies the lines of `unchained_journal` with their hashes, if that table is there, and drops it. In the transaction of
/// the migration that left it: either all of it is done or nothing.
///
/// # Errors
/// What the database says.
pub fn chain_old_lines(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    if !transaction.table_exists(None, "unchained_journal")? {
        return Ok(());
    }
    let last_lines = copied(transaction)?;
    let tell = "UPDATE drafts SET journal_position = $1, journal_hash = $2 WHERE directorate = $3 AND serial = $4";
    let mut tell = transaction.prepare(tell)?;
    for ((directorate, serial), head) in &last_lines {
        tell.execute((head.position, &head.hash, directorate, serial))?;
    }
    transaction.execute_batch("DROP TABLE unchained_journal")
}

/// Copies the lines, and returns the last of each draft.
fn copied(transaction: &Transaction<'_>) -> rusqlite::Result<BTreeMap<(String, u32), Head>> {
    let mut heads: BTreeMap<String, Head> = BTreeMap::new();
    let mut last_lines = BTreeMap::new();
    let old = "SELECT directorate, serial, at, entry FROM unchained_journal ORDER BY directorate, position";
    let new = "INSERT INTO journal (directorate, position, serial, at, hash, entry) VALUES ($1, $2, $3, $4, $5, $6)";
    let (mut old, mut new) = (transaction.prepare(old)?, transaction.prepare(new)?);
    let mut lines = old.query([])?;
    while let Some(line) = lines.next()? {
        let (directorate, serial): (String, u32) = (line.get(0)?, line.get(1)?);
        let (at, entry): (i64, String) = (line.get(2)?, line.get(3)?);
        let genesis = || Head::genesis(&DirectorateCode(directorate.clone()));
        let head = heads.entry(directorate.clone()).or_insert_with(genesis);
        *head = head.after(serial, at, &entry);
        new.execute((&directorate, head.position, serial, at, &head.hash, &entry))?;
        last_lines.insert((directorate, serial), head.clone());
    }
    Ok(last_lines)
}
