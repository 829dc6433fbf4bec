//! Publishes one approved post on one account, and clears up what became of a try that ended in doubt.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::{error, info};

use crate::domain::draft::{Draft, Phase, Progress};
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::name::{AccountName, DraftNumber};
use crate::domain::picture::Digest;
use crate::domain::policy::{Verdict, judge};
use crate::domain::post::Post;
use crate::domain::review::Event;
use crate::engine::desk::Desk;
use crate::engine::ledger;
use crate::engine::outbox::{Outbox, later};
use crate::port::network::{Found, Network};
use crate::store::database::{StoreError, Transaction};
use crate::store::outbox::Claim;
use crate::store::restores::Doubt;

/// How long after a try in doubt began the bot looks by itself before it asks a person; it goes on looking afterwards.
/// A network may still store what it did not answer for twice its timeout (40 s), and the look after that (waits double)
/// comes within the minute: whoever is asked earlier is mostly asked for nothing.
const LOOKS_ALONE_FOR: SignedDuration = SignedDuration::from_secs(60);

/// How far back a post is looked for whose first try is not known: longer than a wrong clock stays unnoticed. A network
/// whose past can't be read so far says that it can't tell.
const LOOKS_BACK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How much later than an urgent post any other is tried again where an account is told to wait: the first requests
/// after the wait are the urgent post's, also if the network lets just one through.
const HEAD_START: Duration = Duration::from_secs(20);

impl Outbox {
    /// Publishes, and records the outcome with the draft in one transaction.
    pub(in crate::engine) async fn publish(
        &self,
        claim: &Claim,
        desk: &Desk,
        number: &DraftNumber,
        account: &AccountName,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let Some(draft) = transaction.draft(number).await? else { return self.settle_in(transaction, claim).await };
        let Phase::Publishing(publication) = &draft.phase else { return self.settle_in(transaction, claim).await };
        // Sent again by a person's word while the bot, still looking, found it: it must not go out a second time.
        if matches!(publication.progress.get(account), Some(Progress::Online(_))) {
            return self.settle_in(transaction, claim).await;
        }
        let decided_at = publication.decided_at;
        let mut files = HashMap::new();
        for picture in &draft.revision.pictures {
            if let Some(bytes) = transaction.picture(&picture.digest).await? {
                files.insert(picture.digest.clone(), bytes);
            }
        }
        let (post, network) = match (mandated_post(&draft, account, &files, decided_at), desk.networks.get(account)) {
            (Ok(post), Some(network)) => (post, network),
            (Err(cause), _) => {
                error!(draft = %number, %account, "what is stored is not what was approved; nothing is sent");
                drop(transaction);
                return self.record(claim, number, account, Err(not_tried(claim, cause))).await;
            }
            (Ok(_), None) => {
                drop(transaction);
                return self.record(claim, number, account, Err(not_tried(claim, Cause::NoSuchAccount))).await;
            }
        };
        let doubt = transaction.doubt_about(number, post.key()).await?;
        // From here until the outcome is recorded the post may be out: that must be known after a crash. Where another
        // course of things may have sent it, the first try was then.
        let begun = doubt.map_or_else(|| self.clock.now(), |doubt| doubt.since);
        transaction.note_try(&claim.debt.key, begun).await?;
        transaction.commit().await?;
        let tried = claim.first_tried_at.filter(|_| claim.in_doubt).map(|since| not_to_come(since, self.clock.now()));
        let outcome = match (tried.or(doubt.map(|doubt| doubt.since)), doubt) {
            (Some(since), Some(Doubt { was_publishing: false, .. })) => only_look(network.as_ref(), &post, since).await,
            (Some(since), Some(_) | None) => look_then_publish(network.as_ref(), &post, since).await,
            (None, _) => network.publish(&post).await,
        };
        self.record(claim, number, account, outcome).await
    }

