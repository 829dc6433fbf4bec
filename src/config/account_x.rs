//! Reads how an account on X is reached: by tokens that a login fetches, or by keys; and what a post costs there.

use std::path::Path;

use crate::config::findings::Findings;
use crate::config::identifier::{base_url, x_handle};
use crate::config::outside::Outside;
use crate::config::secret::source;
use crate::config::section::{At, Section};
use crate::config::settings::{Connection, XAccess};
use crate::domain::cost::Prices;

/// Where X's API is reached.
const API: &str = "https://api.x.com";

/// Where X asks a person whether the bot may publish for them.
const LOGIN_PAGE: &str = "https://x.com/i/oauth2/authorize";

/// The most that a post may be said to cost, in US dollars: more is a slip of the decimal point.
const DEAREST: u32 = 100;

/// The keys that say how an account on X is reached.
pub const KEYS: &[&str] = &[
    "client_id",
    "client_secret_file",
    "client_secret_env",
    "state_directory",
    "api_key_file",
    "api_key_env",
    "api_secret_file",
    "api_secret_env",
    "access_token_file",
    "access_token_env",
    "access_secret_file",
    "access_secret_env",
    "api",
    "login_page",
];

/// The secrets of OAuth 1.0a.
const KEY_STEMS: [&str; 4] = ["api_key", "api_secret", "access_token", "access_secret"];

/// What a post costs, by the file or else by X's public prices.
pub fn prices(section: &Section<'_>, findings: &mut Findings) -> Prices {
    Prices {
        post: section.dollars("price", DEAREST, findings).unwrap_or(Prices::X.post),
        post_with_link: section.dollars("price_with_link", DEAREST, findings).unwrap_or(Prices::X.post_with_link),
    }
}

/// Reads how the account is reached.
pub fn connection(
    section: &Section<'_>,
    folder: &Path,
    outside: &mut Outside,
    findings: &mut Findings,
) -> Option<Connection> {
    let mut address = |key: &str, usual: &str| match section.text(key, findings) {
        Some(at) => base_url(&at, key, findings),
        None => Some(usual.to_owned()),
    };
    let (api, login_page) = (address("api", API), address("login_page", LOGIN_PAGE));
    let has = |stem: &&str| section.has(&format!("{stem}_file")) || section.has(&format!("{stem}_env"));
    let access = if KEY_STEMS.iter().any(has) {
        keys(section, folder, outside, findings)
    } else {
        granted(section, folder, outside, findings)
    };
    Some(Connection::X { api: api?, login_page: login_page?, access: access? })
}

/// The four keys of OAuth 1.0a.
fn keys(section: &Section<'_>, folder: &Path, outside: &mut Outside, findings: &mut Findings) -> Option<XAccess> {
    let why = "ce compte entre par ses quatre clés (`api_key_file`…), sans `portevoix login x`";
    section.reject(
        &["client_id", "client_secret_file", "client_secret_env", "state_directory", "login_page", "handle"],
        why,
        findings,
    );
    let [api_key, api_secret, access_token, access_secret] = KEY_STEMS.map(|stem| {
        let found = source(section, stem, folder, findings);
        outside.secrets.extend(found.clone());
        found.map(|at| at.value)
    });
    Some(XAccess::Keys {
        api_key: api_key?,
        api_secret: api_secret?,
        access_token: access_token?,
        access_secret: access_secret?,
    })
}

/// What `portevoix login x` needs.
fn granted(section: &Section<'_>, folder: &Path, outside: &mut Outside, findings: &mut Findings) -> Option<XAccess> {
    let client_id = section.needed_text("client_id", findings).map(|at| at.value.to_owned());
    let has_secret = section.has("client_secret_file") || section.has("client_secret_env");
    let client_secret = has_secret.then(|| source(section, "client_secret", folder, findings));
    let client_secret = match client_secret {
        Some(found) => {
            outside.secrets.extend(found.clone());
            Some(found?.value)
        }
        None => None,
    };
    let state_directory = section.needed_text("state_directory", findings).map(|At { value, line }| {
        let path = folder.join(value);
        outside.private_folders.push(At { value: path.clone(), line });
        path
    });
    let handle = section.text("handle", findings).and_then(|at| x_handle(&at, findings));
    Some(XAccess::Granted { client_id: client_id?, client_secret, state_directory: state_directory?, handle })
}
