//! Answers what Discord wants answered within three seconds: a pressed button, a slash command, a value being typed
//! (<https://docs.discord.com/developers/interactions/receiving-and-responding>).
//!
//! A slash command is answered with a message that everyone sees, of who asked and the line that they could have typed:
//! that message is then handled like a typed one. It is a message like any other in the room, so it is also found there
//! if we crash before it was taken.

use std::collections::VecDeque;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::chat::discord::buttons;
use crate::chat::discord::channels::Channels;
use crate::chat::discord::fault::{Trouble, code};
use crate::chat::discord::hand_over::Item;
use crate::chat::discord::id::{Snowflake, Spot, id_at, press, time_of};
use crate::chat::discord::offers::{given, options};
use crate::chat::discord::render::{LONGEST_CONTENT, LONGEST_EMBED, escaped, split, unescaped, width};
use crate::chat::discord::rest::Rest;
use crate::chat::discord::settings::DiscordSettings;
use crate::chat::discord::sift::{person, room_id, standing, thread};
use crate::domain::name::{ArrivalId, PersonId};
use crate::port::chat::{Arrival, Happening, Intake};
use crate::port::offer::OfferedKind;

/// How often an answer is tried: within three seconds there is hardly time for more.
const MOST_TRIES: usize = 2;

/// The most values that are proposed (<https://docs.discord.com/developers/interactions/application-commands#autocomplete>).
const MOST_CHOICES: usize = 25;

/// The longest name or value that is proposed, in characters.
const LONGEST_CHOICE: usize = 100;

/// What stands between the person who asked and what they asked for.
const ASKED: &str = " :\n";

/// All that answering takes.
pub struct Desk<'a> {
    /// The way to Discord.
    pub rest: &'a Rest,
    /// What is offered and said.
    pub settings: &'a DiscordSettings,
    /// Which channels are ours.
    pub channels: &'a Channels,
    /// Knows the drafts.
    pub intake: &'a dyn Intake,
    /// Where what people asked for is put.
    pub items: mpsc::Sender<Item>,
}

