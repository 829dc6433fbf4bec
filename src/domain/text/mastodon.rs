//! Counts as Mastodon does: a link counts 23 however long, `@name@server` counts as `@name`, and the rest by what a
//! reader sees as one sign.
//!
//! The rule is `StatusLengthValidator` and `Account::MENTION_RE` of <https://github.com/mastodon/mastodon>.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::link;

/// The length of a text. Without `url_characters`, a link counts as it is.
pub fn count(text: &str, url_characters: Option<u32>) -> usize {
    let Some(url_characters) = url_characters else { return outside_links(text, None) };
    let each = usize::try_from(url_characters).unwrap_or(usize::MAX);
    let mut counted = 0;
    let mut from = 0;
    for link in link::find(text) {
        counted += outside_links(&text[from..link.start], text[..from].chars().next_back()) + each;
        from = link.end;
    }
    counted + outside_links(&text[from..], text[..from].chars().next_back())
}

/// The length of text that holds no link; `before` is the sign that it follows.
fn outside_links(text: &str, before: Option<char>) -> usize {
    let mut counted = 0;
    let mut from = 0;
    let mut at = 0;
    let mut before = before;
    while let Some(c) = text[at..].chars().next() {
        let follows_word = before.is_some_and(|c| is_word(c) || matches!(c, '=' | '/'));
        let server = if c == '@' && !follows_word { server_of_mention(&text[at..]) } else { None };
        if let Some((start, end)) = server {
            counted += text[from..at + start].graphemes(true).count();
            from = at + end;
            at = from;
        } else {
            at += c.len_utf8();
        }
        before = text[..at].chars().next_back();
    }
    counted + text[from..].graphemes(true).count()
}

/// Where the `@server` of a mention stands in a text that begins with `@`, if there is one.
fn server_of_mention(text: &str) -> Option<(usize, usize)> {
    let start = 1 + joined(&text[1..], |c| c.is_ascii_alphanumeric() || c == '_')?;
    let server = text[start..].strip_prefix('@')?;
    let length = joined(server, is_word)?;
    Some((start, start + 1 + length))
}

/// The length of the words at the start of a text, joined by dots and hyphens (`a.b-c`); none if it starts otherwise.
fn joined(text: &str, is_word: impl Fn(char) -> bool + Copy) -> Option<usize> {
    let end = text.find(|c| !is_word(c) && !matches!(c, '.' | '-')).unwrap_or(text.len());
    let words = text[..end].trim_end_matches(['.', '-']);
    words.starts_with(is_word).then_some(words.len())
}

/// Ruby's `[[:word:]]`: letters, marks, digits, the underscore.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || is_combining_mark(c)
}
