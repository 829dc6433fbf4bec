//! Publishes on a Bluesky account: writes a record of our own key to the account's repository, through atproto's API.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use jiff::Timestamp;
use reqwest::{RequestBuilder, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::directorate::NetworkKind;
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::post::Post;
use crate::domain::secret::Secret;
use crate::domain::sequel::Left;
use crate::domain::text::Limits;
use crate::network::answer::Answer;
use crate::network::bluesky::facets::{Facet, Feature, detect};
use crate::network::bluesky::pictures::check;
use crate::network::bluesky::place::Place;
use crate::network::bluesky::record::{COLLECTION, Standing, record, record_key};
use crate::network::bluesky::repost::REPOSTS;
use crate::network::bluesky::session::{Session, Sessions, refuses_token};
use crate::network::http::{BadServer, Http, Stakes, server_address};
use crate::port::clock::Clock;
use crate::port::network::{Found, Network};

pub mod afterwards;
pub mod facets;
pub mod pictures;
pub mod place;
pub mod record;
pub mod repost;
pub mod session;

/// How many mentions of a post are looked up; what comes after stays plain text.
const MOST_MENTIONS: usize = 10;

/// How to reach an account.
#[derive(Clone, Debug)]
pub struct BlueskySettings {
    /// Where to log in (`https://bsky.social`, or one's own PDS); plain `http` only on this machine.
    pub service: String,
    /// The account's handle, DID or address.
    pub identifier: String,
    /// An app password, made under Settings › Privacy and security › App passwords.
    pub app_password: Secret,
    /// How long a request may take in all; [`DEFAULT_TIMEOUT`](crate::network::http::DEFAULT_TIMEOUT) in production.
    pub timeout: Duration,
}

/// An account on a Bluesky server (an atproto PDS).
///
/// The record key is computed from the post, so every try writes the same record; it is only written where none
/// stands, so it can't overwrite anything.
pub struct BlueskyNetwork {
    sessions: Sessions,
}

#[derive(Deserialize)]
struct Written {
    uri: String,
}

#[derive(Deserialize)]
struct Resolved {
    did: String,
}

impl BlueskyNetwork {
    /// An account as the settings have it. Nothing is asked of the server yet.
    ///
    /// # Errors
    /// [`BadServer`] when the service's address can't be used.
    pub fn new(settings: BlueskySettings, clock: Arc<dyn Clock>) -> Result<Self, BadServer> {
        let service = server_address(&settings.service)?;
        let http = Http::new(&service, settings.timeout, clock)?;
        Ok(Self { sessions: Sessions::new(http, service, settings.identifier, settings.app_password) })
    }

    /// Sends a request in a session. One that has run out is renewed once, and the request sent again: whoever refuses
    /// a token has not acted.
    ///
    /// # Errors
    /// As [`Http::send`]; `Permanent` when the login is refused.
    pub async fn send(
        &self,
        stakes: Stakes,
        request: impl Fn(&Http, &Session) -> RequestBuilder,
    ) -> Result<(Arc<Session>, Answer), Fault> {
        let session = self.sessions.current().await?;
        let answer = self.sessions.send(request(self.sessions.http(), &session), stakes, &session).await?;
        if !refuses_token(&answer) {
            return Ok((session, answer));
        }
        let session = self.sessions.renew(&session).await?;
        let answer = self.sessions.send(request(self.sessions.http(), &session), stakes, &session).await?;
        if refuses_token(&answer) {
            return Err(Fault::Permanent { cause: Cause::CredentialsRefused });
        }
        Ok((session, answer))
    }

    /// Whether the password is the account's own, as far as the server tells.
    ///
    /// # Errors
    /// When no session can be opened.
    pub async fn opens_the_whole_account(&self) -> Result<bool, Fault> {
        Ok(self.sessions.current().await?.is_of_the_whole_account())
    }

    /// What stands under the post's key, if anything does.
    async fn standing(&self, post: &Post) -> Result<Found, Fault> {
        let key = record_key(post);
        let (session, answer) = self
            .send(Stakes::Nothing, |http, session| {
                let mut url = method(&session.pds, "com.atproto.repo.getRecord");
                url.query_pairs_mut()
                    .append_pair("repo", &session.did)
                    .append_pair("collection", COLLECTION)
                    .append_pair("rkey", &key);
                http.client().get(url).bearer_auth(session.access.expose())
            })
            .await?;
        if answer.error.as_ref().is_some_and(|error| error.name == "RecordNotFound") {
            return Ok(Found::Absent);
        }
        let standing: Standing = answer.read(Stakes::Nothing)?;
        if standing.is(post.text(), post.pictures()) {
            Ok(Found::Online(receipt(&session, standing.uri, &key)))
        } else {
            Ok(Found::Unclear)
        }
    }

    /// The facets of a text, with each mention's DID. A mention that can't be resolved stays plain text: it is not
    /// worth holding an appeal back.
    async fn facets(&self, text: &str) -> Result<Vec<Facet>, Fault> {
        let detected = detect(text);
        let handles: Vec<&str> = detected.iter().filter_map(Facet::handle).take(MOST_MENTIONS).collect();
        let dids = join_all(handles.iter().map(|handle| self.resolve(handle))).await;
        let resolve = |facet: &Facet| {
            let Feature::Mention(handle) = &facet.feature else { return Some(facet.clone()) };
            let place = handles.iter().position(|known| known == handle)?;
            let did = dids[place].as_ref().ok()?;
            Some(Facet { feature: Feature::Mention(did.clone()), ..facet.clone() })
        };
        Ok(detected.iter().filter_map(resolve).collect())
    }

    /// The account of a handle.
    ///
    /// # Errors
    /// When it has none, or the server can't be asked.
    pub async fn resolve(&self, handle: &str) -> Result<String, Fault> {
        let request = |http: &Http, session: &Session| {
            let mut url = method(&session.pds, "com.atproto.identity.resolveHandle");
            url.query_pairs_mut().append_pair("handle", handle);
            http.client().get(url)
        };
        let (_, answer) = self.send(Stakes::Nothing, request).await?;
        answer.read::<Resolved>(Stakes::Nothing).map(|resolved| resolved.did)
    }
}

#[async_trait]
impl Network for BlueskyNetwork {
    async fn limits(&self) -> Result<Limits, Fault> {
        Ok(Limits::default_of(NetworkKind::Bluesky))
    }

    async fn publish(&self, post: &Post) -> Result<Receipt, Fault> {
        check(post.pictures())?;
        // Before anything is at stake, so that a failing login is known to have published nothing.
        self.sessions.current().await?;
        let key = record_key(post);
        let blobs = self.bring_pictures(post.pictures()).await?;
        let record = record(post, &self.facets(post.text()).await?, &blobs);
        let request = |http: &Http, session: &Session| {
            let body = json!({
                "repo": session.did, "collection": COLLECTION, "rkey": key, "record": record,
                // Only where no record stands yet; writing the very same one again is no change and succeeds.
                "swapRecord": Value::Null,
            });
            let url = method(&session.pds, "com.atproto.repo.putRecord");
            http.client().post(url).bearer_auth(session.access.expose()).json(&body)
        };
        let (session, answer) = self.send(Stakes::APost, request).await?;
        if answer.error.as_ref().is_some_and(|error| error.name == "InvalidSwap") {
            // A mention that resolves differently by now, or pictures that the server names otherwise, make another
            // record of the same post.
            return match self.standing(post).await? {
                Found::Online(receipt) => Ok(receipt),
                Found::Absent | Found::Unclear => {
                    Err(Fault::Permanent { cause: Cause::Refused(format!("another record stands at {key}")) })
                }
            };
        }
        let written: Written = answer.read(Stakes::APost)?;
        Ok(receipt(&session, written.uri, &key))
    }

    async fn find(&self, post: &Post, _since: Timestamp) -> Result<Found, Fault> {
        self.standing(post).await
    }

    /// <https://docs.bsky.app/docs/api/com-atproto-repo-delete-record>: a record that is not there is no error.
    async fn delete(&self, receipt: &Receipt) -> Result<(), Fault> {
        let refused = |words: &str| Fault::Permanent { cause: Cause::Refused(words.to_owned()) };
        let is_shown = |place: &Place| [COLLECTION, REPOSTS].contains(&place.collection.as_str());
        let place = Place::at(&receipt.id).filter(is_shown).ok_or_else(|| refused("not the address of a post"))?;
        let session = self.sessions.current().await?;
        if place.repository != session.did && place.repository != session.handle {
            return Err(refused("not a post of this account"));
        }
        let request = |http: &Http, session: &Session| {
            let body = json!({ "repo": session.did, "collection": place.collection, "rkey": place.key });
            let url = method(&session.pds, "com.atproto.repo.deleteRecord");
            http.client().post(url).bearer_auth(session.access.expose()).json(&body)
        };
        let (_, answer) = self.send(Stakes::APost, request).await?;
        if answer.status.is_success() { Ok(()) } else { Err(answer.fault(Stakes::APost)) }
    }

    async fn traces(&self, receipt: &Receipt) -> Result<Vec<String>, Fault> {
        self.blobs_of(receipt).await
    }

    async fn left(&self, receipt: &Receipt, traces: &[String]) -> Result<Left, Fault> {
        self.remains(receipt, traces).await
    }

    async fn repost(&self, original: &Receipt, decided_at: Timestamp) -> Result<Receipt, Fault> {
        self.sessions.current().await?;
        self.show_on(original, decided_at).await
    }

    async fn probe(&self) -> Result<String, Fault> {
        #[derive(Deserialize)]
        struct Owner {
            handle: String,
        }
        let request = |http: &Http, session: &Session| {
            let url = method(&session.pds, "com.atproto.server.getSession");
            http.client().get(url).bearer_auth(session.access.expose())
        };
        let (_, answer) = self.send(Stakes::Nothing, request).await?;
        let owner: Owner = answer.read(Stakes::Nothing)?;
        Ok(format!("@{}", owner.handle))
    }
}

/// The address of a method of atproto's API.
pub fn method(server: &Url, name: &str) -> Url {
    let mut url = server.clone();
    url.set_path(&format!("{}xrpc/{name}", server.path()));
    url
}

fn receipt(session: &Session, uri: String, key: &str) -> Receipt {
    Receipt { id: uri, url: Some(format!("https://bsky.app/profile/{}/post/{key}", session.public_name())) }
}
