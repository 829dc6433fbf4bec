//! Measures one, two and four replicas over one PostgreSQL: arrivals and posts a second, beside the server's bare commits.
//!
//! `tests/run --bench replicas` starts a PostgreSQL and prints the figures. Every replica hears every arrival, as in life; all
//! of them run in this process, on the machine that the server is on, so what more machines would add is not in the figures.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures, and stops where it can't")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use portevoix::command::catalog::Catalog;
use portevoix::command::render::Destination;
use portevoix::domain::directorate::{Account, Directorate, Language, Member, NetworkKind, Visibility};
use portevoix::domain::fault::{Fault, Receipt};
use portevoix::domain::name::{ArrivalId, EffectKey, MessageId, PersonId, ReactionId, RoleName, RoomId};
use portevoix::domain::post::Post;
use portevoix::domain::prose::Prose;
use portevoix::domain::sequel::Left;
use portevoix::domain::text::Limits;
use portevoix::engine::desk::{Desk, Desks, Neighbours};
use portevoix::engine::inbox::Inbox;
use portevoix::engine::outbox::Outbox;
use portevoix::port::chat::{Arrival, Attachment, Chat, Happening, Intake, Standing};
use portevoix::port::clock::SystemClock;
use portevoix::port::network::{Found, Network};
use portevoix::wording::speaker::Speaker;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[path = "../tests/it/harness/postgres.rs"]
#[expect(dead_code, reason = "the tests do more with it")]
mod postgres;

const APPEAL: &str = "!appel lieu: place du Bouffay, Nantes ; date: 12/03 à 22h ; faits: vol avec violence ; \
                      tel_service: 02 61 91 44 17 ; parquet: accord du parquet de Nantes, 9h10";

/// How many directorates work side by side.
const DIRECTORATES: usize = 12;

/// How many arrivals each hears, and how many drafts each publishes.
const ARRIVALS: usize = 60;
const DRAFTS: usize = 10;

/// How long the bare commits are counted.
const FLOOR: Duration = Duration::from_secs(3);

/// How many connections a replica keeps at most.
const CONNECTIONS: usize = 16;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        println!("{DIRECTORATES} directorates, {ARRIVALS} arrivals and {DRAFTS} posts each; synchronous_commit on\n");
        println!("replicas  arrivals/s  posts/s  bare commits/s  connections  arrivals against bare commits");
        for replicas in [1, 2, 4] {
            let url = postgres::fresh_database().await;
            let stage = Stage::open(&url, replicas).await;
            let (arrivals, posts) = (stage.hears().await, stage.publishes().await);
            drop(stage);
            let connections = replicas * CONNECTIONS;
            let floor = bare_commits(&url, connections).await;
            let against = arrivals / floor;
            println!("{replicas:>8}  {arrivals:>10.0}  {posts:>7.0}  {floor:>14.0}  {connections:>11}  {against:.2}");
        }
        println!(
            "\nOne connection alone: {:.0} bare commits/s",
            bare_commits(&postgres::fresh_database().await, 1).await
        );
    });
}

/// How many rows a second so many connections commit, each row by itself.
async fn bare_commits(url: &str, connections: usize) -> f64 {
    let shell = postgres::shell(url).await;
    shell.does("CREATE TABLE floor (body TEXT NOT NULL)").await;
    let body = "x".repeat(2_000);
    let ends = Instant::now() + FLOOR;
    let committing = (0..connections).map(|_| async {
        let shell = postgres::shell(url).await;
        let insert = shell.client.prepare("INSERT INTO floor (body) VALUES ($1)").await.unwrap();
        let mut commits = 0_u32;
        while Instant::now() < ends {
            shell.client.execute(&insert, &[&body]).await.unwrap();
            commits += 1;
        }
        f64::from(commits)
    });
    join_all(committing).await.into_iter().sum::<f64>() / FLOOR.as_secs_f64()
}

/// Replicas that are not running yet.
struct Stage {
    replicas: Vec<Replica>,
    published: Arc<Counter>,
}

struct Replica {
    inbox: Inbox,
    outbox: Arc<Outbox>,
}

