//! Sifts a room's events: what a person did there becomes an arrival, everything else is left out.

use jiff::Timestamp;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::ruma::events::room::encrypted::OriginalSyncRoomEncryptedEvent;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{RoomId, UserId};
use serde::Deserialize;
use serde_json::Value;

use crate::chat::matrix::attached;
use crate::chat::matrix::identity::assurance;
use crate::domain::name::{self, ArrivalId, MessageId, PersonId, ReactionId};
use crate::port::chat::{Arrival, Attachment, Happening, Standing};

/// An event that means something to us.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all are news, a box for each would cost more")]
pub enum Sifted {
    /// The bot itself entered the room: what happened before is not for it.
    Entered,
    /// Something to hand over.
    News(News),
}

/// Something to hand over.
#[derive(Clone, Debug)]
pub enum News {
    /// Ready.
    Readable(Arrival),
    /// Still encrypted, because its key is missing.
    Locked(Locked),
}

/// An event whose key is missing.
#[derive(Clone, Debug)]
pub struct Locked {
    /// What can be said of it without the key: it is [`Happening::Unreadable`].
    pub arrival: Arrival,
    /// The megolm session whose key is missing, if the event says so.
    pub session: Option<String>,
    /// The event itself, to try again.
    pub event: Raw<OriginalSyncRoomEncryptedEvent>,
}

impl News {
    /// The id under which it is handed over.
    pub fn id(&self) -> &ArrivalId {
        match self {
            Self::Readable(arrival) | Self::Locked(Locked { arrival, .. }) => &arrival.id,
        }
    }
}

/// What is common to the events that we read, loosely: a hostile event is left out, not an error.
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "type")]
    kind: String,
    event_id: String,
    sender: String,
    #[serde(default)]
    content: Value,
    #[serde(default)]
    state_key: Option<String>,
    #[serde(default)]
    redacts: Option<String>,
    #[serde(default)]
    unsigned: Value,
}

/// What an event of a room means to us; `None` for all that is not a person's message, edit, reaction or removal.
///
/// Left out: the bot's own, notices (by convention what bots say), messages without text or file, and what was redacted
/// (the redaction is an event of its own).
pub fn sift(event: &TimelineEvent, room: &RoomId, own: &UserId) -> Option<Sifted> {
    let wire: Wire = serde_json::from_str(event.raw().json().get()).ok()?;
    if wire.is_entry_of(own) {
        return Some(Sifted::Entered);
    }
    if wire.sender == own.as_str() || wire.unsigned.get("redacted_because").is_some() {
        return None;
    }
    let arrival = |what| Arrival {
        id: ArrivalId(wire.event_id.clone()),
        room: name::RoomId(room.to_string()),
        by: PersonId(wire.sender.clone()),
        standing: Standing { assurance: assurance(event), ..Standing::default() },
        at: time_of(event),
        what,
    };
    let news = match &event.kind {
        TimelineEventKind::UnableToDecrypt { event, utd_info } => News::Locked(Locked {
            arrival: arrival(Happening::Unreadable { message: MessageId(wire.event_id.clone()) }),
            session: utd_info.session_id.clone(),
            event: event.clone().cast_unchecked(),
        }),
        TimelineEventKind::Decrypted(_) | TimelineEventKind::PlainText { .. } => {
            News::Readable(arrival(wire.happening()?))
        }
    };
    Some(Sifted::News(news))
}

/// What of a room's history is for us, given oldest first: what came after the bot last entered.
pub fn since_entering(history: impl IntoIterator<Item = Sifted>) -> Vec<News> {
    let mut news = Vec::new();
    for sifted in history {
        match sifted {
            Sifted::Entered => news.clear(),
            Sifted::News(one) => news.push(one),
        }
    }
    news
}

