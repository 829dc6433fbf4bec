//! `portevoix login matrix`: makes the bot's device, signs it, and keeps its recovery key in a file of its own.

use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use crate::app::build;
use crate::app::stopped::Stopped;
use crate::chat::matrix::login;
use crate::config::load::load_believing;
use crate::domain::secret::Secret;
use crate::port::private_file;
use crate::wording::speaker::Speaker;

/// The file beside the session that a new recovery key is written to.
const RECOVERY_KEY_FILE: &str = "recovery-key";

/// The longest password or key that is read: a wrong file may be of any size.
const LONGEST_SECRET: u64 = 4_096;

/// Logs in with the password from a file (or from standard input when it is not a terminal), and writes a new recovery
/// key beside the session, readable by its owner alone.
///
/// # Errors
/// What a person must mend.
pub async fn matrix(
    config: &Path,
    password_file: Option<&Path>,
    recovery_key_file: Option<&Path>,
    out: &mut impl Write,
) -> Result<(), Stopped> {
    let config = load_believing(config)?;
    let Some(settings) = build::matrix_settings(&config) else {
        return Err(Stopped::Outside("La configuration n'a pas de section [matrix].".to_owned()));
    };
    let password = match password_file {
        Some(path) => read_secret(std::fs::File::open(path)?)?,
        None if std::io::stdin().is_terminal() => {
            let words = "Donnez le mot de passe par --password-file FICHIER, ou sur l'entrée standard.";
            return Err(Stopped::Outside(words.to_owned()));
        }
        None => read_secret(std::io::stdin())?,
    };
    // The key that an earlier login wrote still opens the account: without it a new one would be made each time.
    let kept = settings.state_directory.join(RECOVERY_KEY_FILE);
    let recovery_key = match recovery_key_file.or(kept.exists().then_some(kept.as_path())) {
        Some(path) => Some(read_secret(std::fs::File::open(path)?)?),
        None => None,
    };
    let given = recovery_key.as_ref().map(Secret::expose);
    let logged_in = login::login(&settings, password.expose(), given).await.map_err(|fault| {
        Stopped::Outside(format!("Matrix : {}", build::in_words(&fault, &config, &Speaker::default())))
    })?;
    writeln!(out, "✓ Connecté à {} (appareil {}), appareil certifié.", settings.homeserver, logged_in.device)?;
    if let Some(key) = logged_in.new_recovery_key {
        private_file::write(&kept, format!("{}\n", key.reveal()).as_bytes())?;
        writeln!(out, "✓ Clé de récupération écrite dans {}.", kept.display())?;
        writeln!(out, "  Gardez-en une copie hors de cette machine, puis effacez ce fichier : sans elle, un bot")?;
        writeln!(out, "  réinstallé ne serait plus reconnu par les autres.")?;
    }
    Ok(())
}

fn read_secret(from: impl Read) -> Result<Secret, Stopped> {
    let mut text = String::new();
    from.take(LONGEST_SECRET).read_to_string(&mut text)?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}
