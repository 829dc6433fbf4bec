//! The hour of a draft: not before it does it go out, and it is approved with it.
//!
//! The hour is part of what is sealed. Whoever approves says "this, then": a text that warns of an operation must not go
//! out an hour before it because somebody set another hour after the votes. So another hour is another revision, with a
//! card and votes of its own, and whoever sets it is one of the authors.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::draft::{Draft, Revision};
use crate::domain::effect::Effect;
use crate::domain::name::PersonId;
use crate::domain::notice::{Notice, Refusal};
use crate::domain::plan_notice::PlanNotice;
use crate::domain::review::{self, Decision, later, must_be_open};

/// Beginning this much after its hour a post is late, and that is said: the grace period after a vote in the last minute,
/// and a minute's trouble, are not worth a word.
const LATE: SignedDuration = SignedDuration::from_mins(2);

/// Why nothing can be planned for what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Unplannable {
    /// It is not understood.
    #[error("{0} is not a time")]
    Unread(String),
    /// A day without an hour.
    #[error("no hour was given")]
    NoHour,
    /// It has passed.
    #[error("that is past")]
    Past(Timestamp),
    /// It is more than a year away.
    #[error("that is more than a year ahead")]
    TooFar(Timestamp),
    /// Clocks are set forward over it.
    #[error("that hour does not exist")]
    Skipped {
        /// The last minute before it that exists.
        before: Timestamp,
        /// The first one after it.
        after: Timestamp,
    },
    /// «Minuit» of a day: its beginning or its end?
    #[error("which midnight?")]
    Midnight {
        /// Its beginning.
        first: Timestamp,
        /// Its end.
        second: Timestamp,
    },
}

/// Someone sets the hour, another one, or none any more.
pub(in crate::domain) fn plan(
    draft: &Draft,
    by: PersonId,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    must_be_open(draft)?;
    if draft.revision.planned_at == at {
        return Err(Refusal::NothingChanged);
    }
    let is_complete = draft.revision.blockers.is_empty();
    let number = if is_complete { draft.revision.number.next() } else { draft.revision.number };
    // Warnings are looked at again: whoever lifted them may be the one who sets the hour, and is an author from now on.
    let revision =
        Revision { number, planned_at: at, lifted: Vec::new(), ..draft.revision.clone() }.sealed(&draft.number);
    let votes_lost = draft.ballot().map_or(0, |ballot| ballot.votes.len());
    let notice =
        Notice::Plan(PlanNotice::Set { by: by.clone(), at, votes_lost: u32::try_from(votes_lost).unwrap_or(u32::MAX) });
    let mut effects = vec![Effect::ShowCard(draft.revision.number)];
    effects.extend((number != draft.revision.number).then_some(Effect::ShowCard(number)));
    effects.push(Effect::Tell(notice));
    let mut decision = review::put(draft, Some(by), revision, effects, now);
    // It can be approved up to its hour and as long after it as any draft.
    let open_for = draft.policy.open_for_seconds;
    let expires_at = match at {
        Some(at) => later(at, open_for).max(draft.expires_at),
        None => later(now, open_for),
    };
    if expires_at != draft.expires_at {
        decision.draft.expires_at = expires_at;
        decision.effects.push(Effect::Wake(expires_at));
    }
    Ok(decision)
}

/// When an approved draft goes out: after the grace period, and not before its hour.
pub(in crate::domain) fn goes_out_at(draft: &Draft, now: Timestamp) -> Timestamp {
    let grace = later(now, draft.policy.grace_seconds);
    draft.revision.planned_at.map_or(grace, |planned| planned.max(grace))
}

/// That it goes out late, if it does.
pub(in crate::domain) fn lateness(draft: &Draft, now: Timestamp) -> Option<Effect> {
    let planned = draft.revision.planned_at?;
    (now.duration_since(planned) > LATE).then_some(Effect::Tell(Notice::Plan(PlanNotice::Late { planned })))
}
