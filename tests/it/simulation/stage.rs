//! Machines that run the whole engine in the simulated world: they start, crash at any step, and start again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use jiff::tz::TimeZone;
use portevoix::command::catalog::Catalog;
use portevoix::command::render::Destination;
use portevoix::domain::directorate::{Account, Directorate, Language, Member, NetworkKind, Visibility};
use portevoix::domain::name::{CommandWord, PersonId, RoleName};
use portevoix::domain::policy::Policy;
use portevoix::domain::text::Limits;
use portevoix::engine::desk::{Desk, Desks, Neighbours};
use portevoix::engine::inbox::Inbox;
use portevoix::engine::outbox::Outbox;
use portevoix::engine::run::run;
use portevoix::port::chat::Chat;
use portevoix::port::network::Network;
use portevoix::store::backend::Backend;
use portevoix::store::database::Database;
use portevoix::wording::speaker::Speaker;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::simulation::disk::Disk;
use crate::simulation::life::Life;
use crate::simulation::network::{Nature, SimulatedNetwork};
use crate::simulation::people::{TEAM, person};
use crate::simulation::room::{Bookmarks, SimulatedChat};
use crate::simulation::rules::QUORUM;
use crate::simulation::timeline::MachineClock;
use crate::simulation::world::World;

static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| Arc::new(Catalog::builtin().unwrap()));
static SPEAKER: LazyLock<Arc<Speaker>> = LazyLock::new(|| Arc::new(Speaker::default()));
static PARIS: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Paris").unwrap());

/// The accounts of every directorate.
const ACCOUNTS: [(&str, NetworkKind, Nature); 3] = [
    ("bluesky", NetworkKind::Bluesky, Nature::Keyed),
    ("mastodon", NetworkKind::Mastodon, Nature::Hourly),
    ("ixe", NetworkKind::X, Nature::Forgetful),
];

/// One machine.
pub struct Machine {
    pub clock: Arc<MachineClock>,
    world: Arc<World>,
    store: Arc<dyn Backend>,
    /// Its place among those that share the store, if it is shared.
    place: Option<usize>,
    bookmarks: Bookmarks,
    running: Option<(Arc<Life>, JoinHandle<()>, Arc<Notify>)>,
    lives: u32,
}

impl Machine {
    pub fn new(world: &Arc<World>, store: &Arc<dyn Backend>, place: Option<usize>) -> Self {
        Self {
            clock: MachineClock::new(world.timeline.clone()),
            world: world.clone(),
            store: store.clone(),
            place,
            bookmarks: Arc::new(Mutex::new(HashMap::new())),
            running: None,
            lives: 0,
        }
    }

    /// Starts a process, which crashes after so many steps, or never if that is negative.
    pub fn starts(&mut self, steps: i64) {
        self.crashes();
        self.lives += 1;
        let life = Life::new(self.world.timeline.clone());
        life.ends_after(steps);
        let name = self.place.map(|place| format!("machine {place}, life {}", self.lives));
        let elsewhere = Arc::new(Notify::new());
        self.world.listeners.lock().unwrap().push(elsewhere.clone());
        let disk = Disk {
            beneath: self.store.clone(),
            world: self.world.clone(),
            life: life.clone(),
            name,
            elsewhere: elsewhere.clone(),
        };
        let database = Arc::new(Database::over(Arc::new(disk)));
        let chat: Arc<dyn Chat> = Arc::new(SimulatedChat {
            world: self.world.clone(),
            life: life.clone(),
            bookmarks: self.bookmarks.clone(),
            device: self.place.unwrap_or_default(),
        });
        let desks = self.world.rooms.iter().map(|room| Arc::new(desk(&self.world, &life, &room.code, &chat)));
        let desks = Arc::new(Desks::new(desks.collect()));
        let owed = Arc::new(Notify::new());
        let clock = self.clock.clone();
        let inbox = Inbox::new(database.clone(), CATALOG.clone(), desks.clone(), clock.clone(), owed.clone());
        let outbox = Outbox::new(database, CATALOG.clone(), desks, SPEAKER.clone(), clock, owed);
        let process = tokio::spawn(async move {
            // It never stops by itself: only a crash ends it.
            let _ = run(&inbox, &Arc::new(outbox), &[chat], &CancellationToken::new()).await;
        });
        self.running = Some((life, process, elsewhere));
    }

    /// Whether the process has crashed, or was never started.
    pub fn is_down(&self) -> bool {
        self.running.as_ref().is_none_or(|(life, ..)| life.is_over())
    }

    /// Ends the process where it stands.
    pub fn crashes(&mut self) {
        if let Some((life, process, elsewhere)) = self.running.take() {
            life.ends_after(0);
            process.abort();
            self.world.listeners.lock().unwrap().retain(|listener| !Arc::ptr_eq(listener, &elsewhere));
        }
    }
}

fn desk(world: &Arc<World>, life: &Arc<Life>, code: &str, chat: &Arc<dyn Chat>) -> Desk {
    let accounts = ACCOUNTS.map(|(name, network, _)| Account {
        name: name.into(),
        network,
        visibility: Visibility::Public,
        language: "fr".to_owned(),
    });
    let network = |(name, _, nature): (&str, NetworkKind, Nature)| {
        let network: Arc<dyn Network> = Arc::new(SimulatedNetwork {
            world: world.clone(),
            life: life.clone(),
            directorate: code.into(),
            account: name.into(),
            nature,
        });
        (name.into(), network)
    };
    let room = world.rooms.iter().find(|room| room.code == code).unwrap().id.clone();
    let members = TEAM.map(|(name, roles)| Member {
        name: person(code, name),
        ids: BTreeSet::from([PersonId(person(code, name))]),
        roles: roles.iter().map(|role| RoleName::from(*role)).collect(),
    });
    let directorate = Directorate {
        code: code.into(),
        name: format!("la direction {code}"),
        language: Language::Fr,
        time_zone: "Europe/Paris".to_owned(),
        rooms: vec![room.clone()],
        team: members.into(),
        groups: BTreeMap::new(),
        accounts: accounts.to_vec(),
    };
    Desk {
        directorate,
        time_zone: PARIS.clone(),
        policies: ["info", "appel", "clore", "rectifier", "relais"].map(policy).into(),
        destinations: accounts
            .map(|account| Destination { limits: Limits::default_of(account.network), prices: None, account })
            .into(),
        chats: HashMap::from([(room, chat.clone())]),
        networks: ACCOUNTS.map(network).into(),
        neighbours: Neighbours {
            national: Some("67".into()),
            rooms: world.rooms.iter().map(|room| (room.code.as_str().into(), room.id.clone())).collect(),
        },
    }
}

fn policy(word: &str) -> (CommandWord, Policy) {
    let mut policy = CATALOG.by_word(&word.into()).unwrap().policy.clone();
    policy.quorum = u32::try_from(QUORUM).unwrap();
    policy.approver_roles = BTreeSet::from(["valideur".into()]);
    policy.required_roles = BTreeSet::new();
    policy.grace_seconds = 30;
    (word.into(), policy)
}