    async fn record(
        &self,
        claim: &Claim,
        number: &DraftNumber,
        account: &AccountName,
        outcome: Result<Receipt, Fault>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let draft = transaction.draft(number).await?;
        let is_urgent = draft.as_ref().is_some_and(|draft| draft.policy.is_urgent);
        let account = account.clone();
        let event = match outcome {
            Ok(receipt) => {
                info!(draft = %number, %account, "published");
                transaction.settle(claim).await?;
                Event::Delivered { account, receipt }
            }
            Err(fault) => {
                info!(draft = %number, %account, fault = kind(&fault), "not published");
                let in_doubt = matches!(fault, Fault::Uncertain { .. });
                let attempts = claim.attempts_so_far(in_doubt);
                let next = match &fault {
                    Fault::Transient { cause: Cause::RateLimited, retry_at } if !is_urgent => {
                        Some(later(self.next_try(attempts, *retry_at), HEAD_START))
                    }
                    Fault::Transient { retry_at, .. } => Some(self.next_try(attempts, *retry_at)),
                    Fault::Uncertain { .. } => Some(self.next_try(attempts, None)),
                    Fault::Permanent { .. } => None,
                };
                match next {
                    Some(next) => transaction.put_off(claim, next, in_doubt).await?,
                    None => transaction.settle(claim).await?,
                }
                let since = claim.first_tried_at.filter(|_| claim.in_doubt && in_doubt);
                let now = self.clock.now();
                let asks_a_person = since.is_some_and(|since| now.duration_since(since) >= LOOKS_ALONE_FOR);
                Event::Failed { account, fault, next: next.filter(|_| !asks_a_person) }
            }
        };
        if let Some(draft) = draft {
            // What happened outside happened; no rule can refuse it.
            let _ = ledger::happen(&mut transaction, &draft, event, self.clock.now()).await?;
        }
        transaction.commit().await
    }

    async fn settle_in(&self, mut transaction: Transaction, claim: &Claim) -> Result<(), StoreError> {
        transaction.settle(claim).await?;
        transaction.commit().await
    }
}

/// Nothing is sent now; but an earlier try may have been, and then it must not be called unpublished.
fn not_tried(claim: &Claim, cause: Cause) -> Fault {
    if claim.in_doubt { Fault::Uncertain { cause } } else { Fault::Permanent { cause } }
}

/// Makes the post from a mandate judged anew from the stored votes: neither a stored flag nor a stored text is trusted.
fn mandated_post(
    draft: &Draft,
    account: &AccountName,
    files: &HashMap<Digest, Arc<[u8]>>,
    decided_at: Timestamp,
) -> Result<Post, Cause> {
    let ballot = draft.ballot().ok_or(Cause::SealBroken)?;
    match judge(draft, ballot) {
        Verdict::Carried(mandate) => {
            Post::under(&mandate, draft, account, files, decided_at).map_err(|_| Cause::SealBroken)
        }
        Verdict::Vetoed(_) | Verdict::Wanting { .. } => Err(Cause::SealBroken),
    }
}

/// After a try in doubt: looks first, and publishes only what is certainly not out.
async fn look_then_publish(network: &dyn Network, post: &Post, since: Timestamp) -> Result<Receipt, Fault> {
    match network.find(post, since).await {
        Ok(Found::Online(receipt)) => Ok(receipt),
        Ok(Found::Absent) => network.publish(post).await,
        Ok(Found::Unclear) => Err(Fault::Uncertain { cause: Cause::Interrupted }),
        // It could not look: the question stays as open as it was.
        Err(fault) => Err(Fault::Uncertain { cause: fault.cause().clone() }),
    }
}

/// The moment from which a post is looked for. One that is still to come was noted by a clock that was ahead then: the post
/// may be older than it says.
fn not_to_come(since: Timestamp, now: Timestamp) -> Timestamp {
    if since <= now { since } else { now.saturating_sub(LOOKS_BACK).unwrap_or(Timestamp::MIN) }
}

/// The post may have been sent in a course of things that was forgotten, and with another time of decision than now: a
/// network that knows it by that can't find it. So what is not found is not sent; a person is asked.
async fn only_look(network: &dyn Network, post: &Post, since: Timestamp) -> Result<Receipt, Fault> {
    match network.find(post, since).await {
        Ok(Found::Online(receipt)) => Ok(receipt),
        Ok(Found::Absent | Found::Unclear) => Err(Fault::Uncertain { cause: Cause::Restored }),
        Err(fault) => Err(Fault::Uncertain { cause: fault.cause().clone() }),
    }
}

/// A fault's kind, for the log: its cause may quote a server, which may quote the post.
fn kind(fault: &Fault) -> &'static str {
    match fault {
        Fault::Transient { .. } => "transient",
        Fault::Permanent { .. } => "permanent",
        Fault::Uncertain { .. } => "uncertain",
    }
}
