//! The store as the engine sees it: a database that gives out transactions.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::name::DirectorateCode;
use crate::store::backend::{Backend, Session};
use crate::store::embedded::{Embedded, PATIENCE};
use crate::store::remembered::Remembered;
use crate::store::row::{Row, Value};
use crate::store::server::{ServerFault, Unreached};

/// The database of one process.
pub struct Database {
    backend: Arc<dyn Backend>,
    remembered: Arc<Remembered>,
}

/// All that is written for one event: it becomes true as a whole or not at all.
pub struct Transaction {
    session: Box<dyn Session>,
    pub(in crate::store) remembered: Arc<Remembered>,
}

/// The store can't do its work; nothing was changed, unless it says that something may have been.
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
        "{place} was made by a newer portevoix (schema {version}, this one knows {known}): install the newer one again, or \
         put back the copy of the database from before the upgrade"
    )]
    Newer {
        /// Which file, or which database on which server.
        place: String,
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
    /// The schema is older than this program's, and the database was opened only to be read.
    #[error("{place} was made by an older portevoix (schema {version}, this one has {known}): start the bot once")]
    Older {
        /// Which file, or which database on which server.
        place: String,
        /// Its schema's version; 0 where nothing was ever made.
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
    /// A statement of the transaction had failed, the program ended before the commit began, or the database was opened
    /// only to be read.
    #[error("the transaction was undone before it was committed")]
    Undone,
    /// The database server can't be reached, or does not let this program work.
    #[error("PostgreSQL {place}: {why}{}{words}", if words.is_empty() { "" } else { ": " })]
    Unreached {
        /// Which server and database, without any secret.
        place: String,
        /// What kind of trouble it is.
        why: Unreached,
        /// The system's or the server's words.
        words: String,
    },
    /// A statement failed on the server, or no answer came; its transaction is undone.
    #[error("the database failed: {0}")]
    Server(ServerFault),
    /// The connection was lost, or no answer came, while the transaction was being committed.
    #[error("the database's answer to a commit was lost: the transaction may have been committed")]
    MayBeCommitted,
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migration(rusqlite::Error),
    /// The schema on the server could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    ServerMigration(ServerFault),
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
        Ok(Self::over(Arc::new(Embedded::open(path).await?)))
    }

    /// Opens a SQLite database only to read it, also while the bot runs on it: nothing is locked, made or brought up to
    /// date. Its transactions see one state of the database, however long they take; none can be committed.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Older`] and [`StoreError::Newer`]; otherwise what the database says.
    pub async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::over(Arc::new(Embedded::open_to_read(path).await?)))
    }

    /// A database with that behind it.
    pub fn over(backend: Arc<dyn Backend>) -> Self {
        Self { backend, remembered: Arc::default() }
    }

    /// Begins a transaction; dropping it without [`Transaction::commit`] undoes it. What it reads of a draft may change
    /// before it ends: whoever decides something about a draft begins with [`begin_for`](Self::begin_for).
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        self.begin_in(None).await
    }

    /// Begins a transaction that decides something for a directorate: no other does so meanwhile.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin_for(&self, directorate: &DirectorateCode) -> Result<Transaction, StoreError> {
        self.begin_in(Some(directorate.as_str())).await
    }

    async fn begin_in(&self, scope: Option<&str>) -> Result<Transaction, StoreError> {
        Ok(Transaction { session: self.backend.begin(scope).await?, remembered: self.remembered.clone() })
    }

    /// What this process is called among those that share the tables; `None` where no other process can.
    pub fn shares_as(&self) -> Option<&str> {
        self.backend.shares_as()
    }

    /// What time it is for all who share the tables; `None` where no other process can: the machine's own clock does.
    pub fn time(&self) -> Option<Timestamp> {
        self.backend.time()
    }

    /// Returns when another process may have owed something since the last call; never where no other process can. May
    /// be dropped while waiting: nothing is missed.
    pub async fn owed_elsewhere(&self) {
        self.backend.owed_elsewhere().await;
    }

    /// Leaves everything in good order before the program ends; what was committed is on the disk already.
    pub async fn close(&self) {
        self.backend.close().await;
    }
}

impl Transaction {
    /// Makes everything in it true. When this returns well, it is on the disk.
    ///
    /// # Errors
    /// What the database says. With SQLite nothing was changed then; where a connection was lost on the way it may have
    /// been, so whoever tries again must look first.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.session.commit().await
    }

    /// Lets the other processes that share the tables know, once it is true, that something is owed.
    pub(in crate::store) fn announce(&mut self) {
        self.session.announce();
    }

    /// Runs a statement and returns how many rows it changed; as [`Session::run`].
    ///
    /// # Errors
    /// What the database says.
    pub(in crate::store) async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.session.run(sql, values).await
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
        self.session.rows(sql, values).await
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
}
