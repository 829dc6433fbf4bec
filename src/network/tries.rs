//! Remembers how the latest tries of this process ended, to tell our own posts of one text apart and to know when a
//! server may still be at work.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::domain::name::EffectKey;

/// How many posts are remembered: months of one account, in some hundred kilobytes.
const MOST_TRIES: usize = 1_000;

/// How the latest try of a post ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastTry {
    /// No final answer came, the server may still be at work on it. When it began.
    Unanswered(Timestamp),
    /// The server is done with it, and did not say that it stored anything.
    Done,
    /// The server stored it as the status of that id.
    Stored(String),
}

/// The latest try of each post, oldest post first. Lost with the process: whoever reads it takes absence for not known.
#[derive(Default)]
pub struct Tries {
    tries: Mutex<VecDeque<(EffectKey, LastTry)>>,
}

impl Tries {
    /// Notes how the latest try of a post stands.
    pub fn note(&self, key: &EffectKey, outcome: LastTry) {
        let mut tries = self.lock();
        tries.retain(|(known, _)| known != key);
        tries.push_back((key.clone(), outcome));
        if tries.len() > MOST_TRIES {
            tries.pop_front();
        }
    }

    /// How the latest try of a post ended, if this process made one.
    pub fn last(&self, key: &EffectKey) -> Option<LastTry> {
        self.lock().iter().find(|(known, _)| known == key).map(|(_, outcome)| outcome.clone())
    }

    /// The post that a status is known to be.
    pub fn owner(&self, status: &str) -> Option<EffectKey> {
        let is_it = |outcome: &LastTry| matches!(outcome, LastTry::Stored(id) if id == status);
        self.lock().iter().find(|(_, outcome)| is_it(outcome)).map(|(key, _)| key.clone())
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(EffectKey, LastTry)>> {
        // Every change is complete once made, so what a panicking thread left is whole.
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
