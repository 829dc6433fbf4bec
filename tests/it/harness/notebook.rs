//! An intake for the scenes of a chat: it keeps what was handed over, and can refuse to take any.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use portevoix::domain::name::{ArrivalId, DraftNumber, MessageId, RoomId};
use portevoix::port::chat::{Arrival, Happening, Intake};
use tokio::sync::watch;

/// An intake that keeps what it took, also while the chat is restarted.
#[derive(Default)]
pub struct Notebook {
    taken: Mutex<Vec<Arrival>>,
    count: watch::Sender<usize>,
    /// Everything that was handed over, also what was taken before.
    offered: watch::Sender<Vec<Arrival>>,
    /// While true, nothing is taken: `take` never returns.
    jammed: watch::Sender<bool>,
    /// What is suggested while a number is typed.
    drafts: Mutex<Vec<(DraftNumber, String)>>,
}

/// The longest that anything may take before a scene is called failed.
const PATIENCE: Duration = Duration::from_secs(60);

impl Notebook {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// From now on nothing is taken, until [`mend`](Self::mend).
    pub fn jam(&self) {
        self.jammed.send_replace(true);
    }

    /// Waits until this message was handed over, taken or not.
    pub async fn until_offered(&self, message: &MessageId) {
        let mut offered = self.offered.subscribe();
        let is_there = |offered: &Vec<Arrival>| offered.iter().any(|one| one.id.as_str() == message.as_str());
        tokio::time::timeout(PATIENCE, offered.wait_for(is_there)).await.unwrap().unwrap();
    }

    /// Takes again.
    pub fn mend(&self) {
        self.jammed.send_replace(false);
    }

    /// From now on these drafts are suggested.
    pub fn suggests(&self, drafts: &[(&str, &str)]) {
        let drafts = drafts.iter().map(|(number, text)| (number.parse().unwrap(), (*text).to_owned()));
        *self.drafts.lock().unwrap() = drafts.collect();
    }

    /// What was taken, oldest first, once it is as many.
    pub async fn until(&self, count: usize) -> Vec<Arrival> {
        let mut counted = self.count.subscribe();
        let waited = tokio::time::timeout(PATIENCE, counted.wait_for(|now| *now >= count)).await;
        let taken = self.taken.lock().unwrap().clone();
        assert!(waited.is_ok(), "waited for {count} arrivals in vain, there are {taken:#?}");
        taken
    }

    /// What was taken, oldest first.
    pub fn taken(&self) -> Vec<Arrival> {
        self.taken.lock().unwrap().clone()
    }

    /// What was taken, oldest first, once this message is among it and readable.
    pub async fn until_read(&self, message: &MessageId) -> Vec<Arrival> {
        let is_it =
            |one: &Arrival| one.id.as_str() == message.as_str() && !matches!(one.what, Happening::Unreadable { .. });
        let mut changed = self.count.subscribe();
        let waited = tokio::time::timeout(PATIENCE, changed.wait_for(|_| self.taken().iter().any(is_it))).await;
        assert!(waited.is_ok(), "waited for {message} in vain, there is {:#?}", self.taken());
        self.taken()
    }
}

#[async_trait]
impl Intake for Notebook {
    async fn take(&self, arrival: Arrival) {
        self.offered.send_modify(|offered| offered.push(arrival.clone()));
        let is_jammed = *self.jammed.borrow();
        if is_jammed {
            std::future::pending::<()>().await;
        }
        let count = {
            let mut taken = self.taken.lock().unwrap();
            match taken.iter_mut().find(|one| one.id == arrival.id) {
                None => taken.push(arrival),
                Some(one) if matches!(one.what, Happening::Unreadable { .. }) => *one = arrival,
                Some(_) => {}
            }
            taken.len()
        };
        self.count.send_replace(count);
    }

    async fn has_seen(&self, id: &ArrivalId) -> bool {
        self.taken.lock().unwrap().iter().any(|one| one.id == *id)
    }

    async fn drafts(&self, _: &RoomId) -> Vec<(DraftNumber, String)> {
        self.drafts.lock().unwrap().clone()
    }

    async fn unreadable(&self, room: &RoomId) -> Vec<ArrivalId> {
        let taken = self.taken.lock().unwrap();
        let unreadable = |one: &&Arrival| one.room == *room && matches!(one.what, Happening::Unreadable { .. });
        taken.iter().filter(unreadable).map(|one| one.id.clone()).collect()
    }
}
