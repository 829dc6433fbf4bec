//! Reads from the rooms themselves what happened while the bot was away. What can be known is said in
//! [`discord`](crate::chat::discord).

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::chat::discord::fault::{Trouble, code};
use crate::chat::discord::hand_over::HandOver;
use crate::chat::discord::history::{self, PAGE};
use crate::chat::discord::id::{self, Snowflake, Spot, id_at, reaction};
use crate::chat::discord::offers::register;
use crate::chat::discord::patience::{keep, patiently};
use crate::chat::discord::permissions::missing_in;
use crate::chat::discord::rest::Rest;
use crate::chat::discord::sift::{Written, edit, person, removed, room_id, standing, written};
use crate::domain::name::{MessageId, PersonId, ReactionId};
use crate::port::chat::Standing;

/// The most pages that are read back of one channel, of 100 messages each: a room that was this busy while we were away
/// needs people to look.
const MOST_PAGES: usize = 50;

/// The most people whose reaction of one glyph is read: a page of Discord's; a team is smaller.
const MOST_PEOPLE: usize = 100;

/// What is new in a room.
#[derive(Default)]
struct News {
    said: Vec<Written>,
    changed: Vec<Written>,
    /// The newest message that was read.
    newest: Snowflake,
}

/// The people of a server, as far as they were asked for.
struct People {
    guild: Snowflake,
    known: HashMap<PersonId, Standing>,
}

