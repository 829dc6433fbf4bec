//! The connections of one process: few, kept, and thrown away when anything went wrong on them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::store::database::StoreError;
use crate::store::postgres::link::Link;
use crate::store::postgres::place::Place;

/// How many transactions a process has under way at once. A server takes a hundred connections unless told otherwise:
/// enough for five processes, and a person with `psql`.
pub(in crate::store::postgres) const MOST_CONNECTIONS: usize = 16;

/// The connections of this process.
pub(in crate::store::postgres) struct Pool {
    place: Place,
    called: String,
    room: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Link>>>,
    scopes: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// A connection on loan, with its place among those that may be, and its turn in a scope.
pub(in crate::store::postgres) struct Loan {
    link: Link,
    is_used: bool,
    idle: Arc<Mutex<Vec<Link>>>,
    _room: OwnedSemaphorePermit,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Pool {
    /// No connection yet. `called` is what the server's list of connections shows.
    pub fn new(place: Place, called: &str) -> Self {
        Self {
            place,
            called: called.to_owned(),
            room: Arc::new(Semaphore::new(MOST_CONNECTIONS)),
            idle: Arc::default(),
            scopes: Mutex::default(),
        }
    }

    /// A connection. Whoever asks for one in a scope waits here for the others of this process first, so that a
    /// directorate in which much happens takes one connection and leaves the rest to the others.
    ///
    /// # Errors
    /// [`StoreError::Unreached`] when none is idle and none can be made.
    pub async fn lend(&self, scope: Option<&str>) -> Result<Loan, StoreError> {
        let turn = match scope {
            Some(scope) => Some(self.scope(scope).lock_owned().await),
            None => None,
        };
        // It is never closed.
        let room = self.room.clone().acquire_owned().await.map_err(|_| StoreError::Undone)?;
        let (link, is_used) = match self.take_idle() {
            Some(link) => (link, true),
            None => (Link::open(&self.place, &self.called, |_| {}).await?, false),
        };
        Ok(Loan { link, is_used, idle: self.idle.clone(), _room: room, _turn: turn })
    }

    /// Closes every idle connection: the server they were made to may be another by now.
    pub fn forget_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take_idle(&self) -> Option<Link> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that the server has closed meanwhile are left behind.
        while let Some(link) = idle.pop() {
            if !link.is_gone() {
                return Some(link);
            }
        }
        None
    }

    fn scope(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut scopes = self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        // As many as there are directorates.
        scopes.entry(name.to_owned()).or_default().clone()
    }
}

impl Loan {
    /// The connection.
    pub fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Whether it was used before, and may have been lost since.
    pub fn is_used(&self) -> bool {
        self.is_used
    }

    /// Gives the connection back, with nothing under way on it. Dropping the loan instead closes it.
    pub fn give_back(self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.link);
    }
}
