//! The record of a post (`app.bsky.feed.post`) and the key it stands under, both computed from the post alone.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::domain::picture::Developed;
use crate::domain::post::Post;
use crate::network::bluesky::facets::{Facet, Feature};
use crate::network::bluesky::pictures::{embed, shows};

/// The kind of record that Bluesky shows as a post.
pub const COLLECTION: &str = "app.bsky.feed.post";

/// A record as it stands (`com.atproto.repo.getRecord`).
#[derive(Deserialize)]
pub struct Standing {
    /// Its address.
    pub uri: String,
    /// What it says.
    pub value: StandingPost,
}

/// The content of a record of a post, as far as it is compared.
#[derive(Deserialize)]
pub struct StandingPost {
    /// Its text.
    #[serde(default)]
    pub text: String,
    /// What goes with it.
    #[serde(default)]
    pub embed: Value,
}

impl Standing {
    /// Whether it is a post of that text with those pictures.
    pub fn is(&self, text: &str, pictures: &[Developed]) -> bool {
        self.value.text == text && shows(&self.value.embed, pictures)
    }
}

/// The key of a post's record, the same at every try.
pub fn record_key(post: &Post) -> String {
    key_of(post.key().as_str(), post.decided_at())
}

/// The key of the record of something that was decided: a TID (<https://atproto.com/specs/tid>).
///
/// Its time is the second of the decision. The microseconds and the ten bits of the clock's name come from a hash of
/// what names it: ten bits alone would give one in a thousand posts decided at the same instant its neighbour's key,
/// thirty make it one in a billion, and then the write is refused, as it may not overwrite anything.
pub fn key_of(name: &str, decided_at: Timestamp) -> String {
    const LETTERS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
    let digest = Sha256::digest(name);
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let second = u64::try_from(decided_at.as_second()).unwrap_or_default();
    let microseconds = second * 1_000_000 + number(&digest[..8]) % 1_000_000;
    let bits = microseconds << 10 | number(&digest[8..10]) & 0x3ff;
    // Thirteen letters of five bits; the highest bit of all is always 0.
    let letter = |place: u64| char::from(LETTERS[usize::try_from(bits >> (60 - 5 * place) & 31).unwrap_or_default()]);
    (0..13).map(letter).collect()
}

/// The record as it is written. `blobs` are the server's names of the post's pictures.
pub fn record(post: &Post, facets: &[Facet], blobs: &[Value]) -> Value {
    let mut record = json!({
        "$type": COLLECTION,
        "text": post.text(),
        "createdAt": post.decided_at().to_string(),
        "langs": [post.language()],
    });
    if !facets.is_empty() {
        record["facets"] = facets.iter().map(written).collect();
    }
    if !post.pictures().is_empty() {
        record["embed"] = embed(post.pictures(), blobs);
    }
    record
}

fn written(facet: &Facet) -> Value {
    let feature = match &facet.feature {
        Feature::Link(uri) => json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri }),
        Feature::Tag(tag) => json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag }),
        Feature::Mention(did) => json!({ "$type": "app.bsky.richtext.facet#mention", "did": did }),
    };
    json!({ "index": { "byteStart": facet.bytes.start, "byteEnd": facet.bytes.end }, "features": [feature] })
}
