//! The main job with nothing faked: the binary, an encrypted room on a real Synapse, a record on a real PDS.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use matrix_sdk::ruma::{EventId, OwnedRoomId};
use portevoix::domain::draft::Draft;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
#[cfg(feature = "postgres")]
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::approval::APPEAL;
use crate::harness::pds::PdsAccount;
#[cfg(feature = "postgres")]
use crate::harness::postgres::{fresh_database, open};
use crate::harness::synapse::{Account, Officer, Synapse};

#[tokio::test]
#[ignore = "needs a real Synapse and a real PDS: tests/run starts them"]
async fn an_appeal_typed_in_an_encrypted_room_is_one_record_on_the_pds() {
    let mut brigade = Brigade::new(1).await;
    let bot = brigade.starts().await;
    let card = brigade.types_an_appeal().await;
    brigade.approve(&card).await;
    brigade.reads("✅ Publié").await;
    brigade.is_told_to_stop(bot).await;
    brigade.expect_one_record_as_approved().await;
}

#[tokio::test]
#[ignore = "needs a real Synapse and a real PDS: tests/run starts them"]
async fn killed_between_quorum_and_publication_it_is_still_one_record() {
    let mut brigade = Brigade::new(6).await;
    let mut bot = brigade.starts().await;
    let card = brigade.types_an_appeal().await;
    brigade.approve(&card).await;
    brigade.reads("Publication à").await;
    bot.kill().await.unwrap();
    assert_eq!(brigade.bluesky.texts().await, Vec::<String>::new(), "it was killed before it published");
    let bot = brigade.starts().await;
    brigade.reads("✅ Publié").await;
    brigade.is_told_to_stop(bot).await;
    brigade.expect_one_record_as_approved().await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
#[ignore = "needs a real Synapse, a real PDS and a real PostgreSQL: tests/run starts them"]
async fn two_machines_are_one_bot_and_what_one_leaves_when_it_is_killed_the_other_does() {
    let url = fresh_database().await;
    let mut brigade = Brigade::over(&url, 6).await;
    let machine = brigade.gets_another_machine().await;
    let mut first = brigade.starts().await;
    let second = brigade.starts_on(machine.path()).await;
    let card = brigade.types_an_appeal().await;
    brigade.approve(&card).await;
    brigade.reads("Publication à").await;
    first.kill().await.unwrap();
    brigade.reads("✅ Publié").await;
    brigade.is_told_to_stop(second).await;
    let draft = open(&url).await.begin().await.unwrap().draft(&"44-1".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(brigade.bluesky.texts().await, [draft.revision.targets[0].text.clone()], "one record, byte for byte");
    assert_eq!(brigade.cards().await, 1);
}

/// Martin, Durand and Lefèvre in an encrypted room, the bot's account, and the directorate's on Bluesky.
struct Brigade {
    martin: Officer,
    durand: Officer,
    lefevre: Officer,
    bot: Account,
    room: OwnedRoomId,
    bluesky: PdsAccount,
    folder: TempDir,
}

impl Brigade {
    async fn new(grace_seconds: u32) -> Self {
        Self::over("portevoix.db", grace_seconds).await
    }

    async fn over(database: &str, grace_seconds: u32) -> Self {
        let synapse = Synapse::from_environment();
        let bot = synapse.register("portevoix").await;
        let (mut martin, mut durand, mut lefevre) = tokio::join!(
            Officer::new(&synapse, "martin"),
            Officer::new(&synapse, "durand"),
            Officer::new(&synapse, "lefevre")
        );
        let room = martin.make_room("Brigade de Nantes", &[&bot.user, durand.id(), lefevre.id()]).await;
        durand.join(&room).await;
        lefevre.join(&room).await;
        let bluesky = PdsAccount::create().await;
        let folder = tempfile::tempdir().unwrap();
        let brigade = Self { martin, durand, lefevre, bot, room, bluesky, folder };
        brigade.writes_the_configuration(&synapse, database, grace_seconds);
        brigade.logs_in().await;
        brigade
    }

    fn writes_the_configuration(&self, synapse: &Synapse, database: &str, grace_seconds: u32) {
        let member = |name: &str, officer: &Officer, role: &str| {
            format!("[[directorate.member]]\nname = \"{name}\"\nmatrix = \"{}\"\nroles = [\"{role}\"]\n", officer.id())
        };
        let team = [
            member("Martin", &self.martin, "redacteur"),
            member("Durand", &self.durand, "valideur"),
            member("Lefèvre", &self.lefevre, "valideur"),
        ];
        let configuration = format!(
            r#"
database = "{database}"
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
{team}
[[directorate.account]]
name = "bluesky"
network = "bluesky"
service = "{pds}"
handle = "{handle}"
app_password_env = "PORTEVOIX_TEST_APP_PASSWORD"
[[directorate.policy]]
command = "appel"
grace_seconds = {grace_seconds}
"#,
            homeserver = synapse.url,
            bot = self.bot.user,
            room = self.room,
            team = team.concat(),
            pds = self.bluesky.url,
            handle = self.bluesky.handle,
        );
        std::fs::write(self.configuration(), configuration).unwrap();
    }

    fn configuration(&self) -> PathBuf {
        self.folder.path().join("portevoix.toml")
    }

    fn portevoix(&self, task: &[&str]) -> Command {
        self.portevoix_on(self.folder.path(), task)
    }

    fn portevoix_on(&self, machine: &Path, task: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portevoix"));
        command.args(task).arg("--config").arg(machine.join("portevoix.toml"));
        command.env("PORTEVOIX_TEST_APP_PASSWORD", &self.bluesky.password).kill_on_drop(true);
        command
    }

    async fn logs_in(&self) {
        let mut login = self.portevoix(&["login", "matrix"]).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = login.stdin.take().unwrap();
        stdin.write_all(self.bot.password.as_bytes()).await.unwrap();
        drop(stdin);
        assert!(login.wait().await.unwrap().success());
        let recovery_key = std::fs::metadata(self.folder.path().join("matrix/recovery-key")).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&recovery_key.permissions()) & 0o777, 0o600);
    }

    /// The bot runs and is in the room.
    async fn starts(&mut self) -> Child {
        let bot = self.portevoix(&["run"]).spawn().unwrap();
        let room = self.room.clone();
        self.martin.until_joined(&room, &self.bot.user).await;
        bot
    }

    /// Another machine with the same configuration, and a device of its own that the recovery key has signed.
    #[cfg(feature = "postgres")]
    async fn gets_another_machine(&self) -> TempDir {
        let machine = tempfile::tempdir().unwrap();
        std::fs::copy(self.configuration(), machine.path().join("portevoix.toml")).unwrap();
        let mut login = self.portevoix_on(machine.path(), &["login", "matrix"]);
        login.arg("--recovery-key-file").arg(self.folder.path().join("matrix/recovery-key"));
        let mut login = login.stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = login.stdin.take().unwrap();
        stdin.write_all(self.bot.password.as_bytes()).await.unwrap();
        drop(stdin);
        assert!(login.wait().await.unwrap().success());
        machine
    }

    /// The bot runs there, too.
    #[cfg(feature = "postgres")]
    async fn starts_on(&self, machine: &Path) -> Child {
        let mut bot = self.portevoix_on(machine, &["run"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(bot.stderr.take().unwrap()).lines();
        while let Some(line) = log.next_line().await.unwrap() {
            if line.contains("portevoix is up") {
                // Read on, so that it never waits for somebody to.
                tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
                return bot;
            }
        }
        panic!("it did not start")
    }

    /// How many cards are in the room.
    #[cfg(feature = "postgres")]
    async fn cards(&mut self) -> usize {
        let room = self.room.clone();
        let is_card = |event: &&Value| {
            let content = &event["content"];
            content["body"].as_str().is_some_and(|body| body.contains("44-1 · !appel"))
                && content["m.relates_to"]["rel_type"] != "m.replace"
        };
        self.martin.readable_timeline(&room).await.iter().filter(is_card).count()
    }

    async fn is_told_to_stop(&self, mut bot: Child) {
        let process = bot.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().await.unwrap().success());
        assert!(bot.wait().await.unwrap().success(), "it stops by itself when it is told to");
    }

    /// Martin types the appeal. Returns the id of the card.
    async fn types_an_appeal(&mut self) -> String {
        let room = self.room.clone();
        self.martin.send(&room, "m.room.message", json!({ "msgtype": "m.text", "body": APPEAL })).await;
        let is_card =
            |event: &Value| event["content"]["body"].as_str().is_some_and(|body| body.contains("44-1 · !appel"));
        let card = self.martin.until_readable(&room, is_card).await;
        assert!(card["content"]["body"].as_str().unwrap().contains("Empreinte"), "{card}");
        card["event_id"].as_str().unwrap().to_owned()
    }

    async fn approve(&mut self, card: &str) {
        let room = self.room.clone();
        let card = <&EventId>::try_from(card).unwrap();
        for officer in [&mut self.durand, &mut self.lefevre] {
            officer.until_event(&room, card).await;
            let relation = json!({ "rel_type": "m.annotation", "event_id": card, "key": "✅" });
            officer.send(&room, "m.reaction", json!({ "m.relates_to": relation })).await;
        }
    }

    /// Martin looks until the bot says that, in a message or in an edited card.
    async fn reads(&mut self, words: &str) {
        let room = self.room.clone();
        let says = |event: &Value| event["content"]["body"].as_str().is_some_and(|body| body.contains(words));
        self.martin.until_readable(&room, says).await;
    }

    async fn expect_one_record_as_approved(&self) {
        let database = rusqlite::Connection::open(self.folder.path().join("portevoix.db")).unwrap();
        let body: String = database.query_row("SELECT body FROM drafts", [], |row| row.get(0)).unwrap();
        let draft: Draft = serde_json::from_str(&body).unwrap();
        assert_eq!(self.bluesky.texts().await, [draft.revision.targets[0].text.clone()], "one record, byte for byte");
    }
}
