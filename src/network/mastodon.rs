//! Publishes on a Mastodon account, through the API that <https://docs.joinmastodon.org/> describes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use reqwest::{RequestBuilder, Url};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::domain::directorate::NetworkKind;
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::post::Post;
use crate::domain::secret::Secret;
use crate::domain::sequel::Left;
use crate::domain::text::{Limits, PictureLimits};
use crate::network::http::{BadServer, Http, Stakes, server_address};
use crate::network::mastodon::status::{Application, Instance, Owner, Status};
use crate::network::mastodon::uploads::Uploads;
use crate::network::tries::{LastTry, Tries};
use crate::port::clock::Clock;
use crate::port::network::{Found, Network};

pub mod afterwards;
pub mod login;
pub mod repost;
pub mod search;
pub mod status;
pub mod uploads;

/// What a token must be allowed to do (<https://docs.joinmastodon.org/api/oauth-scopes/>): say whose it is, look for a
/// post in doubt, find another server's post, publish pictures, publish and take down.
pub const SCOPES: [&str; 5] = ["read:accounts", "read:statuses", "read:search", "write:media", "write:statuses"];

/// How to reach an account.
#[derive(Clone, Debug)]
pub struct MastodonSettings {
    /// Where the API is (`https://mastodon.example`); plain `http` only on this machine.
    pub server: String,
    /// An access token with these [`SCOPES`].
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
    uploads: Uploads,
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
            uploads: Uploads::default(),
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

    /// As [`url`](Self::url), of parts that may hold anything.
    fn url_of(&self, parts: &[&str]) -> Url {
        let mut url = self.server.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }

    /// Whose token it is, asked once: a token never changes hands.
    async fn owner(&self) -> Result<&Owner, Fault> {
        self.owner.get_or_try_init(|| self.get("api/v1/accounts/verify_credentials")).await
    }

    /// Sends the post, and notes what the server may still be doing with it.
    async fn send(&self, post: &Post) -> Result<Status, Fault> {
        let media_ids = self.bring_pictures(post).await?;
        let mut form =
            vec![("status", post.text()), ("visibility", post.visibility().word()), ("language", post.language())];
        form.extend(media_ids.iter().map(|id| ("media_ids[]", id.as_str())));
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
        if answer.status.as_u16() == 422 {
            // It may be the pictures that are the trouble: they may have been thrown away meanwhile.
            self.uploads.forget(post.key());
        }
        answer.read(Stakes::APost)
    }
}

#[async_trait]
impl Network for MastodonNetwork {
    async fn limits(&self) -> Result<Limits, Fault> {
        let instance: Instance = self.get("api/v2/instance").await?;
        let (limits, media) = (instance.configuration.statuses, instance.configuration.media_attachments);
        let usual = Limits::default_of(NetworkKind::Mastodon).pictures;
        Ok(Limits {
            network: NetworkKind::Mastodon,
            characters: limits.max_characters,
            url_characters: Some(limits.characters_reserved_per_url),
            bytes: None,
            pictures: PictureLimits {
                count: limits.max_media_attachments.unwrap_or(usual.count),
                bytes: media.image_size_limit.unwrap_or(usual.bytes),
                pixels: media.image_matrix_limit.or(usual.pixels),
                alt_characters: media.description_limit.unwrap_or(usual.alt_characters),
            },
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

    fn patience(&self) -> SignedDuration {
        self.settles_within()
    }

    async fn delete(&self, receipt: &Receipt) -> Result<(), Fault> {
        if receipt.id.is_empty() {
            return Err(Fault::Permanent { cause: Cause::Refused("no id is known of this post".to_owned()) });
        }
        let mut url = self.url_of(&["api", "v1", "statuses", &receipt.id]);
        // So that the pictures are gone at once, too; servers before 4.4 pass over it and sweep them out later.
        url.query_pairs_mut().append_pair("delete_media", "true");
        let request = self.authorized(self.http.client().delete(url));
        let answer = self.http.send(request, Stakes::APost, &[&self.token]).await?;
        let is_gone = answer.status.as_u16() == 404 && answer.error.is_some();
        if answer.status.is_success() || is_gone { Ok(()) } else { Err(answer.fault(Stakes::APost)) }
    }

    fn edits(&self) -> bool {
        true
    }

    async fn edit(&self, old: &Receipt, post: &Post) -> Result<Option<Receipt>, Fault> {
        self.change(old, post).await
    }

    async fn traces(&self, receipt: &Receipt) -> Result<Vec<String>, Fault> {
        self.picture_addresses(receipt).await
    }

    async fn left(&self, receipt: &Receipt, traces: &[String]) -> Result<Left, Fault> {
        self.remains(receipt, traces).await
    }

    async fn repost(&self, original: &Receipt, _decided_at: Timestamp) -> Result<Receipt, Fault> {
        self.reblog(original).await
    }

    async fn probe(&self) -> Result<String, Fault> {
        let owner: Result<Owner, Fault> = self.get("api/v1/accounts/verify_credentials").await;
        // Not every server of the family knows this question; only a clear answer counts.
        if let Ok(Application { scopes: Some(scopes) }) = self.get("api/v1/apps/verify_credentials").await {
            let missing = missing(&scopes);
            if !missing.is_empty() {
                let cause = Cause::Forbidden(format!("scope {}", missing.join(", ")));
                return Err(Fault::Permanent { cause });
            }
        }
        let owner = owner?;
        let domain = match self.get::<Instance>("api/v2/instance").await {
            Ok(instance) => instance.domain,
            Err(_) => self.server.host_str().unwrap_or_default().to_owned(),
        };
        Ok(format!("@{}@{domain}", owner.username))
    }
}

/// Which of the scopes that are needed a token lacks. A scope holds all that begin with its name and a colon.
fn missing(scopes: &[String]) -> Vec<&'static str> {
    let holds = |scope: &String, needed: &str| {
        needed == scope || needed.strip_prefix(scope.as_str()).is_some_and(|rest| rest.starts_with(':'))
    };
    SCOPES.into_iter().filter(|needed| !scopes.iter().any(|scope| holds(scope, needed))).collect()
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
