//! Reads what is written in a channel, from its end backwards.

use serde_json::Value;

use crate::chat::discord::fault::Trouble;
use crate::chat::discord::id::{Snowflake, id_at};
use crate::chat::discord::rest::Rest;

/// How many messages a page has: what Discord gives at most
/// (<https://docs.discord.com/developers/resources/message#get-channel-messages>).
pub const PAGE: usize = 100;

/// How many threads of a room are read after an absence, the newest: older ones close by themselves.
const MOST_THREADS: usize = 50;

/// The page of messages before that one, or the newest, newest first.
///
/// # Errors
/// What Discord says.
pub async fn page(rest: &Rest, channel: Snowflake, before: Option<Snowflake>) -> Result<Vec<Value>, Trouble> {
    let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
    let page = rest.get(&format!("/channels/{channel}/messages?limit={PAGE}{before}")).await?;
    let mut page = page.as_array().cloned().unwrap_or_default();
    page.sort_by_key(|message| std::cmp::Reverse(id_at(message, "id")));
    Ok(page)
}

/// The threads of a room that may hold something new: all that are open, and those that were written in since that
/// moment and have closed by themselves.
///
/// # Errors
/// What Discord says; where there is no such list there are no threads.
pub async fn threads(
    rest: &Rest,
    guild: Snowflake,
    room: Snowflake,
    since: Snowflake,
) -> Result<Vec<Snowflake>, Trouble> {
    let active = list(rest, &format!("/guilds/{guild}/threads/active")).await?;
    let archived = list(rest, &format!("/channels/{room}/threads/archived/public?limit=50")).await?;
    // A thread without messages still has its own number, which says when it was begun.
    let last = |thread: &Value| id_at(thread, "last_message_id").or_else(|| id_at(thread, "id"));
    let archived = archived.into_iter().filter(|thread| last(thread).is_some_and(|last| last >= since));
    let here = active.into_iter().chain(archived).filter(|thread| id_at(thread, "parent_id") == Some(room));
    let mut found: Vec<Snowflake> = here.filter_map(|thread| id_at(&thread, "id")).collect();
    found.sort_unstable();
    found.dedup();
    // The newest ones.
    Ok(found.split_off(found.len().saturating_sub(MOST_THREADS)))
}

async fn list(rest: &Rest, path: &str) -> Result<Vec<Value>, Trouble> {
    match rest.get(path).await {
        Ok(list) => Ok(list.get("threads").and_then(Value::as_array).cloned().unwrap_or_default()),
        Err(trouble) if trouble.is_not_there() => Ok(Vec::new()),
        Err(trouble) => Err(trouble),
    }
}
