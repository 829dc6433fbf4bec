//! The sentences: both languages have the same ones, and the program asks for none that is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_bundle::FluentResource;
use jiff::tz::TimeZone;
use portevoix::command::clean::harmless;
use portevoix::domain::cost::{Cost, Prices};
use portevoix::domain::directorate::{Directorate, Language};
use portevoix::wording::speaker::{Audience, Speaker};

use crate::harness::desk_of_rules::{opened, policy, proposal};

const FRENCH: &str = include_str!("../../src/wording/fr.ftl");
const ENGLISH: &str = include_str!("../../src/wording/en.ftl");

/// Each message with the variables that it names.
fn messages(sentences: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut messages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut current = "";
    for line in sentences.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =")
            && line.starts_with(|first: char| first.is_ascii_lowercase())
        {
            current = name;
            assert!(messages.insert(name, BTreeSet::new()).is_none(), "{name} is there twice");
        }
        let variables = line.split('$').skip(1).map(|rest| rest.split([' ', '}', ')']).next().unwrap());
        messages.entry(current).or_default().extend(variables);
    }
    messages.remove("");
    messages
}

/// Every text between quotes in the files of `src/wording`.
fn texts() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/wording");
    let mut texts = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
            texts.extend(
                code.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()),
            );
        }
    }
    texts
}

#[test]
fn both_languages_say_the_same_with_the_same_variables() {
    assert!(messages(FRENCH).len() > 100, "the sentences were not found");
    assert_eq!(messages(FRENCH), messages(ENGLISH));
}

#[test]
fn the_sentences_are_well_formed() {
    for sentences in [FRENCH, ENGLISH] {
        if let Err((_, mistakes)) = FluentResource::try_new(sentences.to_owned()) {
            panic!("{mistakes:?}");
        }
    }
}

#[test]
fn every_sentence_that_the_program_asks_for_is_there_and_no_other() {
    let there: BTreeSet<String> = messages(FRENCH).into_keys().map(str::to_owned).collect();
    let families: BTreeSet<&str> = there.iter().filter_map(|name| name.split('-').next()).collect();
    let is_name = |text: &&String| {
        text.split_once('-').is_some_and(|(family, _)| families.contains(family))
            && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
    };
    let asked_for: BTreeSet<String> = texts().iter().filter(is_name).cloned().collect();
    let missing: Vec<_> = asked_for.difference(&there).collect();
    assert!(missing.is_empty(), "not in fr.ftl: {missing:?}");
    let unused: Vec<_> = there.difference(&asked_for).collect();
    assert!(unused.is_empty(), "never said: {unused:?}");
}

/// Each variable of a sentence is a text that the program hands over somewhere under that name.
#[test]
fn every_variable_is_one_that_the_program_knows() {
    let texts = texts();
    for (name, variables) in messages(FRENCH) {
        for variable in variables {
            assert!(texts.contains(variable), "{name} names ${variable}, which nobody hands over");
        }
    }
}

/// The card of a draft whose first account costs that, in a language.
fn card(cost: Cost, language: Language) -> String {
    let mut proposal = proposal("Appel à témoins");
    proposal.targets[0].cost = Some(cost);
    let draft = opened(policy(), proposal).draft;
    let directorate = Directorate {
        code: "44".into(),
        name: "Police".to_owned(),
        language,
        time_zone: "Europe/Paris".to_owned(),
        rooms: Vec::new(),
        team: Vec::new(),
        groups: BTreeMap::new(),
        accounts: Vec::new(),
    };
    let audience = Audience { directorate: &directorate, time_zone: &TimeZone::UTC, names: &BTreeMap::new() };
    Speaker::default().card(&draft, draft.revision.number, &audience).plain()
}

#[test]
fn a_card_says_what_a_post_costs() {
    for (has_links, language, expected) in [
        (false, Language::Fr, "mastodon 10/300 ≈ 0,015\u{a0}$ · bluesky 10/300"),
        (true, Language::Fr, "mastodon 10/300 ≈ 0,20\u{a0}$ (0,015\u{a0}$ sans lien) · bluesky 10/300"),
        (false, Language::En, "mastodon 10/300 ≈ $0.015 · bluesky 10/300"),
        (true, Language::En, "mastodon 10/300 ≈ $0.20 ($0.015 without its link) · bluesky 10/300"),
    ] {
        let card = card(Prices::X.cost(has_links), language);
        assert!(card.contains(expected), "{expected} is not on\n{card}");
    }
}

#[test]
fn whatever_comes_from_outside_stays_on_its_line_and_in_its_direction() {
    assert_eq!(harmless("rue.jpg"), "rue.jpg");
    assert_eq!(harmless("Élodie 👩🏽‍✈️ 0,20\u{a0}$ ⏸️"), "Élodie 👩🏽‍✈️ 0,20\u{a0}$ ⏸️");
    assert_eq!(harmless("a\r\n✅ Publié.\u{2028}b\tc"), "a  ✅ Publié. b c");
    assert_eq!(harmless("gpj.\u{202e}euR\u{1b}[31m\u{200b}"), "gpj.�euR�[31m�");
    assert_eq!(harmless(&format!("z{}", "\u{338}".repeat(50))).chars().count(), 5);
}
