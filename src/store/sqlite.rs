//! Everything that is special about SQLite: the file, how a transaction begins and ends, how a statement is run.

use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ToSql};

use crate::store::chaining::chain_old_lines;
use crate::store::database::StoreError;
use crate::store::migrations::MIGRATIONS;
use crate::store::row::{Field, Row, Value};
use crate::store::trouble::expect_sound;

/// One connection to one file. It is the only one of this program: SQLite has one writer anyway.
pub struct Sqlite {
    connection: Connection,
    /// Released after the connection is closed: a second process on the same file would publish everything twice.
    _lock: Option<File>,
    /// Whether it was opened only to be read.
    only_reads: bool,
}

/// How many statements are kept prepared: more than the store has.
const PREPARED: usize = 64;

impl Sqlite {
    /// Opens the file, or makes it, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a file that this program is too old for; otherwise what the database says.
    pub fn open(path: &Path, lock: File) -> Result<Self, StoreError> {
        Self::try_open(path, lock).map_err(|trouble| trouble.at_opening(path))
    }

    fn try_open(path: &Path, lock: File) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = prepare(Connection::open_with_flags(path, flags)?)?;
        // A commit writes whole pages, and most of what changes is short: half the usual size is half as much to write. It
        // counts for a new file only.
        connection.pragma_update(None, "page_size", 2048)?;
        // FULL: a commit that returned has reached the disk, also when the power fails.
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
        expect_sound(&connection)?;
        migrate(&mut connection, path)?;
        Ok(Self { connection, _lock: Some(lock), only_reads: false })
    }

    /// Opens the file only to read it, whoever else has it open.
    ///
    /// # Errors
    /// As [`StoreError`] says of a missing, older, newer or damaged file.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing(path.to_owned()));
        }
        let mut wal = path.as_os_str().to_owned();
        wal.push("-wal");
        let is_alone = std::fs::metadata(wal).map_or(true, |wal| wal.len() == 0);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = match Self::try_to_read(path.to_owned(), flags, path) {
            // On a disk that can't be written to, and where nobody can be at work, nothing needs to be shared.
            Err(StoreError::Database(error))
                if is_alone && error.sqlite_error_code() == Some(ErrorCode::CannotOpen) =>
            {
                let name: String = path.as_os_str().as_bytes().iter().map(|byte| format!("%{byte:02x}")).collect();
                let name = format!("file:{name}?immutable=1");
                Self::try_to_read(name.into(), flags | OpenFlags::SQLITE_OPEN_URI, path)
            }
            opened => opened,
        };
        opened.map_err(|trouble| trouble.at_opening(path))
    }

    fn try_to_read(name: PathBuf, flags: OpenFlags, path: &Path) -> Result<Self, StoreError> {
        let connection = prepare(Connection::open_with_flags(name, flags)?)?;
        let (version, known) = (schema_version(&connection, path)?, MIGRATIONS.len());
        if version < known {
            return Err(StoreError::Older { place: path.display().to_string(), version, known });
        }
        Ok(Self { connection, _lock: None, only_reads: true })
    }

    /// A database in memory, with the same schema.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        let mut connection = prepare(Connection::open_in_memory()?)?;
        migrate(&mut connection, Path::new(":memory:"))?;
        Ok(Self { connection, _lock: None, only_reads: false })
    }

    /// Whether it was opened only to be read.
    pub fn only_reads(&self) -> bool {
        self.only_reads
    }

    /// Begins a transaction that may write. Returns whether it has begun: it has not if someone else (a person with the
    /// `sqlite3` shell) is still writing after that time.
    ///
    /// # Errors
    /// What the database says.
    pub fn begin(&self, patience: Duration) -> Result<bool, StoreError> {
        self.connection.busy_timeout(patience)?;
        match self.run(if self.only_reads { "BEGIN" } else { "BEGIN IMMEDIATE" }, &[]) {
            Ok(_) => Ok(true),
            Err(StoreError::Database(error)) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Ends the transaction; waits until it is on the disk.
    ///
    /// # Errors
    /// What the database says; the transaction is not over then, unless SQLite has undone it by itself.
    pub fn commit(&self) -> Result<(), StoreError> {
        self.run("COMMIT", &[]).map(|_| ())
    }

    /// Undoes the transaction.
    ///
    /// # Errors
    /// What the database says.
    pub fn roll_back(&self) -> Result<(), StoreError> {
        self.run("ROLLBACK", &[]).map(|_| ())
    }

    /// Whether a transaction has begun and is not over. SQLite itself undoes one whose statement failed badly (a full
    /// disk, say).
    pub fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Runs a statement and returns how many rows it changed. `$1` of the text is the first value, and appears first.
    ///
    /// # Errors
    /// What the database says.
    pub fn run(&self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        Ok(self.prepared(sql)?.execute(rusqlite::params_from_iter(values))?)
    }

    /// Runs a statement and returns its rows.
    ///
    /// # Errors
    /// What the database says; [`StoreError::Column`] for a field that is neither a number, a text nor bytes.
    pub fn rows(&self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.prepared(sql)?;
        let columns = statement.column_count();
        let mut answer = statement.query(rusqlite::params_from_iter(values))?;
        let mut rows = Vec::new();
        while let Some(row) = answer.next()? {
            let field = |column| match row.get_ref(column)? {
                ValueRef::Integer(number) => Ok(Field::Number(number)),
                ValueRef::Text(text) => {
                    let text = std::str::from_utf8(text).map_err(|_| StoreError::Column { column })?;
                    Ok(Field::Text(text.to_owned()))
                }
                ValueRef::Blob(bytes) => Ok(Field::Bytes(bytes.to_owned())),
                ValueRef::Null | ValueRef::Real(_) => Err(StoreError::Column { column }),
            };
            rows.push(Row((0..columns).map(field).collect::<Result<_, StoreError>>()?));
        }
        Ok(rows)
    }

    /// Brings what was committed from the `-wal` file into the database's own.
    ///
    /// # Errors
    /// What the database says.
    pub fn gather(&self) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?)
    }

    fn prepared(&self, sql: &'static str) -> Result<CachedStatement<'_>, StoreError> {
        let statement = self.connection.prepare_cached(sql)?;
        // SQLite numbers parameters as they appear, PostgreSQL by their names: they must agree.
        debug_assert!(
            (1..=statement.parameter_count()).all(|at| statement.parameter_name(at) == Some(&format!("${at}"))),
            "the parameters do not appear in their order: {sql}"
        );
        Ok(statement)
    }
}

