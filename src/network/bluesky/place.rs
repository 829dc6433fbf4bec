//! Where a record stands: the address that names it everywhere, or the page that shows it.

use reqwest::Url;

use crate::domain::fault::Receipt;
use crate::network::bluesky::record::COLLECTION;

/// The place of a record (<https://atproto.com/specs/at-uri-scheme>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose repository: a DID, or a handle.
    pub repository: String,
    /// Which kind of record.
    pub collection: String,
    /// Under which key.
    pub key: String,
}

impl Place {
    /// The place that a receipt names: by its id, or by its page on bsky.app where it has no id of this network.
    pub fn of(receipt: &Receipt) -> Option<Self> {
        Self::at(&receipt.id).or_else(|| Self::on_page(receipt.url.as_deref()?))
    }

    /// Reads `at://did:plc:…/app.bsky.feed.post/3k…`.
    pub fn at(uri: &str) -> Option<Self> {
        let mut parts = uri.strip_prefix("at://")?.split('/');
        let (repository, collection, key) = (parts.next()?, parts.next()?, parts.next()?);
        let is_whole = parts.next().is_none() && ![repository, collection, key].contains(&"");
        is_whole.then(|| Self {
            repository: repository.to_owned(),
            collection: collection.to_owned(),
            key: key.to_owned(),
        })
    }

    /// Reads `https://bsky.app/profile/police67.example/post/3k…`.
    fn on_page(page: &str) -> Option<Self> {
        let url = Url::parse(page).ok().filter(|url| url.host_str() == Some("bsky.app"))?;
        let parts: Vec<&str> = url.path().trim_matches('/').split('/').collect();
        let ["profile", repository, "post", key] = parts.as_slice() else { return None };
        Some(Self { repository: (*repository).to_owned(), collection: COLLECTION.to_owned(), key: (*key).to_owned() })
    }
}
