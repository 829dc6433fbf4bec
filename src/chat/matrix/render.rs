//! Writes prose as Matrix shows it: every text escaped, nothing in it that pings, formats or leads anywhere.

use linkify::{LinkFinder, LinkKind};

use crate::domain::prose::{Block, Prose};

/// The schemes of which clients make links although no `//` follows; Element's list.
const SCHEMES: [&str; 14] = [
    "bitcoin",
    "geo",
    "im",
    "magnet",
    "mailto",
    "matrix",
    "news",
    "openpgp4fpr",
    "sip",
    "sms",
    "smsto",
    "tel",
    "urn",
    "xmpp",
];

/// The prose as `org.matrix.custom.html`, in the few elements that every client shows.
pub fn html(prose: &Prose) -> String {
    prose.blocks.iter().map(block_html).collect()
}

/// Whether it is for everyone's attention. What has a title is a message of its own, which phones announce; what has
/// none is said on the side, as a notice, which they show without a sound
/// (<https://spec.matrix.org/v1.18/client-server-api/#mnotice>).
pub fn calls_for_attention(prose: &Prose) -> bool {
    prose.blocks.iter().any(|block| match block {
        Block::Title(_) | Block::Call { .. } => true,
        Block::Text(_) | Block::Quote(_) | Block::Items(_) | Block::Link { .. } => false,
    })
}

fn block_html(block: &Block) -> String {
    match block {
        Block::Title(text) => format!("<p><strong>{}</strong></p>", inert(text)),
        Block::Text(text) | Block::Call { text, people: _ } => format!("<p>{}</p>", inert(text)),
        Block::Quote(text) => format!("<blockquote><p>{}</p></blockquote>", inert(text)),
        Block::Items(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>", inert(item))).collect();
            format!("<ul>{items}</ul>")
        }
        Block::Link { label, url } if is_web(url) => {
            format!("<p><a href=\"{}\">{}</a></p>", escaped(url), escaped(label))
        }
        Block::Link { label, url } => format!("<p>{} : {}</p>", inert(label), inert(url)),
    }
}

/// Escaped, with line breaks, and with every address in `<code>`: clients turn bare addresses into links, but not there.
fn inert(text: &str) -> String {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url, LinkKind::Email]).url_must_have_scheme(false);
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let (bare, space) = word.split_at(word.trim_end().len());
            let shown = if is_matrix_address(bare) { code(bare) } else { spans(&finder, bare) };
            format!("{shown}{}", escaped(space))
        })
        .collect()
}

fn spans(finder: &LinkFinder, word: &str) -> String {
    let span = |span: linkify::Span<'_>| match span.kind() {
        Some(_) => code(span.as_str()),
        None => escaped(span.as_str()),
    };
    finder.spans(word).map(span).collect()
}

/// Whether a client may make a link of a word that no browser would: the name of a person, a room or a server
/// (`@durand:example.org`, `#salon:example.org`, <https://spec.matrix.org/v1.18/appendices/#common-identifier-format>), or
/// an address without `//` (`matrix:r/salon:example.org`, `tel:17`, `magnet:?xt=…`).
fn is_matrix_address(word: &str) -> bool {
    let Some((before, after)) = word.split_once(':') else { return false };
    let is_identifier = before.contains(['@', '#', '!', '+', '$']);
    let scheme = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is_linked = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    (is_identifier || is_linked) && !after.is_empty()
}

fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push_str("<br>"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
