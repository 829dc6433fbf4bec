//! Where a secret is kept, and how it is fetched; the secret itself is never in `portevoix.toml`.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::config::findings::Findings;
use crate::config::section::{At, Section};
use crate::domain::secret::Secret;

/// The variable in which systemd names the folder of a service's credentials
/// (<https://systemd.io/CREDENTIALS/>).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The longest secret, in bytes: tokens have a few hundred, and a wrong path may lead to a file of gigabytes.
const LONGEST_SECRET: u64 = 64 * 1024;

/// Looks up a variable of the environment. Handed in, so that tests need not change the process's own.
pub type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// The process's environment.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretSource {
    /// Alone in a file.
    File(PathBuf),
    /// In a file of the folder that systemd hands to the service.
    Credential(PathBuf),
    /// In a variable of the environment.
    Environment(String),
}

/// Why a secret could not be fetched, in words for the administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretFault {
    /// No such file.
    #[error("le fichier {0} n'existe pas ; créez-le avec le secret seul dedans, puis : chmod 600 {0}")]
    NoFile(PathBuf),
    /// It can't be read.
    #[error("le fichier {path} ne peut pas être lu ({why}) ; il doit appartenir au compte qui lance Portevoix")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// Everybody on the machine can read or change it.
    #[error("le fichier {0} est ouvert à tous les comptes de la machine ; faites : chmod 600 {0}")]
    OpenToAll(PathBuf),
    /// There is nothing in it.
    #[error("{0} est vide ; mettez-y le secret, seul")]
    Empty(String),
    /// There is more in it than a secret.
    #[error("{0} ne contient pas qu'un secret : il y faut une seule ligne, sans espace autour ni commentaire")]
    NotOneLine(String),
    /// systemd did not say where the credentials are.
    #[error(
        "systemd n'a pas transmis de secret (`CREDENTIALS_DIRECTORY` n'est pas défini) ; lancez Portevoix par son \
         service, avec une ligne `LoadCredential={0}:…`"
    )]
    NoCredentials(String),
    /// The variable is not set.
    #[error("la variable d'environnement `{0}` n'est pas définie")]
    NoVariable(String),
}

impl SecretSource {
    /// Fetches the secret. It is read afresh each time, so that a renewed one needs only a restart of the connection.
    ///
    /// # Errors
    /// Why it can't be had; the secret itself is never part of the error.
    pub fn read(&self) -> Result<Secret, SecretFault> {
        self.read_with(&process_environment)
    }

    /// As [`read`](Self::read), with the environment handed in.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with(&self, environment: Environment<'_>) -> Result<Secret, SecretFault> {
        match self {
            Self::File(path) => read_file(path),
            Self::Credential(name) => {
                let missing = || SecretFault::NoCredentials(name.display().to_string());
                read_file(&Path::new(&environment(CREDENTIALS).ok_or_else(missing)?).join(name))
            }
            Self::Environment(name) => {
                let text = environment(name).ok_or_else(|| SecretFault::NoVariable(name.clone()))?;
                one_line(&text, || format!("la variable d'environnement `{name}`"))
            }
        }
    }
}

/// Reads where a secret is from `<stem>_file` or `<stem>_env`, of which exactly one must be there.
pub fn source(section: &Section<'_>, stem: &str, folder: &Path, findings: &mut Findings) -> Option<At<SecretSource>> {
    let (file_key, variable_key) = (format!("{stem}_file"), format!("{stem}_env"));
    let file = section.text(&file_key, findings);
    let variable = section.text(&variable_key, findings);
    match (file, variable) {
        (Some(_), Some(At { line, .. })) => {
            findings.wrong(
                line,
                format!("`{file_key}` et `{variable_key}` disent deux fois où est le secret ; gardez-en un"),
            );
            None
        }
        (Some(file), None) => file_source(&file, &file_key, folder, findings),
        (None, Some(variable)) => variable_source(&variable, &variable_key, findings),
        (None, None) => {
            // Where the secret itself was written in, that line says what to do; where a key is there with a value
            // that is not a text, its line does.
            if ![stem, &file_key, &variable_key].iter().any(|key| section.has(key)) {
                section.need(&file_key, findings);
            }
            None
        }
    }
}

