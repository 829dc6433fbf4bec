//! The session with an account's server: opened with the app password, renewed when it runs out, never written down.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{RequestBuilder, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;
use crate::network::answer::Answer;
use crate::network::http::{Http, Stakes, is_loopback, server_address};

/// An open session.
#[derive(Debug)]
pub struct Session {
    /// The account for ever (`did:plc:…`).
    pub did: String,
    /// The account's name at the moment (`police44.example`).
    pub handle: String,
    /// Goes with every request; valid for some hours at most.
    pub access: Secret,
    /// Where the account's repository is.
    pub pds: Url,
    /// Opens the next session, once.
    refresh: Secret,
}

/// Keeps one session for all requests.
pub struct Sessions {
    http: Http,
    service: Url,
    identifier: String,
    app_password: Secret,
    /// Held while a session is opened, so that side by side requests open only one.
    current: Mutex<Option<Arc<Session>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    did: String,
    handle: String,
    access_jwt: String,
    refresh_jwt: String,
    did_doc: Option<Value>,
    active: Option<bool>,
    status: Option<String>,
}

impl Session {
    /// Whether it was opened by the account's own password, which may do what an app password may not, as far as the
    /// token says: its payload (RFC 7519) names a scope, as Bluesky's own servers write it.
    pub fn is_of_the_whole_account(&self) -> bool {
        #[derive(Deserialize)]
        struct Payload {
            scope: String,
        }
        let payload = self.access.expose().split('.').nth(1);
        let bytes = payload.and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
        let payload = bytes.and_then(|bytes| serde_json::from_slice::<Payload>(&bytes).ok());
        payload.is_some_and(|payload| payload.scope == "com.atproto.access")
    }

    /// The account's name for its pages: the DID where the handle is broken (`handle.invalid`).
    pub fn public_name(&self) -> &str {
        if self.handle == "handle.invalid" { &self.did } else { &self.handle }
    }
}

impl Sessions {
    /// No session is open yet.
    pub fn new(http: Http, service: Url, identifier: String, app_password: Secret) -> Self {
        Self { http, service, identifier, app_password, current: Mutex::new(None) }
    }

    /// The client, to build requests with.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Sends a request of a session.
    ///
    /// # Errors
    /// As [`Http::send`].
    pub async fn send(&self, request: RequestBuilder, stakes: Stakes, session: &Session) -> Result<Answer, Fault> {
        self.http.send(request, stakes, &[&session.access, &session.refresh, &self.app_password]).await
    }

    /// The open session; opens one if there is none.
    ///
    /// # Errors
    /// `Permanent` when the app password is refused or the account is not active, `Transient` otherwise.
    pub async fn current(&self) -> Result<Arc<Session>, Fault> {
        let mut current = self.current.lock().await;
        if let Some(session) = &*current {
            return Ok(Arc::clone(session));
        }
        let session = Arc::new(self.log_in().await?);
        *current = Some(Arc::clone(&session));
        Ok(session)
    }

    /// Another session in place of one that was refused, by its refresh token or else by the app password.
    ///
    /// # Errors
    /// As [`current`](Self::current).
    pub async fn renew(&self, refused: &Session) -> Result<Arc<Session>, Fault> {
        let mut current = self.current.lock().await;
        if let Some(session) = current.as_ref().filter(|session| session.access != refused.access) {
            return Ok(Arc::clone(session));
        }
        // Whatever happens below, the refused one is of no more use.
        *current = None;
        let session = match self.refresh(refused).await? {
            Some(session) => session,
            None => self.log_in().await?,
        };
        let session = Arc::new(session);
        *current = Some(Arc::clone(&session));
        Ok(session)
    }

    /// <https://docs.bsky.app/docs/api/com-atproto-server-refresh-session>. `None` when the token is refused.
    async fn refresh(&self, session: &Session) -> Result<Option<Session>, Fault> {
        let url = self.method("com.atproto.server.refreshSession");
        let request = self.http.client().post(url).bearer_auth(session.refresh.expose());
        let answer = self.send(request, Stakes::Nothing, session).await?;
        if answer.status.is_client_error() && answer.status.as_u16() != 429 {
            return Ok(None);
        }
        self.opened(answer.read(Stakes::Nothing)?).map(Some)
    }

    /// <https://docs.bsky.app/docs/api/com-atproto-server-create-session>
    async fn log_in(&self) -> Result<Session, Fault> {
        let body = json!({ "identifier": self.identifier, "password": self.app_password.expose() });
        let request = self.http.client().post(self.method("com.atproto.server.createSession")).json(&body);
        let answer = self.http.send(request, Stakes::Nothing, &[&self.app_password]).await?;
        match &answer.error {
            // The second is asked of the account's own password only.
            Some(error) if ["AccountTakedown", "AuthFactorTokenRequired"].contains(&error.name.as_str()) => {
                Err(Fault::Permanent { cause: Cause::Forbidden(error.words.clone()) })
            }
            Some(_) | None => self.opened(answer.read(Stakes::Nothing)?),
        }
    }

    fn opened(&self, opened: Opened) -> Result<Session, Fault> {
        if opened.active == Some(false) {
            let status = opened.status.unwrap_or_else(|| "inactive".to_owned());
            return Err(Fault::Permanent { cause: Cause::Forbidden(Cause::quote(&status)) });
        }
        Ok(Session {
            pds: opened.did_doc.as_ref().and_then(|document| self.pds(document)).unwrap_or(self.service.clone()),
            did: opened.did,
            handle: opened.handle,
            access: Secret::new(opened.access_jwt),
            refresh: Secret::new(opened.refresh_jwt),
        })
    }

    /// The account's own server as its DID document has it (<https://atproto.com/specs/did>), if it can be spoken to:
    /// encrypted, or on this machine when the service is.
    fn pds(&self, document: &Value) -> Option<Url> {
        let service = document["service"].as_array()?.iter().find(|service| {
            service["id"].as_str().is_some_and(|id| id.ends_with("#atproto_pds"))
                && service["type"] == "AtprotoPersonalDataServer"
        })?;
        let url = server_address(service["serviceEndpoint"].as_str()?).ok()?;
        (!is_loopback(&url) || is_loopback(&self.service)).then_some(url)
    }

    fn method(&self, name: &str) -> Url {
        let mut url = self.service.clone();
        url.set_path(&format!("{}xrpc/{name}", self.service.path()));
        url
    }
}

/// Whether a server does not take a session's token any more: a PDS says so with 400 as well as with 401.
pub fn refuses_token(answer: &Answer) -> bool {
    let name = answer.error.as_ref().map(|error| error.name.as_str());
    answer.status.as_u16() == 401 || matches!(name, Some("ExpiredToken" | "InvalidToken"))
}
