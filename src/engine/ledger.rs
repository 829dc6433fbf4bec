//! Records a decision: the draft, the line of the journal and everything owed for it, in the caller's transaction.

use jiff::Timestamp;

use crate::domain::draft::Draft;
use crate::domain::journal::{Entry, to_the_millisecond};
use crate::domain::name::{DraftNumber, EffectKey};
use crate::domain::notice::Refusal;
use crate::domain::relay::Asked;
use crate::domain::review::{self, Decision, Event, Opening};
use crate::domain::sequel::{Kind, SequelEvent};
use crate::engine::owed::Owed;
use crate::store::database::{StoreError, Transaction};
use crate::store::outbox::Again;

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
    let next = record(transaction, Entry::Happened(Box::new(event)), decision, now).await?;
    if !draft.is_carried() && next.is_carried() {
        supersede(transaction, &next, now).await?;
    }
    Ok(Ok(next))
}

/// Lets the draft that this one closes or rectifies know, in the same transaction, that it is carried out: from here on
/// nothing of it may be sent.
async fn supersede(transaction: &mut Transaction, by: &Draft, now: Timestamp) -> Result<(), StoreError> {
    let Some(succession) = &by.revision.succession else { return Ok(()) };
    let Some(old) = transaction.draft(&succession.of).await? else { return Ok(()) };
    let event = Event::Sequel(SequelEvent::Superseded { by: by.number.clone(), kind: succession.kind });
    if let Ok(decision) = review::decide(&old, event.clone(), now)
        && decision.draft != old
    {
        record(transaction, Entry::Happened(Box::new(event)), decision, now).await?;
    }
    for asked in &old.relays {
        end_relay(transaction, asked, (&by.number, succession.kind), now).await?;
    }
    Ok(())
}

/// Owes the end of a relay to the directorate whose it is.
///
/// # Errors
/// What the store says.
pub async fn end_relay(
    transaction: &mut Transaction,
    asked: &Asked,
    (by, kind): (&DraftNumber, Kind),
    now: Timestamp,
) -> Result<(), StoreError> {
    let (room, number) = (asked.room.clone(), asked.relay.clone());
    let key = EffectKey(format!("end-relay/{number}"));
    let owed = Owed::EndRelay { room, number, by: by.clone(), kind };
    transaction.owe(&owed.debt(key, now)?, Again::Unheard).await?;
    Ok(())
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
