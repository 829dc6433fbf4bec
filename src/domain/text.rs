//! How long a text is by each network's own rules.

use serde::{Deserialize, Serialize};

use crate::domain::directorate::NetworkKind;

/// How long a text may be on one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Whose way of counting.
    pub network: NetworkKind,
    /// The most of the network's own characters.
    pub characters: u32,
    /// What a URL counts, however long; `None` where it counts as it is.
    pub url_characters: Option<u32>,
    /// The most bytes of UTF-8, where there is such a limit.
    pub bytes: Option<u32>,
}

/// The length of a text, with what it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Length {
    /// In the network's own characters.
    pub used: u32,
    /// The most of them.
    pub limit: u32,
    /// How many too many, in characters, or in bytes where only these are over.
    pub over: u32,
}

impl Limits {
    /// The documented limits of a network, for when a server can't be asked.
    pub fn default_of(network: NetworkKind) -> Self {
        let (characters, url_characters, bytes) = match network {
            NetworkKind::X => (280, Some(23), None),
            NetworkKind::Mastodon => (500, Some(23), None),
            NetworkKind::Bluesky => (300, None, Some(3_000)),
            NetworkKind::File => (500, None, None),
        };
        Self { network, characters, url_characters, bytes }
    }
}
