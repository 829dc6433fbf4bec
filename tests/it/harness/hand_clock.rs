//! A clock that only moves when a scene moves it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::port::clock::Clock;
use tokio::sync::watch;

/// Shared by everything in a scene that asks for the time.
pub struct HandClock {
    now: watch::Sender<Timestamp>,
    is_hasty: AtomicBool,
    /// By how much it is set back once somebody has looked at it.
    set_back: Mutex<Option<SignedDuration>>,
}

impl HandClock {
    /// A clock that stands at that time.
    pub fn at(time: &str) -> Arc<Self> {
        Arc::new(Self {
            now: watch::Sender::new(time.parse().unwrap()),
            is_hasty: AtomicBool::new(false),
            set_back: Mutex::default(),
        })
    }

    /// Lets time pass.
    pub fn passes(&self, time: SignedDuration) {
        self.now.send_modify(|now| *now += time);
    }

    /// It is set back by so much right after the next look at it.
    pub fn is_set_back_after_the_next_look(&self, time: SignedDuration) {
        *self.set_back.lock().unwrap() = Some(time);
    }

    /// From now on the clock jumps to whatever time somebody waits for.
    pub fn jumps(&self) {
        self.is_hasty.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        let now = *self.now.borrow();
        if let Some(time) = self.set_back.lock().unwrap().take() {
            self.passes(-time);
        }
        now
    }

    fn uptime(&self) -> SignedDuration {
        self.now().duration_since(Timestamp::UNIX_EPOCH)
    }

    async fn sleep_until(&self, time: Timestamp) {
        if self.is_hasty.load(Ordering::SeqCst) {
            self.now.send_modify(|now| *now = time.max(*now));
        }
        self.now.subscribe().wait_for(|now| *now >= time).await.unwrap();
    }
}
