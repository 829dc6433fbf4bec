//! Makes adapters and desks from what the configuration says.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tracing::warn;

use crate::app::practice::Showcase;
use crate::app::stopped::Stopped;
#[cfg(feature = "matrix")]
use crate::chat::matrix::chat::MatrixChat;
#[cfg(feature = "matrix")]
use crate::chat::matrix::settings::MatrixSettings;
use crate::chat::practice::Practice;
use crate::command::catalog::Catalog;
use crate::command::render::Destination;
use crate::config::policy::check_policies;
#[cfg(any(feature = "mastodon", feature = "bluesky", feature = "x"))]
use crate::config::secret::SecretSource;
#[cfg(feature = "x")]
use crate::config::settings as config;
use crate::config::settings::{AccountConfig, ChatKind, Config, Connection, DirectorateConfig};
use crate::domain::directorate::{Account, Directorate};
use crate::domain::fault::Fault;
use crate::domain::name::{AccountName, CommandWord, RoomId};
use crate::domain::policy::Policy;
#[cfg(any(feature = "mastodon", feature = "bluesky", feature = "x"))]
use crate::domain::secret::Secret;
use crate::domain::text::Limits;
use crate::engine::desk::{Desk, Neighbours};
#[cfg(feature = "bluesky")]
use crate::network::bluesky::{BlueskyNetwork, BlueskySettings};
use crate::network::file::FileNetwork;
#[cfg(any(feature = "mastodon", feature = "bluesky", feature = "x"))]
use crate::network::http::DEFAULT_TIMEOUT;
#[cfg(feature = "mastodon")]
use crate::network::mastodon::{MastodonNetwork, MastodonSettings};
#[cfg(feature = "x")]
use crate::network::x::signature::UserKeys;
#[cfg(feature = "x")]
use crate::network::x::token_file::TokenFile;
#[cfg(feature = "x")]
use crate::network::x::tokens::Application;
#[cfg(feature = "x")]
use crate::network::x::{XAccess, XNetwork, XSettings};
use crate::port::chat::Chat;
use crate::port::clock::Clock;
use crate::port::network::Network;
use crate::wording::speaker::{Audience, Speaker};

/// The commands of the binary, or those of the folder that the configuration names; every example in them is tried.
///
/// # Errors
/// Every problem of every file.
pub fn catalog(config: &Config) -> Result<Catalog, Stopped> {
    let catalog = match &config.commands {
        None => Catalog::builtin(),
        Some(folder) => Catalog::from_files(&command_files(folder)?),
    }
    .map_err(Stopped::Commands)?;
    let broken = catalog.check_examples();
    if !broken.is_empty() {
        return Err(Stopped::Commands(broken));
    }
    let policies: BTreeMap<CommandWord, Policy> =
        catalog.specs().map(|spec| (spec.word.clone(), spec.policy.clone())).collect();
    check_policies(config, &policies)?;
    Ok(catalog)
}

/// The command files of a folder: each one's name and text.
///
/// # Errors
/// When they cannot be read.
pub fn command_files(folder: &Path) -> Result<Vec<(String, String)>, Stopped> {
    let unreadable = |cause| Stopped::CommandFolder { path: folder.to_owned(), cause };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).map_err(unreadable)?;
            files.push((path.display().to_string(), text));
        }
    }
    files.sort();
    Ok(files)
}

/// Opens the bot's place in Matrix, if a room needs it.
///
/// # Errors
/// In words, when there is no session or it can't be used.
#[cfg(feature = "matrix")]
pub async fn matrix(config: &Config, speaker: &Speaker) -> Result<Option<Arc<dyn Chat>>, Stopped> {
    if config.rooms_in(ChatKind::Matrix).next().is_none() {
        return Ok(None);
    }
    let Some(settings) = matrix_settings(config) else { return Ok(None) };
    match MatrixChat::restore(settings).await {
        Ok(chat) => Ok(Some(Arc::new(chat))),
        Err(fault) => Err(Stopped::Outside(format!("Matrix : {}", in_words(&fault, config, speaker)))),
    }
}

/// Opens the bot's place in Matrix, if a room needs it: this build can't.
///
/// # Errors
/// When a room needs it.
#[cfg(not(feature = "matrix"))]
pub async fn matrix(config: &Config, _speaker: &Speaker) -> Result<Option<Arc<dyn Chat>>, Stopped> {
    match config.rooms_in(ChatKind::Matrix).next() {
        None => Ok(None),
        Some(_) => Err(left_out("matrix")),
    }
}

