//! The votes on one revision of a draft, each tied to the reaction that cast it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::name::{PersonId, ReactionId, RoleName};

/// Every vote that stands on one revision, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballot {
    /// One entry a reaction: a person who taps twice has two, and counts once.
    pub votes: Vec<Vote>,
}

/// One reaction that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Who voted, with the roles they had when they did.
    pub by: Voter,
    /// What they said.
    pub choice: Choice,
    /// Taking this reaction back takes the vote back.
    pub reaction: ReactionId,
}

/// A person of the team who votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voter {
    /// The member's one id, whichever chat they used.
    pub id: PersonId,
    /// Their roles at the time of the vote.
    pub roles: BTreeSet<RoleName>,
}

/// What a reaction can say about a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// May go out.
    Approve,
    /// Must not go out.
    Veto,
    /// Not yet: keeps an approved draft from going out for as long as the reaction stands.
    Hold,
}

impl Ballot {
    /// The same ballot with one more vote. A reaction that is already there changes nothing.
    pub fn with(&self, vote: Vote) -> Self {
        let mut ballot = self.clone();
        if self.find(&vote.reaction).is_none() {
            ballot.votes.push(vote);
        }
        ballot
    }

    /// The same ballot without the vote of that reaction.
    pub fn without(&self, reaction: &ReactionId) -> Self {
        Self { votes: self.votes.iter().filter(|vote| vote.reaction != *reaction).cloned().collect() }
    }

    /// The vote that a reaction cast.
    pub fn find(&self, reaction: &ReactionId) -> Option<&Vote> {
        self.votes.iter().find(|vote| vote.reaction == *reaction)
    }

    /// Who made that choice, each person once, in the order in which they first did.
    pub fn voters(&self, choice: Choice) -> Vec<&Voter> {
        let mut voters: Vec<&Voter> = Vec::new();
        for vote in self.votes.iter().filter(|vote| vote.choice == choice) {
            if !voters.iter().any(|voter| voter.id == vote.by.id) {
                voters.push(&vote.by);
            }
        }
        voters
    }
}
