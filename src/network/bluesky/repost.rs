//! Shows another account's post on: a record of our own that names the post and its content.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::fault::{Cause, Fault, Receipt};
use crate::network::bluesky::place::Place;
use crate::network::bluesky::record::{COLLECTION, key_of};
use crate::network::bluesky::session::Session;
use crate::network::bluesky::{BlueskyNetwork, method};
use crate::network::http::{Http, Stakes};

/// The kind of record that Bluesky shows as a repost.
pub const REPOSTS: &str = "app.bsky.feed.repost";

/// A post and the content that it has at the moment.
#[derive(Clone, Debug, Deserialize)]
struct Original {
    uri: String,
    cid: Option<String>,
}

#[derive(Deserialize)]
struct Posts {
    #[serde(default)]
    posts: Vec<Original>,
}

#[derive(Deserialize)]
struct Written {
    uri: String,
}

impl BlueskyNetwork {
    /// See [`Network::repost`](crate::port::network::Network::repost). The record's key comes from the original and the
    /// decision, so every try writes the same record.
    ///
    /// # Errors
    /// As there.
    pub async fn show_on(&self, original: &Receipt, decided_at: Timestamp) -> Result<Receipt, Fault> {
        let refused = |words: &str| Fault::Permanent { cause: Cause::Refused(words.to_owned()) };
        let place = Place::of(original).filter(|place| place.collection == COLLECTION);
        let place = place.ok_or_else(|| refused("not the address of a post"))?;
        let found = self.look_up(&place).await?;
        let cid = found.cid.ok_or_else(|| refused("no cid is known of this post"))?;
        let key = key_of(&format!("repost/{}", found.uri), decided_at);
        let record = json!({
            "$type": REPOSTS, "subject": { "uri": found.uri, "cid": cid }, "createdAt": decided_at.to_string(),
        });
        let request = |http: &Http, session: &Session| {
            let body = json!({
                "repo": session.did, "collection": REPOSTS, "rkey": key, "record": record, "swapRecord": Value::Null,
            });
            let url = method(&session.pds, "com.atproto.repo.putRecord");
            http.client().post(url).bearer_auth(session.access.expose()).json(&body)
        };
        let (session, answer) = self.send(Stakes::APost, request).await?;
        // The post was written anew between two tries: the first one's repost stands.
        let uri = if answer.error.as_ref().is_some_and(|error| error.name == "InvalidSwap") {
            format!("at://{}/{REPOSTS}/{key}", session.did)
        } else {
            answer.read::<Written>(Stakes::APost)?.uri
        };
        let page = format!("https://bsky.app/profile/{}/post/{}", place.repository, place.key);
        Ok(Receipt { id: uri, url: Some(page) })
    }

    /// The post as it stands. Our own server is asked: it has its own accounts' records, and hands the question on for
    /// others'. One that does not is asked for what Bluesky shows of the post.
    async fn look_up(&self, place: &Place) -> Result<Original, Fault> {
        let did = match place.repository.starts_with("did:") {
            true => place.repository.clone(),
            false => self.resolve(&place.repository).await?,
        };
        let request = |http: &Http, session: &Session| {
            let mut url = method(&session.pds, "com.atproto.repo.getRecord");
            url.query_pairs_mut()
                .append_pair("repo", &did)
                .append_pair("collection", COLLECTION)
                .append_pair("rkey", &place.key);
            http.client().get(url).bearer_auth(session.access.expose())
        };
        let (_, answer) = self.send(Stakes::Nothing, request).await?;
        if answer.status.is_success() {
            return answer.read(Stakes::Nothing);
        }
        if answer.error.as_ref().is_some_and(|error| error.name == "RecordNotFound") || !is_elsewhere(answer.status) {
            return Err(answer.fault(Stakes::Nothing));
        }
        let uri = format!("at://{did}/{COLLECTION}/{}", place.key);
        let request = |http: &Http, session: &Session| {
            let mut url = method(&session.pds, "app.bsky.feed.getPosts");
            url.query_pairs_mut().append_pair("uris", &uri);
            http.client().get(url).bearer_auth(session.access.expose())
        };
        let (_, shown) = self.send(Stakes::Nothing, request).await?;
        // What the first answer said is nearer to the truth than a server that does not hand questions on.
        let posts: Posts = shown.read(Stakes::Nothing).map_err(|_| answer.fault(Stakes::Nothing))?;
        let gone = || Fault::Permanent { cause: Cause::Refused(format!("Could not locate record: {uri}")) };
        posts.posts.into_iter().find(|post| post.uri == uri).ok_or_else(gone)
    }
}

/// Whether a status may only mean that this server has no such repository.
fn is_elsewhere(status: reqwest::StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 404 | 501)
}
