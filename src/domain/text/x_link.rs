//! Finds the links of a text as X does, also those without a scheme: twitter-text's `extractUrlsWithIndices`
//! (<https://github.com/twitter/twitter-text>), in time linear in the text.

use std::ops::Range;

use crate::domain::text::x_host::{Hosts, is_accented, is_ascii_alphanumeric};

/// Links longer than this are text (`MAX_URL_LENGTH`), in UTF-16 units.
const LONGEST_LINK: usize = 4096;

/// The longest path of X's own short links (`MAX_TCO_SLUG_LENGTH`).
const LONGEST_SLUG: usize = 40;

/// A link as the grammar sees it, before it is judged; places are UTF-16 units.
struct Candidate {
    start: usize,
    has_scheme: bool,
    host: Range<usize>,
    has_path: bool,
    end: usize,
}

/// The links of a text, as ranges of bytes, in order.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let hosts = Hosts::of(&units);
    let mut links = Vec::new();
    let mut at = 0;
    while at < units.len() {
        // A sign before the link belongs to the pattern; only at the very beginning there may be none.
        let after_sign = may_precede(units[at]).then(|| candidate(&units, &hosts, at + 1)).flatten();
        let candidate = after_sign.or_else(|| (at == 0).then(|| candidate(&units, &hosts, 0)).flatten());
        match candidate {
            Some(candidate) => {
                judge(&units, &hosts, &candidate, &mut links);
                at = candidate.end;
            }
            None => at += 1,
        }
    }
    in_bytes(text, &links)
}

/// The link that begins at a unit, if one does.
fn candidate(units: &[u16], hosts: &Hosts<'_>, start: usize) -> Option<Candidate> {
    let scheme = ["https://", "http://"].iter().find(|scheme| begins(&units[start..], scheme));
    let host = start + scheme.map_or(0, |scheme| scheme.len());
    let host = host..hosts.end(host)?;
    let mut end = host.end;
    if is(units, end, b':') {
        let digits = units[end + 1..].iter().take_while(|unit| (0x30..=0x39).contains(*unit)).count();
        end += if digits > 0 { digits + 1 } else { 0 };
    }
    let has_path = is(units, end, b'/');
    if has_path {
        end = path_end(units, end + 1);
    }
    end = query_end(units, end);
    Some(Candidate { start, has_scheme: scheme.is_some(), host, has_path, end })
}

/// Adds what of a candidate is a link.
fn judge(units: &[u16], hosts: &Hosts<'_>, candidate: &Candidate, links: &mut Vec<Range<usize>>) {
    let Candidate { start, has_scheme, host, has_path, end } = candidate;
    let scheme = if *has_scheme { 0 } else { "https://".len() };
    if end - start + scheme > LONGEST_LINK || !hosts.is_sound(host) {
        return;
    }
    if *has_scheme {
        links.extend(short_link(units, *start, *end).map(|end| *start..end));
        return;
    }
    let follows_sign = start.checked_sub(1).is_some_and(|before| b"-_./".iter().any(|sign| is(units, before, *sign)));
    if follows_sign {
        return;
    }
    let mut found = hosts.latin(host);
    if let Some(last) = found.last_mut().filter(|_| *has_path) {
        last.end = *end;
    }
    links.append(&mut found);
}

/// Where a link with a scheme ends: X's own short links take nothing but their letters and a query, and are none if these
/// are too many.
fn short_link(units: &[u16], start: usize, end: usize) -> Option<usize> {
    let rest = &units[start..end];
    let Some(own) = ["https://t.co/", "http://t.co/"].iter().find(|own| begins(rest, own)) else { return Some(end) };
    let slug = rest[own.len()..].iter().take_while(|unit| is_ascii_alphanumeric(**unit)).count();
    match slug {
        0 => Some(end),
        1..=LONGEST_SLUG => Some(query_end(units, start + own.len() + slug).min(end)),
        _ => None,
    }
}

