//! A channel on the fake Discord with Martin, Durand and the bot.

use std::sync::Arc;

use async_trait::async_trait;
use portevoix::chat::discord::chat::DiscordChat;
use portevoix::chat::discord::settings::{DiscordSettings, Words};
use portevoix::domain::fault::Fault;
use portevoix::domain::name::{MessageId, PersonId, ReactionId, RoomId};
use portevoix::domain::secret::Secret;
use portevoix::port::chat::{Chat, Intake};
use portevoix::port::offer::{Offer, OfferedField, OfferedKind};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::contract::chat::{Person, Seen, Stage};
use crate::harness::fake_discord::FakeDiscord;
use crate::harness::notebook::Notebook;

pub struct DiscordStage {
    pub discord: FakeDiscord,
    pub channel: u64,
    pub martin: u64,
    pub durand: u64,
    pub settings: DiscordSettings,
    pub running: Option<Running>,
    _directory: TempDir,
}

/// The bot, listening.
pub struct Running {
    pub chat: Arc<DiscordChat>,
    stop: CancellationToken,
    listening: JoinHandle<Result<(), Fault>>,
}

pub async fn discord_stage() -> DiscordStage {
    let _ = tracing_subscriber::fmt().with_test_writer().try_init();
    let discord = FakeDiscord::start().await;
    let (channel, martin, durand) =
        discord.with(|server| (server.new_channel(), server.arrives("martin", false), server.arrives("durand", false)));
    let directory = tempfile::tempdir().unwrap();
    let settings = DiscordSettings {
        token: Secret::new(discord.token()),
        api: discord.url(),
        application: None,
        rooms: vec![RoomId(channel.to_string())],
        state_directory: directory.path().join("discord"),
        offers: offers(),
        words: Words { elsewhere: "Pas ici.".to_owned(), too_long: "Trop long.".to_owned() },
    };
    DiscordStage { discord, channel, martin, durand, settings, running: None, _directory: directory }
}

/// Two commands: one that drafts, one that changes a draft.
fn offers() -> Vec<Offer> {
    let field = |name: &str, required, bare, kind| OfferedField {
        name: name.to_owned(),
        about: "…".to_owned(),
        required,
        bare,
        kind,
    };
    let choices = OfferedKind::Choice(vec!["Nantes".to_owned(), "Saint-Nazaire".to_owned()]);
    vec![
        Offer {
            word: "appel".into(),
            about: "Lancer un appel à témoins".to_owned(),
            fields: vec![
                field("faits", true, false, OfferedKind::Prose),
                field("lieu", false, false, OfferedKind::Prose),
                field("ville", false, false, choices),
                field("urgent", false, false, OfferedKind::YesNo),
                field("date", false, false, OfferedKind::Word),
            ],
        },
        Offer {
            word: "modifier".into(),
            about: "Modifier un brouillon".to_owned(),
            fields: vec![
                field("numero", true, true, OfferedKind::DraftNumber),
                field("champs", false, true, OfferedKind::Fields),
            ],
        },
    ]
}

impl DiscordStage {
    pub fn number(&self, person: Person) -> u64 {
        match person {
            Person::Martin => self.martin,
            Person::Durand => self.durand,
        }
    }

    /// Starts the chat, listening into any intake; returns once the gateway has it.
    pub async fn listen_into(&mut self, intake: Arc<dyn Intake>) {
        let chat = Arc::new(DiscordChat::open(self.settings.clone()).unwrap());
        let stop = CancellationToken::new();
        let listening = tokio::spawn({
            let (chat, stop) = (chat.clone(), stop.clone());
            async move { chat.listen(intake.as_ref(), stop).await }
        });
        let registrations = self.discord.with(|server| server.registrations);
        self.running = Some(Running { chat, stop, listening });
        self.discord.until("the bot is connected", |server| !server.connected().is_empty()).await;
        if registrations == 0 {
            // The last thing that a new bot does before it hands over what comes.
            self.discord.until("the commands are known", |server| server.registrations > 0).await;
        }
    }

