//! Kills the binary two hundred times with SIGKILL while drafts are made and approved, and counts what became of them.
//!
//! `tests/run --bench kills` starts the Synapse and the PDS that it needs; `-- SEED` after it plays a seed's plan again.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures, and stops where it can't")]

use crate::harness::kills::killed;

#[path = "../tests/it/harness"]
#[expect(dead_code, reason = "the tests use more of it")]
mod harness {
    pub mod fake_mastodon;
    pub mod fake_x;
    pub mod kills;
    pub mod loopback;
    pub mod multipart;
    pub mod pds;
    pub mod synapse;
}

/// How often it is killed.
const KILLS: usize = 200;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let named = std::env::args().find_map(|argument| argument.parse().ok());
    let seed = named.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let figures = killed(KILLS, seed).await;
    println!("{figures}");
    assert!(figures.doubled.is_empty() && figures.lost.is_empty(), "something was doubled or lost");
}
