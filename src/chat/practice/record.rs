//! What stands in one practice room, message by message: pure data, no waiting and no clock.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::name::{EffectKey, MessageId, PersonId, ReactionId};
use crate::domain::prose::Prose;

/// The most messages that a room keeps; the oldest go first. A long day of training has some hundreds, and a page that
/// opens gets all of them at once.
const MOST_MESSAGES: usize = 2_000;

/// The most bytes of files that a room keeps: a training's photos; the oldest go first.
const MOST_BYTES_OF_FILES: usize = 200_000_000;

/// The most effect keys that a room remembers. A retry comes within the outbox's last try, thousands of effects before
/// a key is forgotten.
const MOST_KEYS: usize = 10_000;

/// Who said or did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// Portevoix itself.
    Bot,
    /// Someone in the room.
    Person(PersonId),
}

/// A message as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Unique over all rooms.
    pub id: MessageId,
    /// Who wrote it.
    pub by: Author,
    /// When it was first said.
    pub at: Timestamp,
    /// What it says.
    pub content: Content,
    /// What came with it; nothing once it is removed.
    pub files: Vec<SentFile>,
    /// Whether it once said something else.
    pub edited: bool,
    /// The first message of the thread that it is in; never one that is itself in a thread.
    pub thread: Option<MessageId>,
    /// Oldest first; they outlive the removal of the message, as votes do.
    pub reactions: Vec<Reaction>,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// As a person typed it.
    Typed(String),
    /// In the bot's blocks.
    Said(Prose),
    /// Nothing any more.
    Removed,
}

/// A file that someone sent.
#[derive(Clone, PartialEq, Eq)]
pub struct SentFile {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub bytes: Arc<[u8]>,
}

impl fmt::Debug for SentFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.name, self.bytes.len())
    }
}

/// A glyph under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Unique over all rooms.
    pub id: ReactionId,
    /// Whose.
    pub by: Author,
    /// As put, variation selectors included.
    pub glyph: String,
}

/// All that stands in one room.
#[derive(Debug, Default)]
pub struct Record {
    messages: VecDeque<Message>,
    keys: HashMap<EffectKey, MessageId>,
    keys_by_age: VecDeque<EffectKey>,
}

impl Record {
    /// Oldest first.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }

    /// The message of that id, if it is (still) kept.
    pub fn message(&self, id: &MessageId) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == *id)
    }

    /// The same, to be changed.
    pub fn message_mut(&mut self, id: &MessageId) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == *id)
    }

    /// The first message of the thread that a message is in or would begin, if the message is (still) kept.
    pub fn thread_root(&self, id: &MessageId) -> Option<MessageId> {
        let message = self.message(id)?;
        Some(message.thread.clone().unwrap_or_else(|| message.id.clone()))
    }

    /// The message under which a reaction stands, and its place there.
    pub fn under_which(&mut self, id: &ReactionId) -> Option<(&mut Message, usize)> {
        self.messages.iter_mut().find_map(|message| {
            let place = message.reactions.iter().position(|reaction| reaction.id == *id)?;
            Some((message, place))
        })
    }

    /// Adds a message, and lets go of the oldest when there are too many.
    pub fn add(&mut self, message: Message) {
        if self.messages.len() == MOST_MESSAGES {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
        let sizes = self.messages.iter().rev().map(|message| message.files.iter().map(|file| file.bytes.len()).sum());
        let kept = sizes
            .scan(0, |total: &mut usize, size: usize| {
                *total += size;
                Some(*total)
            })
            .take_while(|total| *total <= MOST_BYTES_OF_FILES)
            .count();
        let too_many = self.messages.len() - kept.max(1);
        self.messages.iter_mut().take(too_many).for_each(|message| message.files.clear());
    }

    /// The message that an effect was carried out on, if it was.
    pub fn carried_out(&self, key: &EffectKey) -> Option<&MessageId> {
        self.keys.get(key)
    }

    /// Notes that an effect was carried out on that message.
    pub fn note(&mut self, key: &EffectKey, message: &MessageId) {
        if self.keys.insert(key.clone(), message.clone()).is_none() {
            self.keys_by_age.push_back(key.clone());
        }
        if self.keys_by_age.len() > MOST_KEYS
            && let Some(oldest) = self.keys_by_age.pop_front()
        {
            self.keys.remove(&oldest);
        }
    }
}

impl Author {
    /// Whether it is that person.
    pub fn is(&self, person: &PersonId) -> bool {
        match self {
            Self::Bot => false,
            Self::Person(author) => author == person,
        }
    }
}

impl Content {
    /// The same as plain text; nothing for a removed message.
    pub fn plain(&self) -> String {
        match self {
            Self::Typed(text) => text.clone(),
            Self::Said(prose) => prose.plain(),
            Self::Removed => String::new(),
        }
    }
}
