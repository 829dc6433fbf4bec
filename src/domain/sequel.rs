//! What comes after a post: another draft, with votes of its own, that closes or rectifies it.
//!
//! The draft that follows says for each account what becomes of the old post, and that is sealed with its text. Once it is
//! carried, the old draft is superseded in the same transaction: from then on nothing of it is sent any more, and what is
//! still in doubt is only looked for, so that it can be taken down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::draft::{Draft, Phase, Progress, Publication};
use crate::domain::effect::Effect;
use crate::domain::fault::Receipt;
use crate::domain::name::{AccountName, DraftNumber};
use crate::domain::notice::{Notice, Refusal};
use crate::domain::policy::Mandate;
use crate::domain::post::SealBroken;
use crate::domain::relay;
use crate::domain::review::{Decision, unchanged};

/// Why a draft follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The old post has done its work, or must not stand any longer.
    Close,
    /// The old post says something else from now on.
    Rectify,
}

/// What becomes of the old post on one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// It is taken down, and nothing is put in its place.
    TakeDown,
    /// It is taken down, and then the new text is published.
    Replace,
    /// It is changed in place.
    Edit,
}

/// Which draft another one follows, and what becomes of its posts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// The draft whose posts are meant.
    pub of: DraftNumber,
    /// Why.
    pub kind: Kind,
    /// Each account on which it is, or may be.
    pub steps: BTreeMap<AccountName, Step>,
}

/// The draft that follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// Which, the latest if there were several.
    pub by: DraftNumber,
    /// Why.
    pub kind: Kind,
    /// Whether it was approved and is being, or was, carried out.
    pub is_carried: bool,
}

/// An old post that was taken down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// What it was; `None` where a person took it down by hand, or it had never been out.
    pub receipt: Option<Receipt>,
    /// Where its pictures were.
    pub traces: Vec<String>,
    /// What the last look found, if there was one.
    pub left: Option<Left>,
}

/// What is still to be seen of a post that was taken down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// The post itself.
    Post,
    /// A picture of it.
    Picture,
}

/// Something that happened to a draft because one follows the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SequelEvent {
    /// A draft was opened that would follow this one.
    Followed {
        /// Which.
        by: DraftNumber,
        /// Why.
        kind: Kind,
    },
    /// That draft is carried out.
    Superseded {
        /// Which.
        by: DraftNumber,
        /// Why.
        kind: Kind,
    },
    /// It is certain that this one is not out on an account, and it will not be.
    Stopped {
        /// Where.
        account: AccountName,
    },
    /// The old post is not there any more.
    TakenDown {
        /// Where.
        account: AccountName,
        /// What it was; `None` if it was never out.
        receipt: Option<Receipt>,
        /// Where its pictures were.
        traces: Vec<String>,
    },
    /// Somebody has looked whether it is gone.
    Looked {
        /// Where.
        account: AccountName,
        /// What is to be seen of it.
        left: Left,
    },
    /// A day has passed, and nobody could ever look.
    NeverSeen {
        /// Where.
        account: AccountName,
    },
}

/// One thing to say about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SequelNotice {
    /// Another draft is carried out in place of this one.
    Superseded {
        /// Which.
        by: DraftNumber,
        /// Why.
        kind: Kind,
    },
    /// The old post was taken down.
    TakenDown {
        /// Where.
        account: AccountName,
    },
    /// It was looked for, and is gone.
    Gone {
        /// Where.
        account: AccountName,
    },
    /// It is still to be seen, or again.
    Left {
        /// Where.
        account: AccountName,
        /// What.
        left: Left,
    },
    /// Nobody could look for a whole day.
    NeverSeen {
        /// Where.
        account: AccountName,
    },
}

/// Permission to take an old post down, or to change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takedown {
    /// Whose post.
    pub of: DraftNumber,
    /// What becomes of it.
    pub step: Step,
}

impl Takedown {
    /// What a mandate says of the old post on an account, if it says anything.
    ///
    /// # Errors
    /// [`SealBroken`] when what is stored is not what the mandate covers.
    pub fn under(mandate: &Mandate, draft: &Draft, account: &AccountName) -> Result<Option<Self>, SealBroken> {
        let is_covered = draft.number == *mandate.number()
            && draft.revision.number == mandate.revision()
            && draft.revision.content_seal(&draft.number) == mandate.seal();
        if !is_covered {
            return Err(SealBroken);
        }
        let succession = draft.revision.succession.as_ref();
        Ok(succession.and_then(|succession| {
            let step = *succession.steps.get(account)?;
            Some(Self { of: succession.of.clone(), step })
        }))
    }
}

impl Step {
    /// Its word in a seal.
    pub fn word(self) -> &'static str {
        match self {
            Self::TakeDown => "take down",
            Self::Replace => "replace",
            Self::Edit => "edit",
        }
    }
}

impl Draft {
    /// Whether the old post on an account is still to be taken down or changed.
    pub fn awaits_removal(&self, account: &AccountName) -> bool {
        let has_step = self.revision.succession.as_ref().is_some_and(|new| new.steps.contains_key(account));
        let is_done = match &self.phase {
            Phase::Publishing(publication) | Phase::Published(publication) => publication.removed.contains_key(account),
            Phase::Review(_)
            | Phase::Approved { .. }
            | Phase::Vetoed { .. }
            | Phase::Withdrawn { .. }
            | Phase::Expired(_) => false,
        };
        has_step && !is_done
    }

