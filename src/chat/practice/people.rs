//! What people do in the practice room: each act is recorded, shown to everyone, and handed to the bot.

use std::sync::Arc;

use crate::chat::practice::handover::Place;
use crate::chat::practice::record::{Author, Content, Message, Reaction, Record, SentFile};
use crate::chat::practice::{Changed, NotDone, Practice, State};
use crate::domain::ballot::Assurance;
use crate::domain::name::{ArrivalId, MessageId, PersonId, ReactionId, RoomId};
use crate::port::chat::{Arrival, Attachment, Happening, Standing};

impl Practice {
    /// Someone writes a message, in the thread of `thread` if given.
    ///
    /// # Errors
    /// When the room, the person or the thread's message is not there, or too much is waiting for the bot.
    pub async fn says(
        &self,
        person: &PersonId,
        room: &RoomId,
        text: &str,
        thread: Option<&MessageId>,
    ) -> Result<MessageId, NotDone> {
        self.sends(person, room, text, thread, Vec::new()).await
    }

    /// Someone writes a message with files; the text may be empty.
    ///
    /// # Errors
    /// As [`says`](Self::says).
    pub async fn sends(
        &self,
        person: &PersonId,
        room: &RoomId,
        text: &str,
        thread: Option<&MessageId>,
        files: Vec<SentFile>,
    ) -> Result<MessageId, NotDone> {
        let index = self.room_index(room).ok_or(NotDone::NoSuchRoom)?;
        self.acts(index, person, |state| {
            let root = |id| state.records[index].thread_root(id).ok_or(NotDone::NoSuchMessage);
            let thread = thread.map(root).transpose()?;
            let by = Author::Person(person.clone());
            let message = self.add(state, index, by, (Content::Typed(text.to_owned()), files.clone()), thread.clone());
            let attachments = (0..).zip(&files).map(|(place, file): (usize, _)| Attachment {
                reference: format!("{message}/{place}"),
                name: file.name.clone(),
                bytes: u64::try_from(file.bytes.len()).ok(),
                alt: None,
            });
            let attachments = attachments.collect();
            let what = Happening::Said { message: message.clone(), text: text.to_owned(), thread, attachments };
            Ok((message.clone(), Some((ArrivalId(message.0), what))))
        })
        .await
    }

    /// Someone changes a message of their own.
    ///
    /// # Errors
    /// When there is no such message or it is not theirs, or too much is waiting for the bot.
    pub async fn edits(&self, person: &PersonId, message: &MessageId, text: &str) -> Result<(), NotDone> {
        let index = self.room_of(message)?;
        self.acts(index, person, |state| {
            let arrival = ArrivalId(self.next_id(state));
            let standing = standing(&mut state.records[index], message)?;
            if !standing.by.is(person) {
                return Err(NotDone::NotTheAuthor);
            }
            standing.content = Content::Typed(text.to_owned());
            standing.edited = true;
            self.announce(index, Changed::Edited, standing);
            Ok(((), Some((arrival, Happening::Edited { message: message.clone(), text: text.to_owned() }))))
        })
        .await
    }

    /// Someone puts a reaction under a message. Where that person already put that glyph, it is the one that is there.
    ///
    /// # Errors
    /// When there is no such message or person, or too much is waiting for the bot.
    pub async fn reacts(&self, person: &PersonId, message: &MessageId, glyph: &str) -> Result<ReactionId, NotDone> {
        let index = self.room_of(message)?;
        self.acts(index, person, |state| {
            let id = ReactionId(self.next_id(state));
            let standing = standing(&mut state.records[index], message)?;
            if let Some(there) = standing.reactions.iter().find(|there| there.by.is(person) && there.glyph == glyph) {
                return Ok((there.id.clone(), None));
            }
            let by = Author::Person(person.clone());
            let reaction = Reaction { id: id.clone(), by, glyph: glyph.to_owned() };
            standing.reactions.push(reaction.clone());
            self.announce(index, Changed::Reacted(reaction), standing);
            let (message, glyph) = (message.clone(), glyph.to_owned());
            let what = Happening::Reacted { message, reaction: id.clone(), glyph };
            Ok((id.clone(), Some((ArrivalId(id.0), what))))
        })
        .await
    }

