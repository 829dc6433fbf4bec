//! How a warning is lifted: by name, by someone who may approve and wrote nothing of the text.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::ballot::Voter;
use crate::domain::draft::{Draft, Revision, Warning};
use crate::domain::effect::Effect;
use crate::domain::name::{PersonId, RevisionNumber};
use crate::domain::notice::{Notice, Refusal};
use crate::domain::review::{Decision, must_be_open};

/// A warning that somebody has looked at and answers for. It holds for its revision only: another text is looked at
/// again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lift {
    /// Which check.
    pub code: String,
    /// The words that it was about.
    pub words: String,
    /// Who.
    pub by: PersonId,
}

/// Why a warning stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NotLifted {
    /// Nobody can approve before these words are lifted.
    #[error("warnings stand")]
    Standing(Vec<String>),
    /// Whoever wrote the text does not lift its warnings.
    #[error("the author does not lift")]
    Author,
    /// No such warning must be lifted, or it was already.
    #[error("nothing to lift")]
    Nothing,
}

impl Revision {
    /// The warnings that must be lifted before anyone can approve.
    pub fn standing(&self) -> impl Iterator<Item = &Warning> {
        self.warnings.iter().filter(|warning| warning.must_be_lifted && self.lift_of(warning).is_none())
    }

    /// Who lifted a warning, if somebody did.
    pub fn lift_of(&self, warning: &Warning) -> Option<&Lift> {
        self.lifted.iter().find(|lift| lift.code == warning.code && lift.words == warning.words)
    }
}

/// Someone lifts the warnings of these checks; of every one that stands if none is named.
pub(in crate::domain) fn lift(
    draft: &Draft,
    by: &Voter,
    revision: RevisionNumber,
    codes: &BTreeSet<String>,
) -> Result<Decision, Refusal> {
    must_be_open(draft)?;
    let current = draft.revision.number;
    if revision != current {
        return Err(Refusal::OldRevision { voted: revision, current });
    }
    if draft.authors.contains(&by.id) {
        return Err(Refusal::Lifting(NotLifted::Author));
    }
    if !draft.policy.admits(&by.roles) {
        return Err(Refusal::NoApproverRole { roles: draft.policy.approver_roles.clone() });
    }
    let is_meant = |warning: &&Warning| codes.is_empty() || codes.contains(&warning.code);
    let lift = |warning: &Warning| Lift { code: warning.code.clone(), words: warning.words.clone(), by: by.id.clone() };
    let lifts: Vec<Lift> = draft.revision.standing().filter(is_meant).map(lift).collect();
    if lifts.is_empty() {
        return Err(Refusal::Lifting(NotLifted::Nothing));
    }
    let words = lifts.iter().map(|lift| lift.words.clone()).collect();
    let mut next = draft.clone();
    next.revision.lifted.extend(lifts);
    let told = Notice::WarningsLifted { by: by.id.clone(), words };
    Ok(Decision { effects: vec![Effect::ShowCard(current), Effect::Tell(told)], draft: next })
}

/// Nobody approves while a warning stands that must be lifted.
pub(in crate::domain) fn must_be_lifted(draft: &Draft) -> Result<(), Refusal> {
    let words: Vec<String> = draft.revision.standing().map(|warning| warning.words.clone()).collect();
    if words.is_empty() { Ok(()) } else { Err(Refusal::Lifting(NotLifted::Standing(words))) }
}
