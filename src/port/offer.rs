//! A command as a chat may offer it to be filled in, field by field, instead of typed; and the line that comes of it.

use crate::domain::name::CommandWord;

/// A command that can be picked from a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is typed after `!`.
    pub word: CommandWord,
    /// What it is for, in one line.
    pub about: String,
    /// What can be given, required fields first.
    pub fields: Vec<OfferedField>,
}

/// Something that can be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedField {
    /// What is typed before the colon.
    pub name: String,
    /// What it is for, in one line.
    pub about: String,
    /// Whether the command means nothing without it.
    pub required: bool,
    /// Typed without its name, before all others (`44-12` in `!modifier 44-12`).
    pub bare: bool,
    /// What it takes.
    pub kind: OfferedKind,
}

/// What a field takes, as far as a form cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferedKind {
    /// Sentences.
    Prose,
    /// A word or two: a date, an age, a number to call.
    Word,
    /// Further fields of a draft, each with its name, as in a typed message.
    Fields,
    /// One of these.
    Choice(Vec<String>),
    /// `oui` or `non`.
    YesNo,
    /// The number of a draft.
    DraftNumber,
}

/// What starts a field in a typed message when a name and a colon follow.
const SEPARATORS: [char; 3] = ['\n', ';', '；'];

/// How far from what starts a field its colon may be, in characters: no field's name is longer.
const LONGEST_NAME: usize = 40;

/// The longest way to say a draft's number, in characters.
const LONGEST_NUMBER: usize = 24;

impl Offer {
    /// The message that an officer would have typed to say the same; `given` are names of fields and their values.
    ///
    /// No value can pass for another field: where a `;` or a line break in it could be read as the start of one, a comma
    /// or a space stands in its place. The line is shown in the room, so everyone sees what was read.
    pub fn line(&self, given: &[(String, String)]) -> String {
        let mut line = format!("!{}", self.word);
        let mut is_first = true;
        for field in self.fields.iter().filter(|field| field.bare).chain(self.fields.iter().filter(|field| !field.bare))
        {
            let Some((_, value)) = given.iter().find(|(name, _)| *name == field.name) else { continue };
            let value = field.kind.harmless(value);
            if value.is_empty() {
                continue;
            }
            match (field.bare, is_first) {
                (true, _) => line.push(' '),
                (false, true) => line.push_str(&format!(" {}: ", field.name)),
                (false, false) => line.push_str(&format!(" ; {}: ", field.name)),
            }
            is_first &= field.bare;
            line.push_str(&value);
        }
        line
    }
}

impl OfferedKind {
    /// The value as it can stand in a typed line.
    fn harmless(&self, value: &str) -> String {
        let value = value.trim();
        match self {
            Self::Prose => without_starts(value),
            Self::Fields => value.to_owned(),
            Self::Word | Self::Choice(_) | Self::YesNo => value.replace(SEPARATORS, " "),
            Self::DraftNumber => {
                let is_number = |c: &char| {
                    c.is_alphanumeric() || matches!(c, ' ' | '#' | '°' | '-' | '\u{2010}'..='\u{2014}' | '\u{2212}')
                };
                let number: String = value.chars().take_while(is_number).take(LONGEST_NUMBER).collect();
                number.trim_end().to_owned()
            }
        }
    }
}

/// The text with every separator replaced after which a name and a colon could be read. Read from its end, because one
/// that is replaced does not end a name any more.
fn without_starts(text: &str) -> String {
    let mut harmless: Vec<char> = Vec::new();
    let mut to_colon: Option<usize> = None;
    for c in text.chars().rev() {
        let is_near = to_colon.is_some_and(|distance| distance < LONGEST_NAME);
        let shown = match c {
            '\n' if is_near => ' ',
            c if SEPARATORS.contains(&c) && is_near => ',',
            c => c,
        };
        to_colon = match shown {
            ':' | '：' => Some(0),
            shown if SEPARATORS.contains(&shown) => None,
            _ => to_colon.map(|distance| distance + 1),
        };
        harmless.push(shown);
    }
    harmless.iter().rev().collect()
}
