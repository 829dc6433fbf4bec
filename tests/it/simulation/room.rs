//! A room: what people do in it reaches each process late, twice or out of order, and what the bot says may get lost.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use portevoix::command::french_plan::{self, Plan};
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::name::{
    ArrivalId, DraftNumber, EffectKey, MessageId, PersonId, ReactionId, RevisionNumber, RoomId,
};
use portevoix::domain::prose::{Block, Prose};
use portevoix::port::chat::{Arrival, Attachment, Chat, Happening, Intake, Standing};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::simulation::life::Life;
use crate::simulation::timeline::{Moment, roll, time};
use crate::simulation::world::World;

/// How far apart two events may be that are handed over in the wrong order.
pub const DISORDER: Moment = 100;

/// Something that a person did.
#[derive(Clone, Debug)]
pub struct Deed {
    pub at: Moment,
    pub arrival: Arrival,
}

/// A message of the bot's.
#[derive(Clone, Debug)]
pub struct Note {
    pub id: MessageId,
    pub key: EffectKey,
    device: usize,
    pub at: Moment,
    /// What it says now.
    pub prose: Prose,
    /// Every text that it ever quoted exactly.
    pub quoted: BTreeSet<String>,
    /// The hour that it last named while it was put to the vote.
    pub planned: Option<Timestamp>,
    pub glyphs: BTreeSet<String>,
    pub is_removed: bool,
}

impl Note {
    /// The draft and revision that it is the card of.
    pub fn card(&self) -> Option<(DraftNumber, RevisionNumber)> {
        let mut parts = self.key.as_str().strip_prefix("card/")?.split('/');
        let number = parts.next()?.parse().ok()?;
        Some((number, RevisionNumber(parts.next()?.parse().ok()?)))
    }

    /// The draft that it tells something of.
    pub fn told_of(&self) -> Option<DraftNumber> {
        self.key.as_str().strip_prefix("tell/")?.split('/').next()?.parse().ok()
    }

    pub fn is_call(&self) -> bool {
        !self.prose.called().is_empty()
    }

    pub fn is_question(&self) -> bool {
        self.glyphs.contains("🔁")
    }

    fn says(&mut self, prose: &Prose) {
        self.prose = prose.clone();
        let quotes = prose.blocks.iter().filter_map(|block| match block {
            Block::Quote(text) => Some(text.clone()),
            Block::Title(_) | Block::Text(_) | Block::Call { .. } | Block::Items(_) | Block::Link { .. } => None,
        });
        self.quoted.extend(quotes);
        let plain = prose.plain();
        if plain.contains("🗳 À valider") {
            self.planned = plan_in(&plain);
        }
    }
}

/// The draft that a card says its own one follows.
fn follows_in(card: &str) -> Option<DraftNumber> {
    let (_, after) = card.split_once("Clôture de ").or_else(|| card.split_once("Rectification de "))?;
    after.split('.').next()?.parse().ok()
}

/// The hour that a card names.
fn plan_in(card: &str) -> Option<Timestamp> {
    let (_, after) = card.split_once("Publication prévue le ").or_else(|| card.split_once("est passée ("))?;
    let said = after.split([',', '\n']).next().unwrap_or_default().trim_end_matches(" : partira dès la validation.");
    let said = if said.matches(')').count() > said.matches('(').count() { &said[..said.len() - 1] } else { said };
    // Counted from before anything was typed: nothing lies in the past then.
    let before = (time(0) - SignedDuration::from_hours(48)).to_zoned_datetime(TimeZone::get("Europe/Paris").unwrap());
    match french_plan::read(said, &before) {
        Ok(Plan::At(at)) => Some(at),
        other => panic!("a card names an hour that is none: {said}: {other:?}"),
    }
}

/// A room and all that ever happened in it.
pub struct SimulatedRoom {
    pub id: RoomId,
    pub code: String,
    pub deeds: Mutex<Vec<Deed>>,
    pub notes: Mutex<Vec<Note>>,
    news: Notify,
}

impl SimulatedRoom {
    pub fn new(code: &str) -> Self {
        let id = RoomId(format!("!{code}"));
        Self { id, code: code.to_owned(), deeds: Mutex::default(), notes: Mutex::default(), news: Notify::new() }
    }

    /// The draft that another one closes or rectifies, as its card says.
    pub fn closes(&self, number: &DraftNumber) -> Option<DraftNumber> {
        let notes = self.notes.lock().unwrap();
        let cards = notes.iter().filter(|note| note.card().is_some_and(|(of, _)| of == *number));
        cards.filter_map(|note| follows_in(&note.prose.plain())).next()
    }

    /// A person does something now. Returns the id that the platform gives it.
    pub fn does(&self, at: Moment, by: &str, what: impl FnOnce(&str) -> Happening) -> String {
        let mut deeds = self.deeds.lock().unwrap();
        let id = format!("{}:{}", self.code, deeds.len());
        let arrival = Arrival {
            id: ArrivalId(id.clone()),
            room: self.id.clone(),
            by: PersonId::from(by),
            standing: Standing::default(),
            at: time(at),
            what: what(&id),
        };
        deeds.push(Deed { at, arrival });
        drop(deeds);
        self.news.notify_waiters();
        id
    }

    pub fn says(&self, at: Moment, by: &str, text: String, thread: Option<MessageId>) -> String {
        self.does(at, by, |id| Happening::Said { message: MessageId::from(id), text, thread, attachments: Vec::new() })
    }

    pub fn reacts(&self, at: Moment, by: &str, message: &MessageId, glyph: &str) -> String {
        let (message, glyph) = (message.clone(), glyph.to_owned());
        self.does(at, by, |id| Happening::Reacted { message, reaction: ReactionId::from(id), glyph })
    }

