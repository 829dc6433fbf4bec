//! `portevoix run`: the bot at work until it is told to stop.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::app::build::{self, Chats};
use crate::app::database::{self, HouseClock};
use crate::app::practice::{self, Showcase};
use crate::app::stopped::Stopped;
use crate::app::wrong_clock::{self, Trust};
use crate::chat::practice::Practice;
use crate::chat::practice::page::{self, Page};
use crate::command::action::Action;
use crate::command::catalog::Catalog;
use crate::config::load::load;
use crate::config::settings::Config;
use crate::engine::desk::Desks;
use crate::engine::inbox::Inbox;
use crate::engine::outbox::Outbox;
use crate::engine::run::run as run_engine;
use crate::port::chat::Chat;
use crate::store::database::Database;
use crate::wording::speaker::Speaker;

/// Everything that runs, put together and not yet started.
pub struct House {
    /// As read.
    pub config: Config,
    /// Every chat that a room is in.
    pub chats: Chats,
    /// What the practice room's public sees.
    pub showcase: Showcase,
    speaker: Arc<Speaker>,
    catalog: Arc<Catalog>,
    database: Arc<Database>,
    inbox: Inbox,
    outbox: Arc<Outbox>,
}

/// Runs the bot until SIGTERM or Ctrl-C. `trust` says whether a clock that can't be right is believed all the same.
///
/// # Errors
/// What a person must mend.
pub async fn run(path: &Path, trust: Trust) -> Result<(), Stopped> {
    let config = load(path)?;
    wrong_clock::expect_plausible(&config.database, trust, Timestamp::now()).await?;
    let house = House::build(config).await?;
    if trust == Trust::Clock {
        wrong_clock::hasten(&house.database, Timestamp::now()).await?;
    }
    let stop = stop_on_signal()?;
    let page = match &house.config.practice {
        Some(settings) => Some(TcpListener::bind(settings.address).await?),
        None => None,
    };
    info!(directorates = house.config.directorates.len(), "portevoix is up");
    house.run(page, &stop).await?;
    info!("portevoix has stopped; what was under way is settled");
    Ok(())
}

impl House {
    /// Puts everything together. Nothing is taken or sent yet.
    ///
    /// # Errors
    /// What a person must mend.
    pub async fn build(config: Config) -> Result<Self, Stopped> {
        let speaker = Arc::new(Speaker::default());
        let catalog = Arc::new(build::catalog(&config)?);
        let database = database::open(&config.database).await?;
        let clock = HouseClock::of(database.clone());
        let showcase = Showcase::default();
        let chats = Chats {
            matrix: build::matrix(&config, &speaker).await?,
            discord: build::discord(&config, &catalog, &speaker)?,
            practice: practice::open(&config, &clock),
        };
        let neighbours = build::neighbours(&config);
        let mut desks = Vec::new();
        for settings in &config.directorates {
            desks.push(Arc::new(build::desk(settings, &catalog, &chats, (&showcase, &neighbours), &clock).await?));
        }
        let desks = Arc::new(Desks::new(desks));
        let owed = Arc::new(Notify::new());
        let inbox = Inbox::new(database.clone(), catalog.clone(), desks.clone(), clock.clone(), owed.clone());
        let outbox = Arc::new(Outbox::new(database.clone(), catalog.clone(), desks, speaker.clone(), clock, owed));
        Ok(Self { config, chats, showcase, speaker, catalog, database, inbox, outbox })
    }

    /// Runs until told to stop; nothing new is taken then, and what is under way is settled.
    ///
    /// # Errors
    /// When a chat or the practice page can't go on.
    pub async fn run(&self, page: Option<TcpListener>, stop: &CancellationToken) -> Result<(), Stopped> {
        let chats: Vec<Arc<dyn Chat>> = self.chats.all();
        let serving = async {
            match (page, &self.chats.practice) {
                (Some(listener), Some(practice)) => {
                    let served = page::serve(listener, self.page(practice.clone()), stop.clone()).await;
                    stop.cancel();
                    served
                }
                (_, None) | (None, _) => Ok(()),
            }
        };
        let engine = async {
            let ended = run_engine(&self.inbox, &self.outbox, &chats, stop).await;
            stop.cancel();
            ended
        };
        let (ended, served) = tokio::join!(engine, serving);
        self.database.close().await;
        served?;
        ended.map_err(|fault| Stopped::Outside(build::in_words(&fault, &self.config, &self.speaker)))
    }

    fn page(&self, practice: Arc<Practice>) -> Page {
        let drafting = self.catalog.specs().filter(|spec| spec.action == Action::Draft);
        let examples = drafting.filter_map(|spec| spec.examples.first()).map(|example| example.says.clone());
        Page {
            practice,
            directorates: self.config.directorates.iter().map(|settings| settings.directorate.clone()).collect(),
            examples: examples.collect(),
            public: self.showcase.public(),
        }
    }
}

/// A token that SIGTERM and Ctrl-C cancel.
///
/// # Errors
/// When the system has no room for another signal handler.
pub fn stop_on_signal() -> Result<CancellationToken, Stopped> {
    let stop = CancellationToken::new();
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}
