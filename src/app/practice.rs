//! Sets up the practice room, and shows there what the file networks publish as the public would see it.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::chat::practice::public::PublicPost;
use crate::chat::practice::{Person, Practice, PracticeRoom};
use crate::config::settings::{ChatKind, Config};
use crate::domain::fault::{Fault, Receipt};
use crate::domain::name::{AccountName, DirectorateCode, PersonId};
use crate::domain::post::Post;
use crate::domain::sequel::Left;
use crate::domain::text::Limits;
use crate::port::clock::Clock;
use crate::port::network::{Found, Network};

/// How many posts the page shows: what one scrolls through in a training.
const MOST_SHOWN: usize = 200;

/// How many bytes of pictures are kept to be shown: the oldest posts go first.
const MOST_PICTURE_BYTES: usize = 64 * 1024 * 1024;

/// Opens the practice rooms of the configuration, with each directorate's team in its own; `None` if there are none.
pub fn open(config: &Config, clock: &Arc<dyn Clock>) -> Option<Arc<Practice>> {
    let rooms: Vec<PracticeRoom> = config
        .directorates
        .iter()
        .flat_map(|settings| {
            let people = settings.directorate.team.iter().filter_map(|member| {
                let id: PersonId = member.ids.first()?.clone();
                Some(Person { id, name: member.name.clone() })
            });
            let people: Vec<Person> = people.collect();
            let rooms = settings.rooms.iter().filter(|room| room.chat == ChatKind::Practice);
            rooms.map(move |room| PracticeRoom {
                id: room.id.clone(),
                name: settings.directorate.name.clone(),
                people: people.clone(),
            })
        })
        .collect();
    if rooms.is_empty() {
        return None;
    }
    // The rooms are empty at each start: ids of the last one must not come back.
    let prefix = format!("{}-", clock.now().as_millisecond());
    Some(Practice::new(&prefix, rooms, clock.clone()))
}

/// The public timeline beside the practice room.
pub struct Showcase {
    posts: watch::Sender<Vec<PublicPost>>,
}

impl Default for Showcase {
    fn default() -> Self {
        Self { posts: watch::Sender::new(Vec::new()) }
    }
}

impl Showcase {
    /// What the public sees, now and from now on.
    pub fn public(&self) -> watch::Receiver<Vec<PublicPost>> {
        self.posts.subscribe()
    }

    /// A network whose posts are also shown here.
    pub fn show(
        &self,
        directorate: DirectorateCode,
        account: AccountName,
        network: Arc<dyn Network>,
        clock: Arc<dyn Clock>,
    ) -> Arc<dyn Network> {
        Arc::new(Shown { directorate, account, network, clock, posts: self.posts.clone() })
    }
}

struct Shown {
    directorate: DirectorateCode,
    account: AccountName,
    network: Arc<dyn Network>,
    clock: Arc<dyn Clock>,
    posts: watch::Sender<Vec<PublicPost>>,
}

impl Shown {
    fn is(&self, post: &PublicPost, receipt: &Receipt) -> bool {
        post.directorate == self.directorate && post.account == self.account && post.id == receipt.id
    }
}

fn picture_bytes(posts: &[PublicPost]) -> usize {
    posts.iter().flat_map(|post| &post.pictures).map(|developed| developed.bytes().len()).sum()
}

#[async_trait]
impl Network for Shown {
    async fn limits(&self) -> Result<Limits, Fault> {
        self.network.limits().await
    }

    async fn publish(&self, post: &Post) -> Result<Receipt, Fault> {
        let receipt = self.network.publish(post).await?;
        let public = PublicPost {
            directorate: self.directorate.clone(),
            account: self.account.clone(),
            id: receipt.id.clone(),
            text: post.text().to_owned(),
            pictures: post.pictures().to_vec(),
            at: self.clock.now(),
            url: receipt.url.clone(),
        };
        self.posts.send_modify(|posts| {
            // A second try of a post that is out gives the same receipt.
            if !posts.iter().any(|known| self.is(known, &receipt)) {
                posts.push(public);
            }
            while posts.len() > MOST_SHOWN || (posts.len() > 1 && picture_bytes(posts) > MOST_PICTURE_BYTES) {
                posts.remove(0);
            }
        });
        Ok(receipt)
    }

    async fn find(&self, post: &Post, since: Timestamp) -> Result<Found, Fault> {
        self.network.find(post, since).await
    }

    fn patience(&self) -> SignedDuration {
        self.network.patience()
    }

    async fn delete(&self, receipt: &Receipt) -> Result<(), Fault> {
        self.network.delete(receipt).await?;
        self.posts.send_modify(|posts| posts.retain(|known| !self.is(known, receipt)));
        Ok(())
    }

    fn edits(&self) -> bool {
        self.network.edits()
    }

    async fn edit(&self, old: &Receipt, post: &Post) -> Result<Option<Receipt>, Fault> {
        self.network.edit(old, post).await
    }

    async fn traces(&self, receipt: &Receipt) -> Result<Vec<String>, Fault> {
        self.network.traces(receipt).await
    }

    async fn left(&self, receipt: &Receipt, traces: &[String]) -> Result<Left, Fault> {
        self.network.left(receipt, traces).await
    }

    async fn repost(&self, original: &Receipt, decided_at: Timestamp) -> Result<Receipt, Fault> {
        self.network.repost(original, decided_at).await
    }

    async fn probe(&self) -> Result<String, Fault> {
        self.network.probe().await
    }
}
