//! What becomes of a status once it is out: it is changed in place, or looked for after it was taken down.
//!
//! An edit replaces text and pictures (<https://docs.joinmastodon.org/methods/statuses/#edit>); servers keep what stood
//! before and show it to whoever may see the status, so what must be gone is taken down instead.

use reqwest::Url;

use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::post::Post;
use crate::domain::sequel::Left;
use crate::network::http::Stakes;
use crate::network::mastodon::MastodonNetwork;
use crate::network::mastodon::status::Status;

impl MastodonNetwork {
    /// Makes a status say what a post says. Nothing if the status is not there any more.
    ///
    /// # Errors
    /// As [`edit`](crate::port::network::Network::edit).
    pub async fn change(&self, old: &Receipt, post: &Post) -> Result<Option<Receipt>, Fault> {
        let id = id(old)?;
        let media_ids = self.bring_pictures(post).await?;
        let mut form = vec![("status", post.text()), ("language", post.language())];
        form.extend(media_ids.iter().map(|id| ("media_ids[]", id.as_str())));
        let request = self.http.client().put(self.url_of(&["api", "v1", "statuses", id])).form(&form);
        let answer = self.http.send(self.authorized(request), Stakes::APost, &[&self.token]).await?;
        if answer.status.as_u16() == 404 && answer.error.is_some() {
            return Ok(None);
        }
        if answer.status.as_u16() == 422 {
            // It may be the pictures that are the trouble: they may have been thrown away meanwhile.
            self.uploads.forget(post.key());
        }
        answer.read::<Status>(Stakes::APost).map(|status| Some(status.receipt()))
    }

    /// Where the pictures of a status are, in each size that the server names.
    ///
    /// # Errors
    /// When it could not look.
    pub async fn picture_addresses(&self, receipt: &Receipt) -> Result<Vec<String>, Fault> {
        let Some(status) = self.standing(receipt).await? else { return Ok(Vec::new()) };
        let addresses = status.media_attachments.into_iter().flat_map(|picture| [picture.url, picture.preview_url]);
        Ok(addresses.flatten().collect())
    }

    /// What is still to be seen of a status and of its pictures.
    ///
    /// # Errors
    /// When it could not look.
    pub async fn remains(&self, receipt: &Receipt, pictures: &[String]) -> Result<Left, Fault> {
        if self.standing(receipt).await?.is_some() {
            return Ok(Left::Post);
        }
        for address in pictures.iter().filter_map(|address| Url::parse(address).ok()) {
            if self.http.is_reachable(address).await? {
                return Ok(Left::Picture);
            }
        }
        Ok(Left::Nothing)
    }

    /// The status as it stands. It is asked for with the token: one for followers only is shown to nobody else.
    async fn standing(&self, receipt: &Receipt) -> Result<Option<Status>, Fault> {
        let request = self.http.client().get(self.url_of(&["api", "v1", "statuses", id(receipt)?]));
        let answer = self.http.send(self.authorized(request), Stakes::Nothing, &[&self.token]).await?;
        if matches!(answer.status.as_u16(), 404 | 410) && answer.error.is_some() {
            return Ok(None);
        }
        answer.read(Stakes::Nothing).map(Some)
    }
}

fn id(receipt: &Receipt) -> Result<&str, Fault> {
    match receipt.id.as_str() {
        "" => Err(Fault::Permanent { cause: Cause::Refused("no id is known of this post".to_owned()) }),
        id => Ok(id),
    }
}
