//! The manual: docs/administration.md explains every key.

use std::fs;
use std::path::Path;

use portevoix::config::keys::{DIRECTORATE, TABLES, TableKeys};

#[test]
fn every_example_of_a_key_can_be_read() {
    for key in TABLES.iter().flat_map(|table| table.keys) {
        let read: Result<toml::Table, _> = key.example.parse();
        let table = read.unwrap_or_else(|error| panic!("{}: {error}", key.example));
        let name = key.example.trim_matches(['[', ']']).trim_start_matches("directorate.");
        assert!(table.contains_key(key.name) || name == key.name, "{} does not show {}", key.example, key.name);
    }
    assert_eq!(DIRECTORATE.example("code"), "code = \"44\"");
}

#[test]
fn every_key_is_explained_to_administrators() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/administration.md");
    let manual = fs::read_to_string(path).unwrap();
    let missing: Vec<String> = TABLES.iter().flat_map(|table| unexplained(&manual, table)).collect();
    assert!(missing.is_empty(), "docs/administration.md does not explain:\n{}", missing.join("\n"));
}

/// The keys of a table that the table's own part of the manual does not explain.
fn unexplained(manual: &str, table: &TableKeys) -> Vec<String> {
    let title =
        if table.header.is_empty() { "### Top of the file".to_owned() } else { format!("### `{}`", table.header) };
    let part = manual.split_once(&title).map_or("", |(_, rest)| rest.split("\n### ").next().unwrap_or(rest));
    let part = part.split("\n## ").next().unwrap_or(part);
    let absent = table.keys.iter().filter(|key| !part.contains(&format!("| `{}` |", key.name)));
    absent.map(|key| format!("{} of {}", key.name, title)).collect()
}

#[test]
fn a_key_that_the_manual_does_not_explain_is_found() {
    let manual = "### `[matrix]`\n| `homeserver` | … |\n| `user` | … |\n### `[practice]`\n| `state_directory` | … |\n";
    let matrix = TABLES.iter().find(|table| table.header == "[matrix]").unwrap();
    assert_eq!(unexplained(manual, matrix), ["state_directory of ### `[matrix]`"]);
}
