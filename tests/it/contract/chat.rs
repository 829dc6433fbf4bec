//! What every chat must do. Each chat brings a [`Stage`], and `chat_contract!` plays every scene on it.

use std::sync::Arc;

use async_trait::async_trait;
use portevoix::domain::fault::Fault;
use portevoix::domain::name::{EffectKey, MessageId, PersonId, ReactionId, RoomId};
use portevoix::domain::prose::{Block, Prose};
use portevoix::port::chat::{Attachment, Chat, Happening};

use crate::harness::notebook::Notebook;
use crate::harness::photo::photo;

/// Plays every scene of the contract on a stage: an async function that makes one, and an attribute for each test.
macro_rules! chat_contract {
    ($stage:path, $attribute:meta) => {
        chat_contract! { @scenes $stage, $attribute;
            what_is_said_arrives_once
            an_edit_arrives_with_the_id_of_the_original
            only_the_author_can_edit
            a_reaction_arrives_and_can_be_taken_back
            a_reply_names_its_thread
            what_the_bot_does_is_not_handed_over
            what_happens_while_away_arrives_in_order_once
            a_crash_before_it_was_taken_hands_it_over_again
            saying_twice_under_one_key_makes_one_message
            an_edit_replaces_what_was_said
            an_answer_stands_in_its_thread
            a_reaction_put_twice_is_there_once
            hostile_text_is_inert
            a_file_that_someone_sent_can_be_fetched
            a_room_that_works_can_be_probed
        }
    };
    (@scenes $stage:path, $attribute:meta; $($scene:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[$attribute]
            async fn $scene() {
                $crate::contract::chat::$scene($stage().await).await;
            }
        )*
    };
}
/// Who acts in the scenes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// Drafts.
    Martin,
    /// Supervises.
    Durand,
}

/// A chat under test: one room with Martin, Durand and the bot, and what people do and see there.
#[async_trait]
pub trait Stage: Send {
    /// The one room.
    fn room(&self) -> RoomId;

    /// The id of a person as the chat hands it over.
    fn id_of(&self, person: Person) -> PersonId;

    /// Starts the chat as a new process would, listening into `intake`; returns once the bot hears the room.
    async fn start(&mut self, intake: Arc<Notebook>);

    /// The chat that was started.
    fn chat(&self) -> &dyn Chat;

    /// Tells the chat to stop and waits until it did.
    async fn stop(&mut self);

    /// Ends the chat wherever it stands.
    async fn crash(&mut self);

    /// Whether the platform tells later what was changed and taken back meanwhile; where it does not, a room that is read
    /// afterwards only shows how things stand.
    fn tells_the_past(&self) -> bool {
        true
    }

    /// Somebody writes in the room.
    async fn says(&mut self, person: Person, text: &str) -> MessageId;

    /// Somebody writes in the thread of a message.
    async fn replies(&mut self, person: Person, root: &MessageId, text: &str) -> MessageId;

    /// Somebody sends a photo with some words.
    async fn sends(&mut self, person: Person, name: &str, photo: &[u8], words: &str) -> MessageId;

    /// Somebody changes a message (not always their own).
    async fn edits(&mut self, person: Person, message: &MessageId, text: &str);

    /// Somebody puts a reaction under a message.
    async fn reacts(&mut self, person: Person, message: &MessageId, glyph: &str) -> ReactionId;

    /// Somebody removes a message or a reaction.
    async fn removes(&mut self, person: Person, id: &str);

    /// What somebody sees in the room, oldest first, once the message `until` is there.
    async fn sees(&mut self, person: Person, until: &MessageId) -> Vec<Seen>;
}

/// A message as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub by: PersonId,
    /// What it says now, as shown.
    pub text: String,
    /// Whether it says that it was changed.
    pub edited: bool,
    /// The root of the thread in which it stands.
    pub thread: Option<MessageId>,
    /// Who put what under it.
    pub reactions: Vec<(PersonId, String)>,
    /// Where what is shown leads when it is clicked.
    pub links: Vec<String>,
    /// Whether it calls out to anyone.
    pub pings: bool,
}

