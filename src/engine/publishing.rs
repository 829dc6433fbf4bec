//! Publishes one approved post on one account, and clears up what became of a try that ended in doubt.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tracing::{error, info, warn};

use crate::domain::draft::{Draft, Phase, Progress};
use crate::domain::effect::publish_key;
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::name::{AccountName, DraftNumber};
use crate::domain::picture::Digest;
use crate::domain::policy::{Mandate, Verdict, judge};
use crate::domain::post::Post;
use crate::domain::review::Event;
use crate::domain::sequel::SequelEvent;
use crate::engine::desk::Desk;
use crate::engine::ledger;
use crate::engine::outbox::{Outbox, later};
use crate::port::network::{Found, Network};
use crate::store::database::{StoreError, Transaction};
use crate::store::outbox::{Claim, Doubt};
use crate::store::restores::Forgotten;

/// How long after a try in doubt began the bot looks by itself before it asks a person; it goes on looking afterwards.
/// A network may still store what it did not answer for twice its timeout (40 s), and the look after that (waits double)
/// comes within the minute: whoever is asked earlier is mostly asked for nothing.
const LOOKS_ALONE_FOR: SignedDuration = SignedDuration::from_secs(60);

/// How long after it began a try that was not answered may still put the post online: twice the timeout of a request. What
/// a later try is told in that time says nothing of it.
const LANDS_WITHIN: SignedDuration = SignedDuration::from_secs(40);

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
        let mut transaction = self.database.begin_for(&number.directorate).await?;
        let Some(draft) = transaction.draft(number).await? else { return self.settle_in(transaction, claim).await };
        let Phase::Publishing(publication) = &draft.phase else { return self.settle_in(transaction, claim).await };
        // Sent again by a person's word while the bot, still looking, found it: it must not go out a second time.
        if matches!(
            publication.progress.get(account),
            Some(Progress::Online(_) | Progress::Stopped | Progress::TakenDown)
        ) {
            return self.settle_in(transaction, claim).await;
        }
        if let Some(relay) = &draft.revision.relay {
            return self.show_on(transaction, claim, desk, (&draft, relay), account).await;
        }
        if draft.awaits_removal(account) {
            return self.remove_old(transaction, claim, desk, &draft, account).await;
        }
        // Once another draft is carried out in its place, nothing of it is sent any more; what is in doubt is looked for.
        let may_send = !draft.follower.as_ref().is_some_and(|follower| follower.is_carried);
        let forgotten = transaction.doubt_about(number, &publish_key(number, draft.revision.number, account)).await?;
        if let (Some(forgotten), None) = (forgotten, claim.doubt) {
            transaction.suspect(&claim.debt.key, forgotten.since).await?;
        }
        let claim = &self.with_doubt(claim, forgotten);
        let (post, network) = match (post_of(&mut transaction, &draft, account).await?, desk.networks.get(account)) {
            (Ok(post), Some(network)) => (post, network),
            (Err(cause), _) => {
                error!(draft = %number, %account, "what is stored is not what was approved; nothing is sent");
                transaction.commit().await?;
                return self.record(claim, number, account, Err(not_tried(claim, cause)), true).await;
            }
            (Ok(_), None) => {
                transaction.commit().await?;
                return self.record(claim, number, account, Err(not_tried(claim, Cause::NoSuchAccount)), true).await;
            }
        };
        // From here until the outcome is recorded the post may be out: that must be known after a crash.
        let claim_end = self.claim_end();
        if !transaction.note_try(claim, self.clock.now(), claim_end).await? {
            return Ok(());
        }
        transaction.commit().await?;
        if !self.may_begin(claim_end) {
            warn!(effect = %claim.debt.key, "this process stood still for too long; another goes on with an effect");
            return Ok(());
        }
        let quiet = claim.doubt.map(|doubt| self.quiet_for(claim, doubt));
        let outcome = match (claim.doubt, forgotten) {
            (Some(doubt), Some(Forgotten { was_publishing: false, .. })) => {
                only_look(network.as_ref(), &post, doubt).await
            }
            (Some(doubt), Some(_) | None) => {
                self.look_then_publish(claim, network.as_ref(), (&post, may_send), doubt).await
            }
            (None, _) => self.send(claim, network.as_ref(), (&post, may_send)).await,
        };
        let outcome = match outcome {
            Err(fault) if quiet.is_some_and(|quiet| quiet < LANDS_WITHIN) => {
                Err(Fault::Uncertain { cause: fault.cause().clone() })
            }
            outcome => outcome,
        };
        // How it ended is known now: a store that fails must not turn that into doubt.
        let is_settled = claim.doubt.is_none_or(|doubt| self.quiet_for(claim, doubt) >= network.patience());
        while let Err(trouble) = self.record(claim, number, account, outcome.clone(), is_settled).await {
            error!(%trouble, effect = %claim.debt.key, "could not record how an effect ended; trying again");
            self.pause().await;
        }
        Ok(())
    }

    /// Records how it ended. `is_settled` says that nothing that was sent can turn up any more, or be hidden still.
    async fn record(
        &self,
        claim: &Claim,
        number: &DraftNumber,
        account: &AccountName,
        outcome: Result<Receipt, Fault>,
        is_settled: bool,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_for(&number.directorate).await?;
        let draft = transaction.draft(number).await?;
        let is_urgent = draft.as_ref().is_some_and(|draft| draft.policy.is_urgent);
        let account = account.clone();
        let event = match outcome {
            Ok(receipt) => {
                info!(draft = %number, %account, "published");
                transaction.settle(claim).await?;
                Event::Delivered { account, receipt }
            }
            // That it is out is true whoever says so; that it is not is for the one to say who goes on with it.
            Err(_) if !transaction.holds(claim).await? => {
                transaction.release(claim).await?;
                return transaction.commit().await;
            }
            Err(Fault::Permanent { cause: Cause::Superseded }) => {
                info!(draft = %number, %account, "not published, and not to be any more");
                transaction.settle(claim).await?;
                Event::Sequel(SequelEvent::Stopped { account })
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
                let doubt = claim.doubt.filter(|_| in_doubt);
                let now = self.clock.now();
                // What is still under way may turn up right after a person has looked.
                let asks_a_person =
                    is_settled && doubt.is_some_and(|doubt| now.duration_since(doubt.since) >= LOOKS_ALONE_FOR);
                Event::Failed { account, fault, next: next.filter(|_| !asks_a_person) }
            }
        };
        if let Some(draft) = draft {
            // What happened outside happened; no rule can refuse it.
            let _ = ledger::happen(&mut transaction, &draft, event, self.clock.now()).await?;
        }
        transaction.commit().await
    }

    /// The claim with all that is in doubt about it: tries of its own, and what another, forgotten course of things may
    /// have sent. A time that is still to come was noted by a clock that was ahead then: the try may have been before it.
    fn with_doubt(&self, claim: &Claim, forgotten: Option<Forgotten>) -> Claim {
        let now = self.clock.now();
        let forgotten = forgotten.map(|Forgotten { since, .. }| Doubt { since, last: since, is_answered: false });
        let doubt = claim.doubt.or(forgotten).map(|doubt| match doubt.since <= now {
            true => doubt,
            false => {
                let since = now.saturating_sub(LOOKS_BACK).unwrap_or(Timestamp::MIN);
                Doubt { since, last: since, ..doubt }
            }
        });
        Claim { doubt, ..claim.clone() }
    }

    /// After a try in doubt: looks first, and publishes only what is certainly not out.
    async fn look_then_publish(
        &self,
        claim: &Claim,
        network: &dyn Network,
        (post, may_send): (&Post, bool),
        doubt: Doubt,
    ) -> Result<Receipt, Fault> {
        let open = |cause| Err(Fault::Uncertain { cause });
        match network.find(post, doubt.since).await {
            Ok(Found::Online(receipt)) => Ok(receipt),
            Ok(Found::Absent) if self.quiet_for(claim, doubt) >= network.patience() => {
                self.send(claim, network, (post, may_send)).await
            }
            // Nothing can be seen from here, and a person who could look has said that it is not there.
            Ok(Found::Unclear) if doubt.is_answered && self.quiet_for(claim, doubt) >= network.patience() => {
                self.send(claim, network, (post, may_send)).await
            }
            Ok(Found::Absent | Found::Unclear) => open(Cause::Interrupted),
            // It could not look: the question stays as open as it was.
            Err(fault) => open(fault.cause().clone()),
        }
    }

    async fn send(
        &self,
        claim: &Claim,
        network: &dyn Network,
        (post, may_send): (&Post, bool),
    ) -> Result<Receipt, Fault> {
        if !may_send {
            return Err(Fault::Permanent { cause: Cause::Superseded });
        }
        self.tries.note(&claim.debt.key, self.clock.uptime());
        network.publish(post).await
    }

    /// How long ago the last try began, at least. What this process has tried it knows by a clock that nobody can set; what
    /// an earlier one has tried was before its own life; only what another process tries beside it is told by the store.
    fn quiet_for(&self, claim: &Claim, doubt: Doubt) -> SignedDuration {
        let own = self.clock.uptime().saturating_sub(self.tries.last(&claim.debt.key));
        match self.database.shares_as() {
            None => own,
            Some(_) => own.min(self.clock.now().duration_since(doubt.last)),
        }
    }

    async fn settle_in(&self, mut transaction: Transaction, claim: &Claim) -> Result<(), StoreError> {
        transaction.settle(claim).await?;
        transaction.commit().await
    }
}

