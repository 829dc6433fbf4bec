//! Counts as X does: twitter-text's configuration v3, where most signs weigh 1, an emoji or an ideogram 2, a link 23.
//!
//! The rules and the conformance vectors that the tests hold this against are at
//! <https://github.com/twitter/twitter-text>.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::UnicodeEmoji;
use unicode_properties::emoji::{is_regional_indicator, is_tag_character};

use crate::domain::text::x_link;

/// What an emoji weighs, however many code points it is made of, and any sign outside [`weight`]'s ranges.
const HEAVY: usize = 2;

/// The regions that have a flag, two letters each.
const FLAGS: &str = "\
    ACADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCPCR\
    CUCVCWCXCYCZDEDGDJDKDMDODZEAECEEEGEHERESETEUFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHT\
    HUICIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQ\
    MRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSK\
    SLSMSNSOSRSSSTSVSXSYSZTATCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUNUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

/// The weighted length of a text. Without `url_characters`, a link counts as it is.
pub fn count(text: &str, url_characters: Option<u32>) -> usize {
    let text: String = text.nfc().collect();
    let links = if url_characters.is_some() { x_link::find(&text) } else { Vec::new() };
    let mut counted = 0;
    let mut from = 0;
    for link in links {
        counted += weigh(&text[from..link.start]);
        counted += url_characters.map_or(0, |characters| usize::try_from(characters).unwrap_or(usize::MAX));
        from = link.end;
    }
    counted + weigh(&text[from..])
}

/// The weight of text that holds no link.
fn weigh(text: &str) -> usize {
    let mut counted = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let emoji = emoji_length(rest);
        if emoji > 0 {
            counted += HEAVY;
            rest = &rest[emoji..];
        } else {
            counted += weight(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    counted
}

/// The weight of one code point (`weightedRanges` of twitter-text's `config/v3.json`).
fn weight(c: char) -> usize {
    match u32::from(c) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => HEAVY,
    }
}

/// How many bytes of emoji a text begins with: a flag, a keycap, or a picture with its skin tone, its tags and the
/// pictures that are joined to it. 0 if it begins with something else, or with a sign that is no emoji by itself (©).
fn emoji_length(text: &str) -> usize {
    let mut signs = text.chars().peekable();
    let Some(first) = signs.next() else { return 0 };
    let mut length = first.len_utf8();
    if is_regional_indicator(first) {
        return signs.next().filter(|second| is_flag(first, *second)).map_or(0, |second| length + second.len_utf8());
    }
    if matches!(first, '0'..='9' | '#' | '*') {
        length += signs.next_if_eq(&'\u{FE0F}').map_or(0, char::len_utf8);
        return signs.next().filter(|c| *c == '\u{20E3}').map_or(0, |keycap| length + keycap.len_utf8());
    }
    if !is_picture(first) {
        return 0;
    }
    loop {
        let mut styled = false;
        while let Some(c) =
            signs.next_if(|c| matches!(c, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}') || is_tag_character(*c))
        {
            styled = true;
            length += c.len_utf8();
        }
        if !styled && matches!(first, '©' | '®') {
            return 0;
        }
        let mut after = signs.clone();
        match (after.next(), after.next()) {
            (Some(joiner @ '\u{200D}'), Some(next)) if is_picture(next) => {
                length += joiner.len_utf8() + next.len_utf8();
                signs = after;
            }
            _ => return length,
        }
    }
}

/// Whether two signs are the flag of a region.
fn is_flag(first: char, second: char) -> bool {
    let letter = |c: char| char::from_u32(u32::from(c).checked_sub(0x1F1E6)? + u32::from('A'));
    let (Some(first), Some(second)) = (letter(first), letter(second)) else { return false };
    FLAGS.as_bytes().chunks(2).any(|region| region.iter().copied().map(char::from).eq([first, second]))
}

/// Whether a sign can be shown as an emoji of its own.
fn is_picture(c: char) -> bool {
    !c.is_ascii() && c.is_emoji_char() && !is_regional_indicator(c)
}
