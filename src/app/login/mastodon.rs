//! `portevoix login mastodon`: a person agrees on the server's page, and the bot keeps the token that the code opens.

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
use crate::network::http::DEFAULT_TIMEOUT;
use crate::network::mastodon::login::Door;
use crate::network::mastodon::{MastodonNetwork, MastodonSettings};
use crate::port::clock::{Clock, SystemClock};
use crate::port::network::Network;
use crate::wording::speaker::Speaker;

/// Registers the bot with the server, prints the address where a person agrees, takes the code that this shows, and
/// writes the account's token to its file. The token is printed nowhere.
///
/// # Errors
/// What a person must mend; nothing was written then.
pub async fn mastodon(
    config: &Path,
    wish: Wish<'_>,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<(), Stopped> {
    let config = load_believing(config)?;
    let outside = |words: &str| Stopped::Outside(words.to_owned());
    let account = wish.account(&config, NetworkKind::Mastodon)?;
    let Connection::Mastodon { server, token } = &account.connection else {
        return Err(outside("Ce compte n'est pas un compte Mastodon."));
    };
    let path = match wish.place(token, "token") {
        SecretPlace::File(path) => path,
        SecretPlace::Elsewhere(words) => return Err(Stopped::Outside(words)),
    };
    try_writing(&path)?;
    let failed = |fault: Fault| {
        let words = if *fault.cause() == Cause::LoginNeeded {
            "le serveur refuse ce code, qui ne sert qu'une fois et expire vite. Recommencez, et copiez-le en entier."
                .to_owned()
        } else {
            build::in_words(&fault, &config, &Speaker::default())
        };
        Stopped::Outside(format!("Mastodon : {words}"))
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let unusable = |trouble| Stopped::Outside(format!("compte {} : {trouble}", account.name));
    let door = Door::new(server, DEFAULT_TIMEOUT, clock.clone()).map_err(unusable)?;
    let login = door.register().await.map_err(failed)?;
    writeln!(
        out,
        "Ouvrez cette adresse dans un navigateur connecté au compte Mastodon de la direction, et acceptez :\n"
    )?;
    writeln!(out, "{}\n", login.page())?;
    write!(out, "Le code affiché : ")?;
    out.flush()?;
    let code = line(input)?;
    writeln!(out)?;
    let token = login.finish(&code).await.map_err(failed)?;
    let settings = MastodonSettings { server: server.clone(), token: token.clone(), timeout: DEFAULT_TIMEOUT };
    let name = MastodonNetwork::new(settings, clock).map_err(unusable)?.probe().await.map_err(failed)?;
    write(&path, &token)?;
    writeln!(out, "✓ Connecté à Mastodon : {name}, pour le compte « {} ».", account.name)?;
    writeln!(out, "  Son jeton est écrit dans {}.", path.display())?;
    Ok(())
}
