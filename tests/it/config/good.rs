//! Good files: what comes out of them.

use std::fs;
use std::path::{Path, PathBuf};

use portevoix::config::load::parse;
use portevoix::config::policy::PolicyOverride;
use portevoix::config::secret::SecretSource;
use portevoix::config::settings::{
    AccountConfig, ChatKind, Connection, DatabasePlace, Matrix, Practice, Room, XAccess,
};
use portevoix::domain::cost::{Price, Prices};
use portevoix::domain::directorate::{Language, NetworkKind, Visibility};
use portevoix::domain::name::{AccountName, CommandWord, PersonId, RoomId};
use portevoix::domain::policy::Confirm;

use crate::config::{GOOD, good_but, parsed, roles};

#[test]
fn the_good_file_is_good() {
    let config = parsed(GOOD);
    let path = |name: &str| Path::new("/etc/portevoix").join(name);
    assert_eq!(config.database, DatabasePlace::File(path("portevoix.db")));
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
    assert_eq!(loire.accounts, [AccountConfig { name: AccountName::from("mastodon"), connection, prices: None }]);
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
        national = true
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
        path = "../974-x.jsonl"
        price = 0.02
        price_with_link = 1
        [[directorate.policy]]
        command = "!Récit"
        quorum = 1
        required_roles = ["chef_de_service"]
        approver_roles = ["chef_de_service", "valideur"]
        open_for_seconds = 3600
        grace_seconds = 0
        confirm = "word"
        remind_after_seconds = 600
        remind_roles = ["valideur", "chef_de_service"]
        deadline_near_seconds = 0
    "#;
    let config = parsed(text);
    assert_eq!(config.database, DatabasePlace::File(PathBuf::from("/var/lib/portevoix/portevoix.db")));
    assert_eq!(config.commands, Some(PathBuf::from("/etc/portevoix/commandes")));
    assert_eq!(config.practice, Some(Practice { address: "[::1]:8044".parse().unwrap() }));
    assert_eq!(config.rooms_in(ChatKind::Practice).collect::<Vec<_>>(), [&RoomId::from("salle-974")]);
    assert_eq!(config.rooms_in(ChatKind::Matrix).count(), 0);
    let reunion = &config.directorates[0];
    assert_eq!(reunion.directorate.language, Language::En);
    assert!(reunion.is_national);
    assert_eq!(reunion.directorate.time_zone, "Indian/Reunion");
    let payet = reunion.directorate.member(&PersonId::from("payet")).unwrap();
    assert!(payet.ids.contains(&PersonId::from("@payet:example.org")));
    assert_eq!(reunion.directorate.accounts[0].language, "fr");
    assert_eq!(reunion.directorate.accounts[1].language, "en");
    let file = |path: &str| Connection::File { path: PathBuf::from(path) };
    assert_eq!(reunion.accounts[0].connection, file("/etc/portevoix/../974.jsonl"));
    assert_eq!(reunion.accounts[1].connection, file("/etc/portevoix/../974-x.jsonl"));
    assert_eq!(reunion.directorate.accounts[1].network, NetworkKind::X);
    assert_eq!(reunion.accounts[1].prices, Some(Prices { post: Price(20), post_with_link: Price(1_000) }));
    let policy = &reunion.policies[0];
    assert_eq!(policy.command, CommandWord::from("recit"));
    assert_eq!(policy.changes, every_change());
}

fn every_change() -> PolicyOverride {
    PolicyOverride {
        quorum: Some(1),
        required_roles: Some(roles(&["chef_de_service"])),
        approver_roles: Some(roles(&["chef_de_service", "valideur"])),
        open_for_seconds: Some(3600),
        grace_seconds: Some(0),
        confirm: Some(Confirm::Word),
        remind_after_seconds: Some(600),
        remind_roles: Some(vec!["valideur".into(), "chef_de_service".into()]),
        deadline_near_seconds: Some(0),
    }
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
fn rooms_of_version_12_have_no_server_in_their_id() {
    let id = "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM";
    let config = parsed(&good_but(&[("!salle44:example.org", id)]));
    assert_eq!(config.directorates[0].directorate.rooms, [RoomId::from(id)]);
}

#[test]
fn the_examples_are_good() {
    for name in ["loire-atlantique.toml", "deux-directions.toml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        let text = fs::read_to_string(path).unwrap();
        parse(name, &text).unwrap_or_else(|problems| panic!("{problems}"));
    }
}

/// The good file's account, on X with these lines.
fn on_x(lines: &str) -> AccountConfig {
    let account = GOOD.split("network = \"mastodon\"\n").nth(1).unwrap();
    let text = GOOD.replace("network = \"mastodon\"", "network = \"x\"").replace(account, lines);
    parsed(&text).directorates[0].accounts[0].clone()
}

#[test]
fn an_account_on_x_is_let_in_by_tokens_or_by_keys() {
    let lines =
        "client_id = \"abc\"\nclient_secret_file = \"client\"\nstate_directory = \"x\"\nhandle = \"Police44\"\n";
    let account = on_x(lines);
    assert_eq!(account.prices, Some(Prices::X));
    let access = XAccess::Granted {
        client_id: "abc".to_owned(),
        client_secret: Some(SecretSource::File(PathBuf::from("/etc/portevoix/client"))),
        state_directory: PathBuf::from("/etc/portevoix/x"),
        handle: Some("Police44".to_owned()),
    };
    let (api, login_page) = ("https://api.x.com".to_owned(), "https://x.com/i/oauth2/authorize".to_owned());
    assert_eq!(account.connection, Connection::X { api, login_page: login_page.clone(), access });

    let lines = "api_key_env = \"A\"\napi_secret_file = \"b\"\naccess_token_env = \"C\"\naccess_secret_file = \"d\"\n\
                 api = \"http://127.0.0.1:8080/\"\nprice = 0.015\n";
    let access = XAccess::Keys {
        api_key: SecretSource::Environment("A".to_owned()),
        api_secret: SecretSource::File(PathBuf::from("/etc/portevoix/b")),
        access_token: SecretSource::Environment("C".to_owned()),
        access_secret: SecretSource::File(PathBuf::from("/etc/portevoix/d")),
    };
    assert_eq!(on_x(lines).connection, Connection::X { api: "http://127.0.0.1:8080".to_owned(), login_page, access });
}
