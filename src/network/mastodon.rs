//! Publishes on a Mastodon account, through the API that <https://docs.joinmastodon.org/> describes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::{RequestBuilder, Url};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::domain::directorate::NetworkKind;
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::post::Post;
use crate::domain::secret::Secret;
use crate::domain::text::Limits;
use crate::network::http::{BadServer, Http, Stakes, server_address};
use crate::network::mastodon::status::{Application, Instance, Owner, Status};
use crate::network::tries::{LastTry, Tries};
use crate::port::clock::Clock;
use crate::port::network::{Found, Network};

pub mod search;
pub mod status;

/// How to reach an account.
#[derive(Clone, Debug)]
pub struct MastodonSettings {
    /// Where the API is (`https://mastodon.example`); plain `http` only on this machine.
    pub server: String,
    /// An access token with the scopes `read:accounts`, `read:statuses` and `write:statuses`.
    pub token: Secret,
    /// How long a request may take in all; [`DEFAULT_TIMEOUT`](crate::network::http::DEFAULT_TIMEOUT) in production.
    pub timeout: Duration,
}

/// An account on a Mastodon server.
///
/// Publishing again under one key within the hour in which the server keeps `Idempotency-Key` gives back the first
/// post; what is older is looked for among the account's own statuses (see [`search`]).
pub struct MastodonNetwork {
    http: Http,
    server: Url,
    token: Secret,
    timeout: Duration,
    owner: OnceCell<Owner>,
    tries: Tries,
}

impl MastodonNetwork {
    /// An account as the settings have it. Nothing is asked of the server yet.
    ///
    /// # Errors
    /// [`BadServer`] when the server's address can't be used.
    pub fn new(settings: MastodonSettings, clock: Arc<dyn Clock>) -> Result<Self, BadServer> {
        let server = server_address(&settings.server)?;
        Ok(Self {
            http: Http::new(&server, settings.timeout, clock)?,
            server,
            token: settings.token,
            timeout: settings.timeout,
            owner: OnceCell::new(),
            tries: Tries::default(),
        })
    }

    /// Asks something of the API.
    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Fault> {
        let request = self.authorized(self.http.client().get(self.url(path)));
        self.http.send(request, Stakes::Nothing, &[&self.token]).await?.read(Stakes::Nothing)
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(self.token.expose())
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.server.clone();
        url.set_path(&format!("{}{path}", self.server.path()));
        url
    }

    /// Whose token it is, asked once: a token never changes hands.
    async fn owner(&self) -> Result<&Owner, Fault> {
        self.owner.get_or_try_init(|| self.get("api/v1/accounts/verify_credentials")).await
    }

    /// Sends the post, and notes what the server may still be doing with it.
    async fn send(&self, post: &Post) -> Result<Status, Fault> {
        let form = [("status", post.text()), ("visibility", post.visibility().word()), ("language", post.language())];
        let request = self.http.client().post(self.url("api/v1/statuses"));
        let request = self.authorized(request).header("Idempotency-Key", idempotency_key(post)).form(&form);
        self.tries.note(post.key(), LastTry::Unanswered(self.http.clock().now()));
        let answer = match self.http.send(request, Stakes::APost, &[&self.token]).await {
            Ok(answer) => answer,
            Err(fault) => {
                if !matches!(fault, Fault::Uncertain { .. }) {
                    self.tries.note(post.key(), LastTry::Done);
                }
                return Err(fault);
            }
        };
        if answer.is_final() {
            self.tries.note(post.key(), LastTry::Done);
        }
        answer.read(Stakes::APost)
    }
}

#[async_trait]
impl Network for MastodonNetwork {
    async fn limits(&self) -> Result<Limits, Fault> {
        let instance: Instance = self.get("api/v2/instance").await?;
        let limits = instance.configuration.statuses;
        Ok(Limits {
            network: NetworkKind::Mastodon,
            characters: limits.max_characters,
            url_characters: Some(limits.characters_reserved_per_url),
            bytes: None,
            pictures: Limits::default_of(NetworkKind::Mastodon).pictures,
        })
    }

    async fn publish(&self, post: &Post) -> Result<Receipt, Fault> {
        let status = self.send(post).await?;
        self.tries.note(post.key(), LastTry::Stored(status.id.clone()));
        Ok(status.receipt())
    }

    async fn find(&self, post: &Post, since: Timestamp) -> Result<Found, Fault> {
        self.search(post, since).await
    }

    async fn delete(&self, _: &Receipt) -> Result<(), Fault> {
        Err(Fault::Permanent { cause: Cause::Refused("not yet".to_owned()) })
    }

    async fn repost(&self, _: &Receipt, _: Timestamp) -> Result<Receipt, Fault> {
        Err(Fault::Permanent { cause: Cause::Refused("not yet".to_owned()) })
    }

    async fn probe(&self) -> Result<String, Fault> {
        let owner: Owner = self.get("api/v1/accounts/verify_credentials").await?;
        // Not every server of the family knows this question; only a clear answer counts.
        if let Ok(Application { scopes: Some(scopes) }) = self.get("api/v1/apps/verify_credentials").await
            && !scopes.iter().any(|scope| scope == "write" || scope == "write:statuses")
        {
            return Err(Fault::Permanent { cause: Cause::Forbidden("scope write:statuses".to_owned()) });
        }
        let domain = match self.get::<Instance>("api/v2/instance").await {
            Ok(instance) => instance.domain,
            Err(_) => self.server.host_str().unwrap_or_default().to_owned(),
        };
        Ok(format!("@{}@{domain}", owner.username))
    }
}

/// The post's key in a form that every server takes, with the time of the decision: numbering that starts again (with
/// a new database, say) must not be given yesterday's post for today's.
fn idempotency_key(post: &Post) -> String {
    let mut hash = Sha256::new();
    hash.update(post.key().as_str());
    hash.update([0]);
    hash.update(post.decided_at().to_string());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
