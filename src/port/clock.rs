//! Time, so that tests and simulations can hold it still.

use std::sync::LazyLock;
use std::time::Instant;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

/// A source of time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// What time it is. Somebody may set the clock: it can jump, either way.
    fn now(&self) -> Timestamp;

    /// How long it is since a fixed moment of this process's life. It never jumps, whatever becomes of the clock.
    fn uptime(&self) -> SignedDuration;

    /// Returns once `now()` is at or after that time. May be dropped at any await.
    async fn sleep_until(&self, time: Timestamp);
}

/// The machine's clock.
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn uptime(&self) -> SignedDuration {
        static FIRST_ASKED: LazyLock<Instant> = LazyLock::new(Instant::now);
        SignedDuration::try_from(FIRST_ASKED.elapsed()).unwrap_or(SignedDuration::MAX)
    }

    async fn sleep_until(&self, time: Timestamp) {
        /// The longest single wait: a machine that slept or whose clock was set is noticed after this.
        const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(30);
        loop {
            let left = std::time::Duration::try_from(time.duration_since(self.now())).unwrap_or_default();
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_WAIT)).await;
        }
    }
}
