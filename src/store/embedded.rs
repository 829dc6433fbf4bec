//! The embedded database: one SQLite file of one process, or none at all but memory.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::spawn_blocking;

use crate::store::backend::{Backend, Session};
use crate::store::database::StoreError;
use crate::store::row::{Row, Value};
use crate::store::sqlite::Sqlite;

/// A SQLite database that this process has for itself.
pub struct Embedded {
    /// Whoever waits for it is served in the order of asking, which SQLite's own waiting is not.
    connection: Arc<Mutex<Sqlite>>,
    /// Whether a commit has a disk to wait for.
    is_on_disk: bool,
}

/// Its statements run where they are called: they work on pages in memory, for microseconds. Only a commit waits for the
/// disk, on a thread for waiting.
struct EmbeddedSession {
    connection: OwnedMutexGuard<Sqlite>,
    is_on_disk: bool,
}

/// How long a transaction waits for somebody else who writes to the file: a person with the `sqlite3` shell, mostly.
pub(in crate::store) const PATIENCE: Duration = Duration::from_secs(5);

impl Embedded {
    /// Opens the database in that file, or makes it, and locks it for this process.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another process has it; otherwise what the disk or the database says.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let (path, lock) = (path.to_owned(), lock(path)?);
        let sqlite = spawn_blocking(move || Sqlite::open(&path, lock)).await.map_err(|_| StoreError::Undone)??;
        Ok(Self { connection: Arc::new(Mutex::new(sqlite)), is_on_disk: true })
    }

    /// Opens the file only to read it, whoever has it open: nothing is locked or changed, and no session commits.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Older`] and [`StoreError::Newer`]; otherwise what the database says.
    pub async fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let path = path.to_owned();
        let sqlite = spawn_blocking(move || Sqlite::open_to_read(&path)).await.map_err(|_| StoreError::Undone)??;
        Ok(Self { connection: Arc::new(Mutex::new(sqlite)), is_on_disk: true })
    }

    /// A database that is gone with the process. Nothing in it waits for a thread: on a single-threaded runtime
    /// everything happens in the same order each time.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn in_memory() -> Result<Self, StoreError> {
        Ok(Self { connection: Arc::new(Mutex::new(Sqlite::in_memory()?)), is_on_disk: false })
    }
}

#[async_trait]
impl Backend for Embedded {
    /// There is one writer anyway: every scope is the same.
    async fn begin(&self, _scope: Option<&str>) -> Result<Box<dyn Session>, StoreError> {
        let connection = self.connection.clone().lock_owned().await;
        let session = EmbeddedSession { connection, is_on_disk: self.is_on_disk };
        if session.connection.begin(Duration::ZERO)? {
            return Ok(Box::new(session));
        }
        let waiting = spawn_blocking(move || match session.connection.begin(PATIENCE)? {
            true => Ok(session),
            false => Err(StoreError::Busy),
        });
        Ok(Box::new(waiting.await.map_err(|_| StoreError::Undone)??))
    }

    fn shares_as(&self) -> Option<&str> {
        None
    }

    /// Makes the file whole without its `-wal`.
    async fn close(&self) {
        let connection = self.connection.clone().lock_owned().await;
        if connection.only_reads() {
            return;
        }
        // If it can't be done now it is done at the next start.
        let _ = spawn_blocking(move || connection.gather()).await;
    }
}

impl EmbeddedSession {
    /// Outside a transaction a statement would commit itself: none runs after SQLite has undone the transaction.
    fn expect_open(&self) -> Result<(), StoreError> {
        if self.connection.is_in_transaction() { Ok(()) } else { Err(StoreError::Undone) }
    }
}

#[async_trait]
impl Session for EmbeddedSession {
    async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.expect_open()?;
        self.connection.run(sql, values)
    }

    async fn rows(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        self.expect_open()?;
        self.connection.rows(sql, values)
    }

    /// If the waiting is given up meanwhile, the commit still comes to its end before the next transaction begins.
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if self.connection.only_reads() {
            return Err(StoreError::Undone);
        }
        if !self.is_on_disk {
            return self.connection.commit();
        }
        // The session goes along, and with it the lock.
        spawn_blocking(move || self.connection.commit()).await.map_err(|_| StoreError::Undone)?
    }
}

impl Drop for EmbeddedSession {
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
