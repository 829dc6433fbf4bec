//! What people did in one room and the intake has not taken yet: kept in order, handed over one at a time.

use std::collections::VecDeque;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::port::chat::{Arrival, Intake};

/// The most arrivals that wait in a room while the bot is away: far more than a training group types in a pause, and
/// little enough to keep in memory. The one who acts is told when it is full, so nothing is lost silently.
pub const MOST_WAITING: usize = 5_000;

/// The line of one room.
#[derive(Debug, Default)]
pub struct Handover {
    line: watch::Sender<Line>,
}

#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<Arrival>,
    /// How many were ever put in line.
    offered: u64,
    /// How many of them were taken.
    taken: u64,
    /// How many calls of [`Handover::hand_over`] are alive.
    listeners: u32,
}

/// A place in the line.
#[derive(Clone, Copy, Debug)]
pub struct Place(u64);

impl Handover {
    /// Whether nothing more can be put in line.
    pub fn is_full(&self) -> bool {
        self.line.borrow().waiting.len() >= MOST_WAITING
    }

    /// Puts an arrival in line.
    pub fn offer(&self, arrival: Arrival) -> Place {
        let mut place = 0;
        self.line.send_modify(|line| {
            line.waiting.push_back(arrival);
            line.offered += 1;
            place = line.offered;
        });
        Place(place)
    }

    /// Returns once the arrival at that place was taken, or nobody is there to take it (it then stays in line).
    pub async fn settled(&self, place: Place) {
        let mut lines = self.line.subscribe();
        // An error means that the sender is gone; it lives as long as `self`.
        let _ = lines.wait_for(|line| line.taken >= place.0 || line.listeners == 0).await;
    }

    /// Hands over what is in line and what comes, until told to stop; then what is under way is still finished.
    ///
    /// An arrival leaves the line only after `take` returned. If this future is dropped before, the next call hands
    /// the same arrival over again.
    pub async fn hand_over(&self, intake: &dyn Intake, stop: &CancellationToken) {
        let _listener = Listener::enter(&self.line);
        let mut lines = self.line.subscribe();
        loop {
            let next = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                line = lines.wait_for(|line| !line.waiting.is_empty()) => match line {
                    Ok(line) => line.waiting.front().cloned(),
                    Err(_) => return,
                },
            };
            let Some(arrival) = next else { continue };
            let id = arrival.id.clone();
            intake.take(arrival).await;
            self.line.send_modify(|line| {
                // With two listeners the other one may have been first.
                if line.waiting.front().is_some_and(|front| front.id == id) {
                    line.waiting.pop_front();
                    line.taken += 1;
                }
            });
        }
    }
}

/// Counts as a listener for as long as it lives, also when the future that holds it is dropped.
struct Listener<'a>(&'a watch::Sender<Line>);

impl<'a> Listener<'a> {
    fn enter(line: &'a watch::Sender<Line>) -> Self {
        line.send_modify(|line| line.listeners += 1);
        Self(line)
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|line| line.listeners -= 1);
    }
}
