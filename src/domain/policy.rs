//! What a draft needs to be published, and the only place where permission to publish is given.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::ballot::{Assurance, Ballot, Choice, Given, Vote, Voter};
use crate::domain::draft::Draft;
use crate::domain::name::{DraftNumber, PersonId, RevisionNumber, RoleName};
use crate::domain::seal::Seal;

/// The rule of approval of one command, copied into each draft when it is opened: a later change of the command file
/// does not change what was promised to those who vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How many persons must approve; at least 1.
    pub quorum: u32,
    /// Roles that must each be held by one of those who approve.
    pub required_roles: BTreeSet<RoleName>,
    /// Roles that may approve and veto; empty means everyone on the team.
    pub approver_roles: BTreeSet<RoleName>,
    /// Seconds after which a draft that was not approved lapses.
    pub open_for_seconds: u32,
    /// Seconds between the last vote needed and publication, during which a tap holds it; may be 0.
    pub grace_seconds: u32,
    /// What supervisors tap.
    pub glyphs: Glyphs,
    /// Whether it goes first where an account must wait.
    #[serde(default)]
    pub is_urgent: bool,
    /// How an approval is given. Where none was stored, by reaction.
    #[serde(default)]
    pub confirm: Confirm,
    /// Whom the bot calls when nobody votes.
    #[serde(default)]
    pub reminders: Reminders,
}

/// What is said of a draft that waits for votes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminders {
    /// After so many seconds without a vote the next role is called; never if 0.
    pub after_seconds: u32,
    /// The roles that are called, each once, in this order.
    pub roles: Vec<RoleName>,
    /// So many seconds before its hour, or before what it announces, it is said that it is not approved; never if 0.
    pub deadline_near_seconds: u32,
}

/// How an approval is given. Stopping is always cheap: a veto and a hold are reactions either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confirm {
    /// A tap on the card is enough. In Matrix reactions are not encrypted
    /// (<https://spec.matrix.org/v1.18/client-server-api/#mreaction>), so whoever runs the server can forge one.
    #[default]
    Reaction,
    /// Only the short form of the card's seal counts, typed in answer to the card, from a proven device: a server can
    /// neither write such a message nor turn it to another text.
    Word,
}

impl Confirm {
    /// Both, with the words that files have for them.
    pub const WORDS: [(&'static str, Self); 2] = [("reaction", Self::Reaction), ("word", Self::Word)];
}

/// The emoji that stand for each choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glyphs {
    /// ✅
    pub approve: String,
    /// ❌
    pub veto: String,
    /// ⏸
    pub hold: String,
}

impl Default for Glyphs {
    fn default() -> Self {
        Self { approve: "✅".to_owned(), veto: "❌".to_owned(), hold: "⏸".to_owned() }
    }
}

impl Glyphs {
    /// What a reaction means. Variation selectors and skin tones, which keyboards add as they like, do not matter.
    pub fn choice(&self, glyph: &str) -> Option<Choice> {
        let glyph = bare(glyph);
        [(&self.approve, Choice::Approve), (&self.veto, Choice::Veto), (&self.hold, Choice::Hold)]
            .into_iter()
            .find_map(|(known, choice)| (bare(known) == glyph).then_some(choice))
    }
}

/// An emoji without variation selectors (U+FE0E, U+FE0F) and skin tones (U+1F3FB to U+1F3FF).
pub fn bare(glyph: &str) -> String {
    glyph.chars().filter(|c| !matches!(c, '\u{FE0E}' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}')).collect()
}

impl Policy {
    /// Whether a person with these roles may approve or veto.
    pub fn admits(&self, roles: &BTreeSet<RoleName>) -> bool {
        self.approver_roles.is_empty() || !self.approver_roles.is_disjoint(roles)
    }

    /// The glyphs that are put under a card to be tapped. One that approves nothing is not among them.
    pub fn offered(&self) -> Vec<&str> {
        let Glyphs { approve, veto, hold } = &self.glyphs;
        match self.confirm {
            Confirm::Reaction => vec![approve, veto, hold],
            Confirm::Word => vec![veto, hold],
        }
    }
}

/// Permission to publish one revision of one draft exactly as sealed. Only [`judge`] can make one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    number: DraftNumber,
    revision: RevisionNumber,
    seal: Seal,
    approved_by: Vec<PersonId>,
}

impl Mandate {
    /// The draft that may go out.
    pub fn number(&self) -> &DraftNumber {
        &self.number
    }

    /// Its only revision that may.
    pub fn revision(&self) -> RevisionNumber {
        self.revision
    }

    /// What was approved, byte for byte.
    pub fn seal(&self) -> Seal {
        self.seal
    }

    /// Those whose votes carried it.
    pub fn approved_by(&self) -> &[PersonId] {
        &self.approved_by
    }
}

/// What the votes on a draft's current revision amount to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may go out.
    Carried(Mandate),
    /// Someone said no.
    Vetoed(Voter),
    /// Votes are missing.
    Wanting {
        /// How many more persons must approve.
        votes: u32,
        /// Which required roles have not approved yet.
        roles: BTreeSet<RoleName>,
    },
}

/// Judges the votes on the current revision: persons count once, authors never do, one veto is enough, and where the
/// word is asked for an approval without it is none.
pub fn judge(draft: &Draft, ballot: &Ballot) -> Verdict {
    let policy = &draft.policy;
    let counts = |voter: &&Voter| !draft.authors.contains(&voter.id) && policy.admits(&voter.roles);
    if let Some(voter) = ballot.voters(Choice::Veto).into_iter().find(counts) {
        return Verdict::Vetoed(voter.clone());
    }
    let approves = |vote: &Vote| vote.choice == Choice::Approve && is_confirmed(draft, vote);
    let approving: Vec<&Voter> = ballot.voters_where(approves).into_iter().filter(counts).collect();
    let present: BTreeSet<&RoleName> = approving.iter().flat_map(|voter| &voter.roles).collect();
    let roles: BTreeSet<RoleName> =
        policy.required_roles.iter().filter(|role| !present.contains(role)).cloned().collect();
    let count = u32::try_from(approving.len()).unwrap_or(u32::MAX);
    let votes = policy.quorum.max(1).saturating_sub(count);
    let is_stopped = !draft.revision.blockers.is_empty() || draft.revision.standing().next().is_some();
    if votes > 0 || !roles.is_empty() || is_stopped {
        return Verdict::Wanting { votes, roles };
    }
    Verdict::Carried(Mandate {
        number: draft.number.clone(),
        revision: draft.revision.number,
        seal: draft.revision.seal,
        approved_by: approving.into_iter().map(|voter| voter.id.clone()).collect(),
    })
}

/// Whether a vote was given as the policy asks: by any means, or by the word of this very text from a proven device.
fn is_confirmed(draft: &Draft, vote: &Vote) -> bool {
    match (draft.policy.confirm, &vote.given) {
        (Confirm::Reaction, Given::ByReaction | Given::ByWord { .. }) => true,
        (Confirm::Word, Given::ByWord { word, assurance: Assurance::Proven }) => *word == draft.revision.seal.word(),
        (
            Confirm::Word,
            Given::ByReaction
            | Given::ByWord {
                assurance: Assurance::Unencrypted | Assurance::UnverifiedDevice | Assurance::ChangedIdentity,
                ..
            },
        ) => false,
    }
}
