//! Reads one directorate, and holds its parts against each other.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::tz::{TimeZone, db};

use crate::config::account::{self, ReadAccount};
use crate::config::claims::{Claimed, Claims};
use crate::config::findings::Findings;
use crate::config::identifier::code;
use crate::config::keys;
use crate::config::nearest::nearest;
use crate::config::outside::Outside;
use crate::config::policy;
use crate::config::section::{At, Section};
use crate::config::settings::{AccountConfig, ChatKind, Connection, DirectorateConfig, Room};
use crate::config::team;
use crate::domain::directorate::{Directorate, Language};
use crate::domain::name::{PersonId, RoleName};

/// The time zone where none is given.
const HOME: &str = "Europe/Paris";

/// What the rest of the file says that a directorate is read with.
pub struct Surroundings<'f> {
    /// What relative paths start from.
    pub folder: &'f Path,
    /// The chats that the file sets up.
    pub chats: &'f BTreeSet<ChatKind>,
    /// The bot's own id in Matrix.
    pub bot: Option<&'f PersonId>,
}

/// Reads one `[[directorate]]`.
pub fn read(
    section: &Section<'_>,
    surroundings: &Surroundings<'_>,
    claims: &mut Claims,
    outside: &mut Outside,
    findings: &mut Findings,
) -> Option<DirectorateConfig> {
    let code = section.needed_text("code", findings).and_then(|at| {
        if let Some(earlier) = claims.codes.claim(at.value.to_lowercase(), at.line) {
            let why = "les numéros des brouillons se confondraient";
            findings.wrong(at.line, format!("le code « {} » est déjà pris à la ligne {earlier} : {why}", at.value));
        }
        code(&at, findings)
    });
    let name = section.needed_text("name", findings).map(|at| at.value.to_owned());
    let language = section.choice("language", &[("fr", Language::Fr), ("en", Language::En)], findings);
    let language = language.map(|at| at.value).unwrap_or_default();
    let time_zone = match section.text("time_zone", findings) {
        Some(at) => time_zone(&at, findings),
        None => Some(HOME.to_owned()),
    };

    let national = section.flag("national", findings).filter(|at| at.value);
    if let Some(at) = &national
        && let Some(earlier) = claims.national.claim((), at.line)
    {
        findings.wrong(at.line, format!("la direction nationale est déjà à la ligne {earlier} ; il n'y en a qu'une"));
    }

    let rooms = section.tables("room", &keys::ROOM, findings);
    let rooms = team::rooms(&rooms, surroundings.chats, claims, findings);
    let members = section.tables("member", &keys::MEMBER, findings);
    note_absences(section, members.len(), findings);
    let chats = rooms.iter().map(|room| room.chat).collect();
    let team = team::members(&members, surroundings.bot, &chats, findings);
    let groups = team::groups(&section.tables("group", &keys::GROUP, findings), &chats, findings);
    let held = team.iter().map(|member| &member.roles).chain(groups.values()).flatten().map(RoleName::as_str).collect();
    let policies = policy::read(&section.tables("policy", &keys::POLICY, findings), &held, findings);
    let accounts = accounts(section, surroundings.folder, language, claims, outside, findings);
    note_accounts(&rooms, &accounts, findings);

    let directorate = Directorate {
        code: code?,
        name: name?,
        language,
        time_zone: time_zone?,
        rooms: rooms.iter().map(|room| room.id.clone()).collect(),
        team,
        groups,
        accounts: accounts.iter().map(|read| read.account.clone()).collect(),
    };
    let connected =
        |read: ReadAccount| AccountConfig { name: read.account.name, connection: read.connection, prices: read.prices };
    let accounts = accounts.into_iter().map(connected).collect();
    Some(DirectorateConfig {
        directorate,
        rooms,
        accounts,
        policies,
        is_national: national.is_some(),
        line: section.line,
    })
}

fn accounts(
    section: &Section<'_>,
    folder: &Path,
    language: Language,
    claims: &mut Claims,
    outside: &mut Outside,
    findings: &mut Findings,
) -> Vec<ReadAccount> {
    let mut names = Claimed::default();
    let mut accounts = Vec::new();
    let sections = section.tables("account", &keys::ACCOUNT, findings);
    for section in &sections {
        if let Some(At { value: name, line }) = section.text("name", findings)
            && let Some(earlier) = names.claim(name, line)
        {
            findings.wrong(
                line,
                format!("un compte s'appelle déjà « {name} » à la ligne {earlier} ; donnez-lui un autre nom"),
            );
        }
        accounts.extend(account::read(section, folder, language, claims, outside, findings));
    }
    accounts
}

/// Notes what a directorate can't do without. Tables count also where something in them is wrong: that is said there.
fn note_absences(section: &Section<'_>, members: usize, findings: &mut Findings) {
    if !section.has("room") {
        let why = "cette direction n'a pas de salon où écrire ; ajoutez une partie [[directorate.room]]";
        findings.missing(section.line, why);
    }
    match members {
        // Whoever is in a group belongs to the team.
        _ if section.has("group") => {}
        0 => {
            let why = "cette direction n'a personne dans son équipe ; ajoutez des parties [[directorate.member]]";
            findings.missing(section.line, why);
        }
        1 => {
            let why = "une équipe d'une seule personne ne peut rien publier, car l'auteur ne valide pas son texte ; ajoutez \
                       une partie [[directorate.member]]";
            findings.missing(section.line, why);
        }
        _ => {}
    }
    if !section.has("account") {
        let why = "cette direction n'a pas de compte où publier ; ajoutez une partie [[directorate.account]]";
        findings.missing(section.line, why);
    }
}

/// Notes real accounts beside a practice room, where whoever opens the page can play every supervisor.
fn note_accounts(rooms: &[Room], accounts: &[ReadAccount], findings: &mut Findings) {
    if !rooms.iter().any(|room| room.chat == ChatKind::Practice) {
        return;
    }
    for read in accounts {
        match read.connection {
            Connection::File { .. } => {}
            Connection::X { .. } | Connection::Mastodon { .. } | Connection::Bluesky { .. } => findings.wrong(
                read.network_line,
                "cette direction a un salon d'entraînement, où chacun peut jouer tous les rôles : elle ne doit pas publier \
                 pour de vrai ; donnez à ce compte `path = \"…\"` à la place de ses accès, ou mettez le salon \
                 d'entraînement dans une direction à part",
            ),
        }
    }
}

/// An IANA time zone, as the database spells it.
fn time_zone(at: &At<&str>, findings: &mut Findings) -> Option<String> {
    let known = TimeZone::get(at.value).ok().and_then(|zone| zone.iana_name().map(str::to_owned));
    if known.is_none() {
        let names: Vec<String> = db().available().map(|name| name.as_str().to_owned()).collect();
        let city = |name: &&String| name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(at.value));
        let near = names.iter().find(city).map(String::as_str);
        let near = near.or_else(|| nearest(at.value, names.iter().map(String::as_str))).unwrap_or(HOME);
        let typed = at.value;
        findings.wrong(
            at.line,
            format!("`time_zone` : « {typed} » n'est pas un fuseau horaire ; écrivez par exemple « {near} »"),
        );
    }
    known
}
