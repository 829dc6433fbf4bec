//! The record of a post (`app.bsky.feed.post`) and the key it stands under, both computed from the post alone.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::domain::post::Post;
use crate::network::bluesky::facets::{Facet, Feature};

/// The kind of record that Bluesky shows as a post.
pub const COLLECTION: &str = "app.bsky.feed.post";

/// The key of a post's record: a TID (<https://atproto.com/specs/tid>), the same at every try.
///
/// Its time is the second of the decision. The microseconds and the ten bits of the clock's name come from a hash of
/// the post's key: ten bits alone would give one in a thousand posts decided at the same instant its neighbour's key,
/// thirty make it one in a billion, and then the write is refused, as it may not overwrite anything.
pub fn record_key(post: &Post) -> String {
    const LETTERS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
    let digest = Sha256::digest(post.key().as_str());
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let second = u64::try_from(post.decided_at().as_second()).unwrap_or_default();
    let microseconds = second * 1_000_000 + number(&digest[..8]) % 1_000_000;
    let bits = microseconds << 10 | number(&digest[8..10]) & 0x3ff;
    // Thirteen letters of five bits; the highest bit of all is always 0.
    let letter = |place: u64| char::from(LETTERS[usize::try_from(bits >> (60 - 5 * place) & 31).unwrap_or_default()]);
    (0..13).map(letter).collect()
}

/// The record as it is written.
pub fn record(post: &Post, facets: &[Facet]) -> Value {
    let mut record = json!({
        "$type": COLLECTION,
        "text": post.text(),
        "createdAt": post.decided_at().to_string(),
        "langs": [post.language()],
    });
    if !facets.is_empty() {
        record["facets"] = facets.iter().map(written).collect();
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
