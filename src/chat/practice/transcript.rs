//! A practice room as plain text, for a test to hold against what it should be: no ids, no times, threads under their
//! first message.

use crate::chat::practice::PracticeRoom;
use crate::chat::practice::record::{Author, Content, Message};
use crate::domain::name::MessageId;

/// What the bot is called in its own rooms.
pub const BOT_NAME: &str = "Portevoix";

/// Writes a room down. Each message begins with its author's name; its further lines, its reactions and its thread are
/// indented below it. A glyph is followed by the names of the people who put it; one without names is the bot's alone.
///
/// ```text
/// Martin : !appel …
/// Portevoix : Brouillon 44-1
///     > Appel à témoins …
///     [✅ Durand, Lefèvre] [❌] [⏸]
///     Portevoix : Validé par Durand.
/// ```
pub fn write(room: &PracticeRoom, messages: &[Message]) -> String {
    let mut lines = Vec::new();
    let is_kept = |root: &MessageId| messages.iter().any(|message| message.id == *root);
    for message in messages {
        match &message.thread {
            // A thread outlives its first message.
            Some(root) if is_kept(root) => {}
            Some(_) | None => write_message(room, message, "", &mut lines),
        }
        for reply in messages.iter().filter(|reply| reply.thread.as_ref() == Some(&message.id)) {
            write_message(room, reply, INDENT, &mut lines);
        }
    }
    lines.concat()
}

const INDENT: &str = "    ";

fn write_message(room: &PracticeRoom, message: &Message, indent: &str, lines: &mut Vec<String>) {
    let text = match &message.content {
        Content::Removed => "(supprimé)".to_owned(),
        Content::Typed(_) | Content::Said(_) => message.content.plain(),
    };
    let edited = if message.edited && message.content != Content::Removed { " (modifié)" } else { "" };
    let mut said = text.split('\n');
    lines.push(format!("{indent}{}{edited} : {}\n", name(room, &message.by), said.next().unwrap_or_default()));
    lines.extend(said.map(|line| format!("{indent}{INDENT}{line}\n")));
    lines.extend(message.files.iter().map(|file| format!("{indent}{INDENT}📎 {}\n", one_line(&file.name))));
    if !message.reactions.is_empty() {
        lines.push(format!("{indent}{INDENT}{}\n", reactions(room, message)));
    }
}

fn reactions(room: &PracticeRoom, message: &Message) -> String {
    let mut glyphs: Vec<&str> = Vec::new();
    for reaction in &message.reactions {
        if !glyphs.contains(&reaction.glyph.as_str()) {
            glyphs.push(&reaction.glyph);
        }
    }
    let entry = |glyph: &str| {
        let people = message.reactions.iter().filter(|there| there.glyph == glyph && there.by != Author::Bot);
        let names: Vec<&str> = people.map(|reaction| name(room, &reaction.by)).collect();
        format!("[{glyph} {}]", names.join(", ")).replace(" ]", "]")
    };
    glyphs.into_iter().map(entry).collect::<Vec<_>>().join(" ")
}

/// What the author of a message is called in a room.
pub fn name<'a>(room: &'a PracticeRoom, author: &'a Author) -> &'a str {
    match author {
        Author::Bot => BOT_NAME,
        Author::Person(id) => {
            room.people.iter().find(|person| person.id == *id).map_or(id.as_str(), |person| person.name.as_str())
        }
    }
}

/// A name on one line, its letters in the order in which they are written.
fn one_line(name: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    name.chars().map(|c| if c.is_control() || turns(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
