//! `portevoix login bluesky`: takes an app password, tries it, and keeps it in the account's file.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use crate::app::build;
use crate::app::login::secret_place::{SecretPlace, Wish, line, try_writing, write};
use crate::app::stopped::Stopped;
use crate::config::load::load_believing;
use crate::config::settings::Connection;
use crate::domain::directorate::NetworkKind;
use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;
use crate::network::bluesky::{BlueskyNetwork, BlueskySettings};
use crate::network::http::DEFAULT_TIMEOUT;
use crate::port::clock::SystemClock;
use crate::port::network::Network;
use crate::wording::speaker::Speaker;

/// Reads the app password from standard input, opens a session with it, and writes it to the account's file. The
/// account's own password, which could also change or delete the account, is refused.
///
/// # Errors
/// What a person must mend; nothing was written then.
pub async fn bluesky(
    config: &Path,
    wish: Wish<'_>,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<(), Stopped> {
    let config = load_believing(config)?;
    let account = wish.account(&config, NetworkKind::Bluesky)?;
    let Connection::Bluesky { service, handle, app_password } = &account.connection else {
        return Err(Stopped::Outside("Ce compte n'est pas un compte Bluesky.".to_owned()));
    };
    let place = wish.place(app_password, "app_password");
    if let SecretPlace::File(path) = &place {
        try_writing(path)?;
    }
    writeln!(
        out,
        "Créez un mot de passe d'application pour @{handle} : dans Bluesky, Paramètres › Confidentialité et"
    )?;
    writeln!(out, "sécurité › Mots de passe d'application. Collez-le ici (il reste visible à l'écran), puis Entrée.")?;
    out.flush()?;
    let password = line(input)?;
    let settings = BlueskySettings {
        service: service.clone(),
        identifier: handle.clone(),
        app_password: password.clone(),
        timeout: DEFAULT_TIMEOUT,
    };
    let network = BlueskyNetwork::new(settings, Arc::new(SystemClock))
        .map_err(|trouble| Stopped::Outside(format!("compte {} : {trouble}", account.name)))?;
    let failed = |fault: Fault| {
        let words = if *fault.cause() == Cause::CredentialsRefused {
            format!("Bluesky refuse ce mot de passe pour @{handle} : vérifiez l'un et l'autre, puis recommencez.")
        } else {
            format!("Bluesky : {}", build::in_words(&fault, &config, &Speaker::default()))
        };
        Stopped::Outside(words)
    };
    let name = network.probe().await.map_err(failed)?;
    if network.opens_the_whole_account().await.map_err(failed)? {
        let words = "C'est le mot de passe du compte lui-même : qui le lirait pourrait prendre le compte. Créez un mot de \
                     passe d'application et recommencez. Rien n'est enregistré.";
        return Err(Stopped::Outside(words.to_owned()));
    }
    writeln!(out, "✓ Connecté à Bluesky : {name}, pour le compte « {} ».", account.name)?;
    if !has_the_usual_form(&password) {
        writeln!(
            out,
            "⚠ Ce mot de passe n'a pas la forme xxxx-xxxx-xxxx-xxxx de ceux de Bluesky : vérifiez que c'est bien"
        )?;
        writeln!(out, "  un mot de passe d'application, jamais celui du compte.")?;
    }
    match place {
        SecretPlace::File(path) => {
            write(&path, &password)?;
            writeln!(out, "  Le mot de passe est écrit dans {}.", path.display())?;
        }
        SecretPlace::Elsewhere(words) => writeln!(out, "  Il n'est écrit nulle part. {words}")?,
    }
    Ok(())
}

/// Whether a password looks like those that Bluesky makes for applications.
fn has_the_usual_form(password: &Secret) -> bool {
    let parts: Vec<&str> = password.expose().split('-').collect();
    parts.len() == 4 && parts.iter().all(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}