impl Wire {
    /// Whether this is the bot's joining, and not just its changing name or picture.
    fn is_entry_of(&self, own: &UserId) -> bool {
        let membership = |content: &Value| content.get("membership").and_then(Value::as_str) == Some("join");
        let before = self.unsigned.get("prev_content");
        self.kind == "m.room.member"
            && self.state_key.as_deref() == Some(own.as_str())
            && membership(&self.content)
            && !before.is_some_and(membership)
    }

    fn happening(&self) -> Option<Happening> {
        match self.kind.as_str() {
            "m.room.message" => self.message(),
            "m.reaction" => {
                let relation = relation(&self.content).filter(|relation| relation.kind == Some("m.annotation"))?;
                Some(Happening::Reacted {
                    message: MessageId(relation.event?.to_owned()),
                    reaction: ReactionId(self.event_id.clone()),
                    glyph: relation.key?.to_owned(),
                })
            }
            "m.room.redaction" => {
                // Room versions before 11 have it beside the content.
                let id = self.content.get("redacts").and_then(Value::as_str).or(self.redacts.as_deref())?;
                Some(Happening::Removed { id: id.to_owned() })
            }
            _ => None,
        }
    }

    fn message(&self) -> Option<Happening> {
        let relation = relation(&self.content);
        if let Some(relation) = relation.as_ref().filter(|relation| relation.kind == Some("m.replace")) {
            let text = typed_text(self.content.get("m.new_content")?)?.to_owned();
            return Some(Happening::Edited { message: MessageId(relation.event?.to_owned()), text });
        }
        let attachments: Vec<Attachment> = attached::attachment(&self.content).into_iter().collect();
        let text = match typed_text(&self.content) {
            Some(text) => text,
            None if attachments.is_empty() => return None,
            None => "",
        };
        let reply_to = relation.as_ref().and_then(|relation| relation.reply_to);
        let root = relation.as_ref().filter(|relation| relation.kind == Some("m.thread")).and_then(|root| root.event);
        Some(Happening::Said {
            message: MessageId(self.event_id.clone()),
            text: if reply_to.is_some() { without_quote(text) } else { text }.to_owned(),
            thread: root.or(reply_to).map(|event| MessageId(event.to_owned())),
            attachments,
        })
    }
}

/// An event's `m.relates_to`.
struct Relation<'a> {
    kind: Option<&'a str>,
    event: Option<&'a str>,
    key: Option<&'a str>,
    reply_to: Option<&'a str>,
}

fn relation(content: &Value) -> Option<Relation<'_>> {
    let relation = content.get("m.relates_to")?;
    let text = |name: &str| relation.get(name).and_then(Value::as_str);
    Some(Relation {
        kind: text("rel_type"),
        event: text("event_id"),
        key: text("key"),
        reply_to: relation.pointer("/m.in_reply_to/event_id").and_then(Value::as_str),
    })
}

/// The text of a message that a person typed, with a file or without.
fn typed_text(content: &Value) -> Option<&str> {
    match content.get("msgtype").and_then(Value::as_str)? {
        "m.text" | "m.emote" => content.get("body").and_then(Value::as_str),
        "m.image" | "m.file" => attached::caption(content),
        _ => None,
    }
}

/// A reply without the quotation that older clients put before it: lines that begin with `> `, the first of which names
/// the author, and an empty line (<https://spec.matrix.org/v1.12/client-server-api/#fallbacks-for-rich-replies>).
fn without_quote(body: &str) -> &str {
    if !body.starts_with("> <") && !body.starts_with("> * <") {
        return body;
    }
    let mut rest = body;
    while let Some(line) = rest.strip_prefix("> ") {
        rest = line.split_once('\n').map_or("", |(_, rest)| rest);
    }
    rest.strip_prefix('\n').unwrap_or(rest)
}

/// When the event was sent by its server's clock; a time in the future was already corrected by the SDK.
fn time_of(event: &TimelineEvent) -> Timestamp {
    let milliseconds = event.timestamp.map_or(0, |time| i64::from(time.get()));
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
