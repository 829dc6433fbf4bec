//! What the file promises about the machine it is on: folders that exist, secrets that can be read and only by us.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::findings::Findings;
use crate::config::secret::{Environment, SecretSource, is_open_to_all};
use crate::config::section::At;

/// Everything that has to be looked at on the machine, gathered while the file is read.
#[derive(Debug, Default)]
pub struct Outside {
    /// Must be readable.
    pub secrets: Vec<At<SecretSource>>,
    /// Must be folders that exist.
    pub folders: Vec<At<PathBuf>>,
    /// Files that are made when they are not there; the folder around each must exist.
    pub files: Vec<At<PathBuf>>,
    /// If it exists already, must be a folder that others can't enter.
    pub private_folders: Vec<At<PathBuf>>,
}

impl Outside {
    /// Looks at each, without changing anything, and notes what is not as it should be.
    pub fn check(&self, environment: Environment<'_>, findings: &mut Findings) {
        for At { value: source, line } in &self.secrets {
            if let Err(fault) = source.read_with(environment) {
                findings.wrong(*line, fault.to_string());
            }
        }
        for At { value: folder, line } in &self.folders {
            if !folder.is_dir() {
                findings.wrong(*line, format!("le dossier {} n'existe pas", folder.display()));
            }
        }
        for At { value: file, line } in &self.files {
            let around = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if !around.is_dir() {
                findings.wrong(*line, format!("le dossier {0} n'existe pas ; faites : mkdir -p {0}", around.display()));
            } else if file.is_dir() {
                findings.wrong(*line, format!("{} est un dossier ; il faut le nom d'un fichier", file.display()));
            }
        }
        for At { value: folder, line } in &self.private_folders {
            // Not there yet is fine: it is made.
            let Ok(metadata) = fs::metadata(folder) else { continue };
            if !metadata.is_dir() {
                findings.wrong(*line, format!("{} n'est pas un dossier", folder.display()));
            } else if is_open_to_all(&metadata) {
                let why = "n'est que pour le bot et il est ouvert à tous les comptes de la machine";
                findings.wrong(*line, format!("le dossier {0} {why} ; faites : chmod 700 {0}", folder.display()));
            }
        }
    }
}
