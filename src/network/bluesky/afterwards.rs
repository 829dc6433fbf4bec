//! Looks whether a post that was taken down is gone, and its pictures with it. Servers throw a picture away once no record
//! names it (<https://atproto.com/specs/blob>); records can be written again, but apps go on showing the old one for a
//! while, so nothing is changed in place.

use reqwest::RequestBuilder;
use serde_json::Value;

use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::sequel::Left;
use crate::network::bluesky::place::Place;
use crate::network::bluesky::record::Standing;
use crate::network::bluesky::session::Session;
use crate::network::bluesky::{BlueskyNetwork, method};
use crate::network::http::{Http, Stakes};

impl BlueskyNetwork {
    /// The names of the pictures of a post that stands.
    ///
    /// # Errors
    /// When it could not look.
    pub async fn blobs_of(&self, receipt: &Receipt) -> Result<Vec<String>, Fault> {
        let Some(standing) = self.record_at(receipt).await? else { return Ok(Vec::new()) };
        let images = standing.value.embed["images"].as_array().cloned().unwrap_or_default();
        Ok(images.iter().filter_map(|image| image["image"]["ref"]["$link"].as_str().map(str::to_owned)).collect())
    }

    /// What is still to be seen of a post and of its pictures.
    ///
    /// # Errors
    /// When it could not look.
    pub async fn remains(&self, receipt: &Receipt, blobs: &[String]) -> Result<Left, Fault> {
        if self.record_at(receipt).await?.is_some() {
            return Ok(Left::Post);
        }
        for blob in blobs {
            let request = |http: &Http, session: &Session| -> RequestBuilder {
                let mut url = method(&session.pds, "com.atproto.sync.getBlob");
                url.query_pairs_mut().append_pair("did", &session.did).append_pair("cid", blob);
                http.client().get(url)
            };
            let (_, answer) = self.send(Stakes::Nothing, request).await?;
            if answer.status.is_success() {
                return Ok(Left::Picture);
            }
            if !matches!(answer.status.as_u16(), 400 | 404) || answer.error.is_none() {
                return Err(answer.fault(Stakes::Nothing));
            }
        }
        Ok(Left::Nothing)
    }

    async fn record_at(&self, receipt: &Receipt) -> Result<Option<Standing>, Fault> {
        let refused = || Fault::Permanent { cause: Cause::Refused("not the address of a post".to_owned()) };
        let place = Place::at(&receipt.id).ok_or_else(refused)?;
        let request = |http: &Http, session: &Session| {
            let mut url = method(&session.pds, "com.atproto.repo.getRecord");
            url.query_pairs_mut()
                .append_pair("repo", &place.repository)
                .append_pair("collection", &place.collection)
                .append_pair("rkey", &place.key);
            http.client().get(url).bearer_auth(session.access.expose())
        };
        let (_, answer) = self.send(Stakes::Nothing, request).await?;
        if answer.error.as_ref().is_some_and(|error| error.name == "RecordNotFound") {
            return Ok(None);
        }
        // Read as JSON first: what stands there may be another kind of record.
        answer.read::<Value>(Stakes::Nothing)?;
        answer.read(Stakes::Nothing).map(Some)
    }
}
