//! One life of one process: it can end at every step that it takes outside, and from then on does nothing any more.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use crate::simulation::timeline::Timeline;

/// A process from its start to its crash.
pub struct Life {
    timeline: Arc<Timeline>,
    is_over: AtomicBool,
    /// How many more steps it takes; it lives on if that is negative.
    steps_left: AtomicI64,
}

impl Life {
    pub fn new(timeline: Arc<Timeline>) -> Arc<Self> {
        Arc::new(Self { timeline, is_over: AtomicBool::new(false), steps_left: AtomicI64::new(-1) })
    }

    /// It ends after so many more steps.
    pub fn ends_after(&self, steps: i64) {
        self.steps_left.store(steps, Ordering::Relaxed);
    }

    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Takes a step: everything that the process does outside itself lies between two of them. It does not return once the
    /// process is dead.
    pub async fn step(&self) {
        self.timeline.stirs();
        if !self.is_over() {
            let left = self.steps_left.load(Ordering::Relaxed);
            if left > 0 {
                self.steps_left.store(left - 1, Ordering::Relaxed);
            }
            if left == 0 {
                self.is_over.store(true, Ordering::Relaxed);
            }
        }
        if self.is_over() {
            pending::<()>().await;
        }
    }
}
