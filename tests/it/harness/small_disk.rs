//! A demonstration whose files can't grow for a while: to the program that is a full disk.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

/// The running program; dropping this ends it.
pub struct SmallDisk {
    /// Where its page is (`127.0.0.1:…`).
    pub server: String,
    log: Lines<BufReader<ChildStderr>>,
    program: Child,
    /// Kept open: a program that nobody reads can't print.
    _output: Lines<BufReader<ChildStdout>>,
    temporary: TempDir,
}

/// Starts the demonstration, without the scene in the terminal.
pub async fn start_on_a_small_disk() -> SmallDisk {
    let temporary = TempDir::new().unwrap();
    // A write beyond the limit is then an error, as on a full disk, and not a signal that kills.
    let mut program = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" demo --no-play --port 0", env!("CARGO_BIN_EXE_portevoix")])
        .env("TMPDIR", temporary.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let log = BufReader::new(program.stderr.take().unwrap()).lines();
    let mut output = BufReader::new(program.stdout.take().unwrap()).lines();
    let server = loop {
        let line = output.next_line().await.unwrap().expect("the program ended before it said where its page is");
        if let Some(url) = line.split(' ').find_map(|word| word.strip_prefix("http://")) {
            break url.trim_end_matches('/').to_owned();
        }
    };
    SmallDisk { server, log, program, _output: output, temporary }
}

impl SmallDisk {
    /// From now on no file grows beyond what the database's `-wal` has.
    pub async fn fills_the_disk(&self) {
        let mut wal = self.database().into_os_string();
        wal.push("-wal");
        self.limits_files(&fs::metadata(wal).unwrap().len().to_string()).await;
    }

    /// Files may grow again.
    pub async fn frees_the_disk(&self) {
        self.limits_files("unlimited").await;
    }

    /// Waits until the program logs this.
    pub async fn logs(&mut self, words: &str) {
        while !self.log.next_line().await.unwrap().expect("the program has ended").contains(words) {}
    }

    /// How many rows a table of the database has.
    pub fn count(&self, table: &str) -> i64 {
        let database = Connection::open(self.database()).unwrap();
        database.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    fn database(&self) -> PathBuf {
        let demonstration = fs::read_dir(self.temporary.path()).unwrap().next().unwrap().unwrap().path();
        let mut files = fs::read_dir(demonstration).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|extension| extension == "db")).unwrap()
    }

    async fn limits_files(&self, bytes: &str) {
        let process = self.program.id().unwrap().to_string();
        let mut limit = Command::new("prlimit");
        limit.args(["--pid", &process, &format!("--fsize={bytes}:")]);
        assert!(limit.status().await.unwrap().success());
    }
}