impl Desk<'_> {
    /// Answers what comes, all at once, until stopped. What people asked for is handed over in the order in which they
    /// did, and nobody waits for that with an answer.
    pub async fn run(&self, mut interactions: mpsc::Receiver<Value>, stop: &CancellationToken) {
        let mut under_way = FuturesOrdered::new();
        let mut answered: VecDeque<Arrival> = VecDeque::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                Some(arrival) = under_way.next() => answered.extend(arrival),
                permit = self.items.reserve(), if !answered.is_empty() => {
                    // Only while stopping is there nobody left to take it.
                    let (Ok(permit), Some(arrival)) = (permit, answered.pop_front()) else { return };
                    permit.send(Item::Arrival(Box::new(arrival)));
                }
                interaction = interactions.recv() => match interaction {
                    Some(interaction) => under_way.push_back(self.answer(interaction)),
                    None => return,
                },
            }
        }
    }

    /// Answers one, and returns what is to be handed over for it.
    async fn answer(&self, interaction: Value) -> Option<Arrival> {
        let answered = match interaction["type"].as_u64() {
            Some(2) => self.command(&interaction).await,
            Some(3) => self.pressed(&interaction).await,
            Some(4) => self.proposed(&interaction).await,
            Some(_) | None => return None,
        };
        answered.unwrap_or_else(|trouble| {
            tracing::warn!(fault = %trouble.fault(), "Discord: an interaction was not answered");
            None
        })
    }

    /// A button: told to be heard, then handed over.
    async fn pressed(&self, interaction: &Value) -> Result<Option<Arrival>, Trouble> {
        self.tell(interaction, &json!({ "type": 6 })).await?;
        let custom_id = interaction.pointer("/data/custom_id").and_then(Value::as_str).unwrap_or_default();
        let Some(glyph) = buttons::glyph(custom_id) else { return Ok(None) };
        let Some(message) = interaction.get("message") else { return Ok(None) };
        let Some((room, channel)) = self.room(interaction).await? else { return Ok(None) };
        let Some(number) = id_at(message, "id") else { return Ok(None) };
        let message = Spot { channel, message: number }.name(room);
        Ok(arrival(interaction, room, |by| Happening::Pressed {
            reaction: press(&message, by, glyph),
            message,
            glyph: glyph.to_owned(),
        }))
    }

    /// A slash command: shown to everyone as it could have been typed, then handed over as that.
    async fn command(&self, interaction: &Value) -> Result<Option<Arrival>, Trouble> {
        let name = interaction.pointer("/data/name").and_then(Value::as_str).unwrap_or_default();
        let offer = self.settings.offers.iter().find(|offer| offer.word.as_str() == name);
        let room = self.room(interaction).await?;
        let (Some(offer), Some((room, channel))) = (offer, room) else {
            self.tell(interaction, &only_for_them(&self.settings.words.elsewhere)).await?;
            return Ok(None);
        };
        let line = offer.line(&given(offer, interaction));
        let asker = user(interaction).and_then(person).unwrap_or(PersonId(String::new()));
        let Some(shown) = shown(&asker, &line) else {
            self.tell(interaction, &only_for_them(&self.settings.words.too_long)).await?;
            return Ok(None);
        };
        self.tell(interaction, &json!({ "type": 4, "data": shown })).await?;
        let Some(number) = self.original(interaction).await? else { return Ok(None) };
        let spot = Spot { channel, message: number };
        let (message, thread) = (spot.name(room), thread(spot, room));
        let said = |_: &PersonId| Happening::Said { message, text: line, thread, attachments: Vec::new() };
        Ok(arrival(interaction, room, said))
    }

    /// A value being typed.
    async fn proposed(&self, interaction: &Value) -> Result<Option<Arrival>, Trouble> {
        let name = interaction.pointer("/data/name").and_then(Value::as_str).unwrap_or_default();
        let focused = options(interaction).find(|option| option["focused"] == true);
        let offer = self.settings.offers.iter().find(|offer| offer.word.as_str() == name);
        let field = offer.zip(focused).and_then(|(offer, option)| {
            let name = option.get("name")?.as_str()?;
            offer.fields.iter().find(|field| field.name == name)
        });
        let typed = focused.and_then(|option| option.get("value")?.as_str()).unwrap_or_default().trim().to_lowercase();
        let proposals: Vec<(String, String)> = match field.map(|field| &field.kind) {
            Some(OfferedKind::Choice(values)) => values.iter().map(|value| (value.clone(), value.clone())).collect(),
            Some(OfferedKind::DraftNumber) => match self.room(interaction).await? {
                Some((room, _)) => {
                    let drafts = self.intake.drafts(&room_id(room)).await;
                    drafts
                        .into_iter()
                        .map(|(number, text)| (format!("{number} · {text}"), number.to_string()))
                        .collect()
                }
                None => Vec::new(),
            },
            Some(OfferedKind::Prose | OfferedKind::Word | OfferedKind::Fields | OfferedKind::YesNo) | None => {
                Vec::new()
            }
        };
        let fitting = proposals.into_iter().filter(|(name, _)| name.to_lowercase().contains(&typed)).take(MOST_CHOICES);
        let cut = |text: String| text.chars().take(LONGEST_CHOICE).collect::<String>();
        let choices: Vec<Value> = fitting.map(|(name, value)| json!({ "name": cut(name), "value": value })).collect();
        self.tell(interaction, &json!({ "type": 8, "data": { "choices": choices } })).await?;
        Ok(None)
    }

    /// Gives the answer. An answer that was given already is as good.
    async fn tell(&self, interaction: &Value, answer: &Value) -> Result<(), Trouble> {
        let id = interaction.get("id").and_then(Value::as_str).unwrap_or_default();
        let token = interaction.get("token").and_then(Value::as_str).unwrap_or_default();
        let path = format!("/interactions/{id}/{token}/callback");
        let mut tries = 0;
        loop {
            tries += 1;
            match self.rest.call(Method::POST, &path, Some(answer)).await {
                Ok(_) => return Ok(()),
                Err(trouble) if trouble.code() == Some(code::ALREADY_ANSWERED) => return Ok(()),
                Err(Trouble::Silence(_)) if tries < MOST_TRIES => {}
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// The number of the message that the answer made. Should it not be told here, the room tells it.
    async fn original(&self, interaction: &Value) -> Result<Option<Snowflake>, Trouble> {
        let application = interaction.get("application_id").and_then(Value::as_str).unwrap_or_default();
        let token = interaction.get("token").and_then(Value::as_str).unwrap_or_default();
        let message = self.rest.get(&format!("/webhooks/{application}/{token}/messages/@original")).await?;
        Ok(id_at(&message, "id"))
    }

    /// The room of an interaction, and the channel that it is in: the room's own or one of its threads.
    async fn room(&self, interaction: &Value) -> Result<Option<(Snowflake, Snowflake)>, Trouble> {
        if let Some(channel) = interaction.get("channel") {
            self.channels.learn_thread(channel);
        }
        let Some(channel) = id_at(interaction, "channel_id").or_else(|| id_at(interaction.get("channel")?, "id"))
        else {
            return Ok(None);
        };
        Ok(self.channels.room_of(channel, self.rest).await?.map(|room| (room, channel)))
    }
}

/// The person, the room and the line of a slash command, read back from the bot's message that shows it
/// (<https://docs.discord.com/developers/resources/message#message-interaction-metadata-object>).
pub fn read_back(message: &Value) -> Option<(ArrivalId, PersonId, String)> {
    let metadata = message.get("interaction_metadata").filter(|metadata| metadata["type"] == 2)?;
    let id = metadata.get("id")?.as_str()?;
    let by = person(metadata.get("user")?)?;
    let content = message.get("content").and_then(Value::as_str).unwrap_or_default();
    let embeds = message.get("embeds").and_then(Value::as_array);
    let embedded: String =
        embeds.into_iter().flatten().filter_map(|embed| embed.get("description")?.as_str()).collect();
    let shown = content.split_once(ASKED.trim_end()).map_or("", |(_, line)| line.trim_start());
    let line = unescaped(if shown.is_empty() { &embedded } else { shown });
    line.starts_with('!').then(|| (ArrivalId(id.to_owned()), by, line))
}

/// The message that shows who asked for what; `None` where it is longer than a message can be.
fn shown(asker: &PersonId, line: &str) -> Option<Value> {
    let (line, head) = (escaped(line), format!("<@{asker}>{ASKED}"));
    let mentions = json!({ "parse": [] });
    if width(&line) + width(&head) <= LONGEST_CONTENT {
        return Some(json!({ "content": format!("{head}{line}"), "allowed_mentions": mentions, "flags": 4 }));
    }
    let parts = split(&line, LONGEST_EMBED);
    let fits = parts.len() <= 1;
    let embeds: Vec<Value> = parts.into_iter().map(|part| json!({ "description": part })).collect();
    fits.then(|| json!({ "content": head.trim_end(), "embeds": embeds, "allowed_mentions": mentions }))
}

fn only_for_them(words: &str) -> Value {
    json!({ "type": 4, "data": { "content": words, "flags": 64, "allowed_mentions": { "parse": [] } } })
}

fn arrival(interaction: &Value, room: Snowflake, what: impl FnOnce(&PersonId) -> Happening) -> Option<Arrival> {
    let id = id_at(interaction, "id")?;
    let user = user(interaction)?;
    let by = person(user)?;
    Some(Arrival {
        id: ArrivalId(id.to_string()),
        room: room_id(room),
        standing: standing(user, interaction.get("member")),
        at: time_of(id),
        what: what(&by),
        by,
    })
}

/// On a server it is the member who acts.
fn user(interaction: &Value) -> Option<&Value> {
    interaction.pointer("/member/user").or_else(|| interaction.get("user"))
}
