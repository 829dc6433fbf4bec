//! Takes old posts down, or changes them, for a draft that closes or rectifies another; then looks for a day whether they
//! are gone. Each of these may be repeated, so none of them is ever in doubt.

use jiff::{SignedDuration, Timestamp};
use tracing::{error, info};

use crate::domain::draft::{Draft, Phase, Progress};
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::name::{AccountName, DraftNumber};
use crate::domain::review::Event;
use crate::domain::sequel::{Left, SequelEvent, Step, Takedown};
use crate::engine::desk::Desk;
use crate::engine::ledger;
use crate::engine::outbox::Outbox;
use crate::engine::publishing::{mandate, post_of};
use crate::port::network::Network;
use crate::store::database::{StoreError, Transaction};
use crate::store::outbox::Claim;

/// How long it is looked whether a post is gone that was taken down.
const LOOKS_FOR: SignedDuration = SignedDuration::from_hours(24);

/// How long after it was taken down the first look is due; each later one after as long again as has passed. Networks
/// show for some seconds what is gone already.
pub(in crate::engine) const FIRST_LOOK: SignedDuration = SignedDuration::from_secs(20);

/// What became of an old post.
enum Removed {
    /// It is not there any more. What it was and where its pictures were, if it was ever out.
    Down(Option<Receipt>, Vec<String>),
    /// It says what was approved.
    Changed(Receipt),
}

impl Outbox {
    /// Takes an old post down or changes it, before anything new is published there.
    pub(in crate::engine) async fn remove_old(
        &self,
        mut transaction: Transaction,
        claim: &Claim,
        desk: &Desk,
        draft: &Draft,
        account: &AccountName,
    ) -> Result<(), StoreError> {
        let takedown = mandate(draft)
            .and_then(|mandate| Takedown::under(&mandate, draft, account).map_err(|_| Cause::SealBroken))
            .and_then(|takedown| takedown.ok_or(Cause::SealBroken));
        let Ok(takedown) = takedown else {
            error!(draft = %draft.number, %account, "what is stored is not what was approved; nothing is taken down");
            drop(transaction);
            return self.note_removal(claim, draft, account, Err(permanent(Cause::SealBroken))).await;
        };
        let old = transaction.draft(&takedown.of).await?;
        let post = match takedown.step {
            Step::Edit => post_of(&mut transaction, draft, account).await?.map(Some),
            Step::TakeDown | Step::Replace => Ok(None),
        };
        drop(transaction);
        let outcome = match (old_receipt(old.as_ref(), account), post, desk.networks.get(account)) {
            (Err(fault), ..) => Err(fault),
            (Ok(None), ..) => Ok(Removed::Down(None, Vec::new())),
            (_, Err(cause), _) => Err(permanent(cause)),
            (Ok(Some(_)), Ok(_), None) => Err(permanent(Cause::NoSuchAccount)),
            (Ok(Some(receipt)), Ok(None), Some(network)) => take_down(network.as_ref(), receipt).await,
            (Ok(Some(receipt)), Ok(Some(post)), Some(network)) => match network.edit(&receipt, &post).await {
                Ok(Some(changed)) => Ok(Removed::Changed(changed)),
                // Somebody took it down meanwhile: what was approved is published anew.
                Ok(None) => Ok(Removed::Down(None, Vec::new())),
                Err(fault) => Err(fault),
            },
        };
        while let Err(trouble) = self.note_removal(claim, draft, account, outcome.as_ref().map_err(Clone::clone)).await
        {
            error!(%trouble, effect = %claim.debt.key, "could not record how an effect ended; trying again");
            self.pause().await;
        }
        Ok(())
    }

