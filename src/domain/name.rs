//! The names of things, each its own type, so that a person can never be passed where a room is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The name as the platform or the configuration wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

names! {
    /// A person as a chat knows them (`@durand:example.org`); the team maps it to a [`Member`](crate::domain::directorate::Member).
    PersonId;
    /// A room as its chat knows it (`!abc:example.org`).
    RoomId;
    /// A message as its chat knows it (a Matrix event id).
    MessageId;
    /// A reaction as its chat knows it; taking it back names only this.
    ReactionId;
    /// The platform's own id of something that arrived; two arrivals with one id are the same arrival.
    ArrivalId;
    /// A group of people that a chat keeps (the id of a Discord server's role); the configuration maps it to roles.
    GroupId;
    /// A role of the team (`chef_de_service`), named by the configuration.
    RoleName;
    /// An account of a directorate (`mastodon`), named by the configuration, unique in its directorate.
    AccountName;
    /// The word of a command without its `!` (`appel`), folded: lower case, no accents.
    CommandWord;
    /// The name of a field (`lieu`), folded: lower case, no accents.
    FieldName;
    /// The code of a directorate (`44`, `2A`, `national`): ASCII letters and digits.
    DirectorateCode;
    /// The name of an effect, fixed when it is decided; carrying it out twice under one key must be harmless.
    EffectKey;
}

/// The number of a draft as people say it aloud: directorate and serial, `44-12`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftNumber {
    /// The directorate that the draft belongs to.
    pub directorate: DirectorateCode,
    /// Counts from 1 within the directorate.
    pub serial: u32,
}

impl fmt::Display for DraftNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.directorate, self.serial)
    }
}

/// What was typed is not the number of a draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a draft number (expected a form like 44-12)")]
pub struct NotADraftNumber;

impl FromStr for DraftNumber {
    type Err = NotADraftNumber;

    /// Reads `44-12`, also with the other dashes a phone keyboard may put (`44–12`) and a leading `#` or `n°`.
    fn from_str(text: &str) -> Result<Self, NotADraftNumber> {
        let text = text.trim();
        let text = ["#", "n°", "N°"].iter().find_map(|lead| text.strip_prefix(lead)).unwrap_or(text).trim();
        let (code, serial) = text
            .rsplit_once(['-', '\u{2010}', '\u{2011}', '\u{2013}', '\u{2014}', '\u{2212}'])
            .ok_or(NotADraftNumber)?;
        let (code, serial) = (code.trim(), serial.trim());
        let is_code = (1..=12).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
        let is_serial = !serial.is_empty() && serial.bytes().all(|b| b.is_ascii_digit());
        if !is_code || !is_serial {
            return Err(NotADraftNumber);
        }
        let serial = serial.parse().ok().filter(|serial| *serial > 0).ok_or(NotADraftNumber)?;
        Ok(Self { directorate: DirectorateCode(code.to_owned()), serial })
    }
}

impl Serialize for DraftNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DraftNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Counts the revisions of one draft from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RevisionNumber(pub u32);

impl RevisionNumber {
    /// The first revision of every draft.
    pub const FIRST: Self = Self(1);

    /// The revision after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for RevisionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
