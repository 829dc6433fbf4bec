//! What may be a code, a role, a Matrix id, a web address or a handle; each refusal says what to write.

use std::collections::BTreeSet;

use crate::config::findings::Findings;
use crate::config::section::At;
use crate::domain::fold::fold_name;
use crate::domain::name::{DirectorateCode, PersonId, RoleName, RoomId};

/// The longest code of a directorate that a draft's number can be read with.
const LONGEST_CODE: usize = 12;

/// The longest name of an account or a role, in characters: a line of the card holds it on a phone.
const LONGEST_NAME: usize = 32;

/// Notes why a value is refused, with the value and what to write.
fn refuse<T>(at: &At<&str>, key: &str, why: &str, findings: &mut Findings) -> Option<T> {
    findings.wrong(at.line, format!("`{key}` : « {} » {why}", at.value));
    None
}

/// A directorate's code: ASCII letters and digits (`44`, `2A`).
pub fn code(at: &At<&str>, findings: &mut Findings) -> Option<DirectorateCode> {
    let valid = at.value.len() <= LONGEST_CODE && at.value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if valid {
        return Some(DirectorateCode::from(at.value));
    }
    let why = "ne convient pas : au plus 12 lettres sans accent ou chiffres, sans espace ni tiret (`44`, `2A`)";
    refuse(at, "code", why, findings)
}

/// A name that is typed, compared and part of keys: lower-case ASCII letters, digits, `_` and `-`.
pub fn plain_name<'a>(at: &At<&'a str>, key: &str, findings: &mut Findings) -> Option<&'a str> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let valid = |name: &str| !name.is_empty() && name.chars().count() <= LONGEST_NAME && name.chars().all(allowed);
    if valid(at.value) {
        return Some(at.value);
    }
    let proposal = Some(fold_name(at.value)).filter(|folded| valid(folded));
    let proposal = proposal.map(|folded| format!(" ; écrivez par exemple « {folded} »")).unwrap_or_default();
    let why = format!(
        "ne convient pas : au plus {LONGEST_NAME} lettres minuscules sans accent, chiffres, `_` ou `-`{proposal}"
    );
    refuse(at, key, &why, findings)
}

/// Roles, each a plain name.
pub fn roles(names: &[At<&str>], key: &str, findings: &mut Findings) -> BTreeSet<RoleName> {
    names.iter().filter_map(|at| plain_name(at, key, findings)).map(RoleName::from).collect()
}

/// A Matrix user id (<https://spec.matrix.org/v1.16/appendices/#user-identifiers>): `@localpart:server`.
pub fn matrix_user(at: &At<&str>, key: &str, findings: &mut Findings) -> Option<PersonId> {
    let parts = at.value.strip_prefix('@').and_then(|rest| rest.split_once(':'));
    let valid = parts.is_some_and(|(local, server)| is_opaque(local) && is_server_name(server));
    if valid && at.value.len() <= 255 {
        return Some(PersonId::from(at.value));
    }
    refuse(at, key, "n'est pas un identifiant Matrix ; il s'écrit comme « @durand:example.org »", findings)
}

/// A Matrix room id: `!opaque:server`, or `!opaque` alone since room version 12
/// (<https://spec.matrix.org/v1.16/appendices/#room-ids>).
pub fn matrix_room(at: &At<&str>, findings: &mut Findings) -> Option<RoomId> {
    if at.value.starts_with('#') {
        let why = "est l'adresse publique d'un salon, qui peut changer ; il faut son identifiant interne, qui commence \
                   par « ! » (dans Element ou Tchap : Paramètres du salon, Avancé)";
        return refuse(at, "id", why, findings);
    }
    let valid = at.value.strip_prefix('!').is_some_and(|rest| match rest.split_once(':') {
        Some((opaque, server)) => is_opaque(opaque) && is_server_name(server),
        None => is_opaque(rest),
    });
    if valid && at.value.len() <= 255 {
        return Some(RoomId::from(at.value));
    }
    let why = "n'est pas l'identifiant d'un salon Matrix ; il commence par « ! » (dans Element ou Tchap : Paramètres du \
               salon, Avancé)";
    refuse(at, "id", why, findings)
}