impl Stage {
    async fn open(url: &str, count: usize) -> Self {
        let published = Arc::new(Counter::default());
        let replicas = join_all((0..count).map(|_| Replica::open(url, published.clone()))).await;
        let stage = Self { replicas, published };
        // Every directorate has a card that can be held, and drafts to approve.
        let first = &stage.replicas[0];
        for draft in 0..=DRAFTS {
            let typing = (0..DIRECTORATES).map(|place| {
                let message = MessageId(format!("m{draft}"));
                let text = APPEAL.to_owned();
                let what = Happening::Said { message, text, thread: None, attachments: Vec::new() };
                first.inbox.take(arrival(place, format!("typed-{draft}"), "martin", what))
            });
            join_all(typing).await;
        }
        first.outbox.drain().await;
        stage
    }

    /// Arrivals a second, each taken once although every replica hears it.
    async fn hears(&self) -> f64 {
        let begun = Instant::now();
        let rooms = self.replicas.iter().flat_map(|replica| (0..DIRECTORATES).map(move |place| (replica, place)));
        let hearing = rooms.map(|(replica, place)| async move {
            for number in 0..ARRIVALS {
                let reaction = format!("hold-{}", number / 2);
                let what = if number % 2 == 0 {
                    reacts(place, 1, &reaction, "⏸")
                } else {
                    Happening::Removed { id: reaction }
                };
                replica.inbox.take(arrival(place, format!("held-{number}"), "durand", what)).await;
            }
        });
        join_all(hearing).await;
        rate(DIRECTORATES * ARRIVALS, begun)
    }

    /// Posts a second, from the moment at which all are approved; cards and words in the threads are said meanwhile.
    async fn publishes(&self) -> f64 {
        self.replicas[0].outbox.drain().await;
        let voting = (0..DIRECTORATES).map(|place| async move {
            for draft in 2..=DRAFTS + 1 {
                let what = reacts(place, draft, &format!("vote-{draft}"), "✅");
                self.replicas[0].inbox.take(arrival(place, format!("voted-{draft}"), "durand", what)).await;
            }
        });
        join_all(voting).await;
        let begun = Instant::now();
        let stop = CancellationToken::new();
        let working: Vec<_> = self
            .replicas
            .iter()
            .map(|replica| {
                let (outbox, stop) = (replica.outbox.clone(), stop.clone());
                tokio::spawn(async move { outbox.run(&stop).await })
            })
            .collect();
        self.published.until(DIRECTORATES * DRAFTS).await;
        let rate = rate(DIRECTORATES * DRAFTS, begun);
        stop.cancel();
        join_all(working).await;
        assert_eq!(self.published.count.load(Ordering::SeqCst), DIRECTORATES * DRAFTS, "each post once");
        rate
    }
}

fn rate(count: usize, begun: Instant) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / begun.elapsed().as_secs_f64()
}

impl Replica {
    async fn open(url: &str, published: Arc<Counter>) -> Self {
        let database = Arc::new(postgres::open(url).await);
        let catalog = Arc::new(Catalog::builtin().unwrap());
        let spec = catalog.by_word(&"appel".into()).unwrap();
        let mut policy = spec.policy.clone();
        (policy.quorum, policy.grace_seconds) = (1, 0);
        (policy.required_roles, policy.approver_roles) = (BTreeSet::new(), BTreeSet::new());
        let chat: Arc<dyn Chat> = Arc::new(Quiet);
        let desks = (0..DIRECTORATES).map(|place| {
            Arc::new(Desk {
                directorate: directorate(place),
                time_zone: TimeZone::get("Europe/Paris").unwrap(),
                policies: HashMap::from([(spec.word.clone(), policy.clone())]),
                destinations: vec![destination()],
                chats: HashMap::from([(room(place), chat.clone())]),
                neighbours: Neighbours::default(),
                networks: HashMap::from([("mastodon".into(), published.clone() as Arc<dyn Network>)]),
            })
        });
        let desks = Arc::new(Desks::new(desks.collect()));
        let (clock, owed) = (Arc::new(SystemClock), Arc::new(Notify::new()));
        let inbox = Inbox::new(database.clone(), catalog.clone(), desks.clone(), clock.clone(), owed.clone());
        let outbox = Arc::new(Outbox::new(database, catalog, desks, Arc::new(Speaker::default()), clock, owed));
        Self { inbox, outbox }
    }
}

