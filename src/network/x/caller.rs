//! Sends a request to X for one account, with whatever lets it in, and once more where a token had ended.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};

use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;
use crate::network::answer::Answer;
use crate::network::http::{Http, Stakes};
use crate::network::x::signature::UserKeys;
use crate::network::x::token_file::Tokens;
use crate::network::x::tokens::Grant;

/// What lets the bot in.
pub enum Access {
    /// Tokens that are renewed all the time.
    Granted(Grant),
    /// Keys that last.
    Keys(UserKeys),
}

/// The way to X for one account.
pub struct Caller {
    http: Arc<Http>,
    api: Url,
    access: Access,
    /// By the latest answer: see [`Answer::server_ahead`].
    server_ahead: Mutex<SignedDuration>,
}

impl Caller {
    /// A way to the API at that address.
    pub fn new(http: Arc<Http>, api: Url, access: Access) -> Self {
        Self { http, api, access, server_ahead: Mutex::new(SignedDuration::ZERO) }
    }

    /// The client, to know the time by.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// What lets the bot in.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// How far X's clock is ahead of ours, as far as an answer has shown it.
    pub fn server_ahead(&self) -> SignedDuration {
        *self.server_ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address of something in the API.
    pub fn url(&self, path: &str) -> Url {
        let mut url = self.api.clone();
        url.set_path(&format!("{}{path}", self.api.path()));
        url
    }

    /// Sends a request. A token that X refuses is renewed once and the request sent again: whoever refuses a token has
    /// not acted.
    ///
    /// # Errors
    /// As [`Http::send`], and as [`Grant::current`] before anything was sent.
    pub async fn send(&self, stakes: Stakes, request: impl Fn(&Client) -> RequestBuilder) -> Result<Answer, Fault> {
        let answer = match &self.access {
            Access::Keys(keys) => {
                let request = self.signed(request(self.http.client()), keys)?;
                self.http.send(request, stakes, &keys.secrets()).await?
            }
            Access::Granted(grant) => {
                let tokens = grant.current().await?;
                let answer = self.send_with(&tokens, grant, stakes, &request).await?;
                if answer.status.as_u16() == 401 {
                    let tokens = grant.renew(&tokens).await?;
                    self.send_with(&tokens, grant, stakes, &request).await?
                } else {
                    answer
                }
            }
        };
        *self.server_ahead.lock().unwrap_or_else(PoisonError::into_inner) = answer.server_ahead;
        Ok(answer)
    }

    async fn send_with(
        &self,
        tokens: &Tokens,
        grant: &Grant,
        stakes: Stakes,
        request: impl Fn(&Client) -> RequestBuilder,
    ) -> Result<Answer, Fault> {
        let request = request(self.http.client()).bearer_auth(tokens.access.expose());
        let secrets: Vec<&Secret> = grant.secrets(tokens);
        self.http.send(request, stakes, &secrets).await
    }

    fn signed(&self, request: RequestBuilder, keys: &UserKeys) -> Result<RequestBuilder, Fault> {
        let unsent = |cause| Fault::Transient { cause, retry_at: None };
        let (client, built) = request.build_split();
        let mut built = built.map_err(|error| unsent(Cause::Unreachable(Cause::quote(&error.to_string()))))?;
        let nonce = nonce().map_err(|error| unsent(Cause::Unreachable(Cause::quote(&error.to_string()))))?;
        let header = keys.authorization(built.method(), built.url(), &nonce, self.http.clock().now());
        let mut header =
            HeaderValue::from_str(&header).map_err(|_| Fault::Permanent { cause: Cause::CredentialsRefused })?;
        header.set_sensitive(true);
        built.headers_mut().insert(AUTHORIZATION, header);
        Ok(RequestBuilder::from_parts(client, built))
    }
}

/// Sixteen random bytes in hexadecimal.
fn nonce() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
