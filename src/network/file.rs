//! Publishes to a local file, one JSON line a post and its pictures beside it: the network of the practice room and of whoever has no account yet.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::task::spawn_blocking;

use crate::domain::directorate::NetworkKind;
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::post::Post;
use crate::domain::sequel::Left;
use crate::domain::text::Limits;
use crate::network::file::ledger::Ledger;
use crate::network::file::line::{Line, Repost};
use crate::port::network::{Found, Network};

pub mod album;
pub mod ledger;
pub mod line;

/// A file that posts are appended to. Several accounts, and several processes, may share one.
///
/// A post is published once its line and the name of the file are on the disk, its pictures before them. A line that a
/// crash left incomplete is no post: it is taken away before the next one is written. What is taken down stays in the
/// file, with a later line that says so; its pictures are removed.
pub struct FileNetwork {
    ledger: Arc<Mutex<Ledger>>,
    path: PathBuf,
}

impl FileNetwork {
    /// Opens the file, creates it if there is none, and reads which posts are in it.
    ///
    /// # Errors
    /// [`Cause::Disk`] when it can't be created or read.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, Fault> {
        let path = path.into();
        let place = path.clone();
        let ledger = blocking(move || Ledger::open(place)).await?;
        Ok(Self { ledger: Arc::new(Mutex::new(ledger)), path })
    }

    /// Does something with the file on a thread that may wait for the disk.
    async fn with_ledger<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Ledger) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let ledger = Arc::clone(&self.ledger);
        // The ledger is read again from the file where it matters, so what a panicking thread left does no harm.
        blocking(move || act(&mut ledger.lock().unwrap_or_else(PoisonError::into_inner))).await
    }
}

#[async_trait]
impl Network for FileNetwork {
    async fn limits(&self) -> Result<Limits, Fault> {
        Ok(Limits::default_of(NetworkKind::File))
    }

    async fn publish(&self, post: &Post) -> Result<Receipt, Fault> {
        let (line, pictures) = (Line::of(post), post.pictures().to_vec());
        self.with_ledger(move |ledger| ledger.append(line, &pictures)).await?;
        Ok(receipt(post))
    }

    async fn find(&self, post: &Post, _since: Timestamp) -> Result<Found, Fault> {
        let line = Line::of(post);
        let found = self.with_ledger(move |ledger| ledger.find(&line)).await?;
        Ok(match found {
            Some(found) if found.text == post.text() => Found::Online(receipt(post)),
            Some(_) => Found::Unclear,
            None => Found::Absent,
        })
    }

    async fn delete(&self, receipt: &Receipt) -> Result<(), Fault> {
        if receipt.id.is_empty() {
            return Err(Fault::Permanent { cause: Cause::Refused("no id is known of this post".to_owned()) });
        }
        let key = receipt.id.clone();
        self.with_ledger(move |ledger| ledger.delete(&key)).await
    }

    async fn traces(&self, receipt: &Receipt) -> Result<Vec<String>, Fault> {
        let key = receipt.id.clone();
        self.with_ledger(move |ledger| ledger.pictures_of(&key)).await
    }

    async fn left(&self, receipt: &Receipt, traces: &[String]) -> Result<Left, Fault> {
        let (key, pictures) = (receipt.id.clone(), traces.to_vec());
        self.with_ledger(move |ledger| ledger.left(&key, &pictures)).await
    }

    async fn repost(&self, original: &Receipt, decided_at: Timestamp) -> Result<Receipt, Fault> {
        let repost = Repost::of(original, decided_at);
        match self.with_ledger(move |ledger| ledger.repost(&repost)).await? {
            Some(standing) => Ok(Receipt { id: standing.key.to_string(), url: standing.url }),
            None => Err(Fault::Permanent { cause: Cause::Refused(format!("{} was taken down", original.id)) }),
        }
    }

    async fn probe(&self) -> Result<String, Fault> {
        self.with_ledger(|ledger| ledger.try_writing()).await?;
        Ok(self.path.display().to_string())
    }
}

fn receipt(post: &Post) -> Receipt {
    Receipt { id: post.key().to_string(), url: None }
}

/// Runs something that waits for the disk where it holds up nobody. It is carried through even when nobody waits for
/// it any more.
async fn blocking<T: Send + 'static>(act: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    match spawn_blocking(act).await {
        Ok(outcome) => outcome,
        Err(error) => Err(Fault::Uncertain { cause: Cause::Disk(error.to_string()) }),
    }
}
