//! Measures the sorting of leads: what is found and what is mixed up, beside simpler ways, and then how fast it is.
//!
//! `cargo bench --bench leads --no-default-features` prints the tables of docs/leads.md; `-- --quick` leaves out the million.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures, and stops where it can't")]

#[path = "leads/baselines.rs"]
mod baselines;
#[path = "../tests/it/floods/mod.rs"]
mod floods;

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use portevoix::leads::copies::{Likeness, Token, likeness};
use portevoix::leads::lexicon::Lexicon;
use portevoix::leads::normal::read;
use portevoix::leads::sorter::Sorter;
use portevoix::leads::thresholds::Thresholds;

use crate::floods::labelled::{LABELLED, labelled};
use crate::floods::measure::measure;
use crate::floods::{Flood, flood};

/// What the columns of `Figures` are.
const HEADING: &str = "top20   x1.5  wrong c/fam  c/1000  facts  pii p/r  acc. p/r";

/// Floods that the rules were not changed for: fresh seeds, far from those of the tests.
const SEEDS: [u64; 6] = [1001, 1002, 1003, 1004, 1005, 1006];

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    println!("Invented floods (declared as such), then answers labelled by hand\n");
    for seed in SEEDS {
        quality(&flood(seed, 3000, 60));
    }
    for name in LABELLED {
        quality(&labelled(name));
    }
    println!("\nSpeed, one thread\n   answers   seconds  µs/answer  peak MB   cards");
    for size in [10_000, 100_000, 1_000_000] {
        if !(is_quick && size > 100_000) {
            speed(size);
        }
    }
    all_pairs();
}

fn quality(flood: &Flood) {
    let truth = flood.truth();
    println!("{}\n  {:24}{HEADING}", flood.name, "");
    for (name, cards) in [
        ("portevoix", flood.sorted()),
        ("chronological", baselines::chronological(flood)),
        ("exact duplicates", baselines::exact_duplicates(flood)),
        ("MinHash, j'ai vu on top", baselines::min_hash(flood)),
    ] {
        println!("  {name:24}{}", measure(&cards, &truth));
    }
}

/// Sorts a flood of a size; the flood is made in pieces while it is sorted, and only the sorting is timed.
fn speed(size: usize) {
    const PIECE: usize = 10_000;
    let first = flood(0, PIECE, PIECE / 50);
    let mut sorter = Sorter::new(&first.appeal, []);
    let mut took = Duration::ZERO;
    for piece in 0..size / PIECE {
        let seed = u64::try_from(piece).unwrap() * 3;
        let mut answers = flood(seed, PIECE, PIECE / 50).answers;
        for (answer, _) in &mut answers {
            answer.id = format!("{piece}-{}", answer.id);
            answer.author = answer.author.take().map(|author| format!("{author}-{piece}"));
            // Half of what people write on no template at all: the index of copies grows with every new text.
            if answer.id.ends_with(['1', '3', '5', '7', '9']) {
                answer.text = format!("{} {}", answer.text, babble(&answer.id));
            }
        }
        let begin = Instant::now();
        for (answer, _) in &answers {
            black_box(sorter.take(answer));
        }
        took += begin.elapsed();
    }
    let begin = Instant::now();
    let cards = sorter.cards();
    took += begin.elapsed();
    let micros = took.as_secs_f64() * 1e6 / f64::from(u32::try_from(size).unwrap());
    println!("{size:10} {:9.2} {micros:10.1} {:8} {:7}", took.as_secs_f64(), peak_megabytes(), cards.len());
}

/// Words of no language, the same for the same id.
fn babble(id: &str) -> String {
    let mut rng = fastrand::Rng::with_seed(id.bytes().fold(7, |seed, byte| seed * 31 + u64::from(byte)));
    (0..12).map(|_| (0..rng.usize(2..9)).map(|_| rng.lowercase()).collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The most memory that this process ever had, from the kernel.
fn peak_megabytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// The floor: every text compared with every other, on 10,000 answers.
fn all_pairs() {
    let lexicon = Lexicon::french();
    let flood = flood(0, 10_000, 200);
    let core = |text: &str| {
        let words = read(text, &lexicon.spelling, "");
        words.words.iter().map(|word| Token::new(words.text(word), word.hash)).collect::<Vec<_>>()
    };
    let texts: Vec<Vec<Token>> = flood.answers.iter().map(|(answer, _)| core(&answer.text)).collect();
    let limits = Thresholds::default();
    let begin = Instant::now();
    let mut pairs = 0;
    for (at, one) in texts.iter().enumerate() {
        pairs += texts[..at].iter().filter(|other| likeness(one, other, false, &limits) != Likeness::None).count();
    }
    let compared = begin.elapsed();
    let begin = Instant::now();
    black_box(flood.sorted());
    let sorted = begin.elapsed();
    println!(
        "\n10,000 answers, every pair compared: {:.1} s ({pairs} alike); sorted, reading and cards included: {:.2} s, {:.0} times less",
        compared.as_secs_f64(),
        sorted.as_secs_f64(),
        compared.as_secs_f64() / sorted.as_secs_f64()
    );
}
