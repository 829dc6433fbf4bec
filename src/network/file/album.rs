//! The pictures beside the file: a folder of its own for each file, every picture named by its content.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::domain::picture::Digest;

/// The folder of one file's pictures. Two files may not share one: what one of them takes down the other may still show.
pub struct Album {
    /// Where the file is, from which its lines count.
    beside: PathBuf,
    /// What the folder is called.
    name: String,
}

impl Album {
    /// The album of a file of lines.
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { beside: folder(path).to_owned(), name: format!("{name}.pictures") }
    }

    /// Where a picture of that name is, as a line says it.
    pub fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.name)
    }

    /// Writes a picture to its place, as a line says it; it is on the disk when this returns. One that is there already
    /// with the same content stays.
    ///
    /// # Errors
    /// What the system says.
    pub fn put(&self, place: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.beside.join(&self.name);
        if !folder.is_dir() {
            fs::create_dir(&folder)?;
            File::open(&self.beside)?.sync_all()?;
        }
        let path = self.beside.join(place);
        if fs::read(&path).is_ok_and(|there| Digest::of(&there) == Digest::of(bytes)) {
            // It may have been written by a try that did not live to see it reach the disk.
            File::open(&path)?.sync_all()?;
            return File::open(&folder)?.sync_all();
        }
        let draft = path.with_extension("new");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, &path)?;
        File::open(&folder)?.sync_all()
    }

    /// Removes a picture from its place, as a line says it. One that lies anywhere but in the folder is left: a line that
    /// something else wrote must not make us remove what is not ours.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self, place: &str) -> io::Result<()> {
        let name = place.strip_prefix(&format!("{}/", self.name)).unwrap_or_default();
        let is_ours = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.') && !name.starts_with('.');
        if name.is_empty() || !is_ours {
            return Ok(());
        }
        match fs::remove_file(self.beside.join(place)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }
}

/// The folder that a file is in.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}