fn code(place: usize) -> String {
    format!("{}", 10 + place)
}

fn room(place: usize) -> RoomId {
    RoomId(format!("!{}", code(place)))
}

fn arrival(place: usize, id: String, by: &str, what: Happening) -> Arrival {
    let (id, room) = (ArrivalId(format!("{place}/{id}")), room(place));
    Arrival { id, room, by: by.into(), standing: Standing::default(), at: Timestamp::now(), what }
}

/// A reaction under the card of the directorate's draft of that number; see [`Quiet`].
fn reacts(place: usize, draft: usize, reaction: &str, glyph: &str) -> Happening {
    let message = MessageId(format!("card/{}-{draft}/1/0", code(place)));
    Happening::Reacted { message, reaction: ReactionId::from(reaction), glyph: glyph.to_owned() }
}

fn directorate(place: usize) -> Directorate {
    let member = |name: &str| Member {
        name: name.to_owned(),
        ids: BTreeSet::from([PersonId::from(name)]),
        roles: BTreeSet::from([RoleName::from("valideur")]),
    };
    Directorate {
        code: code(place).as_str().into(),
        name: format!("Direction {}", code(place)),
        language: Language::Fr,
        time_zone: "Europe/Paris".to_owned(),
        rooms: vec![room(place)],
        team: ["martin", "durand"].map(member).to_vec(),
        groups: BTreeMap::new(),
        accounts: vec![destination().account],
    }
}

fn destination() -> Destination {
    let account = Account {
        name: "mastodon".into(),
        network: NetworkKind::Mastodon,
        visibility: Visibility::Public,
        language: "fr".to_owned(),
    };
    Destination { limits: Limits::default_of(NetworkKind::Mastodon), prices: None, account }
}

/// A room that takes everything at once; a message is called what its effect is.
struct Quiet;

#[async_trait]
impl Chat for Quiet {
    async fn listen(&self, _: &dyn Intake, stop: CancellationToken) -> Result<(), Fault> {
        stop.cancelled().await;
        Ok(())
    }

    async fn say(&self, key: &EffectKey, _: &RoomId, _: Option<&MessageId>, _: &Prose) -> Result<MessageId, Fault> {
        Ok(MessageId(key.to_string()))
    }

    async fn edit(&self, _: &EffectKey, _: &RoomId, _: &MessageId, _: &Prose) -> Result<(), Fault> {
        Ok(())
    }

    async fn react(&self, _: &EffectKey, _: &RoomId, _: &MessageId, _: &str) -> Result<(), Fault> {
        Ok(())
    }

    async fn fetch(&self, _: &RoomId, _: &Attachment, _: u32) -> Result<Vec<u8>, Fault> {
        Ok(Vec::new())
    }

    async fn probe(&self, room: &RoomId) -> Result<String, Fault> {
        Ok(room.to_string())
    }
}

/// A network that counts its posts.
#[derive(Default)]
struct Counter {
    count: AtomicUsize,
    more: Notify,
}

impl Counter {
    async fn until(&self, count: usize) {
        while self.count.load(Ordering::SeqCst) < count {
            self.more.notified().await;
        }
    }
}

#[async_trait]
impl Network for Counter {
    async fn limits(&self) -> Result<Limits, Fault> {
        Ok(Limits::default_of(NetworkKind::Mastodon))
    }

    async fn publish(&self, post: &Post) -> Result<Receipt, Fault> {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.more.notify_one();
        Ok(Receipt { id: post.key().to_string(), url: None })
    }

    async fn find(&self, _: &Post, _: Timestamp) -> Result<Found, Fault> {
        Ok(Found::Absent)
    }

    async fn delete(&self, _: &Receipt) -> Result<(), Fault> {
        Ok(())
    }

    async fn traces(&self, _: &Receipt) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }

    async fn left(&self, _: &Receipt, _: &[String]) -> Result<Left, Fault> {
        Ok(Left::Nothing)
    }

    async fn repost(&self, original: &Receipt, _: Timestamp) -> Result<Receipt, Fault> {
        Ok(original.clone())
    }

    async fn probe(&self) -> Result<String, Fault> {
        Ok(String::new())
    }
}
