//! Opens the database, brings its schema up to date, and gives out transactions.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;

use crate::store::row::{Row, Value};
use crate::store::sqlite::Sqlite;

/// The database of one process.
pub struct Database {
    /// Whoever waits for it is served in the order of asking, which SQLite's own waiting is not.
    connection: Arc<Mutex<Sqlite>>,
}

/// All that is written for one event: it becomes true as a whole or not at all.
///
/// Its statements run where they are called: they work on pages in memory, for microseconds. Only a commit waits for the
/// disk, on a thread for waiting.
pub struct Transaction {
    connection: OwnedMutexGuard<Sqlite>,
}

/// How long a transaction waits for somebody else who writes to the file: a person with the `sqlite3` shell, mostly.
const PATIENCE: Duration = Duration::from_secs(5);

/// The store can't do its work; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the database open.
    #[error("another portevoix already runs on {}: stop it first", .0.display())]
    InUse(PathBuf),
    /// The file can't be opened or locked.
    #[error("cannot open {}: {cause}", path.display())]
    Open {
        /// Which.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// A newer program has changed the schema.
    #[error(
        "{} was made by a newer portevoix (schema {version}, this one knows {known}): install the newer one again, or \
         put back the copy of the database from before the upgrade",
        path.display()
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its schema's version.
        version: usize,
        /// The newest version that this program knows.
        known: usize,
    },
    /// What should be a backup is another file, or a database that somebody may be writing to.
    #[error("{} is not a backup", .0.display())]
    NotABackup(PathBuf),
    /// There is no such file.
    #[error("there is no database {}", .0.display())]
    Missing(PathBuf),
    /// The schema is older than this program's, and the file was opened only to be read.
    #[error("{} was made by an older portevoix (schema {version}, this one has {known}): start the bot once", path.display())]
    Older {
        /// Which file.
        path: PathBuf,
        /// Its schema's version.
        version: usize,
        /// This program's.
        known: usize,
    },
    /// The file is not a database, or a damaged one.
    #[error("{} is damaged, or not a database: {cause}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// The database's words.
        cause: rusqlite::Error,
    },
    /// The disk or the file can't be written to.
    #[error("{} cannot be written to: {cause}", path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
        /// The database's words.
        cause: rusqlite::Error,
    },
    /// The database failed (disk full, damaged file).
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// Someone else writes to the file and does not end.
    #[error("someone else is writing to the database and has not ended within {} s", PATIENCE.as_secs())]
    Busy,
    /// A statement of the transaction had failed, or the program ended before the commit began.
    #[error("the transaction was undone before it was committed")]
    Undone,
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migration(rusqlite::Error),
    /// A field is not of the type that this version of the program writes.
    #[error("a row cannot be read: column {column} is of another type")]
    Column {
        /// Which of the statement's columns, counted from 0.
        column: usize,
    },
    /// A row does not say what this version of the program writes. The words of the cause are left out: they quote the
    /// row, and with it what officers typed.
    #[error("a row of {table} cannot be read: {:?} error at column {}", cause.classify(), cause.column())]
    Row {
        /// In which table.
        table: &'static str,
        /// What is wrong with it.
        cause: serde_json::Error,
    },
}

impl Database {
    /// Opens the SQLite database in that file, or makes it, and locks it for this process.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process has it; otherwise what the disk or the database says.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let (path, lock) = (path.to_owned(), lock(path)?);
        let sqlite = spawn_blocking(move || Sqlite::open(&path, lock)).await.map_err(|_| StoreError::Undone)??;
        Ok(Self { connection: Arc::new(Mutex::new(sqlite)) })
    }

    /// Opens a database only to read it, also while the bot runs on it: nothing is locked, made or brought up to date. Its
    /// transactions see one state of the database, however long they take; none can be committed.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Older`] and [`StoreError::Newer`]; otherwise what the database says.
    pub async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        let sqlite = spawn_blocking(move || Sqlite::open_to_read(&path)).await.map_err(|_| StoreError::Undone)??;
        Ok(Self { connection: Arc::new(Mutex::new(sqlite)) })
    }

    /// Begins a transaction; dropping it without [`Transaction::commit`] undoes it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let transaction = Transaction { connection: self.connection.clone().lock_owned().await };
        if transaction.connection.begin(Duration::ZERO)? {
            return Ok(transaction);
        }
        let waiting = spawn_blocking(move || match transaction.connection.begin(PATIENCE)? {
            true => Ok(transaction),
            false => Err(StoreError::Busy),
        });
        waiting.await.map_err(|_| StoreError::Undone)?
    }

    /// Makes the file whole without its `-wal`, before the program ends; what was committed is on the disk already.
    pub async fn close(&self) {
        let connection = self.connection.clone().lock_owned().await;
        // If it can't be done now it is done at the next start.
        let _ = spawn_blocking(move || connection.gather()).await;
    }
}

impl Transaction {
    /// Makes everything in it true. When this returns, it is on the disk. If the waiting is given up meanwhile, the
    /// commit still comes to its end before the next transaction begins.
    ///
    /// # Errors
    /// What the database says; nothing was changed then.
    pub async fn commit(self) -> Result<(), StoreError> {
        // The transaction goes along, and with it the lock.
        spawn_blocking(move || self.connection.commit()).await.map_err(|_| StoreError::Undone)?
    }

    /// Runs a statement and returns how many rows it changed. The text is one that SQLite and PostgreSQL both
    /// understand; its parameters `$1`, `$2`, … appear in their order.
    ///
    /// # Errors
    /// What the database says.
    pub(in crate::store) async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.expect_open()?;
        self.connection.run(sql, values)
    }

    /// Runs a statement and returns all its rows.
    ///
    /// # Errors
    /// What the database says.
    pub(in crate::store) async fn rows(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        self.expect_open()?;
        self.connection.rows(sql, values)
    }

    /// Runs a statement and returns its first row.
    ///
    /// # Errors
    /// What the database says.
    pub(in crate::store) async fn row(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Outside a transaction a statement would commit itself: none runs after SQLite has undone the transaction.
    fn expect_open(&self) -> Result<(), StoreError> {
        if self.connection.is_in_transaction() { Ok(()) } else { Err(StoreError::Undone) }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.connection.is_in_transaction() {
            // SQLite ends the transaction also where it could not read the old pages back.
            let _ = self.connection.roll_back();
        }
    }
}

/// Keeps every other portevoix away from a database, as long as the file is open.
///
/// # Errors
/// [`StoreError::InUse`], or what the system says.
pub(in crate::store) fn lock(database: &Path) -> Result<File, StoreError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let open = File::options().create(true).truncate(false).write(true).open(&path);
    let file = open.map_err(|cause| StoreError::Open { path: path.clone(), cause })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(database.to_owned())),
        Err(TryLockError::Error(cause)) => Err(StoreError::Open { path, cause }),
    }
}
