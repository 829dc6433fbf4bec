//! What the bot accepts as typed text.

use portevoix::command::clean::{LONGEST_MESSAGE, clean};
use portevoix::domain::notice::Problem;
use proptest::prelude::*;

fn check_kept(texts: &[&str]) {
    for text in texts {
        assert_eq!(clean(text).as_deref(), Ok(*text));
    }
}

fn check_refused(table: &[(&str, u32)]) {
    for (text, character) in table {
        assert_eq!(clean(text), Err(Problem::ForbiddenCharacter(*character)), "{text:?}");
    }
}

#[test]
fn french_and_its_neighbours_are_kept_as_they_are() {
    check_kept(&[
        "",
        "« Ça va ? » — l’été à Nœux, 22\u{202F}h\u{A0}30…",
        "un\ndeux\n\ntrois",
        "Noël à Việt Nam, Ελλάδα, Київ, שָׁלוֹם, नमस्ते, 日本",
        "½ € n° 12²",
    ]);
}

#[test]
fn emoji_are_kept_whole() {
    check_kept(&[
        "👍🏽 👨\u{200D}👩\u{200D}👧\u{200D}👦 🏳\u{FE0F}\u{200D}🌈 🇫🇷 1\u{FE0F}\u{20E3} ☎\u{FE0F} ✔\u{FE0E} 👮🏼\u{200D}♀\u{FE0F}",
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
    ]);
}

#[test]
fn one_spelling_of_what_looks_the_same() {
    assert_eq!(clean("e\u{301}te\u{301}").as_deref(), Ok("été"));
    assert_eq!(clean("a\r\nb\rc\u{2028}d\te\u{2003}f\u{3000}g").as_deref(), Ok("a\nb\nc\nd e f g"));
}

#[test]
fn what_cannot_be_seen_is_refused_by_its_number() {
    check_refused(&[
        ("a\0b", 0x0),
        ("\u{7}", 0x7),
        ("\u{1B}[31m", 0x1B),
        ("a\u{202E}b", 0x202E),
        ("\u{2066}a\u{2069}", 0x2066),
        ("a\u{200F}", 0x200F),
        ("a\u{200B}b", 0x200B),
        ("\u{FEFF}a", 0xFEFF),
        ("a\u{AD}b", 0xAD),
        ("a\u{2060}b", 0x2060),
        ("\u{E000}", 0xE000),
        ("\u{FFFF}", 0xFFFF),
        ("\u{10FFFE}", 0x10_FFFE),
        ("\u{3164}", 0x3164),
        ("\u{2800}", 0x2800),
    ]);
}

#[test]
fn the_parts_of_emoji_are_refused_where_there_is_no_emoji() {
    check_refused(&[
        ("a\u{200D}b", 0x200D),
        ("👍\u{200D}", 0x200D),
        ("\u{200D}👍", 0x200D),
        ("a\u{FE0F}", 0xFE0F),
        ("\u{E0067}", 0xE_0067),
        ("👍\u{E0067}", 0xE_0067),
    ]);
}

#[test]
fn piles_of_marks_are_refused_and_no_small_pile_of_letters() {
    assert_eq!(clean(&format!("e{}", "\u{301}".repeat(3_000))), Err(Problem::PiledMarks));
    assert_eq!(clean(&"\u{489}".repeat(5)), Err(Problem::PiledMarks));
    assert!(clean("a\u{302}\u{301}\u{323}").is_ok());
}

#[test]
fn long_messages_are_refused_with_their_length() {
    assert!(clean(&"é".repeat(LONGEST_MESSAGE)).is_ok());
    for characters in [LONGEST_MESSAGE + 1, 1_000_000] {
        assert_eq!(clean(&"é".repeat(characters)), Err(Problem::TooLong { characters, most: LONGEST_MESSAGE }));
    }
    assert_eq!(
        clean(&format!("e{}", "\u{301}".repeat(10_000))),
        Err(Problem::TooLong { characters: 10_001, most: 4_000 })
    );
}

proptest! {
    #[test]
    fn cleaning_twice_changes_nothing(text in any::<String>(), pieces in "[ae\u{301}\u{302}\t\r\n\u{2003}👍\u{FE0F}\u{200D}]{0,20}") {
        for text in [text, pieces] {
            if let Ok(once) = clean(&text) {
                prop_assert_eq!(clean(&once), Ok(once.clone()));
            }
        }
    }
}
