//! Opens the database, brings its schema up to date, and gives out transactions.

use std::borrow::Cow;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyPool, Executor};

/// The database of one process.
pub struct Database {
    pool: AnyPool,
    /// Held for as long as the database is open: a second process on the same file would publish everything twice.
    _lock: File,
}

/// All that is written for one event: it becomes true as a whole or not at all.
pub struct Transaction {
    pub(in crate::store) inner: sqlx::Transaction<'static, Any>,
}

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
    /// The database failed (disk full, damaged file).
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
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
        let lock = lock(path)?;
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(&format!("sqlite:{}?mode=rwc", path.display()))?;
        // One connection: SQLite has one writer anyway, and waiting in our own queue is fairer than its busy loop.
        let pool = AnyPoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // FULL: a commit that returned has reached the disk, also when the power fails.
                    let pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
                    connection.execute(sqlx::raw_sql(pragmas)).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        migrator().run(&pool).await?;
        Ok(Self { pool, _lock: lock })
    }

    /// Begins a transaction; dropping it without [`Transaction::commit`] undoes it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        Ok(Transaction { inner: self.pool.begin_with("BEGIN IMMEDIATE").await? })
    }

    /// Closes the database; what was committed is on the disk already.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Transaction {
    /// Makes everything in it true. When this returns, it is on the disk.
    ///
    /// # Errors
    /// What the database says; nothing was changed then.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }
}

/// Every change of the schema, oldest first. Never edit one that was released.
fn migrator() -> Migrator {
    let migrations = [(1, "start", include_str!("migrations/0001_start.sql"))].map(|(version, name, sql)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sqlx::SqlStr::from_static(sql), false)
    });
    Migrator::with_migrations(migrations.into())
}

fn lock(database: &Path) -> Result<File, StoreError> {
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
