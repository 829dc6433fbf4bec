//! What the bot has to say of the hour of a draft and while it waits, as data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::name::{PersonId, RoleName};

/// One thing to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanNotice {
    /// The votes are there; it goes out at the hour that was set for it.
    Approved {
        /// When.
        at: Timestamp,
    },
    /// Someone set its hour, another one, or none.
    Set {
        /// Who.
        by: PersonId,
        /// When; as soon as it is approved if `None`.
        at: Option<Timestamp>,
        /// How many votes were lost.
        votes_lost: u32,
    },
    /// Nobody has voted, and these people are called.
    Called {
        /// Whom.
        role: RoleName,
    },
    /// It is due soon, and not approved.
    DueSoon {
        /// When.
        at: Timestamp,
    },
    /// Its hour has come, and it may not go out yet.
    HourCame {
        /// When it was to go out.
        planned: Timestamp,
    },
    /// It begins to go out, later than was planned.
    Late {
        /// When it was to go out.
        planned: Timestamp,
    },
}
