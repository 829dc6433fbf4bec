//! A practice room as an administrator installs it: a folder with `portevoix.toml`, and the program that is run in it.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::harness::http::request;

/// The folder.
pub struct Installation {
    folder: TempDir,
    server: String,
}

/// How a run of the program ended.
pub struct Ran {
    /// The exit code.
    pub code: i32,
    /// What it wrote for people.
    pub says: String,
}

/// The bot at work; dropping this kills it.
pub struct Working {
    program: Child,
}

impl Installation {
    /// The configuration of the demonstration, on a port of its own, and no database yet.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let text = include_str!("../../../examples/entrainement.toml").replace("127.0.0.1:8044", &server);
        fs::write(folder.path().join("portevoix.toml"), text).unwrap();
        Self { folder, server }
    }

    /// As [`new`](Self::new), with these bytes in place of the database.
    pub fn with_database(bytes: &[u8]) -> Self {
        let installation = Self::new();
        fs::write(installation.database(), bytes).unwrap();
        installation
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.path("entrainement.db")
    }

    /// Runs the program in the folder until it ends. `--config portevoix.toml` is added where the words end with `…`.
    pub async fn runs(&self, words: &str) -> Ran {
        self.ran(Command::new(env!("CARGO_BIN_EXE_portevoix")).args(arguments(words))).await
    }

    /// As [`runs`](Self::runs), while nobody can write in the folder.
    pub async fn runs_on_a_read_only_disk(&self, words: &str) -> Ran {
        // A mount of our own, in a name space of our own: root could write past mere permissions.
        let script = "mount --bind . . && mount -o remount,bind,ro . && cd \"$PWD\" && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_portevoix")]);
        self.ran(command.args(arguments(words))).await
    }

    async fn ran(&self, command: &mut Command) -> Ran {
        let output = command.current_dir(self.folder.path()).stdin(Stdio::null()).kill_on_drop(true).output();
        let Output { status, stdout, stderr } = output.await.unwrap();
        let says = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        Ran { code: status.code().unwrap_or(-1), says }
    }

    /// Starts the bot.
    pub async fn starts(&self) -> Working {
        let mut program = Command::new(env!("CARGO_BIN_EXE_portevoix"))
            .args(arguments("run …"))
            .current_dir(self.folder.path())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(program.stderr.take().unwrap()).lines();
        while !log.next_line().await.unwrap().expect("the bot ended at its start").contains("portevoix is up") {}
        // A program that nobody reads can't log.
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        Working { program }
    }

    /// Martin types something in the room; returns once it is taken.
    pub async fn martin_types(&self, text: &str) {
        let headers = [("Content-Type", "application/json"), ("Origin", &*format!("http://{}", self.server))];
        let said = json!({ "person": "martin", "room": "brigade-44", "text": text }).to_string();
        assert_eq!(request(&self.server, "POST", "/say", &headers, &said).await.status, 200);
    }
}

impl Working {
    /// Ends the bot as systemd does, and waits for it.
    pub async fn stops(mut self) {
        let id = self.program.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        assert!(self.program.wait().await.unwrap().success());
    }

    /// Ends at once, as in a power cut.
    pub async fn dies(mut self) {
        self.program.kill().await.unwrap();
    }
}

fn arguments(words: &str) -> Vec<&str> {
    words
        .split(' ')
        .flat_map(|word| if word == "…" { vec!["--config", "portevoix.toml"] } else { vec![word] })
        .collect()
}
