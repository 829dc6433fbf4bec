//! `portevoix check`: reads the whole configuration, then tries each room and each account, and says what is wrong.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::app::build::{self, Chats};
use crate::app::database;
use crate::app::practice::{self, Showcase};
use crate::app::stopped::Stopped;
use crate::command::clean::harmless;
use crate::config::account::word;
use crate::config::load::load;
use crate::domain::directorate::{Account, Directorate};
use crate::domain::fault::{Cause, Fault};
use crate::port::chat::Chat;
use crate::port::clock::{Clock, SystemClock};
use crate::wording::speaker::{Audience, Speaker};

/// Checks everything that can be checked without publishing, and writes a line for each thing.
///
/// # Errors
/// Every problem of the files; [`Stopped::CheckFailed`] when a room or an account does not work.
pub async fn check(path: &Path, out: &mut impl Write) -> Result<(), Stopped> {
    let config = load(path)?;
    let catalog = build::catalog(&config)?;
    let count = catalog.specs().count();
    writeln!(out, "✓ {} : {} direction(s), {count} commandes", config.file, config.directorates.len())?;
    let speaker = Speaker::default();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut is_well = true;
    match database::probe(&config.database).await {
        Ok(None) => {}
        Ok(Some(found)) => writeln!(out, "✓ {found}")?,
        Err(trouble) => {
            writeln!(out, "✗ {trouble}")?;
            is_well = false;
        }
    }
    let matrix = opened(build::matrix(&config, &speaker).await, out, &mut is_well)?;
    let discord = opened(build::discord(&config, &catalog, &speaker), out, &mut is_well)?;
    let chats = Chats { matrix, discord, practice: practice::open(&config, &clock) };
    let showcase = Showcase::default();
    for settings in &config.directorates {
        let directorate = &settings.directorate;
        writeln!(out, "{} · {}", directorate.code, directorate.name)?;
        let audience = Audience { directorate, time_zone: &TimeZone::UTC, names: &BTreeMap::new() };
        for room in &settings.rooms {
            let Some(chat) = chats.of(room.chat) else {
                writeln!(out, "  ✗ salon {} : non essayé", room.id)?;
                is_well = false;
                continue;
            };
            let probed = chat.probe(&room.id).await;
            is_well &= line(out, &format!("salon {}", room.id), probed, "", &speaker, &audience)?;
        }
        for (account, connection) in directorate.accounts.iter().zip(&settings.accounts) {
            let what = format!("compte {}", account.name);
            match build::network(directorate, account, connection, &showcase, &clock).await {
                Ok(network) => {
                    let probed = network.probe().await;
                    let login = login_line(path, directorate, account);
                    is_well &= line(out, &what, probed, &login, &speaker, &audience)?;
                }
                Err(trouble) => {
                    writeln!(out, "  ✗ {trouble}")?;
                    is_well = false;
                }
            }
        }
    }
    if is_well { Ok(()) } else { Err(Stopped::CheckFailed) }
}

/// The line that lets the bot into an account again.
fn login_line(path: &Path, directorate: &Directorate, account: &Account) -> String {
    let (network, code, name) = (word(account.network), &directorate.code, &account.name);
    format!("portevoix login {network} --config {} --directorate {code} --account {name}", path.display())
}

/// A chat, if it could be opened; why not is written.
fn opened(
    outcome: Result<Option<Arc<dyn Chat>>, Stopped>,
    out: &mut impl Write,
    is_well: &mut bool,
) -> Result<Option<Arc<dyn Chat>>, Stopped> {
    match outcome {
        Ok(chat) => Ok(chat),
        Err(Stopped::Outside(words)) => {
            writeln!(out, "✗ {words}")?;
            *is_well = false;
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// Writes how a try ended, and returns whether it went well.
fn line(
    out: &mut impl Write,
    what: &str,
    probed: Result<String, Fault>,
    login: &str,
    speaker: &Speaker,
    audience: &Audience<'_>,
) -> Result<bool, Stopped> {
    match probed {
        Ok(name) => writeln!(out, "  ✓ {what} : {}", harmless(&name))?,
        Err(fault) => {
            writeln!(out, "  ✗ {what} : {}{}", speaker.fault(&fault, audience), advice(&fault, login))?;
            return Ok(false);
        }
    }
    Ok(true)
}

/// What helps the person at the terminal, and nobody in the room. `login` lets the bot in again.
fn advice(fault: &Fault, login: &str) -> String {
    match fault {
        Fault::Permanent { cause: Cause::LoginNeeded } => format!(" Lancez : {login}"),
        // The system's words tell a wrong name from a firewall and a bad certificate.
        Fault::Transient { cause: Cause::Unreachable(words), .. } => {
            format!(" Vérifiez l'adresse et le réseau de cette machine ; le système dit : « {} ».", harmless(words))
        }
        Fault::Transient { cause: Cause::NotInRoom, .. } | Fault::Permanent { cause: Cause::NotInRoom } => {
            " Vérifiez l'identifiant du salon, et invitez-y le bot.".to_owned()
        }
        Fault::Transient { .. } => " Réessayez dans quelques minutes.".to_owned(),
        Fault::Permanent { cause: Cause::Refused(_) } => " Vérifiez l'adresse et le compte.".to_owned(),
        Fault::Permanent { .. } | Fault::Uncertain { .. } => String::new(),
    }
}
