//! The file itself: read once, then only what was added; written under a lock, and on the disk before it counts.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use crate::domain::fault::{Cause, Fault};
use crate::domain::picture::Developed;
use crate::domain::sequel::Left;
use crate::network::file::album::{Album, folder};
use crate::network::file::line::{Deletion, Entry, Line, Mark, Repost};

/// Which posts are in the file, and up to where it was read. Every call waits for the disk, and for other processes
/// that hold the file's lock.
pub struct Ledger {
    path: PathBuf,
    /// Where the line of each post and repost begins that was not taken down, in bytes.
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

    /// Appends a post unless it is there already, its pictures before it; all is on the disk when this returns.
    ///
    /// # Errors
    /// [`Cause::Disk`]: `Uncertain` only where a failed attempt could not be taken back.
    pub fn append(&mut self, mut line: Line, pictures: &[Developed]) -> Result<(), Fault> {
        let before = |error: io::Error| nothing_out(&error);
        let file = self.locked().map_err(before)?;
        if self.begins.contains_key(&line.mark()) {
            // It may have been written by a try that did not live to see it reach the disk.
            return file.sync_all().map_err(|error| Fault::Uncertain { cause: disk(&error) });
        }
        let album = Album::of(&self.path);
        for (picture, developed) in line.pictures.iter_mut().zip(pictures) {
            picture.file = album.place(&picture.file);
            album.put(&picture.file, developed.bytes()).map_err(before)?;
        }
        self.write(file, &Entry::Post(line))
    }

    /// Takes down the latest post or repost under a key, and removes the pictures that nothing else shows. One that is
    /// gone, or never was there, is no error.
    ///
    /// # Errors
    /// [`Cause::Disk`]: `Uncertain` only where a failed attempt could not be taken back.
    pub fn delete(&mut self, key: &str) -> Result<(), Fault> {
        let before = |error: io::Error| nothing_out(&error);
        let file = self.locked().map_err(before)?;
        let mut meant: Option<Entry> = None;
        let is_meant = |entry: &Entry| entry.key().as_str() == key && !matches!(entry, Entry::Deletion(_));
        read(&file, 0, |_, entry| {
            if is_meant(&entry) {
                meant = Some(entry);
            }
        })
        .map_err(before)?;
        let Some(meant) = meant else { return Ok(()) };
        if self.begins.contains_key(&meant.mark()) {
            let end = Deletion { key: meant.key().clone(), decided_at: meant.decided_at(), deleted: true };
            let again = file.try_clone().map_err(before)?;
            self.write(again, &Entry::Deletion(end))?;
        } else {
            // It may have been written by a try that did not live to see it reach the disk.
            file.sync_all().map_err(|error| Fault::Uncertain { cause: disk(&error) })?;
        }
        self.remove_pictures(&file, &meant).map_err(before)
    }

    /// The files of the pictures of the post that stands under a key.
    ///
    /// # Errors
    /// [`Cause::Disk`] when the file can't be read.
    pub fn pictures_of(&mut self, key: &str) -> Result<Vec<String>, Fault> {
        let mut pictures = Vec::new();
        self.look(|entry, stands| {
            if stands && entry.key().as_str() == key {
                pictures = entry.pictures().iter().map(|picture| picture.file.clone()).collect();
            }
        })?;
        Ok(pictures)
    }

    /// What is left of the post under a key, and of these pictures of it that no other post shows.
    ///
    /// # Errors
    /// [`Cause::Disk`] when the file can't be read.
    pub fn left(&mut self, key: &str, pictures: &[String]) -> Result<Left, Fault> {
        let (mut is_there, mut shown) = (false, HashSet::new());
        self.look(|entry, stands| {
            is_there |= stands && entry.key().as_str() == key;
            if stands {
                shown.extend(entry.pictures().iter().map(|picture| picture.file.clone()));
            }
        })?;
        let album = folder(&self.path);
        let is_left = |picture: &&String| !shown.contains(*picture) && album.join(picture).exists();
        Ok(match (is_there, pictures.iter().find(is_left)) {
            (true, _) => Left::Post,
            (false, Some(_)) => Left::Picture,
            (false, None) => Left::Nothing,
        })
    }

    /// Goes over all lines; of each post and repost it is said whether it stands.
    fn look(&mut self, mut act: impl FnMut(&Entry, bool)) -> Result<(), Fault> {
        let mut looking = || {
            let file = self.file()?;
            file.lock_shared()?;
            self.refresh(&file)?;
            read(&file, 0, |_, entry| {
                let stands = !matches!(entry, Entry::Deletion(_)) && self.begins.contains_key(&entry.mark());
                act(&entry, stands);
            })
        };
        looking().map(drop).map_err(|error: io::Error| nothing_out(&error))
    }

