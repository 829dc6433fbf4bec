//! Everything outside the processes: true time, the rooms, what the public sees, and whether anything is in trouble.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use portevoix::domain::name::RoomId;
use tokio::sync::Notify;

use crate::simulation::network::{Seen, Shown};
use crate::simulation::room::SimulatedRoom;
use crate::simulation::rules;
use crate::simulation::timeline::{Moment, Timeline, happens};

/// The world of one simulation.
pub struct World {
    pub timeline: Arc<Timeline>,
    pub rooms: Vec<SimulatedRoom>,
    /// What the public sees, oldest first.
    pub public: Mutex<Vec<Seen>>,
    /// What accounts show on of others' posts.
    pub shown_on: Mutex<Vec<Shown>>,
    /// How often that began.
    relays: AtomicUsize,
    /// Rung after each commit by which something is owed.
    pub listeners: Mutex<Vec<Arc<Notify>>>,
    /// Things fail until then.
    troubled_until: AtomicI64,
    failure: Mutex<Option<String>>,
    /// How far a machine's clock ever was ahead of the true time at most.
    ahead: AtomicI64,
}

impl World {
    pub fn new(timeline: Arc<Timeline>, codes: &[&str]) -> Arc<Self> {
        Arc::new(Self {
            timeline,
            rooms: codes.iter().map(|code| SimulatedRoom::new(code)).collect(),
            public: Mutex::default(),
            shown_on: Mutex::default(),
            relays: AtomicUsize::new(0),
            listeners: Mutex::default(),
            troubled_until: AtomicI64::new(Moment::MAX),
            failure: Mutex::default(),
            ahead: AtomicI64::new(0),
        })
    }

    /// Nothing fails any more.
    pub fn calms_down(&self) {
        self.troubled_until.store(self.timeline.now(), Ordering::Relaxed);
    }

    /// A clock is set: it is wrong by so many milliseconds now.
    pub fn sets_a_clock(&self, wrong_by: i64) {
        self.ahead.fetch_max(wrong_by, Ordering::Relaxed);
    }

    /// How much earlier than its hour a post may come out: it is the machine's hour that counts.
    pub fn clocks_wrong_by(&self) -> Moment {
        self.ahead.load(Ordering::Relaxed)
    }

    pub fn is_troubled(&self) -> bool {
        self.timeline.now() < self.troubled_until.load(Ordering::Relaxed)
    }

    /// Whether something fails now that fails so many times in a thousand.
    pub fn fails(&self, in_a_thousand: i64) -> bool {
        self.is_troubled() && happens(in_a_thousand)
    }

    pub fn room(&self, id: &RoomId) -> Option<&SimulatedRoom> {
        self.rooms.iter().find(|room| room.id == *id)
    }

    /// A post appears in public. It must be one that may.
    pub fn appears(&self, seen: Seen) {
        let broken = rules::of_a_post(self, &seen);
        self.public.lock().unwrap().push(seen);
        if let Err(broken) = broken {
            self.fail(broken);
        }
    }

    /// An account shows another's post on. It must be allowed to.
    pub fn shows_on(&self, shown: Shown) {
        if self.shown_on.lock().unwrap().contains(&shown) {
            return;
        }
        self.relays.fetch_add(1, Ordering::Relaxed);
        let broken = rules::of_a_relay(self, &shown);
        self.shown_on.lock().unwrap().push(shown);
        if let Err(broken) = broken {
            self.fail(broken);
        }
    }

    /// How often a post was shown on.
    pub fn relays(&self) -> usize {
        self.relays.load(Ordering::Relaxed)
    }

    /// Everything that happened, for whoever wants to know how it came to that.
    pub fn story(&self) -> String {
        let mut lines: Vec<(Moment, String)> = Vec::new();
        for room in &self.rooms {
            let deeds = room.deeds.lock().unwrap();
            lines.extend(
                deeds
                    .iter()
                    .map(|deed| (deed.at, format!("{} {} {:?}", deed.arrival.id, deed.arrival.by, deed.arrival.what))),
            );
            let notes = room.notes.lock().unwrap();
            lines.extend(
                notes.iter().map(|note| (note.at, format!("{} {}: {}", note.id, note.key, note.prose.plain()))),
            );
        }
        lines.extend(self.public.lock().unwrap().iter().map(|seen| (seen.at, format!("{seen:?}"))));
        lines.sort();
        lines.iter().map(|(at, line)| format!("{:>8} {}\n", at, line.replace('\n', "\n         | "))).collect()
    }

    /// A rule is broken. The first one counts.
    pub fn fail(&self, broken: String) {
        self.failure.lock().unwrap().get_or_insert(broken);
    }

    pub fn failure(&self) -> Option<String> {
        self.failure.lock().unwrap().clone()
    }
}
