//! Simulated time: it stands still until everybody waits, and then jumps to the next moment that somebody waits for.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::port::clock::Clock;
use tokio::sync::Notify;

/// True time, in milliseconds since the simulation began.
pub type Moment = i64;

/// When a simulation may begin, in Paris: on an evening like any other, and shortly before clocks are set forward or back.
pub const BEGINNINGS: [i64; 4] = [
    // 2026-03-12, 22:00.
    1_773_349_200_000,
    // 2026-03-29, 1:30, half an hour before it is 3:00.
    1_774_744_200_000,
    // 2026-10-25, 1:45 and 2:40, before it is 2:00 again.
    1_792_885_500_000,
    1_792_888_800_000,
];

/// How often nothing must have moved before everybody is said to wait.
const QUIET_TURNS: u32 = 3;

/// The one true time.
#[derive(Default)]
pub struct Timeline {
    now: AtomicI64,
    /// Counts whatever happened, so that it can be seen when nothing does any more.
    activity: AtomicU64,
    waiting: Mutex<BTreeMap<(Moment, u64), Waker>>,
    tickets: AtomicU64,
}

impl Timeline {
    /// What time it truly is.
    pub fn now(&self) -> Moment {
        self.now.load(Ordering::Relaxed)
    }

    /// Notes that something happened.
    pub fn stirs(&self) {
        self.activity.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits so many milliseconds.
    pub async fn passes(&self, milliseconds: i64) {
        let until = self.now() + milliseconds.max(0);
        let ticket = Ticket { timeline: self, key: (until, self.tickets.fetch_add(1, Ordering::Relaxed)) };
        poll_fn(|context| {
            self.stirs();
            if self.now() >= until {
                return Poll::Ready(());
            }
            self.waiting.lock().unwrap().insert(ticket.key, context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Returns once nothing happens any more at this moment.
    pub async fn settles(&self) {
        loop {
            let before = self.activity.load(Ordering::Relaxed);
            for _ in 0..QUIET_TURNS {
                tokio::task::yield_now().await;
            }
            if self.activity.load(Ordering::Relaxed) == before {
                return;
            }
        }
    }

    /// Goes on to the next moment that somebody waits for, at most to `end`. Returns whether there is one.
    pub fn advance(&self, end: Moment) -> bool {
        let mut waiting = self.waiting.lock().unwrap();
        let Some(((moment, _), _)) = waiting.first_key_value() else { return false };
        let moment = *moment;
        if moment > end {
            return false;
        }
        self.now.store(moment, Ordering::Relaxed);
        while let Some(entry) = waiting.first_entry() {
            if entry.key().0 > moment {
                break;
            }
            entry.remove().wake();
        }
        true
    }
}

impl Timeline {
    /// Goes on to that moment, for which nobody waits but whoever turns the clock.
    pub fn jumps_to(&self, moment: Moment) {
        self.now.store(moment, Ordering::Relaxed);
    }
}

/// Whoever stops waiting leaves nothing behind.
struct Ticket<'a> {
    timeline: &'a Timeline,
    key: (Moment, u64),
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.timeline.waiting.lock().unwrap().remove(&self.key);
    }
}

/// A moment as a clock that is right shows it.
pub fn time(moment: Moment) -> Timestamp {
    Timestamp::from_millisecond(BEGINNING.get() + moment).unwrap()
}

/// The clock of one machine: it may be wrong, and somebody may set it.
pub struct MachineClock {
    timeline: Arc<Timeline>,
    wrong_by: AtomicI64,
    was_set: Notify,
}

impl MachineClock {
    pub fn new(timeline: Arc<Timeline>) -> Arc<Self> {
        Arc::new(Self { timeline, wrong_by: AtomicI64::new(0), was_set: Notify::new() })
    }

    /// Somebody sets the clock: it is wrong by so many milliseconds now.
    pub fn jumps(&self, wrong_by: i64) {
        self.wrong_by.store(wrong_by, Ordering::Relaxed);
        self.was_set.notify_waiters();
    }
}

#[async_trait]
impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        time(self.timeline.now() + self.wrong_by.load(Ordering::Relaxed))
    }

    fn uptime(&self) -> SignedDuration {
        SignedDuration::from_millis(self.timeline.now())
    }

    async fn sleep_until(&self, time: Timestamp) {
        loop {
            let was_set = self.was_set.notified();
            let left = time.as_millisecond() - self.now().as_millisecond();
            if left <= 0 {
                return;
            }
            tokio::select! {
                biased;
                () = self.timeline.passes(left) => {}
                () = was_set => {}
            }
        }
    }
}

thread_local! {
    /// When the simulation that runs on this thread began.
    static BEGINNING: Cell<i64> = const { Cell::new(BEGINNINGS[0]) };

    /// The dice of the simulation that runs on this thread.
    static DICE: RefCell<fastrand::Rng> = const { RefCell::new(fastrand::Rng::with_seed(0)) };
}

/// The simulation of this thread begins then, in milliseconds since 1970.
pub fn begins_at(beginning: i64) {
    BEGINNING.set(beginning);
}

/// From now on the dice of this thread fall as that seed says.
pub fn seed_dice(seed: u64) {
    DICE.with(|dice| *dice.borrow_mut() = fastrand::Rng::with_seed(seed));
}

/// A number of that range.
pub fn roll(range: std::ops::Range<i64>) -> i64 {
    DICE.with(|dice| dice.borrow_mut().i64(range))
}

/// Whether something happens that happens so many times in a thousand.
pub fn happens(in_a_thousand: i64) -> bool {
    roll(0..1_000) < in_a_thousand
}

/// One of these.
pub fn pick<T>(of: &[T]) -> Option<&T> {
    if of.is_empty() {
        return None;
    }
    let last = i64::try_from(of.len()).unwrap();
    of.get(usize::try_from(roll(0..last)).unwrap())
}
