//! Says, edits and reacts, each once per effect.
//!
//! A message carries a nonce that is made from the effect's key: within some minutes Discord answers a repeat with the
//! first message (`enforce_nonce`). For later repeats, a note of what is about to be sent is on the disk before it is,
//! and its id after: a repeat whose note has an id is done; one whose note has none looks for the message among the bot's
//! own since the note was made, by what it says, leaving out those that other notes have for theirs. Two effects that say
//! the very same and are both in doubt may take each other's message; there is one for each in the end, which is all that
//! anyone sees. This holds as long as the state directory does.

use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::chat::discord::channels::Channels;
use crate::chat::discord::fault::{Trouble, code, permanent, transient};
use crate::chat::discord::history;
use crate::chat::discord::id::{self, Snowflake, Spot, id_at};
use crate::chat::discord::memory::{Memory, Said};
use crate::chat::discord::permissions;
use crate::chat::discord::render::body;
use crate::chat::discord::rest::Rest;
use crate::chat::discord::threads::{self, Place};
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::{EffectKey, MessageId, RoomId};
use crate::domain::prose::Prose;

/// How many pages of a room are looked through for a message that may have been sent.
const MOST_PAGES: usize = 10;

/// Why a message was not said.
enum Failed {
    /// Discord did not take it.
    Refused(Trouble),
    /// It could not be noted.
    Forgotten(Fault),
}

/// All that speaking takes.
pub struct Voice<'a> {
    /// The way to Discord.
    pub rest: &'a Rest,
    /// Which channels are ours.
    pub channels: &'a Channels,
    /// What was said before.
    pub memory: &'a Memory,
}