pub async fn what_is_said_arrives_once(mut stage: impl Stage) {
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;

    let first = stage.says(Person::Martin, "!appel lieu: place du Bouffay").await;
    let second = stage.says(Person::Durand, "bonjour\n  à tous « é »").await;

    let taken = notebook.until(2).await;
    assert_eq!(taken[0].room, stage.room());
    assert_eq!(taken[0].by, stage.id_of(Person::Martin));
    assert_eq!(taken[0].what, said(&first, "!appel lieu: place du Bouffay"));
    assert_eq!(taken[1].by, stage.id_of(Person::Durand));
    assert_eq!(taken[1].what, said(&second, "bonjour\n  à tous « é »"));
    assert_ne!(taken[0].id, taken[1].id);
    assert!(taken[0].at <= taken[1].at);
    let age = jiff::Timestamp::now().duration_since(taken[0].at);
    assert!(age.as_secs() < 120, "the time is the platform's: {age}");
    stage.stop().await;
    assert_eq!(notebook.taken().len(), 2);
}

pub async fn an_edit_arrives_with_the_id_of_the_original(mut stage: impl Stage) {
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let message = stage.says(Person::Martin, "!info bouchon").await;

    stage.edits(Person::Martin, &message, "!info bouchon sur l'A11").await;

    let taken = notebook.until(2).await;
    assert_eq!(taken[1].by, stage.id_of(Person::Martin));
    assert_eq!(taken[1].what, Happening::Edited { message, text: "!info bouchon sur l'A11".to_owned() });
}

pub async fn only_the_author_can_edit(mut stage: impl Stage) {
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let message = stage.says(Person::Martin, "!info bouchon").await;

    stage.edits(Person::Durand, &message, "!info rien à signaler").await;
    let fence = stage.says(Person::Durand, "fait").await;

    let taken = notebook.until(2).await;
    assert_eq!(taken[1].what, said(&fence, "fait"), "the edit of another's message is not handed over");
}

pub async fn a_reaction_arrives_and_can_be_taken_back(mut stage: impl Stage) {
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let message = stage.says(Person::Martin, "!info bouchon").await;

    let reaction = stage.reacts(Person::Durand, &message, "✅\u{FE0F}").await;
    notebook.until(2).await;
    stage.removes(Person::Durand, reaction.as_str()).await;

    let taken = notebook.until(3).await;
    assert_eq!(taken[1].by, stage.id_of(Person::Durand));
    assert_eq!(
        taken[1].what,
        Happening::Reacted { message, reaction: reaction.clone(), glyph: "✅\u{FE0F}".to_owned() }
    );
    assert_eq!(taken[2].by, stage.id_of(Person::Durand));
    assert_eq!(taken[2].what, Happening::Removed { id: reaction.to_string() });
}

pub async fn a_reply_names_its_thread(mut stage: impl Stage) {
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let root = stage.says(Person::Martin, "!appel").await;

    let reply = stage.replies(Person::Martin, &root, "> lieu: place du Bouffay").await;

    let taken = notebook.until(2).await;
    let text = "> lieu: place du Bouffay".to_owned();
    assert_eq!(taken[1].what, Happening::Said { message: reply, text, thread: Some(root), attachments: Vec::new() });
}

pub async fn what_the_bot_does_is_not_handed_over(mut stage: impl Stage) {
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let room = stage.room();

    let card = stage.chat().say(&key("card"), &room, None, &card("Brouillon 44-1")).await.unwrap();
    stage.chat().edit(&key("card 2"), &room, &card, &Prose::text("Brouillon 44-1, version 2")).await.unwrap();
    stage.chat().react(&key("glyph"), &room, &card, "✅").await.unwrap();
    stage.sees(Person::Durand, &card).await;
    let fence = stage.says(Person::Durand, "vu").await;

    assert_eq!(notebook.until(1).await[0].what, said(&fence, "vu"));
}

