//! A room that several replicas are in, each with a device of its own, as on Matrix: every one sees everything, and a repeat
//! is harmless only on the device that said it first.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::name::{ArrivalId, EffectKey, MessageId, ReactionId, RoomId};
use portevoix::domain::prose::Prose;
use portevoix::port::chat::{Arrival, Attachment, Chat, Happening, Intake, Standing};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The room, at the server.
pub struct SharedRoom {
    pub id: RoomId,
    seen: watch::Sender<Seen>,
}

/// What is in it.
#[derive(Clone, Default)]
pub struct Seen {
    arrivals: Vec<Arrival>,
    /// What the bot said, oldest first.
    pub said: Vec<Said>,
    /// The devices that hang, each in the middle of saying something.
    pub hanging: HashSet<u32>,
}

/// A message of the bot's.
#[derive(Clone, Debug)]
pub struct Said {
    pub id: MessageId,
    pub thread: Option<MessageId>,
    pub text: String,
    pub glyphs: Vec<String>,
    key: EffectKey,
}

/// A replica's device.
pub struct Device {
    number: u32,
    room: Arc<SharedRoom>,
    said: Mutex<HashMap<EffectKey, MessageId>>,
    /// What becomes of the next message of whichever device is first.
    next: Arc<Mutex<Option<Silence>>>,
}

/// What may become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The room has it, and the device hangs until it is killed.
    HangsAfter,
    /// The device hangs until it is killed, and the room has nothing.
    HangsBefore,
    /// The room has it, but the answer is lost.
    AnswerLost,
}

impl SharedRoom {
    /// An empty room.
    pub fn new(id: &str) -> Arc<Self> {
        Arc::new(Self { id: id.into(), seen: watch::Sender::default() })
    }

    /// A new device in it.
    pub fn device(self: &Arc<Self>, number: u32, next: Arc<Mutex<Option<Silence>>>) -> Arc<Device> {
        Arc::new(Device { number, room: self.clone(), said: Mutex::default(), next })
    }

    /// Somebody does something.
    pub fn happens(&self, who: &str, what: Happening) {
        self.seen.send_modify(|seen| {
            let id = ArrivalId(format!("event-{}", seen.arrivals.len()));
            let (room, at) = (self.id.clone(), "2026-03-12T21:00:00Z".parse::<Timestamp>().unwrap());
            seen.arrivals.push(Arrival { id, room, by: who.into(), standing: Standing::default(), at, what });
        });
    }

    /// Somebody writes.
    pub fn says(&self, who: &str, text: &str) -> MessageId {
        let message = MessageId(format!("typed-{}", self.seen.borrow().arrivals.len()));
        let (text, said) = (text.to_owned(), message.clone());
        self.happens(who, Happening::Said { message: said, text, thread: None, attachments: Vec::new() });
        message
    }

    /// Somebody puts a glyph under a message.
    pub fn reacts(&self, who: &str, message: &MessageId, glyph: &str) {
        let reaction = ReactionId(format!("reaction-{}", self.seen.borrow().arrivals.len()));
        self.happens(who, Happening::Reacted { message: message.clone(), reaction, glyph: glyph.to_owned() });
    }

    /// Returns once the room is so.
    pub async fn until(&self, is_so: impl FnMut(&Seen) -> bool) -> Seen {
        self.seen.subscribe().wait_for(is_so).await.unwrap().clone()
    }

    /// The room as it is now.
    pub fn now(&self) -> Seen {
        self.seen.borrow().clone()
    }
}

impl Seen {
    /// The cards: what the bot said outside any thread.
    pub fn cards(&self) -> Vec<&Said> {
        self.said.iter().filter(|said| said.thread.is_none()).collect()
    }

    /// How many messages have these words.
    pub fn saying(&self, words: &str) -> usize {
        self.said.iter().filter(|said| said.text.contains(words)).count()
    }
}

impl Device {
    async fn hangs(&self) -> ! {
        self.room.seen.send_modify(|seen| {
            seen.hanging.insert(self.number);
        });
        std::future::pending().await
    }
}

#[async_trait]
impl Chat for Device {
    async fn listen(&self, intake: &dyn Intake, stop: CancellationToken) -> Result<(), Fault> {
        let mut changes = self.room.seen.subscribe();
        for next in 0.. {
            let arrival = tokio::select! {
                seen = changes.wait_for(|seen| seen.arrivals.len() > next) => seen.unwrap().arrivals[next].clone(),
                () = stop.cancelled() => return Ok(()),
            };
            intake.take(arrival).await;
        }
        Ok(())
    }

    async fn say(
        &self,
        key: &EffectKey,
        _: &RoomId,
        thread: Option<&MessageId>,
        prose: &Prose,
    ) -> Result<MessageId, Fault> {
        let known = self.said.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        if let Some(message) = known {
            return Ok(message);
        }
        let silence = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        if silence == Some(Silence::HangsBefore) {
            self.hangs().await;
        }
        let mut id = MessageId::from("");
        self.room.seen.send_modify(|seen| {
            id = MessageId(format!("said-{}", seen.said.len()));
            let (thread, text) = (thread.cloned(), prose.plain());
            seen.said.push(Said { id: id.clone(), thread, text, glyphs: Vec::new(), key: key.clone() });
        });
        self.said.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), id.clone());
        match silence {
            Some(Silence::HangsAfter) => self.hangs().await,
            Some(Silence::AnswerLost) => Err(Fault::Uncertain { cause: Cause::ConnectionCut }),
            Some(Silence::HangsBefore) | None => Ok(id),
        }
    }

    async fn said(&self, key: &EffectKey, _: &RoomId) -> Result<Option<MessageId>, Fault> {
        Ok(self.room.now().said.into_iter().find(|said| said.key == *key).map(|said| said.id))
    }

    async fn edit(&self, _: &EffectKey, _: &RoomId, message: &MessageId, prose: &Prose) -> Result<(), Fault> {
        self.room.seen.send_modify(|seen| {
            if let Some(said) = seen.said.iter_mut().find(|said| said.id == *message) {
                said.text = prose.plain();
            }
        });
        Ok(())
    }

    async fn react(&self, _: &EffectKey, _: &RoomId, message: &MessageId, glyph: &str) -> Result<(), Fault> {
        self.room.seen.send_modify(|seen| {
            let said = seen.said.iter_mut().find(|said| said.id == *message);
            if let Some(said) = said.filter(|said| !said.glyphs.iter().any(|there| there == glyph)) {
                said.glyphs.push(glyph.to_owned());
            }
        });
        Ok(())
    }

    async fn fetch(&self, _: &RoomId, _: &Attachment, _: u32) -> Result<Vec<u8>, Fault> {
        Err(Fault::Permanent { cause: Cause::Refused(String::new()) })
    }

    async fn probe(&self, room: &RoomId) -> Result<String, Fault> {
        Ok(room.to_string())
    }
}
