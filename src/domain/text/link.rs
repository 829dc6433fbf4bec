//! Finds the links of a text as Mastodon does, with twitter-text's grammar: those that say `http://` or `https://`.

use std::ops::Range;

use crate::domain::text::punycode;

/// Links longer than this are text (twitter-text's `MAX_URL_LENGTH`), in characters.
const LONGEST_LINK: usize = 4096;

/// The links of a text, as ranges of bytes, in order.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut links = Vec::new();
    let mut before = None;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let mut end = at + c.len_utf8();
        if let Some(link) = with_scheme(text, at).filter(|_| may_precede(before)) {
            end = link;
            push(&mut links, text, at..link);
        } else if is_of_host(c) {
            end = at + host_length(&text[at..]);
            end -= scheme_length(&text[at..end], &text[end..]);
        }
        before = text[..end].chars().next_back();
        at = end;
    }
    links
}

/// How many bytes at the end of a run of host signs begin a link of their own (`👍https` before `://`).
fn scheme_length(run: &str, after: &str) -> usize {
    let word = run.rsplit(|c: char| !c.is_ascii()).next().unwrap_or(run);
    let is_scheme = word.eq_ignore_ascii_case("https") || word.eq_ignore_ascii_case("http");
    if is_scheme && word.len() < run.len() && after.starts_with("://") { word.len() } else { 0 }
}

fn push(links: &mut Vec<Range<usize>>, text: &str, link: Range<usize>) {
    if text[link.clone()].chars().count() <= LONGEST_LINK {
        links.push(link);
    }
}

/// `validUrlPrecedingChars`.
fn may_precede(before: Option<char>) -> bool {
    !before.is_some_and(|c| {
        c.is_ascii_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃' | '\u{FEFF}' | '\u{FFFE}')
    })
}

/// Where the link ends that starts here with `http://` or `https://`.
fn with_scheme(text: &str, at: usize) -> Option<usize> {
    let starts = |scheme: &str| text.get(at..at + scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let scheme = ["https://", "http://"].into_iter().find(|scheme| starts(scheme))?;
    let host = at + scheme.len();
    let run = host..host + host_length(&text[host..]);
    let end = domain_end(text, run)?;
    Some(tail_end(text, end))
}

/// Where the longest domain ends that starts at the start of a run of host signs: labels, then a top-level domain
/// that exists. The label before that holds no underscore.
fn domain_end(text: &str, run: Range<usize>) -> Option<usize> {
    let mut end = None;
    let mut at = run.start;
    let mut before: Option<&str> = None;
    for label in text[run].split('.') {
        if before.is_some_and(|label| !label.contains('_'))
            && let Some(length) = top_level(label, &text[at..])
        {
            end = Some(at + length);
        }
        if label.starts_with(['-', '_'])
            || label.ends_with(['-', '_'])
            || punycode::ascii(label).is_none_or(|l| l.is_empty())
        {
            break;
        }
        at += label.len() + 1;
        before = Some(label);
    }
    end
}

/// How many bytes of a label are a top-level domain that a link may end with; `text` starts with the label.
fn top_level(label: &str, text: &str) -> Option<usize> {
    let latin = label.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(label.len());
    [label.len(), latin].into_iter().find(|length| {
        let goes_on = text[*length..].starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-'));
        !goes_on && punycode::ascii(&label[..*length]).is_some_and(|name| tld::exist(&name))
    })
}

/// Where port, path and query end that follow a domain.
fn tail_end(text: &str, domain_end: usize) -> usize {
    let mut end = domain_end;
    if let Some(port) = text[end..].strip_prefix(':') {
        let digits = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
        end += if digits > 0 { 1 + digits } else { 0 };
    }
    if text[end..].starts_with('/') {
        end += path_length(&text[end..]);
    }
    if let Some(query) = text[end..].strip_prefix('?') {
        let length = query.find(|c| !is_of_query(c)).unwrap_or(query.len());
        let ends_query = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '&' | '=' | '#' | '/');
        end += query[..length].rfind(ends_query).map_or(0, |last| last + 2);
    }
    end
}

/// How far a path goes: it ends with a letter, a digit or a few signs, and holds parentheses only in pairs, one pair
/// inside another at most, so that a full stop or a bracket of the sentence stays outside.
fn path_length(path: &str) -> usize {
    let mut length = 1;
    let mut open = 0;
    for (at, c) in path.char_indices().skip(1) {
        match c {
            '(' if open < 2 => open += 1,
            ')' if open > 0 => open -= 1,
            c if is_of_path(c) => {}
            _ => break,
        }
        if open == 0 && (c == ')' || ends_path(c)) {
            length = at + c.len_utf8();
        }
    }
    length
}

fn host_length(text: &str) -> usize {
    text.find(|c| !is_of_host(c)).unwrap_or(text.len())
}

fn is_of_host(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') } else { !is_break(c) }
}

/// Space, direction marks and signs that are no characters.
fn is_break(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{180E}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// `latinAccentChars`, without the few letters of African languages that it lists one by one.
fn is_accented(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{24F}' | '\u{300}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}') && !matches!(c, '×' | '÷')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{4FF}')
}

fn is_of_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!*';:=+,.$/%#[]-\u{2013}_~@|&".contains(c) || is_accented(c) || is_cyrillic(c)
}

fn ends_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '=' | '_' | '#' | '/') || is_accented(c) || is_cyrillic(c)
}

fn is_of_query(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!?*'@();:&=+$/%#[]-_.,~|".contains(c)
}
