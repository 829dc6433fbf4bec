//! Remembers the drafts that were read or written last, so that what is known need not be read and parsed again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::draft::Draft;
use crate::domain::name::DraftNumber;

/// Drafts, each with the hash of the line of the journal that it was written with. That line and all before it say what the
/// draft is: where the hash is the same, so is the draft, whoever wrote it and whatever was undone meanwhile.
#[derive(Default)]
pub(in crate::store) struct Remembered {
    drafts: Mutex<HashMap<DraftNumber, Arc<Known>>>,
}

/// A draft as it was when the journal stood there.
pub(in crate::store) struct Known {
    /// The hash of the line.
    pub hash: String,
    /// What it was.
    pub draft: Draft,
}

/// How many are remembered: more than are worked on at once.
const MOST: usize = 256;

impl Remembered {
    /// What is known of a draft.
    pub fn get(&self, number: &DraftNumber) -> Option<Arc<Known>> {
        self.drafts.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    /// Remembers a draft.
    pub fn put(&self, hash: &str, draft: &Draft) {
        let mut drafts = self.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        if drafts.len() >= MOST && !drafts.contains_key(&draft.number) {
            drafts.clear();
        }
        drafts.insert(draft.number.clone(), Arc::new(Known { hash: hash.to_owned(), draft: draft.clone() }));
    }
}