pub async fn what_happens_while_away_arrives_in_order_once(mut stage: impl Stage) {
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let before = stage.says(Person::Martin, "avant").await;
    notebook.until(1).await;
    stage.stop().await;

    let first = stage.says(Person::Martin, "!info bouchon").await;
    let second = stage.says(Person::Durand, "!info neige").await;
    stage.edits(Person::Martin, &first, "!info bouchon sur l'A11").await;
    let reaction = stage.reacts(Person::Durand, &first, "✅").await;
    stage.removes(Person::Durand, reaction.as_str()).await;

    stage.start(notebook.clone()).await;
    let after = stage.says(Person::Durand, "après").await;
    let taken: Vec<Happening> = notebook.until_read(&after).await.into_iter().map(|one| one.what).collect();
    let expected = [
        said(&before, "avant"),
        said(&first, "!info bouchon"),
        said(&second, "!info neige"),
        Happening::Edited { message: first.clone(), text: "!info bouchon sur l'A11".to_owned() },
        Happening::Reacted { message: first.clone(), reaction: reaction.clone(), glyph: "✅".to_owned() },
        Happening::Removed { id: reaction.to_string() },
        said(&after, "après"),
    ];
    // A platform may drop a reaction's content with the reaction; then only its removal is left to hand over.
    let without_reaction: Vec<_> =
        expected.iter().filter(|one| !matches!(one, Happening::Reacted { .. })).cloned().collect();
    // Or it may only show how things stand: the text as it was left, and no reaction.
    let [before, _, second, .., after] = expected.clone();
    let as_it_stands = [before, said(&first, "!info bouchon sur l'A11"), second, after];
    if stage.tells_the_past() {
        assert!(taken == expected || taken == without_reaction, "{taken:#?}");
    } else {
        assert_eq!(taken, as_it_stands);
    }
    stage.stop().await;
    stage.start(notebook.clone()).await;
    let last = stage.says(Person::Martin, "encore").await;
    let count = taken.len() + 1;
    assert_eq!(notebook.until(count).await.last().unwrap().what, said(&last, "encore"));
    assert_eq!(notebook.taken().len(), count, "nothing arrives twice");
}

pub async fn a_crash_before_it_was_taken_hands_it_over_again(mut stage: impl Stage) {
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let first = stage.says(Person::Martin, "!info un").await;
    notebook.until(1).await;

    notebook.jam();
    let second = stage.says(Person::Martin, "!info deux").await;
    let third = stage.says(Person::Martin, "!info trois").await;
    notebook.until_offered(&second).await;
    stage.crash().await;
    notebook.mend();
    stage.start(notebook.clone()).await;

    let taken: Vec<Happening> = notebook.until(3).await.into_iter().map(|one| one.what).collect();
    assert_eq!(taken, [said(&first, "!info un"), said(&second, "!info deux"), said(&third, "!info trois")]);
}

pub async fn saying_twice_under_one_key_makes_one_message(mut stage: impl Stage) {
    stage.start(Notebook::new()).await;
    let room = stage.room();
    let prose = card("Brouillon 44-1");

    let first = stage.chat().say(&key("card"), &room, None, &prose).await.unwrap();
    stage.crash().await;
    stage.start(Notebook::new()).await;
    let second = stage.chat().say(&key("card"), &room, None, &prose).await.unwrap();
    let other = stage.chat().say(&key("other card"), &room, None, &prose).await.unwrap();

    assert_eq!(first, second);
    assert_ne!(first, other);
    let seen = stage.sees(Person::Durand, &other).await;
    let ids: Vec<&MessageId> = seen.iter().map(|message| &message.id).collect();
    assert_eq!(ids, [&first, &other]);
    assert!(seen.iter().all(|message| message.text.contains("Brouillon 44-1")), "{seen:#?}");
}

pub async fn an_edit_replaces_what_was_said(mut stage: impl Stage) {
    stage.start(Notebook::new()).await;
    let room = stage.room();

    let message = stage.chat().say(&key("card"), &room, None, &card("Brouillon 44-1")).await.unwrap();
    for _ in 0..2 {
        stage.chat().edit(&key("edit"), &room, &message, &card("Publié")).await.unwrap();
    }
    let fence = stage.chat().say(&key("fence"), &room, None, &Prose::text("fini")).await.unwrap();

    let seen = stage.sees(Person::Martin, &fence).await;
    assert_eq!(seen.len(), 2, "{seen:#?}");
    assert_eq!((&seen[0].id, seen[0].text.as_str(), seen[0].edited), (&message, "Publié", true));
}

pub async fn an_answer_stands_in_its_thread(mut stage: impl Stage) {
    stage.start(Notebook::new()).await;
    let room = stage.room();
    let question = stage.says(Person::Martin, "!appel").await;

    let prose = Prose::text("Il manque le lieu.");
    let answer = stage.chat().say(&key("ask"), &room, Some(&question), &prose).await.unwrap();

    let seen = stage.sees(Person::Martin, &answer).await;
    assert_eq!(seen.last().unwrap().thread, Some(question));
    assert_eq!(seen.last().unwrap().text, "Il manque le lieu.");
}

