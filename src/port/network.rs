//! A social network: what publishing promises, and how an uncertain outcome is cleared up.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::post::Post;
use crate::domain::sequel::Left;
use crate::domain::text::Limits;

/// One account on one network.
///
/// The engine calls [`publish`](Self::publish) a first time; after a crash or an [`Uncertain`](Fault::Uncertain)
/// fault it calls [`find`](Self::find), and publishes again only where that proves the post absent.
#[async_trait]
pub trait Network: Send + Sync {
    /// How long a text may be on this account, asked of the server where the server decides it.
    ///
    /// # Errors
    /// Any fault; the engine then goes on with the network's documented defaults.
    async fn limits(&self) -> Result<Limits, Fault>;

    /// Publishes the post once. Where the network allows it, a second call with the same key must not make a second
    /// post (idempotency key, record key chosen by us).
    ///
    /// # Errors
    /// - `Transient` and `Permanent` only when it is certain that nothing went out;
    /// - `Uncertain` otherwise, a dropped future included: if we crash in here, the engine assumes it.
    async fn publish(&self, post: &Post) -> Result<Receipt, Fault>;

    /// Looks whether the post is out, without changing anything. `since` is when the first try began.
    ///
    /// # Errors
    /// When it could not look; the question then stays open.
    async fn find(&self, post: &Post, since: Timestamp) -> Result<Found, Fault>;

    /// How long after a try began what it sent may still turn up on the network, or not be seen there yet. Before that,
    /// [`Found::Absent`] is not believed. Zero where the network itself keeps a second post of the same key from appearing.
    fn patience(&self) -> SignedDuration {
        SignedDuration::ZERO
    }

    /// Takes a post of this account down. One that is gone already is no error, so this may be repeated.
    ///
    /// # Errors
    /// `Transient` when it is certain that it still stands, `Permanent` when it can't be taken down, `Uncertain` when it
    /// may be gone.
    async fn delete(&self, receipt: &Receipt) -> Result<(), Fault>;

    /// Whether a post of this account that is out can be changed in place.
    fn edits(&self) -> bool {
        false
    }

    /// Makes a post of this account that is out say what another says, its pictures included. `None` where it is not there
    /// any more. This may be repeated.
    ///
    /// # Errors
    /// As [`delete`](Self::delete); `Permanent` where the network knows no such thing.
    async fn edit(&self, _old: &Receipt, _post: &Post) -> Result<Option<Receipt>, Fault> {
        Err(Fault::Permanent { cause: Cause::Refused("this network changes no posts".to_owned()) })
    }

    /// Where the pictures of a post are that stands, in a form that [`left`](Self::left) takes.
    ///
    /// # Errors
    /// When it could not look.
    async fn traces(&self, receipt: &Receipt) -> Result<Vec<String>, Fault>;

    /// Looks what is still to be seen of a post that was taken down, by those who may have seen it.
    ///
    /// # Errors
    /// When it could not look; then nothing is known.
    async fn left(&self, receipt: &Receipt, traces: &[String]) -> Result<Left, Fault>;

    /// Shows another account's post of the same network to this account's followers. `decided_at` is the same at every
    /// try. One that is reposted already stays so and gives the same receipt where the network knows it: this may be
    /// repeated.
    ///
    /// # Errors
    /// As [`publish`](Self::publish); `Permanent` when the original is gone.
    async fn repost(&self, original: &Receipt, decided_at: Timestamp) -> Result<Receipt, Fault>;

    /// Tries credentials and permissions without publishing. Returns the account's public name (`@police44@server`).
    ///
    /// # Errors
    /// What is wrong, for `portevoix check`.
    async fn probe(&self) -> Result<String, Fault>;
}

/// What a look at a network found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is out.
    Online(Receipt),
    /// It is certainly not out.
    Absent,
    /// Can't be told from what the network shows.
    Unclear,
}