    /// Records what became of an old post. Where something is put in its place, that is owed still, and now.
    async fn note_removal(
        &self,
        claim: &Claim,
        draft: &Draft,
        account: &AccountName,
        outcome: Result<&Removed, Fault>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut transaction = self.database.begin_for(&draft.number.directorate).await?;
        let in_doubt = claim.doubt.is_some();
        let account = account.clone();
        let event = match outcome {
            Ok(Removed::Down(receipt, traces)) => {
                info!(draft = %draft.number, %account, "the old post is not there any more");
                transaction.put_off(claim, now, in_doubt).await?;
                Event::Sequel(SequelEvent::TakenDown { account, receipt: receipt.clone(), traces: traces.clone() })
            }
            Ok(Removed::Changed(receipt)) => {
                info!(draft = %draft.number, %account, "the old post was changed");
                transaction.settle(claim).await?;
                Event::Delivered { account, receipt: receipt.clone() }
            }
            Err(_) if !transaction.holds(claim).await? => {
                transaction.release(claim).await?;
                return transaction.commit().await;
            }
            Err(fault) => {
                // To try it again is harmless, whatever became of it.
                let (fault, next) = match fault {
                    Fault::Transient { cause, retry_at } => {
                        let next = self.next_try(claim.attempts, retry_at);
                        (Fault::Transient { cause, retry_at }, Some(next))
                    }
                    Fault::Uncertain { cause } => {
                        let next = self.next_try(claim.attempts, None);
                        (Fault::Transient { cause, retry_at: None }, Some(next))
                    }
                    Fault::Permanent { cause } => (permanent(cause), None),
                };
                match next {
                    Some(next) => transaction.put_off(claim, next, in_doubt).await?,
                    None => transaction.settle(claim).await?,
                }
                Event::Failed { account, fault, next }
            }
        };
        if let Some(draft) = transaction.draft(&draft.number).await? {
            // What happened outside happened; no rule can refuse it.
            let _ = ledger::happen(&mut transaction, &draft, event, now).await?;
        }
        transaction.commit().await
    }

    /// Looks whether an old post is gone, and says so if that has changed.
    pub(in crate::engine) async fn check_gone(
        &self,
        claim: &Claim,
        desk: &Desk,
        (number, account): (&DraftNumber, &AccountName),
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let draft = self.database.begin().await?.draft(number).await?;
        let removal = draft.as_ref().and_then(|draft| match &draft.phase {
            Phase::Publishing(publication) | Phase::Published(publication) => publication.removed.get(account),
            Phase::Review(_)
            | Phase::Approved { .. }
            | Phase::Vetoed { .. }
            | Phase::Withdrawn { .. }
            | Phase::Expired(_) => None,
        });
        let Some((removal, receipt)) = removal.and_then(|removal| Some((removal, removal.receipt.as_ref()?))) else {
            return self.settle(claim).await;
        };
        let seen: Option<Left> = match desk.networks.get(account) {
            Some(network) => network.left(receipt, &removal.traces).await.ok(),
            None => None,
        };
        let now = self.clock.now();
        let passed = now.duration_since(since);
        let is_over = passed >= LOOKS_FOR;
        let account = account.clone();
        let event = match seen {
            Some(left) => Some(SequelEvent::Looked { account, left }),
            None if is_over && removal.left.is_none() => Some(SequelEvent::NeverSeen { account }),
            None => None,
        };
        let mut transaction = self.database.begin_for(&number.directorate).await?;
        if let (Some(event), Some(draft)) = (event, transaction.draft(number).await?) {
            // What was seen was seen; no rule can refuse it.
            let _ = ledger::happen(&mut transaction, &draft, Event::Sequel(event), now).await?;
        }
        if is_over {
            transaction.settle(claim).await?;
        } else {
            let last = since.saturating_add(LOOKS_FOR).unwrap_or(now);
            let next = now.saturating_add(passed.max(FIRST_LOOK)).unwrap_or(last).min(last);
            transaction.put_off(claim, next, false).await?;
        }
        transaction.commit().await
    }
}

/// What is known of the old post on an account; nothing where it is certainly not out.
fn old_receipt(old: Option<&Draft>, account: &AccountName) -> Result<Option<Receipt>, Fault> {
    let publication = old.and_then(|old| match &old.phase {
        Phase::Publishing(publication) | Phase::Published(publication) => Some(publication),
        Phase::Review(_)
        | Phase::Approved { .. }
        | Phase::Vetoed { .. }
        | Phase::Withdrawn { .. }
        | Phase::Expired(_) => None,
    });
    match publication.and_then(|publication| publication.progress.get(account)) {
        Some(Progress::Online(receipt)) if receipt.id.is_empty() => Err(permanent(Cause::IdUnknown)),
        Some(Progress::Online(receipt)) => Ok(Some(receipt.clone())),
        Some(Progress::Owed | Progress::Retrying { .. } | Progress::Uncertain(_)) => {
            Err(Fault::Transient { cause: Cause::OldUnsettled, retry_at: None })
        }
        Some(Progress::Refused(_) | Progress::Stopped | Progress::TakenDown) | None => Ok(None),
    }
}

/// Takes a post down, once it is known where its pictures are.
async fn take_down(network: &dyn Network, receipt: Receipt) -> Result<Removed, Fault> {
    // Whoever can't say where they are must not keep the post from going.
    let traces = network.traces(&receipt).await.unwrap_or_default();
    network.delete(&receipt).await?;
    Ok(Removed::Down(Some(receipt), traces))
}

fn permanent(cause: Cause) -> Fault {
    Fault::Permanent { cause }
}
