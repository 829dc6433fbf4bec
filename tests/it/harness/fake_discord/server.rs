//! What the fake Discord knows: one server with its people, channels and messages, and who listens.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// Permissions by their bits (<https://docs.discord.com/developers/topics/permissions>).
pub const ADD_REACTIONS: u64 = 1 << 6;
pub const VIEW_CHANNEL: u64 = 1 << 10;
pub const SEND_MESSAGES: u64 = 1 << 11;
pub const EMBED_LINKS: u64 = 1 << 14;
pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
pub const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;

/// Intents by their bits.
pub const GUILDS: u64 = 1;
pub const GUILD_MESSAGES: u64 = 1 << 9;
pub const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
pub const MESSAGE_CONTENT: u64 = 1 << 15;

pub const EPOCH: i64 = 1_420_070_400_000;

/// What a client of the gateway is told.
pub enum Out {
    Send(Value),
    Close(u16),
    /// The connection breaks without a word.
    Cut,
}

pub struct Session {
    pub id: String,
    pub intents: u64,
    /// Every event with its number, to be played again.
    pub log: Vec<Value>,
    pub client: Option<mpsc::UnboundedSender<Out>>,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub username: String,
    pub nick: Option<String>,
    pub bot: bool,
    pub roles: Vec<u64>,
}

#[derive(Clone, Debug, Default)]
pub struct Channel {
    pub parent: Option<u64>,
    pub archived: bool,
    pub messages: BTreeMap<u64, Message>,
    /// What everybody may not do here.
    pub denied: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Message {
    pub author: u64,
    pub content: String,
    pub embeds: Value,
    pub components: Value,
    pub flags: u64,
    pub kind: u64,
    pub edited: Option<String>,
    pub reference: Option<u64>,
    pub reactions: Vec<(String, Vec<u64>)>,
    pub attachments: Vec<Value>,
    pub interaction: Option<Value>,
    pub nonce: Option<String>,
    /// Whether what it says may call out to people.
    pub may_ping: bool,
}

#[derive(Clone, Debug)]
pub struct Interaction {
    pub token: String,
    pub kind: u64,
    pub channel: u64,
    pub user: u64,
    /// The answer's type, once there is one.
    pub answer: Option<u64>,
    /// The message that the answer made.
    pub message: Option<u64>,
    /// What only the person sees.
    pub ephemeral: Option<String>,
    pub choices: Option<Vec<(String, String)>>,
}

/// Everything.
pub struct Server {
    pub token: String,
    pub application: u64,
    pub own: u64,
    pub guild: u64,
    pub everyone: u64,
    pub has_message_content: bool,
    pub accounts: BTreeMap<u64, Account>,
    pub channels: BTreeMap<u64, Channel>,
    pub commands: Value,
    pub registrations: usize,
    pub interactions: BTreeMap<u64, Interaction>,
    pub sessions: Vec<Session>,
    pub nonces: BTreeMap<String, (u64, u64)>,
    pub files: BTreeMap<String, Bytes>,
    pub address: String,
    pub heartbeat: u64,
    pub refuses_resume: bool,
    pub resumes: usize,
    pub identifies: usize,
    pub heartbeats: usize,
    last: u64,
}

impl Server {
    pub fn new() -> Self {
        let mut server = Self {
            token: "MTIz.fake-token".to_owned(),
            application: 0,
            own: 0,
            guild: 0,
            everyone: 0,
            has_message_content: true,
            accounts: BTreeMap::new(),
            channels: BTreeMap::new(),
            commands: json!([]),
            registrations: 0,
            interactions: BTreeMap::new(),
            sessions: Vec::new(),
            nonces: BTreeMap::new(),
            files: BTreeMap::new(),
            address: String::new(),
            heartbeat: 41_250,
            refuses_resume: false,
            resumes: 0,
            identifies: 0,
            heartbeats: 0,
            last: 0,
        };
        server.application = server.id();
        server.guild = server.id();
        server.everyone = server.guild;
        server.own = server.arrives("portevoix", true);
        server
    }

    /// A new id, later than all others.
    pub fn id(&mut self) -> u64 {
        let now = u64::try_from(Timestamp::now().as_millisecond() - EPOCH).unwrap() << 22;
        self.last = now.max(self.last + 1);
        self.last
    }

    /// Someone joins the server.
    pub fn arrives(&mut self, username: &str, bot: bool) -> u64 {
        let id = self.id();
        let nick = (!bot).then(|| format!("{}{}", username[..1].to_uppercase(), &username[1..]));
        self.accounts.insert(id, Account { username: username.to_owned(), nick, bot, roles: Vec::new() });
        id
    }

    pub fn new_channel(&mut self) -> u64 {
        let id = self.id();
        self.channels.insert(id, Channel::default());
        id
    }

