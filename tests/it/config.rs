//! `portevoix.toml`: what a good file gives, and what is said of each bad one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use portevoix::config::keys::{DIRECTORATE, TABLES, TableKeys};
use portevoix::config::load::{load_with, parse};
use portevoix::config::policy::{PolicyOverride, check_policies};
use portevoix::config::secret::SecretSource;
use portevoix::config::settings::{AccountConfig, ChatKind, Config, Connection, Matrix, Practice, Room};
use portevoix::domain::directorate::{Language, NetworkKind, Visibility};
use portevoix::domain::name::{AccountName, CommandWord, PersonId, RoleName, RoomId};
use portevoix::domain::policy::{Glyphs, Policy};

/// A small file without a problem; each bad one is this with something changed.
const GOOD: &str = r#"database = "portevoix.db"

[matrix]
homeserver = "https://matrix.example.org"
user = "@portevoix:example.org"
state_directory = "matrix"

[[directorate]]
code = "44"
name = "Police nationale de la Loire-Atlantique"

[[directorate.room]]
chat = "matrix"
id = "!salle44:example.org"

[[directorate.member]]
name = "Martin"
matrix = "@martin:example.org"
roles = ["redacteur"]

[[directorate.member]]
name = "Durand"
matrix = "@durand:example.org"
roles = ["valideur"]

[[directorate.account]]
name = "mastodon"
network = "mastodon"
server = "https://mastodon.example.org"
token_file = "jeton-44"
"#;

/// A second directorate, to be put behind [`GOOD`].
const STRASBOURG: &str = r#"
[[directorate]]
code = "67"
name = "Police nationale du Bas-Rhin"

[[directorate.room]]
chat = "matrix"
id = "!salle67:example.org"

[[directorate.member]]
name = "Muller"
matrix = "@muller:example.org"

[[directorate.member]]
name = "Schmitt"
matrix = "@schmitt:example.org"

[[directorate.account]]
name = "journal"
network = "file"
path = "publications-67.jsonl"
"#;

/// The good file with some of its text replaced.
fn good_but(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(GOOD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the good file has no {from:?}");
        text.replace(from, to)
    })
}

/// What is said of a text, one problem a line.
fn problems(text: &str) -> String {
    parse("portevoix.toml", text).expect_err("there is something wrong with it").to_string()
}

/// What is said of the good file with some of its text replaced.
fn problems_with(changes: &[(&str, &str)]) -> String {
    problems(&good_but(changes))
}

