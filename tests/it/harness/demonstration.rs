//! `portevoix demo` as a newcomer starts it: the built program with its whole engine.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The practice room of a demonstration; dropping this ends the program.
pub struct Demonstration {
    /// Where its page is (`http://127.0.0.1:…/`).
    pub url: String,
    _program: Child,
    /// Kept open: a program that nobody reads can't print.
    _output: Lines<BufReader<ChildStdout>>,
    /// Where the program puts what it throws away; ended like this, it can't.
    _temporary: TempDir,
}

/// Starts it, without the scene in the terminal.
pub async fn start_demonstration() -> Demonstration {
    let temporary = TempDir::new().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_portevoix"))
        .args(["demo", "--no-play", "--port", "0"])
        .env("TMPDIR", temporary.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap()).lines();
    let url = loop {
        let line = output.next_line().await.unwrap().expect("the program ended before it said where its page is");
        if let Some(url) = line.split(' ').find(|word| word.starts_with("http://127.0.0.1:")) {
            break url.to_owned();
        }
    };
    Demonstration { url, _program: program, _output: output, _temporary: temporary }
}
