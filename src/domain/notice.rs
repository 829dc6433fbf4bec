//! What the bot has to say, as data; `wording` puts it in words, in the language of the room.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::ballot::Unconfirmed;
use crate::domain::draft::{Blocker, Draft};
use crate::domain::fault::{Fault, Receipt};
use crate::domain::help::Help;
use crate::domain::lifting::NotLifted;
use crate::domain::name::{
    AccountName, ArrivalId, CommandWord, DraftNumber, FieldName, PersonId, RevisionNumber, RoleName,
};
use crate::domain::picture::Unfit;
use crate::domain::plan_notice::PlanNotice;
use crate::domain::publication::Answer;
use crate::domain::relay::RelayNotice;
use crate::domain::schedule::Unplannable;
use crate::domain::sequel::SequelNotice;

/// One thing to say. Persons are named by their member id; the wording knows their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// What is missing or too long before anyone can vote, with the question for the first missing field.
    Asked(Vec<Blocker>),
    /// A draft that was incomplete is complete and may be voted on.
    Completed,
    /// An approval was counted.
    Approved {
        /// Who.
        by: PersonId,
        /// How many more are needed.
        votes: u32,
        /// Which roles are still needed.
        roles: BTreeSet<RoleName>,
    },
    /// A reaction was taken back and its vote with it.
    VoteTakenBack {
        /// Who.
        by: PersonId,
    },
    /// Someone lifted warnings.
    WarningsLifted {
        /// Who.
        by: PersonId,
        /// The words that they were about.
        words: Vec<String>,
    },
    /// A new revision stands; votes start again.
    Revised {
        /// Who changed it.
        by: PersonId,
        /// The new one.
        revision: RevisionNumber,
        /// How many votes were lost.
        votes_lost: u32,
    },
    /// A new revision stands, because someone of the room removed a message with pictures.
    PicturesRemoved {
        /// The new one.
        revision: RevisionNumber,
        /// How many votes were lost.
        votes_lost: u32,
    },
    /// The votes are there; it goes out at that time unless held.
    GoesOut {
        /// When.
        at: Timestamp,
    },
    /// Something about the hour of a draft that waits.
    Plan(PlanNotice),
    /// Something about a relay.
    Relay(RelayNotice),
    /// Something about a draft that closes or rectifies another.
    Sequel(SequelNotice),
    /// Someone held it.
    Held {
        /// Who.
        by: PersonId,
    },
    /// A hold was taken back.
    HoldTakenBack {
        /// Who.
        by: PersonId,
    },
    /// Someone said no; they are asked why.
    Vetoed {
        /// Who.
        by: PersonId,
    },
    /// They said why.
    VetoExplained {
        /// Who.
        by: PersonId,
        /// In their words.
        reason: String,
    },
    /// The veto was taken back.
    VetoTakenBack {
        /// Who.
        by: PersonId,
    },
    /// It was withdrawn before it went out.
    Withdrawn {
        /// Who.
        by: PersonId,
    },
    /// Nobody approved it in time.
    Expired,
    /// It is out on one account.
    Online {
        /// Where.
        account: AccountName,
        /// The proof.
        receipt: Receipt,
    },
    /// One account did not take it; it is tried again by itself.
    Retrying {
        /// Where.
        account: AccountName,
        /// Why.
        fault: Fault,
        /// When.
        next: Timestamp,
    },
    /// It may be out on one account; a person must look and say ✅ or 🔁.
    AskWhetherOnline {
        /// Where.
        account: AccountName,
        /// Why it is not known.
        fault: Fault,
    },
    /// It is not out on one account and will not be by itself; a person mends it and says 🔁.
    AskToRetry {
        /// Where.
        account: AccountName,
        /// Why.
        fault: Fault,
    },
    /// The card was removed from the room; a new one follows.
    CardLost,
    /// A draft's first message was removed; the draft stays.
    OriginRemoved,
    /// Something was not done, and why.
    Refused(Refusal),
    /// Someone who is not on the team, told once.
    Stranger {
        /// Who, as the chat knows them.
        person: PersonId,
    },
    /// A message that can't be decrypted.
    Unreadable {
        /// Who wrote it.
        person: PersonId,
        /// Which.
        arrival: ArrivalId,
    },
    /// No such command.
    UnknownCommand {
        /// As typed.
        typed: String,
        /// The nearest one.
        nearest: Option<CommandWord>,
    },
    /// A command or an answer that could not be understood.
    BadInput(Vec<Problem>),
    /// The open drafts of this directorate.
    Drafts(Vec<Summary>),
    /// A draft as it stands, to be read (votes go to its card).
    Shown(Box<Draft>),
    /// The list of commands, or one command explained.
    Help(Help),
    /// A file that someone attached is not taken as a picture.
    PictureRefused {
        /// What it is called.
        name: String,
        /// Why.
        why: Unfit,
    },
}

impl Notice {
    /// The account that the notice asks a person about, and what they may answer.
    pub fn question(&self) -> Option<(&AccountName, &'static [Answer])> {
        if let Self::AskWhetherOnline { account, .. } = self {
            Some((account, &[Answer::Online, Answer::Again]))
        } else if let Self::AskToRetry { account, .. } = self {
            Some((account, &[Answer::Again]))
        } else {
            None
        }
    }
}

