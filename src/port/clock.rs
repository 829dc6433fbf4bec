//! Time, so that tests and simulations can hold it still.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

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

/// Waits until a clock that may be set shows that time; it is looked at anew after `longest_wait` at the latest.
pub async fn wait_until(clock: &dyn Clock, time: Timestamp, longest_wait: Duration) {
    loop {
        let left = Duration::try_from(time.duration_since(clock.now())).unwrap_or_default();
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(longest_wait)).await;
    }
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
        const LONGEST_WAIT: Duration = Duration::from_secs(30);
        wait_until(self, time, LONGEST_WAIT).await;
    }
}
