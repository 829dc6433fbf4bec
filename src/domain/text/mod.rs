//! How long a text is by each network's own rules.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::directorate::NetworkKind;

mod link;
mod mastodon;
mod punycode;
mod x;
mod x_host;
mod x_link;

/// How long a text may be on one account, and what may go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Whose way of counting.
    pub network: NetworkKind,
    /// The most of the network's own characters.
    pub characters: u32,
    /// What a URL counts, however long; `None` where it counts as it is.
    pub url_characters: Option<u32>,
    /// The most bytes of UTF-8, where there is such a limit.
    pub bytes: Option<u32>,
    /// What pictures a post may have.
    pub pictures: PictureLimits,
}

/// What pictures a post may have on one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureLimits {
    /// The most of them.
    pub count: u32,
    /// The most bytes of each.
    pub bytes: u32,
    /// The most width times height of each, where there is such a limit.
    pub pixels: Option<u32>,
    /// The longest alt text of each, in characters.
    pub alt_characters: u32,
}

/// The length of a text, with what it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Length {
    /// In the network's own characters.
    pub used: u32,
    /// The most of them.
    pub limit: u32,
    /// How many too many, in characters, or in bytes where only these are over.
    pub over: u32,
}

impl Limits {
    /// The documented limits of a network, for when a server can't be asked.
    pub fn default_of(network: NetworkKind) -> Self {
        let (characters, url_characters, bytes) = match network {
            NetworkKind::X => (280, Some(23), None),
            NetworkKind::Mastodon => (500, Some(23), None),
            NetworkKind::Bluesky => (300, None, Some(3_000)),
            NetworkKind::File => (500, None, None),
        };
        let (bytes_of_picture, pixels, alt_characters) = match network {
            NetworkKind::X => (5_000_000, None, 1_000),
            NetworkKind::Mastodon => (16_777_216, Some(33_177_600), 1_500),
            // Servers from before April 2026 take no more.
            NetworkKind::Bluesky => (1_000_000, None, 2_000),
            NetworkKind::File => (5_000_000, None, 1_500),
        };
        let pictures = PictureLimits { count: 4, bytes: bytes_of_picture, pixels, alt_characters };
        Self { network, characters, url_characters, bytes, pictures }
    }
}

/// Whether a network sees a link in a text.
pub fn has_links(text: &str, network: NetworkKind) -> bool {
    !links(text, network).is_empty()
}

/// The links that a network sees in a text, as ranges of bytes, in order.
pub fn links(text: &str, network: NetworkKind) -> Vec<Range<usize>> {
    match network {
        NetworkKind::X => x_link::find(text),
        NetworkKind::Mastodon | NetworkKind::Bluesky | NetworkKind::File => link::find(text),
    }
}

/// Counts a text as its network does, in time linear in the text.
pub fn measure(text: &str, limits: &Limits) -> Length {
    let used = match limits.network {
        NetworkKind::X => x::count(text, limits.url_characters),
        NetworkKind::Mastodon => mastodon::count(text, limits.url_characters),
        NetworkKind::Bluesky | NetworkKind::File => text.graphemes(true).count(),
    };
    let used = u32::try_from(used).unwrap_or(u32::MAX);
    let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let bytes_over = limits.bytes.map_or(0, |most| bytes.saturating_sub(most));
    let characters_over = used.saturating_sub(limits.characters);
    let over = if characters_over > 0 { characters_over } else { bytes_over };
    Length { used, limit: limits.characters, over }
}
