//! Records a decision: the draft, the line of the journal and everything owed for it, in the caller's transaction.

use jiff::Timestamp;

use crate::domain::draft::Draft;
use crate::domain::journal::{Entry, to_the_millisecond};
use crate::domain::notice::Refusal;
use crate::domain::review::{self, Decision, Event, Opening};
use crate::engine::owed::Owed;
use crate::store::database::{StoreError, Transaction};

/// Opens a draft and records it.
///
/// # Errors
/// What the store says; nothing was recorded then.
pub async fn open(transaction: &mut Transaction, opening: Opening, now: Timestamp) -> Result<Draft, StoreError> {
    // Whoever replays the line later is handed the time as it is kept.
    let now = to_the_millisecond(now);
    let decision = review::open(opening.clone(), now);
    record(transaction, Entry::Opened(Box::new(opening)), decision, now).await
}

/// Lets an event happen to a draft and records what became of it. A lawful no is the inner error.
///
/// # Errors
/// What the store says; nothing was recorded then.
pub async fn happen(
    transaction: &mut Transaction,
    draft: &Draft,
    event: Event,
    now: Timestamp,
) -> Result<Result<Draft, Refusal>, StoreError> {
    let now = to_the_millisecond(now);
    let decision = match review::decide(draft, event.clone(), now) {
        Ok(decision) => decision,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if decision.draft == *draft && decision.effects.is_empty() {
        return Ok(Ok(decision.draft));
    }
    record(transaction, Entry::Happened(Box::new(event)), decision, now).await.map(Ok)
}

async fn record(
    transaction: &mut Transaction,
    entry: Entry,
    decision: Decision,
    now: Timestamp,
) -> Result<Draft, StoreError> {
    let Decision { draft, effects } = decision;
    let head = transaction.append_journal(&draft.number, now, &entry).await?;
    transaction.save_draft(&draft, &head).await?;
    for (place, effect) in effects.into_iter().enumerate() {
        let (debt, again) = Owed::of(effect, &draft, head.position, place, now)?;
        transaction.owe(&debt, again).await?;
    }
    Ok(draft)
}
