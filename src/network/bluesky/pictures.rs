//! Brings the pictures of a post to the account's repository, and writes them into its record.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::directorate::NetworkKind;
use crate::domain::fault::{Cause, Fault};
use crate::domain::picture::{Developed, Picture};
use crate::domain::text::Limits;
use crate::network::bluesky::session::Session;
use crate::network::bluesky::{BlueskyNetwork, method};
use crate::network::http::{Http, Stakes};

#[derive(Deserialize)]
struct Uploaded {
    blob: Value,
}

/// The part of a record that shows pictures (`app.bsky.embed.images`), with the blobs that the server made of them, in
/// the same order.
pub fn embed(pictures: &[Developed], blobs: &[Value]) -> Value {
    let image = |(developed, blob): (&Developed, &Value)| {
        let Picture { alt, width, height, .. } = developed.picture();
        json!({ "alt": alt, "image": blob, "aspectRatio": { "width": width, "height": height } })
    };
    let images: Vec<Value> = pictures.iter().zip(blobs).map(image).collect();
    json!({ "$type": "app.bsky.embed.images", "images": images })
}

/// Whether a record shows as many pictures as a post has, with its alt texts. The server's own names of the bytes are
/// not compared: that it keeps them is its affair.
pub fn shows(record_embed: &Value, pictures: &[Developed]) -> bool {
    let images = record_embed["images"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_it = |(image, developed): (&Value, &Developed)| image["alt"].as_str() == Some(&*developed.picture().alt);
    images.len() == pictures.len() && images.iter().zip(pictures).all(is_it)
}

/// Whether a post may have these pictures, by the limits that hold on every server.
///
/// # Errors
/// [`Cause::PictureRefused`].
pub fn check(pictures: &[Developed]) -> Result<(), Fault> {
    let limits = Limits::default_of(NetworkKind::Bluesky).pictures;
    let refused = |words: String| Err(Fault::Permanent { cause: Cause::PictureRefused(words) });
    if pictures.len() > usize::try_from(limits.count).unwrap_or(usize::MAX) {
        return refused(format!("{} images > {}", pictures.len(), limits.count));
    }
    let most = usize::try_from(limits.bytes).unwrap_or(usize::MAX);
    match pictures.iter().map(|developed| developed.bytes().len()).find(|bytes| *bytes > most) {
        Some(bytes) => refused(format!("{bytes} octets > {most}")),
        None => Ok(()),
    }
}

impl BlueskyNetwork {
    /// Brings the pictures of a post, and returns what the server calls them. The same bytes have the same name each
    /// time, so bringing them again changes nothing; what no record names the server throws away.
    ///
    /// # Errors
    /// Nothing was published; [`Cause::PictureRefused`] where one is not taken.
    pub async fn bring_pictures(&self, pictures: &[Developed]) -> Result<Vec<Value>, Fault> {
        let mut blobs = Vec::new();
        for developed in pictures {
            blobs.push(self.upload(developed).await?);
        }
        Ok(blobs)
    }

    /// <https://docs.bsky.app/docs/api/com-atproto-repo-upload-blob>
    async fn upload(&self, developed: &Developed) -> Result<Value, Fault> {
        let media_type = developed.picture().kind.media_type();
        let request = |http: &Http, session: &Session| {
            let url = method(&session.pds, "com.atproto.repo.uploadBlob");
            let request = http.client().post(url).bearer_auth(session.access.expose());
            request.header("Content-Type", media_type).body(developed.bytes().to_vec())
        };
        let (_, answer) = self.send(Stakes::Nothing, request).await?;
        let cause = match (answer.status.as_u16(), &answer.error) {
            (400 | 413 | 415 | 422, Some(error)) => Cause::PictureRefused(error.words.clone()),
            (status @ (413 | 415), None) => Cause::PictureRefused(format!("HTTP {status}")),
            _ => return answer.read::<Uploaded>(Stakes::Nothing).map(|uploaded| uploaded.blob),
        };
        Err(Fault::Permanent { cause })
    }
}
