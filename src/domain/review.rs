//! The draft machine: what each event does to a draft, and what is owed for it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::ballot::{Ballot, Vote, Voter};
use crate::domain::draft::{Blocker, Draft, Filled, Grace, Phase, Revision, Target, VetoReason, Warning};
use crate::domain::effect::Effect;
use crate::domain::fault::{Fault, Receipt};
use crate::domain::name::{
    AccountName, CommandWord, DraftNumber, FieldName, MessageId, PersonId, ReactionId, RevisionNumber, RoomId,
};
use crate::domain::notice::{Notice, Refusal};
use crate::domain::picture::{Coming, Picture};
use crate::domain::policy::Policy;
use crate::domain::publication::{self, Answer};
use crate::domain::relay::{self, Relay, RelayEvent};
use crate::domain::seal::Seal;
use crate::domain::sequel::{self, SequelEvent, Succession};
use crate::domain::watch::{self, Watch};
use crate::domain::{lifting, schedule, voting};

/// What became of a draft, and what is owed to the world for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The draft as it is now.
    pub draft: Draft,
    /// To be recorded with the draft, in one transaction, and carried out afterwards, in this order.
    pub effects: Vec<Effect>,
}

/// What someone wants to publish: the fields as typed and everything that follows from them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What was typed.
    pub fields: BTreeMap<FieldName, Filled>,
    /// What would come out on each account.
    pub targets: Vec<Target>,
    /// The pictures that go with it.
    #[serde(default)]
    pub pictures: Vec<Picture>,
    /// Files that will be pictures.
    #[serde(default)]
    pub coming: Vec<Coming>,
    /// Why it can't be voted on yet.
    pub blockers: Vec<Blocker>,
    /// What a supervisor should look at twice.
    pub warnings: Vec<Warning>,
    /// When that begins which it announces, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happens_at: Option<Timestamp>,
    /// The draft that it closes or rectifies, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succession: Option<Succession>,
    /// The other directorate's post that it shows on, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Relay>,
}

/// The command that opens a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The next free number of the directorate.
    pub number: DraftNumber,
    /// Which command.
    pub command: CommandWord,
    /// Where it was typed.
    pub room: RoomId,
    /// The message it was typed in.
    pub origin: MessageId,
    /// Who typed it.
    pub author: PersonId,
    /// Who wrote other parts of its text: those of the text that it rectifies.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub co_authors: BTreeSet<PersonId>,
    /// The rule of approval that holds from now on.
    pub policy: Policy,
    /// What would be published.
    pub proposal: Proposal,
}

/// Something that happened to a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Someone changed what would be published.
    Revised {
        /// Who: an author from now on.
        by: PersonId,
        /// What would be published now.
        proposal: Proposal,
    },
    /// A message was removed, and its pictures with it, by whoever looks after the room: nobody of the team, or nobody
    /// knows who, and so nobody becomes an author by it.
    PicturesRemoved {
        /// What would be published now.
        proposal: Proposal,
    },
    /// A reaction was put under the card of a revision, or the card was answered with a word.
    Voted {
        /// Whose card it was.
        revision: RevisionNumber,
        /// Who and what.
        vote: Vote,
        /// When, by the chat's clock: the bot may have been away since.
        at: Timestamp,
    },
    /// A reaction was taken back.
    VoteTakenBack {
        /// Which.
        reaction: ReactionId,
    },
    /// Who vetoed said why.
    VetoExplained {
        /// Who.
        by: PersonId,
        /// In their words.
        reason: String,
    },
    /// Someone lifted warnings, and answers for them.
    WarningsLifted {
        /// Who.
        by: Voter,
        /// Of which revision.
        revision: RevisionNumber,
        /// Of which checks; of every one that stood if none is named.
        codes: BTreeSet<String>,
    },
    /// Someone set the hour of it, or took it away.
    Planned {
        /// Who: an author from now on.
        by: PersonId,
        /// Not before that time; `None` for as soon as it is approved.
        at: Option<Timestamp>,
    },
    /// Someone wants it withdrawn.
    Withdrawn {
        /// Who.
        by: Voter,
    },
    /// The card of a revision was removed from the room.
    CardRemoved {
        /// Whose card.
        revision: RevisionNumber,
    },
    /// The message that opened the draft was removed.
    OriginRemoved,
    /// A time came for which a [`Wake`](Effect::Wake) was owed.
    TimePassed,
    /// An account published it.
    Delivered {
        /// Which.
        account: AccountName,
        /// The proof.
        receipt: Receipt,
    },
    /// An account did not, or it is not known whether it did.
    Failed {
        /// Which.
        account: AccountName,
        /// Why.
        fault: Fault,
        /// When the next try or look is due, if there will be one.
        next: Option<Timestamp>,
    },
    /// Something that happened because one draft follows the other.
    Sequel(SequelEvent),
    /// Something that happened because one directorate shows another's post on.
    Relay(RelayEvent),
    /// A person answered the question about an account.
    Resolved {
        /// Which.
        account: AccountName,
        /// Who.
        by: Voter,
        /// What they said.
        answer: Answer,
    },
}

