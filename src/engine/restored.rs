//! A database that was put back to an older state: what the forgotten course of things may have done is looked for, asked
//! about, and never simply done again.
//!
//! Between the moment of the backup and the restore, posts went out, votes were cast and drafts typed of which this
//! database knows nothing. So, from then on:
//!
//! - What was owed to a network at the time of the backup is in doubt: it is looked for first, and sent only where it is
//!   certainly not there. It has the key and the time of decision that it had then, so the network's answer is to be
//!   believed.
//! - Any other draft of that time, and any that is read again from the room's history, may be approved anew and decided at
//!   another time. Its posts are looked for, and if they are not found a person is asked.
//! - New drafts get numbers that were certainly not given before, and what the bot says has new keys: nothing is taken
//!   for something of the forgotten course of things.
//! - 🔁 that was said before the restore was followed already, and is not followed again.

use jiff::{SignedDuration, Timestamp};

use crate::domain::draft::{Draft, Phase, Progress};
use crate::domain::effect::publish_key;
use crate::domain::name::{AccountName, DraftNumber};
use crate::engine::owed::Owed;
use crate::store::database::{StoreError, Transaction};
use crate::store::restores::Forgotten;

/// Between the last number that was given and the next one: more drafts than a directorate types between two backups.
const SKIPPED_NUMBERS: u32 = 1_000;

/// How far the clock of a chat or a network may be from ours: a draft that was typed so shortly after a restore is asked
/// about for nothing, which is no harm.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(10);

/// What a restore put in doubt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// Posts that were owed, and are looked for before they are sent.
    pub owed: usize,
    /// Drafts that are not over, and are asked about before they are sent.
    pub drafts: usize,
}

/// Marks a database as put back at that time. Before anything is taken or carried out.
///
/// # Errors
/// What the store says; the transaction must be dropped then.
pub async fn mark(transaction: &mut Transaction, now: Timestamp) -> Result<Doubts, StoreError> {
    transaction.note_restore(now).await?;
    let since = transaction.last_restore().await?.map_or(now, |restore| restore.since);
    let since = since.saturating_sub(CLOCKS_DIFFER).unwrap_or(since);
    let mut doubts = Doubts::default();
    for directorate in transaction.directorates().await? {
        let next = transaction.next_number(&directorate).await?;
        // A round number, a thousand on at least: 44-57 is followed by 44-2001.
        let skipped = (next.serial / SKIPPED_NUMBERS).saturating_add(2).saturating_mul(SKIPPED_NUMBERS);
        transaction.skip_numbers(&directorate, skipped).await?;
        for draft in transaction.live_drafts(&directorate, u32::MAX).await? {
            let was_publishing = matches!(draft.phase, Phase::Publishing(_));
            transaction.doubt(&draft.number, Forgotten { since, was_publishing }).await?;
            doubts.drafts += 1;
        }
    }
    // Every post has a lane of its own, so each is the first in it.
    for claim in transaction.due(Timestamp::MAX, u32::MAX).await? {
        if let Owed::Publish { number, .. } = Owed::read(&claim.debt)?
            && let Some(draft) = transaction.draft(&number).await?
            && let Phase::Publishing(publication) = &draft.phase
        {
            transaction.suspect(&claim.debt.key, publication.decided_at).await?;
            doubts.owed += 1;
        }
    }
    Ok(doubts)
}

/// A draft was opened by something that was typed at that time: if that was before a restore, it may have been published.
pub(in crate::engine) async fn doubt_if_typed_before(
    transaction: &mut Transaction,
    number: &DraftNumber,
    typed_at: Timestamp,
) -> Result<(), StoreError> {
    match transaction.last_restore().await? {
        Some(restore) if typed_at < restore.at.saturating_add(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX) => {
            transaction.doubt(number, Forgotten { since: restore.since, was_publishing: false }).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether something was said before a restore.
pub(in crate::engine) async fn was_said_before(
    transaction: &mut Transaction,
    said_at: Timestamp,
) -> Result<bool, StoreError> {
    Ok(transaction.last_restore().await?.is_some_and(|restore| said_at < restore.at))
}

/// A person answered the question whether a post is online with 🔁: it may be sent. `draft` is as it was before. Where the
/// network had refused the post, that is not what was asked, and it is still looked for first.
pub(in crate::engine) async fn clear(
    transaction: &mut Transaction,
    draft: &Draft,
    account: &AccountName,
) -> Result<(), StoreError> {
    let Phase::Publishing(publication) = &draft.phase else { return Ok(()) };
    let key = publish_key(&draft.number, draft.revision.number, account);
    match publication.progress.get(account) {
        Some(Progress::Uncertain(_)) if transaction.doubt_about(&draft.number, &key).await?.is_some() => {
            transaction.clear_post(&key).await
        }
        Some(
            Progress::Uncertain(_)
            | Progress::Owed
            | Progress::Retrying { .. }
            | Progress::Refused(_)
            | Progress::Online(_)
            | Progress::Stopped
            | Progress::TakenDown,
        )
        | None => Ok(()),
    }
}
