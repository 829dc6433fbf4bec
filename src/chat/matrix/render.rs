//! Writes prose as Matrix shows it: every text escaped, nothing in it that pings, formats or leads anywhere.

use linkify::{LinkFinder, LinkKind};

use crate::domain::prose::{Block, Prose};

/// The prose as `org.matrix.custom.html`, in the few elements that every client shows.
pub fn html(prose: &Prose) -> String {
    prose.blocks.iter().map(block_html).collect()
}

/// Whether it is for everyone's attention. What has a title is a message of its own, which phones announce; what has
/// none is said on the side, as a notice, which they show without a sound
/// (<https://spec.matrix.org/v1.18/client-server-api/#mnotice>).
pub fn calls_for_attention(prose: &Prose) -> bool {
    prose.blocks.iter().any(|block| match block {
        Block::Title(_) => true,
        Block::Text(_) | Block::Quote(_) | Block::Items(_) | Block::Link { .. } => false,
    })
}

fn block_html(block: &Block) -> String {
    match block {
        Block::Title(text) => format!("<p><strong>{}</strong></p>", inert(text)),
        Block::Text(text) => format!("<p>{}</p>", inert(text)),
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
    finder
        .spans(text)
        .map(|span| match span.kind() {
            Some(_) => format!("<code>{}</code>", escaped(span.as_str())),
            None => escaped(span.as_str()),
        })
        .collect()
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
