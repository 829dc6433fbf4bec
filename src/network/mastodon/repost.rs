//! Shows another account's status on: finds it on our own server first, wherever it was posted.

use reqwest::Url;
use serde::Deserialize;

use crate::domain::fault::{Cause, Fault, Receipt};
use crate::network::http::Stakes;
use crate::network::mastodon::MastodonNetwork;
use crate::network::mastodon::status::Status;

#[derive(Deserialize)]
struct SearchResult {
    #[serde(default)]
    statuses: Vec<Status>,
}

impl MastodonNetwork {
    /// See [`Network::repost`](crate::port::network::Network::repost). A second reblog of one status gives back the first
    /// (<https://docs.joinmastodon.org/methods/statuses/#boost>).
    ///
    /// # Errors
    /// As there.
    pub async fn reblog(&self, original: &Receipt) -> Result<Receipt, Fault> {
        let id = self.id_here(original).await?;
        let request = self.http.client().post(self.url_of(&["api", "v1", "statuses", &id, "reblog"]));
        let answer = self.http.send(self.authorized(request), Stakes::APost, &[&self.token]).await?;
        answer.read::<Status>(Stakes::APost).map(|status| status.receipt())
    }

    /// The id that our server gives a status. Each server numbers for itself: an id counts only with a page of ours, or
    /// with none.
    async fn id_here(&self, original: &Receipt) -> Result<String, Fault> {
        let Some(page) = &original.url else { return here(&original.id) };
        let Ok(url) = Url::parse(page) else { return Err(not_found()) };
        if url.origin() == self.server.origin() {
            let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let is_id = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
            return here(if is_id { last } else { &original.id });
        }
        self.resolve(&url).await
    }

    /// Lets our server fetch a status of another one (<https://docs.joinmastodon.org/methods/search/#v2>).
    async fn resolve(&self, page: &Url) -> Result<String, Fault> {
        let mut url = self.url("api/v2/search");
        url.query_pairs_mut()
            .append_pair("q", page.as_str())
            .append_pair("type", "statuses")
            .append_pair("resolve", "true")
            .append_pair("limit", "1");
        let request = self.authorized(self.http.client().get(url));
        let found: SearchResult =
            self.http.send(request, Stakes::Nothing, &[&self.token]).await?.read(Stakes::Nothing)?;
        // A server may search its texts as well: a status that only mentions the address is not the one that was meant.
        let is_it = |address: &Option<String>| {
            address.as_ref().and_then(|address| Url::parse(address).ok()).is_some_and(|address| same(&address, page))
        };
        let meant = found.statuses.into_iter().find(|status| is_it(&status.url) || is_it(&status.uri));
        meant.map(|status| status.id).ok_or_else(not_found)
    }
}

fn here(id: &str) -> Result<String, Fault> {
    if id.is_empty() { Err(not_found()) } else { Ok(id.to_owned()) }
}

fn not_found() -> Fault {
    Fault::Permanent { cause: Cause::Refused("Record not found".to_owned()) }
}

/// Whether two addresses lead to one page.
fn same(one: &Url, other: &Url) -> bool {
    let bare = |url: &Url| (url.origin(), url.path().trim_end_matches('/').to_owned());
    bare(one) == bare(other)
}
