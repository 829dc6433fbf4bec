//! Publishes on an X account, through the API that <https://docs.x.com/x-api/introduction> describes.
//!
//! - **How is a repeat made harmless?** X has no key for that. What may be out is looked for in the account's own
//!   timeline before anything is sent again ([`timeline`]); and X refuses the same text a second time, which leads to the
//!   same look.
//! - **What can be known after a crash?** Whether a post of this text is in the timeline. It is certainly absent once X has
//!   had its time and everything since the first try was seen.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::sync::OnceCell;

use crate::domain::directorate::NetworkKind;
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::post::Post;
use crate::domain::sequel::Left;
use crate::domain::text::Limits;
use crate::network::answer::Answer;
use crate::network::http::{BadServer, Http, Stakes, server_address};
use crate::network::tries::{LastTry, Tries};
use crate::network::x::caller::{Access, Caller};
use crate::network::x::media::digits;
use crate::network::x::signature::UserKeys;
use crate::network::x::token_file::{Owner, TokenFile};
use crate::network::x::tokens::{Application, Grant};
use crate::network::x::wire::{Stored, data, owner};
use crate::port::clock::Clock;
use crate::port::network::{Found, Network};

pub mod afterwards;
pub mod caller;
pub mod login;
pub mod media;
pub mod signature;
pub mod timeline;
pub mod token_file;
pub mod tokens;
pub mod wire;
pub mod words;

/// What the receipt of a repost begins with: it has no id of its own, X knows it by the original's.
const REPOST: &str = "repost:";

/// How to reach an account.
#[derive(Clone, Debug)]
pub struct XSettings {
    /// Where the API is (`https://api.x.com`); plain `http` only on this machine.
    pub api: String,
    /// What lets the bot in.
    pub access: XAccess,
    /// How long a request may take in all; [`DEFAULT_TIMEOUT`](crate::network::http::DEFAULT_TIMEOUT) in production.
    pub timeout: Duration,
}

/// What lets the bot in.
#[derive(Clone, Debug)]
pub enum XAccess {
    /// Tokens for an application, fetched by `portevoix login x` and kept in a file.
    Granted(Application, TokenFile),
    /// The four keys of OAuth 1.0a.
    Keys(UserKeys),
}

/// An account on X.
pub struct XNetwork {
    caller: Caller,
    timeout: Duration,
    owner: OnceCell<Owner>,
    tries: Tries,
}

impl XNetwork {
    /// An account as the settings have it. Nothing is asked of X yet.
    ///
    /// # Errors
    /// [`BadServer`] when the API's address can't be used.
    pub fn new(settings: XSettings, clock: Arc<dyn Clock>) -> Result<Self, BadServer> {
        let api = server_address(&settings.api)?;
        let http = Arc::new(Http::new(&api, settings.timeout, clock)?);
        let access = match settings.access {
            XAccess::Keys(keys) => Access::Keys(keys),
            XAccess::Granted(application, file) => {
                Access::Granted(Grant::new(Arc::clone(&http), token_endpoint(&api), application, file))
            }
        };
        Ok(Self {
            caller: Caller::new(http, api, access),
            timeout: settings.timeout,
            owner: OnceCell::new(),
            tries: Tries::default(),
        })
    }

    /// Whose account it is: as the login found it, or else asked once.
    async fn owner(&self) -> Result<Owner, Fault> {
        match self.caller.access() {
            Access::Granted(grant) => Ok(grant.current().await?.owner.clone()),
            Access::Keys(_) => self.owner.get_or_try_init(|| self.ask_owner()).await.cloned(),
        }
    }

    async fn ask_owner(&self) -> Result<Owner, Fault> {
        let url = self.caller.url("2/users/me");
        owner(&self.caller.send(Stakes::Nothing, |client| client.get(url.clone())).await?)
    }

    /// Sends the post, and notes what X may still be doing with it.
    async fn send(&self, post: &Post, media: &[String]) -> Result<Answer, Fault> {
        let mut body = json!({ "text": post.text() });
        if !media.is_empty() {
            body["media"] = json!({ "media_ids": media });
        }
        let url = self.caller.url("2/tweets");
        self.tries.note(post.key(), LastTry::Unanswered(self.caller.http().clock().now()));
        let outcome = self.caller.send(Stakes::APost, |client| client.post(url.clone()).json(&body)).await;
        let fault = match &outcome {
            Ok(answer) if answer.status.is_success() => return outcome,
            Ok(answer) => answer.fault(Stakes::APost),
            Err(fault) => fault.clone(),
        };
        if !matches!(fault, Fault::Uncertain { .. }) && !outcome.as_ref().is_ok_and(is_duplicate) {
            self.tries.note(post.key(), LastTry::Done);
        }
        outcome
    }
}

