//! What the bot accepts as typed text: what can be seen, in one spelling. Everything else is refused, not mended, so
//! that what a supervisor reads is what the public gets.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::emoji::is_tag_character;
use unicode_properties::{GeneralCategory, UnicodeEmoji, UnicodeGeneralCategory};

use crate::domain::notice::Problem;

/// The longest message that the bot reads, in characters: eight times the longest post of a network.
pub const LONGEST_MESSAGE: usize = 4_000;

/// The most combining marks on one letter: one more than Hebrew or Vietnamese need once composed.
const MOST_MARKS: usize = 4;

/// What was typed, in Unicode's composed form (NFC), with plain line ends and spaces; no-break spaces stay.
///
/// # Errors
/// More than [`LONGEST_MESSAGE`] characters, a character that can't be seen or changes the direction of writing, or
/// a pile of combining marks.
pub fn clean(text: &str) -> Result<String, Problem> {
    let characters = text.chars().count();
    if characters > LONGEST_MESSAGE {
        return Err(Problem::TooLong { characters, most: LONGEST_MESSAGE });
    }
    let composed: Vec<char> = text.replace("\r\n", "\n").chars().map(plain_space).nfc().collect();
    let mut marks = 0;
    for (at, c) in composed.iter().enumerate() {
        marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
        if marks > MOST_MARKS {
            return Err(Problem::PiledMarks);
        }
        if !is_visible(*c) && !is_part_of_emoji(&composed, at) {
            return Err(Problem::ForbiddenCharacter(u32::from(*c)));
        }
    }
    // Composing never needs more characters than were typed, save for a handful that decompose (U+FB2C).
    if composed.len() > LONGEST_MESSAGE {
        return Err(Problem::TooLong { characters: composed.len(), most: LONGEST_MESSAGE });
    }
    Ok(composed.into_iter().collect())
}

/// A name or a text that nobody refused (what people call themselves, a file's name, an error of a server's), fit to
/// stand in a sentence: on one line, what can't be seen or turns the direction of writing shown as `�`.
pub fn harmless(text: &str) -> String {
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    let composed: Vec<char> = text.chars().map(plain_space).nfc().collect();
    let mut marks = 0;
    let shown = composed.iter().enumerate().filter_map(|(at, c)| {
        marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
        match c {
            '\n' => Some(' '),
            _ if marks > MOST_MARKS => None,
            _ if is_visible(*c) || is_part_of_emoji(&composed, at) => Some(*c),
            _ => Some(char::REPLACEMENT_CHARACTER),
        }
    });
    shown.collect()
}

/// Line ends become `\n`; tabs and typographic spaces become a space, except the two that French keeps lines with.
fn plain_space(c: char) -> char {
    match c {
        '\r' | '\u{2028}' | '\u{2029}' => '\n',
        '\t' => ' ',
        '\n' | '\u{A0}' | '\u{202F}' => c,
        c if is_plain(c) => c,
        c if c.general_category() == GeneralCategory::SpaceSeparator => ' ',
        c => c,
    }
}

/// Most of what is typed in French, known without a table: it shows, is in its composed form, and composes with nothing
/// that is as plain.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{C0}'..='\u{17F}' | '«' | '»' | '’' | '…')
}

/// Whether a character shows by itself, or is a line end.
fn is_visible(c: char) -> bool {
    if is_plain(c) {
        return true;
    }
    let category = c.general_category();
    // A phone may know newer emoji than our tables do.
    let is_unknown = category == GeneralCategory::Unassigned && !matches!(c, '\u{1F000}'..='\u{1FAFF}');
    let is_hidden = is_unknown
        || matches!(category, GeneralCategory::Control | GeneralCategory::Format | GeneralCategory::PrivateUse);
    c == '\n' || !(is_hidden || is_blank_letter(c) || is_variation_selector(c))
}

/// Letters and marks that are drawn as nothing: fillers, the joiner of graphemes, the Khmer inherent vowels.
fn is_blank_letter(c: char) -> bool {
    matches!(c, '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}')
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{180B}'..='\u{180F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Whether an invisible character stands where an emoji needs it: a joiner between two pictures, a style after a
/// sign that has an emoji form, the tags of a regional flag.
fn is_part_of_emoji(text: &[char], at: usize) -> bool {
    let before = |from: usize, skip: fn(char) -> bool| text[..from].iter().rev().copied().find(|c| !skip(*c));
    match text[at] {
        '\u{200D}' => {
            let is_style = |c| matches!(c, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}');
            let follows = before(at, is_style).is_some_and(is_picture);
            follows && text.get(at + 1).is_some_and(|next| is_picture(*next))
        }
        '\u{FE0E}' | '\u{FE0F}' => at > 0 && text[at - 1].is_emoji_char(),
        c if is_tag_character(c) => before(at, is_tag_character) == Some('\u{1F3F4}'),
        _ => false,
    }
}

fn is_picture(c: char) -> bool {
    !c.is_ascii() && c.is_emoji_char()
}
