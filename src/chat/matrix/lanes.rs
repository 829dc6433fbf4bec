//! Keeps the order of each room while keys are missing: a message that can't be read holds up the later ones of its
//! room, but not other rooms, and not for longer than the patience given.

use std::collections::{BTreeMap, VecDeque};

use matrix_sdk::ruma::OwnedRoomId;
use tokio::time::Instant;

use crate::chat::matrix::place::Place;
use crate::chat::matrix::sift::{Locked, News};
use crate::domain::name::ArrivalId;

/// What one sync brought.
#[derive(Debug)]
pub struct Batch {
    /// Where the sync ended.
    pub place: Place,
    /// By room, oldest first.
    pub rooms: Vec<(OwnedRoomId, Vec<News>)>,
    /// Events that were taken as unreadable in an earlier run, tried again.
    pub again: Vec<(OwnedRoomId, News)>,
}

/// All that is waiting to be handed over.
#[derive(Debug, Default)]
pub struct Lanes {
    rooms: BTreeMap<OwnedRoomId, VecDeque<Waiting>>,
    batches: VecDeque<Underway>,
    next_batch: u64,
}

/// The next event to hand over.
#[derive(Debug)]
pub struct Due {
    /// Where it happened.
    pub room: OwnedRoomId,
    /// What: if it is still locked, its time is up.
    pub news: News,
    batch: u64,
}

#[derive(Debug)]
struct Waiting {
    news: News,
    give_up_at: Instant,
    batch: u64,
}

#[derive(Debug)]
struct Underway {
    number: u64,
    left: usize,
    place: Place,
}

impl Lanes {
    /// Puts what a sync brought behind what is waiting.
    pub fn add(&mut self, place: Place, rooms: Vec<(OwnedRoomId, Vec<News>)>, give_up_at: Instant) {
        let number = self.next_batch;
        self.next_batch += 1;
        self.batches.push_back(Underway { number, left: rooms.iter().map(|(_, news)| news.len()).sum(), place });
        for (room, news) in rooms {
            let waiting = news.into_iter().map(|news| Waiting { news, give_up_at, batch: number });
            self.rooms.entry(room).or_default().extend(waiting);
        }
    }

    /// How many events are waiting.
    pub fn len(&self) -> usize {
        self.rooms.values().map(VecDeque::len).sum()
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes out the next event that can be handed over: readable, or locked for too long.
    pub fn next(&mut self, now: Instant) -> Option<Due> {
        let is_due = |waiting: &Waiting| match waiting.news {
            News::Readable(_) => true,
            News::Locked(_) => waiting.give_up_at <= now,
        };
        self.rooms.retain(|_, lane| !lane.is_empty());
        let (room, lane) = self.rooms.iter_mut().find(|(_, lane)| lane.front().is_some_and(is_due))?;
        let waiting = lane.pop_front()?;
        Some(Due { room: room.clone(), news: waiting.news, batch: waiting.batch })
    }

    /// Records that an event was handed over (or turned out to be nothing for us).
    pub fn settle(&mut self, due: &Due) {
        self.settle_one_of(due.batch);
    }

    /// The place before which everything was handed over, when it moved since the last call.
    pub fn reached(&mut self) -> Option<Place> {
        let mut reached = None;
        while self.batches.front().is_some_and(|batch| batch.left == 0) {
            reached = self.batches.pop_front().map(|batch| batch.place);
        }
        reached
    }

    /// When the patience with the first locked event ends.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.rooms.values().filter_map(VecDeque::front).map(|waiting| waiting.give_up_at).min()
    }

    /// The events whose key is missing.
    pub fn locked(&self) -> Vec<(OwnedRoomId, Locked)> {
        let all = self.rooms.iter().flat_map(|(room, lane)| lane.iter().map(move |waiting| (room, waiting)));
        all.filter_map(|(room, waiting)| match &waiting.news {
            News::Locked(locked) => Some((room.clone(), locked.clone())),
            News::Readable(_) => None,
        })
        .collect()
    }

    /// Puts what a locked event turned out to say in its place; `None` takes it out.
    pub fn unlock(&mut self, id: &ArrivalId, news: Option<News>) {
        for lane in self.rooms.values_mut() {
            let Some(position) = lane.iter().position(|waiting| waiting.news.id() == id) else { continue };
            match news {
                Some(news) => lane[position].news = news,
                None => {
                    let batch = lane[position].batch;
                    lane.remove(position);
                    self.settle_one_of(batch);
                }
            }
            return;
        }
    }

    fn settle_one_of(&mut self, number: u64) {
        if let Some(batch) = self.batches.iter_mut().find(|batch| batch.number == number) {
            batch.left -= 1;
        }
    }
}
