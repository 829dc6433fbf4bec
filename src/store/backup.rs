//! Copies of the SQLite file: taken while the bot runs, and put back in its place.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use crate::store::database::StoreError;
use crate::store::embedded::lock;
use crate::store::trouble::expect_ok;

/// Writes a copy of a database as it is at one moment into an empty file; the bot may go on writing meanwhile.
///
/// `VACUUM INTO` and not SQLite's backup API: it reads one snapshot, where the other begins anew whenever somebody writes;
/// it leaves out what was deleted, and makes one file without a `-wal`. It does not wait for the disk: whoever calls it does.
///
/// # Errors
/// What the database says.
pub fn copy(database: &Path, to: &Path) -> Result<(), StoreError> {
    if !database.exists() {
        return Err(StoreError::Missing(database.to_owned()));
    }
    let copied = || -> Result<(), StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(database, flags)?;
        let to = to.to_str().ok_or_else(|| not_opened(to, ErrorKind::InvalidFilename.into()))?;
        connection.execute("VACUUM INTO $1", [to])?;
        Ok(())
    };
    copied().map_err(|trouble| trouble.at_opening(database))
}

/// A backup on its way back into the place of the database. No bot runs on that meanwhile, and until [`finish`] the old
/// database stays as it is.
///
/// [`finish`]: Restoring::finish
pub struct Restoring {
    database: PathBuf,
    draft: PathBuf,
    _lock: File,
}

impl Restoring {
    /// Copies a backup beside the database and looks at it thoroughly.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while a bot runs on the database; [`StoreError::Damaged`] and [`StoreError::Newer`] for the
    /// backup; [`StoreError::NotABackup`] for another file.
    pub fn begin(backup: &Path, database: &Path) -> Result<Self, StoreError> {
        let is_new = !beside(database, ".lock").exists();
        let lock = lock(database)?;
        if is_new {
            let _ = give_to_owner(&beside(database, ".lock"), database);
        }
        let restoring = Self { database: database.to_owned(), draft: beside(database, ".restoring"), _lock: lock };
        let is_same = |one: fs::Metadata, other: fs::Metadata| (one.dev(), one.ino()) == (other.dev(), other.ino());
        let metadata = fs::metadata(backup).map_err(|cause| not_opened(backup, cause))?;
        let is_itself = fs::metadata(database).is_ok_and(|database| is_same(metadata, database));
        // What a running database has in its -wal would be missing.
        let has_wal = fs::metadata(beside(backup, "-wal")).is_ok_and(|wal| wal.len() > 0);
        if is_itself || has_wal {
            return Err(StoreError::NotABackup(backup.to_owned()));
        }
        restoring.clear();
        let copied = || -> io::Result<()> {
            let mut draft = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&restoring.draft)?;
            io::copy(&mut File::open(backup)?, &mut draft)?;
            draft.sync_all()
        };
        copied().map_err(|cause| not_opened(&restoring.draft, cause))?;
        is_sound(&restoring.draft, backup).map_err(|trouble| trouble.at_opening(backup))?;
        Ok(restoring)
    }

    /// The copy. It may be opened and changed before it takes the database's place; it must be closed then.
    pub fn draft(&self) -> &Path {
        &self.draft
    }

    /// Puts the copy in the place of the database. Returns where the old one is now, if there was one. If we crash in
    /// here, either the old database is there or the new one, and the old one beside it.
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(self, now: Timestamp) -> Result<Option<PathBuf>, StoreError> {
        self.put_in_place(now).map_err(|cause| not_opened(&self.database, cause))
    }

    fn put_in_place(&self, now: Timestamp) -> io::Result<Option<PathBuf>> {
        let database = &self.database;
        if fs::metadata(beside(&self.draft, "-wal")).is_ok_and(|wal| wal.len() > 0) {
            return Err(io::Error::other("the copy has not been closed"));
        }
        File::open(&self.draft)?.sync_all()?;
        give_to_owner(&self.draft, database)?;
        let kept =
            database.exists().then(|| beside(database, &format!(".before-restore-{}", now.strftime("%Y%m%dT%H%M%SZ"))));
        if let Some(kept) = &kept {
            // What it has in its -wal goes into the file itself, if it is sound enough for that.
            if let Ok(old) = Connection::open(database) {
                let _ = old.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
            }
            // A second name at first: a crash must not leave the database's own name to nothing. A bot would begin anew.
            match fs::hard_link(database, kept) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
                // Some disks know no links.
                Err(_) => {
                    fs::copy(database, kept)?;
                    File::open(kept)?.sync_all()?;
                }
                Ok(()) => {}
            }
        }
        // Old pages must not be taken for the new file's.
        let set_aside = |suffix: &str| match &kept {
            Some(kept) => fs::rename(beside(database, suffix), beside(kept, suffix)),
            None => fs::remove_file(beside(database, suffix)),
        };
        for suffix in ["-wal", "-shm"] {
            match set_aside(suffix) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        fs::rename(&self.draft, database)?;
        let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
        Ok(kept)
    }

    fn clear(&self) {
        for suffix in ["", "-wal", "-shm", "-journal", ".lock"] {
            // Mostly there is nothing.
            let _ = fs::remove_file(beside(&self.draft, suffix));
        }
    }
}

impl Drop for Restoring {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Whether the file is a database of ours, whole and not too new.
fn is_sound(draft: &Path, backup: &Path) -> Result<(), StoreError> {
    let connection = Connection::open_with_flags(draft, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    expect_ok(&connection, "PRAGMA integrity_check(1)")?;
    // What is owed had another name once.
    let has_owed = connection.table_exists(None, "owed")? || connection.table_exists(None, "effects")?;
    if connection.table_exists(None, "journal")? && has_owed {
        Ok(())
    } else {
        Err(StoreError::NotABackup(backup.to_owned()))
    }
}

/// Root may put a database back that another account's bot opens.
fn give_to_owner(file: &Path, database: &Path) -> io::Result<()> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let owner = fs::metadata(database).or_else(|_| fs::metadata(folder))?;
    if fs::metadata(file)?.uid() == owner.uid() {
        return Ok(());
    }
    chown(file, Some(owner.uid()), Some(owner.gid()))
}

/// The name of a file with something at its end.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn not_opened(path: &Path, cause: io::Error) -> StoreError {
    StoreError::Open { path: path.to_owned(), cause }
}
