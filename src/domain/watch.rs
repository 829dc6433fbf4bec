//! What a draft says by itself while it waits: whom it calls when nobody votes, that its hour nears, that it has come.
//!
//! A role is called once for a draft, whatever becomes of its text: an edit stops what was about to be called, and the
//! new text waits anew, for those who were not called yet. A vote stops it as well: then somebody looks after it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::draft::{Draft, Grace, Phase};
use crate::domain::effect::Effect;
use crate::domain::notice::Notice;
use crate::domain::plan_notice::PlanNotice;
use crate::domain::review::{Decision, later, unchanged};

/// What was said already, and what is to be said next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// How many roles were called for the draft, in the order of its policy.
    #[serde(default)]
    pub called: u32,
    /// When the next one is.
    #[serde(default)]
    pub next_call: Option<Timestamp>,
    /// When it is said that the revision is due soon and not approved.
    #[serde(default)]
    pub warns_at: Option<Timestamp>,
    /// Whether it was said that the hour of the revision has come.
    #[serde(default)]
    pub hour_told: bool,
}

impl Watch {
    /// Whether nothing was said, and nothing is to be.
    pub fn is_fresh(&self) -> bool {
        *self == Self::default()
    }
}

/// Begins to watch the revision that stands. Gives what wakes the draft.
pub(in crate::domain) fn begin(draft: &mut Draft, now: Timestamp) -> Vec<Effect> {
    let called = draft.watch.called;
    let next_call = next_call(draft, called, now).filter(|_| draft.revision.blockers.is_empty());
    let warns_at = warns_at(draft, now);
    draft.watch = Watch { called, next_call, warns_at, hour_told: false };
    [next_call, warns_at, draft.revision.planned_at].into_iter().flatten().map(Effect::Wake).collect()
}

/// Time has passed for a draft that waits.
pub(in crate::domain) fn look(draft: &Draft, now: Timestamp) -> Decision {
    let mut decision = unchanged(draft, vec![]);
    let is_in_review = matches!(draft.phase, Phase::Review(_));
    if is_in_review {
        warn(&mut decision, now);
        call(&mut decision, now);
    }
    if is_in_review || matches!(draft.phase, Phase::Approved { grace: Grace::Held(_), .. }) {
        tell_hour(&mut decision, now);
    }
    decision
}

/// Calls the next role, if it is time and nobody has voted.
fn call(decision: &mut Decision, now: Timestamp) {
    let draft = &decision.draft;
    let is_ignored = draft.ballot().is_some_and(|ballot| ballot.votes.is_empty());
    let (Some(due), true) = (draft.watch.next_call, is_ignored) else { return };
    let place = usize::try_from(draft.watch.called).unwrap_or(usize::MAX);
    let Some(role) = draft.policy.reminders.roles.get(place).cloned().filter(|_| now >= due) else { return };
    let called = draft.watch.called.saturating_add(1);
    let next_call = next_call(draft, called, now);
    (decision.draft.watch.called, decision.draft.watch.next_call) = (called, next_call);
    decision.effects.push(Effect::Tell(Notice::Plan(PlanNotice::Called { role })));
    decision.effects.extend(next_call.map(Effect::Wake));
}

/// When the next role is called, once so many were; never if there is none.
fn next_call(draft: &Draft, called: u32, now: Timestamp) -> Option<Timestamp> {
    let reminders = &draft.policy.reminders;
    let is_any_left = usize::try_from(called).is_ok_and(|called| called < reminders.roles.len());
    (is_any_left && reminders.after_seconds > 0).then(|| later(now, reminders.after_seconds))
}

/// When the draft is due: at its hour, or when that begins which it announces.
fn due(draft: &Draft) -> Option<Timestamp> {
    [draft.revision.planned_at, draft.revision.happens_at].into_iter().flatten().min()
}

/// When it is said that it is due soon: so long before as the policy has it, but when half of the time has passed at the
/// earliest. Whoever plans for in ten minutes knows that it is soon.
fn warns_at(draft: &Draft, now: Timestamp) -> Option<Timestamp> {
    let due = due(draft).filter(|due| *due > now)?;
    let near = SignedDuration::from_secs(draft.policy.reminders.deadline_near_seconds.into());
    let half = now.saturating_add(due.duration_since(now) / 2).unwrap_or(due);
    let warns_at = due.saturating_sub(near).unwrap_or(half).max(half);
    (!near.is_zero()).then_some(warns_at)
}

fn warn(decision: &mut Decision, now: Timestamp) {
    let (Some(warns_at), Some(due)) = (decision.draft.watch.warns_at, due(&decision.draft)) else { return };
    if now < warns_at {
        return;
    }
    decision.draft.watch.warns_at = None;
    // Once it has come there are other words for it.
    decision.effects.extend((now < due).then_some(Effect::Tell(Notice::Plan(PlanNotice::DueSoon { at: due }))));
}

fn tell_hour(decision: &mut Decision, now: Timestamp) {
    let draft = &decision.draft;
    let Some(planned) = draft.revision.planned_at.filter(|planned| now >= *planned) else { return };
    if draft.watch.hour_told {
        return;
    }
    decision.effects.push(Effect::ShowCard(draft.revision.number));
    decision.effects.push(Effect::Tell(Notice::Plan(PlanNotice::HourCame { planned })));
    decision.draft.watch.hour_told = true;
}
