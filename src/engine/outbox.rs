//! Carries out what is owed: claims what is due, does it, records how it ended. Woken by events, never by polling.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::command::catalog::Catalog;
use crate::domain::name::DraftNumber;
use crate::domain::review::Event;
use crate::engine::claims::CLAIM;
use crate::engine::desk::Desks;
use crate::engine::ledger;
use crate::engine::owed::Owed;
use crate::engine::pictures::Commission;
use crate::engine::relaying::Request;
use crate::engine::tries::Tries;
use crate::port::clock::Clock;
use crate::store::database::{Database, StoreError};
use crate::store::outbox::{Claim, Claimant};
use crate::wording::speaker::Speaker;

/// The way out. One for all desks.
pub struct Outbox {
    pub(in crate::engine) database: Arc<Database>,
    pub(in crate::engine) catalog: Arc<Catalog>,
    pub(in crate::engine) desks: Arc<Desks>,
    pub(in crate::engine) speaker: Arc<Speaker>,
    pub(in crate::engine) clock: Arc<dyn Clock>,
    pub(in crate::engine) tries: Tries,
    pub(in crate::engine) owed: Arc<Notify>,
}

/// How many effects are under way at once: a few for each room and account of a large installation; more would only
/// queue at the servers.
const MOST_UNDER_WAY: usize = 64;

/// The first wait before a try is repeated; doubled each time.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// The longest wait between two tries: an outage that ends is noticed within it.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// How long to wait when the store itself fails.
const STORE_RETRY: Duration = Duration::from_secs(2);

/// When to stop working.
enum Until<'a> {
    /// Nothing is due and nothing is under way.
    Idle,
    /// Told to; what is under way is finished first.
    Stopped(&'a CancellationToken),
}

impl Outbox {
    /// An outbox over that database, woken by `owed`.
    pub fn new(
        database: Arc<Database>,
        catalog: Arc<Catalog>,
        desks: Arc<Desks>,
        speaker: Arc<Speaker>,
        clock: Arc<dyn Clock>,
        owed: Arc<Notify>,
    ) -> Self {
        let tries = Tries::since(clock.uptime());
        Self { database, catalog, desks, speaker, clock, tries, owed }
    }

    /// Carries out whatever is owed until told to stop; what is under way then is finished first. If it is dropped
    /// instead, that is a crash: what was under way is in doubt and is looked into at the next start.
    pub async fn run(self: &Arc<Self>, stop: &CancellationToken) {
        self.work(Until::Stopped(stop)).await;
    }

    /// Carries out whatever is due now, and what follows from it, and returns when nothing is left.
    pub async fn drain(self: &Arc<Self>) {
        self.work(Until::Idle).await;
    }

    async fn work(self: &Arc<Self>, until: Until<'_>) {
        let never = CancellationToken::new();
        let (is_draining, stop) = match until {
            Until::Idle => (true, &never),
            Until::Stopped(stop) => (false, stop),
        };
        // Tasks of their own: each goes on while the loop itself waits for the store, which it shares with them.
        let mut under_way: JoinSet<()> = JoinSet::new();
        let mut busy: HashMap<Id, String> = HashMap::new();
        loop {
            let mut next_due = None;
            if !stop.is_cancelled() {
                match self.claims(&busy).await {
                    Ok((claims, next)) => {
                        next_due = next;
                        for claim in claims {
                            let (outbox, lane) = (self.clone(), claim.debt.lane.clone());
                            let task = under_way.spawn(async move { outbox.carry(claim).await });
                            busy.insert(task.id(), lane);
                        }
                    }
                    Err(trouble) => {
                        error!(%trouble, "could not read what is owed; trying again");
                        next_due = Some(later(self.clock.now(), STORE_RETRY));
                    }
                }
            }
            if under_way.is_empty() && (is_draining || stop.is_cancelled()) {
                return;
            }
            let due = async {
                match next_due {
                    Some(time) => self.clock.sleep_until(time).await,
                    None => std::future::pending().await,
                }
            };
            // In this order, not in one drawn by lot: a simulation of the same seed must go the same way.
            tokio::select! {
                biased;
                Some(ended) = under_way.join_next_with_id() => {
                    let id = match ended {
                        Ok((id, ())) => id,
                        Err(panicked) => {
                            // What a panic says may quote a text that was typed.
                            error!(task = %panicked.id(), "an effect failed in a way that nobody foresaw; it stays owed");
                            panicked.id()
                        }
                    };
                    busy.remove(&id);
                }
                () = self.owed.notified() => {}
                () = self.database.owed_elsewhere() => {}
                () = due => {}
                () = stop.cancelled(), if !stop.is_cancelled() => {}
            }
        }
    }

    /// What can be begun now, and when the next thing is due.
    async fn claims(&self, busy: &HashMap<Id, String>) -> Result<(Vec<Claim>, Option<Timestamp>), StoreError> {
        let room = MOST_UNDER_WAY.saturating_sub(busy.len());
        let now = self.clock.now();
        let mut transaction = self.database.begin().await?;
        // Lanes that are busy show up again: ask for as many more.
        let most = u32::try_from(MOST_UNDER_WAY + busy.len()).unwrap_or(u32::MAX);
        let due = match self.database.shares_as() {
            Some(_) => transaction.due(now, most).await?,
            None => transaction.due_to_one(now, most).await?,
        };
        let next = transaction.next_due(now).await?;
        let free = due.into_iter().filter(|claim| !busy.values().any(|lane| *lane == claim.debt.lane)).take(room);
        let Some(name) = self.database.shares_as() else { return Ok((free.collect(), next)) };
        let mut claimed = Vec::new();
        for mut claim in free {
            if transaction.claim(&mut claim, Claimant { name, until: later(now, CLAIM) }, now).await? {
                claimed.push(claim);
            }
        }
        let next = [next, transaction.next_unclaimed(now).await?].into_iter().flatten().min();
        if !claimed.is_empty() {
            transaction.commit().await?;
        }
        Ok((claimed, next))
    }

