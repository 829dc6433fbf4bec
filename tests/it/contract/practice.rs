//! The chat contract on the practice room, which is chat and platform in one.

use std::sync::Arc;

use async_trait::async_trait;
use portevoix::chat::practice::record::{Author, Content, Message, SentFile};
use portevoix::chat::practice::transcript::BOT_NAME;
use portevoix::chat::practice::{NotDone, Practice, PracticeRoom};
use portevoix::domain::fault::Fault;
use portevoix::domain::name::{MessageId, PersonId, ReactionId, RoomId};
use portevoix::domain::prose::Block;
use portevoix::port::chat::Chat;
use portevoix::port::clock::SystemClock;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::contract::chat::{Person, Seen, Stage};
use crate::harness::notebook::Notebook;

chat_contract!(practice_stage, doc = "In memory: it needs nothing.");

async fn practice_stage() -> PracticeStage {
    let people = [("martin", "Martin"), ("durand", "Durand")].map(|(id, name)| {
        let (id, name) = (id.into(), name.to_owned());
        portevoix::chat::practice::Person { id, name }
    });
    let room = PracticeRoom { id: ROOM.into(), name: "Brigade de Nantes".to_owned(), people: people.into() };
    PracticeStage { practice: Practice::new("contract", vec![room], Arc::new(SystemClock)), running: None }
}

const ROOM: &str = "brigade";

/// A practice room that outlives the bot's restarts, as a real platform does.
struct PracticeStage {
    practice: Arc<Practice>,
    running: Option<Running>,
}

/// The bot, listening.
struct Running {
    stop: CancellationToken,
    listening: JoinHandle<Result<(), Fault>>,
}

impl PracticeStage {
    /// Somebody writes, and does not wait until the bot took it: while it takes nothing they would wait forever.
    async fn writes(&self, person: Person, thread: Option<&MessageId>, text: &str, files: Vec<SentFile>) -> MessageId {
        let mut changes = self.practice.subscribe();
        let (practice, person, room) = (self.practice.clone(), self.id_of(person), self.room());
        let (thread, text) = (thread.cloned(), text.to_owned());
        tokio::spawn(async move { practice.sends(&person, &room, &text, thread.as_ref(), files).await.unwrap() });
        changes.recv().await.unwrap().message.id
    }
}

#[async_trait]
impl Stage for PracticeStage {
    fn room(&self) -> RoomId {
        ROOM.into()
    }

    fn id_of(&self, person: Person) -> PersonId {
        match person {
            Person::Martin => "martin".into(),
            Person::Durand => "durand".into(),
        }
    }

    async fn start(&mut self, intake: Arc<Notebook>) {
        let (practice, stop) = (self.practice.clone(), CancellationToken::new());
        let listening = tokio::spawn({
            let stop = stop.clone();
            async move { practice.listen(intake.as_ref(), stop).await }
        });
        self.running = Some(Running { stop, listening });
    }

    fn chat(&self) -> &dyn Chat {
        self.practice.as_ref()
    }

    async fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.cancel();
        running.listening.await.unwrap().unwrap();
    }

    async fn crash(&mut self) {
        let running = self.running.take().unwrap();
        running.listening.abort();
        assert!(running.listening.await.unwrap_err().is_cancelled());
    }

    async fn says(&mut self, person: Person, text: &str) -> MessageId {
        self.writes(person, None, text, Vec::new()).await
    }

    async fn replies(&mut self, person: Person, root: &MessageId, text: &str) -> MessageId {
        self.writes(person, Some(root), text, Vec::new()).await
    }

    async fn sends(&mut self, person: Person, name: &str, photo: &[u8], words: &str) -> MessageId {
        self.writes(person, None, words, vec![SentFile { name: name.to_owned(), bytes: photo.into() }]).await
    }

    async fn edits(&mut self, person: Person, message: &MessageId, text: &str) {
        let edited = self.practice.edits(&self.id_of(person), message, text).await;
        // The practice room refuses what a platform may let through to us.
        assert!(matches!(edited, Ok(()) | Err(NotDone::NotTheAuthor)), "{edited:?}");
    }

    async fn reacts(&mut self, person: Person, message: &MessageId, glyph: &str) -> ReactionId {
        self.practice.reacts(&self.id_of(person), message, glyph).await.unwrap()
    }

    async fn removes(&mut self, person: Person, id: &str) {
        let person = self.id_of(person);
        match self.practice.takes_back(&person, &id.into()).await {
            Err(NotDone::NoSuchReaction) => self.practice.removes(&person, &id.into()).await.unwrap(),
            taken_back => taken_back.unwrap(),
        }
    }

    async fn sees(&mut self, _: Person, until: &MessageId) -> Vec<Seen> {
        self.practice.shown(&self.room(), |message| message.id == *until).await;
        self.practice.timeline(&self.room()).iter().map(seen).collect()
    }
}

fn seen(message: &Message) -> Seen {
    let links = match &message.content {
        Content::Typed(_) | Content::Removed => Vec::new(),
        Content::Said(prose) => prose.blocks.iter().filter_map(address).collect(),
    };
    let reactions = message.reactions.iter().map(|reaction| (id(&reaction.by), reaction.glyph.clone()));
    Seen {
        id: message.id.clone(),
        by: id(&message.by),
        text: message.content.plain(),
        edited: message.edited,
        thread: message.thread.clone(),
        reactions: reactions.collect(),
        links,
        // Nobody is called in the practice room.
        pings: false,
    }
}

fn address(block: &Block) -> Option<String> {
    match block {
        Block::Link { url, .. } => Some(url.clone()),
        Block::Title(_) | Block::Text(_) | Block::Call { .. } | Block::Quote(_) | Block::Items(_) => None,
    }
}

fn id(author: &Author) -> PersonId {
    match author {
        Author::Bot => BOT_NAME.into(),
        Author::Person(id) => id.clone(),
    }
}
