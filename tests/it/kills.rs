//! Real kills: SIGKILL at random while drafts are made and approved, on a real Synapse and a real PDS.

use crate::harness::kills::killed;

/// How often in a run of all tests; `tests/run --bench kills` does ten times as many.
const KILLS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse and a real PDS: tests/run starts them"]
async fn killed_at_random_twenty_times_nothing_is_doubled_and_nothing_lost() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let figures = killed(KILLS, seed).await;
    println!("{figures}");
    assert!(figures.doubled.is_empty() && figures.lost.is_empty(), "\n{figures}");
}
