//! Measures the engine beside its floors: a decision, a command read, an arrival recorded, a vote turned into a post.
//!
//! `cargo bench --bench engine` prints criterion's report of each, and then the ratios that count.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures, and stops where it can't")]

use std::collections::{BTreeSet, HashMap};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use criterion::Criterion;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use portevoix::command::catalog::Catalog;
use portevoix::command::clean::clean;
use portevoix::command::parse;
use portevoix::command::render::{Album, Destination, render};
use portevoix::command::template::Speaker as Speaks;
use portevoix::domain::ballot::{Choice, Given, Vote, Voter};
use portevoix::domain::directorate::{Account, Directorate, Language, Member, NetworkKind, Visibility};
use portevoix::domain::fault::{Fault, Receipt};
use portevoix::domain::name::{ArrivalId, EffectKey, MessageId, PersonId, ReactionId, RoleName, RoomId};
use portevoix::domain::post::Post;
use portevoix::domain::prose::Prose;
use portevoix::domain::review::{self, Event, Opening, Proposal};
use portevoix::domain::sequel::Left;
use portevoix::domain::text::Limits;
use portevoix::engine::desk::{Desk, Desks, Neighbours};
use portevoix::engine::inbox::Inbox;
use portevoix::engine::outbox::Outbox;
use portevoix::port::chat::{Arrival, Attachment, Chat, Happening, Intake, Standing};
use portevoix::port::clock::SystemClock;
use portevoix::port::network::{Found, Network};
use portevoix::store::database::Database;
use portevoix::wording::speaker::Speaker;
use rusqlite::Connection;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

const APPEAL: &str = "!appel lieu: place du Bouffay, Nantes ; date: 12/03 à 22h ; faits: vol avec violence ; \
                      tel_service: 02 61 91 44 17 ; parquet: accord du parquet de Nantes, 9h10";

/// How many votes are timed on their way to the network.
const POSTS: usize = 300;

/// How many arrivals are timed before the floors have their turn, and how many turns there are.
const TURN: usize = 100;
const TURNS: usize = 10;

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(30);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    decide(&mut criterion);
    read(&mut criterion);
    let recorded = runtime.block_on(record());
    let way = runtime.block_on(publish());
    criterion.final_summary();
    recorded.print();
    println!("\nLast vote received → request handed to the network, median of {POSTS}: {way:?}");
    let commits = recorded.floor * 2;
    println!("Of which two commits (the vote, the note that a try begins): {commits:?}");
    println!("Beside the commits: {:?} (aim: under 2 ms)", way.saturating_sub(commits));
}

fn decide(criterion: &mut Criterion) {
    let (draft, now) = draft();
    criterion.bench_function("decide: a vote on a draft", |bencher| {
        bencher.iter(|| {
            let vote = Vote {
                by: voter(),
                choice: Choice::Approve,
                reaction: ReactionId::from("r1"),
                given: Given::ByReaction,
            };
            review::decide(black_box(&draft), Event::Voted { revision: draft.revision.number, vote, at: now }, now)
        });
    });
}

fn read(criterion: &mut Criterion) {
    let catalog = Catalog::builtin().unwrap();
    let desk = directorate();
    let (destinations, now) = (destinations(), now().to_zoned_datetime(TimeZone::get("Europe/Paris").unwrap()));
    criterion.bench_function("parse: an appeal, cleaned, read and rendered for every account", |bencher| {
        bencher.iter(|| {
            let text = clean(black_box(APPEAL)).unwrap();
            let typed = parse::command_line(&text).unwrap();
            let spec = catalog.by_word(&"appel".into()).unwrap();
            let values = parse::fields(spec, typed.rest, &now).unwrap();
            render(spec, &spec.filled(values, &MessageId::from("m1")), Album::default(), speaker(&desk), &destinations)
        });
    });
}

/// Median times on the same disk, taken by turns so that whatever else the machine does meets them alike, and only once
/// the `-wal` files have the size that they keep: a growing file makes each sync slower.
struct Recorded {
    /// One arrival.
    arrival: Duration,
    /// A bare commit of one row that waits for the disk on another thread, as whoever serves others meanwhile must.
    floor: Duration,
    /// A bare commit of one row by a program that does nothing else.
    alone: Duration,
}

