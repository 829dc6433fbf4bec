//! Time, so that tests and simulations can hold it still.

use async_trait::async_trait;
use jiff::Timestamp;

/// A source of time.
#[async_trait]
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> Timestamp;

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
