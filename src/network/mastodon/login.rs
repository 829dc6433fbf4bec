//! How a person lets the bot into an account: registration, the page where they agree, the code that this shows
//! (<https://docs.joinmastodon.org/client/authorized/>).

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use serde::Deserialize;

use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;
use crate::network::http::{BadServer, Http, Stakes, server_address};
use crate::network::mastodon::SCOPES;
use crate::port::clock::Clock;

/// Shows the code to the person, where no browser could be sent back to us.
const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// A server that the bot is not registered with yet.
pub struct Door {
    http: Http,
    server: Url,
}

/// A login that waits for its code.
pub struct Login {
    door: Door,
    client_id: String,
    client_secret: Secret,
}

#[derive(Deserialize)]
struct Registered {
    client_id: String,
    client_secret: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

impl Door {
    /// The server of that address. Nothing is asked of it yet.
    ///
    /// # Errors
    /// [`BadServer`] when the address can't be used.
    pub fn new(server: &str, timeout: Duration, clock: Arc<dyn Clock>) -> Result<Self, BadServer> {
        let server = server_address(server)?;
        Ok(Self { http: Http::new(&server, timeout, clock)?, server })
    }

    /// Registers the bot with the scopes that it needs (<https://docs.joinmastodon.org/methods/apps/#create>).
    ///
    /// # Errors
    /// When the server does not take it.
    pub async fn register(self) -> Result<Login, Fault> {
        let scopes = SCOPES.join(" ");
        let form = [("client_name", "Portevoix"), ("redirect_uris", OUT_OF_BAND), ("scopes", &scopes)];
        let request = self.http.client().post(self.url("api/v1/apps")).form(&form);
        let registered: Registered = self.http.send(request, Stakes::Nothing, &[]).await?.read(Stakes::Nothing)?;
        Ok(Login { client_id: registered.client_id, client_secret: Secret::new(registered.client_secret), door: self })
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.server.clone();
        url.set_path(&format!("{}{path}", self.server.path()));
        url
    }
}

impl Login {
    /// Where a person agrees (<https://docs.joinmastodon.org/methods/oauth/#authorize>). Whoever is logged in there is
    /// asked first who they are, lest a private account be let in by mistake.
    pub fn page(&self) -> Url {
        let mut url = self.door.url("oauth/authorize");
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", OUT_OF_BAND)
            .append_pair("scope", &SCOPES.join(" "))
            .append_pair("force_login", "true");
        url
    }

    /// The token that the code opens (<https://docs.joinmastodon.org/methods/oauth/#token>).
    ///
    /// # Errors
    /// [`Cause::LoginNeeded`] when it is not the right code, or was used already.
    pub async fn finish(&self, code: &Secret) -> Result<Secret, Fault> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("client_id", &self.client_id),
            ("client_secret", self.client_secret.expose()),
            ("redirect_uri", OUT_OF_BAND),
        ];
        let request = self.door.http.client().post(self.door.url("oauth/token")).form(&form);
        let answer = self.door.http.send(request, Stakes::Nothing, &[code, &self.client_secret]).await?;
        if answer.error.as_ref().is_some_and(|error| error.name == "invalid_grant") {
            return Err(Fault::Permanent { cause: Cause::LoginNeeded });
        }
        let token: Token = answer.read(Stakes::Nothing)?;
        Ok(Secret::new(token.access_token))
    }
}