impl Voice<'_> {
    /// See [`Chat::say`](crate::port::chat::Chat::say).
    ///
    /// # Errors
    /// As there.
    pub async fn say(
        &self,
        key: &EffectKey,
        room: &RoomId,
        thread: Option<&MessageId>,
        prose: &Prose,
    ) -> Result<MessageId, Fault> {
        let room = number(room)?;
        let nonce = nonce(key, room);
        if let Some(said) = self.memory.noted().await.said(&nonce) {
            if let Some(message) = &said.message {
                return Ok(message.clone());
            }
            if let Some(message) = self.find(room, said).await.map_err(Trouble::owed)? {
                self.note_id(&nonce, &message).await?;
                return Ok(message);
            }
        }
        let place = match thread {
            None => Place { channel: room, answers: None },
            Some(root) => {
                let root = Spot::of(room, root).ok_or_else(|| unknown(root))?;
                let placed = threads::place(self.rest, self.channels, room, root, &prose.plain()).await;
                match placed {
                    Ok(place) => place,
                    Err(trouble) => return Err(self.explained(trouble, room).await),
                }
            }
        };
        let body = body(prose);
        let sent = match self.send(&nonce, place, room, &body).await {
            // The thread is gone: an answer in the channel itself is better than none.
            Err(Failed::Refused(trouble)) if trouble.code() == Some(code::UNKNOWN_CHANNEL) && place.channel != room => {
                self.channels.forget(place.channel);
                let answers = thread.and_then(|root| Spot::of(room, root)).filter(|root| root.channel == room);
                let place = Place { channel: room, answers: answers.map(|root| root.message) };
                self.send(&nonce, place, room, &body).await
            }
            sent => sent,
        };
        match sent {
            Ok(message) => Ok(message),
            Err(Failed::Refused(trouble)) => Err(self.explained(trouble, room).await),
            Err(Failed::Forgotten(fault)) => Err(fault),
        }
    }

    /// Sends a message, noted before and after.
    async fn send(&self, nonce: &str, place: Place, room: Snowflake, body: &Value) -> Result<MessageId, Failed> {
        let note = Said {
            nonce: nonce.to_owned(),
            channel: place.channel,
            after: id::now().saturating_sub(SKEW),
            print: print(body),
            message: None,
        };
        let noting = self.memory.note(|noted| {
            // An earlier try may be out yet: it is looked for since then.
            let earlier = noted.said(&note.nonce).map(|said| said.after);
            noted.said.retain(|said| said.nonce != note.nonce);
            noted.said.push_back(Said { after: earlier.unwrap_or(note.after), ..note });
        });
        noting.await.map_err(Failed::Forgotten)?;
        let mut body = body.clone();
        body["nonce"] = json!(nonce);
        body["enforce_nonce"] = json!(true);
        if let Some(message) = place.answers {
            body["message_reference"] = json!({ "message_id": message.to_string(), "fail_if_not_exists": false });
        }
        let path = format!("/channels/{}/messages", place.channel);
        let sent = self.in_thread(place.channel, room, Method::POST, &path, &body).await.map_err(Failed::Refused)?;
        let no_id = || Failed::Forgotten(transient(Cause::NotTheApi("no id".to_owned())));
        let message = Spot { channel: place.channel, message: id_at(&sent, "id").ok_or_else(no_id)? }.name(room);
        self.note_id(nonce, &message).await.map_err(Failed::Forgotten)?;
        Ok(message)
    }

    /// See [`Chat::edit`](crate::port::chat::Chat::edit).
    ///
    /// # Errors
    /// As there.
    pub async fn edit(&self, room: &RoomId, message: &MessageId, prose: &Prose) -> Result<(), Fault> {
        let room = number(room)?;
        let spot = Spot::of(room, message).ok_or_else(|| unknown(message))?;
        let path = format!("/channels/{}/messages/{}", spot.channel, spot.message);
        match self.in_thread(spot.channel, room, Method::PATCH, &path, &body(prose)).await {
            Err(trouble) if trouble.code() != Some(code::UNKNOWN_MESSAGE) => Err(self.explained(trouble, room).await),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Makes a request about a message; a thread that was put away is opened for it.
    ///
    /// # Errors
    /// What Discord says.
    pub async fn in_thread(
        &self,
        channel: Snowflake,
        room: Snowflake,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Value, Trouble> {
        let body = Some(body).filter(|body| !body.is_null());
        match self.rest.call(method.clone(), path, body).await {
            Err(trouble) if trouble.code() == Some(code::THREAD_ARCHIVED) && channel != room => {
                threads::reopen(self.rest, channel).await?;
                self.rest.call(method, path, body).await
            }
            other => other,
        }
    }

    /// Looks for a message that may have been sent.
    async fn find(&self, room: Snowflake, said: &Said) -> Result<Option<MessageId>, Trouble> {
        let noted = self.memory.noted().await;
        let claimed = noted.claimed(&said.nonce);
        let me = self.rest.get("/users/@me").await?;
        let mut before = None;
        for _ in 0..MOST_PAGES {
            let page = match history::page(self.rest, said.channel, before).await {
                Err(trouble) if trouble.is_not_there() => return Ok(None),
                page => page?,
            };
            for message in &page {
                let number = id_at(message, "id").unwrap_or_default();
                if number < said.after {
                    return Ok(None);
                }
                let name = Spot { channel: said.channel, message: number }.name(room);
                let is_own = message["author"]["id"] == me["id"];
                let is_it = message["nonce"] == said.nonce.as_str() || print(message) == said.print;
                if is_own && is_it && !claimed.contains(&name) {
                    return Ok(Some(name));
                }
            }
            before = page.last().and_then(|message| id_at(message, "id"));
            if page.len() < history::PAGE {
                return Ok(None);
            }
        }
        Ok(None)
    }

    async fn note_id(&self, nonce: &str, message: &MessageId) -> Result<(), Fault> {
        self.memory
            .note(|noted| {
                if let Some(said) = noted.said.iter_mut().find(|said| said.nonce == nonce) {
                    said.message = Some(message.clone());
                }
            })
            .await
    }

    /// A refusal, with the names of the permissions that are missing where it is about those.
    pub async fn explained(&self, trouble: Trouble, room: Snowflake) -> Fault {
        if matches!(trouble.code(), Some(code::MISSING_PERMISSIONS | code::MISSING_ACCESS))
            && let Ok(missing) = permissions::missing(self.rest, room).await
            && !missing.is_empty()
        {
            return transient(Cause::MissingPermission(missing.join(", ")));
        }
        trouble.owed()
    }
}

/// How far this machine's clock may run ahead of Discord's: ten minutes, in the upper bits of an id.
const SKEW: Snowflake = 600_000 << 22;

/// The same for every try of one effect in one room, at most 25 characters.
fn nonce(key: &EffectKey, room: Snowflake) -> String {
    let hash = Sha256::digest(format!("{room}\n{key}"));
    hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// What a message says, as a hash. White space does not count: Discord trims it.
fn print(message: &Value) -> String {
    let text = |value: &Value, key: &str| -> String {
        value[key].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let mut hash = Sha256::new();
    hash.update(text(message, "content"));
    for embed in message["embeds"].as_array().into_iter().flatten() {
        hash.update("\n");
        hash.update(text(embed, "description"));
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The number of a room.
///
/// # Errors
/// `Refused` when it has none.
pub fn number(room: &RoomId) -> Result<Snowflake, Fault> {
    id::number(room).ok_or_else(|| permanent(Cause::Refused(format!("{room} is not the id of a Discord channel"))))
}

/// That name is no message of this chat.
pub fn unknown(message: &MessageId) -> Fault {
    permanent(Cause::Refused(format!("{message} is not the id of a Discord message")))
}