#[async_trait]
impl Network for XNetwork {
    async fn limits(&self) -> Result<Limits, Fault> {
        Ok(Limits::default_of(NetworkKind::X))
    }

    async fn publish(&self, post: &Post) -> Result<Receipt, Fault> {
        let mut media = Vec::new();
        for picture in post.pictures() {
            media.push(self.caller.upload(picture).await?);
        }
        let answer = self.send(post, &media).await?;
        if is_duplicate(&answer) {
            return self.look_for_duplicate(post).await;
        }
        let stored: Stored = data(&answer, Stakes::APost)?;
        self.tries.note(post.key(), LastTry::Stored(stored.id.clone()));
        Ok(receipt(&stored.id))
    }

    async fn find(&self, post: &Post, since: Timestamp) -> Result<Found, Fault> {
        self.search(post, since).await
    }

    fn patience(&self) -> SignedDuration {
        self.settles_within()
    }

    async fn delete(&self, receipt: &Receipt) -> Result<(), Fault> {
        let url = match receipt.id.strip_prefix(REPOST) {
            Some(original) => {
                format!("2/users/{}/retweets/{}", self.owner().await?.id, digits(original)?)
            }
            None => format!("2/tweets/{}", digits(&receipt.id)?),
        };
        let url = self.caller.url(&url);
        let answer = self.caller.send(Stakes::APost, |client| client.delete(url.clone())).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(()),
            404 if answer.error.is_some() => Ok(()),
            _ => Err(answer.fault(Stakes::APost)),
        }
    }

    async fn traces(&self, receipt: &Receipt) -> Result<Vec<String>, Fault> {
        self.picture_addresses(receipt).await
    }

    async fn left(&self, receipt: &Receipt, traces: &[String]) -> Result<Left, Fault> {
        self.remains(receipt, traces).await
    }

    async fn repost(&self, original: &Receipt, _decided_at: Timestamp) -> Result<Receipt, Fault> {
        let id = digits(&original.id)?;
        let url = self.caller.url(&format!("2/users/{}/retweets", digits(&self.owner().await?.id)?));
        let body = json!({ "tweet_id": id });
        let answer = self.caller.send(Stakes::APost, |client| client.post(url.clone()).json(&body)).await?;
        let reposted = Receipt { id: format!("{REPOST}{id}"), url: Some(page(id)) };
        if is_reposted_already(&answer) {
            return Ok(reposted);
        }
        if !answer.status.is_success() {
            return Err(answer.fault(Stakes::APost));
        }
        // A success without the thing says why: the original is gone.
        data::<IgnoredAny>(&answer, Stakes::Nothing).map(|_| reposted)
    }

    async fn probe(&self) -> Result<String, Fault> {
        let owner = self.ask_owner().await?;
        if let Access::Granted(grant) = self.caller.access()
            && let Some(scope) = grant.current().await?.missing_scopes().first()
        {
            return Err(Fault::Permanent { cause: Cause::Forbidden(format!("scope {scope}")) });
        }
        Ok(format!("@{}", owner.username))
    }
}

/// Where tokens are fetched.
fn token_endpoint(api: &Url) -> Url {
    let mut url = api.clone();
    url.set_path(&format!("{}2/oauth2/token", api.path()));
    url
}

/// Whether X refuses a post because it has this very text: the words are those of the API since version 2, the number
/// is version 1's «Status is a duplicate».
fn is_duplicate(answer: &Answer) -> bool {
    let says_so = answer
        .error
        .as_ref()
        .is_some_and(|error| error.code == Some(187) || error.words.to_lowercase().contains("duplicate content"));
    answer.status.as_u16() == 403 && says_so
}

/// Whether X refuses a repost because it stands already (version 1's number 327).
fn is_reposted_already(answer: &Answer) -> bool {
    answer
        .error
        .as_ref()
        .is_some_and(|error| error.code == Some(327) || error.words.to_lowercase().contains("already retweeted"))
}

/// The proof that a post is out.
fn receipt(id: &str) -> Receipt {
    Receipt { id: id.to_owned(), url: Some(page(id)) }
}

/// A post's page: this form leads there whatever the account is called by then.
fn page(id: &str) -> String {
    format!("https://x.com/i/status/{id}")
}
