//! What has to survive a restart, in one small file: how far each room was read, what may still be on its way out, and
//! which cards and reactions to look at again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::chat::discord::fault::transient;
use crate::chat::discord::id::Snowflake;
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::{MessageId, ReactionId, RoomId};
use crate::port::private_file;

const FILE: &str = "memory.json";

/// How many sent messages are remembered: what is owed is tried again within minutes, and a room is not that busy.
const MOST_SAID: usize = 500;

/// How many messages with glyphs or words are looked at again after an absence, in all rooms.
const MOST_CARDS: usize = 100;

/// How many reactions are looked at again after an absence.
const MOST_REACTIONS: usize = 2_000;

/// How many messages are remembered that had been edited before they were handed over.
const MOST_EDITS: usize = 500;

/// The memory, in the process and on the disk.
pub struct Memory {
    path: PathBuf,
    noted: Mutex<Arc<Noted>>,
}

/// What is in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Noted {
    /// Up to which message each room was read, its threads included.
    pub read: BTreeMap<RoomId, Snowflake>,
    /// What was sent, or may have been, oldest first.
    pub said: VecDeque<Said>,
    /// Messages of the bot's that have glyphs, and people's that may be a card's word, oldest first, each with its room.
    pub cards: VecDeque<(RoomId, MessageId)>,
    /// Reactions that may stand, oldest first, each with its room.
    pub reactions: VecDeque<(RoomId, ReactionId)>,
    /// Edits that were part of the message when it was handed over: the message and when it was edited.
    pub edits: VecDeque<(MessageId, String)>,
}

/// Something that was to be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The nonce that stands for the effect.
    pub nonce: String,
    /// Where.
    pub channel: Snowflake,
    /// The moment before it was sent, as an id.
    pub after: Snowflake,
    /// The hash of what it says.
    pub print: String,
    /// Its id, once Discord gave it.
    pub message: Option<MessageId>,
}

impl Memory {
    /// The memory in that directory.
    ///
    /// # Errors
    /// `Disk` when it can't be read; a file that is none of ours counts as that.
    pub fn open(directory: &Path) -> Result<Self, Fault> {
        let path = directory.join(FILE);
        let noted = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| disk(&path, &error))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Noted::default(),
            Err(error) => return Err(disk(&path, &error)),
        };
        Ok(Self { path, noted: Mutex::new(Arc::new(noted)) })
    }

    /// What is known at the moment.
    pub async fn noted(&self) -> Arc<Noted> {
        self.noted.lock().await.clone()
    }

    /// Changes what is known; returns once that is on the disk.
    ///
    /// # Errors
    /// `Disk`; nothing is changed then.
    pub async fn note(&self, change: impl FnOnce(&mut Noted)) -> Result<(), Fault> {
        let mut noted = self.noted.lock().await;
        let mut new = Noted::clone(&noted);
        change(&mut new);
        if new == **noted {
            return Ok(());
        }
        new.forget_the_oldest();
        let new = Arc::new(new);
        let (path, content) = (self.path.clone(), new.clone());
        let written = tokio::task::spawn_blocking(move || {
            if let Some(directory) = path.parent() {
                private_file::make_directory(directory)?;
            }
            private_file::write(&path, &serde_json::to_vec(&*content)?)
        });
        match written.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(disk(&self.path, &error)),
            Err(error) => return Err(disk(&self.path, &error)),
        }
        *noted = new;
        Ok(())
    }
}

impl Noted {
    /// The last try to say what that nonce stands for.
    pub fn said(&self, nonce: &str) -> Option<&Said> {
        self.said.iter().find(|said| said.nonce == nonce)
    }

    /// The messages that are known to be another effect's.
    pub fn claimed(&self, nonce: &str) -> BTreeSet<&MessageId> {
        self.said.iter().filter(|said| said.nonce != nonce).filter_map(|said| said.message.as_ref()).collect()
    }

    /// Whether that edit was part of the message when it was handed over.
    pub fn was_edited_before(&self, message: &MessageId, at: &str) -> bool {
        self.edits.iter().any(|(edited, time)| edited == message && time == at)
    }

    fn forget_the_oldest(&mut self) {
        let surplus = |length: usize, most: usize| length.saturating_sub(most);
        self.said.drain(..surplus(self.said.len(), MOST_SAID));
        self.cards.drain(..surplus(self.cards.len(), MOST_CARDS));
        self.reactions.drain(..surplus(self.reactions.len(), MOST_REACTIONS));
        self.edits.drain(..surplus(self.edits.len(), MOST_EDITS));
    }
}

fn disk(path: &Path, error: &dyn std::fmt::Display) -> Fault {
    transient(Cause::Disk(Cause::quote(&format!("{}: {error}", path.display()))))
}