impl Recorded {
    fn print(&self) {
        let line = |what: &str, time: Duration| {
            println!("{what:<83} {time:>9.1?}, {:>6.0}/s", 1.0 / time.as_secs_f64());
        };
        println!();
        line("One arrival recorded (a vote: read, decided, five rows written, synced):", self.arrival);
        line("Its floor (a commit of one row, WAL, synchronous=FULL, awaited on another thread):", self.floor);
        line("The same commit by a program that does nothing else meanwhile (no thread, no await):", self.alone);
        let rate = |floor: Duration| floor.as_secs_f64() / self.arrival.as_secs_f64();
        println!("Rate against the floor: {:.2} (aim: at least 0.70)", rate(self.floor));
        println!("Rate against the commit without thread and await: {:.2}", rate(self.alone));
    }
}

async fn record() -> Recorded {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let stage = Stage::open(folder.path(), 2, 30).await;
    let card = stage.draft(0).await;
    let (mut floor, alone) = (OneRow::open(folder.path(), "floor.db"), OneRow::open(folder.path(), "alone.db"));
    let [mut arrivals, mut floors, mut alones] = [const { Vec::new() }; 3];
    stage.votes(&card, &mut arrivals).await;
    arrivals.clear();
    for _ in 0..TURNS {
        stage.votes(&card, &mut arrivals).await;
        for _ in 0..TURN {
            let begun = Instant::now();
            floor = floor.commits_on_a_thread().await;
            floors.push(begun.elapsed());
        }
        for _ in 0..TURN {
            let begun = Instant::now();
            alone.commits();
            alones.push(begun.elapsed());
        }
    }
    Recorded { arrival: median(arrivals), floor: median(floors), alone: median(alones) }
}

/// A database that takes one row a commit.
struct OneRow {
    connection: Connection,
    body: String,
}

impl OneRow {
    fn open(folder: &Path, name: &str) -> Self {
        let connection = Connection::open(folder.join(name)).unwrap();
        let setup = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE floor (body TEXT NOT NULL);";
        connection.execute_batch(setup).unwrap();
        let one_row = Self { connection, body: "x".repeat(2_000) };
        (0..1_000).for_each(|_| one_row.commits());
        one_row
    }

    fn inserts(&self) {
        self.run("BEGIN IMMEDIATE", []);
        self.run("INSERT INTO floor (body) VALUES ($1)", [&self.body]);
    }

    fn commits(&self) {
        self.inserts();
        self.run("COMMIT", []);
    }

    async fn commits_on_a_thread(self) -> Self {
        self.inserts();
        let commit = tokio::task::spawn_blocking(move || {
            self.run("COMMIT", []);
            self
        });
        commit.await.unwrap()
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) {
        self.connection.prepare_cached(sql).unwrap().execute(values).unwrap();
    }
}

/// The median time from the arrival of the last vote to the call of the network.
async fn publish() -> Duration {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut stage = Stage::open(folder.path(), 1, 0).await;
    let stop = CancellationToken::new();
    let mut times = Vec::new();
    let outbox = stage.outbox.clone();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { outbox.run(&stop).await }
    });
    for round in 0..POSTS {
        let card = stage.draft_while_running(round).await;
        let arrival = stage.arrival("durand", stage.reacts(&card, &format!("vote-{round}"), "✅"));
        let begun = Instant::now();
        stage.inbox.take(arrival).await;
        let sent = stage.sent.recv().await.unwrap();
        times.push(sent - begun);
    }
    stop.cancel();
    running.await.unwrap();
    median(times)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The engine with a room that takes everything and a network that notes when it is called.
struct Stage {
    inbox: Inbox,
    outbox: Arc<Outbox>,
    sent: mpsc::UnboundedReceiver<Instant>,
    said: Arc<Quiet>,
    arrivals: std::sync::atomic::AtomicU64,
}

