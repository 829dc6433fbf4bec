//! Plays a scene: people in a practice room, the whole engine on a real database, and networks that do as they are told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use portevoix::chat::practice::record::{Author, Content, Message, SentFile};
use portevoix::chat::practice::{Person, Practice, PracticeRoom};
use portevoix::command::catalog::Catalog;
use portevoix::command::render::Destination;
use portevoix::command::spec::Spec;
use portevoix::domain::ballot::Assurance;
use portevoix::domain::directorate::{Account, Directorate, Language, Member, NetworkKind, Visibility};
use portevoix::domain::draft::Draft;
use portevoix::domain::name::{AccountName, ArrivalId, DraftNumber, MessageId, PersonId, ReactionId, RoleName, RoomId};
use portevoix::domain::notice::State;
use portevoix::domain::policy::{Confirm, Policy};
use portevoix::domain::prose::Block;
use portevoix::domain::text::Limits;
use portevoix::engine::desk::{Desk, Desks, Neighbours};
use portevoix::engine::inbox::Inbox;
use portevoix::engine::outbox::Outbox;
use portevoix::engine::restored::{self, Doubts};
use portevoix::port::chat::{Arrival, Chat, Happening, Intake, Standing};
use portevoix::port::clock::Clock;
use portevoix::port::network::Network;
use portevoix::store::audit::Audited;
use portevoix::store::backup::Restoring;
use portevoix::store::database::{Database, StoreError};
use portevoix::wording::speaker::Speaker;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::harness::cut_chat::CutChat;
use crate::harness::hand_clock::HandClock;
use crate::harness::scripted_network::ScriptedNetwork;

/// A stage with the rooms of Loire-Atlantique (44) and Bas-Rhin (67). People act in the room of 44 unless said otherwise.
pub struct Room {
    pub practice: Arc<Practice>,
    chat: Arc<CutChat>,
    pub clock: Arc<HandClock>,
    networks: HashMap<(String, String), Arc<ScriptedNetwork>>,
    /// What a scene put behind accounts of 44 in place of the scripted ones.
    others: HashMap<AccountName, Arc<dyn Network>>,
    desks: Arc<Desks>,
    catalog: Arc<Catalog>,
    engine: Option<Engine>,
    directory: TempDir,
    here: RoomId,
    presses: AtomicU32,
    /// Everything that was ever handed over, as a chat's server keeps it.
    history: Mutex<Vec<Arrival>>,
}

/// Hands over to the engine, and remembers.
struct Remembering<'r> {
    inbox: &'r Inbox,
    history: &'r Mutex<Vec<Arrival>>,
}

#[async_trait]
impl Intake for Remembering<'_> {
    async fn take(&self, arrival: Arrival) {
        self.history.lock().unwrap().push(arrival.clone());
        self.inbox.take(arrival).await;
    }

    async fn has_seen(&self, id: &ArrivalId) -> bool {
        self.inbox.has_seen(id).await
    }

    async fn unreadable(&self, room: &RoomId) -> Vec<ArrivalId> {
        self.inbox.unreadable(room).await
    }

    async fn drafts(&self, room: &RoomId) -> Vec<(DraftNumber, String)> {
        self.inbox.drafts(room).await
    }
}

struct Engine {
    database: Arc<Database>,
    inbox: Inbox,
    outbox: Arc<Outbox>,
}

/// Plays a scene in which somebody tampers with the journal: nothing is asked of it at the end.
pub async fn tampered_scene(play: impl AsyncFnOnce(&mut Room)) {
    play(&mut Room::open().await).await;
}

/// Plays a scene on a fresh stage.
pub async fn scene(play: impl AsyncFnOnce(&mut Room)) {
    let mut room = Room::open().await;
    play(&mut room).await;
    room.expect_journal_to_tell_the_same().await;
}

const TEAM: [(&str, &str, &[&str]); 6] = [
    ("martin", "Martin", &["redacteur"]),
    ("petit", "Petit", &["redacteur"]),
    ("durand", "Durand", &["valideur"]),
    ("lefevre", "Lefèvre", &["valideur"]),
    ("moreau", "Moreau", &["valideur", "chef"]),
    ("kieffer", "Kieffer", &["valideur"]),
];