/// A line of `!brouillons`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Which.
    pub number: DraftNumber,
    /// Its command.
    pub command: CommandWord,
    /// Where it stands.
    pub state: State,
    /// The first words of its text.
    pub beginning: String,
    /// The hour that was set for it, as long as it has not begun to go out.
    #[serde(default)]
    pub planned_at: Option<Timestamp>,
}

/// Where a draft stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Fields are missing or a text is too long.
    Incomplete,
    /// Votes are gathered.
    Review,
    /// Approved, in its grace period.
    Approved,
    /// Approved, and held.
    Held,
    /// Going out.
    Publishing,
    /// Waits for a person's word on one account.
    Stuck,
    /// Out everywhere.
    Published,
    /// Refused by someone.
    Vetoed,
    /// Taken back.
    Withdrawn,
    /// Lapsed.
    Expired,
    /// It was out, and another draft has closed it.
    Closed,
    /// It was out, and another draft has rectified it.
    Rectified,
}

/// Why something that a person wanted was lawfully not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// An author can't approve or veto their own text.
    #[error("the author does not vote")]
    AuthorDoesNotVote,
    /// None of the person's roles may approve this command.
    #[error("none of the roles may approve this")]
    NoApproverRole {
        /// Roles that may.
        roles: BTreeSet<RoleName>,
    },
    /// The vote was put on an older card.
    #[error("revision {voted} was replaced by {current}")]
    OldRevision {
        /// The one voted on.
        voted: RevisionNumber,
        /// The one that stands.
        current: RevisionNumber,
    },
    /// An approval was not given as the policy asks.
    #[error("{0}")]
    Unconfirmed(Unconfirmed),
    /// A warning stands, and why.
    #[error("{0}")]
    Lifting(NotLifted),
    /// The draft can't be voted on yet.
    #[error("the draft is incomplete")]
    Incomplete(Vec<Blocker>),
    /// It is going out or out already.
    #[error("too late, it is going out or out")]
    TooLate,
    /// It was withdrawn, or it lapsed.
    #[error("the draft is over")]
    Over(State),
    /// A relay shows another directorate's words on, as they are.
    #[error("a relay is made as it is")]
    RelayedAsItIs,
    /// Nothing of it is out, so there is nothing to close or rectify.
    #[error("nothing of it is out")]
    NotOut,
    /// Another draft closes or rectifies it, or would.
    #[error("{0} follows it already")]
    Followed(DraftNumber),
    /// Only authors and approvers may do this.
    #[error("only an author or an approver may do this")]
    NotYours,
    /// An edit of the message that opened a draft turned it into another command.
    #[error("the command can't be changed")]
    CommandChanged,
    /// The text would stay as it is.
    #[error("nothing changed")]
    NothingChanged,
    /// No draft of that number in this directorate (which is all that is said of other directorates' drafts, too).
    #[error("no draft {0} here")]
    NoSuchDraft(String),
    /// An account does not wait for a person's word (any more).
    #[error("nothing is asked for this account")]
    NothingAsked,
}

/// What is wrong with what was typed; the officer can mend it from these words alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Problem {
    /// Nothing but the command's word, or nothing at all, where text is needed.
    #[error("nothing was typed")]
    Empty,
    /// More than the bot reads.
    #[error("{characters} characters, at most {most}")]
    TooLong {
        /// As typed.
        characters: usize,
        /// At most.
        most: usize,
    },
    /// A sign that can't be seen or that changes the direction of writing (U+202E, say).
    #[error("forbidden character U+{0:04X}")]
    ForbiddenCharacter(u32),
    /// A pile of combining marks on one letter.
    #[error("too many combining marks")]
    PiledMarks,
    /// A field given twice.
    #[error("field {0} given twice")]
    GivenTwice(FieldName),
    /// No such field in this command.
    #[error("no field {typed}")]
    UnknownField {
        /// As typed.
        typed: String,
        /// The nearest one.
        nearest: Option<FieldName>,
    },
    /// Not a date that exists.
    #[error("{value} is not a date")]
    NotADate {
        /// The field.
        field: FieldName,
        /// As typed.
        value: String,
    },
    /// Not a phone number.
    #[error("{value} is not a phone number")]
    NotAPhone {
        /// The field.
        field: FieldName,
        /// As typed.
        value: String,
    },
    /// Not an age in years.
    #[error("{value} is not an age")]
    NotAnAge {
        /// The field.
        field: FieldName,
        /// As typed.
        value: String,
    },
    /// Neither yes nor no.
    #[error("{value} is neither yes nor no")]
    NotYesOrNo {
        /// The field.
        field: FieldName,
        /// As typed.
        value: String,
    },
    /// Not one of the choices.
    #[error("{value} is not a choice")]
    NotAChoice {
        /// The field.
        field: FieldName,
        /// As typed.
        value: String,
        /// What can be chosen.
        choices: Vec<String>,
    },
    /// The field's value is longer than the field takes.
    #[error("{field} is too long")]
    ValueTooLong {
        /// The field.
        field: FieldName,
        /// At most, in characters.
        most: usize,
    },
    /// Nothing can be planned for what was typed.
    #[error("{0}")]
    Unplannable(Unplannable),
    /// No directorate of that code can be asked; empty where none is the national one.
    #[error("no directorate {0}")]
    NoSuchDirectorate(String),
    /// A draft's number was expected.
    #[error("{0} is not a draft number")]
    NotADraftNumber(String),
}
