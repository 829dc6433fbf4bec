//! The parts of Mastodon's JSON that matter here, each as <https://docs.joinmastodon.org/entities/> has it.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::fault::Receipt;

/// A post as the server shows it.
#[derive(Deserialize)]
pub struct Status {
    /// Grows with time; a string, although it is made of digits.
    pub id: String,
    /// By the server's clock.
    pub created_at: Timestamp,
    /// When its author last changed it.
    #[serde(default)]
    pub edited_at: Option<Timestamp>,
    /// Its page.
    #[serde(default)]
    pub url: Option<String>,
    /// Names it on every server.
    #[serde(default)]
    pub uri: Option<String>,
    /// Its pictures, in order.
    #[serde(default)]
    pub media_attachments: Vec<Attachment>,
    /// The post it answers.
    #[serde(default)]
    pub in_reply_to_id: Option<String>,
    /// The post it boosts.
    #[serde(default)]
    pub reblog: Option<serde::de::IgnoredAny>,
}

/// A picture of a status, or something else that goes with it.
#[derive(Deserialize)]
pub struct Attachment {
    /// The alt text.
    #[serde(default)]
    pub description: Option<String>,
    /// Where it is.
    #[serde(default)]
    pub url: Option<String>,
    /// Where a smaller one is.
    #[serde(default)]
    pub preview_url: Option<String>,
}

/// The text of a status as its author typed it.
#[derive(Deserialize)]
pub struct StatusSource {
    /// Without the HTML.
    pub text: String,
}

/// The account that a token belongs to.
#[derive(Clone, Deserialize)]
pub struct Owner {
    /// The server's own id.
    pub id: String,
    /// Without the server (`police44`).
    pub username: String,
}

/// What a server says of itself.
#[derive(Deserialize)]
pub struct Instance {
    /// The name that its accounts carry, which may differ from the host of its API.
    pub domain: String,
    /// Its limits.
    pub configuration: Configuration,
}

/// The limits of a server.
#[derive(Deserialize)]
pub struct Configuration {
    /// Of posts.
    pub statuses: StatusLimits,
    /// Of pictures and the like.
    #[serde(default)]
    pub media_attachments: MediaLimits,
}

/// The limits of a post.
#[derive(Deserialize)]
pub struct StatusLimits {
    /// In Mastodon's characters.
    pub max_characters: u32,
    /// What each URL counts.
    pub characters_reserved_per_url: u32,
    /// Of pictures.
    #[serde(default)]
    pub max_media_attachments: Option<u32>,
}

/// The limits of a picture, each as far as the server tells it.
#[derive(Default, Deserialize)]
pub struct MediaLimits {
    /// In bytes.
    #[serde(default)]
    pub image_size_limit: Option<u32>,
    /// Width times height.
    #[serde(default)]
    pub image_matrix_limit: Option<u32>,
    /// Characters of an alt text; told since Mastodon 4.4.
    #[serde(default)]
    pub description_limit: Option<u32>,
}

/// The application that a token was made for.
#[derive(Deserialize)]
pub struct Application {
    /// What it may ever do; told since Mastodon 4.3.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
}

impl Status {
    /// The proof that it is out.
    pub fn receipt(&self) -> Receipt {
        Receipt::with_page(self.id.clone(), self.url.as_deref())
    }

    /// Whether it stands by itself, as everything that is published here does.
    pub fn stands_alone(&self) -> bool {
        self.in_reply_to_id.is_none() && self.reblog.is_none()
    }
}