    /// The name that the chat gives to a message.
    pub fn name(&self, id: u64) -> MessageId {
        let channel = self.discord.with(|server| server.channel_of(id));
        MessageId(if channel == self.channel { id.to_string() } else { format!("{channel}/{id}") })
    }

    async fn gone(&self) {
        self.discord.until("the bot is gone", |server| server.connected().is_empty()).await;
    }
}

/// The number of a message by its name.
pub fn number(message: &MessageId) -> u64 {
    message.as_str().rsplit('/').next().unwrap().parse().unwrap()
}

#[async_trait]
impl Stage for DiscordStage {
    fn room(&self) -> RoomId {
        RoomId(self.channel.to_string())
    }

    fn id_of(&self, person: Person) -> PersonId {
        PersonId(self.number(person).to_string())
    }

    async fn start(&mut self, intake: Arc<Notebook>) {
        self.listen_into(intake).await;
    }

    fn chat(&self) -> &dyn Chat {
        self.running.as_ref().unwrap().chat.as_ref()
    }

    async fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.cancel();
        running.listening.await.unwrap().unwrap();
        self.gone().await;
    }

    async fn crash(&mut self) {
        let running = self.running.take().unwrap();
        running.listening.abort();
        assert!(running.listening.await.unwrap_err().is_cancelled());
        self.gone().await;
    }

    fn tells_the_past(&self) -> bool {
        false
    }

    async fn says(&mut self, person: Person, text: &str) -> MessageId {
        let id = self.discord.says(self.number(person), self.channel, text);
        self.name(id)
    }

    async fn replies(&mut self, person: Person, root: &MessageId, text: &str) -> MessageId {
        let id = self.discord.says_in_thread(self.number(person), number(root), text);
        self.name(id)
    }

    async fn sends(&mut self, person: Person, name: &str, photo: &[u8], words: &str) -> MessageId {
        let id = self.discord.attaches(self.number(person), self.channel, words, (name, photo, ""));
        self.name(id)
    }

    async fn edits(&mut self, person: Person, message: &MessageId, text: &str) {
        self.discord.edits(self.number(person), number(message), text);
    }

    async fn reacts(&mut self, person: Person, message: &MessageId, glyph: &str) -> ReactionId {
        let (user, id) = (self.number(person), number(message));
        self.discord.with(|server| server.react(server.channel_of(id), id, user, glyph));
        ReactionId(format!("{message}/{user}/{glyph}"))
    }

    async fn removes(&mut self, _: Person, id: &str) {
        let mut parts = id.rsplitn(3, '/');
        let (glyph, user, message) = (parts.next().unwrap(), parts.next(), parts.next());
        self.discord.with(|server| match (user, message) {
            (Some(user), Some(message)) => {
                let message = number(&message.into());
                server.take_back(server.channel_of(message), message, user.parse().unwrap(), glyph);
            }
            _ => {
                let message = number(&id.into());
                server.remove(server.channel_of(message), message);
            }
        });
    }

    async fn sees(&mut self, _: Person, until: &MessageId) -> Vec<Seen> {
        let id = number(until);
        self.discord
            .until("it is there", |server| server.channels.values().any(|channel| channel.messages.contains_key(&id)))
            .await;
        let mut all = self.discord.with(|server| {
            let messages = server.channels.iter().flat_map(|(channel, there)| {
                there.messages.iter().map(|(id, message)| (*id, (*channel, there.parent), message.clone()))
            });
            messages.collect::<Vec<_>>()
        });
        all.sort_by_key(|(id, ..)| *id);
        all.into_iter()
            .map(|(id, (channel, parent), message)| {
                let shown = self.discord.shown(id);
                let by = |user: u64| PersonId(user.to_string());
                Seen {
                    id: self.name(id),
                    by: by(message.author),
                    text: shown.text,
                    edited: message.edited.is_some(),
                    thread: parent.map(|_| MessageId(channel.to_string())),
                    reactions: message
                        .reactions
                        .iter()
                        .flat_map(|(glyph, users)| users.iter().map(|user| (by(*user), glyph.clone())))
                        .collect(),
                    links: shown.links,
                    pings: shown.mentions,
                }
            })
            .collect()
    }
}
