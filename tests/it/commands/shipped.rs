//! The commands that come with Portevoix.

use portevoix::command::action::Action;
use portevoix::domain::directorate::NetworkKind;
use portevoix::domain::text::{Limits, measure};

use crate::commands::{lines, shipped};

#[test]
fn every_example_of_the_shipped_commands_gives_what_it_promises() {
    assert_eq!(lines(&shipped().check_examples()), "");
}

#[test]
fn all_commands_of_the_first_release_are_there_in_the_order_of_the_help() {
    let words: Vec<String> = shipped().specs().map(|spec| spec.word.to_string()).collect();
    let expected = [
        "appel",
        "disparition",
        "recit",
        "prevention",
        "info",
        "bilan-affaire",
        "brouillons",
        "voir",
        "modifier",
        "lever",
        "programmer",
        "retirer",
        "clore",
        "rectifier",
        "relais",
        "aide",
    ];
    assert_eq!(words, expected);
}

#[test]
fn the_examples_fit_on_x_as_well() {
    let limits = Limits::default_of(NetworkKind::X);
    for spec in shipped().specs() {
        for (network, text) in spec.examples.iter().flat_map(|example| &example.texts) {
            assert_eq!(measure(text.trim(), &limits).over, 0, "{network:?}: {text}");
        }
    }
}

/// Art. 11 CPP: elements of an inquiry are published by the procureur, or with the procureur's agreement.
#[test]
fn what_tells_of_an_inquiry_cannot_go_out_without_the_agreement_of_the_parquet() {
    for word in ["appel", "disparition", "bilan-affaire"] {
        let spec = crate::commands::command(word);
        let parquet = spec.field("parquet").unwrap();
        assert!(parquet.internal && parquet.need == portevoix::command::field::Need::Always, "{word}");
        assert!(spec.policy.quorum >= 2, "{word}");
    }
}

/// RGAA and the advice of choblab: capitals in hashtags, so that screen readers part the words; emoji at the end.
#[test]
fn the_texts_can_be_read_aloud() {
    use unicode_properties::UnicodeEmoji;
    for spec in shipped().specs().filter(|spec| spec.action == Action::Draft) {
        for (_, text) in spec.examples.iter().flat_map(|example| &example.texts) {
            let words = text.trim().trim_end_matches(|c: char| !c.is_ascii() && (c.is_emoji_char() || c == '\u{FE0F}'));
            assert!(!words.chars().any(|c| !c.is_ascii() && c.is_emoji_char()), "{text}");
            for hashtag in words.split_whitespace().filter_map(|word| word.strip_prefix('#')) {
                assert!(hashtag.starts_with(char::is_uppercase), "{hashtag}");
            }
        }
    }
}
