//! Finds the links, hashtags and mentions of a text, as atproto's own client does, with their places in bytes.

use std::ops::Range;

use reqwest::Url;

/// The longest hashtag, in UTF-16 units as atproto's client counts, without `#`.
const LONGEST_TAG: usize = 64;

/// Top-level domains by which a bare domain (`interieur.gouv.fr`) is taken for a link. Deliberately few: what they
/// miss stays plain text, while a list of all would make a link of a forgotten space («vol.Merci»).
const LINKED_DOMAINS: [&str; 21] = [
    "fr", "com", "org", "net", "eu", "info", "be", "ch", "lu", "paris", "bzh", "alsace", "corsica", "re", "gp", "mq",
    "gf", "yt", "pm", "pf", "nc",
];

/// A part of a text that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// Which part, in bytes of UTF-8.
    pub bytes: Range<usize>,
    /// Where it leads.
    pub feature: Feature,
}

/// Where a facet leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feature {
    /// To a page.
    Link(String),
    /// To all posts with that tag, without `#`.
    Tag(String),
    /// To a person: the handle as found in a text, the DID once resolved.
    Mention(String),
}

impl Facet {
    /// The handle of a mention.
    pub fn handle(&self) -> Option<&str> {
        match &self.feature {
            Feature::Mention(handle) => Some(handle),
            Feature::Link(_) | Feature::Tag(_) => None,
        }
    }
}

/// The facets of a text, in order. All three begin where a word begins and none goes beyond it, so a word has at most
/// one and none lies inside another.
pub fn detect(text: &str) -> Vec<Facet> {
    let mut facets = Vec::new();
    let mut begin = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end_matches(char::is_whitespace);
        if let Some(mut facet) = facet_of(bare) {
            facet.bytes = facet.bytes.start + begin..facet.bytes.end + begin;
            facets.push(facet);
        }
        begin += word.len();
    }
    facets
}

/// The facet of a single word.
fn facet_of(word: &str) -> Option<Facet> {
    if let Some(sign) = word.chars().next().filter(|first| matches!(first, '#' | '＃')) {
        return tag(word, sign.len_utf8());
    }
    let inner = word.strip_prefix('(').unwrap_or(word);
    let offset = word.len() - inner.len();
    let (length, feature) = match inner.strip_prefix('@') {
        Some(rest) => mention(rest)?,
        None => link(inner)?,
    };
    Some(Facet { bytes: offset..offset + length, feature })
}

fn tag(word: &str, sign: usize) -> Option<Facet> {
    let rest = &word[sign..];
    let end = rest.find(is_invisible).unwrap_or(rest.len());
    let name = rest[..end].trim_end_matches(is_punctuation);
    let says_something = |c: char| !c.is_numeric() && !is_punctuation(c) && c != '\u{fe0f}';
    let fits = !name.starts_with('\u{fe0f}') && name.encode_utf16().count() <= LONGEST_TAG;
    (fits && name.contains(says_something))
        .then(|| Facet { bytes: 0..sign + name.len(), feature: Feature::Tag(name.to_owned()) })
}

/// A mention without its `@`: its length with it, and the handle.
fn mention(rest: &str) -> Option<(usize, Feature)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let handle = rest[..end].trim_end_matches(['.', '-']);
    is_handle(handle).then(|| (1 + handle.len(), Feature::Mention(handle.to_owned())))
}

/// Whether a text has the form of a handle (<https://atproto.com/specs/handle>).
fn is_handle(text: &str) -> bool {
    let is_label = |label: &str| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(is_label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn link(word: &str) -> Option<(usize, Feature)> {
    let lower = word.to_ascii_lowercase();
    if lower.starts_with("http://") || lower.starts_with("https://") {
        let typed = without_end(word);
        return Some((typed.len(), Feature::Link(address(typed.to_owned())?)));
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
    let domain = word[..end].trim_end_matches(['.', '-']);
    let goes_on = word[domain.len()..].starts_with(['/', '?', '#', ':']) && end == domain.len();
    let typed = if goes_on { without_end(word) } else { domain };
    let top = domain.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if !is_handle(domain) || !LINKED_DOMAINS.contains(&top.as_str()) || word[end..].starts_with('@') {
        return None;
    }
    Some((typed.len(), Feature::Link(address(format!("https://{typed}"))?)))
}

/// A web address as a link may carry it: as it was typed, but with everything beyond ASCII encoded.
fn address(typed: String) -> Option<String> {
    let url = Url::parse(&typed).ok().filter(Url::has_host)?;
    Some(if typed.is_ascii() { typed } else { url.to_string() })
}

/// An address without the punctuation of the sentence around it.
fn without_end(mut typed: &str) -> &str {
    loop {
        let shorter = typed.trim_end_matches(['.', ',', ';', ':', '!', '?', '…', '"', '\'', '»', '”', '’']);
        let shorter = match shorter.strip_suffix(')') {
            Some(inner) if !inner.contains('(') => inner,
            Some(_) | None => shorter,
        };
        if shorter == typed {
            return typed;
        }
        typed = shorter;
    }
}

/// Signs without width, at which a hashtag ends: the list is that of atproto's client.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{2060}' | '\u{200a}'..='\u{200d}' | '\u{20e2}')
}

/// Unicode's category P as far as it occurs in the scripts of Europe.
fn is_punctuation(c: char) -> bool {
    let is_symbol = matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~');
    (c.is_ascii_punctuation() && !is_symbol)
        || matches!(c, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿')
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{2043}' | '\u{2045}'..='\u{2051}')
        || matches!(c, '\u{2053}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}')
}