    /// What the bot may do in a channel; in a thread what it may do in the channel.
    pub fn may(&self, channel: u64, permission: u64) -> bool {
        let Some(found) = self.channels.get(&channel) else { return false };
        let denied = found.parent.map_or(found.denied, |parent| self.channels[&parent].denied);
        denied & permission == 0
    }

    pub fn user_json(&self, id: u64) -> Value {
        let account = &self.accounts[&id];
        json!({
            "id": id.to_string(), "username": account.username, "discriminator": "0", "global_name": null,
            "avatar": null, "bot": account.bot,
        })
    }

    pub fn member_json(&self, id: u64, with_user: bool) -> Value {
        let account = &self.accounts[&id];
        let roles: Vec<String> = account.roles.iter().map(u64::to_string).collect();
        let mut member =
            json!({ "nick": account.nick, "roles": roles, "joined_at": "2024-01-01T00:00:00+00:00", "flags": 0 });
        if with_user {
            member["user"] = self.user_json(id);
        }
        member
    }

    pub fn channel_json(&self, id: u64) -> Value {
        let channel = &self.channels[&id];
        let last = channel.messages.keys().next_back().map(u64::to_string);
        let mut json = json!({
            "id": id.to_string(), "guild_id": self.guild.to_string(), "last_message_id": last,
            "type": if channel.parent.is_some() { 11 } else { 0 },
            "name": "brigade-nantes",
        });
        match channel.parent {
            Some(parent) => {
                json["parent_id"] = json!(parent.to_string());
                json["thread_metadata"] =
                    json!({ "archived": channel.archived, "auto_archive_duration": 1440, "locked": false });
            }
            None => {
                json["permission_overwrites"] = json!([{
                    "id": self.everyone.to_string(), "type": 0, "allow": "0", "deny": channel.denied.to_string(),
                }]);
            }
        }
        json
    }

    pub fn guild_json(&self) -> Value {
        let all = ADD_REACTIONS
            | VIEW_CHANNEL
            | SEND_MESSAGES
            | EMBED_LINKS
            | READ_MESSAGE_HISTORY
            | CREATE_PUBLIC_THREADS
            | SEND_MESSAGES_IN_THREADS;
        json!({
            "id": self.guild.to_string(), "name": "DDSP 44", "owner_id": "1",
            "roles": [{ "id": self.everyone.to_string(), "name": "@everyone", "permissions": all.to_string() }],
        })
    }

    /// A message as the HTTP API gives it: without its nonce and without what a member is.
    pub fn message_json(&self, channel: u64, id: u64) -> Value {
        let message = &self.channels[&channel].messages[&id];
        let reactions: Vec<Value> = message.reactions.iter().map(|(glyph, by)| {
            json!({ "emoji": { "id": null, "name": glyph }, "count": by.len(), "me": by.contains(&self.own) })
        }).collect();
        let time = Timestamp::from_millisecond(i64::try_from(id >> 22).unwrap() + EPOCH).unwrap();
        let mut json = json!({
            "id": id.to_string(), "channel_id": channel.to_string(), "author": self.user_json(message.author),
            "content": message.content, "timestamp": time.to_string(), "edited_timestamp": message.edited,
            "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [], "pinned": false,
            "attachments": message.attachments, "embeds": if message.embeds.is_null() { json!([]) } else { message.embeds.clone() },
            "components": if message.components.is_null() { json!([]) } else { message.components.clone() },
            "type": message.kind, "flags": message.flags,
        });
        if !reactions.is_empty() {
            json["reactions"] = json!(reactions);
        }
        if let Some(reference) = message.reference {
            json["message_reference"] = json!({
                "message_id": reference.to_string(), "channel_id": channel.to_string(), "guild_id": self.guild.to_string(),
            });
        }
        if let Some(interaction) = &message.interaction {
            json["interaction_metadata"] = interaction.clone();
        }
        json
    }

    /// Tells everyone who listens for that.
    pub fn tell(&mut self, kind: &str, intent: u64, data: &Value) {
        let own = self.own.to_string();
        for session in &mut self.sessions {
            if intent != 0 && session.intents & intent == 0 {
                continue;
            }
            let mut data = data.clone();
            // Without the intent others' messages say nothing.
            if kind.starts_with("MESSAGE_")
                && session.intents & MESSAGE_CONTENT == 0
                && data["author"]["id"] != own.as_str()
            {
                for (key, nothing) in [
                    ("content", json!("")),
                    ("attachments", json!([])),
                    ("embeds", json!([])),
                    ("components", json!([])),
                ] {
                    if data.get(key).is_some() {
                        data[key] = nothing;
                    }
                }
            }
            let event = json!({ "op": 0, "t": kind, "s": session.log.len() + 1, "d": data });
            session.log.push(event.clone());
            if let Some(client) = &session.client {
                let _ = client.send(Out::Send(event));
            }
        }
    }