    /// Someone takes their reaction back.
    ///
    /// # Errors
    /// When it is not there or not theirs, or too much is waiting for the bot.
    pub async fn takes_back(&self, person: &PersonId, reaction: &ReactionId) -> Result<(), NotDone> {
        let found = self.state().records.iter_mut().position(|record| record.under_which(reaction).is_some());
        let index = found.ok_or(NotDone::NoSuchReaction)?;
        self.acts(index, person, |state| {
            let arrival = ArrivalId(self.next_id(state));
            let (message, place) = state.records[index].under_which(reaction).ok_or(NotDone::NoSuchReaction)?;
            if !message.reactions[place].by.is(person) {
                return Err(NotDone::NotTheAuthor);
            }
            let taken_back = message.reactions.remove(place);
            self.announce(index, Changed::TakenBack(taken_back), message);
            Ok(((), Some((arrival, Happening::Removed { id: reaction.0.clone() }))))
        })
        .await
    }

    /// Someone removes a message: their own, or another's as a moderator does (the bot's card, say).
    ///
    /// # Errors
    /// When there is no such message or person, or too much is waiting for the bot.
    pub async fn removes(&self, person: &PersonId, message: &MessageId) -> Result<(), NotDone> {
        let index = self.room_of(message)?;
        self.acts(index, person, |state| {
            let arrival = ArrivalId(self.next_id(state));
            let standing = standing(&mut state.records[index], message)?;
            standing.content = Content::Removed;
            standing.files.clear();
            self.announce(index, Changed::Removed, standing);
            Ok(((), Some((arrival, Happening::Removed { id: message.0.clone() }))))
        })
        .await
    }

    /// What is in a file that came with a message, if it is (still) there.
    pub fn sent_file(&self, message: &MessageId, place: usize) -> Option<Arc<[u8]>> {
        let state = self.state();
        let message = state.records.iter().find_map(|record| record.message(message))?;
        message.files.get(place).map(|file| file.bytes.clone())
    }

    /// Does one act of a person: checks that they may act there, changes the record and puts the arrival in line in one
    /// go (so that the bot hears things in the order in which the room shows them), then waits for the intake.
    async fn acts<T>(
        &self,
        index: usize,
        person: &PersonId,
        act: impl FnOnce(&mut State) -> Result<(T, Option<(ArrivalId, Happening)>), NotDone>,
    ) -> Result<T, NotDone> {
        let room = &self.rooms[index];
        if !room.setup.people.iter().any(|there| there.id == *person) {
            return Err(NotDone::NotInRoom);
        }
        let (done, place): (T, Option<Place>) = {
            let mut state = self.state();
            if room.handover.is_full() {
                return Err(NotDone::TooMuchWaiting);
            }
            let (done, arrival) = act(&mut state)?;
            let place = arrival.map(|(id, what)| {
                let (room_id, at) = (room.setup.id.clone(), self.clock.now());
                room.handover.offer(Arrival {
                    id,
                    room: room_id,
                    by: person.clone(),
                    standing: Standing { assurance: Assurance::Proven, ..Standing::default() },
                    at,
                    what,
                })
            });
            (done, place)
        };
        if let Some(place) = place {
            room.handover.settled(place).await;
        }
        Ok(done)
    }

    fn room_of(&self, message: &MessageId) -> Result<usize, NotDone> {
        let found = self.state().records.iter().position(|record| record.message(message).is_some());
        found.ok_or(NotDone::NoSuchMessage)
    }
}

/// A message that was not removed.
fn standing<'a>(record: &'a mut Record, message: &MessageId) -> Result<&'a mut Message, NotDone> {
    record.message_mut(message).filter(|message| message.content != Content::Removed).ok_or(NotDone::NoSuchMessage)
}