    pub fn removes(&self, at: Moment, by: &str, id: &str) {
        let removed = id.to_owned();
        self.does(at, by, |_| Happening::Removed { id: removed });
        if let Some(note) = self.notes.lock().unwrap().iter_mut().find(|note| note.id.as_str() == id) {
            note.is_removed = true;
        }
    }

    fn deed(&self, place: usize) -> Option<Deed> {
        self.deeds.lock().unwrap().get(place).cloned()
    }
}

/// How far a machine has read each room; it outlives its processes.
pub type Bookmarks = Arc<Mutex<HashMap<RoomId, usize>>>;

/// The rooms, as one life of one process is in them.
pub struct SimulatedChat {
    pub world: Arc<World>,
    pub life: Arc<Life>,
    pub bookmarks: Bookmarks,
    /// The bot's device on this machine: the server knows a repeat by device and key.
    pub device: usize,
}

impl SimulatedChat {
    async fn hand_over(&self, room: &SimulatedRoom, intake: &dyn Intake, stop: &CancellationToken) {
        let mut place = self.bookmarks.lock().unwrap().get(&room.id).copied().unwrap_or(0);
        if self.world.fails(500) {
            place = place.saturating_sub(2);
        }
        loop {
            let news = room.news.notified();
            let Some(deed) = room.deed(place) else {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => return,
                    () = news => continue,
                }
            };
            let late = if self.world.fails(40) { roll(1_000..45_000) } else { roll(1..300) };
            self.world.timeline.passes(late).await;
            if let Some(next) = room.deed(place + 1)
                && next.at - deed.at <= DISORDER
                && next.arrival.by != deed.arrival.by
                && self.world.fails(300)
            {
                self.take(intake, &next).await;
            }
            self.take(intake, &deed).await;
            if self.world.fails(50) {
                self.take(intake, &deed).await;
            }
            place += 1;
            self.bookmarks.lock().unwrap().insert(room.id.clone(), place);
            self.life.step().await;
        }
    }

    async fn take(&self, intake: &dyn Intake, deed: &Deed) {
        self.life.step().await;
        intake.take(deed.arrival.clone()).await;
        self.life.step().await;
    }

    /// Does something in a room, unless it gets lost on the way there or its answer on the way back.
    async fn reaches<T>(&self, room: &RoomId, act: impl FnOnce(&SimulatedRoom) -> T) -> Result<T, Fault> {
        self.life.step().await;
        self.world.timeline.passes(roll(5..200)).await;
        self.life.step().await;
        let room = self.world.room(room).ok_or(Fault::Transient { cause: Cause::NotInRoom, retry_at: None })?;
        if self.world.fails(30) {
            return Err(Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None });
        }
        let done = act(room);
        self.life.step().await;
        if self.world.fails(20) {
            return Err(Fault::Uncertain { cause: Cause::TimedOut });
        }
        Ok(done)
    }
}

#[async_trait]
impl Chat for SimulatedChat {
    async fn listen(&self, intake: &dyn Intake, stop: CancellationToken) -> Result<(), Fault> {
        let rooms = self.world.rooms.iter().map(|room| self.hand_over(room, intake, &stop));
        futures_util::future::join_all(rooms).await;
        Ok(())
    }

    async fn say(
        &self,
        key: &EffectKey,
        room: &RoomId,
        _thread: Option<&MessageId>,
        prose: &Prose,
    ) -> Result<MessageId, Fault> {
        let now = self.world.timeline.now();
        self.reaches(room, |room| {
            let mut notes = room.notes.lock().unwrap();
            if let Some(note) = notes.iter().find(|note| note.key == *key && note.device == self.device) {
                return note.id.clone();
            }
            let id = MessageId(format!("{}-bot-{}", room.code, notes.len()));
            let mut note = Note {
                id: id.clone(),
                key: key.clone(),
                device: self.device,
                at: now,
                prose: Prose::default(),
                planned: None,
                quoted: BTreeSet::new(),
                glyphs: BTreeSet::new(),
                is_removed: false,
            };
            note.says(prose);
            notes.push(note);
            id
        })
        .await
    }

    async fn said(&self, key: &EffectKey, room: &RoomId) -> Result<Option<MessageId>, Fault> {
        self.reaches(room, |room| {
            let notes = room.notes.lock().unwrap();
            notes.iter().find(|note| note.key == *key).map(|note| note.id.clone())
        })
        .await
    }

    async fn edit(&self, _: &EffectKey, room: &RoomId, message: &MessageId, prose: &Prose) -> Result<(), Fault> {
        self.reaches(room, |room| {
            let mut notes = room.notes.lock().unwrap();
            if let Some(note) = notes.iter_mut().find(|note| note.id == *message && !note.is_removed) {
                note.says(prose);
            }
        })
        .await
    }

    async fn react(&self, _: &EffectKey, room: &RoomId, message: &MessageId, glyph: &str) -> Result<(), Fault> {
        self.reaches(room, |room| {
            let mut notes = room.notes.lock().unwrap();
            if let Some(note) = notes.iter_mut().find(|note| note.id == *message) {
                note.glyphs.insert(glyph.to_owned());
            }
        })
        .await
    }

    async fn fetch(&self, _: &RoomId, _: &Attachment, _: u32) -> Result<Vec<u8>, Fault> {
        Err(Fault::Permanent { cause: Cause::Refused("nothing is attached here".to_owned()) })
    }

    async fn probe(&self, room: &RoomId) -> Result<String, Fault> {
        Ok(room.to_string())
    }
}
