//! Where a draft stands: in one word, and whether it may still be changed.

use crate::domain::ballot::Ballot;
use crate::domain::draft::{Draft, Grace, Phase};
use crate::domain::notice::State;
use crate::domain::sequel::{Follower, Kind};

impl State {
    /// Whether nothing will happen to it any more.
    pub fn is_over(self) -> bool {
        match self {
            Self::Incomplete
            | Self::Review
            | Self::Approved
            | Self::Held
            | Self::Publishing
            | Self::Stuck
            | Self::Vetoed => false,
            Self::Published | Self::Withdrawn | Self::Expired | Self::Closed | Self::Rectified => true,
        }
    }
}

impl Draft {
    /// Where it stands, in one word.
    pub fn state(&self) -> State {
        match &self.phase {
            Phase::Review(_) if !self.revision.blockers.is_empty() => State::Incomplete,
            Phase::Review(_) => State::Review,
            Phase::Approved { grace: Grace::Until(_), .. } => State::Approved,
            Phase::Approved { grace: Grace::Held(_), .. } => State::Held,
            Phase::Publishing(publication) if publication.is_stuck() => State::Stuck,
            Phase::Publishing(_) => State::Publishing,
            Phase::Published(_) => match &self.follower {
                Some(Follower { is_carried: true, kind: Kind::Close, .. }) => State::Closed,
                Some(Follower { is_carried: true, kind: Kind::Rectify, .. }) => State::Rectified,
                Some(Follower { is_carried: false, .. }) | None => State::Published,
            },
            Phase::Vetoed { .. } => State::Vetoed,
            Phase::Withdrawn { .. } => State::Withdrawn,
            Phase::Expired(_) => State::Expired,
        }
    }

    /// The votes on the current revision, whatever became of them.
    pub fn ballot(&self) -> Option<&Ballot> {
        match &self.phase {
            Phase::Review(ballot)
            | Phase::Approved { ballot, .. }
            | Phase::Vetoed { ballot, .. }
            | Phase::Expired(ballot) => Some(ballot),
            Phase::Publishing(publication) | Phase::Published(publication) => Some(&publication.ballot),
            Phase::Withdrawn { .. } => None,
        }
    }

    /// Whether it was approved and its grace period is over: it is going out, or out.
    pub fn is_carried(&self) -> bool {
        match &self.phase {
            Phase::Publishing(_) | Phase::Published(_) => true,
            Phase::Review(_)
            | Phase::Approved { .. }
            | Phase::Vetoed { .. }
            | Phase::Withdrawn { .. }
            | Phase::Expired(_) => false,
        }
    }

    /// Whether it may still be changed: nothing of it has gone out and nobody has ended it.
    pub fn is_open(&self) -> bool {
        match &self.phase {
            Phase::Review(_) | Phase::Approved { .. } | Phase::Vetoed { .. } => true,
            Phase::Publishing(_) | Phase::Published(_) | Phase::Withdrawn { .. } | Phase::Expired(_) => false,
        }
    }
}
