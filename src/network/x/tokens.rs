//! Keeps an account's tokens fresh: X's access token lasts two hours, and each refresh token works once.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reqwest::{RequestBuilder, Url};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;
use crate::network::answer::Answer;
use crate::network::http::{Http, Stakes};
use crate::network::x::token_file::{Owner, TokenFile, Tokens};

/// What the bot asks for: to post, with pictures, to read its own account, and to go on without a person
/// (<https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>).
pub const SCOPES: [&str; 5] = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"];

/// Tokens that end within this many seconds are renewed first: a request with its answer takes less.
const MARGIN_SECONDS: i64 = 60;

/// How long a token lasts where X does not say, in seconds.
const USUAL_LIFETIME_SECONDS: i64 = 7_200;

/// The application that the tokens are for.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its client id.
    pub id: String,
    /// Its client secret, where it is a confidential one.
    pub secret: Option<Secret>,
}

/// The tokens of one account, shared by everything that talks for it.
///
/// New tokens are on the disk before the first of them is used, and while they are fetched no other process can
/// fetch any: whoever comes second finds them in the file. If we crash in between, the file has either the tokens
/// that X still takes or, when X had answered and nothing was written yet, a refresh token that X will refuse: then
/// a person must log in again.
pub struct Grant {
    shared: Arc<Shared>,
    /// Held while tokens are renewed, so that side by side requests renew them once.
    current: Mutex<Option<Arc<Tokens>>>,
}

struct Shared {
    http: Arc<Http>,
    endpoint: Url,
    application: Application,
    file: TokenFile,
}

/// What the token endpoint answers (RFC 6749, section 5.1).
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<i64>,
    scope: Option<String>,
}

/// Tokens whose owner may not be known yet.
pub struct Fresh {
    /// As in [`Tokens`].
    pub access: Secret,
    /// Absent where X gave none.
    pub refresh: Option<Secret>,
    /// As in [`Tokens`].
    pub expires_at: Timestamp,
    /// As in [`Tokens`].
    pub scopes: Vec<String>,
}

impl Grant {
    /// Tokens that are read from the file when they are first needed.
    pub fn new(http: Arc<Http>, endpoint: Url, application: Application, file: TokenFile) -> Self {
        Self { shared: Arc::new(Shared { http, endpoint, application, file }), current: Mutex::new(None) }
    }

    /// Tokens to send a request with.
    ///
    /// # Errors
    /// `Permanent` with [`Cause::LoginNeeded`] when nobody logged in or X refuses to renew; `Transient` otherwise.
    pub async fn current(&self) -> Result<Arc<Tokens>, Fault> {
        let mut current = self.current.lock().await;
        if current.is_none() {
            *current = self.shared.file.read().await?.map(Arc::new);
        }
        match &*current {
            None => Err(login_needed()),
            Some(tokens) if self.shared.is_fresh(tokens) => Ok(Arc::clone(tokens)),
            Some(ended) => {
                let tokens = self.shared.renewed(ended.access.clone()).await?;
                Ok(Arc::clone(current.insert(tokens)))
            }
        }
    }

    /// Other tokens in place of some that X refused.
    ///
    /// # Errors
    /// As [`current`](Self::current).
    pub async fn renew(&self, refused: &Tokens) -> Result<Arc<Tokens>, Fault> {
        let mut current = self.current.lock().await;
        if let Some(tokens) = current.as_ref().filter(|tokens| tokens.access != refused.access) {
            return Ok(Arc::clone(tokens));
        }
        let tokens = self.shared.renewed(refused.access.clone()).await?;
        Ok(Arc::clone(current.insert(tokens)))
    }

    /// What must not be in any text.
    pub fn secrets<'s>(&'s self, tokens: &'s Tokens) -> Vec<&'s Secret> {
        [&tokens.access, &tokens.refresh].into_iter().chain(&self.shared.application.secret).collect()
    }
}

impl Shared {
    fn is_fresh(&self, tokens: &Tokens) -> bool {
        tokens.expires_at.duration_since(self.http.clock().now()) > SignedDuration::from_secs(MARGIN_SECONDS)
    }

