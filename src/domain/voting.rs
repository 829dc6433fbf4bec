//! What a vote does to a draft: it is admitted or refused, and the votes together say where the draft belongs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::ballot::{Assurance, Ballot, Choice, Given, Unconfirmed, Vote};
use crate::domain::draft::{Draft, Grace, Phase, VetoReason};
use crate::domain::effect::Effect;
use crate::domain::name::{PersonId, ReactionId, RevisionNumber};
use crate::domain::notice::{Notice, Refusal, State};
use crate::domain::plan_notice::PlanNotice;
use crate::domain::policy::{Confirm, Verdict, judge};
use crate::domain::review::{Decision, must_be_open, unchanged};
use crate::domain::{lifting, publication, schedule};

/// Someone reacted under the card of a revision or answered it with a word. `at` is when, by the chat's clock.
pub(in crate::domain) fn cast(
    draft: &Draft,
    voted: RevisionNumber,
    vote: Vote,
    at: Timestamp,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    must_be_votable(draft, at)?;
    let current = draft.revision.number;
    // A word names the text it is about, wherever it was typed.
    let voted = match &vote.given {
        Given::ByReaction => voted,
        Given::ByWord { word, .. } => draft.revision_of(word).ok_or(Refusal::Unconfirmed(Unconfirmed::WrongWord))?,
    };
    if voted != current {
        return Err(Refusal::OldRevision { voted, current });
    }
    if !draft.revision.blockers.is_empty() {
        return Err(Refusal::Incomplete(draft.revision.blockers.clone()));
    }
    match vote.choice {
        // Stopping is always cheap: everyone on the team may hold.
        Choice::Hold => {}
        Choice::Approve | Choice::Veto => {
            if draft.authors.contains(&vote.by.id) {
                return Err(Refusal::AuthorDoesNotVote);
            }
            if !draft.policy.admits(&vote.by.roles) {
                return Err(Refusal::NoApproverRole { roles: draft.policy.approver_roles.clone() });
            }
        }
    }
    if vote.choice == Choice::Approve {
        lifting::must_be_lifted(draft)?;
    }
    if vote.choice == Choice::Approve && draft.policy.confirm == Confirm::Word {
        must_be_confirmed(draft, &vote.given)?;
    }
    let ballot = draft.ballot().cloned().unwrap_or_default();
    if ballot.find(&vote.reaction).is_some() {
        return Ok(unchanged(draft, vec![]));
    }
    let by = vote.by.id.clone();
    let choice = vote.choice;
    let ballot = ballot.with(vote);
    let told = match choice {
        Choice::Approve => match judge(draft, &ballot) {
            Verdict::Wanting { votes, roles } => Some(Notice::Approved { by, votes, roles }),
            Verdict::Carried(_) => Some(Notice::Approved { by, votes: 0, roles: BTreeSet::new() }),
            Verdict::Vetoed(_) => None,
        },
        Choice::Veto => Some(Notice::Vetoed { by }),
        Choice::Hold => Some(Notice::Held { by }),
    };
    Ok(weigh(draft, ballot, told, now))
}

/// A reaction was taken back, and its vote with it.
pub(in crate::domain) fn take_back(draft: &Draft, reaction: &ReactionId, now: Timestamp) -> Decision {
    let Some(ballot) = draft.ballot().filter(|_| draft.is_open()) else { return unchanged(draft, vec![]) };
    let Some(vote) = ballot.find(reaction) else { return unchanged(draft, vec![]) };
    let by = vote.by.id.clone();
    let told = match vote.choice {
        Choice::Approve => Notice::VoteTakenBack { by },
        Choice::Veto => Notice::VetoTakenBack { by },
        Choice::Hold => Notice::HoldTakenBack { by },
    };
    weigh(draft, ballot.without(reaction), Some(told), now)
}

/// Puts the draft where its votes say it belongs.
fn weigh(draft: &Draft, ballot: Ballot, told: Option<Notice>, now: Timestamp) -> Decision {
    let mut next = draft.clone();
    let mut effects = vec![Effect::ShowCard(draft.revision.number)];
    effects.extend(told.map(Effect::Tell));
    match judge(draft, &ballot) {
        Verdict::Vetoed(voter) => {
            let reason = match &draft.phase {
                Phase::Vetoed { by, reason, .. } if *by == voter.id => reason.clone(),
                Phase::Vetoed { .. }
                | Phase::Review(_)
                | Phase::Approved { .. }
                | Phase::Publishing(_)
                | Phase::Published(_)
                | Phase::Withdrawn { .. }
                | Phase::Expired(_) => VetoReason::Asked,
            };
            next.phase = Phase::Vetoed { ballot, by: voter.id, reason };
        }
        Verdict::Wanting { .. } if now >= draft.expires_at => {
            if !matches!(draft.phase, Phase::Expired(_)) {
                effects.push(Effect::Tell(Notice::Expired));
            }
            next.phase = Phase::Expired(ballot);
        }
        Verdict::Wanting { .. } => next.phase = Phase::Review(ballot),
        Verdict::Carried(_) => {
            let holds = holds(&ballot);
            if !holds.is_empty() {
                next.phase = Phase::Approved { ballot, grace: Grace::Held(holds) };
            } else if let Phase::Approved { grace: Grace::Until(until), .. } = draft.phase {
                next.phase = Phase::Approved { ballot, grace: Grace::Until(until) };
            } else {
                let at = schedule::goes_out_at(draft, now);
                if at <= now {
                    return publication::begin(next, ballot, effects, now);
                }
                next.phase = Phase::Approved { ballot, grace: Grace::Until(at) };
                let is_planned = draft.revision.planned_at == Some(at);
                let told = if is_planned { Notice::Plan(PlanNotice::Approved { at }) } else { Notice::GoesOut { at } };
                effects.extend([Effect::Tell(told), Effect::Wake(at)]);
            }
        }
    }
    Decision { draft: next, effects }
}

/// A vote counts if it was cast before the deadline, whenever the bot hears of it: what was approved in time while the
/// bot was away is not forgotten. After the deadline only what is approved already can still be held or refused.
fn must_be_votable(draft: &Draft, at: Timestamp) -> Result<(), Refusal> {
    let is_in_time = at < draft.expires_at;
    match &draft.phase {
        Phase::Expired(_) if is_in_time => Ok(()),
        Phase::Review(_) if !is_in_time => Err(Refusal::Over(State::Expired)),
        Phase::Review(_)
        | Phase::Approved { .. }
        | Phase::Vetoed { .. }
        | Phase::Publishing(_)
        | Phase::Published(_)
        | Phase::Withdrawn { .. }
        | Phase::Expired(_) => must_be_open(draft),
    }
}

/// Where the word is asked for: it must have been typed, by someone of whom the chat is sure.
fn must_be_confirmed(draft: &Draft, given: &Given) -> Result<(), Refusal> {
    match given {
        Given::ByReaction => Err(Refusal::Unconfirmed(Unconfirmed::ByReaction(draft.revision.seal.word()))),
        Given::ByWord { assurance: Assurance::Proven, .. } => Ok(()),
        Given::ByWord {
            assurance: assurance @ (Assurance::Unencrypted | Assurance::UnverifiedDevice | Assurance::ChangedIdentity),
            ..
        } => Err(Refusal::Unconfirmed(Unconfirmed::NotProven(*assurance))),
    }
}

fn holds(ballot: &Ballot) -> BTreeMap<ReactionId, PersonId> {
    let holds = ballot.votes.iter().filter(|vote| vote.choice == Choice::Hold);
    holds.map(|vote| (vote.reaction.clone(), vote.by.id.clone())).collect()
}