/// Where a path ends that begins before this unit: after a letter, a digit, a few signs or a pair of parentheses, so that
/// a full stop or a bracket of the sentence stays outside.
fn path_end(units: &[u16], begin: usize) -> usize {
    let (mut at, mut end) = (begin, begin);
    while let Some(unit) = units.get(at) {
        if let Some(after) = parentheses(units, at) {
            (at, end) = (after, after);
        } else if is_of_path(*unit) {
            at += 1;
            if ends_path(*unit) {
                end = at;
            }
        } else {
            break;
        }
    }
    end
}

/// `validUrlBalancedParens`: where a pair of parentheses ends that begins here, one pair inside it at most.
fn parentheses(units: &[u16], open: usize) -> Option<usize> {
    let run = |from: usize| from + units[from.min(units.len())..].iter().take_while(|unit| is_of_path(**unit)).count();
    if !is(units, open, b'(') {
        return None;
    }
    let mut at = run(open + 1);
    if is(units, at, b')') {
        return (at > open + 1).then_some(at + 1);
    }
    let inner = at + 1;
    if !is(units, at, b'(') {
        return None;
    }
    at = run(inner);
    if at == inner || !is(units, at, b')') {
        return None;
    }
    at = run(at + 1);
    is(units, at, b')').then_some(at + 1)
}

/// Where a query ends that may begin at this unit.
fn query_end(units: &[u16], at: usize) -> usize {
    if !is(units, at, b'?') {
        return at;
    }
    let query = &units[at + 1..];
    let length = query.iter().take_while(|unit| is_of_query(**unit)).count();
    query[..length].iter().rposition(|unit| ends_query(*unit)).map_or(at, |last| at + 1 + last + 1)
}

/// `validUrlPrecedingChars`.
fn may_precede(unit: u16) -> bool {
    !(is_ascii_alphanumeric(unit) || one_of(unit, b"@$#") || matches!(unit, 0xFF20 | 0xFF03 | 0xFFFE | 0xFEFF | 0xFFFF))
}

/// `validGeneralUrlPathChars`.
fn is_of_path(unit: u16) -> bool {
    is_letter_or_digit(unit) || one_of(unit, b"!*';:=+,.$/%#[]-_~@|&") || unit == 0x2013
}

fn ends_path(unit: u16) -> bool {
    is_letter_or_digit(unit) || one_of(unit, b"+-=_#/")
}

fn is_letter_or_digit(unit: u16) -> bool {
    is_ascii_alphanumeric(unit) || is_accented(unit) || matches!(unit, 0x400..=0x4FF)
}

fn is_of_query(unit: u16) -> bool {
    is_ascii_alphanumeric(unit) || one_of(unit, b"!?*'@();:&=+$/%#[]-_.,~|")
}

fn ends_query(unit: u16) -> bool {
    is_ascii_alphanumeric(unit) || one_of(unit, b"-_&=#/")
}

fn one_of(unit: u16, signs: &[u8]) -> bool {
    u8::try_from(unit).is_ok_and(|byte| signs.contains(&byte))
}

fn is(units: &[u16], at: usize, sign: u8) -> bool {
    units.get(at) == Some(&u16::from(sign))
}

/// Whether units begin with an ASCII text, whatever the case.
fn begins(units: &[u16], text: &str) -> bool {
    let is_same = |(unit, byte): (&u16, u8)| u8::try_from(*unit).is_ok_and(|unit| unit.eq_ignore_ascii_case(&byte));
    units.len() >= text.len() && units.iter().zip(text.bytes()).all(is_same)
}

/// Ranges of UTF-16 units as ranges of bytes.
fn in_bytes(text: &str, links: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut places = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        places.extend(std::iter::repeat_n(at, c.len_utf16()));
    }
    places.push(text.len());
    links.iter().map(|link| places[link.start]..places[link.end]).collect()
}
