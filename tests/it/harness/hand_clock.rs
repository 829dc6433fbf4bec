//! A clock that only moves when a scene moves it.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::port::clock::Clock;
use tokio::sync::watch;

/// Shared by everything in a scene that asks for the time.
pub struct HandClock(watch::Sender<Timestamp>);

impl HandClock {
    /// A clock that stands at that time.
    pub fn at(time: &str) -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(time.parse().unwrap())))
    }

    /// Lets time pass.
    pub fn passes(&self, time: SignedDuration) {
        self.0.send_modify(|now| *now += time);
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep_until(&self, time: Timestamp) {
        self.0.subscribe().wait_for(|now| *now >= time).await.unwrap();
    }
}
