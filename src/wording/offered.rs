//! What stands beside the commands where a chat lets people fill them in.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::domain::directorate::Directorate;
use crate::wording::speaker::{Audience, Speaker};

/// Names of fields with what they are for, and what is said when it does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedWords {
    /// The number of a draft: the field's name, and what it is for.
    pub number: (String, String),
    /// The fields to change, each with its name.
    pub fields: (String, String),
    /// The hour to publish at.
    pub hour: (String, String),
    /// The directorates that are asked.
    pub directorates: (String, String),
    /// The command that is explained.
    pub command: (String, String),
    /// The command was used in a channel that is no room of ours.
    pub elsewhere: String,
    /// What was filled in is too long.
    pub too_long: String,
}

/// These words in the language of a directorate.
pub fn offered_words(speaker: &Speaker, directorate: &Directorate) -> OfferedWords {
    let audience = Audience { directorate, time_zone: &TimeZone::UTC, names: &BTreeMap::new() };
    let say = |name| speaker.sentence(&audience, name, &[]);
    OfferedWords {
        number: (say("offered-number-name"), say("offered-number")),
        fields: (say("offered-fields-name"), say("offered-fields")),
        hour: (say("offered-hour-name"), say("offered-hour")),
        directorates: (say("offered-directorates-name"), say("offered-directorates")),
        command: (say("offered-command-name"), say("offered-command")),
        elsewhere: say("offered-elsewhere"),
        too_long: say("offered-too-long"),
    }
}