/// The id of a channel, a person or a role on Discord
/// (<https://docs.discord.com/developers/reference#snowflakes>): a number of 17 to 20 digits.
pub fn discord_id<'a>(at: &At<&'a str>, key: &str, findings: &mut Findings) -> Option<&'a str> {
    let is_digits = at.value.bytes().all(|byte| byte.is_ascii_digit()) && !at.value.starts_with('0');
    if is_digits && (17..=20).contains(&at.value.len()) && at.value.parse::<u64>().is_ok() {
        return Some(at.value);
    }
    let why = "n'est pas un identifiant Discord, qui est un nombre de 17 à 20 chiffres (dans Discord : Paramètres, Avancés, \
               Mode développeur ; puis clic droit, Copier l'identifiant)";
    refuse(at, key, why, findings)
}

/// A base URL, without the slash at its end. Plain `http` only on this machine: tokens travel on it.
pub fn base_url(at: &At<&str>, key: &str, findings: &mut Findings) -> Option<String> {
    let url = at.value.trim_end_matches('/');
    let (encrypted, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) if is_server_name(url) => {
            return refuse(at, key, &format!("n'a pas de protocole ; écrivez « https://{url} »"), findings);
        }
        (None, None) => return refuse(at, key, "n'est pas une adresse ; elle commence par « https:// »", findings),
    };
    if rest.contains('@') {
        // Not repeated: what stands before the @ may be a password.
        let why = "contient un identifiant ou un mot de passe ; écrivez l'adresse seule, comme « https://example.org »";
        findings.wrong(at.line, format!("`{key}` {why}"));
        return None;
    }
    let host = rest.split('/').next().unwrap_or_default();
    if !is_server_name(host) || rest.contains(['?', '#']) || rest.chars().any(char::is_whitespace) {
        let why = "n'est pas l'adresse d'un serveur ; elle s'écrit comme « https://example.org », sans `?` ni `#`";
        return refuse(at, key, why, findings);
    }
    if !encrypted && !is_loopback(host) {
        return refuse(at, key, &format!("passe en clair sur le réseau ; écrivez « https://{rest} »"), findings);
    }
    Some(url.to_owned())
}

/// A Bluesky handle (<https://atproto.com/specs/handle>), in lower case and without its `@`.
pub fn handle(at: &At<&str>, findings: &mut Findings) -> Option<String> {
    let handle = at.value.to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(is_letter_digit_hyphen)
    };
    if let Some(bare) = handle.strip_prefix('@') {
        return refuse(at, "handle", &format!("s'écrit sans « @ » : « {bare} »"), findings);
    }
    if handle.len() <= 253 && handle.contains('.') && handle.split('.').all(is_label) {
        return Some(handle);
    }
    refuse(
        at,
        "handle",
        "n'est pas un identifiant Bluesky ; il s'écrit en entier, comme « police44.bsky.social »",
        findings,
    )
}

/// The name of an account on X (<https://help.x.com/en/managing-your-account/x-username-rules>), without its `@`.
pub fn x_handle(at: &At<&str>, findings: &mut Findings) -> Option<String> {
    if let Some(bare) = at.value.strip_prefix('@') {
        return refuse(at, "handle", &format!("s'écrit sans « @ » : « {bare} »"), findings);
    }
    let valid = at.value.len() <= 15 && at.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if valid {
        return Some(at.value.to_owned());
    }
    refuse(at, "handle", "n'est pas un nom de compte X : au plus 15 lettres sans accent, chiffres ou `_`", findings)
}

/// An ISO 639-1 code.
pub fn language_code(at: &At<&str>, findings: &mut Findings) -> Option<String> {
    if at.value.len() == 2 && at.value.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Some(at.value.to_owned());
    }
    refuse(at, "language", "n'est pas un code de langue ; il a deux lettres minuscules (`fr`)", findings)
}

fn is_opaque(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
}

/// Host and optional port: letters, digits, dots, hyphens, or an IPv6 address in brackets.
fn is_server_name(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        Some(_) | None => (text, None),
    };
    let is_address = |inner: &str| inner.parse::<std::net::Ipv6Addr>().is_ok();
    let host_is_valid = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => is_address(inner),
        None => !host.is_empty() && host.chars().all(|c| is_letter_digit_hyphen(c) || c == '.'),
    };
    host_is_valid && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

fn is_letter_digit_hyphen(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
