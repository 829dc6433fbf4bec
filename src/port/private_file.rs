//! Writes files that hold secrets: for their owner only, and whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Makes the directory if it is missing, and keeps everyone but its owner out.
///
/// # Errors
/// What the system says.
pub fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

/// Tries whether [`write`](write()) would be let, so that nobody does their part for nothing. Leaves nothing behind.
///
/// # Errors
/// What the system says.
pub fn try_writing(path: &Path) -> io::Result<()> {
    let draft = path.with_extension("new");
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&draft)?;
    fs::remove_file(&draft)
}

/// Writes a file with mode 0600. After a crash there is the old file or the new one, never a part of either.
///
/// # Errors
/// What the system says.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    // The mode above only holds for a file that did not exist.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    sync_folder_of(path)
}

/// A file with mode 0600 that is not there yet: it is written under another name (`….new`) and gets its own once it is
/// complete and on the disk. Dropping it before leaves nothing behind; a crash leaves the other name, which the next try
/// replaces.
pub struct Unfinished {
    path: PathBuf,
    draft: PathBuf,
}

impl Unfinished {
    /// Makes the empty file under its other name.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when there is a file of that name; otherwise what the system says.
    pub fn begin(path: &Path) -> io::Result<Self> {
        if path.symlink_metadata().is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let mut draft = path.as_os_str().to_owned();
        draft.push(".new");
        let draft = PathBuf::from(draft);
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        Ok(Self { path: path.to_owned(), draft })
    }

    /// Where it is written.
    pub fn draft(&self) -> &Path {
        &self.draft
    }

    /// Waits until it is on the disk, and gives it its name.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] when somebody has put another file there meanwhile; otherwise what the system says.
    pub fn finish(self) -> io::Result<()> {
        File::open(&self.draft)?.sync_all()?;
        // Unlike a rename, a link never replaces what somebody else has put there.
        match fs::hard_link(&self.draft, &self.path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
            // Some disks know no links.
            Err(_) => fs::rename(&self.draft, &self.path)?,
        }
        sync_folder_of(&self.path)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After `finish` this is at most a second name of the file.
        let _ = fs::remove_file(&self.draft);
    }
}

/// Makes the names in a file's folder last: after a crash they are as they are now.
///
/// # Errors
/// What the system says.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}