impl Room {
    async fn open() -> Self {
        // What the engine logs is shown when a scene fails.
        let _ = tracing_subscriber::fmt().with_test_writer().try_init();
        // 22:00 in Paris, a Thursday.
        let clock = HandClock::at("2026-03-12T21:00:00Z");
        let people: Vec<Person> = TEAM
            .iter()
            .map(|(id, name, _)| (*id, *name))
            .chain([("passant", "Passant")])
            .map(|(id, name)| Person { id: id.into(), name: name.to_owned() })
            .collect();
        let room = |id: &str| PracticeRoom { id: id.into(), name: id.to_owned(), people: people.clone() };
        let practice = Practice::new("m", vec![room("!44"), room("!67")], clock.clone());
        let chat = CutChat::over(practice.clone());
        let mut networks = HashMap::new();
        let desks = ["44", "67"].map(|code| Arc::new(desk(code, &chat, scripted(code, &mut networks))));
        let mut stage = Self {
            practice,
            chat,
            clock,
            networks,
            others: HashMap::new(),
            desks: Arc::new(Desks::new(desks.into())),
            catalog: Arc::new(Catalog::builtin().unwrap()),
            engine: None,
            directory: tempfile::tempdir().unwrap(),
            here: "!44".into(),
            presses: AtomicU32::default(),
            history: Mutex::default(),
        };
        stage.start().await;
        stage
    }

