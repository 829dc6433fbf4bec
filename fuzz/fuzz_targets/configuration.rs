//! A configuration file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portevoix::config::load::parse;

fuzz_target!(|text: &str| {
    let lines = u32::try_from(text.lines().count().max(1)).unwrap_or(u32::MAX);
    if let Err(problems) = parse("portevoix.toml", text) {
        assert!(!problems.0.is_empty(), "refused without a reason");
        for problem in problems.0 {
            assert!((1..=lines).contains(&problem.line), "there is no line {}: {}", problem.line, problem.message);
        }
    }
});
