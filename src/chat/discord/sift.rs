//! Sifts what Discord tells: what a person did in a room becomes an arrival, everything else is left out.
//!
//! Messages arrive under their own id, their edits under the time of the edit, reactions under how often that reaction
//! was put and taken back ([`reactions`](crate::chat::discord::reactions)): whether it comes over the gateway, once more
//! after the connection was resumed, or is read from the room, it is the same arrival.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use crate::chat::discord::attached::attachments;
use crate::chat::discord::id::{Snowflake, Spot, id_at, time_of};
use crate::chat::discord::interactions::read_back;
use crate::domain::ballot::Assurance;
use crate::domain::name::{ArrivalId, GroupId, MessageId, PersonId, RoomId};
use crate::port::chat::{Arrival, Happening, Standing};

/// The kinds of message that people write: a plain one and a reply
/// (<https://docs.discord.com/developers/resources/message#message-object-message-types>). The bot's answer to a slash
/// command is of a third kind.
const WRITTEN: [u64; 2] = [0, 19];

/// A message of a room, read from the gateway or from its history.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its name.
    pub message: MessageId,
    /// Its number, by which the messages of a room are ordered.
    pub number: Snowflake,
    /// As it is now.
    pub arrival: Arrival,
    /// When it was changed last, as Discord writes it.
    pub edited: Option<String>,
}

/// Reads a message object; `None` where no person of the room speaks. `own` is the bot's user id. The standing is what
/// the object says of its author; histories say less than the gateway.
pub fn written(message: &Value, room: Snowflake, own: Snowflake) -> Option<Written> {
    let (number, channel) = (id_at(message, "id")?, id_at(message, "channel_id")?);
    let spot = Spot { channel, message: number };
    let name = spot.name(room);
    let author = message.get("author")?;
    let edited = message.get("edited_timestamp").and_then(Value::as_str).map(str::to_owned);
    if id_at(author, "id")? == own {
        let (id, by, text) = read_back(message)?;
        let what = Happening::Said { message: name.clone(), text, thread: thread(spot, room), attachments: Vec::new() };
        let arrival = Arrival { id, room: room_id(room), by, standing: Standing::default(), at: time_of(number), what };
        return Some(Written { message: name, number, arrival, edited: None });
    }
    let is_hook = message.get("webhook_id").is_some_and(|hook| !hook.is_null());
    let is_machine = is_hook || author.get("bot").and_then(Value::as_bool).unwrap_or_default();
    let kind = message.get("type").and_then(Value::as_u64).unwrap_or_default();
    if is_machine || !WRITTEN.contains(&kind) {
        return None;
    }
    let what = Happening::Said {
        message: name.clone(),
        text: text(message),
        thread: thread(spot, room).or_else(|| answered(message, spot, room)),
        attachments: attachments(message, spot),
    };
    let by = person(author)?;
    let standing = standing(author, message.get("member"));
    let arrival =
        Arrival { id: ArrivalId(name.to_string()), room: room_id(room), by, standing, at: time_of(number), what };
    Some(Written { message: name, number, arrival, edited })
}

/// The edit that a message shows, as an arrival of its own.
pub fn edit(written: &Written) -> Option<Arrival> {
    let (edited, text) = match (&written.edited, &written.arrival.what) {
        (Some(edited), Happening::Said { text, .. }) => (edited, text.clone()),
        (_, _) => return None,
    };
    Some(Arrival {
        id: ArrivalId(format!("{}/edited/{edited}", written.message)),
        at: edited.parse().unwrap_or(written.arrival.at),
        what: Happening::Edited { message: written.message.clone(), text },
        ..written.arrival.clone()
    })
}

/// A message that is gone; Discord does not say who removed it.
pub fn removed(message: &MessageId, room: Snowflake) -> Arrival {
    Arrival {
        id: ArrivalId(format!("{message}/removed")),
        room: room_id(room),
        by: PersonId(String::new()),
        standing: Standing::default(),
        at: Timestamp::now(),
        what: Happening::Removed { id: message.to_string() },
    }
}

/// What Discord says of a person: the name on this server, else the one they chose, and their roles here. There is
/// nothing that could prove more than Discord's own word, which comes over TLS.
pub fn standing(user: &Value, member: Option<&Value>) -> Standing {
    let text = |value: Option<&Value>, key: &str| value?.get(key)?.as_str().map(str::to_owned);
    let name =
        text(member, "nick").or_else(|| text(Some(user), "global_name")).or_else(|| text(Some(user), "username"));
    let roles = member.and_then(|member| member.get("roles")?.as_array());
    let groups: BTreeSet<GroupId> =
        roles.into_iter().flatten().filter_map(|role| Some(GroupId::from(role.as_str()?))).collect();
    Standing { name, groups, assurance: Assurance::Proven }
}

/// The person that a user object is.
pub fn person(user: &Value) -> Option<PersonId> {
    user.get("id").and_then(Value::as_str).map(PersonId::from)
}

/// A room's name.
pub fn room_id(room: Snowflake) -> RoomId {
    RoomId(room.to_string())
}

/// The thread of something in a channel that is no room: the message that the thread was started from.
pub fn thread(spot: Spot, room: Snowflake) -> Option<MessageId> {
    (spot.channel != room).then(|| Spot { channel: room, message: spot.channel }.name(room))
}

/// The message that is answered in the room's own channel. A message that was passed on from elsewhere answers nothing
/// (<https://docs.discord.com/developers/resources/message#message-reference-types>).
fn answered(message: &Value, spot: Spot, room: Snowflake) -> Option<MessageId> {
    let reference = message.get("message_reference")?;
    let is_reply = reference.get("type").and_then(Value::as_u64).unwrap_or_default() == 0;
    let is_here = id_at(reference, "channel_id").is_none_or(|channel| channel == spot.channel);
    let answered = id_at(reference, "message_id").filter(|_| is_reply && is_here)?;
    Some(Spot { message: answered, ..spot }.name(room))
}

fn text(message: &Value) -> String {
    message.get("content").and_then(Value::as_str).unwrap_or_default().to_owned()
}
