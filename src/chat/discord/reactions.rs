//! Hands over reactions, which have no ids on Discord.
//!
//! Each is counted: put, taken back, put again. A reaction arrives as the next count of its name, and the intake itself
//! remembers how far that was, so that the same change is never taken twice, from wherever it is learned, and one that was
//! missed changes nothing that comes after.

use serde_json::Value;

use crate::chat::discord::hand_over::HandOver;
use crate::chat::discord::id::{Snowflake, glyph, id_at, parts, reaction};
use crate::chat::discord::patience::keep;
use crate::chat::discord::sift::{person, room_id, standing};
use crate::domain::name::{ArrivalId, MessageId, PersonId, ReactionId};
use crate::port::chat::{Arrival, Happening, Standing};

/// The most reactions whose count is kept at hand; others are counted again.
const MOST_COUNTS: usize = 10_000;

impl HandOver<'_> {
    /// A reaction that was put or taken back, as the gateway tells it.
    pub async fn reaction(&mut self, is_put: bool, data: &Value, room: Snowflake, message: &MessageId) {
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
    pub async fn cleared(&mut self, room: Snowflake, message: &MessageId, only: Option<&str>) {
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