    /// Appends a repost, unless that original is shown on already. Returns the line that stands, or nothing where the
    /// original stood in this file and was taken down. Whether one of another file still stands is not known here.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn repost(&mut self, repost: &Repost) -> Result<Option<Repost>, Fault> {
        let before = |error: io::Error| nothing_out(&error);
        let file = self.locked().map_err(before)?;
        let mut is_gone = false;
        let mut standing = None;
        read(&file, 0, |_, entry| {
            let stands = self.begins.contains_key(&entry.mark());
            if entry.key().as_str() == repost.repost {
                is_gone = !stands;
            }
            if let Entry::Repost(known) = entry
                && stands
                && known.repost == repost.repost
            {
                standing = Some(known);
            }
        })
        .map_err(before)?;
        match standing {
            Some(standing) => {
                file.sync_all().map_err(|error| Fault::Uncertain { cause: disk(&error) })?;
                Ok(Some(standing))
            }
            None if is_gone => Ok(None),
            None => self.write(file, &Entry::Repost(repost.clone())).map(|()| Some(repost.clone())),
        }
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
            match serde_json::from_slice(&bytes)? {
                Entry::Post(line) => Ok(Some(line)),
                Entry::Deletion(_) | Entry::Repost(_) => Ok(None),
            }
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

    /// The file under its lock, read to its end, which is a whole line.
    fn locked(&mut self) -> io::Result<File> {
        let file = self.file()?;
        file.lock()?;
        self.refresh(&file)?;
        self.mend_last_line(&file)?;
        self.refresh(&file)?;
        Ok(file)
    }

    /// Adds a line to the locked file; it is on the disk when this returns.
    fn write(&mut self, mut file: File, entry: &Entry) -> Result<(), Fault> {
        let mut bytes = serde_json::to_vec(entry).map_err(|error| nothing_out(&error.into()))?;
        bytes.push(b'\n');
        if let Err(error) = file.write_all(&bytes).and_then(|()| self.sync(&file)) {
            return Err(match file.set_len(self.known).and_then(|()| file.sync_all()) {
                Ok(()) => nothing_out(&error),
                Err(_) => Fault::Uncertain { cause: disk(&error) },
            });
        }
        match entry {
            Entry::Post(_) | Entry::Repost(_) => drop(self.begins.insert(entry.mark(), self.known)),
            Entry::Deletion(_) => drop(self.begins.remove(&entry.mark())),
        }
        self.known += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Removes the pictures of what was taken down that no standing post shows.
    fn remove_pictures(&self, file: &File, gone: &Entry) -> io::Result<()> {
        if gone.pictures().is_empty() {
            return Ok(());
        }
        let mut shown: HashSet<String> = HashSet::new();
        read(file, 0, |_, entry| {
            if self.begins.contains_key(&entry.mark()) {
                shown.extend(entry.pictures().iter().map(|picture| picture.file.clone()));
            }
        })?;
        let album = Album::of(&self.path);
        let mut unseen = gone.pictures().iter().filter(|picture| !shown.contains(&picture.file));
        unseen.try_for_each(|picture| album.remove(&picture.file))
    }

    /// Reads what was added since the last look; everything, if the file shrank.
    fn refresh(&mut self, file: &File) -> io::Result<()> {
        let length = file.metadata()?.len();
        if length < self.known {
            self.begins.clear();
            self.known = 0;
        }
        if length == self.known {
            return Ok(());
        }
        let begins = &mut self.begins;
        self.known = read(file, self.known, |begin, entry| match entry {
            Entry::Post(_) | Entry::Repost(_) => drop(begins.insert(entry.mark(), begin)),
            Entry::Deletion(_) => drop(begins.remove(&entry.mark())),
        })?;
        Ok(())
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

/// Reads the whole lines from a place on, each with where it begins, in bytes. Returns where the last one ends.
fn read(mut file: &File, from: u64, mut act: impl FnMut(u64, Entry)) -> io::Result<u64> {
    file.seek(SeekFrom::Start(from))?;
    let mut reader = BufReader::new(file);
    let mut begin = from;
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = reader.read_until(b'\n', &mut bytes)?;
        if !bytes.ends_with(b"\n") {
            return Ok(begin);
        }
        // A line that is none of these was not written here, and is none of ours to judge.
        if let Ok(entry) = serde_json::from_slice(&bytes) {
            act(begin, entry);
        }
        begin += u64::try_from(read).unwrap_or(u64::MAX);
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
