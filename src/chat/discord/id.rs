//! Discord's ids (snowflakes, <https://docs.discord.com/developers/reference#snowflakes>) and how ours are made of them.
//!
//! A message in a room's channel is named by its id alone. One in a thread is named `thread/message`, because a request
//! about a message needs its channel. A thread that was started from a message has that message's id. A reaction has no
//! id of its own: it is `message/person/glyph`, and a button's press is `button/message/person/glyph`.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::name::{MessageId, PersonId, ReactionId, RoomId};

/// A number that Discord calls something by.
pub type Snowflake = u64;

/// The first millisecond of 2015, from which snowflakes count.
const EPOCH: i64 = 1_420_070_400_000;

/// Where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The room's channel, or a thread of it.
    pub channel: Snowflake,
    /// Its id.
    pub message: Snowflake,
}

impl Spot {
    /// Where the message of that name is; `None` where the name is none of ours.
    pub fn of(room: Snowflake, message: &MessageId) -> Option<Self> {
        match message.as_str().split_once('/') {
            Some((thread, message)) => Some(Self { channel: thread.parse().ok()?, message: message.parse().ok()? }),
            None => Some(Self { channel: room, message: message.as_str().parse().ok()? }),
        }
    }

    /// The name of the message, seen from its room.
    pub fn name(self, room: Snowflake) -> MessageId {
        let Self { channel, message } = self;
        MessageId(if channel == room { message.to_string() } else { format!("{channel}/{message}") })
    }
}

/// The number that a room is.
pub fn number(room: &RoomId) -> Option<Snowflake> {
    room.as_str().parse().ok()
}

/// The id that stands under that key.
pub fn id_at(value: &Value, key: &str) -> Option<Snowflake> {
    value.get(key)?.as_str()?.parse().ok()
}

/// When that id was made.
pub fn time_of(id: Snowflake) -> Timestamp {
    let milliseconds = i64::try_from(id >> 22).unwrap_or_default();
    Timestamp::from_millisecond(milliseconds + EPOCH).unwrap_or_default()
}

/// The first id of this moment.
pub fn now() -> Snowflake {
    u64::try_from(Timestamp::now().as_millisecond() - EPOCH).unwrap_or_default() << 22
}

/// The name of a reaction.
pub fn reaction(message: &MessageId, person: &PersonId, glyph: &str) -> ReactionId {
    ReactionId(format!("{message}/{person}/{glyph}"))
}

/// The name of a button's press.
pub fn press(message: &MessageId, person: &PersonId, glyph: &str) -> ReactionId {
    ReactionId(format!("button/{message}/{person}/{glyph}"))
}

/// The message, the person and the glyph of a reaction.
pub fn parts(reaction: &ReactionId) -> Option<(MessageId, PersonId, &str)> {
    let mut parts = reaction.as_str().rsplitn(3, '/');
    let (glyph, person, message) = (parts.next()?, parts.next()?, parts.next()?);
    Some((message.into(), person.into(), glyph))
}

/// What an emoji is called in a request and here: itself, or `name:id` where a server made it.
pub fn glyph(emoji: &Value) -> Option<String> {
    let name = emoji.get("name").and_then(Value::as_str).unwrap_or_default();
    match emoji.get("id").and_then(Value::as_str) {
        Some(id) => Some(format!("{name}:{id}")),
        None => Some(name.to_owned()).filter(|name| !name.is_empty()),
    }
}

/// An emoji as a part of a path.
pub fn encoded(glyph: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let encode = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    glyph.bytes().map(encode).collect()
}
