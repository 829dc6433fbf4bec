//! Waits longer after each failure in a row, so that a server that is down is not hammered.

use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::domain::fault::Fault;

const FIRST: Duration = Duration::from_secs(1);

/// The longest wait: a room whose server is back should not be kept waiting for longer.
const LONGEST: Duration = Duration::from_secs(60);

/// How long to wait after the next failure.
#[derive(Debug)]
pub struct Backoff {
    chat: &'static str,
    next: Duration,
}

impl Backoff {
    /// Nothing failed yet. The log calls the chat so.
    pub fn new(chat: &'static str) -> Self {
        Self { chat, next: FIRST }
    }

    /// Says in the log what failed and waits, as long as the server asked if it did; returns at once when stopped.
    pub async fn wait(&mut self, what: &str, fault: &Fault, stop: &CancellationToken) {
        let asked = match fault {
            Fault::Transient { retry_at: Some(time), .. } => {
                Duration::try_from(time.duration_since(Timestamp::now())).unwrap_or_default().min(LONGEST)
            }
            Fault::Transient { retry_at: None, .. } | Fault::Permanent { .. } | Fault::Uncertain { .. } => FIRST,
        };
        let wait = self.next.max(asked);
        self.next = (self.next * 2).min(LONGEST);
        let chat = self.chat;
        tracing::warn!(%fault, seconds = wait.as_secs(), "{chat}: could not {what}, trying again");
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => {}
        }
    }
}