    /// Carries one effect out, as long as it is ours to carry out.
    async fn carry(&self, claim: Claim) {
        tokio::select! {
            biased;
            carried = self.try_carry(&claim) => if let Err(trouble) = carried {
                error!(%trouble, effect = %claim.debt.key, "could not record an effect; trying again");
                self.pause().await;
                if self.database.shares_as().is_some() && let Err(trouble) = self.abandon(&claim).await {
                    error!(%trouble, effect = %claim.debt.key, "could not give a claim back; it lapses by itself");
                }
            },
            () = self.keep_claim(&claim) => {
                warn!(effect = %claim.debt.key, "the claim on an effect was lost: another process goes on with it");
            }
        }
    }

    /// Waits before the store is asked again that has failed.
    pub(in crate::engine) async fn pause(&self) {
        self.clock.sleep_until(later(self.clock.now(), STORE_RETRY)).await;
    }

    async fn try_carry(&self, claim: &Claim) -> Result<(), StoreError> {
        let owed = Owed::read(&claim.debt)?;
        let Some(desk) = self.desks.of_room(owed.room()) else {
            // The room left the configuration. What is owed to it waits for its return.
            return match owed {
                Owed::Card { .. } | Owed::Say { .. } => self.put_off_words(claim, None, claim.may_be_said()).await,
                Owed::Publish { .. }
                | Owed::Check { .. }
                | Owed::AskRelay { .. }
                | Owed::NoteRelay { .. }
                | Owed::EndRelay { .. }
                | Owed::Undo { .. }
                | Owed::Picture { .. }
                | Owed::Wake { .. } => self.put_off(claim, None).await,
            };
        };
        // Each on a heap of its own: together they would make every task as large as the largest of them, and a task is
        // moved about when it begins and ends.
        match &owed {
            Owed::Card { number, revision, .. } => Box::pin(self.show_card(claim, desk, number, *revision)).await,
            Owed::Say { room, place, notice } => Box::pin(self.say(claim, desk, (room, place), notice)).await,
            Owed::Publish { number, account, .. } => Box::pin(self.publish(claim, desk, number, account)).await,
            Owed::AskRelay { room, of, asking, by } => {
                Box::pin(self.open_relay(claim, desk, room, Request { of, asking, by })).await
            }
            Owed::NoteRelay { number, asked, .. } => Box::pin(self.note_relay(claim, number, asked)).await,
            Owed::EndRelay { number, by, kind, .. } => Box::pin(self.end_relay(claim, number, (by, *kind))).await,
            Owed::Undo { number, account, receipt, .. } => {
                Box::pin(self.undo(claim, desk, (number, account), receipt)).await
            }
            Owed::Check { number, account, since, .. } => {
                Box::pin(self.check_gone(claim, desk, (number, account), *since)).await
            }
            Owed::Picture { number, by, coming, attachment, .. } => {
                Box::pin(self.picture(claim, desk, Commission { number, by, coming, attachment })).await
            }
            Owed::Wake { number, .. } => Box::pin(self.wake(claim, number)).await,
        }
    }

    /// Looks at a draft again because a time has come.
    async fn wake(&self, claim: &Claim, number: &DraftNumber) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_for(&number.directorate).await?;
        if self.clock.now() < claim.debt.due_at {
            // The clock was set back since it was claimed: it is not the time yet.
            transaction.put_off(claim, claim.debt.due_at, false).await?;
            return transaction.commit().await;
        }
        if let Some(draft) = transaction.draft(number).await? {
            // Nothing about a time that passed can be refused.
            let _ = ledger::happen(&mut transaction, &draft, Event::TimePassed, self.clock.now()).await?;
        }
        transaction.settle(claim).await?;
        transaction.commit().await
    }

    /// Puts an effect off that was not tried now. What an earlier try left in doubt stays in doubt.
    pub(in crate::engine) async fn put_off(
        &self,
        claim: &Claim,
        retry_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let in_doubt = claim.doubt.is_some();
        let until = self.next_try(claim.attempts_so_far(in_doubt), retry_at);
        let mut transaction = self.database.begin().await?;
        transaction.put_off(claim, until, in_doubt).await?;
        transaction.commit().await
    }

    /// When to try again: after a wait that doubles with each try, or when the platform said to, whichever is later.
    pub(in crate::engine) fn next_try(&self, attempts: u32, retry_at: Option<Timestamp>) -> Timestamp {
        let doubled = FIRST_WAIT.saturating_mul(1_u32 << attempts.min(16));
        let wait = later(self.clock.now(), doubled.min(LONGEST_WAIT));
        retry_at.map_or(wait, |at| at.max(wait))
    }

    /// Settles an effect by itself.
    pub(in crate::engine) async fn settle(&self, claim: &Claim) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        transaction.settle(claim).await?;
        transaction.commit().await
    }
}

pub(in crate::engine) fn later(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}
