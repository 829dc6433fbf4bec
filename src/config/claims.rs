//! What only one may have: a directorate its code, a room its directorate, an account its place on a network.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;

use crate::config::secret::SecretSource;
use crate::domain::name::RoomId;

/// Everything that was claimed in the file so far, with the line of the first claim.
#[derive(Debug, Default)]
pub struct Claims {
    /// In lower case: `2A-1` and `2a-1` are the same when said aloud.
    pub codes: Claimed<String>,
    /// Over all directorates: this is the wall between them.
    pub rooms: Claimed<RoomId>,
    /// Over all directorates: two accounts in one place would each take the other's posts for their own.
    pub places: Claimed<Place>,
    /// Being the national directorate.
    pub national: Claimed<()>,
}

/// Where an account publishes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The account that a token opens on a server.
    Mastodon(String, SecretSource),
    /// A handle, wherever it is hosted.
    Bluesky(String),
    /// A handle, in lower case.
    X(String),
    /// The account that keys open.
    XKeys(SecretSource),
    /// A file.
    File(PathBuf),
}

/// Things of one kind, each claimed once.
#[derive(Debug)]
pub struct Claimed<K>(BTreeMap<K, u32>);

impl<K> Default for Claimed<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Claimed<K> {
    /// Claims something on a line. Returns the line of the earlier claim if there is one, which then stands.
    pub fn claim(&mut self, thing: K, line: u32) -> Option<u32> {
        match self.0.entry(thing) {
            Entry::Vacant(entry) => {
                entry.insert(line);
                None
            }
            Entry::Occupied(entry) => Some(*entry.get()),
        }
    }
}
