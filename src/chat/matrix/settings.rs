//! What the configuration says about the bot's Matrix account.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::name::RoomId;

/// The bot's account, without its secrets.
#[derive(Clone, Debug)]
pub struct MatrixSettings {
    /// The base URL of the homeserver (`https://matrix.example.org`).
    pub homeserver: String,
    /// The bot's full id (`@portevoix:example.org`).
    pub user: String,
    /// A directory for this account alone: session, encryption keys. Made if it is missing, for its owner only.
    pub state_directory: PathBuf,
    /// The only rooms that the bot joins and hears.
    pub rooms: Vec<RoomId>,
    /// How long a message whose key is missing may hold up the later ones of its room.
    pub key_patience: Duration,
}

impl MatrixSettings {
    /// What [`key_patience`](Self::key_patience) should be: on one server a key comes before its message; between
    /// servers it may come some seconds later.
    pub const USUAL_KEY_PATIENCE: Duration = Duration::from_secs(10);
}