fn parsed(text: &str) -> Config {
    parse("/etc/portevoix/portevoix.toml", text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn roles(names: &[&str]) -> BTreeSet<RoleName> {
    names.iter().map(|name| RoleName::from(*name)).collect()
}

#[test]
fn the_good_file_is_good() {
    let config = parsed(GOOD);
    let path = |name: &str| Path::new("/etc/portevoix").join(name);
    assert_eq!(config.database, path("portevoix.db"));
    assert_eq!(config.commands, None);
    assert_eq!(
        config.matrix,
        Some(Matrix {
            homeserver: "https://matrix.example.org".to_owned(),
            user: PersonId::from("@portevoix:example.org"),
            state_directory: path("matrix"),
        })
    );
    assert_eq!(config.practice, None);
    let [loire] = config.directorates.as_slice() else { panic!("one directorate") };
    assert_eq!(loire.line, 8);
    assert_eq!(loire.rooms, [Room { chat: ChatKind::Matrix, id: RoomId::from("!salle44:example.org") }]);
    let directorate = &loire.directorate;
    assert_eq!(directorate.code.as_str(), "44");
    assert_eq!(directorate.name, "Police nationale de la Loire-Atlantique");
    assert_eq!(directorate.language, Language::Fr);
    assert_eq!(directorate.time_zone, "Europe/Paris");
    assert_eq!(directorate.rooms, [RoomId::from("!salle44:example.org")]);
    let durand = directorate.member(&PersonId::from("@durand:example.org")).unwrap();
    assert_eq!((durand.name.as_str(), &durand.roles), ("Durand", &roles(&["valideur"])));
    let account = directorate.account(&AccountName::from("mastodon")).unwrap();
    assert_eq!((account.network, account.visibility), (NetworkKind::Mastodon, Visibility::Public));
    assert_eq!(account.language, "fr");
    let server = "https://mastodon.example.org".to_owned();
    let connection = Connection::Mastodon { server, token: SecretSource::File(path("jeton-44")) };
    assert_eq!(loire.accounts, [AccountConfig { name: AccountName::from("mastodon"), connection }]);
}

#[test]
fn a_file_from_windows_is_as_good() {
    let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    assert_eq!(parsed(&text), parsed(GOOD));
}

#[test]
fn every_key_can_be_given() {
    let text = r#"
        database = "sqlite:///var/lib/portevoix/portevoix.db"
        commands = "commandes"
        [practice]
        address = "[::1]:8044"
        [[directorate]]
        code = "974"
        name = "Police nationale de La Réunion"
        language = "en"
        time_zone = "indian/reunion"
        [[directorate.room]]
        chat = "practice"
        id = "salle-974"
        [[directorate.member]]
        name = "Payet"
        practice = "payet"
        matrix = "@payet:example.org"
        roles = ["valideur", "chef_de_service"]
        [[directorate.member]]
        name = "Hoarau"
        practice = "hoarau"
        [[directorate.account]]
        name = "journal"
        network = "file"
        path = "../974.jsonl"
        language = "fr"
        [[directorate.account]]
        name = "x"
        network = "x"
        [[directorate.policy]]
        command = "!Récit"
        quorum = 1
        required_roles = ["chef_de_service"]
        approver_roles = ["chef_de_service", "valideur"]
        open_for_seconds = 3600
        grace_seconds = 0
    "#;
    let config = parsed(text);
    assert_eq!(config.database, PathBuf::from("/var/lib/portevoix/portevoix.db"));
    assert_eq!(config.commands, Some(PathBuf::from("/etc/portevoix/commandes")));
    assert_eq!(config.practice, Some(Practice { address: "[::1]:8044".parse().unwrap() }));
    assert_eq!(config.rooms_in(ChatKind::Practice).collect::<Vec<_>>(), [&RoomId::from("salle-974")]);
    assert_eq!(config.rooms_in(ChatKind::Matrix).count(), 0);
    let reunion = &config.directorates[0];
    assert_eq!(reunion.directorate.language, Language::En);
    assert_eq!(reunion.directorate.time_zone, "Indian/Reunion");
    let payet = reunion.directorate.member(&PersonId::from("payet")).unwrap();
    assert!(payet.ids.contains(&PersonId::from("@payet:example.org")));
    assert_eq!(reunion.directorate.accounts[0].language, "fr");
    assert_eq!(reunion.directorate.accounts[1].language, "en");
    assert_eq!(reunion.accounts[0].connection, Connection::File { path: PathBuf::from("/etc/portevoix/../974.jsonl") });
    assert_eq!(reunion.accounts[1].connection, Connection::X);
    let policy = &reunion.policies[0];
    assert_eq!(policy.command, CommandWord::from("recit"));
    let changes = PolicyOverride {
        quorum: Some(1),
        required_roles: Some(roles(&["chef_de_service"])),
        approver_roles: Some(roles(&["chef_de_service", "valideur"])),
        open_for_seconds: Some(3600),
        grace_seconds: Some(0),
    };
    assert_eq!(policy.changes, changes);
}

#[test]
fn a_bluesky_account_is_at_home_unless_said_otherwise() {
    let account = |lines: &str| {
        let mastodon = GOOD.split("network = \"mastodon\"\n").nth(1).unwrap();
        let text =
            GOOD.replace(&format!("network = \"mastodon\"\n{mastodon}"), &format!("network = \"bluesky\"\n{lines}"));
        parsed(&text).directorates.remove(0).accounts.remove(0).connection
    };
    let connection = |service: &str, app_password| Connection::Bluesky {
        service: service.to_owned(),
        handle: "police44.bsky.social".to_owned(),
        app_password,
    };
    assert_eq!(
        account("handle = \"Police44.bsky.social\"\napp_password_file = \"${CREDENTIALS_DIRECTORY}/bluesky-44\""),
        connection("https://bsky.social", SecretSource::Credential(PathBuf::from("bluesky-44")))
    );
    assert_eq!(
        account(
            "service = \"http://localhost:2583/\"\nhandle = \"police44.bsky.social\"\napp_password_env = \"MOT_44\""
        ),
        connection("http://localhost:2583", SecretSource::Environment("MOT_44".to_owned()))
    );
}

#[test]
fn an_empty_file_says_what_to_write() {
    assert_snapshot!(problems(""), @r#"
    portevoix.toml:1: il manque `database` au début du fichier ; écrivez par exemple : database = "/var/lib/portevoix/portevoix.db"
    portevoix.toml:1: il manque `directorate` au début du fichier ; écrivez par exemple : [[directorate]]
    "#);
}

#[test]
fn all_problems_are_told_in_one_go_in_the_order_of_the_file() {
    let text = problems_with(&[
        ("portevoix.db\"", "postgres://portevoix:secret@localhost/portevoix\""),
        ("https://matrix.example.org", "matrix.example.org"),
        ("code = \"44\"", "code = 44"),
        ("!salle44:example.org", "#brigade44:example.org"),
        ("name = \"Durand\"", "nom = \"Durand\""),
        ("server = \"https://mastodon.example.org\"", "server = \"http://mastodon.example.org\""),
    ]);
    assert_snapshot!(text, @r#"
    portevoix.toml:1: `database` : PostgreSQL viendra avec la marche sur plusieurs machines ; pour l'instant, donnez le chemin d'un fichier SQLite ; écrivez par exemple : database = "/var/lib/portevoix/portevoix.db"
    portevoix.toml:4: `homeserver` : « matrix.example.org » n'a pas de protocole ; écrivez « https://matrix.example.org »
    portevoix.toml:9: `code` attend un texte entre guillemets, par exemple : code = "44"
    portevoix.toml:14: `id` : « #brigade44:example.org » est l'adresse publique d'un salon, qui peut changer ; il faut son identifiant interne, qui commence par « ! » (dans Element ou Tchap : Paramètres du salon, Avancé)
    portevoix.toml:21: il manque `name` dans [[directorate.member]] ; écrivez par exemple : name = "Durand"
    portevoix.toml:22: `nom` n'existe pas dans [[directorate.member]] ; on peut y écrire `name`, `matrix`, `practice`, `roles`
    portevoix.toml:29: `server` : « http://mastodon.example.org » passe en clair sur le réseau ; écrivez « https://mastodon.example.org »
    "#);
}

#[test]
fn a_file_that_is_not_toml_is_explained_line_by_line() {
    let text = problems_with(&[
        ("\"portevoix.db\"", ""),
        ("\"https://matrix.example.org\"", "« https://matrix.example.org »"),
        ("\"@portevoix:example.org\"", "\"@portevoix:example.org"),
        ("code = \"44\"", "code = 06"),
        ("roles = [\"redacteur\"]", "roles = [\"redacteur\" \"valideur\"]"),
        ("name = \"Durand\"", "name = \"Durand\"\nname = \"Durand\""),
    ]);
    assert_snapshot!(text, @r#"
    portevoix.toml:1: il faut une valeur après `=`, et un texte se met entre guillemets droits : `clé = "valeur"`
    portevoix.toml:4: les guillemets doivent être droits : `"…"`, pas `« … »`, `“…”` ni `’…’`
    portevoix.toml:5: le texte n'est pas fermé : il manque le guillemet de la fin
    portevoix.toml:9: un nombre ne commence pas par zéro ; un code de direction se met entre guillemets : `code = "06"`
    portevoix.toml:19: la liste n'est pas fermée ou il y manque une virgule : `["un", "deux"]`
    portevoix.toml:23: cette clé est déjà donnée plus haut dans la même partie ; n'en gardez qu'une
    "#);
    assert_snapshot!(problems("base de données = \"x\"\n[matrix\nuser = \"\\q\"\n"), @r#"
    portevoix.toml:1: il faut écrire `clé = "valeur"`
    portevoix.toml:2: il manque un crochet à la fin de ce titre : `[matrix]` ou `[[directorate]]`
    "#);
    assert_snapshot!(problems("database = \"\\q\"\n[practice]\naddress = \"a\"\n[practice]\naddress = \"b\"\n"), @r#"
    portevoix.toml:1: une barre oblique inversée s'écrit double entre guillemets : `\\`
    portevoix.toml:3: `address` : « a » n'est pas une adresse de cette machine avec son port ; écrivez par exemple : address = "127.0.0.1:8044"
    portevoix.toml:4: ce titre est déjà donné plus haut ; n'en gardez qu'un (pour plusieurs directions, salons, membres ou comptes, il prend deux paires de crochets, comme `[[directorate]]`)
    portevoix.toml:5: cette clé est déjà donnée plus haut dans la même partie ; n'en gardez qu'une
    "#);
    assert_snapshot!(problems("database = \"a\" \"b\"\nmatrix\n= 3\n[practice]\n[practice]\n"), @r#"
    portevoix.toml:1: il y a quelque chose de trop en fin de ligne ; une seule clé par ligne, et une remarque commence par `#`
    portevoix.toml:2: il faut écrire `clé = "valeur"`
    "#);
}

#[test]
fn an_unknown_key_gets_the_nearest_one_or_its_place() {
    let text = problems_with(&[
        ("homeserver", "homserver"),
        ("code =", "visibility = \"public\"\ncode ="),
        ("roles = [\"valideur\"]", "roles = [\"valideur\"]\ngrade = \"brigadier\""),
    ]);
    assert_snapshot!(text, @"
    portevoix.toml:4: `homserver` n'existe pas dans [matrix] ; vouliez-vous dire `homeserver` ?
    portevoix.toml:9: `visibility` n'existe pas dans [[directorate]] ; cette clé va dans [[directorate.account]]
    portevoix.toml:26: `grade` n'existe pas dans [[directorate.member]] ; on peut y écrire `name`, `matrix`, `practice`, `roles`
    ");
}

#[test]
fn a_value_of_the_wrong_kind_gets_an_example() {
    let text = problems_with(&[
        ("\"portevoix.db\"", "[\"portevoix.db\"]"),
        ("name = \"Police nationale de la Loire-Atlantique\"", "name = \" \"\nlanguage = \"français\""),
        ("roles = [\"redacteur\"]", "roles = \"redacteur\""),
        ("roles = [\"valideur\"]", "roles = [\"valideur\", 3, \"valideur\", \"Chef de Service\"]"),
        ("network = \"mastodon\"", "network = \"mastodonte\"\nlanguage = \"français\""),
        ("name = \"Martin\"", "name = \"Mar\\ntin\""),
    ]);
    assert_snapshot!(text, @r#"
    portevoix.toml:1: `database` attend un texte entre guillemets, par exemple : database = "/var/lib/portevoix/portevoix.db"
    portevoix.toml:10: `name` est vide ; écrivez par exemple : name = "Police nationale de la Loire-Atlantique"
    portevoix.toml:11: `language` vaut "fr" ou "en", pas « français »
    portevoix.toml:18: `name` contient un saut de ligne ou un caractère invisible ; retirez-le
    portevoix.toml:20: `roles` attend une liste entre crochets, par exemple : roles = ["valideur"]
    portevoix.toml:25: `roles` : « Chef de Service » ne convient pas : au plus 32 lettres minuscules sans accent, chiffres, `_` ou `-` ; écrivez par exemple « chef_de_service »
    portevoix.toml:25: `roles` attend une liste de textes entre guillemets, par exemple : roles = ["valideur"]
    portevoix.toml:25: `roles` donne « valideur » deux fois
    portevoix.toml:29: `network` vaut "mastodon", "bluesky", "file" ou "x", pas « mastodonte » ; vouliez-vous dire « mastodon » ?
    portevoix.toml:30: `language` : « français » n'est pas un code de langue ; il a deux lettres minuscules (`fr`)
    "#);
    assert_snapshot!(problems("database = \"d\"\nmatrix = \"oui\"\n[directorate]\ncode = \"44\"\n"), @"
    portevoix.toml:2: `matrix` s'écrit comme un titre, seul sur sa ligne : [matrix]
    portevoix.toml:3: `directorate` s'écrit avec deux paires de crochets, seul sur sa ligne : [[directorate]]
    ");
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let secret = "zK8vT2nQ5wL9xB4mR7jH1cF6dS3gP0aYeUiOqXsDfGh";
    let inline = format!("token = \"{secret}\"");
    let as_path = format!("token_file = \"{secret}\"");
    let as_variable = format!("token_env = \"{secret}\"");
    let as_key = format!("token_file = \"jeton\"\npassword = \"{secret}\"");
    let told =
        [inline, as_path, as_variable, as_key].map(|line| problems_with(&[("token_file = \"jeton-44\"", &line)]));
    assert_snapshot!(told.join("\n"), @r#"
    portevoix.toml:30: `token` met un secret dans ce fichier, que d'autres peuvent lire ; mettez-le seul dans un fichier à part et écrivez `token_file = "…"` (ou `token_env = "…"`), puis révoquez ce secret et faites-en un autre
    portevoix.toml:30: `token_file` attend le nom d'un fichier, et ceci ressemble au secret lui-même ; mettez-le seul dans un fichier, écrivez ici le nom de ce fichier, puis révoquez ce secret et faites-en un autre
    portevoix.toml:30: `token_env` attend le nom d'une variable d'environnement (majuscules, chiffres et `_`), jamais le secret lui-même
    portevoix.toml:31: `password` n'existe pas dans [[directorate.account]], et un secret ne s'écrit jamais dans ce fichier : seulement dans un fichier à part (`token_file`, `app_password_file`) ; révoquez ce secret et faites-en un autre
    "#);
    assert!(!told.join("\n").contains(secret));
}

#[test]
fn where_a_secret_is_must_be_said_once_and_clearly() {
    let told = [
        "",
        "token_file = \"a\"\ntoken_env = \"A\"",
        "token_file = \"${HOME}/jeton\"",
        "token_file = \"${CREDENTIALS_DIRECTORY}/../jeton\"",
    ]
    .map(|lines| problems_with(&[("token_file = \"jeton-44\"", lines)]));
    assert_snapshot!(told.join("\n"), @r#"
    portevoix.toml:26: il manque `token_file` dans [[directorate.account]] ; écrivez par exemple : token_file = "${CREDENTIALS_DIRECTORY}/mastodon-44"
    portevoix.toml:31: `token_file` et `token_env` disent deux fois où est le secret ; gardez-en un
    portevoix.toml:30: `token_file` ne connaît qu'une variable : `${CREDENTIALS_DIRECTORY}/…`, en tête, pour un secret transmis par systemd
    portevoix.toml:30: `token_file` : après `${CREDENTIALS_DIRECTORY}/` vient le seul nom donné à `LoadCredential=`
    "#);
}

#[test]
fn addresses_and_identifiers_say_how_they_are_written() {
    let text = problems_with(&[
        ("https://matrix.example.org", "https://matrix.example.org/?a"),
        ("@portevoix:example.org", "portevoix"),
        ("code = \"44\"", "code = \"Loire-Atlantique\""),
        ("name = \"Police", "time_zone = \"Paris\"\nname = \"Police"),
        ("!salle44:example.org", "salle44"),
        ("@martin:example.org", "martin@example.org"),
        ("name = \"mastodon\"", "name = \"Mastodon 44\""),
        ("https://mastodon.example.org", "ftp://mastodon.example.org"),
    ]);
    assert_snapshot!(text, @"
    portevoix.toml:4: `homeserver` : « https://matrix.example.org/?a » n'est pas l'adresse d'un serveur ; elle s'écrit comme « https://example.org », sans identifiant ni `?`
    portevoix.toml:5: `user` : « portevoix » n'est pas un identifiant Matrix ; il s'écrit comme « @durand:example.org »
    portevoix.toml:9: `code` : « Loire-Atlantique » ne convient pas : au plus 12 lettres sans accent ou chiffres, sans espace ni tiret (`44`, `2A`)
    portevoix.toml:10: `time_zone` : « Paris » n'est pas un fuseau horaire ; écrivez par exemple « Europe/Paris »
    portevoix.toml:15: `id` : « salle44 » n'est pas l'identifiant d'un salon Matrix ; il commence par « ! » (dans Element ou Tchap : Paramètres du salon, Avancé)
    portevoix.toml:19: `matrix` : « martin@example.org » n'est pas un identifiant Matrix ; il s'écrit comme « @durand:example.org »
    portevoix.toml:28: `name` : « Mastodon 44 » ne convient pas : au plus 32 lettres minuscules sans accent, chiffres, `_` ou `-` ; écrivez par exemple « mastodon_44 »
    portevoix.toml:30: `server` : « ftp://mastodon.example.org » n'est pas une adresse ; elle commence par « https:// »
    ");
    let bluesky = |handle: &str| {
        let lines = format!("network = \"bluesky\"\nhandle = \"{handle}\"\napp_password_file = \"b\"\n");
        problems(&format!("{}{lines}", GOOD.split("network =").next().unwrap()))
    };
    assert_snapshot!([bluesky("@police44.bsky.social"), bluesky("police44")].join("\n"), @"
    portevoix.toml:29: `handle` : « @police44.bsky.social » s'écrit sans « @ » : « police44.bsky.social »
    portevoix.toml:29: `handle` : « police44 » n'est pas un identifiant Bluesky ; il s'écrit en entier, comme « police44.bsky.social »
    ");
}

#[test]
fn rooms_of_version_12_have_no_server_in_their_id() {
    let id = "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM";
    let config = parsed(&good_but(&[("!salle44:example.org", id)]));
    assert_eq!(config.directorates[0].directorate.rooms, [RoomId::from(id)]);
}

#[test]
fn two_directorates_share_nothing() {
    parsed(&format!("{GOOD}{STRASBOURG}"));
    let second = STRASBOURG.replace("!salle67", "!salle44").replace("\"67\"", "\"44\"");
    let second = second
        .replace("name = \"journal\"", "name = \"mastodon\"")
        .replace("network = \"file\"", "network = \"mastodon\"")
        .replace(
            "path = \"publications-67.jsonl\"",
            "server = \"https://mastodon.example.org/\"\ntoken_file = \"jeton-44\"",
        );
    assert_snapshot!(problems(&format!("{GOOD}{second}")), @"
    portevoix.toml:33: le code « 44 » est déjà pris à la ligne 9 : les numéros des brouillons se confondraient
    portevoix.toml:38: ce salon est déjà donné à la ligne 14 ; un salon n'appartient qu'à une direction et n'y figure qu'une fois
    portevoix.toml:50: ce compte publie au même endroit que celui de la ligne 28 : chaque publication y sortirait deux fois, ou au nom d'une autre direction
    ");
}

#[test]
fn two_accounts_never_publish_in_one_place() {
    let account = |name: &str, path: &str| {
        format!("\n[[directorate.account]]\nname = \"{name}\"\nnetwork = \"file\"\npath = \"{path}\"\n")
    };
    let text =
        format!("{GOOD}{}{}", account("un", "a/publications.jsonl"), account("deux", "a/./b/../publications.jsonl"));
    assert_snapshot!(problems(&text), @"portevoix.toml:39: ce compte publie au même endroit que celui de la ligne 34 : chaque publication y sortirait deux fois, ou au nom d'une autre direction");
    assert_snapshot!(problems(&format!("{GOOD}{}", account("mastodon", "a.jsonl"))), @"portevoix.toml:33: un compte s'appelle déjà « mastodon » à la ligne 27 ; donnez-lui un autre nom");
}

#[test]
fn a_team_has_each_person_once_and_not_the_bot() {
    let more = r#"
[[directorate.member]]
name = "durand"
matrix = "@martin:example.org"

[[directorate.member]]
name = "Robot"
matrix = "@portevoix:example.org"

[[directorate.member]]
name = "Petit"
practice = "petit"
"#;
    assert_snapshot!(problems(&format!("{GOOD}{more}")), @r#"
    portevoix.toml:33: un membre s'appelle déjà « durand » à la ligne 22 ; distinguez-les, par exemple par l'initiale du prénom
    portevoix.toml:34: « @martin:example.org » est déjà un membre à la ligne 18 ; une personne ne figure qu'une fois dans l'équipe, avec tous ses rôles
    portevoix.toml:38: c'est l'identifiant du robot lui-même, qui ne fait pas partie de l'équipe ; donnez celui de la personne
    portevoix.toml:40: « Petit » n'a pas d'identifiant dans la messagerie des salons ; écrivez par exemple : matrix = "@durand:example.org"
    "#);
}

#[test]
fn a_directorate_needs_a_room_a_team_and_an_account() {
    let bare = "database = \"d\"\n\n[[directorate]]\ncode = \"44\"\nname = \"Loire-Atlantique\"\n";
    assert_snapshot!(problems(bare), @"
    portevoix.toml:3: cette direction n'a pas de compte où publier ; ajoutez une partie [[directorate.account]]
    portevoix.toml:3: cette direction n'a pas de salon où écrire ; ajoutez une partie [[directorate.room]]
    portevoix.toml:3: cette direction n'a personne dans son équipe ; ajoutez des parties [[directorate.member]]
    ");
    let alone = good_but(&[]).replace(
        "[[directorate.member]]\nname = \"Durand\"\nmatrix = \"@durand:example.org\"\nroles = [\"valideur\"]\n",
        "",
    );
    let alone = alone.replace(
        "network = \"mastodon\"\nserver = \"https://mastodon.example.org\"\ntoken_file = \"jeton-44\"",
        "network = \"x\"",
    );
    assert_snapshot!(problems(&alone), @"
    portevoix.toml:8: un compte « x » ne fait que compter les caractères ; ajoutez un compte où publier ([[directorate.account]])
    portevoix.toml:8: une équipe d'une seule personne ne peut rien publier, car l'auteur ne valide pas son texte ; ajoutez une partie [[directorate.member]]
    ");
}

#[test]
fn a_chat_that_a_room_is_in_must_be_set_up() {
    let matrix = GOOD.split("[[directorate]]").next().unwrap();
    assert_snapshot!(problems(&GOOD.replace(matrix, "database = \"d\"\n")), @"portevoix.toml:7: ce salon est dans « matrix », que le fichier ne règle pas ; ajoutez une partie [matrix]");
}

#[test]
fn a_practice_room_is_on_this_machine_and_never_publishes_for_real() {
    let changes = [
        ("[[directorate]]", "[practice]\naddress = \"0.0.0.0:8044\"\n\n[[directorate]]"),
        ("chat = \"matrix\"\nid = \"!salle44:example.org\"", "chat = \"practice\"\nid = \"salle\""),
        ("matrix = \"@martin:example.org\"", "practice = \"martin\""),
        ("matrix = \"@durand:example.org\"", "practice = \"durand\""),
    ];
    assert_snapshot!(problems_with(&changes), @r#"
    portevoix.toml:9: `address` : « 0.0.0.0:8044 » ouvrirait la salle d'entraînement au réseau, où chacun pourrait jouer tous les rôles ; écrivez par exemple : address = "127.0.0.1:8044"
    portevoix.toml:31: cette direction a un salon d'entraînement, où chacun peut jouer tous les rôles : elle ne doit pas publier pour de vrai ; mettez le salon d'entraînement dans une direction à part, avec un compte « file »
    "#);
}

#[test]
fn keys_of_another_network_are_refused() {
    let text = good_but(&[(
        "network = \"mastodon\"",
        "network = \"file\"\npath = \"p.jsonl\"\nhandle = \"police44.bsky.social\"",
    )]);
    assert_snapshot!(problems(&text), @"
    portevoix.toml:30: `handle` n'a pas de sens ici : cette clé est pour un compte « bluesky » ; retirez cette ligne
    portevoix.toml:31: `server` n'a pas de sens ici : cette clé est pour un compte « mastodon » ; retirez cette ligne
    portevoix.toml:32: `token_file` n'a pas de sens ici : cette clé est pour un compte « mastodon » ; retirez cette ligne
    ");
}

#[test]
fn a_changed_policy_is_held_against_the_team() {
    let policies = r#"
[[directorate.policy]]
command = "appel"
quorum = 0
required_roles = ["valideurs"]
grace_seconds = 7200
open_for_seconds = -1

[[directorate.policy]]
command = "!Appel"
grace_second = 30
"#;
    assert_snapshot!(problems(&format!("{GOOD}{policies}")), @"
    portevoix.toml:34: `quorum` va de 1 à 20 (personnes), pas 0
    portevoix.toml:35: personne de l'équipe n'a le rôle « valideurs » ; vouliez-vous dire « valideur » ?
    portevoix.toml:36: `grace_seconds` va de 0 à 3600 (secondes), pas 7200
    portevoix.toml:37: `open_for_seconds` va de 60 à 2592000 (secondes), pas -1
    portevoix.toml:39: cette règle ne change rien ; donnez au moins une clé, par exemple : quorum = 2
    portevoix.toml:40: `!appel` a déjà une règle à la ligne 33 ; n'en gardez qu'une
    portevoix.toml:41: `grace_second` n'existe pas dans [[directorate.policy]] ; vouliez-vous dire `grace_seconds` ?
    ");
}

#[test]
fn a_policy_that_nobody_could_ever_meet_is_refused_before_an_officer_waits_for_it() {
    let policy = |quorum, required: &[&str], approvers: &[&str]| Policy {
        quorum,
        required_roles: roles(required),
        approver_roles: roles(approvers),
        open_for_seconds: 86_400,
        grace_seconds: 30,
        glyphs: Glyphs::default(),
    };
    let commands = BTreeMap::from([
        (CommandWord::from("appel"), policy(2, &[], &["valideur"])),
        (CommandWord::from("disparition"), policy(1, &["chef_de_service"], &[])),
        (CommandWord::from("info"), policy(1, &[], &[])),
        (CommandWord::from("prevention"), policy(1, &["redacteur"], &["valideur"])),
        (CommandWord::from("recit"), policy(1, &[], &["communication"])),
    ]);
    let mend = "\n[[directorate.policy]]\ncommand = \"appel\"\nquorum = 1\n\n[[directorate.policy]]\ncommand = \"recits\"\nquorum = 1\n";
    let config = parsed(&format!("{GOOD}{mend}"));
    assert_snapshot!(check_policies(&config, &commands).unwrap_err(), @"
    /etc/portevoix/portevoix.toml:8: `!disparition` exige la validation d'un « chef_de_service », et personne ne l'est (Police nationale de la Loire-Atlantique) ; donnez ce rôle à un membre ou changez `required_roles` dans [[directorate.policy]]
    /etc/portevoix/portevoix.toml:8: `!prevention` exige la validation de « redacteur » : sans l'auteur, qui ne vote pas, ces rôles ne sont jamais réunis parmi ceux qui peuvent valider ; donnez-les à d'autres membres ou changez `required_roles` dans [[directorate.policy]] (Police nationale de la Loire-Atlantique)
    /etc/portevoix/portevoix.toml:8: `!recit` ne peut être validé que par « communication », et personne ne l'est (Police nationale de la Loire-Atlantique) ; donnez ce rôle à un membre ou changez `approver_roles` dans [[directorate.policy]]
    /etc/portevoix/portevoix.toml:37: aucune commande ne s'appelle `!recits` ; vouliez-vous dire « recit » ?
    ");
    let commands = BTreeMap::from([(CommandWord::from("appel"), policy(2, &[], &["valideur"]))]);
    assert_snapshot!(check_policies(&parsed(GOOD), &commands).unwrap_err(), @"/etc/portevoix/portevoix.toml:8: `!appel` demande 2 validations, mais sans l'auteur, qui ne vote pas, une seule personne peut valider ; ajoutez des membres ou baissez `quorum` dans [[directorate.policy]] (Police nationale de la Loire-Atlantique)");
    let commands = BTreeMap::from([(CommandWord::from("info"), policy(1, &["redacteur", "valideur"], &[]))]);
    assert_snapshot!(check_policies(&parsed(GOOD), &commands).unwrap_err(), @"/etc/portevoix/portevoix.toml:8: `!info` exige la validation de « redacteur » et « valideur » : sans l'auteur, qui ne vote pas, ces rôles ne sont jamais réunis parmi ceux qui peuvent valider ; donnez-les à d'autres membres ou changez `required_roles` dans [[directorate.policy]] (Police nationale de la Loire-Atlantique)");
}

#[test]
fn a_changed_policy_keeps_what_it_does_not_name() {
    let policy = Policy {
        quorum: 2,
        required_roles: roles(&["chef_de_service"]),
        approver_roles: roles(&["valideur"]),
        open_for_seconds: 86_400,
        grace_seconds: 30,
        glyphs: Glyphs { approve: "👍".to_owned(), ..Glyphs::default() },
    };
    assert_eq!(PolicyOverride::default().apply(&policy), policy);
    let changes =
        PolicyOverride { required_roles: Some(BTreeSet::new()), grace_seconds: Some(0), ..PolicyOverride::default() };
    let changed = Policy { required_roles: BTreeSet::new(), grace_seconds: 0, ..policy.clone() };
    assert_eq!(changes.apply(&policy), changed);
}

/// A folder with the good file in it and nothing else.
fn folder_with(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("portevoix.toml");
    fs::write(&path, text).unwrap();
    (folder, path)
}

/// Writes a file that only its owner may read.
fn write_private(path: &Path, text: impl AsRef<[u8]>) {
    fs::write(path, text).unwrap();
    set_mode(path, 0o600);
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// What is said of a file on the disk, without the folder's name.
fn problems_on_disk(path: &Path) -> String {
    let told = load_with(path, &|_| None).expect_err("there is something wrong with it").to_string();
    told.replace(&format!("{}/", path.parent().unwrap().display()), "")
}

#[test]
fn loading_looks_whether_secrets_and_folders_are_there() {
    let text = good_but(&[("portevoix.db", "base/portevoix.db"), ("[matrix]", "commands = \"commandes\"\n\n[matrix]")]);
    let (folder, path) = folder_with(&text);
    fs::create_dir(folder.path().join("matrix")).unwrap();
    set_mode(&folder.path().join("matrix"), 0o755);
    assert_snapshot!(problems_on_disk(&path), @"
    portevoix.toml:1: le dossier base n'existe pas ; faites : mkdir -p base
    portevoix.toml:3: le dossier commandes n'existe pas
    portevoix.toml:8: le dossier matrix contient les clés de chiffrement du robot et il est ouvert à tous les comptes de la machine ; faites : chmod 700 matrix
    portevoix.toml:32: le fichier jeton-44 n'existe pas ; créez-le avec le secret seul dedans, puis : chmod 600 jeton-44
    ");

    fs::create_dir(folder.path().join("base")).unwrap();
    fs::create_dir(folder.path().join("commandes")).unwrap();
    set_mode(&folder.path().join("matrix"), 0o700);
    write_private(&folder.path().join("jeton-44"), "un-jeton\n");
    let config = load_with(&path, &|_| None).unwrap();
    let Connection::Mastodon { token, .. } = &config.directorates[0].accounts[0].connection else { panic!() };
    assert_eq!(token.read().unwrap().expose(), "un-jeton");
    assert_eq!(format!("{:?}", token.read()), "Ok(Secret(…))");
}

#[test]
fn a_secret_file_holds_one_secret_and_is_not_open_to_all() {
    let (folder, path) = folder_with(GOOD);
    let secret = folder.path().join("jeton-44");
    let told = [&b""[..], b"\n\n", b"# jeton\nabc\n", b" abc\n", b"\xff\xfe", &[b'a'; 70_000]].map(|content| {
        write_private(&secret, content);
        problems_on_disk(&path)
    });
    assert_snapshot!(told.join("\n"), @"
    portevoix.toml:30: le fichier jeton-44 est vide ; mettez-y le secret, seul
    portevoix.toml:30: le fichier jeton-44 est vide ; mettez-y le secret, seul
    portevoix.toml:30: le fichier jeton-44 ne contient pas qu'un secret : il y faut une seule ligne, sans espace autour ni commentaire
    portevoix.toml:30: le fichier jeton-44 ne contient pas qu'un secret : il y faut une seule ligne, sans espace autour ni commentaire
    portevoix.toml:30: le fichier jeton-44 ne contient pas qu'un secret : il y faut une seule ligne, sans espace autour ni commentaire
    portevoix.toml:30: le fichier jeton-44 ne contient pas qu'un secret : il y faut une seule ligne, sans espace autour ni commentaire
    ");
    write_private(&secret, "un-jeton");
    set_mode(&secret, 0o644);
    assert_snapshot!(problems_on_disk(&path), @"portevoix.toml:30: le fichier jeton-44 est ouvert à tous les comptes de la machine ; faites : chmod 600 jeton-44");
    fs::remove_file(&secret).unwrap();
    fs::create_dir(&secret).unwrap();
    set_mode(&secret, 0o700);
    assert_snapshot!(problems_on_disk(&path), @"portevoix.toml:30: le fichier jeton-44 ne peut pas être lu (Is a directory (os error 21)) ; il doit appartenir au compte qui lance Portevoix");
}

#[test]
fn secrets_come_from_systemd_or_the_environment() {
    let (folder, _) = folder_with(GOOD);
    write_private(&folder.path().join("mastodon-44"), "de-systemd\n");
    let credentials = folder.path().display().to_string();
    let environment = |name: &str| match name {
        "CREDENTIALS_DIRECTORY" => Some(credentials.clone()),
        "JETON_44" => Some("de-la-variable".to_owned()),
        _ => None,
    };
    let credential = SecretSource::Credential(PathBuf::from("mastodon-44"));
    assert_eq!(credential.read_with(&environment).unwrap().expose(), "de-systemd");
    let variable = SecretSource::Environment("JETON_44".to_owned());
    assert_eq!(variable.read_with(&environment).unwrap().expose(), "de-la-variable");
    assert_snapshot!(credential.read_with(&|_| None).unwrap_err(), @"systemd n'a pas transmis de secret (`CREDENTIALS_DIRECTORY` n'est pas défini) ; lancez Portevoix par son service, avec une ligne `LoadCredential=mastodon-44:…`");
    assert_snapshot!(variable.read_with(&|_| None).unwrap_err(), @"la variable d'environnement `JETON_44` n'est pas définie");
}

#[test]
fn a_file_that_can_not_be_read_says_why() {
    let (folder, path) = folder_with(GOOD);
    assert_snapshot!(problems_on_disk(&folder.path().join("absent.toml")), @"absent.toml:1: ce fichier n'existe pas");
    fs::write(&path, b"# Loire\n# Lef\xe8vre\n").unwrap();
    assert_snapshot!(problems_on_disk(&path), @"portevoix.toml:2: cette ligne n'est pas en UTF-8 ; enregistrez le fichier en UTF-8");
    fs::write(&path, vec![b'#'; 1_100_000]).unwrap();
    assert_snapshot!(problems_on_disk(&path), @"portevoix.toml:1: ce fichier dépasse 1 Mo ; est-ce bien la configuration de Portevoix ?");
}

#[test]
fn hostile_text_is_refused_without_a_panic() {
    let nested = format!("a = {}", "[".repeat(100_000));
    let marks = format!("database = \"a{}\"", "\u{301}".repeat(10_000));
    let lines = "[[directorate]]\n".repeat(2_000);
    for text in
        ["\u{feff}", "\0", "=", "[[", "\"\"=\"\"", "directorate = [1]", "a.b.c = 1", nested.as_str(), &marks, &lines]
    {
        assert!(!problems(text).is_empty());
    }
}

#[test]
fn the_examples_are_good() {
    for name in ["loire-atlantique.toml", "deux-directions.toml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        let text = fs::read_to_string(path).unwrap();
        parse(name, &text).unwrap_or_else(|problems| panic!("{problems}"));
    }
}

#[test]
fn every_example_of_a_key_can_be_read() {
    for key in TABLES.iter().flat_map(|table| table.keys) {
        let read: Result<toml::Table, _> = key.example.parse();
        let table = read.unwrap_or_else(|error| panic!("{}: {error}", key.example));
        let name = key.example.trim_matches(['[', ']']).trim_start_matches("directorate.");
        assert!(table.contains_key(key.name) || name == key.name, "{} does not show {}", key.example, key.name);
    }
    assert_eq!(DIRECTORATE.example("code"), "code = \"44\"");
}

#[test]
fn every_key_is_explained_to_administrators() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/administration.md");
    let manual = fs::read_to_string(path).unwrap();
    let missing: Vec<String> = TABLES.iter().flat_map(|table| unexplained(&manual, table)).collect();
    assert!(missing.is_empty(), "docs/administration.md does not explain:\n{}", missing.join("\n"));
}

/// The keys of a table that the table's own part of the manual does not explain.
fn unexplained(manual: &str, table: &TableKeys) -> Vec<String> {
    let title =
        if table.header.is_empty() { "### Top of the file".to_owned() } else { format!("### `{}`", table.header) };
    let part = manual.split_once(&title).map_or("", |(_, rest)| rest.split("\n### ").next().unwrap_or(rest));
    let part = part.split("\n## ").next().unwrap_or(part);
    let absent = table.keys.iter().filter(|key| !part.contains(&format!("| `{}` |", key.name)));
    absent.map(|key| format!("{} of {}", key.name, title)).collect()
}

#[test]
fn a_key_that_the_manual_does_not_explain_is_found() {
    let manual = "### `[matrix]`\n| `homeserver` | … |\n| `user` | … |\n### `[practice]`\n| `state_directory` | … |\n";
    let matrix = TABLES.iter().find(|table| table.header == "[matrix]").unwrap();
    assert_eq!(unexplained(manual, matrix), ["state_directory of ### `[matrix]`"]);
}
