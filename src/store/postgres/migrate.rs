//! Brings the schema of a PostgreSQL database up to date, once, however many processes start at the same time.

use crate::store::chaining::{Chains, DONE, LAST_LINE, NEW_LINE};
use crate::store::database::StoreError;
use crate::store::postgres::link::{Link, read};
use crate::store::postgres::trouble::unready;
use crate::store::row::Row;
use crate::store::row::Value::{Number, Text};
use crate::store::server::ServerFault;

/// The name of the advisory lock that whoever migrates holds: any number, the same for ever.
const MIGRATING: i64 = 0x706f_7274_6576_6f78;

/// How often a change of the schema is tried again that could not lock a table: each try stands in everybody's way for
/// as long as it waits, so it waits shortly and lets the others go first.
const TRIES: u32 = 20;

/// The code of a lock that was not had in time.
const LOCK_NOT_HAD: &str = "55P03";

/// How many old lines of a journal are held at once.
const LINES_AT_ONCE: i64 = 200;

/// Runs the migrations that the database has not seen, each in a transaction with the note that it was.
///
/// # Errors
/// [`StoreError::Newer`] for a database that this program is too old for; otherwise what the server says.
pub(in crate::store::postgres) async fn migrate(
    link: &mut Link,
    place: &str,
    migrations: &[&'static str],
) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        match step(link, migrations).await {
            Ok(Step::Done) => return Ok(()),
            Ok(Step::Migrated) => tries = 0,
            Ok(Step::Newer(version)) => {
                return Err(StoreError::Newer {
                    place: format!("PostgreSQL {place}"),
                    version,
                    known: migrations.len(),
                });
            }
            Err(fault) => {
                // Whatever is left of the transaction. If the connection is gone, so is the transaction.
                let undone = link.batch("ROLLBACK").await;
                tries += 1;
                if fault.code != LOCK_NOT_HAD || tries == TRIES || undone.is_err() {
                    let is_denied = fault.code == "42501" || fault.code.is_empty();
                    return Err(if is_denied { unready(place, fault) } else { StoreError::ServerMigration(fault) });
                }
            }
        }
    }
}

/// How one look at the schema ended.
enum Step {
    /// It was up to date.
    Done,
    /// It is one migration further.
    Migrated,
    /// A newer program has changed it.
    Newer(usize),
}

async fn step(link: &mut Link, migrations: &[&'static str]) -> Result<Step, ServerFault> {
    // Whoever comes second waits for the first to end, however long a table takes to be rewritten.
    link.batch("BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0").await?;
    link.rows("SELECT 1 FROM pg_advisory_xact_lock($1)", &[Number(MIGRATING)]).await?;
    link.batch("CREATE TABLE IF NOT EXISTS portevoix_schema (version BIGINT NOT NULL)").await?;
    let version = version(link).await?;
    let Some(sql) = migrations.get(version) else {
        link.batch("COMMIT").await?;
        return Ok(if version > migrations.len() { Step::Newer(version) } else { Step::Done });
    };
    link.batch("SET LOCAL lock_timeout = '2s'").await?;
    // How a table is laid out is SQLite's affair.
    link.batch(&sql.replace(" WITHOUT ROWID", "")).await?;
    chain_old_lines(link).await?;
    let note =
        if version == 0 { "INSERT INTO portevoix_schema VALUES" } else { "UPDATE portevoix_schema SET version =" };
    link.batch(&format!("{note} ({})", version + 1)).await?;
    link.batch("COMMIT").await?;
    Ok(Step::Migrated)
}

async fn version(link: &mut Link) -> Result<usize, ServerFault> {
    let rows = link.rows("SELECT COALESCE(MAX(version), 0) FROM portevoix_schema", &[]).await?;
    let number = rows.first().and_then(|row| read(row).ok()?.number(0).ok());
    Ok(number.and_then(|number| usize::try_from(number).ok()).unwrap_or_default())
}

/// Copies the lines of `unchained_journal` with their hashes, if that table is there, and drops it.
async fn chain_old_lines(link: &mut Link) -> Result<(), ServerFault> {
    let is_there = "SELECT 1 FROM pg_class WHERE oid = to_regclass('unchained_journal')";
    if link.rows(is_there, &[]).await?.is_empty() {
        return Ok(());
    }
    let mut chains = Chains::default();
    let (mut directorate, mut position) = (String::new(), 0);
    loop {
        let old = "SELECT directorate, position, serial, at, entry FROM unchained_journal \
                   WHERE (directorate, position) > ($1, $2) ORDER BY directorate, position LIMIT $3";
        let lines = link.rows(old, &[Text(&directorate), Number(position), Number(LINES_AT_ONCE)]).await?;
        if lines.is_empty() {
            break;
        }
        for line in lines {
            let line = read(&line).map_err(unreadable)?;
            copy_line(link, &mut chains, &line).await?;
            directorate = line.text(0).map_err(unreadable)?.to_owned();
            position = line.number(1).map_err(unreadable)?;
        }
    }
    for (serial, head) in chains.last_lines() {
        let values = [Number(head.position), Text(&head.hash), Text(head.directorate.as_str()), Number(serial.into())];
        link.run(LAST_LINE, &values).await?;
    }
    link.batch(DONE).await
}

async fn copy_line(link: &mut Link, chains: &mut Chains, line: &Row) -> Result<(), ServerFault> {
    let (directorate, entry) = (line.text(0).map_err(unreadable)?, line.text(4).map_err(unreadable)?);
    let (serial, at) = (line.number(2).map_err(unreadable)?, line.number(3).map_err(unreadable)?);
    let head = chains.after(directorate, u32::try_from(serial).unwrap_or_default(), at, entry);
    let values = [Text(directorate), Number(head.position), Number(serial), Number(at), Text(&head.hash), Text(entry)];
    link.run(NEW_LINE, &values).await.map(|_| ())
}

fn unreadable(trouble: StoreError) -> ServerFault {
    // A code that stands for no silence: nothing was lost on the way.
    ServerFault { code: "XX001".to_owned(), words: trouble.to_string() }
}
