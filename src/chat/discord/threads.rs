//! Finds the channel in which something is said: the room's own, or the thread of a message, which is started if it is
//! not there (<https://docs.discord.com/developers/topics/threads>).

use reqwest::Method;
use serde_json::json;

use crate::chat::discord::channels::Channels;
use crate::chat::discord::fault::{Trouble, code};
use crate::chat::discord::id::{Snowflake, Spot};
use crate::chat::discord::rest::Rest;

/// The longest name of a thread that still reads as one line, in characters. Discord takes 100.
const LONGEST_NAME: usize = 60;

/// After how many minutes without a word a thread is put away; it comes back with the next one. A week: drafts wait.
const KEPT_FOR_MINUTES: u32 = 10_080;

/// Where something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In which channel.
    pub channel: Snowflake,
    /// In answer to which message there.
    pub answers: Option<Snowflake>,
}

/// The place for something that belongs under `root`. What is said under a message of a thread goes into that thread, as
/// an answer to it. Where no thread can be, because the message is gone or the channel has none, it is an answer in the
/// channel itself.
///
/// # Errors
/// What Discord says.
pub async fn place(
    rest: &Rest,
    channels: &Channels,
    room: Snowflake,
    root: Spot,
    words: &str,
) -> Result<Place, Trouble> {
    if root.channel != room {
        return Ok(Place { channel: root.channel, answers: Some(root.message) });
    }
    let thread = Place { channel: root.message, answers: None };
    if channels.is_thread_of(room, root.message) {
        return Ok(thread);
    }
    let body = json!({ "name": name(words), "auto_archive_duration": KEPT_FOR_MINUTES });
    let path = format!("/channels/{room}/messages/{}/threads", root.message);
    match rest.call(Method::POST, &path, Some(&body)).await {
        Ok(_) => {}
        Err(trouble) => match trouble.code() {
            Some(code::THREAD_EXISTS) => {}
            Some(code::UNKNOWN_MESSAGE | code::NOT_ON_THIS_CHANNEL) => {
                return Ok(Place { channel: room, answers: Some(root.message) });
            }
            Some(_) | None => return Err(trouble),
        },
    }
    channels.put(root.message, Some(room));
    Ok(thread)
}

/// Opens a thread that was put away.
///
/// # Errors
/// What Discord says.
pub async fn reopen(rest: &Rest, thread: Snowflake) -> Result<(), Trouble> {
    rest.call(Method::PATCH, &format!("/channels/{thread}"), Some(&json!({ "archived": false }))).await.map(|_| ())
}

/// The first line of what is said in it.
fn name(words: &str) -> String {
    let line = words.lines().find(|line| !line.trim().is_empty()).unwrap_or("…").trim();
    let name: String = line.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    if name.chars().count() < line.chars().count() { format!("{}…", name.trim_end()) } else { name }
}
