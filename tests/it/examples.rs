//! The configurations in `examples`: each can be read, and its team can meet the rules of every command.

use std::fs;
use std::path::Path;

use portevoix::app::build;
use portevoix::config::load::parse;

#[test]
fn every_example_is_a_configuration_that_works() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = path.display().to_string();
        let config = parse(&name, &fs::read_to_string(&path).unwrap()).unwrap_or_else(|problems| panic!("{problems}"));
        assert!(config.commands.is_none(), "{name}: an example works with the commands of the program");
        build::catalog(&config).unwrap_or_else(|stopped| panic!("{stopped}"));
        seen += 1;
    }
    assert!(seen >= 3, "only {seen} examples were found");
}
