//! Hands over to the intake what came, one after the other.

use std::collections::HashMap;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::chat::discord::channels::Channels;
use crate::chat::discord::id::{Snowflake, Spot, glyph, id_at};
use crate::chat::discord::memory::Memory;
use crate::chat::discord::patience::{keep, patiently};
use crate::chat::discord::rest::Rest;
use crate::chat::discord::settings::DiscordSettings;
use crate::chat::discord::sift::{Written, edit, removed, written};
use crate::domain::name::ReactionId;
use crate::domain::seal::Word;
use crate::port::chat::{Arrival, Happening, Intake};

/// Something that has its place in the order.
#[derive(Debug)]
pub enum Item {
    /// A new session begins: what happened before it may have been missed.
    Ready(Value),
    /// An event of the gateway.
    Event {
        /// Its name.
        kind: String,
        /// What it says.
        data: Value,
    },
    /// Something that is ready to be handed over.
    Arrival(Box<Arrival>),
}

/// All that handing over takes.
pub struct HandOver<'a> {
    /// The way to Discord.
    pub rest: &'a Rest,
    /// Where the bot works.
    pub settings: &'a DiscordSettings,
    /// Which channels are ours.
    pub channels: &'a Channels,
    /// What has to survive.
    pub memory: &'a Memory,
    /// Who takes it.
    pub intake: &'a dyn Intake,
    /// Ends it all.
    pub stop: &'a CancellationToken,
    /// The bot's own user id.
    pub own: Snowflake,
    /// How often each reaction was put and taken back.
    pub counts: HashMap<ReactionId, u64>,
}

impl HandOver<'_> {
    /// Hands over what comes until stopped. What people were already told to have been heard is handed over then, too.
    pub async fn run(&mut self, mut items: mpsc::Receiver<Item>) {
        while !self.stop.is_cancelled() {
            let item = tokio::select! {
                biased;
                () = self.stop.cancelled() => break,
                item = items.recv() => item,
            };
            match item {
                Some(Item::Ready(ready)) => self.begin(&ready).await,
                Some(Item::Event { kind, data }) => self.event(&kind, &data).await,
                Some(Item::Arrival(arrival)) => self.intake.take(*arrival).await,
                None => return,
            }
        }
        while let Ok(item) = items.try_recv() {
            match item {
                Item::Arrival(arrival) => self.intake.take(*arrival).await,
                Item::Ready(_) | Item::Event { .. } => {}
            }
        }
    }

    async fn event(&mut self, kind: &str, data: &Value) {
        match kind {
            "GUILD_CREATE" | "THREAD_LIST_SYNC" => {
                let threads = data.get("threads").and_then(Value::as_array);
                threads.into_iter().flatten().for_each(|thread| self.channels.learn(thread));
            }
            "THREAD_CREATE" | "THREAD_UPDATE" | "CHANNEL_CREATE" | "CHANNEL_UPDATE" => self.channels.learn(data),
            _ => {}
        }
        let is_ours = matches!(kind.split_once('_'), Some(("MESSAGE", _)));
        let Some(channel) = id_at(data, "channel_id").filter(|_| is_ours) else { return };
        let ask = || self.channels.room_of(channel, self.rest);
        let Some(Some(room)) = patiently("look up a channel", self.stop, ask).await else { return };
        let spot = |message| Spot { channel, message };
        match kind {
            "MESSAGE_CREATE" => {
                if let Some(written) = written(data, room, self.own) {
                    self.say(written).await;
                }
            }
            "MESSAGE_UPDATE" => self.edited(data, room, channel).await,
            "MESSAGE_DELETE" => {
                if let Some(message) = id_at(data, "id") {
                    self.intake.take(removed(&spot(message).name(room), room)).await;
                }
            }
            "MESSAGE_DELETE_BULK" => {
                let ids = data.get("ids").and_then(Value::as_array).into_iter().flatten();
                for message in ids.filter_map(|id| id.as_str()?.parse().ok()) {
                    self.intake.take(removed(&spot(message).name(room), room)).await;
                }
            }
            "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE" => {
                let message = id_at(data, "message_id").map(|message| spot(message).name(room));
                if let Some(message) = message {
                    self.reaction(kind == "MESSAGE_REACTION_ADD", data, room, &message).await;
                }
            }
            "MESSAGE_REACTION_REMOVE_ALL" | "MESSAGE_REACTION_REMOVE_EMOJI" => {
                if let Some(message) = id_at(data, "message_id").map(|message| spot(message).name(room)) {
                    let only = data.get("emoji").and_then(glyph);
                    self.cleared(room, &message, only.as_deref()).await;
                }
            }
            _ => {}
        }
    }

    /// A message that is new to us; if it was changed meanwhile, that is part of it.
    pub async fn say(&mut self, written: Written) {
        if let Some(edited) = written.edited.clone() {
            let edit = (written.message.clone(), edited);
            let note = || {
                self.memory.note(|noted| {
                    if !noted.edits.contains(&edit) {
                        noted.edits.push_back(edit.clone());
                    }
                })
            };
            if keep("note an edit", self.stop, note).await.is_none() {
                return;
            }
        }
        if !self.notes_a_word(&written).await {
            return;
        }
        self.intake.take(written.arrival).await;
    }

    /// Whoever removes a card's word takes an approval back, also while the bot is away: what may be one is looked at
    /// again, as cards are. Returns whether that is on the disk, where it is needed.
    async fn notes_a_word(&self, written: &Written) -> bool {
        let Happening::Said { message, text, .. } = &written.arrival.what else { return true };
        if Word::read(text).is_none() {
            return true;
        }
        let entry = (written.arrival.room.clone(), message.clone());
        let note = || {
            self.memory.note(|noted| {
                if !noted.cards.contains(&entry) {
                    noted.cards.push_back(entry.clone());
                }
            })
        };
        keep("note a word", self.stop, note).await.is_some()
    }

    async fn edited(&mut self, data: &Value, room: Snowflake, channel: Snowflake) {
        // Discord may tell no more than what changed. That it made a preview of a link is no edit.
        if data.get("edited_timestamp").is_none_or(Value::is_null) {
            return;
        }
        let Some(message) = id_at(data, "id") else { return };
        let whole = if data.get("author").is_some() && data.get("content").is_some() {
            Some(data.clone())
        } else {
            let path = format!("/channels/{channel}/messages/{message}");
            patiently("read an edited message", self.stop, || self.rest.get(&path)).await
        };
        let Some(written) = whole.and_then(|whole| written(&whole, room, self.own)) else { return };
        self.change(&written).await;
    }

    /// An edit of a message, unless it was part of it when it was handed over.
    pub async fn change(&mut self, written: &Written) {
        let edited = written.edited.as_deref().unwrap_or_default();
        if self.memory.noted().await.was_edited_before(&written.message, edited) {
            return;
        }
        if let Some(arrival) = edit(written) {
            self.intake.take(arrival).await;
        }
    }
}
