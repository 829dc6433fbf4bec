//! All five at once: typed and approved on Discord, out on X, Mastodon, Bluesky and a file, by the binary, which is killed
//! while X does not answer. Bluesky's server is the real one.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::approval::APPEAL;
use crate::harness::fake_discord::FakeDiscord;
use crate::harness::fake_mastodon::FakeMastodon;
use crate::harness::fake_x::{Door, FakeX, Trouble};
use crate::harness::pds::PdsAccount;

/// The longest that anything may take before the scene is called failed.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn killed_while_x_has_it_and_does_not_answer_each_account_has_one_post() {
    let brigade = Brigade::new().await;
    brigade.x.next(Door::Post, Trouble::AcceptThenTimeout);
    let mut bot = brigade.starts();
    let [martin, durand, lefevre] = brigade.people;
    brigade.discord.until("the bot is there", |server| server.registrations > 0).await;
    brigade.discord.says(martin, brigade.channel, APPEAL);
    let card = brigade.reads("44-1").await;
    brigade.discord.until("there are buttons", |server| server.buttons(card).len() == 3).await;
    brigade.discord.presses(durand, card, "✅");
    brigade.discord.presses(lefevre, card, "✅");
    for others in ["✅ mastodon", "✅ bluesky", "✅ journal"] {
        brigade.reads(others).await;
    }
    brigade.until_x_has_it().await;
    bot.kill().await.unwrap();

    let _bot = brigade.starts();
    brigade.reads("✅ Publié").await;

    let text = brigade.x.texts().pop().unwrap();
    assert!(text.starts_with("#AppelÀTémoins Vol avec violence."), "{text}");
    assert_eq!(brigade.x.texts().len(), 1);
    assert_eq!(brigade.mastodon.texts(), brigade.x.texts());
    assert_eq!(brigade.bluesky.texts().await, brigade.x.texts());
    let file = std::fs::read_to_string(brigade.folder.path().join("journal.jsonl")).unwrap();
    assert_eq!(file.lines().count(), 1, "{file}");
    brigade.expect_no_secret_in_the_open();
}

/// Martin, Durand and Lefèvre in a channel, and the directorate's four accounts.
struct Brigade {
    discord: FakeDiscord,
    x: FakeX,
    mastodon: FakeMastodon,
    bluesky: PdsAccount,
    folder: TempDir,
    channel: u64,
    people: [u64; 3],
}

impl Brigade {
    async fn new() -> Self {
        let discord = FakeDiscord::start().await;
        let (channel, people) = discord.with(|server| {
            (server.new_channel(), ["martin", "durand", "lefevre"].map(|name| server.arrives(name, false)))
        });
        let (x, mastodon) = (FakeX::start().await, FakeMastodon::start().await);
        let bluesky = PdsAccount::create().await;
        let brigade = Self { discord, x, mastodon, bluesky, folder: tempfile::tempdir().unwrap(), channel, people };
        for (file, secret) in brigade.secrets() {
            let path = brigade.folder.path().join(file);
            std::fs::write(&path, secret).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        std::fs::write(brigade.configuration(), brigade.as_written()).unwrap();
        brigade
    }

    /// Each secret with the name of its file.
    fn secrets(&self) -> Vec<(&'static str, String)> {
        let [api_key, api_secret, access_token, access_secret] = self.x.with(|server| server.accesses.keys.clone());
        vec![
            ("discord-token", self.discord.token()),
            ("mastodon-token", self.mastodon.token()),
            ("bluesky-password", self.bluesky.password.clone()),
            ("x-key", api_key),
            ("x-secret", api_secret),
            ("x-token", access_token),
            ("x-token-secret", access_secret),
        ]
    }

    fn as_written(&self) -> String {
        let [martin, durand, lefevre] = self.people;
        format!(
            r#"
database = "portevoix.db"
[discord]
token_file = "discord-token"
state_directory = "discord"
api = "{discord}"
[[directorate]]
code = "44"
name = "Police nationale de la Loire-Atlantique"
[[directorate.room]]
chat = "discord"
id = "{channel}"
[[directorate.member]]
name = "Martin"
discord = "{martin}"
[[directorate.member]]
name = "Durand"
discord = "{durand}"
roles = ["valideur"]
[[directorate.member]]
name = "Lefèvre"
discord = "{lefevre}"
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
[[directorate.account]]
name = "journal"
network = "file"
path = "journal.jsonl"
[[directorate.policy]]
command = "appel"
grace_seconds = 0
"#,
            discord = self.discord.url(),
            channel = self.channel,
            x = self.x.url(),
            mastodon = self.mastodon.url(),
            pds = self.bluesky.url,
            handle = self.bluesky.handle,
        )
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("portevoix.toml")
    }

    /// The bot runs, and writes its log to a file.
    fn starts(&self) -> Child {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_portevoix"));
        command.arg("run").arg("--config").arg(self.configuration()).env("RUST_LOG", "debug");
        command.stderr(log).kill_on_drop(true).spawn().unwrap()
    }

    /// The newest message of the bot's in the channel, once it says that.
    async fn reads(&self, words: &str) -> u64 {
        let mut found = None;
        self.discord
            .until(words, |server| {
                let (own, channel) = (server.own, &server.channels[&self.channel]);
                let says = |message: &str| message.replace('\\', "").contains(words);
                let mut cards = channel.messages.iter().filter(|(_, message)| message.author == own);
                found = cards.find(|(_, message)| says(&message.content)).map(|(id, _)| *id);
                found.is_some()
            })
            .await;
        found.unwrap()
    }

    async fn until_x_has_it(&self) {
        let stored = async {
            while self.x.texts().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, stored).await.unwrap();
    }

    /// Neither the log, the database nor anything else that was written has a secret in it, but for their own files.
    fn expect_no_secret_in_the_open(&self) {
        let secrets = self.secrets();
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() || secrets.iter().any(|(file, _)| *file == name) {
                continue;
            }
            let written = std::fs::read(&path).unwrap();
            for (file, secret) in &secrets {
                let is_in = written.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!is_in, "what is in {file} is also in {name}");
            }
        }
    }
}