/// What the adapter needs of the configuration's `[matrix]`.
#[cfg(feature = "matrix")]
pub fn matrix_settings(config: &Config) -> Option<MatrixSettings> {
    config.matrix.as_ref().map(|matrix| MatrixSettings {
        homeserver: matrix.homeserver.clone(),
        user: matrix.user.to_string(),
        state_directory: matrix.state_directory.clone(),
        rooms: config.rooms_in(ChatKind::Matrix).cloned().collect(),
        key_patience: MatrixSettings::USUAL_KEY_PATIENCE,
    })
}

/// Opens the bot's place on Discord, if a room needs it.
///
/// # Errors
/// In words, when it can't be used.
#[cfg(feature = "discord")]
pub fn discord(config: &Config, catalog: &Catalog, speaker: &Speaker) -> Result<Option<Arc<dyn Chat>>, Stopped> {
    crate::app::discord::open(config, catalog, speaker)
}

/// Opens the bot's place on Discord, if a room needs it: this build can't.
///
/// # Errors
/// When a room needs it.
#[cfg(not(feature = "discord"))]
pub fn discord(config: &Config, _catalog: &Catalog, _speaker: &Speaker) -> Result<Option<Arc<dyn Chat>>, Stopped> {
    match config.rooms_in(ChatKind::Discord).next() {
        None => Ok(None),
        Some(_) => Err(left_out("discord")),
    }
}

/// The chats of the configuration, by kind.
#[derive(Default)]
pub struct Chats {
    /// Matrix, if a room is there.
    pub matrix: Option<Arc<dyn Chat>>,
    /// Discord, if a room is there.
    pub discord: Option<Arc<dyn Chat>>,
    /// The practice room, if there is one.
    pub practice: Option<Arc<Practice>>,
}

impl Chats {
    /// All of them.
    pub fn all(&self) -> Vec<Arc<dyn Chat>> {
        let practice = self.practice.clone().map(|practice| practice as Arc<dyn Chat>);
        self.matrix.iter().chain(&self.discord).cloned().chain(practice).collect()
    }

    /// The one of that kind.
    pub fn of(&self, kind: ChatKind) -> Option<Arc<dyn Chat>> {
        match kind {
            ChatKind::Matrix => self.matrix.clone(),
            ChatKind::Discord => self.discord.clone(),
            ChatKind::Practice => self.practice.clone().map(|practice| practice as Arc<dyn Chat>),
        }
    }
}

/// Those who may be asked for a relay, each in the first of its rooms.
pub fn neighbours(config: &Config) -> Neighbours {
    let code = |settings: &DirectorateConfig| settings.directorate.code.clone();
    let room = |settings: &DirectorateConfig| Some((code(settings), settings.directorate.rooms.first()?.clone()));
    Neighbours {
        national: config.directorates.iter().find(|settings| settings.is_national).map(code),
        rooms: config.directorates.iter().filter_map(room).collect(),
    }
}

/// Sets up the desk of one directorate. Servers are asked for their limits; one that does not answer is taken to keep
/// the documented ones.
///
/// # Errors
/// When an account can't be set up.
pub async fn desk(
    settings: &DirectorateConfig,
    catalog: &Catalog,
    chats: &Chats,
    (showcase, neighbours): (&Showcase, &Neighbours),
    clock: &Arc<dyn Clock>,
) -> Result<Desk, Stopped> {
    let directorate = settings.directorate.clone();
    let mut networks: HashMap<AccountName, Arc<dyn Network>> = HashMap::new();
    let mut destinations = Vec::new();
    for (account, connection) in directorate.accounts.iter().zip(&settings.accounts) {
        let mut limits = Limits::default_of(account.network);
        let network = network(&directorate, account, connection, showcase, clock).await?;
        // A file keeps to the limits of the network that it stands in for.
        if !matches!(connection.connection, Connection::File { .. }) {
            match network.limits().await {
                Ok(asked) => limits = asked,
                Err(fault) => {
                    warn!(account = %account.name, %fault, "could not ask for the limits; the documented ones hold");
                }
            }
        }
        networks.insert(account.name.clone(), network);
        destinations.push(Destination { account: account.clone(), limits, prices: connection.prices });
    }
    let policies = settings.policies.iter().filter_map(|setting| {
        let spec = catalog.by_word(&setting.command)?;
        Some((setting.command.clone(), setting.changes.apply(&spec.policy)))
    });
    let rooms = settings.rooms.iter().filter_map(|room| Some((room.id.clone(), chats.of(room.chat)?)));
    let time_zone = TimeZone::get(&directorate.time_zone).unwrap_or(TimeZone::UTC);
    Ok(Desk {
        time_zone,
        policies: policies.collect(),
        destinations,
        chats: rooms.collect::<HashMap<RoomId, Arc<dyn Chat>>>(),
        networks,
        neighbours: neighbours.clone(),
        directorate,
    })
}

