//! The machine that the killed bot runs on: its folder, its accounts, its process.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use portevoix::domain::draft::Draft;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::harness::fake_mastodon::FakeMastodon;
use crate::harness::fake_x::FakeX;
use crate::harness::kills::brigade::Brigade;
use crate::harness::pds::PdsAccount;
use crate::harness::synapse::{Account, Synapse};

/// A folder with the binary's configuration, and what it publishes on.
pub struct Machine {
    pub x: FakeX,
    pub mastodon: FakeMastodon,
    pub bluesky: PdsAccount,
    folder: TempDir,
}

impl Machine {
    /// Writes the configuration and logs in.
    pub async fn new(synapse: &Synapse, bot: &Account, brigade: &Brigade) -> Self {
        let (x, mastodon) = (FakeX::start().await, FakeMastodon::start().await);
        let bluesky = PdsAccount::create().await;
        let machine = Self { x, mastodon, bluesky, folder: tempfile::tempdir().unwrap() };
        machine.write_secrets(bot);
        std::fs::write(machine.path("portevoix.toml"), machine.configuration(synapse, bot, brigade)).unwrap();
        let mut login = machine.portevoix(&["login", "matrix", "--password-file"]);
        login.arg(machine.path("matrix-password")).arg("--config").arg(machine.path("portevoix.toml"));
        assert!(login.status().await.unwrap().success());
        machine
    }

    /// Where its log goes on from life to life.
    pub fn log() -> PathBuf {
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("kills.log")
    }

    /// The bot is started.
    pub fn start(&self) -> Child {
        let log = std::fs::File::options().create(true).append(true).open(Self::log()).unwrap();
        let mut command = self.portevoix(&["run", "--config"]);
        command.arg(self.path("portevoix.toml")).stderr(log).spawn().unwrap()
    }

    /// The bot is told to stop, and does.
    pub async fn stop(&self, mut bot: Child) {
        let process = bot.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().await.unwrap().success());
        assert!(bot.wait().await.unwrap().success(), "it stops by itself when it is told to");
    }

    /// Every draft as it is stored. The bot may be running: this only reads, and fails while the bot mends what a kill left.
    pub fn drafts(&self) -> rusqlite::Result<Vec<Draft>> {
        let database = Connection::open_with_flags(self.path("portevoix.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut rows = database.prepare("SELECT body FROM drafts ORDER BY serial")?;
        let bodies: rusqlite::Result<Vec<String>> = rows.query_map([], |row| row.get(0))?.collect();
        Ok(bodies?.iter().map(|body| serde_json::from_str(body).unwrap()).collect())
    }

    fn portevoix(&self, task: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portevoix"));
        command.args(task).kill_on_drop(true);
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_secrets(&self, bot: &Account) {
        let [api_key, api_secret, access_token, access_secret] = self.x.with(|server| server.accesses.keys.clone());
        let secrets = [
            ("matrix-password", bot.password.clone()),
            ("mastodon-token", self.mastodon.token()),
            ("bluesky-password", self.bluesky.password.clone()),
            ("x-key", api_key),
            ("x-secret", api_secret),
            ("x-token", access_token),
            ("x-token-secret", access_secret),
        ];
        for (name, secret) in secrets {
            std::fs::write(self.path(name), secret).unwrap();
            std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    fn configuration(&self, synapse: &Synapse, bot: &Account, brigade: &Brigade) -> String {
        format!(
            r#"
database = "portevoix.db"
[matrix]
homeserver = "{homeserver}"
user = "{bot}"
state_directory = "matrix"
[[directorate]]
code = "44"
name = "Police nationale de la Loire-Atlantique"
[[directorate.room]]
chat = "matrix"
id = "{room}"
[[directorate.member]]
name = "Martin"
matrix = "{martin}"
[[directorate.member]]
name = "Durand"
matrix = "{durand}"
roles = ["valideur"]
[[directorate.member]]
name = "Lefèvre"
matrix = "{lefevre}"
roles = ["valideur"]
[[directorate.account]]
name = "x"
network = "x"
api = "{x}"
api_key_file = "x-key"
api_secret_file = "x-secret"
access_token_file = "x-token"
access_secret_file = "x-token-secret"
[[directorate.account]]
name = "mastodon"
network = "mastodon"
server = "{mastodon}"
token_file = "mastodon-token"
[[directorate.account]]
name = "bluesky"
network = "bluesky"
service = "{pds}"
handle = "{handle}"
app_password_file = "bluesky-password"
[[directorate.policy]]
command = "info"
quorum = 2
grace_seconds = 1
"#,
            homeserver = synapse.url,
            bot = bot.user,
            room = brigade.room,
            martin = brigade.martin.id(),
            durand = brigade.durand.id(),
            lefevre = brigade.lefevre.id(),
            x = self.x.url(),
            mastodon = self.mastodon.url(),
            pds = self.bluesky.url,
            handle = self.bluesky.handle,
        )
    }
}