    /// Fetches new tokens, in a task of its own: if whoever waits is dropped in the middle, X may have taken the old
    /// refresh token already, and the new one must not be lost.
    async fn renewed(self: &Arc<Self>, ended: Secret) -> Result<Arc<Tokens>, Fault> {
        let shared = Arc::clone(self);
        match tokio::spawn(async move { shared.renew(&ended).await }).await {
            Ok(outcome) => outcome.map(Arc::new),
            Err(_) => Err(Fault::Transient { cause: Cause::Interrupted, retry_at: None }),
        }
    }

    async fn renew(&self, ended: &Secret) -> Result<Tokens, Fault> {
        let hold = self.file.hold().await?;
        let Some(kept) = self.file.read().await? else { return Err(login_needed()) };
        if kept.access != *ended && self.is_fresh(&kept) {
            return Ok(kept);
        }
        // A disk that is full or read-only is noticed now, before X takes the only refresh token.
        hold.write(&kept).await?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", kept.refresh.expose())];
        let request = token_request(&self.http, &self.endpoint, &self.application, &form);
        let secrets = [&kept.access, &kept.refresh].into_iter().chain(&self.application.secret).collect::<Vec<_>>();
        let answer = self.http.send(request, Stakes::Nothing, &secrets).await?;
        if refuses_grant(&answer) {
            return Err(login_needed());
        }
        let fresh = granted(&answer, self.http.clock().now())?;
        let tokens = Tokens {
            access: fresh.access,
            // A server that gives no other one goes on taking this one (RFC 6749, section 6).
            refresh: fresh.refresh.unwrap_or(kept.refresh),
            expires_at: fresh.expires_at,
            scopes: if fresh.scopes.is_empty() { kept.scopes } else { fresh.scopes },
            owner: kept.owner,
        };
        hold.write(&tokens).await?;
        Ok(tokens)
    }
}

impl Tokens {
    /// The tokens of that account, if X gave all that is needed.
    pub fn of(owner: Owner, fresh: Fresh) -> Option<Self> {
        let Fresh { access, refresh, expires_at, scopes } = fresh;
        Some(Self { access, refresh: refresh?, expires_at, scopes, owner })
    }

    /// The scopes that the bot needs and was not given.
    pub fn missing_scopes(&self) -> Vec<&'static str> {
        let given: BTreeSet<&str> = self.scopes.iter().map(String::as_str).collect();
        SCOPES.into_iter().filter(|scope| !given.is_empty() && !given.contains(scope)).collect()
    }
}

/// A request to the token endpoint. A confidential application names itself in the header, a public one in the form.
pub fn token_request(http: &Http, endpoint: &Url, application: &Application, form: &[(&str, &str)]) -> RequestBuilder {
    let request = http.client().post(endpoint.clone());
    match &application.secret {
        Some(secret) => request.basic_auth(&application.id, Some(secret.expose())).form(form),
        None => request.form(&[form, &[("client_id", application.id.as_str())]].concat()),
    }
}

/// The tokens that the endpoint gave.
///
/// # Errors
/// The fault of an answer that has none.
pub fn granted(answer: &Answer, now: Timestamp) -> Result<Fresh, Fault> {
    let granted: Granted = answer.read(Stakes::Nothing)?;
    let lifetime = granted.expires_in.unwrap_or(USUAL_LIFETIME_SECONDS).clamp(0, 365 * 86_400);
    Ok(Fresh {
        access: Secret::new(granted.access_token),
        refresh: granted.refresh_token.map(Secret::new),
        expires_at: now.saturating_add(SignedDuration::from_secs(lifetime)).unwrap_or(Timestamp::MAX),
        scopes: granted.scope.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
    })
}

/// Whether the endpoint refuses the refresh token or the code itself, not the application that sent it
/// (RFC 6749, section 5.2; X says `invalid_request` of a token that it does not know).
pub fn refuses_grant(answer: &Answer) -> bool {
    let is_of_application = answer.error.as_ref().is_some_and(|error| error.name.contains("client"));
    answer.status.as_u16() == 400 && answer.error.is_some() && !is_of_application
}

fn login_needed() -> Fault {
    Fault::Permanent { cause: Cause::LoginNeeded }
}