impl Stage {
    async fn open(folder: &Path, quorum: u32, grace_seconds: u32) -> Self {
        let database = Arc::new(Database::open(&folder.join("bench.db")).await.unwrap());
        let catalog = Arc::new(Catalog::builtin().unwrap());
        let (calls, sent) = mpsc::unbounded_channel();
        let said = Arc::new(Quiet::default());
        let chat: Arc<dyn Chat> = said.clone();
        let network: Arc<dyn Network> = Arc::new(Notes { calls });
        let spec = catalog.by_word(&"appel".into()).unwrap();
        let mut policy = spec.policy.clone();
        (policy.quorum, policy.grace_seconds) = (quorum, grace_seconds);
        (policy.required_roles, policy.approver_roles) = (BTreeSet::new(), BTreeSet::new());
        let desk = Desk {
            directorate: directorate(),
            time_zone: TimeZone::get("Europe/Paris").unwrap(),
            policies: HashMap::from([(spec.word.clone(), policy)]),
            destinations: destinations(),
            chats: HashMap::from([(room(), chat)]),
            neighbours: Neighbours::default(),
            networks: HashMap::from([("mastodon".into(), network)]),
        };
        let desks = Arc::new(Desks::new(vec![Arc::new(desk)]));
        let (clock, owed) = (Arc::new(SystemClock), Arc::new(Notify::new()));
        let inbox = Inbox::new(database.clone(), catalog.clone(), desks.clone(), clock.clone(), owed.clone());
        let outbox = Arc::new(Outbox::new(database, catalog.clone(), desks, Arc::new(Speaker::default()), clock, owed));
        Self { inbox, outbox, sent, said, arrivals: Default::default() }
    }

    /// Opens a draft and carries out all that is owed for it.
    async fn draft(&self, round: usize) -> MessageId {
        self.types_an_appeal(round).await;
        self.outbox.drain().await;
        self.newest_card()
    }

    /// Lets Durand hold a draft and take that back, again and again, and notes how long each arrival took.
    async fn votes(&self, card: &MessageId, times: &mut Vec<Duration>) {
        for _ in 0..TURN / 2 {
            let reaction = format!("hold-{}", self.arrivals.load(std::sync::atomic::Ordering::Relaxed));
            for what in [self.reacts(card, &reaction, "⏸"), Happening::Removed { id: reaction.clone() }] {
                let arrival = self.arrival("durand", what);
                let begun = Instant::now();
                self.inbox.take(arrival).await;
                times.push(begun.elapsed());
            }
            // What is owed to the room is carried out in between, as it is in life.
            self.outbox.drain().await;
        }
    }

    /// Opens a draft while the outbox runs, and waits until its card is there with the glyphs under it.
    async fn draft_while_running(&self, round: usize) -> MessageId {
        let card = self.said.next_card.notified();
        self.types_an_appeal(round).await;
        card.await;
        self.newest_card()
    }

    async fn types_an_appeal(&self, round: usize) {
        let message = MessageId(format!("appeal-{round}"));
        let what = Happening::Said { message, text: APPEAL.to_owned(), thread: None, attachments: Vec::new() };
        self.inbox.take(self.arrival("martin", what)).await;
    }

    fn newest_card(&self) -> MessageId {
        self.said.card.lock().unwrap().clone().unwrap()
    }

    fn reacts(&self, message: &MessageId, reaction: &str, glyph: &str) -> Happening {
        let reaction = ReactionId::from(reaction);
        Happening::Reacted { message: message.clone(), reaction, glyph: glyph.to_owned() }
    }

    fn arrival(&self, by: &str, what: Happening) -> Arrival {
        let id = self.arrivals.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Arrival {
            id: ArrivalId(format!("a{id}")),
            room: room(),
            by: by.into(),
            standing: Standing::default(),
            at: Timestamp::now(),
            what,
        }
    }
}

/// A room that takes everything.
#[derive(Default)]
struct Quiet {
    card: std::sync::Mutex<Option<MessageId>>,
    next_card: Notify,
}

#[async_trait]
impl Chat for Quiet {
    async fn listen(&self, _intake: &dyn Intake, stop: CancellationToken) -> Result<(), Fault> {
        stop.cancelled().await;
        Ok(())
    }

