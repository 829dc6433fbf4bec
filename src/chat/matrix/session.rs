//! The bot's device on its homeserver, kept on this machine between runs: access token and encryption keys.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk::config::{RequestConfig, StoreConfig};
use matrix_sdk::cross_process_lock::CrossProcessLockConfig;
use matrix_sdk::encryption::{BackupDownloadStrategy, EncryptionSettings};
use matrix_sdk::{Client, SqliteCryptoStore, SqliteStateStore, SqliteStoreConfig};
use serde::{Deserialize, Serialize};

use crate::chat::matrix::fault::{fault_of, permanent, transient};
use crate::chat::matrix::settings::MatrixSettings;
use crate::domain::fault::{Cause, Fault};
use crate::port::private_file;

/// How long any request may take; a long poll takes its own waiting time in addition.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What is kept in `session.json`. All of it is secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// Who and which device, with the access token.
    #[serde(flatten)]
    pub device: MatrixSession,
    /// Opens the store beside it: 64 hexadecimal digits.
    store_key: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("device", &self.device.meta).finish_non_exhaustive()
    }
}

/// The key of the store in which the SDK keeps room state and encryption keys.
#[derive(Clone)]
pub struct StoreKey([u8; 32]);

/// The state directory, held against every other process for as long as this lives.
pub struct Home {
    directory: PathBuf,
    _lock: File,
}

impl Home {
    /// Makes the directory if need be and takes it.
    ///
    /// # Errors
    /// `SessionInUse` when another process holds it, `Disk` when it can't be used.
    pub fn take(settings: &MatrixSettings) -> Result<Self, Fault> {
        let directory = settings.state_directory.clone();
        private_file::make_directory(&directory).map_err(disk)?;
        let lock = File::create(directory.join("lock")).map_err(disk)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { directory, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(transient(Cause::SessionInUse)),
            Err(TryLockError::Error(error)) => Err(disk(error)),
        }
    }

    /// The session kept here, if it is of that account.
    ///
    /// # Errors
    /// `Disk` when it can't be read.
    pub fn session(&self, settings: &MatrixSettings) -> Result<Option<Session>, Fault> {
        let text = match fs::read(self.session_path()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(disk(error)),
        };
        let session: Session = serde_json::from_slice(&text)
            .map_err(|_| permanent(Cause::Disk(format!("{} is damaged", self.session_path().display()))))?;
        Ok(Some(session).filter(|session| session.device.meta.user_id.as_str() == settings.user))
    }

    /// Keeps a session for the next run.
    ///
    /// # Errors
    /// `Disk` when it can't be written.
    pub fn keep(&self, device: MatrixSession, key: &StoreKey) -> Result<(), Fault> {
        let text = serde_json::to_vec_pretty(&Session { device, store_key: key.digits() })
            .map_err(|error| disk(io::Error::other(error)))?;
        private_file::write(&self.session_path(), &text).map_err(disk)
    }

    /// Forgets session and store; the keys in it are lost.
    ///
    /// # Errors
    /// `Disk` when they can't be removed.
    pub fn forget(&self) -> Result<(), Fault> {
        let absent_is_fine = |result: io::Result<()>| match result {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        absent_is_fine(fs::remove_file(self.session_path())).map_err(disk)?;
        absent_is_fine(fs::remove_dir_all(self.store_path())).map_err(disk)
    }

    /// A client on the store kept here; not logged in yet.
    ///
    /// # Errors
    /// `Disk` when the store can't be opened, `Refused` when the homeserver's address is not one.
    pub async fn open(&self, settings: &MatrixSettings, key: &StoreKey) -> Result<Client, Fault> {
        private_file::make_directory(&self.store_path()).map_err(disk)?;
        // A raw key: deriving one from a passphrase takes seconds in a debug build and protects nothing here.
        let sqlite = SqliteStoreConfig::with_low_memory_config(self.store_path()).key(Some(&key.0));
        let store_fault = |error: &dyn fmt::Display| permanent(Cause::Disk(Cause::quote(&error.to_string())));
        let state = SqliteStateStore::open_with_config(&sqlite).await.map_err(|error| store_fault(&error))?;
        let keys = SqliteCryptoStore::open_with_config(&sqlite).await.map_err(|error| store_fault(&error))?;
        let alone = CrossProcessLockConfig::SingleProcess;
        let stores = StoreConfig::new(alone.clone()).state_store(state).crypto_store(keys);
        Client::builder()
            .homeserver_url(&settings.homeserver)
            .store_config(stores)
            .cross_process_store_config(alone)
            .request_config(RequestConfig::new().disable_retry().timeout(REQUEST_TIMEOUT))
            .respect_login_well_known(false)
            .user_agent(concat!("portevoix/", env!("CARGO_PKG_VERSION")))
            .with_encryption_settings(EncryptionSettings {
                auto_enable_cross_signing: false,
                auto_enable_backups: false,
                backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
            })
            .build()
            .await
            .map_err(|error| permanent(Cause::Refused(Cause::quote(&error.to_string()))))
    }

    /// A client that goes on with a kept session.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn resume(&self, settings: &MatrixSettings, session: &Session) -> Result<Client, Fault> {
        let client = self.open(settings, &session.store_key()?).await?;
        client.restore_session(session.device.clone()).await.map_err(|error| fault_of(&error))?;
        Ok(client)
    }

    fn session_path(&self) -> PathBuf {
        self.directory.join("session.json")
    }

    fn store_path(&self) -> PathBuf {
        self.directory.join("store")
    }
}

impl Session {
    /// Opens the store beside it.
    ///
    /// # Errors
    /// `Disk` when the file was damaged.
    pub fn store_key(&self) -> Result<StoreKey, Fault> {
        let damaged = || permanent(Cause::Disk("the store's key is damaged".to_owned()));
        let mut key = [0; 32];
        if self.store_key.len() != 64 || !self.store_key.is_ascii() {
            return Err(damaged());
        }
        for (place, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&self.store_key[2 * place..2 * place + 2], 16).map_err(|_| damaged())?;
        }
        Ok(StoreKey(key))
    }
}

impl StoreKey {
    /// A fresh one from the system's randomness.
    ///
    /// # Errors
    /// `Disk` when the system has none.
    pub fn fresh() -> Result<Self, Fault> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| disk(io::Error::other(error)))?;
        Ok(Self(key))
    }

    fn digits(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn disk(error: io::Error) -> Fault {
    permanent(Cause::Disk(Cause::quote(&error.to_string())))
}
