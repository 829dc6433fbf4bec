//! The votes on one revision of a draft, each tied to the reaction that cast it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::name::{DraftNumber, PersonId, ReactionId, RoleName};
use crate::domain::seal::Word;

/// Every vote that stands on one revision, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballot {
    /// One entry a reaction: a person who taps twice has two, and counts once.
    pub votes: Vec<Vote>,
}

/// One reaction that counts, or one message with the word of the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Who voted, with the roles they had when they did.
    pub by: Voter,
    /// What they said.
    pub choice: Choice,
    /// Taking this reaction back takes the vote back. Of a vote given by word it is the id of the message.
    pub reaction: ReactionId,
    /// How it was given. Votes that were stored before there was a choice were reactions.
    #[serde(default)]
    pub given: Given,
}

/// How a vote was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Given {
    /// By tapping.
    #[default]
    ByReaction,
    /// By typing the word of the card.
    ByWord {
        /// Which: it names the text that was approved, whatever the server says was answered.
        word: Word,
        /// How sure the chat is of who typed it.
        assurance: Assurance,
    },
}

/// How sure a chat is that a message was written by the person it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Assurance {
    /// As sure as that chat can ever be. In Matrix: encrypted by a device that its owner has signed.
    Proven,
    /// It was not encrypted, or nothing is known: a server could have written it.
    #[default]
    Unencrypted,
    /// Encrypted by a device that its owner has not signed.
    UnverifiedDevice,
    /// The person's identity is another than the bot knew.
    ChangedIdentity,
}

/// A person of the team who votes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voter {
    /// The member's one id, whichever chat they used.
    pub id: PersonId,
    /// Their roles at the time of the vote.
    pub roles: BTreeSet<RoleName>,
}

/// Why an approval does not count where the word is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Unconfirmed {
    /// It was a reaction; this word would count.
    #[error("the word is needed")]
    ByReaction(Word),
    /// The word is not that of any revision of the draft.
    #[error("not the word of the card")]
    WrongWord,
    /// The word of that draft, but not typed in answer to its card.
    #[error("the word belongs to the card of {0}")]
    Elsewhere(DraftNumber),
    /// The chat can't tell for sure who typed the word.
    #[error("the word is not proven")]
    NotProven(Assurance),
}

/// What a reaction or a word can say about a draft.
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
        self.voters_where(|vote| vote.choice == choice)
    }

    /// Whose votes are such, each person once, in the order in which they first voted so.
    pub fn voters_where(&self, is_such: impl Fn(&Vote) -> bool) -> Vec<&Voter> {
        let mut voters: Vec<&Voter> = Vec::new();
        for vote in self.votes.iter().filter(|vote| is_such(vote)) {
            if !voters.iter().any(|voter| voter.id == vote.by.id) {
                voters.push(&vote.by);
            }
        }
        voters
    }
}
