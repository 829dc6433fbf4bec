//! Measures the binary at work on Matrix with encryption: its memory, and how long an officer waits for an answer,
//! beside the floor of one encrypted message from a client to another.
//!
//! `tests/run --bench resident` starts the Synapse that it needs.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures, and stops where it can't")]

#[path = "../tests/it/harness/synapse.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod synapse;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use matrix_sdk::ruma::RoomId;
use serde_json::json;

use crate::synapse::{Account, Officer, Synapse};

/// How many commands are typed.
const COMMANDS: usize = 100;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let synapse = Synapse::from_environment();
    let bot = synapse.register("portevoix").await;
    let (mut martin, mut durand) = tokio::join!(Officer::new(&synapse, "martin"), Officer::new(&synapse, "durand"));
    let room = martin.make_room("Brigade", &[&bot.user, durand.id()]).await;
    durand.join(&room).await;

    let mut floor = Vec::new();
    let mut replies = Vec::new();
    for round in 0..COMMANDS / 4 {
        floor.push(
            until_read(&mut durand, &mut martin, &room, &format!("tour {round}"), &format!("tour {round}")).await,
        );
    }

    let folder = tempfile::tempdir().unwrap();
    let mut process =
        Portevoix::start(&synapse, &bot, &room, [martin.id().as_str(), durand.id().as_str()], folder.path());
    martin.until_joined(&room, &bot.user).await;
    for round in 0..COMMANDS {
        // An unknown command: read, decided, recorded, answered, and nothing else to compare.
        let (word, answer) = (format!("!zz{round}qq"), format!("zz{round}qq"));
        replies.push(until_read(&mut martin, &mut durand, &room, &word, &answer).await);
        floor.push(
            until_read(&mut durand, &mut martin, &room, &format!("suite {round}"), &format!("suite {round}")).await,
        );
    }
    let (now, peak) = process.memory();
    process.stop();

    let (floor, reply) = (median(floor), median(replies));
    println!("Resident after {COMMANDS} commands: {now:.1} MB, at most {peak:.1} MB (aim: under 60 MB)");
    println!("Encrypted send → read by another client, median:  {floor:?} (the floor)");
    println!("Command typed → answer read, median of {COMMANDS}:     {reply:?}");
    println!(
        "Answer against the floor: {:.2} (the limit is two sends: 2.00)",
        reply.as_secs_f64() / floor.as_secs_f64()
    );
}

/// The time from before a message is sent until another (or the same) room member reads what is said then.
async fn until_read(writer: &mut Officer, reader: &mut Officer, room: &RoomId, text: &str, then: &str) -> Duration {
    let begun = Instant::now();
    let content = json!({ "msgtype": "m.text", "body": text });
    let sent = writer.send(room, "m.room.message", content).await;
    reader
        .until_readable(room, |event| {
            event["content"]["body"].as_str().is_some_and(|body| body.contains(then))
                && (text == then || event["event_id"] != sent.as_str())
        })
        .await;
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The binary, as an administrator runs it.
struct Portevoix(Child);

impl Portevoix {
    fn start(synapse: &Synapse, bot: &Account, room: &RoomId, team: [&str; 2], folder: &Path) -> Self {
        let [martin, durand] = team;
        let configuration = format!(
            r#"
database = "portevoix.db"
[matrix]
homeserver = "{}"
user = "{}"
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
roles = ["valideur"]
[[directorate.member]]
name = "Durand"
matrix = "{durand}"
roles = ["valideur"]
[[directorate.account]]
name = "journal"
network = "file"
path = "posts.jsonl"
[[directorate.policy]]
command = "appel"
quorum = 1
[[directorate.policy]]
command = "disparition"
quorum = 1
[[directorate.policy]]
command = "bilan-affaire"
quorum = 1
"#,
            synapse.url, bot.user
        );
        let file = folder.join("portevoix.toml");
        fs::write(&file, configuration).unwrap();
        let password = folder.join("password");
        fs::write(&password, &bot.password).unwrap();
        let portevoix = || Command::new(env!("CARGO_BIN_EXE_portevoix"));
        let login = ["login", "matrix", "--password-file"];
        let login = portevoix().args(login).arg(&password).arg("--config").arg(&file).status().unwrap();
        assert!(login.success());
        let run = portevoix().arg("run").arg("--config").arg(&file).stderr(Stdio::null()).spawn();
        Self(run.unwrap())
    }

    /// Resident memory now and at its peak, in megabytes.
    fn memory(&self) -> (f64, f64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let megabytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap() / 1_000.0
        };
        (megabytes("VmRSS:"), megabytes("VmHWM:"))
    }

    fn stop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
