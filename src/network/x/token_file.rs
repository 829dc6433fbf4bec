//! The file in which an account's tokens wait for the next start: readable by its owner alone, replaced as a whole, one
//! process at a time.

use std::fs::{DirBuilder, File, OpenOptions, rename};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;

/// The longest file that is read, in bytes: tokens have a few hundred, and a wrong path may lead to a file of gigabytes.
const LONGEST_FILE: u64 = 64 * 1024;

/// What X gave the bot for one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Goes with every request; valid for two hours.
    pub access: Secret,
    /// Fetches the next two tokens, once.
    pub refresh: Secret,
    /// When `access` ends, by our clock.
    pub expires_at: Timestamp,
    /// What the bot may do; empty where X did not say.
    pub scopes: Vec<String>,
    /// Whose account it is.
    pub owner: Owner,
}

/// An account, as `GET /2/users/me` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// For ever.
    pub id: String,
    /// Without `@`.
    pub username: String,
}

/// The tokens as they stand in the file.
#[derive(Serialize, Deserialize)]
struct Kept {
    access_token: String,
    refresh_token: String,
    expires_at: Timestamp,
    scopes: Vec<String>,
    owner: Owner,
}

/// The file of one account. Several accounts may share the folder, and several processes the file.
#[derive(Clone, Debug)]
pub struct TokenFile {
    path: PathBuf,
}

/// While it lives, no other process changes the file.
pub struct Hold {
    path: PathBuf,
    /// Unlocked when it is closed.
    _lock: File,
}

impl TokenFile {
    /// The file of that directorate's account.
    pub fn new(folder: &Path, directorate: &str, account: &str) -> Self {
        Self { path: folder.join(format!("{directorate}-{account}.json")) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The tokens, if someone logged in.
    ///
    /// # Errors
    /// [`Cause::Disk`] when they can't be read.
    pub async fn read(&self) -> Result<Option<Tokens>, Fault> {
        let path = self.path.clone();
        blocking(move || read(&path)).await
    }

    /// Waits until no other process holds the file. The folder is made if there is none.
    ///
    /// # Errors
    /// [`Cause::Disk`] when the file that is locked beside it can't be made.
    pub async fn hold(&self) -> Result<Hold, Fault> {
        let path = self.path.clone();
        blocking(move || {
            if let Some(folder) = path.parent() {
                make_folder(folder)?;
            }
            // A file of its own: the other one is another file after each change.
            let lock = private().write(true).truncate(false).open(path.with_extension("lock"))?;
            lock.lock()?;
            Ok(Hold { path, _lock: lock })
        })
        .await
    }
}

impl Hold {
    /// Replaces the tokens. Once it returns they outlast a power cut; until then the earlier ones stand.
    ///
    /// # Errors
    /// [`Cause::Disk`]; the earlier ones stand then.
    pub async fn write(&self, tokens: &Tokens) -> Result<(), Fault> {
        let (path, tokens) = (self.path.clone(), tokens.clone());
        blocking(move || write(&path, tokens)).await
    }
}

fn read(path: &Path) -> io::Result<Option<Tokens>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    file.take(LONGEST_FILE).read_to_end(&mut text)?;
    // What does not parse is not quoted: it may be a token.
    let kept: Kept = serde_json::from_slice(&text)
        .map_err(|_| io::Error::new(ErrorKind::InvalidData, format!("{} is damaged", path.display())))?;
    Ok(Some(Tokens {
        access: Secret::new(kept.access_token),
        refresh: Secret::new(kept.refresh_token),
        expires_at: kept.expires_at,
        scopes: kept.scopes,
        owner: kept.owner,
    }))
}

fn write(path: &Path, tokens: Tokens) -> io::Result<()> {
    let kept = Kept {
        access_token: tokens.access.expose().to_owned(),
        refresh_token: tokens.refresh.expose().to_owned(),
        expires_at: tokens.expires_at,
        scopes: tokens.scopes,
        owner: tokens.owner,
    };
    let beside = path.with_extension("new");
    let mut file = private().write(true).truncate(true).open(&beside)?;
    file.write_all(&serde_json::to_vec(&kept)?)?;
    file.sync_all()?;
    rename(&beside, path)?;
    match path.parent() {
        // The new name is only as safe as the folder that it is written in.
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Makes files that their owner alone can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Runs something that waits for the disk, or for another process, where it holds up nobody.
async fn blocking<T: Send + 'static>(act: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Fault> {
    let disk = |words: String| Fault::Transient { cause: Cause::Disk(Cause::quote(&words)), retry_at: None };
    match spawn_blocking(act).await {
        Ok(outcome) => outcome.map_err(|error| disk(error.to_string())),
        Err(error) => Err(disk(error.to_string())),
    }
}
