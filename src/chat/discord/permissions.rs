//! Which permissions the bot has in a channel, and which it lacks, by the names that the settings page shows
//! (<https://docs.discord.com/developers/topics/permissions#permission-hierarchy>).

use serde_json::Value;

use crate::chat::discord::fault::Trouble;
use crate::chat::discord::id::{Snowflake, id_at};
use crate::chat::discord::rest::Rest;

/// Everything is allowed.
const ADMINISTRATOR: u64 = 1 << 3;

/// What the bot needs in every room.
const NEEDED: [(u64, &str); 7] = [
    (1 << 10, "View Channel"),
    (1 << 11, "Send Messages"),
    (1 << 38, "Send Messages in Threads"),
    (1 << 35, "Create Public Threads"),
    (1 << 6, "Add Reactions"),
    (1 << 16, "Read Message History"),
    (1 << 14, "Embed Links"),
];

/// The names of the permissions that the bot lacks in a room, in the order of the list above.
///
/// # Errors
/// What Discord says when it is asked.
pub async fn missing(rest: &Rest, room: Snowflake) -> Result<Vec<&'static str>, Trouble> {
    let channel = match rest.get(&format!("/channels/{room}")).await {
        Err(Trouble::No { status: 403, .. }) => return Ok(vec![NEEDED[0].1]),
        channel => channel?,
    };
    let Some(guild) = id_at(&channel, "guild_id") else { return Ok(Vec::new()) };
    missing_in(rest, &channel, guild).await
}

/// The same for a channel that was read already.
///
/// # Errors
/// What Discord says when it is asked.
pub async fn missing_in(rest: &Rest, channel: &Value, guild: Snowflake) -> Result<Vec<&'static str>, Trouble> {
    let me = rest.get("/users/@me").await?;
    let me = id_at(&me, "id").unwrap_or_default();
    let server = rest.get(&format!("/guilds/{guild}")).await?;
    let member = rest.get(&format!("/guilds/{guild}/members/{me}")).await?;
    let has = permissions(&server, channel, &member, me);
    Ok(NEEDED.into_iter().filter(|(bit, _)| has & bit == 0).map(|(_, name)| name).collect())
}

/// The permissions of a member in a channel.
fn permissions(server: &Value, channel: &Value, member: &Value, me: Snowflake) -> u64 {
    if id_at(server, "owner_id") == Some(me) {
        return u64::MAX;
    }
    let everyone = server["id"].as_str().unwrap_or_default();
    let own = |id: &str| member["roles"].as_array().into_iter().flatten().any(|role| role.as_str() == Some(id));
    let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
    let roles = server["roles"].as_array().into_iter().flatten();
    let roles = roles.filter(|role| id(role) == everyone || own(&id(role)));
    let base = roles.fold(0, |all, role| all | bits(role, "permissions"));
    if base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let overwrites: Vec<&Value> = channel["permission_overwrites"].as_array().into_iter().flatten().collect();
    let apply = |has: u64, applies: &dyn Fn(&str) -> bool| {
        let mine = overwrites.iter().filter(|overwrite| applies(&id(overwrite)));
        let (deny, allow) = mine.fold((0, 0), |(deny, allow), overwrite| {
            (deny | bits(overwrite, "deny"), allow | bits(overwrite, "allow"))
        });
        has & !deny | allow
    };
    // First what everyone gets there, then what the roles do together, then the member alone.
    let has = apply(base, &|id| id == everyone);
    let has = apply(has, &|id| id != everyone && own(id));
    let has = apply(has, &|id| id == me.to_string());
    // Who does not see a channel can do nothing there; what else is missing is then not known to be.
    if has & NEEDED[0].0 == 0 { NEEDED.iter().fold(0, |all, (bit, _)| all | bit) & !NEEDED[0].0 } else { has }
}

/// A set of permissions, which Discord writes as a decimal number in a text.
fn bits(value: &Value, key: &str) -> u64 {
    value[key].as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}
