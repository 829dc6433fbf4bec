//! Tries whether a channel is one in which the bot can work, for `portevoix check`.

use serde_json::Value;

use crate::chat::discord::fault::{Trouble, code, permanent};
use crate::chat::discord::gateway;
use crate::chat::discord::id::{self, id_at};
use crate::chat::discord::permissions::missing_in;
use crate::chat::discord::rest::Rest;
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::RoomId;

/// The kinds of channel in which people write and threads can be started: text and announcements
/// (<https://docs.discord.com/developers/resources/channel#channel-object-channel-types>).
const TEXT: [u64; 2] = [0, 5];

/// See [`Chat::probe`](crate::port::chat::Chat::probe). Connects to the gateway for a moment: only there does Discord say
/// which intents it refuses.
///
/// # Errors
/// `CredentialsRefused`, `MissingIntent`, `NotInRoom`, `MissingPermission` with the names of all, or what Discord says.
pub async fn probe(rest: &Rest, room: &RoomId) -> Result<String, Fault> {
    let number = id::number(room)
        .ok_or_else(|| permanent(Cause::Refused(format!("{room} is not the id of a Discord channel"))))?;
    // First of all, so that a refused token is said to be one.
    rest.get("/users/@me").await.map_err(Trouble::fault)?;
    gateway::try_once(rest).await?;
    let channel = rest.get(&format!("/channels/{number}")).await.map_err(|trouble| match trouble.code() {
        Some(code::MISSING_ACCESS) => permanent(Cause::MissingPermission("View Channel".to_owned())),
        Some(code::UNKNOWN_CHANNEL) => permanent(Cause::NotInRoom),
        Some(_) | None => trouble.fault(),
    })?;
    let kind = channel["type"].as_u64().unwrap_or_default();
    let Some(guild) = id_at(&channel, "guild_id").filter(|_| TEXT.contains(&kind)) else {
        return Err(permanent(Cause::Refused("not a text channel of a server".to_owned())));
    };
    let missing = missing_in(rest, &channel, guild).await.map_err(Trouble::fault)?;
    if !missing.is_empty() {
        return Err(permanent(Cause::MissingPermission(missing.join(", "))));
    }
    let name = channel.get("name").and_then(Value::as_str).unwrap_or_default();
    Ok(if name.is_empty() { room.to_string() } else { format!("#{name}") })
}
