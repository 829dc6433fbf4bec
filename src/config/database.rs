//! Reads where the database is: a SQLite file of this machine, or a PostgreSQL server that several share.

use std::path::Path;

use crate::config::findings::Findings;
use crate::config::keys;
use crate::config::outside::Outside;
use crate::config::secret::{SecretSource, source};
use crate::config::section::{At, Section};
use crate::config::settings::DatabasePlace;

/// What an address may say after its `?`.
const OPTIONS: [&str; 2] = ["sslmode", "host"];

/// How a connection to PostgreSQL may be protected: one that is encrypted is always verified.
const SSL_MODES: [&str; 4] = ["require", "verify-full", "verify-ca", "disable"];

/// What could stand there, for a server.
const EXAMPLE: &str = r#"database = "postgres://portevoix@serveur.example.org/portevoix""#;

/// Reads `database` and where its password is.
pub fn read(top: &Section<'_>, folder: &Path, outside: &mut Outside, findings: &mut Findings) -> Option<DatabasePlace> {
    let keys = ["database_password", "database_password_file", "database_password_env"];
    let has_password = keys.iter().any(|key| top.has(key));
    let password = if has_password { source(top, "database_password", folder, findings) } else { None };
    let at = top.needed_text("database", findings)?;
    if is_postgres(at.value) {
        let place = server(&at, password.as_ref().map(|at| at.value.clone()), findings);
        outside.secrets.extend(password);
        return place;
    }
    if let Some(At { line, .. }) = password {
        findings.wrong(line, "un fichier SQLite n'a pas de mot de passe ; enlevez cette ligne".to_owned());
    }
    file(&at, folder, outside, findings)
}

/// Whether it is meant to be the address of a PostgreSQL database.
pub fn is_postgres(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}

/// The address of a PostgreSQL database.
fn server(at: &At<&str>, password: Option<SecretSource>, findings: &mut Findings) -> Option<DatabasePlace> {
    let Some(why) = what_is_wrong(at.value) else {
        return Some(DatabasePlace::Server { url: at.value.to_owned(), password });
    };
    findings.wrong(at.line, format!("`database`{why}"));
    None
}

/// What is wrong with the address of a PostgreSQL database, as the rest of a sentence that begins with where it stands. It
/// is told without repeating the address: a password may be in it.
pub fn what_is_wrong(address: &str) -> Option<String> {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
    let (host, name) = rest.split_once('/').unwrap_or((rest, ""));
    let options: Vec<(&str, &str)> =
        query.split('&').filter(|option| !option.is_empty()).map(|o| o.split_once('=').unwrap_or((o, ""))).collect();
    let option = |key| options.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
    let unknown = options.iter().map(|(name, _)| *name).find(|name| !OPTIONS.contains(name));
    // What follows `database` in the sentence.
    Some(if user.contains(':') || option("password").is_some() {
        " met un mot de passe dans ce fichier, que d'autres peuvent lire ; mettez-le seul dans un fichier à part, écrivez \
         `database_password_file = \"…\"` (ou `database_password_env = \"…\"`), puis changez ce mot de passe"
            .to_owned()
    } else if address.contains(char::is_whitespace) {
        format!(" : une adresse n'a pas d'espace ; écrivez par exemple : {EXAMPLE}")
    } else if host.is_empty() && option("host").is_none_or(str::is_empty) {
        format!(" : il manque le nom du serveur ; écrivez par exemple : {EXAMPLE}")
    } else if name.is_empty() || name.contains('/') {
        format!(" : il manque le nom de la base, après le serveur ; écrivez par exemple : {EXAMPLE}")
    } else if !ports_are_numbers(host) {
        format!(" : après le nom du serveur, `:` est suivi d'un numéro de port ; écrivez par exemple : {EXAMPLE}")
    } else if let Some(name) = unknown {
        // The name of an option is no secret, but what follows a mistyped `&` may be.
        let known = OPTIONS.map(|option| format!("`{option}`")).join(", ");
        let named = if name.len() <= 30 && !name.contains(':') { format!("`{name}`") } else { "ceci".to_owned() };
        format!(" : après `?`, {named} n'est pas connu ; on peut y écrire {known}")
    } else if let Some(mode) = option("sslmode").filter(|mode| !SSL_MODES.contains(mode)) {
        let known = SSL_MODES.map(|mode| format!("`{mode}`")).join(", ");
        let named = if mode.len() <= 30 { format!(" `{mode}`") } else { String::new() };
        format!(
            " : `sslmode`{named} n'est pas possible ici ; on peut écrire {known} (une connexion chiffrée est toujours vérifiée)"
        )
    } else {
        return None;
    })
}

fn ports_are_numbers(hosts: &str) -> bool {
    hosts.split(',').all(|host| {
        // An IPv6 address has colons of its own, and stands in brackets.
        let after = host.rsplit_once(']').map_or(host, |(_, after)| after);
        after.split_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_ok())
    })
}

/// The path of the SQLite file, also written `sqlite:path`.
fn file(at: &At<&str>, folder: &Path, outside: &mut Outside, findings: &mut Findings) -> Option<DatabasePlace> {
    let path = at.value.strip_prefix("sqlite:").unwrap_or(at.value);
    let path = path.strip_prefix("//").unwrap_or(path);
    let scheme = path.split_once("://").map(|(scheme, _)| scheme);
    let why = match scheme {
        Some(_) => Some("n'est ni le chemin d'un fichier SQLite ni une adresse `postgres://…`"),
        None if path.is_empty() || path.starts_with(":memory:") => {
            Some("la base doit être un vrai fichier : en mémoire, brouillons et votes seraient perdus à l'arrêt")
        }
        None if path.contains('?') => Some("un chemin de fichier ne prend pas d'options (`?…`)"),
        None => None,
    };
    if let Some(why) = why {
        let example = keys::TOP.example("database");
        findings.wrong(at.line, format!("`database` : {why} ; écrivez par exemple : {example}"));
        return None;
    }
    let path = folder.join(path);
    outside.files.push(At { value: path.clone(), line: at.line });
    Some(DatabasePlace::File(path))
}
