//! Looks whether a post that was taken down is gone, and its pictures with it
//! (<https://docs.x.com/x-api/posts/get-post-by-id>). X lets nobody change a post through its API.

use reqwest::Url;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::sequel::Left;
use crate::network::answer::Answer;
use crate::network::http::Stakes;
use crate::network::x::wire::data;
use crate::network::x::{XNetwork, digits};

/// What comes with a post.
#[derive(Deserialize)]
struct Along {
    #[serde(default)]
    includes: Includes,
}

#[derive(Default, Deserialize)]
struct Includes {
    #[serde(default)]
    media: Vec<Media>,
}

#[derive(Deserialize)]
struct Media {
    url: Option<String>,
}

impl XNetwork {
    /// Where the pictures of a post are that stands.
    ///
    /// # Errors
    /// When it could not look.
    pub async fn picture_addresses(&self, receipt: &Receipt) -> Result<Vec<String>, Fault> {
        let answer = self.shown(receipt).await?;
        if !stands(&answer)? {
            return Ok(Vec::new());
        }
        let along: Along = answer.read(Stakes::Nothing)?;
        Ok(along.includes.media.into_iter().filter_map(|media| media.url).collect())
    }

    /// What is still to be seen of a post and of its pictures.
    ///
    /// # Errors
    /// When it could not look.
    pub async fn remains(&self, receipt: &Receipt, pictures: &[String]) -> Result<Left, Fault> {
        if stands(&self.shown(receipt).await?)? {
            return Ok(Left::Post);
        }
        for address in pictures.iter().filter_map(|address| Url::parse(address).ok()) {
            if self.caller.http().is_reachable(address).await? {
                return Ok(Left::Picture);
            }
        }
        Ok(Left::Nothing)
    }

    async fn shown(&self, receipt: &Receipt) -> Result<Answer, Fault> {
        let mut url = self.caller.url(&format!("2/tweets/{}", digits(&receipt.id)?));
        url.query_pairs_mut().append_pair("expansions", "attachments.media_keys").append_pair("media.fields", "url");
        self.caller.send(Stakes::Nothing, |client| client.get(url.clone())).await
    }
}

/// Whether an answer shows a post. X says of one that is gone either 404, or success and an error instead of the post.
fn stands(answer: &Answer) -> Result<bool, Fault> {
    match data::<IgnoredAny>(answer, Stakes::Nothing) {
        Ok(_) => Ok(true),
        Err(Fault::Permanent { cause: Cause::Refused(_) }) if answer.status.is_success() => Ok(false),
        Err(_) if answer.status.as_u16() == 404 && answer.error.is_some() => Ok(false),
        Err(fault) => Err(fault),
    }
}
