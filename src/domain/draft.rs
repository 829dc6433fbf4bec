//! A draft: what an officer wants to say, the revision that stands, and where it is on its way.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::ballot::Ballot;
use crate::domain::cost::Cost;
use crate::domain::directorate::{NetworkKind, Visibility};
use crate::domain::fault::{Fault, Receipt};
use crate::domain::lifting::Lift;
use crate::domain::name::{
    AccountName, CommandWord, DraftNumber, FieldName, MessageId, PersonId, ReactionId, RevisionNumber, RoomId,
};
use crate::domain::picture::{Coming, Picture};
use crate::domain::policy::{Confirm, Policy};
use crate::domain::relay::{Asked, Relay};
use crate::domain::seal::{Seal, Word};
use crate::domain::sequel::{Follower, Removal, Succession};
use crate::domain::text::Length;
use crate::domain::watch::Watch;

/// Everything that is true of one draft now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What people call it.
    pub number: DraftNumber,
    /// The command that opened it.
    pub command: CommandWord,
    /// Where it was typed; its cards are there.
    pub room: RoomId,
    /// The message that opened it.
    pub origin: MessageId,
    /// Everyone who wrote part of its text: none of them may approve it.
    pub authors: BTreeSet<PersonId>,
    /// When the command arrived.
    pub opened_at: Timestamp,
    /// When it lapses if it is not approved.
    pub expires_at: Timestamp,
    /// What it needs to be published.
    pub policy: Policy,
    /// What would be published.
    pub revision: Revision,
    /// Where approval is by word, the seals of revisions that were replaced, the newest of them: an answer may still
    /// name one.
    #[serde(default)]
    pub replaced: BTreeMap<RevisionNumber, Seal>,
    /// What it has said by itself while it waited.
    #[serde(default, skip_serializing_if = "Watch::is_fresh")]
    pub watch: Watch,
    /// Where other directorates were asked to show it on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relays: Vec<Asked>,
    /// The draft that closes or rectifies it, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follower: Option<Follower>,
    /// Where it is on its way.
    pub phase: Phase,
}

/// How many seals of replaced revisions a draft keeps: more than anyone rewrites while colleagues vote.
const MOST_REPLACED: usize = 100;

/// One wording of a draft. Votes name it; any change of text or target is another revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Counts from 1.
    pub number: RevisionNumber,
    /// What was typed, published or internal.
    pub fields: BTreeMap<FieldName, Filled>,
    /// What would come out on each account.
    pub targets: Vec<Target>,
    /// The pictures that go with the text, on every account, in this order.
    #[serde(default)]
    pub pictures: Vec<Picture>,
    /// Files that will be pictures.
    #[serde(default)]
    pub coming: Vec<Coming>,
    /// Why it can't be voted on yet; empty when it can.
    pub blockers: Vec<Blocker>,
    /// What a supervisor should look at twice.
    pub warnings: Vec<Warning>,
    /// Which of them were lifted, and by whom.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<Lift>,
    /// Not before that time does it go out, if one was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_at: Option<Timestamp>,
    /// When that begins which it announces, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happens_at: Option<Timestamp>,
    /// The draft that it closes or rectifies, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succession: Option<Succession>,
    /// The other directorate's post that it shows on, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Relay>,
    /// Over all targets and pictures, the hour, and what becomes of old posts.
    pub seal: Seal,
}

/// The value of a field and the message that gave it: editing that message changes just these fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// Valid for the field's type, in the form in which it is published.
    pub value: String,
    /// The message it was typed in.
    pub from: MessageId,
    /// Kept for those who decide, never published.
    pub is_internal: bool,
}

/// What one account would publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Where.
    pub account: AccountName,
    /// By whose rules.
    pub network: NetworkKind,
    /// For whose eyes.
    pub visibility: Visibility,
    /// ISO 639-1.
    pub language: String,
    /// The exact text.
    pub text: String,
    /// Its length by the network's own rules.
    pub length: Length,
    /// What it costs, where the network charges for it. No part of the seal: prices are not published.
    #[serde(default)]
    pub cost: Option<Cost>,
}

/// Why a draft can't be voted on yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Blocker {
    /// A required field was not given.
    Missing {
        /// Which.
        field: FieldName,
        /// The question that the command file asks for it.
        ask: String,
    },
    /// A text does not fit its network.
    TooLong {
        /// Where.
        account: AccountName,
        /// By how many of the network's characters.
        over: u32,
    },
    /// A text would be empty.
    Empty {
        /// Where.
        account: AccountName,
    },
    /// A check of the command says no to some words.
    Check {
        /// Which check.
        code: String,
        /// The exact words of the text.
        words: String,
        /// Why, with its source, as the file of checks says it.
        why: String,
        /// The internal field that settles it, if there is one.
        field: Option<FieldName>,
    },
    /// The directorate has no account to publish to.
    NoAccount,
    /// A picture is being fetched and developed.
    PictureComing {
        /// What the file is called.
        name: String,
    },
    /// There are more pictures than an account takes.
    TooManyPictures {
        /// Where.
        account: AccountName,
        /// How many it takes.
        most: u32,
    },
    /// A picture has more bytes than an account takes.
    PictureTooLarge {
        /// Where.
        account: AccountName,
        /// The most, in bytes.
        most: u32,
    },
    /// The words that say what a picture shows are longer than an account takes.
    AltTooLong {
        /// Where.
        account: AccountName,
        /// By how many characters.
        over: u32,
    },
}

