//! Every key that `portevoix.toml` may have, in one list: the reader accepts no other, and a test looks each of them
//! up in docs/administration.md.

/// What one kind of table in the file may hold.
#[derive(Debug)]
pub struct TableKeys {
    /// As its header is written; empty for the top of the file.
    pub header: &'static str,
    /// In the order in which one would write them.
    pub keys: &'static [Key],
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// A line that could stand in a real file, shown when the key is missing or its value is not understood.
    pub example: &'static str,
}

/// Every kind of table.
pub const TABLES: [&TableKeys; 10] =
    [&TOP, &MATRIX, &DISCORD, &PRACTICE, &DIRECTORATE, &ROOM, &MEMBER, &GROUP, &ACCOUNT, &POLICY];

/// The top of the file.
pub const TOP: TableKeys = TableKeys {
    header: "",
    keys: &[
        Key { name: "database", example: r#"database = "/var/lib/portevoix/portevoix.db""# },
        Key {
            name: "database_password_file",
            example: r#"database_password_file = "${CREDENTIALS_DIRECTORY}/postgres""#,
        },
        Key { name: "database_password_env", example: r#"database_password_env = "PGPASSWORD""# },
        Key { name: "commands", example: r#"commands = "/etc/portevoix/commandes""# },
        Key { name: "matrix", example: "[matrix]" },
        Key { name: "discord", example: "[discord]" },
        Key { name: "practice", example: "[practice]" },
        Key { name: "directorate", example: "[[directorate]]" },
    ],
};

/// The bot in Matrix.
pub const MATRIX: TableKeys = TableKeys {
    header: "[matrix]",
    keys: &[
        Key { name: "homeserver", example: r#"homeserver = "https://matrix.example.org""# },
        Key { name: "user", example: r#"user = "@portevoix:example.org""# },
        Key { name: "state_directory", example: r#"state_directory = "/var/lib/portevoix/matrix""# },
    ],
};

/// The bot on Discord.
pub const DISCORD: TableKeys = TableKeys {
    header: "[discord]",
    keys: &[
        Key { name: "token_file", example: r#"token_file = "${CREDENTIALS_DIRECTORY}/discord""# },
        Key { name: "token_env", example: r#"token_env = "PORTEVOIX_DISCORD""# },
        Key { name: "state_directory", example: r#"state_directory = "/var/lib/portevoix/discord""# },
        Key { name: "application", example: r#"application = "1180000000000000000""# },
        Key { name: "api", example: r#"api = "http://127.0.0.1:8055""# },
    ],
};

/// The practice room.
pub const PRACTICE: TableKeys =
    TableKeys { header: "[practice]", keys: &[Key { name: "address", example: r#"address = "127.0.0.1:8044""# }] };

/// A directorate.
pub const DIRECTORATE: TableKeys = TableKeys {
    header: "[[directorate]]",
    keys: &[
        Key { name: "code", example: r#"code = "44""# },
        Key { name: "name", example: r#"name = "Police nationale de la Loire-Atlantique""# },
        Key { name: "language", example: r#"language = "fr""# },
        Key { name: "time_zone", example: r#"time_zone = "Europe/Paris""# },
        Key { name: "national", example: "national = true" },
        Key { name: "room", example: "[[directorate.room]]" },
        Key { name: "member", example: "[[directorate.member]]" },
        Key { name: "group", example: "[[directorate.group]]" },
        Key { name: "account", example: "[[directorate.account]]" },
        Key { name: "policy", example: "[[directorate.policy]]" },
    ],
};

/// A room of a directorate.
pub const ROOM: TableKeys = TableKeys {
    header: "[[directorate.room]]",
    keys: &[
        Key { name: "chat", example: r#"chat = "matrix""# },
        Key { name: "id", example: r#"id = "!uTvXkYqLdMzRbNcEfG:example.org""# },
    ],
};

/// A person of a directorate's team.
pub const MEMBER: TableKeys = TableKeys {
    header: "[[directorate.member]]",
    keys: &[
        Key { name: "name", example: r#"name = "Durand""# },
        Key { name: "matrix", example: r#"matrix = "@durand:example.org""# },
        Key { name: "discord", example: r#"discord = "1180000000000000001""# },
        Key { name: "practice", example: r#"practice = "durand""# },
        Key { name: "roles", example: r#"roles = ["valideur"]"# },
    ],
};

/// A group that a chat keeps, and what its people stand for.
pub const GROUP: TableKeys = TableKeys {
    header: "[[directorate.group]]",
    keys: &[
        Key { name: "id", example: r#"id = "1180000000000000002""# },
        Key { name: "roles", example: r#"roles = ["valideur"]"# },
    ],
};

/// An account of a directorate.
pub const ACCOUNT: TableKeys = TableKeys {
    header: "[[directorate.account]]",
    keys: &[
        Key { name: "name", example: r#"name = "mastodon""# },
        Key { name: "network", example: r#"network = "mastodon""# },
        Key { name: "visibility", example: r#"visibility = "public""# },
        Key { name: "language", example: r#"language = "fr""# },
        Key { name: "server", example: r#"server = "https://mastodon.example.org""# },
        Key { name: "token_file", example: r#"token_file = "${CREDENTIALS_DIRECTORY}/mastodon-44""# },
        Key { name: "token_env", example: r#"token_env = "PORTEVOIX_MASTODON_44""# },
        Key { name: "service", example: r#"service = "https://bsky.social""# },
        Key { name: "handle", example: r#"handle = "police44.bsky.social""# },
        Key { name: "app_password_file", example: r#"app_password_file = "${CREDENTIALS_DIRECTORY}/bluesky-44""# },
        Key { name: "app_password_env", example: r#"app_password_env = "PORTEVOIX_BLUESKY_44""# },
        Key { name: "client_id", example: r#"client_id = "VGhpcyBpcyBub3QgYSBrZXk6MTpjaQ""# },
        Key { name: "client_secret_file", example: r#"client_secret_file = "${CREDENTIALS_DIRECTORY}/x-client""# },
        Key { name: "client_secret_env", example: r#"client_secret_env = "PORTEVOIX_X_CLIENT""# },
        Key { name: "state_directory", example: r#"state_directory = "/var/lib/portevoix/x""# },
        Key { name: "api_key_file", example: r#"api_key_file = "${CREDENTIALS_DIRECTORY}/x-api-key""# },
        Key { name: "api_key_env", example: r#"api_key_env = "PORTEVOIX_X_API_KEY""# },
        Key { name: "api_secret_file", example: r#"api_secret_file = "${CREDENTIALS_DIRECTORY}/x-api-secret""# },
        Key { name: "api_secret_env", example: r#"api_secret_env = "PORTEVOIX_X_API_SECRET""# },
        Key { name: "access_token_file", example: r#"access_token_file = "${CREDENTIALS_DIRECTORY}/x-44""# },
        Key { name: "access_token_env", example: r#"access_token_env = "PORTEVOIX_X_44""# },
        Key { name: "access_secret_file", example: r#"access_secret_file = "${CREDENTIALS_DIRECTORY}/x-44-secret""# },
        Key { name: "access_secret_env", example: r#"access_secret_env = "PORTEVOIX_X_44_SECRET""# },
        Key { name: "api", example: r#"api = "https://api.x.com""# },
        Key { name: "login_page", example: r#"login_page = "https://x.com/i/oauth2/authorize""# },
        Key { name: "price", example: "price = 0.015" },
        Key { name: "price_with_link", example: "price_with_link = 0.2" },
        Key { name: "path", example: r#"path = "/var/lib/portevoix/publications-44.jsonl""# },
    ],
};

/// What a directorate changes in a command's approval policy.
pub const POLICY: TableKeys = TableKeys {
    header: "[[directorate.policy]]",
    keys: &[
        Key { name: "command", example: r#"command = "appel""# },
        Key { name: "quorum", example: "quorum = 2" },
        Key { name: "required_roles", example: r#"required_roles = ["chef"]"# },
        Key { name: "approver_roles", example: r#"approver_roles = ["valideur", "chef"]"# },
        Key { name: "open_for_seconds", example: "open_for_seconds = 86400" },
        Key { name: "grace_seconds", example: "grace_seconds = 60" },
        Key { name: "confirm", example: r#"confirm = "word""# },
        Key { name: "remind_after_seconds", example: "remind_after_seconds = 900" },
        Key { name: "remind_roles", example: r#"remind_roles = ["valideur", "chef"]"# },
        Key { name: "deadline_near_seconds", example: "deadline_near_seconds = 1800" },
    ],
};

impl TableKeys {
    /// Where the table is, in a sentence (`dans [matrix]`).
    pub fn place(&self) -> String {
        if self.header.is_empty() { "au début du fichier".to_owned() } else { format!("dans {}", self.header) }
    }

    /// The line that could stand for a key, or nothing where the table has no such key.
    pub fn example(&self, name: &str) -> &'static str {
        self.keys.iter().find(|key| key.name == name).map_or("", |key| key.example)
    }
}
