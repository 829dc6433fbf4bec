//! What the rules owe the world: recorded first, carried out by the outbox afterwards.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::fault::Receipt;
use crate::domain::name::{AccountName, DraftNumber, EffectKey, RevisionNumber};
use crate::domain::notice::Notice;
use crate::domain::relay::RelayAnswer;

/// Something owed, in the imperative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Make the room's card of this revision show what is true now.
    ShowCard(RevisionNumber),
    /// Say something in the thread of the current card.
    Tell(Notice),
    /// Publish the approved revision on one account.
    Publish(AccountName),
    /// Look whether the old post is gone from one account, for a day.
    Check(AccountName),
    /// Tell those who asked for a relay what became of it.
    Answer(RelayAnswer),
    /// Take back what one account shows on.
    Undo(AccountName, Receipt),
    /// Look at the draft again at that time.
    Wake(Timestamp),
}

/// The key of a post: the same for every try, another for every revision and account.
pub fn publish_key(number: &DraftNumber, revision: RevisionNumber, account: &AccountName) -> EffectKey {
    EffectKey(format!("publish/{number}/{revision}/{account}"))
}
