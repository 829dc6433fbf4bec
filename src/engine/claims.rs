//! Keeps what this process has claimed its own, where several carry out what is owed, and notices when it no longer is.

use std::time::Duration;

use jiff::Timestamp;
use tracing::error;

use crate::engine::outbox::{Outbox, later};
use crate::store::database::StoreError;
use crate::store::outbox::{Claim, Claimant};

/// How long what a process has claimed stays its own, where several work on the same tables, unless it renews the claim.
/// What a process that was killed had begun waits as long for another.
pub(in crate::engine) const CLAIM: Duration = Duration::from_secs(30);

/// How often a claim is renewed: it takes two failures in a row before one lapses.
const RENEWAL: Duration = Duration::from_secs(10);

impl Outbox {
    /// Renews a claim again and again. Returns when it is lost, before another process can take it.
    pub(in crate::engine) async fn keep_claim(&self, claim: &Claim) {
        let Some(name) = self.database.shares_as() else { return std::future::pending().await };
        let mut ends = later(self.clock.now(), CLAIM);
        loop {
            self.clock.sleep_until(later(self.clock.now(), RENEWAL)).await;
            let until = later(self.clock.now(), CLAIM);
            let renewed = tokio::select! {
                biased;
                renewed = self.renew_claim(claim, Claimant { name, until }) => renewed,
                () = self.clock.sleep_until(ends) => return,
            };
            match renewed {
                Ok(true) => ends = until,
                Ok(false) => return,
                Err(trouble) => error!(%trouble, effect = %claim.debt.key, "could not renew a claim"),
            }
            if later(self.clock.now(), RENEWAL) >= ends {
                return;
            }
        }
    }

    async fn renew_claim(&self, claim: &Claim, claimant: Claimant<'_>) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        let is_ours = transaction.renew_claim(&claim.debt.key, claimant).await?;
        transaction.commit().await?;
        Ok(is_ours)
    }

    pub(in crate::engine) async fn abandon(&self, claim: &Claim) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        transaction.abandon(claim).await?;
        transaction.commit().await
    }

    /// When a claim ends that is made or renewed now; long ago where there is nobody to claim anything from.
    pub(in crate::engine) fn claim_end(&self) -> Timestamp {
        if self.database.shares_as().is_some() { later(self.clock.now(), CLAIM) } else { Timestamp::UNIX_EPOCH }
    }

    /// Whether a claim that ends then still leaves the time to begin something: a process that was stopped for half a
    /// minute (its machine asleep, say) must not go on as if nothing had happened.
    pub(in crate::engine) fn may_begin(&self, claim_end: Timestamp) -> bool {
        self.database.shares_as().is_none() || later(self.clock.now(), RENEWAL) < claim_end
    }
}