    /// Every byte of the database.
    pub fn on_disk(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.directory.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    /// Starts the engine on the database that is there.
    pub async fn start(&mut self) {
        let database = Arc::new(self.open_database().await);
        let owed = Arc::new(Notify::new());
        let clock: Arc<HandClock> = self.clock.clone();
        let (catalog, desks) = (self.catalog.clone(), self.desks.clone());
        let inbox = Inbox::new(database.clone(), catalog, desks.clone(), clock.clone(), owed.clone());
        let outbox = Arc::new(Outbox::new(
            database.clone(),
            self.catalog.clone(),
            desks,
            Arc::new(Speaker::default()),
            clock,
            owed,
        ));
        self.engine = Some(Engine { database, inbox, outbox });
    }

    /// Puts another network behind an account of 44. The process is started anew for it.
    pub async fn puts_on(&mut self, account: &str, network: Arc<dyn Network>) {
        self.crash();
        self.others.insert(account.into(), network);
        let desks = ["44", "67"].map(|code| {
            let network = |name: &AccountName| match self.others.get(name).filter(|_| code == "44") {
                Some(other) => other.clone(),
                None => self.network_of(code, name.as_str()) as Arc<dyn Network>,
            };
            Arc::new(desk(code, &self.chat, network))
        });
        self.desks = Arc::new(Desks::new(desks.into()));
        self.start().await;
    }

    /// From now on 44's drafts are approved by word. The process is started anew for it.
    pub async fn asks_for_the_word(&mut self) {
        self.crash();
        let desks = ["44", "67"].map(|code| {
            let network = |name: &AccountName| self.network_of(code, name.as_str()) as Arc<dyn Network>;
            let mut desk = desk(code, &self.chat, network);
            if code == "44" {
                let by_word = |spec: &Spec| Policy { confirm: Confirm::Word, ..spec.policy.clone() };
                desk.policies = self.catalog.specs().map(|spec| (spec.word.clone(), by_word(spec))).collect();
            }
            Arc::new(desk)
        });
        self.desks = Arc::new(Desks::new(desks.into()));
        self.start().await;
    }

    /// Someone answers the newest card, and the chat is no surer of them than that.
    pub async fn answers_unproven(&self, who: &str, text: &str, assurance: Assurance) {
        let number = self.presses.fetch_add(1, Ordering::Relaxed);
        let arrival = Arrival {
            id: ArrivalId(format!("unproven-{number}")),
            room: self.here.clone(),
            by: person(who),
            standing: Standing { assurance, ..Standing::default() },
            at: self.clock.now(),
            what: Happening::Said {
                message: MessageId(format!("unproven-{number}")),
                text: text.to_owned(),
                thread: Some(self.newest_card().id),
                attachments: Vec::new(),
            },
        };
        self.running().inbox.take(arrival).await;
        self.settle().await;
    }

    /// The word by which a draft as it stands is approved.
    pub async fn word(&self, number: &str) -> String {
        self.draft(number).await.revision.seal.short()
    }

    /// The process is started with a configuration that has no room any more, carries out what it can, and is started
    /// with the old one again.
    pub async fn is_run_without_its_rooms(&mut self) {
        let desks = std::mem::take(&mut self.desks);
        self.crash();
        self.start().await;
        self.carries_out().await;
        self.crash();
        self.desks = desks;
        self.start().await;
    }

    /// Opens the database. Tasks of a killed process end when the runtime comes to them, a commit when the disk has it;
    /// until then they hold its lock.
    async fn open_database(&self) -> Database {
        let mut lock = self.database_file().into_os_string();
        lock.push(".lock");
        for _ in 0..1_000 {
            match Database::open(&self.database_file()).await {
                Err(StoreError::InUse(_)) => {
                    let lock = File::open(&lock).unwrap();
                    spawn_blocking(move || lock.lock()).await.unwrap().unwrap();
                }
                opened => return opened.unwrap(),
            }
        }
        panic!("the killed process still holds the database")
    }

    /// The process is killed. What people do from now on waits for its return.
    pub fn crash(&mut self) {
        self.engine = None;
    }

    /// The process is killed and started again; it takes what happened meanwhile and carries out what it owes.
    pub async fn crash_and_restart(&mut self) {
        self.crash();
        self.start().await;
        self.settle().await;
    }

    /// From now on people act in the room of that directorate.
    pub fn goes_to(&mut self, code: &str) {
        self.here = RoomId(format!("!{code}"));
    }

    /// Someone writes in the room.
    pub async fn says(&self, who: &str, text: &str) -> MessageId {
        self.act(self.practice.says(&person(who), &self.here, text, None)).await.unwrap()
    }

    /// Someone writes in the thread of the newest card.
    pub async fn answers(&self, who: &str, text: &str) -> MessageId {
        let card = self.newest_card();
        self.act(self.practice.says(&person(who), &self.here, text, Some(&card.id))).await.unwrap()
    }

    /// Someone sends a file in the room, with that text.
    pub async fn sends(&self, who: &str, text: &str, (name, bytes): (&str, &[u8])) -> MessageId {
        let file = SentFile { name: name.to_owned(), bytes: bytes.into() };
        self.act(self.practice.sends(&person(who), &self.here, text, None, vec![file])).await.unwrap()
    }

    /// Someone sends a file in the thread of the newest card, with that text.
    pub async fn answers_with(&self, who: &str, text: &str, (name, bytes): (&str, &[u8])) -> MessageId {
        let card = self.newest_card();
        let file = SentFile { name: name.to_owned(), bytes: bytes.into() };
        self.act(self.practice.sends(&person(who), &self.here, text, Some(&card.id), vec![file])).await.unwrap()
    }

    /// Someone changes a message of their own.
    pub async fn edits(&self, who: &str, message: &MessageId, text: &str) {
        self.act(self.practice.edits(&person(who), message, text)).await.unwrap();
    }

    /// Someone reacts under the newest card.
    pub async fn reacts(&self, who: &str, glyph: &str) -> ReactionId {
        let card = self.newest_card();
        self.reacts_to(who, &card.id, glyph).await
    }

    /// Someone reacts under a message.
    pub async fn reacts_to(&self, who: &str, message: &MessageId, glyph: &str) -> ReactionId {
        self.act(self.practice.reacts(&person(who), message, glyph)).await.unwrap()
    }

    /// Someone presses a button under a message, as chats that have buttons tell it.
    pub async fn presses(&self, who: &str, message: &MessageId, glyph: &str) {
        let arrival = Arrival {
            id: ArrivalId(format!("press-{}", self.presses.fetch_add(1, Ordering::Relaxed))),
            room: self.here.clone(),
            by: person(who),
            standing: Standing::default(),
            at: self.clock.now(),
            what: Happening::Pressed {
                message: message.clone(),
                reaction: ReactionId(format!("button/{message}/{who}/{glyph}")),
                glyph: glyph.to_owned(),
            },
        };
        self.running().inbox.take(arrival).await;
        self.settle().await;
    }

    /// Someone whom the configuration does not name, but who is in the chat's group «brigade», does something.
    pub async fn does_from_the_group(&self, id: &str, called: &str, what: Happening) {
        let arrival = Arrival {
            id: ArrivalId(format!("group-{}", self.presses.fetch_add(1, Ordering::Relaxed))),
            room: self.here.clone(),
            by: id.into(),
            standing: Standing {
                name: Some(called.to_owned()),
                groups: BTreeSet::from(["brigade".into()]),
                ..Standing::default()
            },
            at: self.clock.now(),
            what,
        };
        self.running().inbox.take(arrival).await;
        self.settle().await;
    }

    /// Someone takes a reaction back.
    pub async fn takes_back(&self, who: &str, reaction: &ReactionId) {
        self.act(self.practice.takes_back(&person(who), reaction)).await.unwrap();
    }

    /// Durand and Lefèvre approve the newest card, and the grace period passes.
    pub async fn approves(&self) {
        self.reacts("durand", "✅").await;
        self.reacts("lefevre", "✅").await;
        self.waits(Duration::from_secs(30)).await;
    }

    /// Time goes by, and what is due then is done.
    pub async fn waits(&self, time: Duration) {
        self.lets_pass(time);
        self.settle().await;
    }

    /// Time goes by, and nothing is done about it yet.
    pub fn lets_pass(&self, time: Duration) {
        self.clock.passes(SignedDuration::try_from(time).unwrap());
    }

    /// Lets the process be killed at the moment at which a network's request hangs.
    pub async fn killed_while(&mut self, network: &str, act: impl AsyncFnOnce(&Self)) {
        let network = self.network(network);
        tokio::select! {
            () = act(self) => panic!("the request did not hang"),
            () = network.hanging.notified() => {}
        }
        self.crash();
    }

    /// Lets the process be killed when the room has the next word of the bot's, and the bot has not noted it yet.
    pub async fn killed_after_the_next_word(&mut self, act: impl AsyncFnOnce(&Self)) {
        let chat = self.chat.clone();
        chat.is_cut_after_the_next_word();
        tokio::select! {
            () = act(self) => panic!("nothing was said"),
            () = chat.hanging.notified() => {}
        }
        self.crash();
    }

    /// The network behind an account of 44.
    pub fn network(&self, account: &str) -> Arc<ScriptedNetwork> {
        self.network_of("44", account)
    }

    /// The network behind an account.
    pub fn network_of(&self, code: &str, account: &str) -> Arc<ScriptedNetwork> {
        self.networks[&(code.to_owned(), account.to_owned())].clone()
    }

    /// The draft of that number, as it is stored.
    pub async fn draft(&self, number: &str) -> Draft {
        let mut transaction = self.running().database.begin().await.unwrap();
        transaction.draft(&number.parse().unwrap()).await.unwrap().unwrap_or_else(|| panic!("no draft {number}"))
    }

    /// Every block of what the bot said, as its messages stand now.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for message in self.practice.timeline(&self.here) {
            if let Content::Said(prose) = message.content {
                blocks.extend(prose.blocks);
            }
        }
        blocks
    }

    /// Every draft of a directorate, as it is stored.
    pub async fn drafts(&self, code: &str) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for serial in 1..100 {
            let mut transaction = self.running().database.begin().await.unwrap();
            let number = DraftNumber { directorate: code.into(), serial };
            let Some(draft) = transaction.draft(&number).await.unwrap() else { break };
            drafts.push(draft);
        }
        drafts
    }

    /// # Panics
    /// When the draft stands elsewhere.
    #[track_caller]
    pub fn expect(&self, number: &str, state: State) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let draft = self.draft(number).await;
            assert_eq!(draft.state(), state, "{caller}: {draft:#?}\n{}", self.transcript());
        }
    }

    /// Everything in the room, as plain text, without the talk of [`settle`](Self::settle).
    pub fn transcript(&self) -> String {
        let all = self.practice.transcript(&self.here);
        let mut lines: Vec<&str> = all.lines().filter(|line| *line != "Petit : (supprimé)").collect();
        // Accounts publish side by side, and whichever is done first says so first.
        for done in lines.chunk_by_mut(|one, next| [one, next].iter().all(|line| line.contains("✅ En ligne sur"))) {
            done.sort_by(|one, next| next.cmp(one));
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// The last thing that the bot said.
    pub fn last_said(&self) -> String {
        let said = self.practice.timeline(&self.here);
        said.iter()
            .rfind(|message| message.by == Author::Bot)
            .map(|message| message.content.plain())
            .unwrap_or_default()
    }

    /// The newest of the bot's messages outside any thread: the card that stands.
    pub fn newest_card(&self) -> Message {
        let is_card = |message: &&Message| message.by == Author::Bot && message.thread.is_none();
        let messages = self.practice.timeline(&self.here);
        messages.iter().rfind(is_card).unwrap_or_else(|| panic!("no card in {}", self.transcript())).clone()
    }

    /// The newest message of the bot's that says this.
    #[track_caller]
    pub fn message_saying(&self, words: &str) -> Message {
        let says = |message: &&Message| match &message.content {
            Content::Said(prose) => prose.plain().contains(words),
            Content::Typed(_) | Content::Removed => false,
        };
        let messages = self.practice.timeline(&self.here);
        messages.iter().rfind(says).unwrap_or_else(|| panic!("nobody says {words:?} in {}", self.transcript())).clone()
    }

    /// Where the database and its lock are.
    pub fn database_file(&self) -> PathBuf {
        self.directory.path().join("portevoix.db")
    }

    fn running(&self) -> &Engine {
        self.engine.as_ref().expect("the scene does this only while the engine runs")
    }

    /// The engine carries out everything that is due, and hears nothing meanwhile.
    pub async fn carries_out(&self) {
        self.running().outbox.drain().await;
    }

    /// The engine takes everything that waits, and carries out everything that is due.
    pub async fn settle(&self) {
        // An arrival returns only when it and all before it were taken; ordinary talk changes nothing.
        let petit = person("petit");
        let message = self.act(self.practice.says(&petit, &self.here, "bien reçu", None)).await.unwrap();
        self.practice.removes(&petit, &message).await.unwrap();
    }

    /// A moderator removes a message from the room; the chat tells only its id.
    pub async fn removes_from_room(&self, message: &MessageId) {
        self.act(self.practice.removes(&person("passant"), message)).await.unwrap();
    }

    /// Someone changes the text of every stored draft behind the engine's back.
    pub async fn forges_the_stored_text(&mut self, from: &str, to: &str) {
        self.tampers(&format!("UPDATE drafts SET body = replace(body, '{from}', '{to}')")).await;
    }

    /// Someone puts other bytes in the place of every stored picture, behind the engine's back.
    pub async fn forges_the_stored_pictures(&mut self, bytes: &[u8]) {
        self.crash();
        let database = rusqlite::Connection::open(self.database_file()).unwrap();
        assert_eq!(database.execute("UPDATE pictures SET body = $1", [bytes]).unwrap(), 1);
        drop(database);
        self.start().await;
    }

    /// The engine listens while that is done, and then carries out everything that is due.
    pub async fn while_listening<T>(&self, deed: impl Future<Output = T>) -> T {
        self.act(deed).await
    }

    async fn act<T>(&self, deed: impl Future<Output = T>) -> T {
        let Some(engine) = &self.engine else { return deed.await };
        let stop = CancellationToken::new();
        let intake = Remembering { inbox: &engine.inbox, history: &self.history };
        let (listened, done) = tokio::join!(biased; self.practice.listen(&intake, stop.clone()), async {
            let done = deed.await;
            engine.outbox.drain().await;
            stop.cancel();
            done
        });
        listened.unwrap();
        done
    }

    /// The process is killed, a backup put in the place of the database, and the process started.
    pub async fn is_put_back_to(&mut self, backup: &Path) -> Doubts {
        self.crash();
        drop(self.open_database().await);
        let restoring = Restoring::begin(backup, &self.database_file()).unwrap();
        let draft = Database::open(restoring.draft()).await.unwrap();
        let mut transaction = draft.begin().await.unwrap();
        let doubts = restored::mark(&mut transaction, self.clock.now()).await.unwrap();
        transaction.commit().await.unwrap();
        draft.close().await;
        drop(draft);
        restoring.finish(self.clock.now()).unwrap().unwrap();
        self.start().await;
        doubts
    }

    /// The chat hands everything over again that ever happened in its rooms.
    pub async fn reads_the_history_again(&self) {
        let history = self.history.lock().unwrap().clone();
        for arrival in history {
            self.running().inbox.take(arrival).await;
        }
        self.settle().await;
    }

    /// What an audit of a directorate's journal finds.
    pub async fn audit(&self, code: &str) -> Audited {
        let mut transaction = self.running().database.begin().await.unwrap();
        transaction.audit(&code.into()).await.unwrap()
    }

    /// Someone changes the database behind the engine's back.
    pub async fn tampers(&mut self, sql: &str) {
        self.crash();
        drop(self.open_database().await);
        rusqlite::Connection::open(self.database_file()).unwrap().execute_batch(sql).unwrap();
        self.start().await;
    }

    /// Replays the journals and holds them against what is stored.
    async fn expect_journal_to_tell_the_same(&mut self) {
        if self.engine.is_none() {
            self.start().await;
        }
        for code in ["44", "67"] {
            let audited = self.audit(code).await;
            assert_eq!(audited.wrong, None, "the journal of {code} tells another story");
        }
    }
}

/// A scripted network for each account of a directorate, noted in `networks`.
fn scripted(
    code: &str,
    networks: &mut HashMap<(String, String), Arc<ScriptedNetwork>>,
) -> impl FnMut(&AccountName) -> Arc<dyn Network> {
    |name| {
        let network = Arc::new(ScriptedNetwork::default());
        networks.insert((code.to_owned(), name.to_string()), network.clone());
        network
    }
}

fn desk(code: &str, chat: &Arc<CutChat>, network: impl FnMut(&AccountName) -> Arc<dyn Network>) -> Desk {
    desk_in(code, chat.clone(), network)
}

/// The desk of a directorate in that chat.
pub fn desk_in(code: &str, chat: Arc<dyn Chat>, mut network: impl FnMut(&AccountName) -> Arc<dyn Network>) -> Desk {
    let members = TEAM.iter().filter(|(id, ..)| (*id == "kieffer") == (code == "67"));
    let team = members.map(|(id, name, roles)| Member {
        name: (*name).to_owned(),
        ids: BTreeSet::from([PersonId::from(*id)]),
        roles: roles.iter().map(|role| RoleName::from(*role)).collect(),
    });
    let accounts = [("mastodon", NetworkKind::Mastodon), ("bluesky", NetworkKind::Bluesky)].map(|(name, network)| {
        Account { name: name.into(), network, visibility: Visibility::Public, language: "fr".to_owned() }
    });
    let room = RoomId(format!("!{code}"));
    let directorate = Directorate {
        code: code.into(),
        name: format!("la direction {code}"),
        language: Language::Fr,
        time_zone: "Europe/Paris".to_owned(),
        rooms: vec![room.clone()],
        team: team.collect(),
        groups: BTreeMap::from([("brigade".into(), BTreeSet::from(["valideur".into()]))]),
        accounts: accounts.to_vec(),
    };
    let destinations =
        accounts.map(|account| Destination { limits: Limits::default_of(account.network), prices: None, account });
    let networks = directorate.accounts.iter().map(|account| (account.name.clone(), network(&account.name)));
    Desk {
        networks: networks.collect(),
        neighbours: Neighbours {
            national: Some("67".into()),
            rooms: ["44", "67"].map(|code| (code.into(), RoomId(format!("!{code}")))).into(),
        },
        directorate: directorate.clone(),
        time_zone: TimeZone::get("Europe/Paris").unwrap(),
        policies: HashMap::new(),
        destinations: destinations.into(),
        chats: HashMap::from([(room, chat)]),
    }
}

fn person(who: &str) -> PersonId {
    PersonId::from(who)
}
