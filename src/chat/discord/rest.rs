//! Makes the requests to Discord's HTTP API, within its limits.

use std::error::Error;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, Response, Url, redirect, retry};
use serde_json::Value;
use tokio::time::Instant;

use crate::chat::discord::fault::{Trouble, permanent};
use crate::chat::discord::pace::{Pace, duration, way};
use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The longest wait for a limit that is sat out here; a longer one is told to whoever asked.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a request is made again that came too early.
const MOST_TRIES: usize = 4;

/// The longest answer that is read, in bytes: a hundred messages with all their decoration take a tenth of it.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// The bot's way to Discord's API.
pub struct Rest {
    client: Client,
    base: String,
    token: Secret,
    pace: Pace,
}

impl Rest {
    /// A way to that API (`https://discord.com`).
    ///
    /// # Errors
    /// `Refused` when this machine can't make encrypted connections.
    pub fn new(api: &str, token: Secret) -> Result<Self, Fault> {
        let builder = Client::builder()
            .user_agent(concat!("DiscordBot (https://portevoix.invalid, ", env!("CARGO_PKG_VERSION"), ") Portevoix"))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .connect_timeout(TIMEOUT / 2)
            .timeout(TIMEOUT);
        let builder = if api.starts_with("https://") {
            builder.https_only(true)
        } else {
            // This very machine: no proxy leads there, and no certificate is needed.
            builder.no_proxy().tls_certs_only([])
        };
        let client = builder.build().map_err(|error| permanent(Cause::Refused(Cause::quote(&innermost(&error)))))?;
        Ok(Self { client, base: api.to_owned(), token, pace: Pace::default() })
    }

    /// The base URL of the API.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The bot's token.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Reads something.
    ///
    /// # Errors
    /// Why it did not work.
    pub async fn get(&self, path: &str) -> Result<Value, Trouble> {
        self.call(Method::GET, path, None).await
    }

    /// Makes a request. `path` begins with a slash; the answer is null where it has no content.
    ///
    /// # Errors
    /// Why it did not work.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Trouble> {
        let way = way(method.as_str(), path);
        let mut tries = 0;
        loop {
            if let Some(until) = self.pace.closed_until(&way) {
                let wait = until.duration_since(Instant::now());
                if wait > PATIENCE || tries == MOST_TRIES {
                    return Err(Trouble::Limited { retry_at: after(wait) });
                }
                tokio::time::sleep_until(until).await;
            }
            tries += 1;
            let response = self.send(method.clone(), path, body).await?;
            self.pace.note(&way, response.headers());
            let (status, kind) = (response.status(), kind(&response));
            let header = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            let answer = read(response, LONGEST_ANSWER).await?;
            let answer: Option<Value> =
                if answer.is_empty() { Some(Value::Null) } else { serde_json::from_slice(&answer).ok() };
            if status.as_u16() == 429 {
                let body = answer.unwrap_or_default();
                let wait = body.get("retry_after").and_then(Value::as_f64).or(header).and_then(duration);
                let all = body.get("global").and_then(Value::as_bool).unwrap_or_default();
                self.pace.close(&way, wait.unwrap_or(PATIENCE), all);
                continue;
            }
            return match answer {
                Some(answer) if status.is_success() => Ok(answer),
                None if status.is_success() => {
                    Err(Trouble::Silence(Cause::NotTheApi(Cause::quote(&format!("HTTP {}, {kind}", status.as_u16())))))
                }
                answer => Err(Trouble::of_answer(status.as_u16(), answer.as_ref(), &kind)),
            };
        }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response, Trouble> {
        let mut request = self.client.request(method, format!("{}/api/v10{path}", self.base));
        let mut token = HeaderValue::from_str(&format!("Bot {}", self.token.expose())).map_err(|_| Trouble::No {
            status: 401,
            code: 0,
            words: String::new(),
        })?;
        token.set_sensitive(true);
        request = request.header(AUTHORIZATION, token);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.map_err(|error| silence(&error))
    }

    /// Fetches a file from elsewhere, without showing the token; at most so many bytes of it.
    ///
    /// # Errors
    /// Why it did not work; `None` in place of a file that is larger.
    pub async fn fetch(&self, url: Url, most: usize) -> Result<Option<Vec<u8>>, Trouble> {
        let response = self.client.get(url).send().await.map_err(|error| silence(&error))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(Trouble::No { status, code: 0, words: format!("HTTP {status}") });
        }
        match read(response, most).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Trouble::No { status: 413, .. }) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }
}

/// Reads an answer to its end; one that is longer is as if it had been refused as too large (413).
async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| silence(&error))? {
        if bytes.len() + chunk.len() > most {
            return Err(Trouble::No { status: 413, code: 0, words: format!("> {most}") });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn kind(response: &Response) -> String {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("?");
    kind.split(';').next().unwrap_or_default().to_owned()
}

fn silence(error: &reqwest::Error) -> Trouble {
    Trouble::Silence(if error.is_connect() {
        Cause::Unreachable(Cause::quote(&innermost(error)))
    } else if error.is_timeout() {
        Cause::TimedOut
    } else {
        Cause::ConnectionCut
    })
}

fn after(wait: Duration) -> Option<Timestamp> {
    Timestamp::now().checked_add(SignedDuration::try_from(wait).ok()?).ok()
}

/// The error that began it: the outer ones only say that a request was not sent.
pub fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}
