//! A chat: how what people do in rooms reaches the engine, and what saying something promises.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::domain::ballot::Assurance;
use crate::domain::fault::Fault;
use crate::domain::name::{ArrivalId, DraftNumber, EffectKey, GroupId, MessageId, PersonId, ReactionId, RoomId};
use crate::domain::prose::Prose;

/// One chat service, with all the rooms that the configuration gives it.
///
/// Saying is idempotent: the same `key` in the same room makes one message, also when the first call's answer was
/// lost in a crash (Matrix: transaction id; Discord: enforced nonce). Several processes may speak as the same bot, each
/// with a device of its own; where idempotence ends at the device, the engine looks with [`said`](Self::said) before it
/// repeats what another may have said.
#[async_trait]
pub trait Chat: Send + Sync {
    /// Hands everything that happens in the configured rooms to the intake, room by room in the order in which it
    /// happened, until told to stop. On start it first hands over what happened since the bot was last there.
    ///
    /// What the bot itself says and does is not handed over. The next event of a room is handed over only after
    /// [`Intake::take`] returned for the one before, and nothing is forgotten before that: if we crash in here, what
    /// was not taken is handed over at the next start (the intake drops what it has already seen).
    ///
    /// Reconnects by itself; returns when stopped, or when it can't go on at all.
    ///
    /// # Errors
    /// A fault that only a person can mend (the session was revoked, say).
    async fn listen(&self, intake: &dyn Intake, stop: CancellationToken) -> Result<(), Fault>;

    /// Says something in a room, in the thread of `thread` if given. Returns the id of the message.
    ///
    /// # Errors
    /// `Permanent` only for what will never be said (too large, say); not being in the room is `Transient`.
    async fn say(
        &self,
        key: &EffectKey,
        room: &RoomId,
        thread: Option<&MessageId>,
        prose: &Prose,
    ) -> Result<MessageId, Fault>;

    /// Looks for the message that was said under that key, by whichever process speaks as the bot. `None` where it was
    /// certainly not said, or where to say it again is harmless for another process as well. What cannot be told counts as
    /// not said: rather twice than never.
    ///
    /// # Errors
    /// As [`say`](Self::say), when it could not look.
    async fn said(&self, _key: &EffectKey, _room: &RoomId) -> Result<Option<MessageId>, Fault> {
        Ok(None)
    }

    /// Replaces what an earlier message of the bot says.
    ///
    /// # Errors
    /// As [`say`](Self::say). A message that was redacted meanwhile is not an error.
    async fn edit(&self, key: &EffectKey, room: &RoomId, message: &MessageId, prose: &Prose) -> Result<(), Fault>;

    /// Puts a glyph under a message, for people to tap: a reaction, and a button as well where the chat has buttons. One
    /// that is already there is not an error.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    async fn react(&self, key: &EffectKey, room: &RoomId, message: &MessageId, glyph: &str) -> Result<(), Fault>;

    /// Fetches a file that someone attached to a message, at most `most` bytes of it.
    ///
    /// # Errors
    /// `Permanent` when it is gone or larger.
    async fn fetch(&self, room: &RoomId, attachment: &Attachment, most: u32) -> Result<Vec<u8>, Fault>;

    /// Tries whether the bot can read and write there. Returns what the room is called.
    ///
    /// # Errors
    /// What is wrong, for `portevoix check`.
    async fn probe(&self, room: &RoomId) -> Result<String, Fault>;
}

/// Takes what a chat hands over.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Takes one arrival and makes it durable. Returns once it is; an arrival seen before changes nothing. If we crash
    /// before it returns, the arrival must be handed over again.
    async fn take(&self, arrival: Arrival);

    /// Whether this arrival was taken already, so that a chat that reads a room backwards knows where to stop. An
    /// arrival that was taken as [`Happening::Unreadable`] counts as seen.
    async fn has_seen(&self, id: &ArrivalId) -> bool;

    /// Arrivals of a room that were taken as [`Happening::Unreadable`] and not yet readable, oldest first. A chat
    /// tries them again when it starts and when new keys come; taking one again as `Said` or `Edited` replaces it.
    async fn unreadable(&self, room: &RoomId) -> Vec<ArrivalId>;

    /// The drafts of a room that are not over, newest first, with the beginning of their texts: what a chat may suggest
    /// while someone types a number.
    async fn drafts(&self, room: &RoomId) -> Vec<(DraftNumber, String)>;
}

/// Something that a person did in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The platform's id of the event itself.
    pub id: ArrivalId,
    /// Where.
    pub room: RoomId,
    /// Who.
    pub by: PersonId,
    /// What the chat says of them beyond that.
    pub standing: Standing,
    /// When, by the platform's clock.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
}

/// What a chat says of a person, where it says more than an id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What people see them called at the moment.
    pub name: Option<String>,
    /// The ids of the groups that the chat itself puts them in (a Discord server's roles).
    pub groups: BTreeSet<GroupId>,
    /// How sure it is that they did this. A chat fills it in for messages and their edits; nothing else asks for it.
    pub assurance: Assurance,
}

/// A file that someone attached to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What the chat needs to fetch it.
    pub reference: String,
    /// What it is called.
    pub name: String,
    /// How large it is, where the chat says so.
    pub bytes: Option<u64>,
    /// What it shows, where the chat lets people say so.
    pub alt: Option<String>,
}

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Happening {
    /// Wrote a message.
    Said {
        /// Its id.
        message: MessageId,
        /// As typed; a fallback that quotes the message replied to is removed.
        text: String,
        /// The root of the thread it is in, or the message it replies to.
        thread: Option<MessageId>,
        /// Files that came with it.
        attachments: Vec<Attachment>,
    },
    /// Changed one of their messages.
    Edited {
        /// The id of the original message.
        message: MessageId,
        /// The new text.
        text: String,
    },
    /// Put a reaction under a message.
    Reacted {
        /// Under which.
        message: MessageId,
        /// The id by which the reaction is taken back.
        reaction: ReactionId,
        /// As sent, variation selectors included.
        glyph: String,
    },
    /// Pressed a button under a message: a reaction that a second press takes back.
    Pressed {
        /// Under which.
        message: MessageId,
        /// Names this person's press of this button, the same each time.
        reaction: ReactionId,
        /// What the button shows.
        glyph: String,
    },
    /// Removed something: a message or a reaction, the platform only gives its id.
    Removed {
        /// What.
        id: String,
    },
    /// Wrote something that can't be decrypted, although the keys were asked for.
    Unreadable {
        /// Its id.
        message: MessageId,
    },
}
