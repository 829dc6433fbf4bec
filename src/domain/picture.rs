//! A picture of a post: what is known of it without its bytes, and the bytes themselves once they are to be sent.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::fault::Cause;
use crate::domain::name::MessageId;

/// SHA-256 over the bytes of a file, in hexadecimal: names the bytes in the store and in the seal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

/// The kinds of picture that every network takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PictureKind {
    /// Photographs.
    Jpeg,
    /// Drawings and text.
    Png,
}

/// A picture, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Names the bytes.
    pub digest: Digest,
    /// What they are.
    pub kind: PictureKind,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// How many bytes.
    pub bytes: u32,
    /// What it shows, in words, for whoever can't see it (art. 47 loi 2005-102). Published with it.
    pub alt: String,
    /// The message that it came with: whoever removes that takes the picture out.
    pub from: MessageId,
}

/// A file on its way into a draft: it is fetched and developed before anyone can vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coming {
    /// The message that it came with.
    pub from: MessageId,
    /// Its place among the message's files, from 0.
    pub place: u32,
    /// What it is called.
    pub name: String,
    /// What it shows, if that was said along with it.
    pub alt: Option<String>,
}

/// Why a file is not taken as a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Unfit {
    /// Not one of the kinds that can be developed (JPEG, PNG, WebP).
    #[error("not a picture that can be read")]
    UnknownKind,
    /// It begins like a picture and does not go on like one.
    #[error("the file is damaged or cut short")]
    Damaged,
    /// It moves: nobody would have approved each of its images.
    #[error("an animated picture")]
    Animated,
    /// More bytes than are read.
    #[error("larger than {most} bytes")]
    TooLarge {
        /// The most.
        most: u32,
    },
    /// More pixels than are decoded: a small file can hold a picture that fills the memory.
    #[error("more than {most} pixels")]
    TooManyPixels {
        /// The most.
        most: u32,
    },
    /// The chat does not hand it out.
    #[error("cannot be fetched: {0}")]
    NotFetched(Cause),
}

/// A picture with its bytes, which are those that its digest names: there is no other way to make one.
#[derive(Clone, PartialEq, Eq)]
pub struct Developed {
    picture: Picture,
    bytes: Arc<[u8]>,
}

impl Digest {
    /// The digest of a file.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// In hexadecimal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Digest {
    /// A digest as the store has it.
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl PictureKind {
    /// The media type (RFC 6838).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// How a file of that kind is mostly called.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

impl Developed {
    /// Puts a picture and its bytes together; `None` when the bytes are others.
    pub fn new(picture: Picture, bytes: Arc<[u8]>) -> Option<Self> {
        (Digest::of(&bytes) == picture.digest).then_some(Self { picture, bytes })
    }

    /// What is known of it.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// The file.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }
}

impl fmt::Debug for Developed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Developed").field("picture", &self.picture).finish_non_exhaustive()
    }
}
