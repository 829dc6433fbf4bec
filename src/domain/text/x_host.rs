//! Finds where the names of hosts end in a text, with twitter-text's grammar, in time linear in the text.
//!
//! The grammar is `validDomain`, `validAsciiDomain` and their parts in <https://github.com/twitter/twitter-text>. Like the
//! original it looks at UTF-16 units, because what it finds depends on that.

use std::ops::Range;

use crate::domain::text::punycode;

/// The longest top-level domain that is not ASCII, in units.
const LONGEST_FOREIGN: usize = 24;

/// What is known of the hosts of one text.
pub struct Hosts<'u> {
    units: &'u [u16],
    /// Where the host that begins at each unit ends, if one begins there.
    ends: Vec<Option<usize>>,
}

impl<'u> Hosts<'u> {
    /// Looks through a text once, from its end.
    pub fn of(units: &'u [u16]) -> Self {
        let mut ends = vec![None; units.len() + 1];
        // Of the label that is looked through: where its full stop is, where a top-level domain after that ends, whether
        // it holds an underscore.
        let mut label: Option<(usize, Option<usize>)> = None;
        let mut has_underscore = false;
        for at in (0..units.len()).rev() {
            let unit = units[at];
            if unit == u16::from(b'.') {
                label = Some((at, top_level(units, at + 1..units.len())));
                has_underscore = false;
            } else if !is_of_label(unit) {
                label = None;
            }
            has_underscore |= unit == u16::from(b'_');
            let Some((stop, top)) =
                label.filter(|(stop, _)| at < *stop && is_of_host(unit) && is_of_host(units[stop - 1]))
            else {
                continue;
            };
            ends[at] = ends[stop + 1].or(top.filter(|_| !has_underscore));
        }
        Self { units, ends }
    }

    /// Where the host ends that begins at a unit.
    pub fn end(&self, at: usize) -> Option<usize> {
        self.ends.get(at).copied().flatten()
    }

    /// Whether every label of a host can be spelled in ASCII as the domain name system wants it.
    pub fn is_sound(&self, host: &Range<usize>) -> bool {
        let name = String::from_utf16_lossy(&self.units[host.clone()]);
        let is_encoded = name.starts_with("xn--");
        name.split('.').all(|label| punycode::ascii(label).is_some_and(|label| !label.is_empty()))
            && !(is_encoded && self.latin(host).is_empty())
    }

    /// The parts of a host that are hosts in Latin letters: without a scheme, only these are links.
    pub fn latin(&self, host: &Range<usize>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = host.start;
        while at < host.end {
            if !is_latin(self.units[at]) {
                at += 1;
                continue;
            }
            let (mut end, mut label) = (None, at);
            // Label by label, each with its full stop; what comes after one may be a top-level domain.
            loop {
                let rest = &self.units[label..host.end];
                let length = rest.iter().position(|unit| !is_latin(*unit)).unwrap_or(rest.len());
                if length == 0 || rest.get(length) != Some(&u16::from(b'.')) {
                    label += length;
                    break;
                }
                label += length + 1;
                end = top_level(self.units, label..host.end).or(end);
            }
            if let Some(end) = end {
                found.push(at..end);
            }
            at = end.unwrap_or(label).max(at + 1);
        }
        found
    }
}

/// Where the top-level domain ends that begins a range, by the names that exist. Letters, digits and some signs may not
/// follow it.
fn top_level(units: &[u16], within: Range<usize>) -> Option<usize> {
    let rest = &units[within.clone()];
    let may_end = |length: usize| {
        !rest
            .get(length)
            .is_some_and(|unit| is_ascii_alphanumeric(*unit) || b"@+-".iter().any(|sign| u16::from(*sign) == *unit))
    };
    let exists = |length: usize| {
        let name = String::from_utf16_lossy(&rest[..length]);
        punycode::ascii(&name).is_some_and(|name| tld::exist(&name))
    };
    let length = if rest.first().is_some_and(|unit| *unit < 128) {
        let letters = rest.iter().position(|unit| !is_ascii_letter(*unit)).unwrap_or(rest.len());
        Some(letters)
            .filter(|length| *length > 0 && *length < 64 && may_end(*length) && exists(*length))
            .or_else(|| encoded(rest))
    } else {
        let host = rest.iter().position(|unit| !is_of_host(*unit)).unwrap_or(rest.len());
        (1..=host.min(LONGEST_FOREIGN)).rev().find(|length| may_end(*length) && exists(*length))
    };
    length.map(|length| within.start + length)
}

/// `validPunycode`: how long the `xn--…` is that a text begins with; whether it exists is not asked.
fn encoded(rest: &[u16]) -> Option<usize> {
    let begins = rest.len() >= 4 && String::from_utf16_lossy(&rest[..4]).eq_ignore_ascii_case("xn--");
    let is_of_it = |unit: &u16| is_ascii_alphanumeric(*unit) || *unit == u16::from(b'-');
    let length = rest.iter().position(|unit| !is_of_it(unit)).unwrap_or(rest.len());
    (begins && length > 4).then_some(length)
}

fn is_of_label(unit: u16) -> bool {
    is_of_host(unit) || unit == u16::from(b'-') || unit == u16::from(b'_')
}

/// `validDomainChars`: all but punctuation, space, direction marks and signs that are no characters.
fn is_of_host(unit: u16) -> bool {
    match u8::try_from(unit).ok().filter(u8::is_ascii) {
        Some(byte) => !b"!'#%&()*+,\\-./:;<=>?@[]^_{|}~$ \t\n\x0B\x0C\r".contains(&byte),
        None => !matches!(unit,
            0x85 | 0xA0 | 0x61C | 0x1680 | 0x180E | 0x2000..=0x200A | 0x200E | 0x200F | 0x2028..=0x202F | 0x205F
            | 0x2066..=0x2069 | 0x3000 | 0xFEFF | 0xFFFE | 0xFFFF),
    }
}

fn is_latin(unit: u16) -> bool {
    is_ascii_alphanumeric(unit) || unit == u16::from(b'-') || is_accented(unit)
}

/// `latinAccentChars`.
pub fn is_accented(unit: u16) -> bool {
    matches!(unit,
        0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0x24F | 0x253 | 0x254 | 0x256 | 0x257 | 0x259 | 0x25B | 0x263 | 0x268 | 0x26F
        | 0x272 | 0x289 | 0x28B | 0x2BB | 0x300..=0x36F | 0x1E00..=0x1EFF)
}

/// An ASCII letter or digit.
pub fn is_ascii_alphanumeric(unit: u16) -> bool {
    u8::try_from(unit).is_ok_and(|byte| byte.is_ascii_alphanumeric())
}

fn is_ascii_letter(unit: u16) -> bool {
    u8::try_from(unit).is_ok_and(|byte| byte.is_ascii_alphabetic())
}
