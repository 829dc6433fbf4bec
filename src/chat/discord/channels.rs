//! Knows which thread belongs to which room: an event names only the channel that it happened in.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::Value;

use crate::chat::discord::fault::Trouble;
use crate::chat::discord::id::{Snowflake, id_at};
use crate::chat::discord::rest::Rest;

/// The most channels that are remembered; asking again costs one request.
const MOST_CHANNELS: usize = 10_000;

/// The channels of the servers that the bot is on.
#[derive(Debug)]
pub struct Channels {
    rooms: Vec<Snowflake>,
    /// The room of a channel that is no room itself; `None` where it belongs to none.
    known: Mutex<HashMap<Snowflake, Option<Snowflake>>>,
}

impl Channels {
    /// Only these are rooms.
    pub fn new(rooms: Vec<Snowflake>) -> Self {
        Self { rooms, known: Mutex::default() }
    }

    /// The rooms.
    pub fn rooms(&self) -> &[Snowflake] {
        &self.rooms
    }

    /// Whether it is known to be a thread of that room.
    pub fn is_thread_of(&self, room: Snowflake, channel: Snowflake) -> bool {
        self.known(channel) == Some(Some(room))
    }

    /// Learns from a channel object.
    pub fn learn(&self, channel: &Value) {
        if let Some(id) = id_at(channel, "id") {
            self.put(id, id_at(channel, "parent_id").filter(|parent| self.rooms.contains(parent)));
        }
    }

    /// Learns from a channel object, if it is a thread's: others may come in part only.
    pub fn learn_thread(&self, channel: &Value) {
        if channel.get("thread_metadata").is_some() && channel.get("parent_id").is_some() {
            self.learn(channel);
        }
    }

    /// Learns that a thread belongs to a room.
    pub fn put(&self, channel: Snowflake, room: Option<Snowflake>) {
        let Ok(mut known) = self.known.lock() else { return };
        if known.len() >= MOST_CHANNELS {
            known.clear();
        }
        known.insert(channel, room);
    }

    /// Forgets a channel.
    pub fn forget(&self, channel: Snowflake) {
        if let Ok(mut known) = self.known.lock() {
            known.remove(&channel);
        }
    }

    /// The room that a channel is or belongs to; `None` where it is none of ours.
    ///
    /// # Errors
    /// When Discord had to be asked and did not say.
    pub async fn room_of(&self, channel: Snowflake, rest: &Rest) -> Result<Option<Snowflake>, Trouble> {
        if self.rooms.contains(&channel) {
            return Ok(Some(channel));
        }
        if let Some(room) = self.known(channel) {
            return Ok(room);
        }
        match rest.get(&format!("/channels/{channel}")).await {
            Ok(found) => {
                self.learn(&found);
                Ok(self.known(channel).flatten())
            }
            Err(trouble) if trouble.is_not_there() => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    fn known(&self, channel: Snowflake) -> Option<Option<Snowflake>> {
        self.known.lock().ok()?.get(&channel).copied()
    }
}