/// Nothing is sent now; but an earlier try may have been, and then it must not be called unpublished.
fn not_tried(claim: &Claim, cause: Cause) -> Fault {
    if claim.doubt.is_some() { Fault::Uncertain { cause } } else { Fault::Permanent { cause } }
}

/// The mandate of a draft, judged anew from the stored votes.
pub(in crate::engine) fn mandate(draft: &Draft) -> Result<Mandate, Cause> {
    match judge(draft, draft.ballot().ok_or(Cause::SealBroken)?) {
        Verdict::Carried(mandate) => Ok(mandate),
        Verdict::Vetoed(_) | Verdict::Wanting { .. } => Err(Cause::SealBroken),
    }
}

/// The post of a draft that is being published on an account, with its pictures.
pub(in crate::engine) async fn post_of(
    transaction: &mut Transaction,
    draft: &Draft,
    account: &AccountName,
) -> Result<Result<Post, Cause>, StoreError> {
    let (Phase::Publishing(publication) | Phase::Published(publication)) = &draft.phase else {
        return Ok(Err(Cause::SealBroken));
    };
    let mut files = HashMap::new();
    for picture in &draft.revision.pictures {
        if let Some(bytes) = transaction.picture(&picture.digest).await? {
            files.insert(picture.digest.clone(), bytes);
        }
    }
    Ok(mandated_post(draft, account, &files, publication.decided_at))
}

/// Makes the post from a mandate judged anew from the stored votes: neither a stored flag nor a stored text is trusted.
fn mandated_post(
    draft: &Draft,
    account: &AccountName,
    files: &HashMap<Digest, Arc<[u8]>>,
    decided_at: Timestamp,
) -> Result<Post, Cause> {
    Post::under(&mandate(draft)?, draft, account, files, decided_at).map_err(|_| Cause::SealBroken)
}

/// The post may have been sent in a course of things that was forgotten, and with another time of decision than now: a
/// network that knows it by that can't find it. So what is not found is not sent; a person is asked.
async fn only_look(network: &dyn Network, post: &Post, doubt: Doubt) -> Result<Receipt, Fault> {
    match network.find(post, doubt.since).await {
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
