//! What is typed to approve where a reaction is not enough: the word of the card, in answer to it.

use crate::domain::ballot::{Choice, Given, Unconfirmed, Vote};
use crate::domain::directorate::Member;
use crate::domain::draft::{Draft, Phase, VetoReason};
use crate::domain::name::{MessageId, ReactionId};
use crate::domain::notice::Refusal;
use crate::domain::policy::Confirm;
use crate::domain::review::Event;
use crate::domain::seal::Word;
use crate::engine::turn::{Turn, voter};
use crate::store::database::StoreError;
use crate::store::messages::Meaning;

/// Among how many open drafts, the newest, a word is looked for that was not typed in answer to a card: as many as
/// `!brouillons` lists.
const MOST_LOOKED_AT: u32 = 30;

impl Turn<'_> {
    /// Takes a message in a draft's thread as the word of its card, if it was meant as that. Returns whether it was.
    pub(in crate::engine) async fn confirmed(
        &mut self,
        member: &Member,
        message: &MessageId,
        text: &str,
        draft: &Draft,
    ) -> Result<bool, StoreError> {
        let is_mistyped =
            draft.policy.confirm == Confirm::Word && Word::is_meant(text) && !is_something_else_asked(draft, member);
        if !is_word_of(text, draft) && !is_mistyped {
            return Ok(false);
        }
        match Word::read(text) {
            Some(word) => {
                let given = Given::ByWord { word, assurance: self.arrival.standing.assurance };
                let reaction = ReactionId(message.to_string());
                let vote = Vote { by: voter(member), choice: Choice::Approve, reaction, given };
                let event = Event::Voted { revision: draft.revision.number, vote, at: self.arrival.at };
                self.happen(draft, event, message).await?;
            }
            None => self.refuse(message, Refusal::Unconfirmed(Unconfirmed::WrongWord)).await?,
        }
        // Noted also where it was refused: whoever mends a mistyped word in place is read again.
        self.transaction.note_message(&self.arrival.room, message.as_str(), &draft.number, &Meaning::Vote).await?;
        Ok(true)
    }

    /// A message that approved was changed, and so does not say any more what it said: its approval is taken back. One
    /// that did not count is read again.
    pub(in crate::engine) async fn word_edited(
        &mut self,
        member: &Member,
        message: &MessageId,
        text: &str,
        draft: &Draft,
    ) -> Result<(), StoreError> {
        let reaction = ReactionId(message.to_string());
        if draft.ballot().is_some_and(|ballot| ballot.find(&reaction).is_some()) {
            self.happen(draft, Event::VoteTakenBack { reaction }, message).await?;
            return Ok(());
        }
        self.confirmed(member, message, text, draft).await?;
        Ok(())
    }

    /// Someone typed the word of a card, but not in answer to one: it does not count, and they are told where it would.
    pub(in crate::engine) async fn word_elsewhere(
        &mut self,
        message: &MessageId,
        text: &str,
    ) -> Result<(), StoreError> {
        if Word::read(text).is_none() {
            return Ok(());
        }
        let drafts = self.transaction.live_drafts(&self.desk.directorate.code, MOST_LOOKED_AT).await?;
        match drafts.iter().find(|draft| draft.is_open() && is_word_of(text, draft)) {
            Some(draft) => {
                self.refuse(message, Refusal::Unconfirmed(Unconfirmed::Elsewhere(draft.number.clone()))).await
            }
            None => Ok(()),
        }
    }
}

/// Whether a text is the word of a revision of a draft that is approved by word.
pub(in crate::engine) fn is_word_of(text: &str, draft: &Draft) -> bool {
    draft.policy.confirm == Confirm::Word && Word::read(text).is_some_and(|word| draft.revision_of(&word).is_some())
}

/// Whether a message of theirs answers something else: the question for a field, or why they said no.
fn is_something_else_asked(draft: &Draft, member: &Member) -> bool {
    let is_why_asked =
        matches!(&draft.phase, Phase::Vetoed { by, reason: VetoReason::Asked, .. } if *by == member.id());
    is_why_asked || !draft.revision.blockers.is_empty() || !draft.is_open()
}
