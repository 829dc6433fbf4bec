//! Sends a request to a network's server and says truly, when no answer comes, whether anything may have gone out.

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, RequestBuilder, Url, redirect, retry};

use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;
use crate::network::answer::Answer;
use crate::port::clock::Clock;

/// How long a request may take in all when the configuration says nothing: a healthy server answers within two
/// seconds, a loaded one within ten; whoever waits longer keeps an urgent appeal waiting.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

/// The longest answer that is read, in bytes: forty statuses with all their decoration take a tenth of it, and a
/// server gone wild can't fill the memory.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// What may have happened to the public when a request stays without a clear answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stakes {
    /// Nothing: the request only looks, or only opens a session.
    Nothing,
    /// A post may be out, taken down or shown on.
    APost,
}

impl Stakes {
    /// The fault of a request that left and got no clear answer.
    pub fn unclear(self, cause: Cause) -> Fault {
        match self {
            Self::Nothing => Fault::Transient { cause, retry_at: None },
            Self::APost => Fault::Uncertain { cause },
        }
    }
}

/// The address of a server can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadServer {
    /// It is not the plain address of a web server.
    #[error("not the address of a server (expected a form like https://mastodon.example)")]
    NotAnAddress,
    /// Secrets would travel in clear.
    #[error("the address must begin with https:// (http:// is for this machine itself only)")]
    NotEncrypted,
    /// This machine can't make encrypted connections. The system's words.
    #[error("no encrypted connection can be made: {0}")]
    NoEncryption(String),
}

/// Reads a server's address: `https`, or `http` to this very machine, without name, password, query or fragment. The
/// result ends in `/`, so that paths can be joined to it.
///
/// # Errors
/// [`BadServer`] when it is anything else.
pub fn server_address(text: &str) -> Result<Url, BadServer> {
    let mut url = Url::parse(text.trim()).map_err(|_| BadServer::NotAnAddress)?;
    let is_plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.host_str().is_some_and(|host| !host.is_empty());
    match url.scheme() {
        "https" if is_plain => {}
        "http" if is_plain && is_loopback(&url) => {}
        "http" if is_plain => return Err(BadServer::NotEncrypted),
        _ => return Err(BadServer::NotAnAddress),
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// Whether a URL leads to this very machine.
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// A client of one server.
pub struct Http {
    client: Client,
    clock: Arc<dyn Clock>,
}

impl Http {
    /// A client for that server. `timeout` bounds a whole request, from the connection to the last byte of the answer.
    ///
    /// Redirects are not followed, because the next host would be handed the credentials. Connections are not kept:
    /// one that the server has just closed would make a post uncertain that never left.
    ///
    /// # Errors
    /// When this machine can't make encrypted connections.
    pub fn new(server: &Url, timeout: Duration, clock: Arc<dyn Clock>) -> Result<Self, BadServer> {
        let builder = Client::builder()
            .user_agent(concat!("Portevoix/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .pool_max_idle_per_host(0)
            // Half, so that whoever can't even be reached is told apart from whoever does not answer.
            .connect_timeout(timeout / 2)
            .timeout(timeout);
        let builder = if is_loopback(server) {
            // No proxy leads to this machine, and no certificate is needed for it.
            builder.no_proxy().tls_certs_only([])
        } else {
            builder.https_only(true)
        };
        let client = builder.build().map_err(|error| BadServer::NoEncryption(reason(&error)))?;
        Ok(Self { client, clock })
    }

    /// The client, to build requests with.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The time by which answers are judged.
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Sends a request and reads the whole answer, whatever its status. `secrets` are blotted out of any words of the
    /// server that are kept.
    ///
    /// # Errors
    /// - `Transient` when no connection was made, or nothing was at stake;
    /// - `Uncertain` when the request left and no status came back, or a success without its content.
    pub async fn send(&self, request: RequestBuilder, stakes: Stakes, secrets: &[&Secret]) -> Result<Answer, Fault> {
        let mut response = request.send().await.map_err(|error| lost(&error, stakes))?;
        let mut body = Vec::new();
        let end = loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= LONGEST_ANSWER => body.extend_from_slice(&chunk),
                Ok(Some(_)) => break Err(stakes.unclear(Cause::NotTheApi("endless answer".to_owned()))),
                Ok(None) => break Ok(()),
                Err(error) => break Err(lost(&error, stakes)),
            }
        };
        match end {
            // A refusal is one even when its explanation is cut short.
            Err(_) if !response.status().is_success() => body.clear(),
            Err(fault) => return Err(fault),
            Ok(()) => {}
        }
        Ok(Answer::new(response.status(), response.headers(), body, self.clock.now(), secrets))
    }
}

impl Http {
    /// Whether something is at an address, for whoever has it: no credentials are sent.
    ///
    /// # Errors
    /// When it could not be asked.
    pub async fn is_reachable(&self, address: Url) -> Result<bool, Fault> {
        let answer = self.send(self.client.head(address), Stakes::Nothing, &[]).await?;
        match answer.status.as_u16() {
            200..=399 => Ok(true),
            401 | 403 | 404 | 410 | 451 => Ok(false),
            _ => Err(answer.fault(Stakes::Nothing)),
        }
    }
}

/// The fault of a request that got no status, or an incomplete answer.
fn lost(error: &reqwest::Error, stakes: Stakes) -> Fault {
    if error.is_connect() || error.is_builder() {
        return Fault::Transient { cause: Cause::Unreachable(reason(error)), retry_at: None };
    }
    stakes.unclear(if error.is_timeout() { Cause::TimedOut } else { Cause::ConnectionCut })
}

/// What the system said was wrong, without the address that the outer errors repeat.
fn reason(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    Cause::quote(&innermost.to_string())
}
