//! One line of the file: a post, its end or a repost as JSON, for people and programs to read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::directorate::Visibility;
use crate::domain::fault::Receipt;
use crate::domain::name::{AccountName, EffectKey};
use crate::domain::picture::Picture;
use crate::domain::post::Post;

/// Whatever a line says; each begins with its `key`, by which a torn one is known for ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entry {
    /// A post.
    Post(Line),
    /// What stood under that key was taken down.
    Deletion(Deletion),
    /// A post of somebody else is shown on.
    Repost(Repost),
}

/// A published post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Names the post for ever.
    pub key: EffectKey,
    /// Where it was published.
    pub account: AccountName,
    /// Exactly as approved.
    pub text: String,
    /// What goes with it, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<LinePicture>,
    /// ISO 639-1.
    pub language: String,
    /// For whose eyes.
    pub visibility: Visibility,
    /// When publication was decided.
    pub decided_at: Timestamp,
}

/// A picture of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinePicture {
    /// Where it is, from the folder that the file of lines is in; named by its content (SHA-256).
    pub file: String,
    /// `image/jpeg` or `image/png`.
    pub media_type: String,
    /// What it shows, in words.
    pub alt: String,
}

/// The end of a post or a repost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// Of what was taken down.
    pub key: EffectKey,
    /// Of what was taken down.
    pub decided_at: Timestamp,
    /// Always `true`.
    pub deleted: bool,
}

/// A post of somebody else that the account shows on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repost {
    /// Names the repost.
    pub key: EffectKey,
    /// The id of the original.
    pub repost: String,
    /// The page of the original, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was decided.
    pub decided_at: Timestamp,
}

/// What tells a post from all others, in few bytes: its key and the time of the decision, so that numbering that
/// starts again (with a new database, say) is not taken for the posts of before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark([u8; 16]);

impl Entry {
    /// What the line is about.
    pub fn key(&self) -> &EffectKey {
        match self {
            Self::Post(line) => &line.key,
            Self::Deletion(deletion) => &deletion.key,
            Self::Repost(repost) => &repost.key,
        }
    }

    /// When that was decided; of a deletion, when what it takes down was.
    pub fn decided_at(&self) -> Timestamp {
        match self {
            Self::Post(line) => line.decided_at,
            Self::Deletion(deletion) => deletion.decided_at,
            Self::Repost(repost) => repost.decided_at,
        }
    }

    /// Tells what the line is about from all else.
    pub fn mark(&self) -> Mark {
        Mark::new(self.key(), self.decided_at())
    }

    /// The pictures that it shows.
    pub fn pictures(&self) -> &[LinePicture] {
        match self {
            Self::Post(line) => &line.pictures,
            Self::Deletion(_) | Self::Repost(_) => &[],
        }
    }
}

impl Line {
    /// The line of a post whose pictures are beside the file itself.
    pub fn of(post: &Post) -> Self {
        let picture = |picture: &Picture| LinePicture {
            file: format!("{}.{}", picture.digest, picture.kind.extension()),
            media_type: picture.kind.media_type().to_owned(),
            alt: picture.alt.clone(),
        };
        Self {
            key: post.key().clone(),
            account: post.account().clone(),
            text: post.text().to_owned(),
            pictures: post.pictures().iter().map(|developed| picture(developed.picture())).collect(),
            language: post.language().to_owned(),
            visibility: post.visibility(),
            decided_at: post.decided_at(),
        }
    }

    /// Tells this post from all others.
    pub fn mark(&self) -> Mark {
        Mark::new(&self.key, self.decided_at)
    }
}

impl Repost {
    /// The line of a repost. Its key comes from the original alone.
    pub fn of(original: &Receipt, decided_at: Timestamp) -> Self {
        let key = EffectKey::from(&*format!("repost/{}", original.id));
        Self { key, repost: original.id.clone(), url: original.url.clone(), decided_at }
    }
}

impl Mark {
    fn new(key: &EffectKey, decided_at: Timestamp) -> Self {
        let mut hash = Sha256::new();
        hash.update(key.as_str());
        hash.update([0]);
        hash.update(decided_at.as_nanosecond().to_be_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        Self(std::array::from_fn(|place| digest[place]))
    }
}
