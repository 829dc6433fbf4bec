//! Files that people attach to their messages: what a message says of one, and how it is fetched and decrypted.

use matrix_sdk::Client;
use matrix_sdk::media::{MediaFormat, MediaRequestParameters};
use matrix_sdk::ruma::events::room::MediaSource;
use serde_json::Value;

use crate::chat::matrix::fault::{fault_of, permanent};
use crate::domain::fault::{Cause, Fault};
use crate::port::chat::Attachment;

/// The file of an `m.image` or `m.file` message (<https://spec.matrix.org/v1.18/client-server-api/#mimage>): its
/// reference is the message's own `file`, with the key that decrypts it, or the plain `url`.
pub fn attachment(content: &Value) -> Option<Attachment> {
    let text = |name: &str| content.get(name).and_then(Value::as_str);
    if !matches!(text("msgtype")?, "m.image" | "m.file") {
        return None;
    }
    let source = content.get("file").or(content.get("url"))?;
    let name = text("filename").or(text("body")).unwrap_or_default();
    Some(Attachment {
        reference: source.to_string(),
        name: name.to_owned(),
        bytes: content.pointer("/info/size").and_then(Value::as_u64),
        alt: None,
    })
}

/// What was written with a file: a `body` beside a `filename` that says something else
/// (<https://spec.matrix.org/v1.18/client-server-api/#media-captions>).
pub fn caption(content: &Value) -> Option<&str> {
    let text = |name: &str| content.get(name).and_then(Value::as_str);
    let (name, body) = (text("filename")?, text("body")?);
    (body != name).then_some(body)
}

/// See [`Chat::fetch`](crate::port::chat::Chat::fetch). The file is not kept on this machine.
///
/// # Errors
/// `Refused` when it is no file of this chat, too large or does not decrypt; what the server says otherwise.
pub async fn fetch(client: &Client, attachment: &Attachment, most: u32) -> Result<Vec<u8>, Fault> {
    let too_large = || permanent(Cause::PictureRefused(format!("{} : > {most} octets", attachment.name)));
    if attachment.bytes.is_some_and(|bytes| bytes > u64::from(most)) {
        return Err(too_large());
    }
    let unknown = || permanent(Cause::Refused(format!("{} is no file of this chat", attachment.name)));
    let source: Value = serde_json::from_str(&attachment.reference).map_err(|_| unknown())?;
    let key = if source.is_string() { "url" } else { "file" };
    let source: MediaSource = serde_json::from_value(Value::from_iter([(key, source)])).map_err(|_| unknown())?;
    let request = MediaRequestParameters { source, format: MediaFormat::File };
    let bytes = client.media().get_media_content(&request, false).await.map_err(|error| match fault_of(&error) {
        // A file that does not decrypt, or is not what its message says, will not get better.
        Fault::Transient { cause: Cause::Refused(words), .. } => permanent(Cause::Refused(words)),
        fault @ (Fault::Transient { .. } | Fault::Permanent { .. } | Fault::Uncertain { .. }) => fault,
    })?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > u64::from(most) {
        return Err(too_large());
    }
    Ok(bytes)
}
