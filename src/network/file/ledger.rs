//! The file itself: read once, then only what was added; written under a lock, and on the disk before it counts.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::domain::fault::{Cause, Fault};
use crate::network::file::line::{Line, Mark};

/// Which posts are in the file, and up to where it was read. Every call waits for the disk, and for other processes
/// that hold the file's lock.
pub struct Ledger {
    path: PathBuf,
    /// Where the line of each post begins, in bytes.
    begins: HashMap<Mark, u64>,
    /// How far the file was read, in bytes: the end of its last whole line.
    known: u64,
}

impl Ledger {
    /// Opens a file, creates it if there is none, and reads it.
    ///
    /// # Errors
    /// [`Cause::Disk`].
    pub fn open(path: PathBuf) -> Result<Self, Fault> {
        let mut ledger = Self { path, begins: HashMap::new(), known: 0 };
        let mut opening = || {
            let file = ledger.file()?;
            file.lock_shared()?;
            ledger.sync(&file)?;
            ledger.refresh(&file)
        };
        opening().map_err(|error| nothing_out(&error))?;
        Ok(ledger)
    }

    /// Appends a post unless it is there already; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`Cause::Disk`]: `Uncertain` only where a failed attempt could not be taken back.
    pub fn append(&mut self, line: &Line) -> Result<(), Fault> {
        let before = |error: io::Error| nothing_out(&error);
        let mut file = self.file().map_err(before)?;
        file.lock().map_err(before)?;
        self.refresh(&file).map_err(before)?;
        if self.begins.contains_key(&line.mark()) {
            // It may have been written by a try that did not live to see it reach the disk.
            return file.sync_all().map_err(|error| Fault::Uncertain { cause: disk(&error) });
        }
        self.mend_last_line(&file).and_then(|()| self.refresh(&file)).map_err(before)?;
        let mut bytes = serde_json::to_vec(line).map_err(|error| before(error.into()))?;
        bytes.push(b'\n');
        if let Err(error) = file.write_all(&bytes).and_then(|()| self.sync(&file)) {
            return Err(match file.set_len(self.known).and_then(|()| file.sync_all()) {
                Ok(()) => nothing_out(&error),
                Err(_) => Fault::Uncertain { cause: disk(&error) },
            });
        }
        self.begins.insert(line.mark(), self.known);
        self.known += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// The line of a post as the file has it.
    ///
    /// # Errors
    /// [`Cause::Disk`] when the file can't be read.
    pub fn find(&mut self, line: &Line) -> Result<Option<Line>, Fault> {
        let mut looking = || {
            let mut file = self.file()?;
            file.lock_shared()?;
            self.refresh(&file)?;
            let Some(begin) = self.begins.get(&line.mark()) else { return Ok(None) };
            // What is seen may not be on the disk yet, if whoever wrote it crashed before it made sure.
            file.sync_all()?;
            file.seek(SeekFrom::Start(*begin))?;
            let mut bytes = Vec::new();
            BufReader::new(file).read_until(b'\n', &mut bytes)?;
            Ok(Some(serde_json::from_slice(&bytes)?))
        };
        looking().map_err(|error: io::Error| nothing_out(&error))
    }

    /// Whether the file can be written to.
    ///
    /// # Errors
    /// [`Cause::Disk`] when it can't.
    pub fn try_writing(&self) -> Result<(), Fault> {
        self.file().map(drop).map_err(|error| nothing_out(&error))
    }

    /// The file, opened afresh, so that one that was moved away or restored is noticed.
    fn file(&self) -> io::Result<File> {
        OpenOptions::new().read(true).append(true).create(true).open(&self.path)
    }

    /// Waits until the file is on the disk; a new one with its name in the folder, without which it would be lost.
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()?;
        if self.known == 0 { File::open(folder(&self.path))?.sync_all() } else { Ok(()) }
    }

    /// Reads what was added since the last look; everything, if the file shrank.
    fn refresh(&mut self, mut file: &File) -> io::Result<()> {
        let length = file.metadata()?.len();
        if length < self.known {
            self.begins.clear();
            self.known = 0;
        }
        if length == self.known {
            return Ok(());
        }
        file.seek(SeekFrom::Start(self.known))?;
        let mut reader = BufReader::new(file);
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let read = reader.read_until(b'\n', &mut bytes)?;
            if !bytes.ends_with(b"\n") {
                return Ok(());
            }
            // A line that is no post was not written here, and is none of ours to judge.
            if let Ok(line) = serde_json::from_slice::<Line>(&bytes) {
                self.begins.insert(line.mark(), self.known);
            }
            self.known += u64::try_from(read).unwrap_or(u64::MAX);
        }
    }

    /// Makes the file end with a whole line: takes away what a crash left of one of ours, and ends one that something
    /// else wrote. After `refresh`, under the lock.
    fn mend_last_line(&self, mut file: &File) -> io::Result<()> {
        const OUR_BEGINNING: &[u8] = br#"{"key":"#;
        if file.metadata()?.len() == self.known {
            return Ok(());
        }
        file.seek(SeekFrom::Start(self.known))?;
        let mut beginning = Vec::new();
        file.take(u64::try_from(OUR_BEGINNING.len()).unwrap_or(u64::MAX)).read_to_end(&mut beginning)?;
        tracing::warn!(path = %self.path.display(), "the last line is incomplete and is mended");
        if OUR_BEGINNING.starts_with(&beginning) { file.set_len(self.known) } else { file.write_all(b"\n") }
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

fn disk(error: &io::Error) -> Cause {
    Cause::Disk(Cause::quote(&error.to_string()))
}

/// The fault of a trouble before anything was written: for a person where only a person can help, otherwise worth
/// another try (a full disk, say).
fn nothing_out(error: &io::Error) -> Fault {
    let is_for_a_person = matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::ReadOnlyFilesystem
    );
    if is_for_a_person {
        Fault::Permanent { cause: disk(error) }
    } else {
        Fault::Transient { cause: disk(error), retry_at: None }
    }
}