/// Opens a draft.
pub fn open(opening: Opening, now: Timestamp) -> Decision {
    let expires_at = later(now, opening.policy.open_for_seconds);
    let mut draft = Draft {
        revision: revision(&opening.number, RevisionNumber::FIRST, opening.proposal, None),
        replaced: BTreeMap::new(),
        number: opening.number,
        command: opening.command,
        room: opening.room,
        origin: opening.origin,
        authors: opening.co_authors.into_iter().chain([opening.author]).collect(),
        opened_at: now,
        expires_at,
        policy: opening.policy,
        watch: Watch::default(),
        relays: Vec::new(),
        follower: None,
        phase: Phase::Review(Ballot::default()),
    };
    let mut effects = vec![Effect::ShowCard(RevisionNumber::FIRST), Effect::Wake(expires_at)];
    effects.extend(asked(&draft.revision.blockers));
    effects.extend(watch::begin(&mut draft, now));
    Decision { draft, effects }
}

/// Decides what an event does to a draft.
///
/// # Errors
/// A [`Refusal`] when the rules do not allow it; the draft then stays as it is.
pub fn decide(draft: &Draft, event: Event, now: Timestamp) -> Result<Decision, Refusal> {
    decided(draft, event, now).map(|decision| relay::answered(draft, decision))
}

fn decided(draft: &Draft, event: Event, now: Timestamp) -> Result<Decision, Refusal> {
    match event {
        Event::Revised { by, proposal } => revise(draft, Some(by), proposal, now),
        Event::PicturesRemoved { proposal } => revise(draft, None, proposal, now),
        Event::Planned { by, at } => schedule::plan(draft, by, at, now),
        Event::Voted { revision, vote, at } => voting::cast(draft, revision, vote, at, now),
        Event::VoteTakenBack { reaction } => Ok(voting::take_back(draft, &reaction, now)),
        Event::VetoExplained { by, reason } => Ok(explain_veto(draft, by, reason)),
        Event::WarningsLifted { by, revision, codes } => lifting::lift(draft, &by, revision, &codes),
        Event::Withdrawn { by } => withdraw(draft, by),
        Event::CardRemoved { revision } => Ok(card_removed(draft, revision)),
        Event::OriginRemoved => Ok(unchanged(draft, vec![Effect::Tell(Notice::OriginRemoved)])),
        Event::TimePassed => Ok(time_passed(draft, now)),
        Event::Delivered { account, receipt } => Ok(publication::delivered(draft, account, receipt)),
        Event::Failed { account, fault, next } => Ok(publication::failed(draft, account, fault, next)),
        Event::Sequel(event) => Ok(sequel::decide(draft, event)),
        Event::Relay(event) => Ok(relay::decide(draft, event)),
        Event::Resolved { account, by, answer } => publication::resolve(draft, account, &by, answer),
    }
}

fn revise(draft: &Draft, by: Option<PersonId>, proposal: Proposal, now: Timestamp) -> Result<Decision, Refusal> {
    must_be_open(draft)?;
    if draft.revision.relay.is_some() {
        return Err(Refusal::RelayedAsItIs);
    }
    let old = &draft.revision;
    let was_complete = old.blockers.is_empty();
    let is_complete = proposal.blockers.is_empty();
    // Still incomplete: the card fills up in place. Anything that can be voted on is a revision, and a card, of its
    // own: a tap meant for the card as it was before can then never count for what it became.
    let number = if was_complete || is_complete { old.number.next() } else { old.number };
    let new = revision(&draft.number, number, proposal, old.planned_at);
    let is_same = new.fields_alone() == old.fields_alone()
        && new.targets == old.targets
        && new.pictures == old.pictures
        && new.coming == old.coming
        && new.succession == old.succession
        && new.blockers == old.blockers;
    if is_same {
        return Err(Refusal::NothingChanged);
    }
    let votes_lost = draft.ballot().map_or(0, |ballot| ballot.votes.len());
    let mut effects = vec![Effect::ShowCard(old.number)];
    if number != old.number {
        effects.push(Effect::ShowCard(number));
        effects.push(Effect::Tell(if was_complete {
            let votes_lost = u32::try_from(votes_lost).unwrap_or(u32::MAX);
            match by.clone() {
                Some(by) => Notice::Revised { by, revision: number, votes_lost },
                None => Notice::PicturesRemoved { revision: number, votes_lost },
            }
        } else {
            Notice::Completed
        }));
    }
    effects.extend(asked(&new.blockers));
    Ok(put(draft, by, new, effects, now))
}

/// Puts another revision in the place of the one that stands: nobody has voted on it.
pub(in crate::domain) fn put(
    draft: &Draft,
    by: Option<PersonId>,
    revision: Revision,
    mut effects: Vec<Effect>,
    now: Timestamp,
) -> Decision {
    let mut draft = draft.clone();
    draft.authors.extend(by);
    draft.replace_revision(revision);
    draft.phase = Phase::Review(Ballot::default());
    effects.extend(watch::begin(&mut draft, now));
    Decision { draft, effects }
}