impl HandOver<'_> {
    /// Begins a session: reads every room, then looks whether all is well there and makes the slash commands known.
    pub async fn begin(&mut self, ready: &Value) {
        if let Some(own) = id_at(&ready["user"], "id") {
            self.own = own;
        }
        let mut guilds = BTreeSet::new();
        for room in self.channels.rooms() {
            let path = format!("/channels/{room}");
            let channel = patiently("read a room", self.stop, || self.rest.get(&path)).await;
            let Some((channel, guild)) = channel
                .and_then(|channel| Some((id_at(&channel, "guild_id")?, channel)))
                .map(|(guild, channel)| (channel, guild))
            else {
                if !self.stop.is_cancelled() {
                    tracing::warn!(room, "Discord: the bot does not see this channel; `portevoix check` says why");
                }
                continue;
            };
            guilds.insert(guild);
            self.room(*room, guild).await;
            match missing_in(self.rest, &channel, guild).await {
                Ok(missing) if missing.is_empty() => {}
                Ok(missing) => {
                    tracing::warn!(
                        room,
                        missing = missing.join(", "),
                        "Discord: permissions are missing in this channel"
                    );
                }
                Err(trouble) => {
                    tracing::warn!(room, fault = %trouble.fault(), "Discord: the permissions are not known");
                }
            }
        }
        let told = self.settings.application.as_deref().and_then(|application| application.parse().ok());
        let Some(application) = told.or_else(|| id_at(&ready["application"], "id")) else { return };
        for guild in guilds {
            if let Err(trouble) = register(self.rest, application, guild, &self.settings.offers).await {
                tracing::warn!(guild, fault = %trouble.fault(), "Discord: the slash commands could not be registered");
            }
        }
    }

    /// Hands over what is new in a room, oldest first.
    async fn room(&mut self, room: Snowflake, guild: Snowflake) {
        let since = self.memory.noted().await.read.get(&room_id(room)).copied();
        let mut people = People { guild, known: HashMap::new() };
        // Where the bot is new, what was said before is not for it.
        let after = since.unwrap_or(Snowflake::MAX);
        let read = || self.news(room, guild, after);
        let Some(news) = patiently("read back a room", self.stop, read).await else { return };
        let newest = news.newest.max(since.unwrap_or(room));
        if since.is_some() && !self.hand_over(news, &mut people).await {
            return;
        }
        self.reactions(room, &mut people).await;
        let note = || {
            self.memory.note(|noted| {
                noted.read.insert(room_id(room), newest);
            })
        };
        keep("note how far a room was read", self.stop, note).await;
    }

    /// Whether all was handed over; not when stopped before.
    async fn hand_over(&mut self, news: News, people: &mut People) -> bool {
        let mut all: Vec<(jiff::Timestamp, bool, Written)> = Vec::new();
        all.extend(news.said.into_iter().map(|written| (written.arrival.at, false, written)));
        for written in news.changed {
            if let Some(at) = edit(&written).map(|arrival| arrival.at) {
                all.push((at, true, written));
            }
        }
        all.sort_by_key(|(at, is_edit, written)| (*at, *is_edit, written.number));
        for (_, is_edit, mut written) in all {
            if self.stop.is_cancelled() {
                return false;
            }
            written.arrival.standing = self.standing(&written.arrival.by, people, &written.arrival.standing).await;
            if is_edit {
                self.change(&written).await;
            } else {
                self.say(written).await;
            }
        }
        !self.stop.is_cancelled()
    }

    /// What was written in a room and its threads and not taken yet.
    async fn news(&self, room: Snowflake, guild: Snowflake, since: Snowflake) -> Result<News, Trouble> {
        let mut news = News::default();
        let threads = history::threads(self.rest, guild, room, since).await?;
        for thread in &threads {
            self.channels.put(*thread, Some(room));
        }
        for channel in std::iter::once(room).chain(threads) {
            self.channel_news(room, channel, since, &mut news).await?;
        }
        Ok(news)
    }

    async fn channel_news(
        &self,
        room: Snowflake,
        channel: Snowflake,
        since: Snowflake,
        news: &mut News,
    ) -> Result<(), Trouble> {
        let mut before = None;
        for _ in 0..MOST_PAGES {
            let page = history::page(self.rest, channel, before).await?;
            let (mut old, mut new) = (0, 0);
            for message in &page {
                news.newest = news.newest.max(id_at(message, "id").unwrap_or_default());
                let Some(written) = written(message, room, self.own) else { continue };
                if self.intake.has_seen(&written.arrival.id).await {
                    old += 1;
                    if let Some(edit) = edit(&written)
                        && !self.intake.has_seen(&edit.id).await
                    {
                        news.changed.push(written);
                    }
                } else if written.number > since {
                    new += 1;
                    news.said.push(written);
                }
            }
            before = page.last().and_then(|message| id_at(message, "id"));
            let is_all = page.len() < PAGE || before.is_none_or(|before| before <= since);
            if is_all || (old > 0 && new == 0) {
                return Ok(());
            }
        }
        tracing::warn!(channel, pages = MOST_PAGES, "Discord: too much was said while away; the oldest is left out");
        Ok(())
    }

    /// Looks at the cards and at the reactions that stood when the bot was last there.
    async fn reactions(&mut self, room: Snowflake, people: &mut People) {
        let noted = self.memory.noted().await;
        let here = room_id(room);
        let stood: BTreeSet<ReactionId> =
            noted.reactions.iter().filter(|(room, _)| *room == here).map(|(_, reaction)| reaction.clone()).collect();
        let under = stood.iter().filter_map(|reaction| Some(id::parts(reaction)?.0));
        let cards = noted.cards.iter().filter(|(room, _)| *room == here).map(|(_, message)| message.clone());
        let messages: BTreeSet<MessageId> = under.chain(cards).collect();
        for message in messages {
            let Some(spot) = Spot::of(room, &message) else { continue };
            let path = format!("/channels/{}/messages/{}", spot.channel, spot.message);
            let look = || async {
                match self.rest.get(&path).await {
                    Err(trouble) if trouble.code() == Some(code::UNKNOWN_MESSAGE) => Ok(None),
                    found => found.map(Some),
                }
            };
            match patiently("look at a card", self.stop, look).await {
                Some(Some(found)) => self.reactions_under(room, spot, &message, &found, &stood, people).await,
                Some(None) => self.gone(room, &message).await,
                // Not for us at the moment, or stopped: nothing is known of it.
                None => {}
            }
        }
    }

    async fn reactions_under(
        &mut self,
        room: Snowflake,
        spot: Spot,
        message: &MessageId,
        found: &Value,
        stood: &BTreeSet<ReactionId>,
        people: &mut People,
    ) {
        let Some(stands) = self.standing_reactions(spot, message, found).await else { return };
        for (reaction, account) in &stands {
            let Some((_, by, _)) = id::parts(reaction) else { continue };
            let said = standing(account, None);
            let standing = self.standing(&by, people, &said).await;
            self.put(room, reaction, standing).await;
        }
        let is_under = |reaction: &&ReactionId| id::parts(reaction).is_some_and(|(under, ..)| under == *message);
        let is_gone = |reaction: &&ReactionId| !stands.iter().any(|(one, _)| one == *reaction);
        for reaction in stood.iter().filter(is_under).filter(is_gone) {
            self.take_back(room, reaction).await;
        }
    }

    /// A card that is not there any more.
    async fn gone(&mut self, room: Snowflake, message: &MessageId) {
        self.intake.take(removed(message, room)).await;
        let forgotten = self.memory.note(|noted| {
            noted.cards.retain(|(_, card)| card != message);
            noted.reactions.retain(|(_, reaction)| id::parts(reaction).is_none_or(|(under, ..)| under != *message));
        });
        if let Err(fault) = forgotten.await {
            tracing::warn!(%fault, "Discord: a card could not be forgotten");
        }
    }

    /// Who put what under a message; `None` when stopped before that was known.
    async fn standing_reactions(
        &self,
        spot: Spot,
        message: &MessageId,
        found: &Value,
    ) -> Option<Vec<(ReactionId, Value)>> {
        let mut stands = Vec::new();
        for entry in found["reactions"].as_array().into_iter().flatten() {
            let Some(glyph) = id::glyph(&entry["emoji"]) else { continue };
            let Spot { channel, message: number } = spot;
            let emoji = id::encoded(&glyph);
            let path = format!("/channels/{channel}/messages/{number}/reactions/{emoji}?limit={MOST_PEOPLE}");
            let accounts = patiently("look who reacted", self.stop, || self.rest.get(&path)).await;
            if self.stop.is_cancelled() {
                return None;
            }
            for account in accounts.iter().filter_map(Value::as_array).flatten() {
                let is_person = account["bot"] != true && id_at(account, "id") != Some(self.own);
                if let Some(by) = person(account).filter(|_| is_person) {
                    stands.push((reaction(message, &by, &glyph), account.clone()));
                }
            }
        }
        Some(stands)
    }

    /// What a person is called and belongs to; histories don't say. `said` is what is known where Discord does not tell.
    async fn standing(&self, by: &PersonId, people: &mut People, said: &Standing) -> Standing {
        if let Some(known) = people.known.get(by) {
            return known.clone();
        }
        let guild = people.guild;
        let asked = patiently("look up a member", self.stop, || member(self.rest, guild, by)).await;
        let standing = asked.unwrap_or_else(|| said.clone());
        people.known.insert(by.clone(), standing.clone());
        standing
    }
}

/// What a person is called and belongs to on a server.
async fn member(rest: &Rest, guild: Snowflake, person: &PersonId) -> Result<Standing, Trouble> {
    let member = rest.get(&format!("/guilds/{guild}/members/{person}")).await?;
    Ok(standing(member.get("user").unwrap_or(&Value::Null), Some(&member)))
}
