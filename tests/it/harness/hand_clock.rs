//! A clock that stands still until the scene moves it.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::port::clock::Clock;
use tokio::sync::watch;

pub struct HandClock(watch::Sender<Timestamp>);

impl HandClock {
    /// Stands at 22:00 in Paris on 12 March 2026, a Thursday.
    pub fn new() -> Self {
        Self(watch::Sender::new("2026-03-12T21:00:00Z".parse().unwrap()))
    }

    pub fn advance(&self, time: Duration) {
        self.0.send_modify(|now| *now += SignedDuration::try_from(time).unwrap());
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
