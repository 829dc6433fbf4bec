//! A command file, as a communication officer may have written it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portevoix::command::catalog::Catalog;

fuzz_target!(|text: &str| {
    let lines = text.lines().count().max(1);
    match Catalog::from_files(&[("fichier.toml".to_owned(), text.to_owned())]) {
        Ok(catalog) => {
            for problem in catalog.check_examples() {
                assert!((1..=lines).contains(&problem.line), "there is no line {}: {problem}", problem.line);
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            for problem in problems {
                assert!((1..=lines).contains(&problem.line), "there is no line {}: {problem}", problem.line);
            }
        }
    }
});
