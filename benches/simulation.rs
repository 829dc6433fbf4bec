//! Plays as many seeds of the simulation as it is told to, on every core, and prints how many it plays a second.
//!
//! `cargo bench --bench simulation --no-default-features` plays 100,000 fresh ones; `-- --seeds 1000000` as many,
//! `-- --from 17` beginning there, `-- --seed 17` that one alone, twice; with `--on-disk` over SQLite files instead of memory.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures, and stops where it can't")]

#[path = "../tests/it/simulation/mod.rs"]
mod simulation;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use portevoix::store::embedded::Embedded;

use crate::simulation::elsewhere::Elsewhere;
use crate::simulation::{Broken, Tally, play, play_over};

/// How many seeds are played unless it is told otherwise.
const SEEDS: u64 = 100_000;

/// The most broken seeds that are printed: the first ones are the ones to look at.
const MOST_BROKEN: usize = 10;

fn main() {
    if let Some(seed) = argument("--seed") {
        let outcome = play(seed);
        assert_eq!(outcome, play(seed), "the same seed went another way");
        match outcome {
            Ok(tally) => println!("seed {seed}: {tally:?}"),
            Err(Broken { rule, story }) => println!("{story}seed {seed}: {rule}"),
        }
        return;
    }
    let (seeds, from) = (argument("--seeds").unwrap_or(SEEDS), argument("--from").unwrap_or_else(fresh));
    let cores = std::thread::available_parallelism().unwrap().get();
    let (next, broken, sum) = (AtomicU64::new(from), Mutex::new(Vec::new()), Mutex::new(Tally::default()));
    let folder = std::env::args().any(|argument| argument == "--on-disk").then(|| tempfile::tempdir().unwrap());
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for core in 0..cores {
            let file = folder.as_ref().map(|folder| folder.path().join(format!("{core}.db")));
            let (next, broken, sum) = (&next, &broken, &sum);
            scope.spawn(move || {
                let store = file.map(|file| on_disk(&file));
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds || broken.lock().unwrap().len() >= MOST_BROKEN {
                        return;
                    }
                    let played = store.as_ref().map_or_else(|| play(seed), |store| play_over(seed, store.clone()));
                    match played {
                        Ok(tally) => add(sum, tally),
                        Err(Broken { rule, .. }) => broken.lock().unwrap().push((seed, rule)),
                    }
                }
            });
        }
    });
    let seconds = begun.elapsed().as_secs_f64();
    let (broken, sum) = (broken.into_inner().unwrap(), sum.into_inner().unwrap());
    let played = next.into_inner().min(from + seeds) - from;
    for (seed, rule) in &broken {
        println!(
            "seed {seed}: {rule}\n  to play it again: cargo bench --bench simulation --no-default-features -- --seed {seed}"
        );
    }
    let rate = f64::from(u32::try_from(played).unwrap()) / seconds;
    let per_core = rate / f64::from(u32::try_from(cores).unwrap());
    println!("{played} seeds from {from}, {} broken", broken.len());
    println!("{} deeds, {} posts, {} crashes", sum.deeds, sum.posts, sum.crashes);
    println!("{} posts taken down or changed, {} shown on by another directorate", sum.ended, sum.relays);
    println!("{rate:.0} seeds/s on {cores} cores, {per_core:.0} a core (aim: at least 500)");
    assert!(broken.is_empty(), "a rule was broken");
}

fn on_disk(file: &Path) -> Arc<Elsewhere> {
    Arc::new(Elsewhere::open(async { Embedded::open(file).await.unwrap() }))
}

fn add(sum: &Mutex<Tally>, tally: Tally) {
    let mut sum = sum.lock().unwrap();
    sum.deeds += tally.deeds;
    sum.posts += tally.posts;
    sum.ended += tally.ended;
    sum.relays += tally.relays;
    sum.crashes += tally.crashes;
}

fn fresh() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn argument(name: &str) -> Option<u64> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).map(|value| value.parse().unwrap())
}
