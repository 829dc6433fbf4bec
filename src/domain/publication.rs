//! The second half of a draft's way: out on each account, one not waiting for the other, until all of it is online.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::ballot::{Ballot, Voter};
use crate::domain::draft::{Draft, Phase, Progress, Publication};
use crate::domain::effect::Effect;
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::name::AccountName;
use crate::domain::notice::{Notice, Refusal};
use crate::domain::review::{Decision, unchanged};
use crate::domain::{schedule, sequel};

/// What a person says of an account whose outcome is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// ✅ I have looked, it is online.
    Online,
    /// 🔁 Send it again.
    Again,
}

/// Begins to publish an approved draft on all of its accounts, side by side.
pub(in crate::domain) fn begin(mut draft: Draft, ballot: Ballot, mut effects: Vec<Effect>, now: Timestamp) -> Decision {
    let mut accounts: Vec<AccountName> = draft.revision.targets.iter().map(|target| target.account.clone()).collect();
    let steps = draft.revision.succession.iter().flat_map(|succession| succession.steps.keys());
    let without_text: Vec<AccountName> = steps.filter(|account| !accounts.contains(account)).cloned().collect();
    accounts.extend(without_text);
    let progress = accounts.iter().map(|account| (account.clone(), Progress::Owed)).collect();
    draft.phase = Phase::Publishing(Publication { ballot, decided_at: now, progress, removed: BTreeMap::new() });
    effects.extend(schedule::lateness(&draft, now));
    effects.extend(accounts.into_iter().map(Effect::Publish));
    Decision { draft, effects }
}

/// An account published it.
pub(in crate::domain) fn delivered(draft: &Draft, account: AccountName, receipt: Receipt) -> Decision {
    progressed(draft, &account, |progress| match progress {
        // It was shown on while the original was closed: that is taken back as well.
        Progress::Stopped if draft.revision.relay.is_some() => {
            Some((Progress::Stopped, vec![Effect::Undo(account.clone(), receipt.clone())]))
        }
        Progress::Online(_) | Progress::Stopped | Progress::TakenDown => None,
        Progress::Owed | Progress::Retrying { .. } | Progress::Uncertain(_) | Progress::Refused(_) => Some((
            Progress::Online(receipt.clone()),
            vec![Effect::Tell(Notice::Online { account: account.clone(), receipt: receipt.clone() })],
        )),
    })
}

/// An account did not publish it, or it is not known whether it did. Without `next`, nothing more is tried by itself.
pub(in crate::domain) fn failed(
    draft: &Draft,
    account: AccountName,
    fault: Fault,
    next: Option<Timestamp>,
) -> Decision {
    progressed(draft, &account, |before| {
        let (account, told_fault) = (account.clone(), fault.clone());
        let (after, notice) = match (&fault, next) {
            (Fault::Transient { .. } | Fault::Uncertain { .. }, Some(next)) => (
                Progress::Retrying { fault: fault.clone(), next },
                Notice::Retrying { account, fault: told_fault, next },
            ),
            (Fault::Uncertain { .. }, None) => {
                (Progress::Uncertain(fault.clone()), Notice::AskWhetherOnline { account, fault: told_fault })
            }
            (Fault::Permanent { .. }, _) | (Fault::Transient { .. }, None) => {
                (Progress::Refused(fault.clone()), Notice::AskToRetry { account, fault: told_fault })
            }
        };
        let was_said = match (before, &after) {
            (Progress::Online(_) | Progress::Stopped | Progress::TakenDown, _) => return None,
            // A person has been asked, and may answer at any time: the bot goes on looking in silence.
            (Progress::Uncertain(_), Progress::Retrying { .. }) => return None,
            (Progress::Retrying { fault: said, .. }, Progress::Retrying { .. }) => {
                std::mem::discriminant(said) == std::mem::discriminant(&fault)
            }
            (Progress::Uncertain(_), Progress::Uncertain(_)) | (Progress::Refused(_), Progress::Refused(_)) => true,
            (
                Progress::Owed | Progress::Retrying { .. } | Progress::Uncertain(_) | Progress::Refused(_),
                Progress::Owed
                | Progress::Retrying { .. }
                | Progress::Uncertain(_)
                | Progress::Refused(_)
                | Progress::Online(_)
                | Progress::Stopped
                | Progress::TakenDown,
            ) => false,
        };
        Some((after, if was_said { vec![] } else { vec![Effect::Tell(notice)] }))
    })
}

/// A person answered the question about an account.
pub(in crate::domain) fn resolve(
    draft: &Draft,
    account: AccountName,
    by: &Voter,
    answer: Answer,
) -> Result<Decision, Refusal> {
    let (Phase::Publishing(publication) | Phase::Published(publication)) = &draft.phase else {
        return Err(Refusal::NothingAsked);
    };
    if !draft.authors.contains(&by.id) && !draft.policy.admits(&by.roles) {
        return Err(Refusal::NotYours);
    }
    match (publication.progress.get(&account), answer) {
        (Some(Progress::Uncertain(_)), Answer::Online) => {
            Ok(delivered(draft, account, Receipt { id: String::new(), url: None }))
        }
        // Whoever was asked to take it down by hand says that it is down.
        (Some(Progress::Refused(fault)), Answer::Again) if *fault.cause() == Cause::IdUnknown => {
            let mut decision = sequel::taken_down(draft, account.clone(), None, vec![]);
            if matches!(&decision.draft.phase, Phase::Publishing(publication)
                if publication.progress.get(&account) != Some(&Progress::TakenDown))
            {
                let again = progressed(&decision.draft, &account, |_| {
                    Some((Progress::Owed, vec![Effect::Publish(account.clone())]))
                });
                decision.draft = again.draft;
                decision.effects.extend(again.effects);
            }
            Ok(decision)
        }
        (Some(Progress::Uncertain(_) | Progress::Refused(_)), Answer::Again) => {
            Ok(progressed(draft, &account, |_| Some((Progress::Owed, vec![Effect::Publish(account.clone())]))))
        }
        (Some(Progress::Refused(_)), Answer::Online)
        | (
            Some(
                Progress::Owed
                | Progress::Retrying { .. }
                | Progress::Online(_)
                | Progress::Stopped
                | Progress::TakenDown,
            )
            | None,
            _,
        ) => Err(Refusal::NothingAsked),
    }
}

/// Moves one account on; when the last one is online the draft is published.
fn progressed(
    draft: &Draft,
    account: &AccountName,
    step: impl FnOnce(&Progress) -> Option<(Progress, Vec<Effect>)>,
) -> Decision {
    let publication = match &draft.phase {
        Phase::Publishing(publication) => publication,
        Phase::Published(publication) if draft.revision.relay.is_some() => publication,
        Phase::Published(_)
        | Phase::Review(_)
        | Phase::Approved { .. }
        | Phase::Vetoed { .. }
        | Phase::Withdrawn { .. }
        | Phase::Expired(_) => return unchanged(draft, vec![]),
    };
    let Some((progress, told)) = publication.progress.get(account).and_then(step) else {
        return unchanged(draft, vec![]);
    };
    let mut publication = publication.clone();
    publication.progress.insert(account.clone(), progress);
    let mut next = draft.clone();
    next.phase = publication.into_phase();
    let mut effects = vec![Effect::ShowCard(draft.revision.number)];
    effects.extend(told);
    Decision { draft: next, effects }
}
