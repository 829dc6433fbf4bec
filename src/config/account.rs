//! Reads the accounts of a directorate: where its posts come out, and with what secret.

use std::path::{Component, Path, PathBuf};

use crate::config::claims::{Claims, Place};
use crate::config::findings::Findings;
use crate::config::identifier::{base_url, handle, language_code, plain_name};
use crate::config::outside::Outside;
use crate::config::secret::source;
use crate::config::section::{At, Section};
use crate::config::settings::Connection;
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
    /// Where the file says which network it is.
    pub network_line: u32,
}

/// The keys that belong to one network only.
const NETWORK_KEYS: [(NetworkKind, &[&str]); 4] = [
    (NetworkKind::Mastodon, &["server", "token_file", "token_env", "visibility"]),
    (NetworkKind::Bluesky, &["service", "handle", "app_password_file", "app_password_env"]),
    (NetworkKind::File, &["path"]),
    (NetworkKind::X, &[]),
];

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
    for (other, keys) in NETWORK_KEYS.iter().filter(|(other, _)| *other != network) {
        section.reject(keys, &format!("cette clé est pour un compte « {} »", word(*other)), findings);
    }
    let connection = connection(section, network, folder, outside, findings);
    if let Some(connection) = &connection {
        claim(connection, network_line, claims, findings);
    }
    let visibility = visibility.map(|at| at.value).unwrap_or_default();
    let account = Account { name: name?, network, visibility, language: language? };
    Some(ReadAccount { account, connection: connection?, network_line })
}

/// Reads what an account of that network is reached with.
fn connection(
    section: &Section<'_>,
    network: NetworkKind,
    folder: &Path,
    outside: &mut Outside,
    findings: &mut Findings,
) -> Option<Connection> {
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
        NetworkKind::File => {
            let At { value, line } = section.needed_text("path", findings)?;
            let path = folder.join(value);
            outside.files.push(At { value: path.clone(), line });
            Some(Connection::File { path })
        }
        NetworkKind::X => Some(Connection::X),
    }
}

/// Notes an account that publishes where another one does.
fn claim(connection: &Connection, line: u32, claims: &mut Claims, findings: &mut Findings) {
    let place = match connection {
        Connection::Mastodon { server, token } => Place::Mastodon(server.to_lowercase(), token.clone()),
        Connection::Bluesky { handle, .. } => Place::Bluesky(handle.clone()),
        Connection::File { path } => Place::File(tidy(path)),
        Connection::X => return,
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