    async fn say(
        &self,
        key: &EffectKey,
        _room: &RoomId,
        thread: Option<&MessageId>,
        _prose: &Prose,
    ) -> Result<MessageId, Fault> {
        let message = MessageId(key.to_string());
        if thread.is_none() {
            *self.card.lock().unwrap() = Some(message.clone());
        }
        Ok(message)
    }

    async fn edit(&self, _: &EffectKey, _: &RoomId, _: &MessageId, _: &Prose) -> Result<(), Fault> {
        Ok(())
    }

    async fn react(&self, key: &EffectKey, _: &RoomId, _: &MessageId, _: &str) -> Result<(), Fault> {
        // The last glyph: the card is noted, and a vote under it will be known.
        if key.as_str().ends_with('⏸') {
            self.next_card.notify_waiters();
        }
        Ok(())
    }

    async fn fetch(&self, _: &RoomId, _: &Attachment, _: u32) -> Result<Vec<u8>, Fault> {
        Ok(Vec::new())
    }

    async fn probe(&self, room: &RoomId) -> Result<String, Fault> {
        Ok(room.to_string())
    }
}

/// A network that notes when it is called.
struct Notes {
    calls: mpsc::UnboundedSender<Instant>,
}

#[async_trait]
impl Network for Notes {
    async fn limits(&self) -> Result<Limits, Fault> {
        Ok(Limits::default_of(NetworkKind::Mastodon))
    }

    async fn publish(&self, post: &Post) -> Result<Receipt, Fault> {
        // An error only means that the bench is over.
        let _ = self.calls.send(Instant::now());
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

fn draft() -> (portevoix::domain::draft::Draft, Timestamp) {
    let catalog = Catalog::builtin().unwrap();
    let spec = catalog.by_word(&"appel".into()).unwrap();
    let zoned = now().to_zoned_datetime(TimeZone::get("Europe/Paris").unwrap());
    let rest = parse::command_line(APPEAL).unwrap().rest;
    let fields = spec.filled(parse::fields(spec, rest, &zoned).unwrap(), &MessageId::from("m1"));
    let desk = directorate();
    let content = render(spec, &fields, Album::default(), speaker(&desk), &destinations());
    let proposal = Proposal {
        fields,
        targets: content.targets,
        pictures: Vec::new(),
        coming: Vec::new(),
        blockers: content.blockers,
        warnings: content.warnings,
        happens_at: None,
        succession: None,
        relay: None,
    };
    let mut policy = spec.policy.clone();
    policy.approver_roles = BTreeSet::new();
    let opening = Opening {
        number: "44-1".parse().unwrap(),
        command: spec.word.clone(),
        room: room(),
        origin: "m1".into(),
        author: "martin".into(),
        co_authors: BTreeSet::new(),
        policy,
        proposal,
    };
    (review::open(opening, now()).draft, now())
}

fn now() -> Timestamp {
    "2026-03-13T08:00:00Z".parse().unwrap()
}

fn room() -> RoomId {
    RoomId::from("!44")
}

fn voter() -> Voter {
    Voter { id: PersonId::from("durand"), roles: BTreeSet::new() }
}

fn directorate() -> Directorate {
    let member = |name: &str| Member {
        name: name.to_owned(),
        ids: BTreeSet::from([PersonId::from(name)]),
        roles: BTreeSet::from([RoleName::from("valideur")]),
    };
    Directorate {
        code: "44".into(),
        name: "Loire-Atlantique".to_owned(),
        language: Language::Fr,
        time_zone: "Europe/Paris".to_owned(),
        rooms: vec![room()],
        team: ["martin", "durand"].map(member).to_vec(),
        groups: std::collections::BTreeMap::new(),
        accounts: destinations().into_iter().map(|destination| destination.account).collect(),
    }
}

fn speaker(directorate: &Directorate) -> Speaks<'_> {
    Speaks { name: &directorate.name, code: &directorate.code }
}

fn destinations() -> Vec<Destination> {
    let account = Account {
        name: "mastodon".into(),
        network: NetworkKind::Mastodon,
        visibility: Visibility::Public,
        language: "fr".to_owned(),
    };
    vec![Destination { limits: Limits::default_of(NetworkKind::Mastodon), prices: None, account }]
}
