//! Runs the checks over the labelled drafts and prints how many they find, and how many they should not have found.
//!
//! `cargo bench --bench checks --no-default-features`; `-- --wrong` lists what differs, but not of the part that is
//! kept apart.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures, and stops where it can't")]

#[path = "../tests/it/harness/labelled.rs"]
mod labelled;

use std::time::Instant;

use portevoix::command::catalog::Catalog;

use crate::labelled::{Part, Score, drafts, score, wrong};

fn main() {
    let catalog = Catalog::builtin().unwrap();
    let drafts = drafts();
    if std::env::args().any(|argument| argument == "--wrong") {
        for line in wrong(&catalog, &drafts, Part::Tuned) {
            println!("{line}");
        }
    }
    for (part, name) in [(Part::Tuned, "tuned on"), (Part::KeptApart, "kept apart")] {
        let begun = Instant::now();
        let scores = score(&catalog, &drafts, part);
        let mut all = Score::default();
        println!("{name}: {} drafts", drafts.iter().filter(|draft| draft.part() == part).count());
        println!("  {:<26} {:>9} {:>9} {:>6} {:>6} {:>6}", "", "precision", "recall", "right", "false", "missed");
        for (code, score) in &scores {
            all = all.and(*score);
            row(code, *score);
        }
        row("all", all);
        println!("  {:.1?}", begun.elapsed());
    }
}

fn row(name: &str, score: Score) {
    let Score { right, wrong, missed } = score;
    println!("  {name:<26} {:>9.3} {:>9.3} {right:>6} {wrong:>6} {missed:>6}", score.precision(), score.recall());
}
