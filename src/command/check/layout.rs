//! What makes a post hard to listen to: hashtags without capitals, emojis amid the text (RGAA; CERTAM-AVH).

use std::collections::BTreeSet;
use std::ops::Range;

use unicode_properties::UnicodeEmoji;
use unicode_properties::emoji::EmojiStatus;

use crate::domain::fold::fold;

/// The shortest word that a hashtag is cut into, save for those of one or two letters that join: `à`, `de`.
const SHORTEST_WORD: usize = 2;

/// The hashtags of several words that no capital tells apart, in bytes; `known` are words that hashtags are made of,
/// folded.
pub fn run_together(text: &str, known: &BTreeSet<String>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, sign) in text.char_indices().filter(|(_, c)| matches!(c, '#' | '＃')) {
        let start = at + sign.len_utf8();
        let length = text[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - start);
        let tag = &text[start..start + length];
        let word = fold(tag);
        let is_whole = known.contains(&word);
        if !tells_apart(tag) && !is_whole && is_several(&word, known) {
            found.push(at..start + length);
        }
    }
    found
}

/// Whether capitals after the first letter show where words begin.
fn tells_apart(tag: &str) -> bool {
    let mut letters = tag.chars().skip(1).filter(|c| c.is_alphabetic());
    let has = |is_such: fn(char) -> bool| tag.chars().skip(1).any(is_such);
    letters.next().is_none() || has(char::is_uppercase) && has(char::is_lowercase)
}

/// Whether a word is made of at least two known ones, digits aside.
fn is_several(word: &str, known: &BTreeSet<String>) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| !c.is_ascii_digit()).collect();
    // The most parts that reach each place.
    let mut reached: Vec<Option<usize>> = vec![None; letters.len() + 1];
    reached[0] = Some(0);
    for start in 0..letters.len() {
        let Some(parts) = reached[start] else { continue };
        for end in start + 1..=letters.len() {
            let part: String = letters[start..end].iter().collect();
            let is_long = end - start >= SHORTEST_WORD || part == "a";
            if is_long && known.contains(&part) {
                reached[end] = reached[end].max(Some(parts + 1));
            }
        }
    }
    reached.last().copied().flatten().is_some_and(|parts| parts >= 2)
}

/// The emojis after which words follow on the same line, in bytes.
pub fn amid_text(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let last_word = line.char_indices().rev().find(|(at, c)| c.is_alphanumeric() && !is_keycap(&line[*at..]));
        if let Some((last_word, _)) = last_word {
            let mut run: Option<Range<usize>> = None;
            for (at, c) in line.char_indices().take_while(|(at, _)| *at < last_word) {
                let next = &line[at + c.len_utf8()..];
                let is_part = run.as_ref().is_some_and(|run| run.end == at) && is_joined(c);
                if is_emoji(c, next) || is_part {
                    let start = run.as_ref().filter(|run| run.end == at).map_or(at, |run| run.start);
                    run = Some(start..at + c.len_utf8());
                } else if let Some(run) = run.take() {
                    found.push(line_start + run.start..line_start + run.end);
                }
            }
            found.extend(run.map(|run| line_start + run.start..line_start + run.end));
        }
        line_start += line.len();
    }
    found
}

/// Whether a character is drawn as a picture: always, or because a style asks for it.
fn is_emoji(c: char, next: &str) -> bool {
    let is_always = matches!(
        c.emoji_status(),
        EmojiStatus::EmojiPresentation
            | EmojiStatus::EmojiPresentationAndModifierBase
            | EmojiStatus::EmojiPresentationAndModifierAndEmojiComponent
            | EmojiStatus::EmojiPresentationAndEmojiComponent
    );
    // These are often typed without the style that makes them pictures.
    let is_by_habit = matches!(c, '⚠' | '☎' | '✉' | '➡' | '✔' | 'ℹ');
    !c.is_ascii() && c.is_emoji_char() && (is_always || is_by_habit || next.starts_with('\u{FE0F}'))
}

fn is_joined(c: char) -> bool {
    matches!(c, '\u{FE0F}' | '\u{FE0E}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{20E3}' | '\u{E0020}'..='\u{E007F}')
}

/// A digit that a style makes a picture: `1️⃣`.
fn is_keycap(text: &str) -> bool {
    text.chars().nth(1).is_some_and(|c| matches!(c, '\u{FE0F}' | '\u{20E3}'))
}
