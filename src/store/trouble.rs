//! Tells what a database's error at opening means for the file: damaged, not to be written, or something else.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, ffi};

use crate::store::database::StoreError;

impl StoreError {
    /// The same trouble, with the file that it is about, where it was met while that file was opened.
    #[must_use]
    pub fn at_opening(self, path: &Path) -> Self {
        let is_migration = matches!(self, Self::Migration(_));
        let (Self::Database(cause) | Self::Migration(cause)) = self else { return self };
        if !is_about_the_file(&cause) {
            return if is_migration { Self::Migration(cause) } else { Self::Database(cause) };
        }
        let path = path.to_owned();
        if cause.sqlite_error_code() == Some(ErrorCode::ReadOnly) {
            Self::ReadOnly { path, cause }
        } else {
            Self::Damaged { path, cause }
        }
    }
}

/// Looks whether every page of the tables is what it should be, before anything is written: a bot that works on a damaged
/// file damages more of it. It costs 0.1 s for 100 MB that are in the memory, and about a second from the disk. Pictures
/// are left out: they are most of a file, and each is held against its name before it is published.
///
/// # Errors
/// What the database says; what is damaged is such an error, too.
pub fn expect_sound(connection: &Connection) -> rusqlite::Result<()> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('pictures', 'sqlite_sequence')";
    let mut tables = connection.prepare(tables)?;
    let names: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for name in names {
        expect_ok(connection, &format!("PRAGMA quick_check('{}')", name.replace('\'', "''")))?;
    }
    Ok(())
}

/// Runs a check of SQLite's that answers `ok`, or what is wrong.
///
/// # Errors
/// What the database says; what is wrong is such an error, too.
pub fn expect_ok(connection: &Connection, check: &str) -> rusqlite::Result<()> {
    let found: String = connection.query_row(check, [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    // The first line says where; it names pages and tables, nothing that was typed.
    let first = found.lines().find(|line| !line.starts_with("***")).unwrap_or_default().to_owned();
    Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CORRUPT), Some(first)))
}

fn is_about_the_file(cause: &rusqlite::Error) -> bool {
    let about = [ErrorCode::ReadOnly, ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase];
    cause.sqlite_error_code().is_some_and(|code| about.contains(&code))
}
