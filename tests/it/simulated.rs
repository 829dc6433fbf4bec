//! The simulation in CI: fresh seeds each time, and every seed that ever broke a rule.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::simulation::{Broken, play};

/// Seeds that broke a rule once, whatever was wrong then.
const ONCE_BROKEN: [u64; 11] =
    [401, 1_088, 115_851, 149_695, 175_052, 204_751, 209_242, 222_972, 228_428, 277_851, 287_291];

/// How many seeds nobody has played before are played each time.
const FRESH: u64 = 2_000;

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
fn fresh_seeds_keep_every_rule() {
    let begin = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    let cores = u64::try_from(std::thread::available_parallelism().unwrap().get()).unwrap();
    std::thread::scope(|scope| {
        for core in 0..cores {
            scope.spawn(move || {
                (begin + core..begin + FRESH).step_by(cores.try_into().unwrap()).for_each(must_keep_the_rules);
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
