//! Several replicas of the engine over one PostgreSQL, in one room, with the same accounts; any of them may be killed.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use portevoix::command::catalog::Catalog;
use portevoix::domain::name::{AccountName, MessageId};
use portevoix::engine::desk::Desks;
use portevoix::engine::inbox::Inbox;
use portevoix::engine::outbox::Outbox;
use portevoix::engine::run::run;
use portevoix::port::chat::Chat;
use portevoix::port::network::Network;
use portevoix::store::database::Database;
use portevoix::wording::speaker::Speaker;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::harness::hand_clock::HandClock;
use crate::harness::postgres::open;
use crate::harness::scene::desk_in;
use crate::harness::scripted_network::ScriptedNetwork;
use crate::harness::shared_room::{Said, Seen, SharedRoom, Silence};

/// The stage: one database, one room, two accounts.
pub struct Replicas {
    pub url: String,
    pub room: Arc<SharedRoom>,
    pub clock: Arc<HandClock>,
    networks: HashMap<AccountName, Arc<ScriptedNetwork>>,
    running: BTreeMap<u32, Running>,
    next: Arc<Mutex<Option<Silence>>>,
    started: u32,
}

struct Running {
    name: String,
    task: JoinHandle<()>,
}

impl Running {
    /// As by `kill -9`: nothing it was doing goes on.
    async fn end(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

impl Replicas {
    /// A stage on that database, with nobody on it.
    pub fn over(url: String) -> Self {
        let _ = tracing_subscriber::fmt().with_test_writer().try_init();
        let networks = ["mastodon", "bluesky"].map(|name| (name.into(), Arc::default()));
        Self {
            url,
            room: SharedRoom::new("!44"),
            clock: HandClock::at("2026-03-12T21:00:00Z"),
            networks: networks.into(),
            running: BTreeMap::new(),
            next: Arc::default(),
            started: 0,
        }
    }

    /// Starts so many more.
    pub async fn start(&mut self, count: u32) {
        for _ in 0..count {
            let database = open(&self.url).await;
            self.start_on(database);
        }
    }

    /// Starts one on that database.
    pub fn start_on(&mut self, database: Database) -> u32 {
        let number = self.started;
        self.started += 1;
        let name = database.shares_as().unwrap().to_owned();
        let device: Arc<dyn Chat> = self.room.device(number, self.next.clone());
        let network = |name: &AccountName| self.networks[name].clone() as Arc<dyn Network>;
        let desks = Arc::new(Desks::new(vec![Arc::new(desk_in("44", device.clone(), network))]));
        let (database, owed, clock) = (Arc::new(database), Arc::new(Notify::new()), self.clock.clone());
        let catalog = Arc::new(Catalog::builtin().unwrap());
        let inbox = Inbox::new(database.clone(), catalog.clone(), desks.clone(), clock.clone(), owed.clone());
        let outbox = Arc::new(Outbox::new(database, catalog, desks, Arc::new(Speaker::default()), clock, owed));
        let task = tokio::spawn(async move {
            run(&inbox, &outbox, &[device], &CancellationToken::new()).await.unwrap();
        });
        self.running.insert(number, Running { name, task });
        number
    }

    /// Kills one.
    pub async fn kill(&mut self, number: u32) {
        self.running.remove(&number).unwrap().end().await;
    }

    /// Kills the one at that place among those that run.
    pub async fn kill_at(&mut self, place: usize) {
        let number = *self.running.keys().nth(place % self.running.len()).unwrap();
        self.kill(number).await;
    }

    /// Kills whichever has claimed something whose key begins so.
    pub async fn kill_the_holder_of(&mut self, key: &str) {
        let shell = crate::harness::postgres::shell(&self.url).await;
        let sql = "SELECT claimed_by FROM owed WHERE key LIKE $1 AND claimed_by <> ''";
        let row = shell.client.query_one(sql, &[&format!("{key}%")]).await.unwrap();
        let holder: &str = row.get(0);
        let number = *self.running.iter().find(|(_, running)| running.name == holder).unwrap().0;
        self.kill(number).await;
    }

    /// What becomes of the next message, whichever replica says it.
    pub fn next_message(&self, silence: Silence) {
        *self.next.lock().unwrap() = Some(silence);
    }

    /// Waits until a replica hangs while it says something, and kills it.
    pub async fn kill_who_hangs(&mut self) {
        let seen = self.room.until(|seen| seen.hanging.iter().any(|number| self.running.contains_key(number))).await;
        let number = *seen.hanging.iter().find(|number| self.running.contains_key(number)).unwrap();
        self.kill(number).await;
    }

    /// Time goes by.
    pub fn lets_pass(&self, seconds: i64) {
        self.clock.passes(SignedDuration::from_secs(seconds));
    }

    /// The network behind an account.
    pub fn network(&self, account: &str) -> &ScriptedNetwork {
        &self.networks[&AccountName::from(account)]
    }

    /// Martin types an appeal, and it becomes a card with its glyphs.
    pub async fn drafts(&self, appeal: &str) -> MessageId {
        let before = self.room.now().cards().len();
        self.room.says("martin", appeal);
        self.card_after(before).await
    }

    /// The card that stands ready after so many others.
    pub async fn card_after(&self, before: usize) -> MessageId {
        let is_ready = |seen: &Seen| seen.cards().get(before).is_some_and(|card| card.glyphs.len() == 3);
        let seen = self.room.until(is_ready).await;
        seen.cards()[before].id.clone()
    }

    /// Durand and Lefèvre approve a card, and it is said that it will go out.
    pub async fn approves(&self, card: &MessageId) {
        self.room.reacts("durand", card, "✅");
        self.room.reacts("lefevre", card, "✅");
        self.told_under(card, "Le compte y est").await;
    }

    /// Waits until the bot says that in the thread of a card.
    pub async fn told_under(&self, card: &MessageId, words: &str) {
        let is_told = |said: &Said| said.thread.as_ref() == Some(card) && said.text.contains(words);
        self.room.until(|seen| seen.said.iter().any(is_told)).await;
    }

    /// Waits until a card says that all is out.
    pub async fn published(&self, card: &MessageId) {
        let is_out = |seen: &Seen| seen.said.iter().any(|said| said.id == *card && said.text.contains("✅ Publié."));
        self.room.until(is_out).await;
    }

    /// Stops everything at once.
    pub async fn stop(&mut self) {
        for (_, running) in std::mem::take(&mut self.running) {
            running.end().await;
        }
    }
}
