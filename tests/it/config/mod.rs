//! `portevoix.toml`: what a good file gives, and what is said of each bad one.

use std::collections::BTreeSet;

use portevoix::config::load::parse;
use portevoix::config::settings::Config;
use portevoix::domain::name::RoleName;

mod database;
mod discord;
mod good;
mod manual;
mod policies;
mod secrets;
mod text;
mod walls;

/// A small file without a problem; each bad one is this with something changed.
const GOOD: &str = r#"database = "portevoix.db"

[matrix]
homeserver = "https://matrix.example.org"
user = "@portevoix:example.org"
state_directory = "matrix"

[[directorate]]
code = "44"
name = "Police nationale de la Loire-Atlantique"

[[directorate.room]]
chat = "matrix"
id = "!salle44:example.org"

[[directorate.member]]
name = "Martin"
matrix = "@martin:example.org"
roles = ["redacteur"]

[[directorate.member]]
name = "Durand"
matrix = "@durand:example.org"
roles = ["valideur"]

[[directorate.account]]
name = "mastodon"
network = "mastodon"
server = "https://mastodon.example.org"
token_file = "jeton-44"
"#;

/// A second directorate, to be put behind [`GOOD`].
const STRASBOURG: &str = r#"
[[directorate]]
code = "67"
name = "Police nationale du Bas-Rhin"

[[directorate.room]]
chat = "matrix"
id = "!salle67:example.org"

[[directorate.member]]
name = "Muller"
matrix = "@muller:example.org"

[[directorate.member]]
name = "Schmitt"
matrix = "@schmitt:example.org"

[[directorate.account]]
name = "journal"
network = "file"
path = "publications-67.jsonl"
"#;

/// The good file with some of its text replaced.
fn good_but(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(GOOD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the good file has no {from:?}");
        text.replace(from, to)
    })
}

/// What is said of a text, one problem a line.
fn problems(text: &str) -> String {
    parse("portevoix.toml", text).expect_err("there is something wrong with it").to_string()
}

/// What is said of the good file with some of its text replaced.
fn problems_with(changes: &[(&str, &str)]) -> String {
    problems(&good_but(changes))
}

fn parsed(text: &str) -> Config {
    parse("/etc/portevoix/portevoix.toml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn roles(names: &[&str]) -> BTreeSet<RoleName> {
    names.iter().map(|name| RoleName::from(*name)).collect()
}
