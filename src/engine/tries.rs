//! When this process last tried each effect that is in doubt, by a clock that nobody can set.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;

use crate::domain::name::EffectKey;

/// How many tries are remembered. A forgotten one counts as made just now, which is never wrong, only slow.
const MOST_REMEMBERED: usize = 10_000;

/// When each effect was last tried.
pub struct Tries(Mutex<Known>);

struct Known {
    tries: HashMap<EffectKey, SignedDuration>,
    /// Nothing was tried after it that is not among these.
    complete_since: SignedDuration,
}

impl Tries {
    /// Nothing was tried yet; the process began at that uptime.
    pub fn since(uptime: SignedDuration) -> Self {
        Self(Mutex::new(Known { tries: HashMap::new(), complete_since: uptime }))
    }

    /// Notes that a try of that effect begins.
    pub fn note(&self, key: &EffectKey, uptime: SignedDuration) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.tries.len() >= MOST_REMEMBERED {
            *known = Known { tries: HashMap::new(), complete_since: uptime };
        }
        known.tries.insert(key.clone(), uptime);
    }

    /// The uptime at which that effect was last tried, at the latest; if not by this process, then before it began.
    pub fn last(&self, key: &EffectKey) -> SignedDuration {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.tries.get(key).copied().unwrap_or(known.complete_since)
    }
}