/// What holds for every connection, wherever its pages are.
fn prepare(connection: Connection) -> Result<Connection, StoreError> {
    connection.set_prepared_statement_cache_capacity(PREPARED);
    // Otherwise SQLite prepares some statements anew for each value, in case that another plan were better for it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch("PRAGMA foreign_keys = ON;")?;
    Ok(connection)
}

/// Runs the migrations that the file has not seen, each in a transaction with the note that it was.
fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let version = schema_version(connection, path)?;
    for (sql, version) in MIGRATIONS.iter().zip(1..).skip(version) {
        let migrated = connection.transaction().and_then(|transaction| {
            transaction.execute_batch(sql)?;
            chain_old_lines(&transaction)?;
            transaction.pragma_update(None, "user_version", version)?;
            transaction.commit()
        });
        migrated.map_err(StoreError::Migration)?;
    }
    Ok(())
}

/// How many of the migrations the file has seen.
fn schema_version(connection: &Connection, path: &Path) -> Result<usize, StoreError> {
    let mut version: usize = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // Made while the program was being developed: version 1, noted elsewhere.
    version += usize::from(version == 0 && connection.table_exists(None, "_sqlx_migrations")?);
    if version > MIGRATIONS.len() {
        return Err(StoreError::Newer { place: path.display().to_string(), version, known: MIGRATIONS.len() });
    }
    Ok(version)
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Value::Number(number) => ToSqlOutput::from(*number),
            Value::Text(text) => ToSqlOutput::from(*text),
            Value::Bytes(bytes) => ToSqlOutput::from(*bytes),
        })
    }
}