    /// The accounts on which something of it is out, or may be.
    ///
    /// # Errors
    /// Why nothing can follow it.
    pub fn may_be_out_on(&self) -> Result<Vec<AccountName>, Refusal> {
        let publication = match &self.phase {
            Phase::Publishing(publication) | Phase::Published(publication) => publication,
            Phase::Review(_) | Phase::Approved { .. } | Phase::Vetoed { .. } => return Err(Refusal::NotOut),
            Phase::Withdrawn { .. } | Phase::Expired(_) => return Err(Refusal::Over(self.state())),
        };
        let may_be_out = |progress: &Progress| match progress {
            Progress::Owed | Progress::Retrying { .. } | Progress::Uncertain(_) | Progress::Online(_) => true,
            Progress::Refused(_) | Progress::Stopped | Progress::TakenDown => false,
        };
        let progress = publication.progress.iter();
        let accounts: Vec<AccountName> =
            progress.filter(|(_, progress)| may_be_out(progress)).map(|(account, _)| account.clone()).collect();
        if accounts.is_empty() { Err(Refusal::NotOut) } else { Ok(accounts) }
    }
}

/// Decides what such an event does to a draft.
pub(in crate::domain) fn decide(draft: &Draft, event: SequelEvent) -> Decision {
    match event {
        SequelEvent::Followed { by, kind } => {
            let mut next = draft.clone();
            next.follower = Some(Follower { by, kind, is_carried: false });
            Decision { draft: next, effects: vec![] }
        }
        SequelEvent::Superseded { by, kind } => superseded(draft, by, kind),
        SequelEvent::Stopped { account } => stopped(draft, &account),
        SequelEvent::TakenDown { account, receipt, traces } => taken_down(draft, account, receipt, traces),
        SequelEvent::Looked { account, left } => looked(draft, account, left),
        SequelEvent::NeverSeen { account } => {
            unchanged(draft, vec![Effect::Tell(Notice::Sequel(SequelNotice::NeverSeen { account }))])
        }
    }
}

fn superseded(draft: &Draft, by: DraftNumber, kind: Kind) -> Decision {
    if let Some(relay) = &draft.revision.relay {
        return relay::over(draft, relay, by, kind);
    }
    let (Phase::Publishing(publication) | Phase::Published(publication)) = &draft.phase else {
        return unchanged(draft, vec![]);
    };
    let mut publication = publication.clone();
    for progress in publication.progress.values_mut() {
        // What a network has refused is not out, and nobody is asked about it any more.
        if matches!(progress, Progress::Refused(_)) {
            *progress = Progress::Stopped;
        }
    }
    let mut next = draft.clone();
    next.follower = Some(Follower { by: by.clone(), kind, is_carried: true });
    next.phase = publication.into_phase();
    let told = Notice::Sequel(SequelNotice::Superseded { by, kind });
    Decision { draft: next, effects: vec![Effect::ShowCard(draft.revision.number), Effect::Tell(told)] }
}

fn stopped(draft: &Draft, account: &AccountName) -> Decision {
    let Phase::Publishing(publication) = &draft.phase else { return unchanged(draft, vec![]) };
    let mut publication = publication.clone();
    match publication.progress.get_mut(account) {
        Some(
            progress @ (Progress::Owed | Progress::Retrying { .. } | Progress::Uncertain(_) | Progress::Refused(_)),
        ) => {
            *progress = Progress::Stopped;
        }
        Some(Progress::Online(_) | Progress::Stopped | Progress::TakenDown) | None => return unchanged(draft, vec![]),
    }
    let mut next = draft.clone();
    next.phase = publication.into_phase();
    Decision { draft: next, effects: vec![Effect::ShowCard(draft.revision.number)] }
}

/// The old post is gone: where nothing is put in its place, that account is done.
pub(in crate::domain) fn taken_down(
    draft: &Draft,
    account: AccountName,
    receipt: Option<Receipt>,
    traces: Vec<String>,
) -> Decision {
    let Phase::Publishing(publication) = &draft.phase else { return unchanged(draft, vec![]) };
    if !draft.awaits_removal(&account) {
        return unchanged(draft, vec![]);
    }
    let step = draft.revision.succession.as_ref().and_then(|succession| succession.steps.get(&account));
    let mut publication: Publication = publication.clone();
    if step == Some(&Step::TakeDown) {
        publication.progress.insert(account.clone(), Progress::TakenDown);
    }
    let was_out = receipt.is_some();
    publication.removed.insert(account.clone(), Removal { receipt, traces, left: None });
    let mut next = draft.clone();
    next.phase = publication.into_phase();
    let mut effects = vec![Effect::ShowCard(draft.revision.number)];
    if was_out {
        effects.push(Effect::Tell(Notice::Sequel(SequelNotice::TakenDown { account: account.clone() })));
        effects.push(Effect::Check(account));
    }
    Decision { draft: next, effects }
}

fn looked(draft: &Draft, account: AccountName, left: Left) -> Decision {
    let mut next = draft.clone();
    let (Phase::Publishing(publication) | Phase::Published(publication)) = &mut next.phase else {
        return unchanged(draft, vec![]);
    };
    let Some(removal) = publication.removed.get_mut(&account).filter(|removal| removal.left != Some(left)) else {
        return unchanged(draft, vec![]);
    };
    removal.left = Some(left);
    let told = match left {
        Left::Nothing => SequelNotice::Gone { account },
        Left::Post | Left::Picture => SequelNotice::Left { account, left },
    };
    Decision { draft: next, effects: vec![Effect::Tell(Notice::Sequel(told))] }
}
