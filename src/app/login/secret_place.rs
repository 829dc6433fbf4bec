//! The account that someone logs in to, and where its secret is to be written.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use crate::app::stopped::Stopped;
use crate::config::secret::SecretSource;
use crate::config::settings::{AccountConfig, Config, Connection};
use crate::domain::directorate::NetworkKind;
use crate::domain::secret::Secret;
use crate::port::private_file;

/// The longest line that is read: codes and passwords have some dozens of characters, and anything may be piped in.
const LONGEST_LINE: u64 = 4_096;

/// Whom to let in.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'w> {
    /// The directorate's code.
    pub directorate: &'w str,
    /// The account's name in the file; may be left out where the directorate has one account on that network.
    pub account: Option<&'w str>,
    /// Where to write the secret, in place of where the file says that it is read.
    pub secret_file: Option<&'w Path>,
}

/// Where a secret goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// Into this file.
    File(PathBuf),
    /// Nowhere that this command can write. What a person must do with it instead.
    Elsewhere(String),
}

impl Wish<'_> {
    /// The account that is meant.
    ///
    /// # Errors
    /// In words, where there is none, or several.
    pub fn account<'c>(&self, config: &'c Config, network: NetworkKind) -> Result<&'c AccountConfig, Stopped> {
        let directorate = self.directorate;
        let outside = |words: String| Err(Stopped::Outside(words));
        let mut all = config.directorates.iter();
        let Some(settings) = all.find(|one| one.directorate.code.as_str().eq_ignore_ascii_case(directorate)) else {
            return outside(format!("La configuration n'a pas de direction « {directorate} »."));
        };
        let is_meant = |account: &&AccountConfig| match self.account {
            Some(name) => account.name.as_str() == name,
            None => kind(&account.connection) == network,
        };
        let meant: Vec<&AccountConfig> = settings.accounts.iter().filter(is_meant).collect();
        let label = network.label();
        match (meant.as_slice(), self.account) {
            ([account], _) if kind(&account.connection) == network => Ok(account),
            ([account], _) => outside(format!(
                "Le compte « {} » ne publie pas sur {label} : il n'y a rien à connecter.",
                account.name
            )),
            ([], Some(name)) => outside(format!("La direction {directorate} n'a pas de compte « {name} ».")),
            ([], None) => outside(format!("La direction {directorate} n'a pas de compte {label}.")),
            (several, _) => {
                let names: Vec<&str> = several.iter().map(|account| account.name.as_str()).collect();
                outside(format!("Quel compte ? Ajoutez --account, avec l'un de : {}.", names.join(", ")))
            }
        }
    }

    /// Where its secret goes. `key` is the beginning of the configuration's keys for it (`token`).
    pub fn place(&self, source: &SecretSource, key: &str) -> SecretPlace {
        match (self.secret_file, source) {
            (Some(path), _) => SecretPlace::File(path.to_owned()),
            (None, SecretSource::File(path)) => SecretPlace::File(path.clone()),
            (None, SecretSource::Credential(name)) => SecretPlace::Elsewhere(format!(
                "Ce secret est transmis par systemd : ajoutez --secret-file, avec le fichier que nomme la ligne \
                 `LoadCredential={}:…` du service.",
                name.display()
            )),
            (None, SecretSource::Environment(name)) => SecretPlace::Elsewhere(format!(
                "Ce secret est lu dans la variable d'environnement `{name}` (`{key}_env`) : mettez-le là où elle est \
                 définie ; pour l'écrire dans un fichier, ajoutez --secret-file FICHIER."
            )),
        }
    }
}

fn kind(connection: &Connection) -> NetworkKind {
    match connection {
        Connection::Mastodon { .. } => NetworkKind::Mastodon,
        Connection::Bluesky { .. } => NetworkKind::Bluesky,
        Connection::File { .. } => NetworkKind::File,
        Connection::X { .. } => NetworkKind::X,
    }
}

/// Reads one line that someone types or pastes.
///
/// # Errors
/// In words, when there is none.
pub fn line(input: &mut impl BufRead) -> Result<Secret, Stopped> {
    let mut line = String::new();
    input.by_ref().take(LONGEST_LINE).read_line(&mut line)?;
    match line.trim() {
        "" => Err(Stopped::Outside("Rien n'a été donné sur l'entrée standard : recommencez.".to_owned())),
        text => Ok(Secret::new(text)),
    }
}

/// Tries whether the secret could be written, before anyone does their part.
///
/// # Errors
/// In words.
pub fn try_writing(path: &Path) -> Result<(), Stopped> {
    private_file::try_writing(path).map_err(|error| not_writable(path, &error))
}

/// Writes a secret, for the account alone that runs this command.
///
/// # Errors
/// In words.
pub fn write(path: &Path, secret: &Secret) -> Result<(), Stopped> {
    private_file::write(path, format!("{}\n", secret.expose()).as_bytes()).map_err(|error| not_writable(path, &error))
}

fn not_writable(path: &Path, error: &std::io::Error) -> Stopped {
    Stopped::Outside(format!(
        "{} ne peut pas être écrit ({error}) : lancez cette commande sous un compte qui en a le droit, ou créez le \
         dossier. Rien n'est enregistré.",
        path.display()
    ))
}
