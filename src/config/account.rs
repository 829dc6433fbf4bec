//! Reads the accounts of a directorate: where its posts come out, and with what secret.

use std::path::{Component, Path, PathBuf};

use crate::config::account_x;
use crate::config::claims::{Claims, Place};
use crate::config::findings::Findings;
use crate::config::identifier::{base_url, handle, language_code, plain_name};
use crate::config::outside::Outside;
use crate::config::secret::source;
use crate::config::section::{At, Section};
use crate::config::settings::{Connection, XAccess};
use crate::domain::cost::Prices;
use crate::domain::directorate::{Account, Language, NetworkKind, Visibility};
use crate::domain::name::AccountName;

/// Where Bluesky's own PDS are reached.
const BLUESKY: &str = "https://bsky.social";

/// What is known of an account: what the engine may see, and what it is reached with.
pub struct ReadAccount {
    /// Without secrets.
    pub account: Account,
    /// With where they are.
    pub connection: Connection,
    /// What a post costs there.
    pub prices: Option<Prices>,
    /// Where the file says which network it is.
    pub network_line: u32,
}

/// The keys that do not belong to every network, and to which they belong.
const NETWORK_KEYS: [(&[NetworkKind], &[&str]); 5] = [
    (&[NetworkKind::Mastodon], &["server", "token_file", "token_env", "visibility"]),
    (&[NetworkKind::Bluesky], &["service", "app_password_file", "app_password_env"]),
    (&[NetworkKind::Bluesky, NetworkKind::X], &["handle"]),
    (&[NetworkKind::X], account_x::KEYS),
    (&[NetworkKind::X], &["price", "price_with_link"]),
];

/// The keys that say how an account is reached: one that rehearses into a file has none of them.
const CREDENTIALS: [&str; 7] =
    ["server", "token_file", "token_env", "service", "app_password_file", "app_password_env", "handle"];

/// Reads one `[[directorate.account]]`. `folder` is what relative paths start from; `language` is what the directorate
/// speaks.
pub fn read(
    section: &Section<'_>,
    folder: &Path,
    language: Language,
    claims: &mut Claims,
    outside: &mut Outside,
    findings: &mut Findings,
) -> Option<ReadAccount> {
    let name = section.needed_text("name", findings);
    let name = name.and_then(|at| plain_name(&at, "name", findings)).map(AccountName::from);
    section.need("network", findings);
    let networks = [NetworkKind::Mastodon, NetworkKind::Bluesky, NetworkKind::File, NetworkKind::X];
    let network = section.choice("network", &networks.map(|network| (word(network), network)), findings);
    let visibilities = [Visibility::Public, Visibility::Unlisted, Visibility::Private];
    let visibility = section.choice("visibility", &visibilities.map(|seen| (seen.word(), seen)), findings);
    let language = match section.text("language", findings) {
        Some(at) => language_code(&at, findings),
        None => Some(code(language).to_owned()),
    };
    let At { value: network, line: network_line } = network?;
    for (owners, keys) in NETWORK_KEYS.iter().filter(|(owners, _)| !owners.contains(&network)) {
        let owners: Vec<String> = owners.iter().map(|owner| format!("« {} »", word(*owner))).collect();
        section.reject(keys, &format!("cette clé est pour un compte {}", owners.join(" ou ")), findings);
    }
    let prices = match network {
        NetworkKind::X => Some(account_x::prices(section, findings)),
        NetworkKind::Mastodon | NetworkKind::Bluesky | NetworkKind::File => None,
    };
    let connection = connection(section, network, folder, outside, findings);
    if let Some(connection) = &connection {
        claim(connection, network_line, claims, findings);
    }
    let visibility = visibility.map(|at| at.value).unwrap_or_default();
    let account = Account { name: name?, network, visibility, language: language? };
    Some(ReadAccount { account, connection: connection?, prices, network_line })
}

/// Reads what an account of that network is reached with: the file that stands in for it, or the network's own keys.
fn connection(
    section: &Section<'_>,
    network: NetworkKind,
    folder: &Path,
    outside: &mut Outside,
    findings: &mut Findings,
) -> Option<Connection> {
    if section.has("path") || network == NetworkKind::File {
        let why = "avec `path`, ce compte s'exerce dans un fichier et ne publie rien ailleurs";
        if network != NetworkKind::File {
            section.reject(&CREDENTIALS, why, findings);
            section.reject(account_x::KEYS, why, findings);
        }
        let At { value, line } = section.needed_text("path", findings)?;
        let path = folder.join(value);
        outside.files.push(At { value: path.clone(), line });
        return Some(Connection::File { path });
    }
    match network {
        NetworkKind::Mastodon => {
            let server = section.needed_text("server", findings).and_then(|at| base_url(&at, "server", findings));
            let token = source(section, "token", folder, findings);
            outside.secrets.extend(token.clone());
            Some(Connection::Mastodon { server: server?, token: token?.value })
        }
        NetworkKind::Bluesky => {
            let service = match section.text("service", findings) {
                Some(at) => base_url(&at, "service", findings),
                None => Some(BLUESKY.to_owned()),
            };
            let handle = section.needed_text("handle", findings).and_then(|at| handle(&at, findings));
            let app_password = source(section, "app_password", folder, findings);
            outside.secrets.extend(app_password.clone());
            Some(Connection::Bluesky { service: service?, handle: handle?, app_password: app_password?.value })
        }
        NetworkKind::X => account_x::connection(section, folder, outside, findings),
        NetworkKind::File => None,
    }
}

/// Notes an account that publishes where another one does.
fn claim(connection: &Connection, line: u32, claims: &mut Claims, findings: &mut Findings) {
    let place = match connection {
        Connection::Mastodon { server, token } => Place::Mastodon(server.to_lowercase(), token.clone()),
        Connection::Bluesky { handle, .. } => Place::Bluesky(handle.clone()),
        Connection::X { access: XAccess::Granted { handle: Some(handle), .. }, .. } => Place::X(handle.to_lowercase()),
        // Whose account it is shows only when someone logs in.
        Connection::X { access: XAccess::Granted { handle: None, .. }, .. } => return,
        Connection::X { access: XAccess::Keys { access_token, .. }, .. } => Place::XKeys(access_token.clone()),
        Connection::File { path } => Place::File(tidy(path)),
    };
    if let Some(earlier) = claims.places.claim(place, line) {
        let why = "chaque publication y sortirait deux fois, ou au nom d'une autre direction";
        findings.wrong(line, format!("ce compte publie au même endroit que celui de la ligne {earlier} : {why}"));
    }
}

/// A path without `.` and `..`, so that two spellings of one place are the same.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                tidied.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => tidied.push(component),
        }
    }
    tidied
}

/// The word for a network in the file.
pub fn word(network: NetworkKind) -> &'static str {
    match network {
        NetworkKind::X => "x",
        NetworkKind::Mastodon => "mastodon",
        NetworkKind::Bluesky => "bluesky",
        NetworkKind::File => "file",
    }
}

/// ISO 639-1.
fn code(language: Language) -> &'static str {
    match language {
        Language::Fr => "fr",
        Language::En => "en",
    }
}
