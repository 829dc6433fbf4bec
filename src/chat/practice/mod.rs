//! The practice room: a chat in memory, where people learn the bot without any account and where scenes are played.

pub mod acts;
pub mod bot;
pub mod handover;
pub mod page;
pub mod people;
pub mod public;
pub mod record;
pub mod terminal;
pub mod transcript;
pub mod view;

use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::broadcast;

use crate::chat::practice::handover::Handover;
use crate::chat::practice::record::{Author, Content, Message, Reaction, Record, SentFile};
use crate::domain::name::{MessageId, PersonId, RoomId};
use crate::port::clock::Clock;

/// How many changes a reader may be behind before it has to read the whole room again: a burst of reactions, not more.
const MOST_CHANGES_BEHIND: usize = 1_024;

/// A room of the practice chat, as it is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PracticeRoom {
    /// Unique.
    pub id: RoomId,
    /// As people call it.
    pub name: String,
    /// Who is in it, on the team or not. Nobody else can act there.
    pub people: Vec<Person>,
}

/// Someone in a practice room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As the chat knows them.
    pub id: PersonId,
    /// As colleagues call them.
    pub name: String,
}

/// The practice chat. People act through [`says`](Self::says) and its like; the bot through
/// [`Chat`](crate::port::chat::Chat).
///
/// What a person does returns once the intake took it. While nobody listens it returns at once, and what was done is
/// handed over when someone does: the bot was away.
pub struct Practice {
    prefix: String,
    clock: Arc<dyn Clock>,
    rooms: Vec<Room>,
    state: Mutex<State>,
    changes: broadcast::Sender<Change>,
}

struct Room {
    setup: PracticeRoom,
    handover: Handover,
}

/// What changes; the records stand in the order of the rooms.
struct State {
    records: Vec<Record>,
    last_id: u64,
}

/// Something changed in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub room: RoomId,
    /// What happened.
    pub what: Changed,
    /// The message that it happened to, as it stands now.
    pub message: Message,
}

/// What happened to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was said.
    Said,
    /// It says something else.
    Edited,
    /// Someone put a reaction under it.
    Reacted(Reaction),
    /// Someone took that reaction back.
    TakenBack(Reaction),
    /// It was removed.
    Removed,
}

/// Why someone could not do something in a practice room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// There is no such room.
    #[error("no such room")]
    NoSuchRoom,
    /// The person is not in that room.
    #[error("not in that room")]
    NotInRoom,
    /// The message never was, was removed, or is so old that the room let it go.
    #[error("no such message")]
    NoSuchMessage,
    /// The reaction never was or was taken back.
    #[error("no such reaction")]
    NoSuchReaction,
    /// Only the author may.
    #[error("not the author")]
    NotTheAuthor,
    /// The bot has been away for so long that the room can keep no more for it.
    #[error("too much is waiting for the bot")]
    TooMuchWaiting,
}

impl Practice {
    /// Opens the rooms, empty. Every id begins with `prefix`: it must be another one at every start of a process that
    /// keeps its journal (the time of the start, say), or the intake would take new arrivals for old ones.
    pub fn new(prefix: &str, rooms: Vec<PracticeRoom>, clock: Arc<dyn Clock>) -> Arc<Self> {
        let records = rooms.iter().map(|_| Record::default()).collect();
        Arc::new(Self {
            prefix: prefix.to_owned(),
            clock,
            rooms: rooms.into_iter().map(|setup| Room { setup, handover: Handover::default() }).collect(),
            state: Mutex::new(State { records, last_id: 0 }),
            changes: broadcast::Sender::new(MOST_CHANGES_BEHIND),
        })
    }

    /// The rooms, as they were set up.
    pub fn rooms(&self) -> impl Iterator<Item = &PracticeRoom> {
        self.rooms.iter().map(|room| &room.setup)
    }

    /// What stands in a room now, oldest first; nothing for a room that is not there.
    pub fn timeline(&self, room: &RoomId) -> Vec<Message> {
        let Some(index) = self.room_index(room) else { return Vec::new() };
        self.state().records[index].messages().cloned().collect()
    }

    /// What stands in a room now, as plain text without ids and times; see [`transcript`].
    pub fn transcript(&self, room: &RoomId) -> String {
        let setup = self.rooms().find(|setup| setup.id == *room);
        setup.map(|setup| transcript::write(setup, &self.timeline(room))).unwrap_or_default()
    }

    /// Every change from now on. Whoever subscribes first and reads the timelines then misses nothing: a change may be
    /// seen twice, and carries the message as it stands, so that does no harm. On `Lagged`, read the timelines again.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Waits until the room shows a message like that, and returns the newest one.
    pub async fn shown(&self, room: &RoomId, is_it: impl Fn(&Message) -> bool) -> Message {
        let mut changes = self.subscribe();
        loop {
            if let Some(message) = self.timeline(room).into_iter().rfind(&is_it) {
                return message;
            }
            // Lagging is no harm, the whole room is read again; the sender lives as long as `self`.
            let _ = changes.recv().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the state")
    }

    fn room_index(&self, room: &RoomId) -> Option<usize> {
        self.rooms.iter().position(|there| there.setup.id == *room)
    }

    /// Adds a message to a room and tells everyone who reads.
    fn add(
        &self,
        state: &mut State,
        index: usize,
        by: Author,
        (content, files): (Content, Vec<SentFile>),
        thread: Option<MessageId>,
    ) -> MessageId {
        let id = MessageId(self.next_id(state));
        let at = self.clock.now();
        let message = Message { id: id.clone(), by, at, content, files, edited: false, thread, reactions: Vec::new() };
        self.announce(index, Changed::Said, &message);
        state.records[index].add(message);
        id
    }

    /// Called while the state is held, so that readers hear of changes in the order in which they happened.
    fn announce(&self, index: usize, what: Changed, message: &Message) {
        // An error only means that nobody reads.
        let _ = self.changes.send(Change { room: self.rooms[index].setup.id.clone(), what, message: message.clone() });
    }

    fn next_id(&self, state: &mut State) -> String {
        state.last_id += 1;
        format!("{}-{}", self.prefix, state.last_id)
    }
}
