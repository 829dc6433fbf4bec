//! `[discord]`, rooms and people there, and groups: what a good file gives, and what is said of a bad one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use insta::assert_snapshot;
use portevoix::config::secret::SecretSource;
use portevoix::config::settings::{ChatKind, Discord};
use portevoix::domain::name::{GroupId, PersonId, RoomId};

use crate::config::{parsed, problems, roles};

const DISCORD: &str = r#"database = "portevoix.db"

[discord]
token_file = "${CREDENTIALS_DIRECTORY}/discord"
state_directory = "discord"

[[directorate]]
code = "44"
name = "Police nationale de la Loire-Atlantique"

[[directorate.room]]
chat = "discord"
id = "1180000000000000000"

[[directorate.member]]
name = "Martin"
discord = "1180000000000000001"

[[directorate.group]]
id = "1180000000000000009"
roles = ["valideur"]

[[directorate.account]]
name = "journal"
network = "file"
path = "journal.jsonl"

[[directorate.policy]]
command = "appel"
quorum = 3
approver_roles = ["valideur"]
"#;

fn but(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(DISCORD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the file has no {from:?}");
        text.replace(from, to)
    })
}

#[test]
fn a_good_file_gives_the_bot_its_room_and_its_groups() {
    let config = parsed(DISCORD);
    let token = SecretSource::Credential(PathBuf::from("discord"));
    let state_directory = PathBuf::from("/etc/portevoix/discord");
    assert_eq!(config.discord, Some(Discord { token, application: None, api: None, state_directory }));
    let room = RoomId::from("1180000000000000000");
    assert_eq!(config.rooms_in(ChatKind::Discord).collect::<Vec<_>>(), [&room]);
    let directorate = &config.directorates[0].directorate;
    assert!(directorate.member(&PersonId::from("1180000000000000001")).is_some());
    let groups = BTreeMap::from([(GroupId::from("1180000000000000009"), roles(&["valideur"]))]);
    assert_eq!(directorate.groups, groups);
}

#[test]
fn a_group_alone_is_a_team() {
    let member = "[[directorate.member]]\nname = \"Martin\"\ndiscord = \"1180000000000000001\"\n";
    assert!(parsed(&but(&[(member, "")])).directorates[0].directorate.team.is_empty());
}

#[test]
fn an_address_for_tests_may_be_written_in_full() {
    for written in ["http://127.0.0.1:8055", "http://127.0.0.1:8055/", "http://127.0.0.1:8055/api/v10"] {
        let line = format!("state_directory = \"discord\"\napi = \"{written}\"");
        let config = parsed(&but(&[("state_directory = \"discord\"", &line)]));
        assert_eq!(config.discord.unwrap().api.as_deref(), Some("http://127.0.0.1:8055"));
    }
}

#[test]
fn each_wrong_value_is_told_with_what_to_write() {
    let wrong = but(&[
        (
            "${CREDENTIALS_DIRECTORY}/discord",
            "MTE4MDAwMDAwMDAwMDAwMDAwMA.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB",
        ),
        ("state_directory = \"discord\"", "application = \"portevoix\"\napi = \"http://discord.example\""),
        ("\"1180000000000000000\"", "\"#brigade\""),
        ("\"1180000000000000001\"", "\"martin\""),
        ("id = \"1180000000000000009\"\nroles = [\"valideur\"]", "id = \"valideurs\"\nroles = []"),
        ("approver_roles = [\"valideur\"]", "approver_roles = [\"valideurs\"]"),
    ]);
    assert_snapshot!(problems(&wrong), @r#"
    portevoix.toml:3: il manque `state_directory` dans [discord] ; écrivez par exemple : state_directory = "/var/lib/portevoix/discord"
    portevoix.toml:4: `token_file` attend le nom d'un fichier, et ceci ressemble au secret lui-même ; mettez-le seul dans un fichier, écrivez ici le nom de ce fichier, puis révoquez ce secret et faites-en un autre
    portevoix.toml:5: `application` : « portevoix » n'est pas un identifiant Discord, qui est un nombre de 17 à 20 chiffres (dans Discord : Paramètres, Avancés, Mode développeur ; puis clic droit, Copier l'identifiant)
    portevoix.toml:6: `api` : « http://discord.example » passe en clair sur le réseau ; écrivez « https://discord.example »
    portevoix.toml:14: `id` : « #brigade » n'est pas un identifiant Discord, qui est un nombre de 17 à 20 chiffres (dans Discord : Paramètres, Avancés, Mode développeur ; puis clic droit, Copier l'identifiant)
    portevoix.toml:18: `discord` : « martin » n'est pas un identifiant Discord, qui est un nombre de 17 à 20 chiffres (dans Discord : Paramètres, Avancés, Mode développeur ; puis clic droit, Copier l'identifiant)
    portevoix.toml:20: ce groupe ne donne aucun rôle ; écrivez par exemple : roles = ["valideur"]
    portevoix.toml:21: `id` : « valideurs » n'est pas un identifiant Discord, qui est un nombre de 17 à 20 chiffres (dans Discord : Paramètres, Avancés, Mode développeur ; puis clic droit, Copier l'identifiant)
    portevoix.toml:32: personne de l'équipe n'a le rôle « valideurs »
    "#);
}

#[test]
fn what_belongs_together_is_asked_for() {
    let group = "[[directorate.group]]\nid = \"1180000000000000009\"\nroles = [\"valideur\"]\n";
    let twice = but(&[(group, &format!("{group}{group}"))]);
    let table = "[discord]\ntoken_file = \"${CREDENTIALS_DIRECTORY}/discord\"\nstate_directory = \"discord\"\n";
    let without_table = but(&[(table, "[practice]\naddress = \"127.0.0.1:8044\"\n")]);
    let elsewhere = but(&[
        (table, "[practice]\naddress = \"127.0.0.1:8044\"\n"),
        ("chat = \"discord\"\nid = \"1180000000000000000\"", "chat = \"practice\"\nid = \"salle\""),
    ]);
    let all = [twice, without_table, elsewhere].map(|text| problems(&text));
    assert_snapshot!(all.join("\n\n"), @r#"
    portevoix.toml:23: ce groupe est déjà donné à la ligne 20 ; réunissez leurs rôles

    portevoix.toml:11: ce salon est dans « discord », que le fichier ne règle pas ; ajoutez une partie [discord]

    portevoix.toml:14: « Martin » n'a pas d'identifiant dans la messagerie des salons ; écrivez par exemple : practice = "durand"
    portevoix.toml:18: un groupe est un rôle d'un serveur Discord, et aucun salon de cette direction n'y est ; retirez cette partie ou ajoutez un salon avec `chat = "discord"`
    "#);
}
