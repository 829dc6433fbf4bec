//! Lets a person give the bot access to an account: the page to open, and what comes back from it
//! (OAuth 2.0 with PKCE, <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>).

use std::sync::Arc;
use std::time::Duration;

use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier};
use reqwest::Url;

use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;
use crate::network::http::{BadServer, Http, Stakes, server_address};
use crate::network::x::token_endpoint;
use crate::network::x::token_file::Tokens;
use crate::network::x::tokens::{Application, SCOPES, granted, refuses_grant, token_request};
use crate::network::x::wire::owner;
use crate::port::clock::Clock;

/// A login that a person has yet to agree to.
pub struct Login {
    http: Http,
    api: Url,
    application: Application,
    redirect: String,
    verifier: PkceCodeVerifier,
    state: CsrfToken,
    page: Url,
}

/// What X sends the person's browser back with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Must be the one that was sent.
    pub state: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What the person decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Agreed: to be exchanged for tokens.
    Code(Secret),
    /// Refused, or something else went wrong. The page's word for it (`access_denied`).
    Error(String),
}

impl Login {
    /// Begins a login. `page` is where X asks the person, `redirect` where the browser is sent afterwards: it must be one
    /// of the application's callback addresses.
    ///
    /// # Errors
    /// [`BadServer`] when an address can't be used.
    pub fn begin(
        api: &str,
        page: &str,
        application: Application,
        redirect: String,
        timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BadServer> {
        let api = server_address(api)?;
        let mut page = Url::parse(page).map_err(|_| BadServer::NotAnAddress)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = CsrfToken::new_random();
        page.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &application.id)
            .append_pair("redirect_uri", &redirect)
            .append_pair("scope", &SCOPES.join(" "))
            .append_pair("state", state.secret())
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", "S256");
        Ok(Self { http: Http::new(&api, timeout, clock)?, api, application, redirect, verifier, state, page })
    }

    /// The page that the person opens.
    pub fn page(&self) -> &Url {
        &self.page
    }

    /// Whether what came back belongs to this login and to no other.
    pub fn is_answered_by(&self, returned: &Returned) -> bool {
        returned.state == *self.state.secret()
    }

    /// Exchanges the code for tokens, and asks whose they are. Nothing is written yet.
    ///
    /// # Errors
    /// `Permanent` with [`Cause::LoginNeeded`] when the code is refused (it lasts half a minute), with
    /// [`Cause::Forbidden`] when X gave no lasting access; otherwise as any request.
    pub async fn finish(&self, code: &Secret) -> Result<Tokens, Fault> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", self.redirect.as_str()),
            ("code_verifier", self.verifier.secret().as_str()),
        ];
        let request = token_request(&self.http, &token_endpoint(&self.api), &self.application, &form);
        let secrets: Vec<&Secret> = [code].into_iter().chain(&self.application.secret).collect();
        let answer = self.http.send(request, Stakes::Nothing, &secrets).await?;
        if refuses_grant(&answer) {
            return Err(Fault::Permanent { cause: Cause::LoginNeeded });
        }
        let fresh = granted(&answer, self.http.clock().now())?;
        let mut url = self.api.clone();
        url.set_path(&format!("{}2/users/me", self.api.path()));
        let request = self.http.client().get(url).bearer_auth(fresh.access.expose());
        let owner = owner(&self.http.send(request, Stakes::Nothing, &[&fresh.access]).await?)?;
        Tokens::of(owner, fresh)
            .ok_or_else(|| Fault::Permanent { cause: Cause::Forbidden("scope offline.access".to_owned()) })
    }
}

/// Reads the address that a browser was sent to, or its query alone (`code=…&state=…`).
pub fn returned(address: &str) -> Option<Returned> {
    let query = address.trim().rsplit_once('?').map_or(address.trim(), |(_, query)| query);
    let url = Url::parse(&format!("http://localhost/?{query}")).ok()?;
    let value = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let outcome = match (value("code"), value("error")) {
        (Some(code), None) => Outcome::Code(Secret::new(code)),
        (_, Some(error)) => Outcome::Error(error),
        (None, None) => return None,
    };
    Some(Returned { state: value("state").unwrap_or_default(), outcome })
}