    pub fn tell_of_message(&mut self, kind: &str, channel: u64, id: u64) {
        let mut json = self.message_json(channel, id);
        let message = self.channels[&channel].messages[&id].clone();
        json["guild_id"] = json!(self.guild.to_string());
        json["member"] = self.member_json(message.author, false);
        json["nonce"] = json!(message.nonce);
        self.tell(kind, GUILD_MESSAGES, &json);
    }

    pub fn put_message(&mut self, channel: u64, message: Message) -> u64 {
        let id = self.id();
        let there = self.channels.get_mut(&channel).unwrap();
        there.archived = false;
        there.messages.insert(id, message);
        self.tell_of_message("MESSAGE_CREATE", channel, id);
        id
    }

    /// The thread of a message, which has its id.
    pub fn start_thread(&mut self, channel: u64, message: u64) {
        self.channels.insert(message, Channel { parent: Some(channel), ..Channel::default() });
        let json = self.channel_json(message);
        self.tell("THREAD_CREATE", GUILDS, &json);
    }

    pub fn react(&mut self, channel: u64, id: u64, user: u64, glyph: &str) {
        let message = self.channels.get_mut(&channel).unwrap().messages.get_mut(&id).unwrap();
        match message.reactions.iter_mut().find(|(known, _)| known == glyph) {
            Some((_, by)) if by.contains(&user) => return,
            Some((_, by)) => by.push(user),
            None => message.reactions.push((glyph.to_owned(), vec![user])),
        }
        let mut json = self.reaction_json(channel, id, user, glyph);
        json["member"] = self.member_json(user, true);
        self.tell("MESSAGE_REACTION_ADD", GUILD_MESSAGE_REACTIONS, &json);
    }

    pub fn take_back(&mut self, channel: u64, id: u64, user: u64, glyph: &str) {
        let message = self.channels.get_mut(&channel).unwrap().messages.get_mut(&id).unwrap();
        for (known, by) in &mut message.reactions {
            if known == glyph {
                by.retain(|one| *one != user);
            }
        }
        message.reactions.retain(|(_, by)| !by.is_empty());
        let json = self.reaction_json(channel, id, user, glyph);
        self.tell("MESSAGE_REACTION_REMOVE", GUILD_MESSAGE_REACTIONS, &json);
    }

    fn reaction_json(&self, channel: u64, id: u64, user: u64, glyph: &str) -> Value {
        json!({
            "user_id": user.to_string(), "channel_id": channel.to_string(), "message_id": id.to_string(),
            "guild_id": self.guild.to_string(), "emoji": { "id": null, "name": glyph }, "burst": false, "type": 0,
        })
    }

    pub fn remove(&mut self, channel: u64, id: u64) {
        self.channels.get_mut(&channel).unwrap().messages.remove(&id);
        let json =
            json!({ "id": id.to_string(), "channel_id": channel.to_string(), "guild_id": self.guild.to_string() });
        self.tell("MESSAGE_DELETE", GUILD_MESSAGES, &json);
    }

    /// Where a message is; ids are unique on all of Discord.
    pub fn channel_of(&self, id: u64) -> u64 {
        *self.channels.iter().find(|(_, channel)| channel.messages.contains_key(&id)).expect("the message is there").0
    }

    /// A new interaction, told to the bot.
    pub fn interact(&mut self, kind: u64, channel: u64, user: u64, data: Value, message: Option<u64>) -> u64 {
        let id = self.id();
        let token = format!("interaction-token-{id}");
        let mut json = json!({
            "id": id.to_string(), "application_id": self.application.to_string(), "type": kind, "data": data,
            "guild_id": self.guild.to_string(), "channel_id": channel.to_string(), "token": token, "version": 1,
            "channel": self.channel_json(channel), "member": self.member_json(user, true), "locale": "fr",
        });
        if let Some(message) = message {
            json["message"] = self.message_json(channel, message);
        }
        let interaction =
            Interaction { token, kind, channel, user, answer: None, message: None, ephemeral: None, choices: None };
        self.interactions.insert(id, interaction);
        self.tell("INTERACTION_CREATE", 0, &json);
        id
    }

    /// The glyphs of the buttons under a message.
    pub fn buttons(&self, id: u64) -> Vec<(String, String)> {
        let components = &self.channels[&self.channel_of(id)].messages[&id].components;
        let rows = components.as_array().cloned().unwrap_or_default();
        let buttons = rows.iter().flat_map(|row| row["components"].as_array().cloned().unwrap_or_default());
        buttons
            .map(|button| {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                (text(&button["emoji"]["name"]), text(&button["custom_id"]))
            })
            .collect()
    }

    /// Everyone who is connected to the gateway.
    pub fn connected(&self) -> BTreeSet<&str> {
        self.sessions.iter().filter(|session| session.client.is_some()).map(|session| session.id.as_str()).collect()
    }
}
