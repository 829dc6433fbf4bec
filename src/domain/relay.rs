//! A relay: a draft of one directorate's that shows another's post on, by its own rule and its own people's votes.
//!
//! It has a number and a card in the room of those who are asked. What they approve is the text as it was published; the
//! room that asked hears each answer. Once the original is closed or rectified, the relay is over, and what it showed on
//! is taken back: its people approved another text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::draft::{Draft, Phase, Progress};
use crate::domain::effect::Effect;
use crate::domain::fault::Receipt;
use crate::domain::name::{AccountName, DirectorateCode, DraftNumber, RoomId};
use crate::domain::notice::Notice;
use crate::domain::review::{Decision, unchanged};
use crate::domain::sequel::{Follower, Kind};

/// What is shown on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay {
    /// Whose post.
    pub of: DraftNumber,
    /// The room that asked, where answers are told.
    pub room: RoomId,
    /// The post that each account shows on.
    pub originals: BTreeMap<AccountName, Receipt>,
}

/// A relay that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The draft of those who were asked.
    pub relay: DraftNumber,
    /// Their room.
    pub room: RoomId,
}

/// Something that happened to a draft because it is, or has, a relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelayEvent {
    /// A relay of this draft was opened.
    Asked(Asked),
    /// What an account had shown on is taken back.
    Undone {
        /// Where.
        account: AccountName,
    },
}

/// What became of a relay, for those who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelayAnswer {
    /// It was approved.
    Accepted,
    /// Somebody said no.
    Refused,
    /// It was withdrawn.
    Withdrawn,
    /// Nobody approved it in time.
    Lapsed,
    /// Every account shows the post on.
    Done,
    /// One account shows it on no more, because the post was closed or rectified.
    Undone,
}

/// One thing to say about relays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelayNotice {
    /// These were asked.
    Sent {
        /// Whom.
        to: Vec<String>,
    },
    /// One of them has an answer.
    Answered {
        /// Their draft.
        relay: DraftNumber,
        /// What.
        answer: RelayAnswer,
    },
    /// They have no account on any network on which the post is.
    NoAccount {
        /// Who.
        directorate: DirectorateCode,
    },
    /// The post that is shown on was closed or rectified.
    Over {
        /// Whose post.
        of: DraftNumber,
    },
    /// An account does not show it on any more.
    Undone {
        /// Where.
        account: AccountName,
    },
}

/// Decides what such an event does to a draft.
pub(in crate::domain) fn decide(draft: &Draft, event: RelayEvent) -> Decision {
    let mut next = draft.clone();
    match event {
        RelayEvent::Asked(asked) => {
            next.relays.push(asked);
            Decision { draft: next, effects: vec![] }
        }
        RelayEvent::Undone { account } => {
            let (Phase::Publishing(publication) | Phase::Published(publication)) = &draft.phase else {
                return unchanged(draft, vec![]);
            };
            let mut publication = publication.clone();
            publication.progress.insert(account.clone(), Progress::TakenDown);
            next.phase = publication.into_phase();
            let told = Notice::Relay(RelayNotice::Undone { account });
            let effects =
                vec![Effect::ShowCard(draft.revision.number), Effect::Tell(told), Effect::Answer(RelayAnswer::Undone)];
            Decision { draft: next, effects }
        }
    }
}

/// The post that is shown on was closed or rectified: nothing more is shown on, and what is, is taken back.
pub(in crate::domain) fn over(draft: &Draft, relay: &Relay, by: DraftNumber, kind: Kind) -> Decision {
    let mut next = draft.clone();
    let told = Notice::Relay(RelayNotice::Over { of: relay.of.clone() });
    let mut effects = vec![Effect::ShowCard(draft.revision.number), Effect::Tell(told)];
    match &draft.phase {
        Phase::Review(_) | Phase::Approved { .. } | Phase::Vetoed { .. } => {
            next.phase = Phase::Withdrawn { by: by.to_string().as_str().into() };
        }
        Phase::Publishing(publication) | Phase::Published(publication) => {
            let mut publication = publication.clone();
            for (account, progress) in &mut publication.progress {
                if let Progress::Online(receipt) = progress {
                    effects.push(Effect::Undo(account.clone(), receipt.clone()));
                }
                if *progress != Progress::TakenDown {
                    *progress = Progress::Stopped;
                }
            }
            next.phase = publication.into_phase();
        }
        Phase::Withdrawn { .. } | Phase::Expired(_) => return unchanged(draft, vec![]),
    }
    next.follower = Some(Follower { by, kind, is_carried: true });
    Decision { draft: next, effects }
}

/// Adds to a decision about a relay what those who asked are to hear of it.
pub(in crate::domain) fn answered(before: &Draft, mut decision: Decision) -> Decision {
    if before.revision.relay.is_none() {
        return decision;
    }
    let was_accepted = matches!(before.phase, Phase::Approved { .. } | Phase::Publishing(_) | Phase::Published(_));
    let is_over = decision.draft.follower.is_some();
    let answers = match (&before.phase, &decision.draft.phase) {
        (Phase::Vetoed { .. }, Phase::Vetoed { .. }) | (Phase::Published(_), Phase::Published(_)) => vec![],
        (_, Phase::Vetoed { .. }) => vec![RelayAnswer::Refused],
        (Phase::Withdrawn { .. }, Phase::Withdrawn { .. }) | (Phase::Expired(_), Phase::Expired(_)) => vec![],
        (_, Phase::Withdrawn { .. }) => vec![RelayAnswer::Withdrawn],
        (_, Phase::Expired(_)) => vec![RelayAnswer::Lapsed],
        (_, Phase::Published(_)) if !is_over => vec![RelayAnswer::Done],
        (_, Phase::Approved { .. } | Phase::Publishing(_)) if !was_accepted => vec![RelayAnswer::Accepted],
        (_, Phase::Review(_) | Phase::Approved { .. } | Phase::Publishing(_) | Phase::Published(_)) => vec![],
    };
    decision.effects.extend(answers.into_iter().map(Effect::Answer));
    decision
}
