//! What a database must be able to do to be the store's: begin, run statements, commit.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::store::database::StoreError;
use crate::store::row::{Row, Value};

/// Where the store's tables are.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Begins a session whose statements become true together. With a `scope`, sessions of the same scope come one after
    /// the other: each sees all that the one before has committed.
    ///
    /// # Errors
    /// What the database says.
    async fn begin(&self, scope: Option<&str>) -> Result<Box<dyn Session>, StoreError>;

    /// What this process is called among those that may work on the same tables now, unlike any other ever: what is owed
    /// must be claimed in that name before it is done. `None` where no other process can.
    fn shares_as(&self) -> Option<&str>;

    /// What time it is for all who share the tables, whatever their machines' clocks say; `None` where no other process
    /// can.
    fn time(&self) -> Option<Timestamp> {
        None
    }

    /// Returns when another process may have owed something since the last call: told so by a commit that was
    /// [announced](Session::announce), or because what was told may have been missed. Never where no other process can.
    /// May be dropped while waiting: nothing is missed.
    async fn owed_elsewhere(&self) {
        std::future::pending::<()>().await;
    }

    /// Leaves everything in good order before the program ends. What was committed is safe already.
    async fn close(&self);
}

/// A transaction under way. Dropped without [`commit`](Self::commit) it is undone.
#[async_trait]
pub trait Session: Send {
    /// Runs a statement and returns how many rows it changed. The text is one that every backend understands; its
    /// parameters `$1`, `$2`, … appear in their order.
    ///
    /// # Errors
    /// What the database says.
    async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, StoreError>;

    /// Runs a statement and returns all its rows.
    ///
    /// # Errors
    /// What the database says.
    async fn rows(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError>;

    /// Lets the other processes that share the tables know, once it is true, that something is owed.
    fn announce(&mut self) {}

    /// Makes everything in it true. When this returns well, it is on the disk.
    ///
    /// # Errors
    /// What the database says. Where a connection was lost on the way it may be true all the same: whoever tries again
    /// must look first.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
