//! One line of the file: a post as JSON, for people and programs to read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::directorate::Visibility;
use crate::domain::name::{AccountName, EffectKey};
use crate::domain::post::Post;

/// A published post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Names the post for ever.
    pub key: EffectKey,
    /// Where it was published.
    pub account: AccountName,
    /// Exactly as approved.
    pub text: String,
    /// ISO 639-1.
    pub language: String,
    /// For whose eyes.
    pub visibility: Visibility,
    /// When publication was decided.
    pub decided_at: Timestamp,
}

/// What tells a post from all others, in few bytes: its key and the time of the decision, so that numbering that
/// starts again (with a new database, say) is not taken for the posts of before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark([u8; 16]);

impl Line {
    /// The line of a post.
    pub fn of(post: &Post) -> Self {
        Self {
            key: post.key().clone(),
            account: post.account().clone(),
            text: post.text().to_owned(),
            language: post.language().to_owned(),
            visibility: post.visibility(),
            decided_at: post.decided_at(),
        }
    }

    /// Tells this post from all others.
    pub fn mark(&self) -> Mark {
        let mut hash = Sha256::new();
        hash.update(self.key.as_str());
        hash.update([0]);
        hash.update(self.decided_at.as_nanosecond().to_be_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        Mark(std::array::from_fn(|place| digest[place]))
    }
}