fn file_source(at: &At<&str>, key: &str, folder: &Path, findings: &mut Findings) -> Option<At<SecretSource>> {
    if looks_like_a_secret(at.value) {
        // Not repeated, so that it does not reach a log as well.
        findings.wrong(
            at.line,
            format!(
                "`{key}` attend le nom d'un fichier, et ceci ressemble au secret lui-même ; mettez-le seul dans un \
                 fichier, écrivez ici le nom de ce fichier, puis révoquez ce secret et faites-en un autre"
            ),
        );
        return None;
    }
    let credential = ["${CREDENTIALS_DIRECTORY}/", "$CREDENTIALS_DIRECTORY/"];
    let value = match credential.iter().find_map(|lead| at.value.strip_prefix(lead)) {
        Some(name) if !name.is_empty() && !name.contains(['/', '$']) => SecretSource::Credential(PathBuf::from(name)),
        Some(_) => {
            findings.wrong(
                at.line,
                format!("`{key}` : après `${{CREDENTIALS_DIRECTORY}}/` vient le seul nom donné à `LoadCredential=`"),
            );
            return None;
        }
        None if at.value.contains('$') => {
            findings.wrong(
                at.line,
                format!("`{key}` ne connaît qu'une variable : `${{CREDENTIALS_DIRECTORY}}/…`, en tête, pour un secret transmis par systemd"),
            );
            return None;
        }
        None => SecretSource::File(folder.join(at.value)),
    };
    Some(At { value, line: at.line })
}

fn variable_source(at: &At<&str>, key: &str, findings: &mut Findings) -> Option<At<SecretSource>> {
    let is_name = |name: &str| {
        !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    if is_name(at.value) {
        return Some(At { value: SecretSource::Environment(at.value.to_owned()), line: at.line });
    }
    // The value is not repeated: it may be the secret, put here by mistake.
    findings.wrong(
        at.line,
        format!("`{key}` attend le nom d'une variable d'environnement (majuscules, chiffres et `_`), jamais le secret lui-même"),
    );
    None
}

fn read_file(path: &Path) -> Result<Secret, SecretFault> {
    let unreadable = |error: &std::io::Error| SecretFault::Unreadable { path: path.to_owned(), why: error.to_string() };
    let file = File::open(path).map_err(|error| {
        let is_absent = error.kind() == ErrorKind::NotFound;
        if is_absent { SecretFault::NoFile(path.to_owned()) } else { unreadable(&error) }
    })?;
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    if is_open_to_all(&metadata) {
        return Err(SecretFault::OpenToAll(path.to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(LONGEST_SECRET + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    let name = || format!("le fichier {}", path.display());
    let text = String::from_utf8(bytes).map_err(|_| SecretFault::NotOneLine(name()))?;
    one_line(&text, name)
}

/// The text without the line break that editors put at its end.
fn one_line(text: &str, name: impl Fn() -> String) -> Result<Secret, SecretFault> {
    let secret = text.trim_end_matches(['\n', '\r']);
    if secret.is_empty() {
        return Err(SecretFault::Empty(name()));
    }
    let too_long = u64::try_from(secret.len()).unwrap_or(u64::MAX) > LONGEST_SECRET;
    if too_long || secret.trim() != secret || secret.chars().any(char::is_control) {
        return Err(SecretFault::NotOneLine(name()));
    }
    Ok(Secret::new(secret))
}

/// Whether what should be a file's name is rather the secret: Bluesky's app passwords are four groups of four, other
/// tokens one long word, Discord's three with dots. A name is never that long without a dot or a slash.
fn looks_like_a_secret(text: &str) -> bool {
    let is_word = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let groups: Vec<&str> = text.split('-').collect();
    let words: Vec<&str> = text.split('.').collect();
    let is_discords = words.len() == 3 && text.len() >= 50 && words.iter().all(|word| is_word(word));
    is_discords
        || is_word(text) && (text.len() >= 40 || (groups.len() == 4 && groups.iter().all(|group| group.len() == 4)))
}

/// Whether the permissions let every account of the machine read, change or enter it.
#[cfg(unix)]
pub fn is_open_to_all(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o007 != 0
}

/// Elsewhere permissions are not files' own bits; the folder is trusted.
#[cfg(not(unix))]
pub fn is_open_to_all(_metadata: &std::fs::Metadata) -> bool {
    false
}
