//! Brings a text as X shows it and a text as it was sent into one form, so that they can be compared.

use reqwest::Url;
use unicode_normalization::UnicodeNormalization;

use crate::domain::directorate::NetworkKind;
use crate::domain::text::links;
use crate::network::x::wire::{Link, Shown};

/// How a post of the timeline compares with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The same text.
    Same,
    /// The same but for links that X shows only as its own short ones.
    Unclear,
    /// Another text.
    Other,
}

/// What stands in place of a link of which only the short form is known.
const UNKNOWN_LINK: &str = "\u{FFFC}";

/// Holds a post against a text that was sent with pictures or without.
pub fn compare(shown: &Shown, text: &str, has_pictures: bool) -> Likeness {
    let (body, entities) = match &shown.note_tweet {
        Some(note) => (&note.text, &note.entities.urls),
        None => (&shown.text, &shown.entities.urls),
    };
    let ours = parts(text);
    let mut theirs = parts(&unwrapped(&unescaped(body), entities));
    if has_pictures && theirs != ours {
        theirs = without_last_short_link(theirs);
    }
    if theirs == ours {
        return Likeness::Same;
    }
    let without_links = |parts: &[Part]| -> Vec<Part> {
        parts.iter().map(|part| if part.is_link { Part::unknown_link() } else { part.clone() }).collect()
    };
    let has_short_link = theirs.iter().any(Part::is_short_link);
    if has_short_link && without_links(&theirs) == without_links(&ours) { Likeness::Unclear } else { Likeness::Other }
}

/// The parts without a short link at their end that nothing explains: the pictures'.
fn without_last_short_link(mut parts: Vec<Part>) -> Vec<Part> {
    if let [.., before, link, after] = parts.as_mut_slice()
        && link.is_short_link()
        && after.words.is_empty()
    {
        before.words.truncate(before.words.trim_end().len());
        parts.truncate(parts.len() - 2);
    }
    parts
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    is_link: bool,
    words: String,
}

impl Part {
    fn unknown_link() -> Self {
        Self { is_link: true, words: UNKNOWN_LINK.to_owned() }
    }

    fn is_short_link(&self) -> bool {
        self.is_link && self.words.starts_with("t.co/")
    }
}

/// A text in NFC as links and what is between them; links in the form in which a browser would spell them.
fn parts(text: &str) -> Vec<Part> {
    let text: String = text.nfc().collect();
    let text = text.trim();
    let mut parts = Vec::new();
    let mut from = 0;
    for link in links(text, NetworkKind::X) {
        parts.push(Part { is_link: false, words: text[from..link.start].to_owned() });
        parts.push(Part { is_link: true, words: spelled(&text[link.clone()]) });
        from = link.end;
    }
    parts.push(Part { is_link: false, words: text[from..].to_owned() });
    parts
}

/// A link without its scheme, which X adds, with its host and path as a browser spells them.
fn spelled(link: &str) -> String {
    let full = if link.contains("://") { link.to_owned() } else { format!("http://{link}") };
    let spelled = Url::parse(&full).map_or(full, String::from);
    let spelled = spelled.split_once("://").map_or(spelled.as_str(), |(_, rest)| rest);
    spelled.trim_end_matches('/').to_owned()
}

/// The text without HTML's entities: X escapes these three (<https://docs.x.com/x-api/fundamentals/data-dictionary>).
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The text with what was typed in place of `https://t.co/…`, and without the links that stand for pictures.
fn unwrapped(text: &str, entities: &[Link]) -> String {
    let mut text = text.to_owned();
    let mut links: Vec<&Link> = entities.iter().filter(|link| !link.url.is_empty()).collect();
    // Longest first: one may be the beginning of another.
    links.sort_by_key(|link| std::cmp::Reverse(link.url.len()));
    for link in links {
        match &link.expanded_url {
            _ if is_picture(link) => text = text.replace(&link.url, ""),
            Some(expanded) => text = text.replace(&link.url, expanded),
            None => {}
        }
    }
    text
}

fn is_picture(link: &Link) -> bool {
    let is_page = |url: &String| url.contains("/status/") && (url.contains("/photo/") || url.contains("/video/"));
    link.media_key.is_some()
        || link.display_url.as_ref().is_some_and(|shown| shown.starts_with("pic."))
        || link.expanded_url.as_ref().is_some_and(is_page)
}
