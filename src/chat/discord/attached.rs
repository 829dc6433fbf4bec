//! Files that people attach to their messages: what a message says of one, and how it is fetched.

use reqwest::Url;
use serde_json::{Value, json};

use crate::chat::discord::fault::{Trouble, permanent};
use crate::chat::discord::id::{Snowflake, Spot, id_at};
use crate::chat::discord::rest::Rest;
use crate::domain::fault::{Cause, Fault};
use crate::port::chat::Attachment;

/// Where Discord keeps files. Nothing is fetched from elsewhere, whatever a message says.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

/// The files of a message. An address is good for about a day, so the message is named as well, to ask for a new one
/// (<https://docs.discord.com/developers/reference#signed-attachment-cdn-urls>).
pub fn attachments(message: &Value, spot: Spot) -> Vec<Attachment> {
    let files = message.get("attachments").and_then(Value::as_array);
    files.into_iter().flatten().filter_map(|file| attachment(file, spot)).collect()
}

fn attachment(file: &Value, spot: Spot) -> Option<Attachment> {
    let text = |key: &str| file.get(key).and_then(Value::as_str);
    let reference = json!({
        "url": text("url")?,
        "id": id_at(file, "id")?.to_string(),
        "channel": spot.channel.to_string(),
        "message": spot.message.to_string(),
    });
    Some(Attachment {
        reference: reference.to_string(),
        name: text("filename").unwrap_or_default().to_owned(),
        bytes: file.get("size").and_then(Value::as_u64),
        alt: text("description").filter(|description| !description.trim().is_empty()).map(str::to_owned),
    })
}

/// See [`Chat::fetch`](crate::port::chat::Chat::fetch).
///
/// # Errors
/// `Refused` when it is no file of Discord's or gone, `PictureRefused` when it is too large, what Discord says otherwise.
pub async fn fetch(rest: &Rest, attachment: &Attachment, most: u32) -> Result<Vec<u8>, Fault> {
    let too_large = || permanent(Cause::PictureRefused(format!("{} : > {most} octets", attachment.name)));
    if attachment.bytes.is_some_and(|bytes| bytes > u64::from(most)) {
        return Err(too_large());
    }
    let unknown = || permanent(Cause::Refused(format!("{} is no file of this chat", attachment.name)));
    let reference: Value = serde_json::from_str(&attachment.reference).map_err(|_| unknown())?;
    let url = reference.get("url").and_then(Value::as_str).ok_or_else(unknown)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let fetched = match rest.fetch(allowed(url, rest).ok_or_else(unknown)?, most).await {
        Err(trouble) if trouble.is_not_there() => {
            let url = new_url(rest, &reference).await.map_err(Trouble::fault)?.ok_or_else(unknown)?;
            rest.fetch(allowed(&url, rest).ok_or_else(unknown)?, most).await
        }
        fetched => fetched,
    };
    fetched.map_err(Trouble::fault)?.ok_or_else(too_large)
}

/// The address, where it is one of Discord's.
fn allowed(url: &str, rest: &Rest) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    let own = Url::parse(rest.base()).ok()?;
    let is_own = own.scheme() == "http" && url.origin() == own.origin();
    let is_discords = url.scheme() == "https" && url.port().is_none() && HOSTS.contains(&url.host_str()?);
    (is_own || is_discords).then_some(url)
}

/// Asks the message for the file's address of today.
async fn new_url(rest: &Rest, reference: &Value) -> Result<Option<String>, Trouble> {
    let number = |key: &str| -> Option<Snowflake> { id_at(reference, key) };
    let (Some(channel), Some(message), Some(file)) = (number("channel"), number("message"), number("id")) else {
        return Ok(None);
    };
    let message = rest.get(&format!("/channels/{channel}/messages/{message}")).await?;
    let files = message.get("attachments").and_then(Value::as_array);
    let found = files.into_iter().flatten().find(|found| id_at(found, "id") == Some(file));
    Ok(found.and_then(|file| file.get("url")?.as_str()).map(str::to_owned))
}
