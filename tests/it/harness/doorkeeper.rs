//! An intake that keeps the door: it writes down what it takes, and can be made to wait.

use std::sync::Mutex;

use async_trait::async_trait;
use portevoix::domain::name::{ArrivalId, DraftNumber, RoomId};
use portevoix::port::chat::{Arrival, Happening, Intake};
use tokio::sync::Semaphore;

/// An intake that writes down what it takes, once it may.
pub struct Doorkeeper {
    taken: Mutex<Vec<Arrival>>,
    called: Semaphore,
    may_pass: Semaphore,
    waits_for: Option<String>,
}

impl Doorkeeper {
    pub fn open() -> Self {
        let (taken, called) = (Mutex::default(), Semaphore::new(0));
        Self { taken, called, may_pass: Semaphore::new(Semaphore::MAX_PERMITS), waits_for: None }
    }

    pub fn shut() -> Self {
        Self { may_pass: Semaphore::new(0), ..Self::open() }
    }

    pub fn shut_for(text: &str) -> Self {
        Self { waits_for: Some(text.to_owned()), ..Self::shut() }
    }

    pub fn let_pass(&self, arrivals: usize) {
        self.may_pass.add_permits(arrivals);
    }

    pub async fn was_called(&self) {
        self.called.acquire().await.unwrap().forget();
    }

    pub fn taken(&self) -> Vec<Arrival> {
        self.taken.lock().unwrap().clone()
    }

    pub fn texts(&self) -> Vec<String> {
        self.taken().iter().map(text).collect()
    }
}

#[async_trait]
impl Intake for Doorkeeper {
    async fn take(&self, arrival: Arrival) {
        self.called.add_permits(1);
        if self.waits_for.as_ref().is_none_or(|waits_for| *waits_for == text(&arrival)) {
            self.may_pass.acquire().await.unwrap().forget();
        }
        self.taken.lock().unwrap().push(arrival);
    }

    async fn has_seen(&self, id: &ArrivalId) -> bool {
        self.taken().iter().any(|arrival| arrival.id == *id)
    }

    async fn drafts(&self, _: &RoomId) -> Vec<(DraftNumber, String)> {
        Vec::new()
    }

    async fn unreadable(&self, _: &RoomId) -> Vec<ArrivalId> {
        Vec::new()
    }
}

fn text(arrival: &Arrival) -> String {
    match &arrival.what {
        Happening::Said { text, .. } | Happening::Edited { text, .. } => text.clone(),
        Happening::Reacted { .. }
        | Happening::Pressed { .. }
        | Happening::Removed { .. }
        | Happening::Unreadable { .. } => String::new(),
    }
}
