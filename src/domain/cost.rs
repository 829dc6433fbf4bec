//! What a post costs on a network that charges for posts, in thousandths of a US dollar.

use serde::{Deserialize, Serialize};

/// What one post costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prices {
    /// Without a link in its text.
    pub post: Price,
    /// With one.
    pub post_with_link: Price,
}

/// An amount in thousandths of a US dollar, the currency that X bills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Price(pub u32);

/// What a text would cost, and what it would without its links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// As it stands.
    pub price: Price,
    /// Without its links, where it has any.
    pub without_links: Option<Price>,
}

impl Prices {
    /// X's public prices (<https://docs.x.com/x-api/getting-started/pricing>), for whoever's contract says nothing else.
    pub const X: Self = Self { post: Price(15), post_with_link: Price(200) };

    /// What a text costs.
    pub fn cost(&self, has_links: bool) -> Cost {
        if has_links {
            Cost { price: self.post_with_link, without_links: Some(self.post) }
        } else {
            Cost { price: self.post, without_links: None }
        }
    }
}
