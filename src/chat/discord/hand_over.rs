//! Hands over to the intake what came, one after the other.
//!
//! Reactions have no ids on Discord. Each is counted: put, taken back, put again. A reaction arrives as the next count of
//! its name, and the intake itself remembers how far that was, so that the same change is never taken twice, from
//! wherever it is learned, and one that was missed changes nothing that comes after.

use std::collections::HashMap;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::chat::backoff::Backoff;
use crate::chat::discord::channels::Channels;
use crate::chat::discord::fault::Trouble;
use crate::chat::discord::id::{Snowflake, Spot, glyph, id_at, parts, reaction};
use crate::chat::discord::memory::Memory;
use crate::chat::discord::rest::Rest;
use crate::chat::discord::settings::DiscordSettings;
use crate::chat::discord::sift::{Written, edit, person, removed, room_id, standing, written};
use crate::domain::fault::Fault;
use crate::domain::name::{ArrivalId, MessageId, PersonId, ReactionId};
use crate::port::chat::{Arrival, Happening, Intake, Standing};

/// The most reactions whose count is kept at hand; others are counted again.
const MOST_COUNTS: usize = 10_000;

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
        self.intake.take(written.arrival).await;
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

    async fn reaction(&mut self, is_put: bool, data: &Value, room: Snowflake, message: &MessageId) {
        let user = id_at(data, "user_id").filter(|user| *user != self.own);
        let (Some(user), Some(glyph)) = (user, data.get("emoji").and_then(glyph)) else { return };
        let member = data.get("member");
        let account = member.and_then(|member| member.get("user")).unwrap_or(&Value::Null);
        if account["bot"] == true {
            return;
        }
        let by = person(account).unwrap_or(PersonId(user.to_string()));
        let reaction = reaction(message, &by, &glyph);
        if is_put {
            self.put(room, &reaction, standing(account, member)).await;
        } else {
            self.take_back(room, &reaction).await;
        }
    }

    /// A reaction that stands now; nothing if that is known.
    pub async fn put(&mut self, room: Snowflake, reaction: &ReactionId, standing: Standing) {
        let Some((message, by, glyph)) = parts(reaction) else { return };
        let count = self.count(reaction).await;
        if count % 2 == 1 {
            return;
        }
        // On the disk before it is taken, so that it is looked at again after an absence.
        let entry = (room_id(room), reaction.clone());
        let note = || {
            self.memory.note(|noted| {
                if !noted.reactions.contains(&entry) {
                    noted.reactions.push_back(entry.clone());
                }
            })
        };
        if keep("note a reaction", self.stop, note).await.is_none() {
            return;
        }
        let what = Happening::Reacted { message, reaction: reaction.clone(), glyph: glyph.to_owned() };
        self.turn(room, reaction, count + 1, by, standing, what).await;
    }

    /// A reaction that does not stand any more; nothing if that is known.
    pub async fn take_back(&mut self, room: Snowflake, reaction: &ReactionId) {
        let Some((_, by, _)) = parts(reaction) else { return };
        let count = self.count(reaction).await;
        if count % 2 == 1 {
            let what = Happening::Removed { id: reaction.to_string() };
            self.turn(room, reaction, count + 1, by, Standing::default(), what).await;
        }
        // Should this fail, it is looked at once more than needed.
        let forgotten = self.memory.note(|noted| noted.reactions.retain(|(_, kept)| kept != reaction)).await;
        if let Err(fault) = forgotten {
            tracing::warn!(%fault, "Discord: a reaction could not be forgotten");
        }
    }

    /// All reactions under a message were cleared, or all of one glyph.
    async fn cleared(&mut self, room: Snowflake, message: &MessageId, only: Option<&str>) {
        for (_, reaction) in &self.memory.noted().await.reactions {
            let is_it = parts(reaction)
                .is_some_and(|(under, _, glyph)| under == *message && only.is_none_or(|only| only == glyph));
            if is_it {
                self.take_back(room, reaction).await;
            }
        }
    }

    async fn turn(
        &mut self,
        room: Snowflake,
        reaction: &ReactionId,
        count: u64,
        by: PersonId,
        standing: Standing,
        what: Happening,
    ) {
        let (id, room) = (turn_id(reaction, count), room_id(room));
        self.intake.take(Arrival { id, room, by, standing, at: jiff::Timestamp::now(), what }).await;
        self.counts.insert(reaction.clone(), count);
    }

    /// How often it was put and taken back, as far as was taken: odd while it stands.
    async fn count(&mut self, reaction: &ReactionId) -> u64 {
        if let Some(count) = self.counts.get(reaction) {
            return *count;
        }
        if self.counts.len() >= MOST_COUNTS {
            self.counts.clear();
        }
        let mut count = 0;
        while self.intake.has_seen(&turn_id(reaction, count + 1)).await {
            count += 1;
        }
        self.counts.insert(reaction.clone(), count);
        count
    }
}

fn turn_id(reaction: &ReactionId, count: u64) -> ArrivalId {
    ArrivalId(format!("{reaction}#{count}"))
}

/// Asks Discord until it answers; `None` when it says that it is not there, or when stopped before.
pub async fn patiently<T, F: Future<Output = Result<T, Trouble>>>(
    what: &str,
    stop: &CancellationToken,
    mut ask: impl FnMut() -> F,
) -> Option<T> {
    let mut backoff = Backoff::new("Discord");
    while !stop.is_cancelled() {
        match ask().await {
            Ok(answer) => return Some(answer),
            Err(trouble) if trouble.is_not_there() => return None,
            Err(trouble) => backoff.wait(what, &trouble.fault(), stop).await,
        }
    }
    None
}

/// Tries until it works; `None` when stopped before.
pub async fn keep<T, F: Future<Output = Result<T, Fault>>>(
    what: &str,
    stop: &CancellationToken,
    mut attempt: impl FnMut() -> F,
) -> Option<T> {
    let mut backoff = Backoff::new("Discord");
    while !stop.is_cancelled() {
        match attempt().await {
            Ok(done) => return Some(done),
            Err(fault) => backoff.wait(what, &fault, stop).await,
        }
    }
    None
}

/// What a person is called and belongs to on a server.
pub async fn member(rest: &Rest, guild: Snowflake, person: &PersonId) -> Result<Standing, Trouble> {
    let member = rest.get(&format!("/guilds/{guild}/members/{person}")).await?;
    Ok(standing(member.get("user").unwrap_or(&Value::Null), Some(&member)))
}