/// What a person is asked to do about blockers; for a picture that is on its way nobody can do anything.
fn asked(blockers: &[Blocker]) -> Option<Effect> {
    let is_for_a_person = |blocker: &&Blocker| !matches!(blocker, Blocker::PictureComing { .. });
    let asked: Vec<Blocker> = blockers.iter().filter(is_for_a_person).cloned().collect();
    (!asked.is_empty()).then_some(Effect::Tell(Notice::Asked(asked)))
}

fn time_passed(draft: &Draft, now: Timestamp) -> Decision {
    match &draft.phase {
        Phase::Review(ballot) if now >= draft.expires_at => {
            let mut next = draft.clone();
            next.phase = Phase::Expired(ballot.clone());
            let effects = vec![Effect::ShowCard(draft.revision.number), Effect::Tell(Notice::Expired)];
            Decision { draft: next, effects }
        }
        Phase::Approved { ballot, grace: Grace::Until(until) } if now >= *until => {
            let effects = vec![Effect::ShowCard(draft.revision.number)];
            publication::begin(draft.clone(), ballot.clone(), effects, now)
        }
        Phase::Review(_)
        | Phase::Approved { .. }
        | Phase::Publishing(_)
        | Phase::Published(_)
        | Phase::Vetoed { .. }
        | Phase::Withdrawn { .. }
        | Phase::Expired(_) => watch::look(draft, now),
    }
}

fn explain_veto(draft: &Draft, by: PersonId, reason: String) -> Decision {
    let mut next = draft.clone();
    match &mut next.phase {
        Phase::Vetoed { by: vetoer, reason: asked @ VetoReason::Asked, .. } if *vetoer == by => {
            *asked = VetoReason::Given(reason.clone());
        }
        Phase::Vetoed { .. }
        | Phase::Review(_)
        | Phase::Approved { .. }
        | Phase::Publishing(_)
        | Phase::Published(_)
        | Phase::Withdrawn { .. }
        | Phase::Expired(_) => return unchanged(draft, vec![]),
    }
    let told = Effect::Tell(Notice::VetoExplained { by, reason });
    Decision { effects: vec![Effect::ShowCard(draft.revision.number), told], draft: next }
}

fn withdraw(draft: &Draft, by: Voter) -> Result<Decision, Refusal> {
    must_be_open(draft)?;
    if !draft.authors.contains(&by.id) && !draft.policy.admits(&by.roles) {
        return Err(Refusal::NotYours);
    }
    let mut next = draft.clone();
    next.phase = Phase::Withdrawn { by: by.id.clone() };
    let effects = vec![Effect::ShowCard(draft.revision.number), Effect::Tell(Notice::Withdrawn { by: by.id })];
    Ok(Decision { draft: next, effects })
}

fn card_removed(draft: &Draft, revision: RevisionNumber) -> Decision {
    if revision != draft.revision.number {
        return unchanged(draft, vec![]);
    }
    unchanged(draft, vec![Effect::ShowCard(revision), Effect::Tell(Notice::CardLost)])
}

/// Nothing of it may have gone out, and nobody may have ended it.
pub(in crate::domain) fn must_be_open(draft: &Draft) -> Result<(), Refusal> {
    match &draft.phase {
        Phase::Review(_) | Phase::Approved { .. } | Phase::Vetoed { .. } => Ok(()),
        Phase::Published(_) if draft.follower.as_ref().is_some_and(|follower| follower.is_carried) => {
            Err(Refusal::Over(draft.state()))
        }
        Phase::Publishing(_) | Phase::Published(_) => Err(Refusal::TooLate),
        Phase::Withdrawn { .. } | Phase::Expired(_) => Err(Refusal::Over(draft.state())),
    }
}

fn revision(
    number: &DraftNumber,
    revision: RevisionNumber,
    proposal: Proposal,
    planned_at: Option<Timestamp>,
) -> Revision {
    Revision {
        number: revision,
        planned_at,
        happens_at: proposal.happens_at,
        succession: proposal.succession,
        relay: proposal.relay,
        seal: Seal::of(number, &proposal.targets, &proposal.pictures),
        fields: proposal.fields,
        targets: proposal.targets,
        pictures: proposal.pictures,
        coming: proposal.coming,
        blockers: proposal.blockers,
        warnings: proposal.warnings,
        lifted: Vec::new(),
    }
    .sealed(number)
}

/// Nothing becomes of the draft itself.
pub(in crate::domain) fn unchanged(draft: &Draft, effects: Vec<Effect>) -> Decision {
    Decision { draft: draft.clone(), effects }
}

/// So many seconds later.
pub(in crate::domain) fn later(now: Timestamp, seconds: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(Timestamp::MAX)
}
