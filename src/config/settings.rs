//! What `portevoix.toml` says, once it is known to be valid.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::config::policy::PolicyOverride;
use crate::config::secret::SecretSource;
use crate::domain::cost::Prices;
use crate::domain::directorate::Directorate;
use crate::domain::name::{AccountName, CommandWord, PersonId, RoomId};

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The file that it was read from, for what is found wrong later.
    pub file: String,
    /// Where every draft, vote and owed post is kept.
    pub database: DatabasePlace,
    /// A folder of command files that replaces the ones in the binary.
    pub commands: Option<PathBuf>,
    /// The bot's place in Matrix; present whenever a room needs it.
    pub matrix: Option<Matrix>,
    /// The bot's place on Discord; present whenever a room needs it.
    pub discord: Option<Discord>,
    /// The local practice room; present whenever a room needs it.
    pub practice: Option<Practice>,
    /// At least one, in the order of the file.
    pub directorates: Vec<DirectorateConfig>,
}

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabasePlace {
    /// A SQLite file, of one process.
    File(PathBuf),
    /// A database on a PostgreSQL server, which several processes may share.
    Server {
        /// Its address (`postgres://user@host/name`), without the password.
        url: String,
        /// Where the password is, if one is needed.
        password: Option<SecretSource>,
    },
}

/// The bot's account on a Matrix homeserver (Tchap is one).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Base URL without a slash at its end (`https://matrix.example.org`).
    pub homeserver: String,
    /// The bot's own user id.
    pub user: PersonId,
    /// Where the session and the encryption keys live; `portevoix login matrix` fills it.
    pub state_directory: PathBuf,
}

/// The bot's application on Discord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discord {
    /// The bot's token.
    pub token: SecretSource,
    /// The application's id, where it is not left to Discord to tell.
    pub application: Option<String>,
    /// Base URL of the API without a slash at its end, where it is not Discord's own.
    pub api: Option<String>,
    /// Where the bot remembers how far it read.
    pub state_directory: PathBuf,
}

/// Where the practice room is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Practice {
    /// Always a loopback address: whoever reaches the page can play anyone.
    pub address: SocketAddr,
}

/// One directorate, with what only the wiring needs beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectorateConfig {
    /// What the engine knows; its rooms and accounts are those below, in the same order.
    pub directorate: Directorate,
    /// Where its drafts are typed, and in which chat that is.
    pub rooms: Vec<Room>,
    /// Where its posts come out, and what to connect with.
    pub accounts: Vec<AccountConfig>,
    /// What it wants otherwise than the command files say.
    pub policies: Vec<PolicySetting>,
    /// Whether it is the one that others ask for relays without naming it.
    pub is_national: bool,
    /// The line of its `[[directorate]]`, for what is found wrong later.
    pub line: u32,
}

/// A room and the chat that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Who carries it.
    pub chat: ChatKind,
    /// As that chat knows it.
    pub id: RoomId,
}

/// The chats that a room can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChatKind {
    /// A Matrix homeserver.
    Matrix,
    /// A server on Discord.
    Discord,
    /// The local room in the browser.
    Practice,
}

/// What is needed to publish on one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountConfig {
    /// Unique in its directorate.
    pub name: AccountName,
    /// Where, and as whom.
    pub connection: Connection,
    /// What a post costs there, where the network charges for it.
    pub prices: Option<Prices>,
}

/// How an account is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// A Mastodon server.
    Mastodon {
        /// Base URL without a slash at its end.
        server: String,
        /// An access token that may write statuses and read its own account.
        token: SecretSource,
    },
    /// An atproto PDS.
    Bluesky {
        /// Base URL of the PDS without a slash at its end.
        service: String,
        /// The account's handle, without `@`, in lower case.
        handle: String,
        /// An app password, never the account's own.
        app_password: SecretSource,
    },
    /// X.
    X {
        /// Base URL of its API without a slash at its end.
        api: String,
        /// The page on which a person lets the bot in.
        login_page: String,
        /// How the bot is let in.
        access: XAccess,
    },
    /// A local file, one JSON line a post: of an account of its own, or of one that rehearses for another network.
    File {
        /// Which.
        path: PathBuf,
    },
}

/// How X lets the bot in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum XAccess {
    /// By tokens that `portevoix login x` fetches and that are renewed all the time (OAuth 2.0).
    Granted {
        /// Names the application in X's developer console.
        client_id: String,
        /// Its secret, where it is a confidential one.
        client_secret: Option<SecretSource>,
        /// The folder in which the tokens are kept.
        state_directory: PathBuf,
        /// The name that the account must have, without `@`, where the file says so.
        handle: Option<String>,
    },
    /// By keys that last until someone makes others (OAuth 1.0a).
    Keys {
        /// The application's «API key».
        api_key: SecretSource,
        /// Its «API key secret».
        api_secret: SecretSource,
        /// The account's «access token».
        access_token: SecretSource,
        /// Its «access token secret».
        access_secret: SecretSource,
    },
}

/// An approval policy that a directorate changed for one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySetting {
    /// Which command.
    pub command: CommandWord,
    /// What it changes.
    pub changes: PolicyOverride,
    /// Where the file says so.
    pub line: u32,
}

impl Config {
    /// The rooms of every directorate that are in that chat: the only ones that the chat's bot may enter.
    pub fn rooms_in(&self, chat: ChatKind) -> impl Iterator<Item = &RoomId> {
        let rooms = self.directorates.iter().flat_map(|directorate| &directorate.rooms);
        rooms.filter(move |room| room.chat == chat).map(|room| &room.id)
    }
}

impl ChatKind {
    /// Every chat.
    pub const ALL: [Self; 3] = [Self::Matrix, Self::Discord, Self::Practice];

    /// The word for it in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Matrix => "matrix",
            Self::Discord => "discord",
            Self::Practice => "practice",
        }
    }
}
