//! Says, edits and reacts, each under a transaction id that is made from the effect's key: the server answers a repeat
//! with the first event's id (Synapse remembers for a day, per device), whatever the repeat's ciphertext. What is said
//! carries the same id inside, where the bot's other devices find it.

use std::time::Duration;

use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::{OwnedEventId, OwnedTransactionId, RoomId, TransactionId, UserId, uint};
use matrix_sdk::{Client, Error, Room, RoomState};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::chat::matrix::fault::{fault_of, is_duplicate_reaction, permanent, transient};
use crate::chat::matrix::render::{calls_for_attention, html};
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::{self, EffectKey, MessageId, PersonId};
use crate::domain::prose::Prose;

/// How long a message waits while the bot accepts an invitation, and for the sync that then shows it: before, members and
/// encryption are unknown.
const JOIN_PATIENCE: Duration = Duration::from_secs(20);

/// Where in a message's content the id of its effect is.
const EFFECT: &str = "fr.portevoix.effect";

/// How far back such a message is looked for, in pages of 100 events: it was said within the last minutes.
const MOST_PAGES: usize = 5;

/// What is read of an event that may be the bot's own.
#[derive(Deserialize)]
struct Own {
    event_id: String,
    sender: String,
    #[serde(default)]
    content: Value,
}

/// See [`Chat::say`](crate::port::chat::Chat::say).
///
/// # Errors
/// As there.
pub async fn say(
    client: &Client,
    key: &EffectKey,
    room: &name::RoomId,
    thread: Option<&MessageId>,
    prose: &Prose,
) -> Result<MessageId, Fault> {
    let transaction = transaction("say", key, room);
    let mut content = message(prose);
    if let Some(root) = thread {
        content["m.relates_to"] = in_thread(root);
    }
    content[EFFECT] = json!(transaction.as_str());
    let event = send(client, room, "m.room.message", content, transaction).await?;
    let event = event.map_err(|error| fault_of(&error))?;
    Ok(MessageId(event.to_string()))
}

/// See [`Chat::said`](crate::port::chat::Chat::said): reads the room backwards for the bot's own message with that id in
/// it.
///
/// # Errors
/// As there.
pub async fn said(client: &Client, key: &EffectKey, room: &name::RoomId) -> Result<Option<MessageId>, Fault> {
    let wanted = transaction("say", key, room);
    let room = joined_room(client, room).await?;
    let mut from = None;
    for _ in 0..MOST_PAGES {
        let mut options = MessagesOptions::backward().from(from.as_deref());
        options.limit = uint!(100);
        let page = room.messages(options).await.map_err(|error| fault_of(&error))?;
        for event in &page.chunk {
            let Ok(wire) = serde_json::from_str::<Own>(event.raw().json().get()) else { continue };
            let effect = wire.content.get(EFFECT).and_then(Value::as_str);
            if wire.sender == room.own_user_id().as_str() && effect == Some(wanted.as_str()) {
                return Ok(Some(MessageId(wire.event_id)));
            }
        }
        from = page.end;
        if from.is_none() {
            break;
        }
    }
    Ok(None)
}

/// See [`Chat::edit`](crate::port::chat::Chat::edit).
///
/// # Errors
/// As there.
pub async fn edit(
    client: &Client,
    key: &EffectKey,
    room: &name::RoomId,
    message: &MessageId,
    prose: &Prose,
) -> Result<(), Fault> {
    let content = replacement(message, prose);
    let event = send(client, room, "m.room.message", content, transaction("edit", key, room)).await?;
    event.map(|_| ()).map_err(|error| fault_of(&error))
}

/// See [`Chat::react`](crate::port::chat::Chat::react).
///
/// # Errors
/// As there.
pub async fn react(
    client: &Client,
    key: &EffectKey,
    room: &name::RoomId,
    message: &MessageId,
    glyph: &str,
) -> Result<(), Fault> {
    let content = json!({
        "m.relates_to": { "rel_type": "m.annotation", "event_id": message.as_str(), "key": glyph },
    });
    let event = send(client, room, "m.reaction", content, transaction("react", key, room)).await?;
    match event {
        Ok(_) => Ok(()),
        Err(error) if is_duplicate_reaction(&error) => Ok(()),
        Err(error) => Err(fault_of(&error)),
    }
}

/// The room, once the bot is in it and knows who else is.
async fn joined_room(client: &Client, room: &name::RoomId) -> Result<Room, Fault> {
    let id = RoomId::parse(room.as_str())
        .map_err(|_| permanent(Cause::Refused(Cause::quote(&format!("{room} is not the id of a Matrix room")))))?;
    let not_in_room = || transient(Cause::NotInRoom);
    let room = client.get_room(&id).ok_or_else(not_in_room)?;
    let mut changes = room.subscribe_info();
    let until_usable = async {
        loop {
            match room.state() {
                RoomState::Joined if room.is_synced() => return true,
                RoomState::Joined | RoomState::Invited => {}
                RoomState::Left | RoomState::Knocked | RoomState::Banned => return false,
            }
            if changes.next().await.is_none() {
                return false;
            }
        }
    };
    let is_usable = tokio::time::timeout(JOIN_PATIENCE, until_usable).await.unwrap_or(false);
    if is_usable { Ok(room) } else { Err(not_in_room()) }
}

async fn send(
    client: &Client,
    room: &name::RoomId,
    kind: &str,
    content: Value,
    transaction: OwnedTransactionId,
) -> Result<Result<OwnedEventId, Error>, Fault> {
    let room = joined_room(client, room).await?;
    let sent = room.send_raw(kind, content).with_transaction_id(&transaction).await;
    Ok(sent.map(|sent| sent.response.event_id))
}

/// The same for every try of one effect in one room; another for what is said, edited and put under one key.
fn transaction(verb: &str, key: &EffectKey, room: &name::RoomId) -> OwnedTransactionId {
    let hash = Sha256::digest(format!("{verb}\n{room}\n{key}"));
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    <&TransactionId>::from(format!("portevoix-{digits}").as_str()).to_owned()
}

/// The content of a message. `m.mentions` says who is meant, mostly nobody, whatever the text looks like
/// (<https://spec.matrix.org/v1.18/client-server-api/#user-and-room-mentions>).
fn message(prose: &Prose) -> Value {
    // People have ids in other chats, too.
    let called: Vec<&str> =
        prose.called().into_iter().map(PersonId::as_str).filter(|id| <&UserId>::try_from(*id).is_ok()).collect();
    json!({
        "msgtype": if calls_for_attention(prose) { "m.text" } else { "m.notice" },
        "body": prose.plain(),
        "format": "org.matrix.custom.html",
        "formatted_body": html(prose),
        "m.mentions": if called.is_empty() { json!({}) } else { json!({ "user_ids": called }) },
    })
}

/// Clients that know no threads show it as a reply.
fn in_thread(root: &MessageId) -> Value {
    json!({
        "rel_type": "m.thread",
        "event_id": root.as_str(),
        "is_falling_back": true,
        "m.in_reply_to": { "event_id": root.as_str() },
    })
}

/// Clients that know no edits show the text anew, marked with a star.
fn replacement(original: &MessageId, prose: &Prose) -> Value {
    let new = message(prose);
    let mut content = new.clone();
    content["body"] = json!(format!("* {}", prose.plain()));
    content["formatted_body"] = json!(format!("* {}", html(prose)));
    content["m.new_content"] = new;
    content["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": original.as_str() });
    content
}