pub async fn a_reaction_put_twice_is_there_once(mut stage: impl Stage) {
    stage.start(Notebook::new()).await;
    let room = stage.room();
    let card = stage.chat().say(&key("card"), &room, None, &card("Brouillon 44-1")).await.unwrap();

    stage.chat().react(&key("glyph"), &room, &card, "✅").await.unwrap();
    stage.chat().react(&key("glyph"), &room, &card, "✅").await.unwrap();
    // A replica that knows nothing of the first has another key.
    stage.chat().react(&key("the same glyph"), &room, &card, "✅").await.unwrap();
    stage.chat().react(&key("another glyph"), &room, &card, "❌").await.unwrap();
    let fence = stage.chat().say(&key("fence"), &room, None, &Prose::text("fini")).await.unwrap();

    let seen = stage.sees(Person::Durand, &fence).await;
    let glyphs: Vec<&str> = seen[0].reactions.iter().map(|(_, glyph)| glyph.as_str()).collect();
    assert_eq!(glyphs, ["✅", "❌"]);
}

pub async fn hostile_text_is_inert(mut stage: impl Stage) {
    stage.start(Notebook::new()).await;
    let room = stage.room();
    let hostile = "@room @here @everyone <@1180000000000000001> <@&1> <#1> <!channel> @martin:example.org \
                   #salon:example.org matrix:r/salon:example.org tel:17 <b>x</b> <script>alert(1)</script> [l](http://evil.example) **y** `z` &amp; \
                   https://evil.example/?a=1&b=2 <img src=x onerror=y>";
    let prose = Prose {
        blocks: vec![
            Block::Quote(hostile.to_owned()),
            Block::Text(hostile.to_owned()),
            Block::Items(vec![hostile.to_owned()]),
            Block::Link { label: "la publication".to_owned(), url: "https://example.org/1".to_owned() },
        ],
    };

    let message = stage.chat().say(&key("hostile"), &room, None, &prose).await.unwrap();

    let seen = stage.sees(Person::Martin, &message).await.pop().unwrap();
    assert_eq!(seen.text.matches(hostile).count(), 3, "shown as it was written: {}", seen.text);
    assert_eq!(seen.links, ["https://example.org/1"], "only the bot's own link leads anywhere");
    assert!(!seen.pings);
}

pub async fn a_file_that_someone_sent_can_be_fetched(mut stage: impl Stage) {
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let file = photo(64, 48);

    let message = stage.sends(Person::Martin, "rue.jpg", &file, "!appel vol").await;

    let taken = notebook.until_read(&message).await;
    let Happening::Said { text, attachments, .. } = &taken[0].what else { panic!("{taken:#?}") };
    assert_eq!(text, "!appel vol");
    assert_eq!(attachments.len(), 1, "{attachments:?}");
    assert_eq!(attachments[0].name, "rue.jpg");
    let room = stage.room();
    let fetched = stage.chat().fetch(&room, &attachments[0], 20_000_000).await;
    assert!(fetched.is_ok_and(|fetched| fetched == file), "the bytes are those that were sent");
    let too_large = stage.chat().fetch(&room, &attachments[0], 100).await;
    assert!(matches!(too_large, Err(Fault::Permanent { .. })), "{too_large:?}");
    let foreign = Attachment { reference: "\"https://evil.example/x\"".to_owned(), ..attachments[0].clone() };
    let refused = stage.chat().fetch(&room, &foreign, 20_000_000).await;
    assert!(matches!(refused, Err(Fault::Permanent { .. })), "{refused:?}");
}

pub async fn a_room_that_works_can_be_probed(mut stage: impl Stage) {
    stage.start(Notebook::new()).await;
    let name = stage.chat().probe(&stage.room()).await.unwrap();
    assert!(!name.is_empty());
}

/// What arrives when somebody says something outside of threads.
pub fn said(message: &MessageId, text: &str) -> Happening {
    Happening::Said { message: message.clone(), text: text.to_owned(), thread: None, attachments: Vec::new() }
}

/// The key of an effect.
pub fn key(name: &str) -> EffectKey {
    EffectKey(format!("contract/{name}"))
}

/// Something with a title.
pub fn card(title: &str) -> Prose {
    Prose { blocks: vec![Block::Title(title.to_owned())] }
}
