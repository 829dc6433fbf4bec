//! The simulation in CI: fresh seeds each time, and every seed that ever broke a rule.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use portevoix::store::embedded::Embedded;

use crate::simulation::elsewhere::Elsewhere;
use crate::simulation::{Broken, play, play_over};

/// Seeds that broke a rule once, whatever was wrong then.
const ONCE_BROKEN: [u64; 19] = [
    401,
    1_088,
    115_851,
    149_695,
    175_052,
    204_751,
    209_242,
    222_972,
    228_428,
    277_851,
    287_291,
    1_795_530_674_878,
    1_795_530_680_827,
    1_795_530_682_715,
    1_795_530_684_712,
    1_795_530_970_100,
    1_795_530_977_971,
    1_795_530_981_920,
    1_795_530_992_276,
];

/// How many seeds nobody has played before are played each time, unless [`SEEDS`] says otherwise.
const FRESH: u64 = 2_000;

/// How many fresh seeds are played: `PORTEVOIX_SEEDS=… cargo test …`.
const SEEDS: &str = "PORTEVOIX_SEEDS";

/// How many are played over a store that waits for a disk or a server: hundreds of commits each.
const FRESH_ELSEWHERE: u64 = 60;

/// The seed to be played alone: `PORTEVOIX_SEED=… cargo test --no-default-features --test it simulated::one_seed`.
const SEED: &str = "PORTEVOIX_SEED";

#[test]
fn one_seed_goes_the_same_way_twice() {
    let seed = std::env::var(SEED).map_or(44, |seed| seed.parse().unwrap());
    let outcome = play(seed);
    assert_eq!(outcome, play(seed));
    if let Err(Broken { rule, story }) = outcome {
        panic!("{story}{rule}");
    }
}

#[test]
fn seeds_that_once_broke_a_rule_keep_it() {
    ONCE_BROKEN.into_iter().for_each(must_keep_the_rules);
}

#[test]
fn fresh_seeds_keep_every_rule_over_sqlite_on_a_disk() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portevoix.db");
    keep_every_rule_over(Elsewhere::open(async { Embedded::open(&file).await.unwrap() }));
}

#[cfg(feature = "postgres")]
#[test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
fn fresh_seeds_keep_every_rule_over_postgresql() {
    use crate::harness::postgres::fresh_database;
    use portevoix::store::postgres::Postgres;
    use portevoix::store::postgres::place::Place;

    let opened = async { Postgres::open(Place::new(&fresh_database().await, None).unwrap()).await.unwrap() };
    keep_every_rule_over(Elsewhere::open(opened));
}

/// Also that it makes no difference to a story where it is kept.
fn keep_every_rule_over(store: Elsewhere) {
    let (store, begin) = (Arc::new(store), fresh());
    for seed in begin..begin + FRESH_ELSEWHERE {
        let outcome = play_over(seed, store.clone());
        assert_eq!(outcome, play(seed), "seed {seed} tells another story over memory");
        assert!(outcome.is_ok(), "seed {seed}: {outcome:?}");
    }
}

fn fresh() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

#[test]
fn fresh_seeds_keep_every_rule() {
    let begin = fresh();
    let end = begin + std::env::var(SEEDS).map_or(FRESH, |seeds| seeds.parse().unwrap());
    let cores = u64::try_from(std::thread::available_parallelism().unwrap().get()).unwrap();
    std::thread::scope(|scope| {
        for core in 0..cores {
            scope.spawn(move || {
                (begin + core..end).step_by(cores.try_into().unwrap()).for_each(must_keep_the_rules);
            });
        }
    });
}

fn must_keep_the_rules(seed: u64) {
    if let Err(Broken { rule, .. }) = play(seed) {
        panic!(
            "seed {seed}: {rule}\nto play it again: {SEED}={seed} cargo test --no-default-features --test it \
             simulated::one_seed"
        );
    }
}
