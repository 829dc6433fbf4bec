//! Writes prose as Discord shows it: every sign that could mean something to Discord escaped, so that nothing in a text
//! pings, formats, unfolds or leads anywhere.
//!
//! What has no place in a message's own text (2,000 characters) goes on in embeds below it, in order. What has no place
//! there either (6,000 more) is left out, and how much it is stands at the end: no text that can be published is so long.

use serde_json::{Value, json};

use crate::domain::name::PersonId;
use crate::domain::prose::{Block, Prose};

/// The longest text of a message (<https://docs.discord.com/developers/resources/message#create-message>).
pub const LONGEST_CONTENT: usize = 2_000;

/// The longest text of an embed
/// (<https://docs.discord.com/developers/resources/message#embed-object-embed-limits>).
pub const LONGEST_EMBED: usize = 4_096;

/// The longest text of all embeds of a message together.
const LONGEST_EMBEDS: usize = 6_000;

/// Room for what says how much was left out.
const NOTE: usize = 24;

/// The flag of a message whose links unfold nothing.
const SUPPRESS_EMBEDS: u64 = 1 << 2;

/// The body of a message that says it: what a message is made with, and edited with. Buttons are not part of it, so
/// those that are there stay.
pub fn body(prose: &Prose) -> Value {
    let Pages { content, embeds } = pages(prose);
    let embeds: Vec<Value> = embeds.into_iter().map(|text| json!({ "description": text })).collect();
    json!({
        "content": content,
        // The flag would hide our own embeds as well; then no address in the text stands where it could unfold.
        "flags": if embeds.is_empty() { SUPPRESS_EMBEDS } else { 0 },
        "embeds": embeds,
        "allowed_mentions": mentions(prose),
    })
}

fn mentions(prose: &Prose) -> Value {
    match called(prose) {
        called if called.is_empty() => json!({ "parse": [] }),
        called => json!({ "parse": [], "users": called }),
    }
}

/// Those whom a message pings: at most 100 take part in it
/// (<https://docs.discord.com/developers/resources/message#allowed-mentions-object>).
fn called(prose: &Prose) -> Vec<&str> {
    prose.called().into_iter().filter(|id| is_id(id)).map(PersonId::as_str).take(100).collect()
}

/// Whether it is an id of Discord's: people have ids in other chats, too.
fn is_id(person: &PersonId) -> bool {
    !person.as_str().is_empty() && person.as_str().bytes().all(|digit| digit.is_ascii_digit())
}

struct Pages {
    content: String,
    embeds: Vec<String>,
}

fn pages(prose: &Prose) -> Pages {
    let blocks: Vec<String> = prose.blocks.iter().map(markdown).collect();
    let mut content = String::new();
    let mut rest = Vec::new();
    for block in blocks {
        let joined = width(&content) + 1 + width(&block);
        if rest.is_empty() && joined <= LONGEST_CONTENT {
            push(&mut content, &block);
        } else {
            rest.push(block);
        }
    }
    if content.is_empty() && !rest.is_empty() {
        // The first block alone is too long; a message without a text of its own would announce nothing.
        let mut parts = split(&rest.remove(0), LONGEST_CONTENT).into_iter();
        content = parts.next().unwrap_or_default();
        rest.splice(0..0, parts);
    }
    Pages { content, embeds: embeds(&rest) }
}

/// The texts of the embeds, each block whole where that is possible.
fn embeds(blocks: &[String]) -> Vec<String> {
    let mut embeds: Vec<String> = Vec::new();
    let (mut used, mut left_out) = (0, 0);
    for part in blocks.iter().flat_map(|block| split(block, LONGEST_EMBED - NOTE)) {
        let width = width(&part) + 1;
        if left_out > 0 || used + width > LONGEST_EMBEDS - NOTE {
            left_out += width;
            continue;
        }
        used += width;
        match embeds.last_mut().filter(|last| self::width(last) + width <= LONGEST_EMBED - NOTE) {
            Some(last) => push(last, &part),
            None => embeds.push(part),
        }
    }
    if left_out > 0 {
        let note = format!("✂ … \\(\\+{left_out}\\)");
        match embeds.last_mut() {
            Some(last) => push(last, &note),
            None => embeds.push(note),
        }
    }
    embeds
}

fn push(text: &mut String, block: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(block);
}

fn markdown(block: &Block) -> String {
    match block {
        Block::Title(text) => format!("**{}**", escaped(text)),
        Block::Text(text) => escaped(text),
        Block::Call { text, people } => {
            let pings: Vec<String> = people.iter().filter(|id| is_id(id)).map(|id| format!("<@{id}>")).collect();
            if pings.is_empty() { escaped(text) } else { format!("{} {}", escaped(text), pings.join(" ")) }
        }
        Block::Quote(text) => {
            text.split('\n').map(|line| format!("> {}", escaped(line))).collect::<Vec<_>>().join("\n")
        }
        Block::Items(items) => items.iter().map(|item| format!("- {}", escaped(item))).collect::<Vec<_>>().join("\n"),
        Block::Link { label, url } if is_web(url) => format!("[{}](<{url}>)", escaped(label)),
        Block::Link { label, url } => escaped(&format!("{label} : {url}")),
    }
}

/// The text with a backslash before every ASCII sign: Discord's markdown shows the sign itself then, whatever it would
/// have meant (`*`, `` ` ``, `>`, `#`, `-`, `1.`, `||`), and neither mentions (`@`, `<@1>`) nor addresses (`https://`)
/// nor invitations are recognised.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The text that was [`escaped`].
pub fn unescaped(text: &str) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => unescaped.extend(chars.next()),
            c => unescaped.push(c),
        }
    }
    unescaped
}

/// How long a text is for Discord; the larger of its two ways to count.
pub fn width(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Cuts a text into parts of at most that width, between lines where that is possible, and never between a backslash
/// and its sign. A quote goes on as a quote.
pub fn split(text: &str, most: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for (number, line) in text.split('\n').enumerate() {
        let lead = if line.starts_with("> ") { "> " } else { "" };
        let mut is_first = true;
        for piece in pieces(line, most - lead.len()) {
            let piece = if is_first { piece.to_owned() } else { format!("{lead}{piece}") };
            match parts.last_mut().filter(|last| is_first && number > 0 && width(last) + 1 + width(&piece) <= most) {
                Some(last) => {
                    last.push('\n');
                    last.push_str(&piece);
                }
                None => parts.push(piece),
            }
            is_first = false;
        }
    }
    parts
}

fn pieces(line: &str, most: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut used, mut is_escaped) = (0, 0, false);
    for (at, c) in line.char_indices() {
        // Room for the sign of a backslash that comes last.
        if !is_escaped && used + c.len_utf16() + 1 > most {
            pieces.push(&line[start..at]);
            (start, used) = (at, 0);
        }
        used += c.len_utf16();
        is_escaped = c == '\\' && !is_escaped;
    }
    pieces.push(&line[start..]);
    pieces
}

/// Whether it is an address that can stand in a link: nothing in it ends the link early.
fn is_web(url: &str) -> bool {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '\\' | '"');
    (url.starts_with("https://") || url.starts_with("http://")) && url.chars().all(is_plain)
}