/// Something that a supervisor should look at twice: the words as they stand, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Which check. Warnings that were stored before there were checks have none.
    #[serde(default)]
    pub code: String,
    /// The exact words of the text.
    pub words: String,
    /// Why, with its source, as the command file says it.
    pub why: String,
    /// Whether nobody can approve before a supervisor has lifted it by name.
    #[serde(default)]
    pub must_be_lifted: bool,
}

/// Where a draft is on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Votes are gathered (or fields, while the revision has blockers).
    Review(Ballot),
    /// The votes are there; it goes out when the grace period ends.
    Approved {
        /// The votes that carry it.
        ballot: Ballot,
        /// The last moment to hold it.
        grace: Grace,
    },
    /// It is going out.
    Publishing(Publication),
    /// It is out on every account.
    Published(Publication),
    /// Someone said no; taking the reaction back reopens it.
    Vetoed {
        /// The votes, the veto among them.
        ballot: Ballot,
        /// Who.
        by: PersonId,
        /// Why.
        reason: VetoReason,
    },
    /// An author or an approver took it back before it went out.
    Withdrawn {
        /// Who.
        by: PersonId,
    },
    /// Not approved in time, as far as is known: a vote from before the deadline that arrives only now still counts.
    Expired(Ballot),
}

/// The time between the last vote needed and publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grace {
    /// Goes out at that time.
    Until(Timestamp),
    /// Goes out when the last of these reactions is taken back, after a fresh grace period.
    Held(BTreeMap<ReactionId, PersonId>),
}

/// Why someone said no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VetoReason {
    /// They were asked.
    Asked,
    /// In their words.
    Given(String),
}

/// An approved post on its way to the public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The votes that carried it: the mandate is judged from them again before anything is sent.
    pub ballot: Ballot,
    /// When the grace period ended.
    pub decided_at: Timestamp,
    /// How far each account is.
    pub progress: BTreeMap<AccountName, Progress>,
    /// Where it follows another draft, the posts of that one which are down.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub removed: BTreeMap<AccountName, Removal>,
}

/// How far an approved post is on one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Not tried yet.
    Owed,
    /// Did not work, is tried again by itself.
    Retrying {
        /// What went wrong.
        fault: Fault,
        /// When the next try is due.
        next: Timestamp,
    },
    /// May or may not be out; a person is asked, and the bot keeps looking.
    Uncertain(Fault),
    /// Will not work by itself; a person is asked to mend it and say so.
    Refused(Fault),
    /// Out.
    Online(Receipt),
    /// Certainly not out, and it will not be: another draft is carried out in its place.
    Stopped,
    /// Nothing was to be put in the place of the old post, and that is down.
    TakenDown,
}

impl Blocker {
    /// The field that is missing and the question that asks for it, if that is what it is. A check that a field
    /// settles asks for that field.
    pub fn missing(&self) -> Option<(&FieldName, &str)> {
        if let Self::Missing { field, ask } = self {
            Some((field, ask))
        } else if let Self::Check { field: Some(field), why, .. } = self {
            Some((field, why))
        } else {
            None
        }
    }
}

impl Publication {
    /// Whether an account waits for a person's word.
    pub fn is_stuck(&self) -> bool {
        self.progress.values().any(|progress| match progress {
            Progress::Uncertain(_) | Progress::Refused(_) => true,
            Progress::Owed
            | Progress::Retrying { .. }
            | Progress::Online(_)
            | Progress::Stopped
            | Progress::TakenDown => false,
        })
    }

    /// Where a draft is with it: published once nothing more is to be done.
    pub(in crate::domain) fn into_phase(self) -> Phase {
        let is_done = self.progress.values().all(|progress| match progress {
            Progress::Online(_) | Progress::Stopped | Progress::TakenDown => true,
            Progress::Owed | Progress::Retrying { .. } | Progress::Uncertain(_) | Progress::Refused(_) => false,
        });
        if is_done { Phase::Published(self) } else { Phase::Publishing(self) }
    }
}

impl Revision {
    /// What was typed, without where: a message that repeats what stands changes nothing.
    pub fn fields_alone(&self) -> Vec<(&FieldName, &str)> {
        self.fields.iter().map(|(name, filled)| (name, filled.value.as_str())).collect()
    }
}

impl Draft {
    /// Puts another revision in the place of the one that stands.
    pub(in crate::domain) fn replace_revision(&mut self, revision: Revision) {
        let old = std::mem::replace(&mut self.revision, revision);
        if self.policy.confirm == Confirm::Word && old.number != self.revision.number {
            self.replaced.insert(old.number, old.seal);
        }
        while self.replaced.len() > MOST_REPLACED {
            self.replaced.pop_first();
        }
    }

    /// The revision that a word names: the one that stands, or the newest of those that were replaced.
    pub fn revision_of(&self, word: &Word) -> Option<RevisionNumber> {
        if self.revision.seal.word() == *word {
            return Some(self.revision.number);
        }
        self.replaced.iter().rev().find(|(_, seal)| seal.word() == *word).map(|(number, _)| *number)
    }
}
