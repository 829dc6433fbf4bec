//! Keeps within Discord's limits: a way that is used up is left alone until Discord opens it again
//! (<https://docs.discord.com/developers/topics/rate-limits>).

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::time::Instant;

/// The most ways that are remembered; the ones that are open again are forgotten then.
const MOST_WAYS: usize = 1_000;

/// What is used up at the moment.
#[derive(Debug, Default)]
pub struct Pace {
    closed: Mutex<Closed>,
}

#[derive(Debug, Default)]
struct Closed {
    ways: HashMap<String, Instant>,
    all: Option<Instant>,
}

impl Pace {
    /// Until when a way is closed.
    pub fn closed_until(&self, way: &str) -> Option<Instant> {
        let closed = self.closed.lock().ok()?;
        closed.ways.get(way).copied().max(closed.all).filter(|until| *until > Instant::now())
    }

    /// Learns from an answer that this was the last request for a while.
    pub fn note(&self, way: &str, headers: &HeaderMap) {
        let seconds = |name| headers.get(name)?.to_str().ok()?.parse::<f64>().ok();
        if seconds("x-ratelimit-remaining").is_some_and(|left| left < 1.0)
            && let Some(wait) = seconds("x-ratelimit-reset-after").and_then(duration)
        {
            self.close(way, wait, false);
        }
    }

    /// Closes a way, or all of them, for a while.
    pub fn close(&self, way: &str, wait: Duration, all: bool) {
        let Ok(mut closed) = self.closed.lock() else { return };
        let now = Instant::now();
        if all {
            closed.all = Some(now + wait);
            return;
        }
        if closed.ways.len() >= MOST_WAYS {
            closed.ways.retain(|_, until| *until > now);
        }
        closed.ways.insert(way.to_owned(), now + wait);
    }
}

/// The way of a request: the method and the path without its ids, save the first, which has a limit of its own.
pub fn way(method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let mut way = format!("{method} ");
    for (place, part) in path.trim_start_matches('/').split('/').enumerate() {
        let is_id = place > 1 && part.bytes().all(|byte| byte.is_ascii_digit());
        way.push('/');
        way.push_str(if is_id { "_" } else { part });
        // What follows names an emoji and a person: all of one limit.
        if part == "reactions" {
            break;
        }
    }
    way
}

/// A number of seconds that makes sense.
pub fn duration(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}