/// The network behind an account.
///
/// # Errors
/// In words, when it can't be set up.
pub async fn network(
    directorate: &Directorate,
    account: &Account,
    settings: &AccountConfig,
    showcase: &Showcase,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn Network>, Stopped> {
    let network: Arc<dyn Network> = match &settings.connection {
        #[cfg(feature = "x")]
        Connection::X { api, login_page: _, access } => {
            let access = x_access(directorate, account, access)?;
            let settings = XSettings { api: api.clone(), access, timeout: DEFAULT_TIMEOUT };
            Arc::new(XNetwork::new(settings, clock.clone()).map_err(|trouble| not_set_up(account, &trouble))?)
        }
        #[cfg(not(feature = "x"))]
        Connection::X { .. } => return Err(left_out("x")),
        Connection::File { path } => {
            let file = FileNetwork::open(path).await.map_err(|fault| not_set_up(account, &fault))?;
            showcase.show(directorate.code.clone(), account.name.clone(), Arc::new(file), clock.clone())
        }
        #[cfg(feature = "mastodon")]
        Connection::Mastodon { server, token } => {
            let settings =
                MastodonSettings { server: server.clone(), token: secret(account, token)?, timeout: DEFAULT_TIMEOUT };
            Arc::new(MastodonNetwork::new(settings, clock.clone()).map_err(|trouble| not_set_up(account, &trouble))?)
        }
        #[cfg(not(feature = "mastodon"))]
        Connection::Mastodon { .. } => return Err(left_out("mastodon")),
        #[cfg(feature = "bluesky")]
        Connection::Bluesky { service, handle, app_password } => {
            let settings = BlueskySettings {
                service: service.clone(),
                identifier: handle.clone(),
                app_password: secret(account, app_password)?,
                timeout: DEFAULT_TIMEOUT,
            };
            Arc::new(BlueskyNetwork::new(settings, clock.clone()).map_err(|trouble| not_set_up(account, &trouble))?)
        }
        #[cfg(not(feature = "bluesky"))]
        Connection::Bluesky { .. } => return Err(left_out("bluesky")),
    };
    Ok(network)
}

/// What lets the bot into an account on X.
#[cfg(feature = "x")]
fn x_access(directorate: &Directorate, account: &Account, access: &config::XAccess) -> Result<XAccess, Stopped> {
    Ok(match access {
        config::XAccess::Granted { client_id, client_secret, state_directory, handle: _ } => {
            let client_secret = client_secret.as_ref().map(|source| secret(account, source)).transpose()?;
            let application = Application { id: client_id.clone(), secret: client_secret };
            let file = TokenFile::new(state_directory, directorate.code.as_str(), account.name.as_str());
            XAccess::Granted(application, file)
        }
        config::XAccess::Keys { api_key, api_secret, access_token, access_secret } => XAccess::Keys(UserKeys {
            api_key: secret(account, api_key)?,
            api_secret: secret(account, api_secret)?,
            access_token: secret(account, access_token)?,
            access_secret: secret(account, access_secret)?,
        }),
    })
}

#[cfg(any(feature = "mastodon", feature = "bluesky", feature = "x"))]
fn secret(account: &Account, source: &SecretSource) -> Result<Secret, Stopped> {
    source.read().map_err(|trouble| not_set_up(account, &trouble))
}

fn not_set_up(account: &Account, trouble: &dyn std::fmt::Display) -> Stopped {
    Stopped::Outside(format!("compte {} : {trouble}", account.name))
}

/// What is needed was left out of this build.
#[cfg(not(all(
    feature = "matrix",
    feature = "mastodon",
    feature = "bluesky",
    feature = "x",
    feature = "discord",
    feature = "postgres"
)))]
pub fn left_out(feature: &str) -> Stopped {
    Stopped::Outside(format!(
        "Ce programme a été construit sans {feature} : reconstruisez-le avec --features {feature}"
    ))
}

/// A fault in the words of the first directorate's language.
pub fn in_words(fault: &Fault, config: &Config, speaker: &Speaker) -> String {
    let Some(first) = config.directorates.first() else { return fault.to_string() };
    let audience = Audience { directorate: &first.directorate, time_zone: &TimeZone::UTC, names: &BTreeMap::new() };
    speaker.fault(fault, &audience)
}
