//! `portevoix login mastodon` and `login bluesky`: a person agrees or pastes, the secret is kept and shown nowhere.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use insta::assert_snapshot;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

use crate::harness::fake_mastodon::{FakeMastodon, Trouble};
#[cfg(feature = "bluesky")]
use crate::harness::pds::PdsAccount;

const DIRECTORATE: &str = r#"database = "portevoix.db"

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

[[directorate.member]]
name = "Durand"
matrix = "@durand:example.org"
"#;

/// A folder with a configuration.
struct Desk {
    folder: TempDir,
}

/// What the program wrote, and how it ended.
struct Ended {
    out: String,
    errors: String,
    /// Everything as it was written, the log too.
    all: String,
    is_well: bool,
}

impl Desk {
    fn with(account: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("portevoix.toml"), format!("{DIRECTORATE}\n{account}")).unwrap();
        Self { folder }
    }

    fn mastodon(server: &FakeMastodon) -> Self {
        Self::with(&mastodon_account("mastodon", &server.url(), "token_file = \"secrets/mastodon-44\""))
    }

    /// The binary, which is told something for each address that it prints.
    async fn logs_in(&self, service: &str, more: &[&str], mut says: impl FnMut(&str) -> String) -> Ended {
        let mut child = Command::new(env!("CARGO_BIN_EXE_portevoix"))
            .args(["login", service, "--directorate", "44", "--config"])
            .arg(self.folder.path().join("portevoix.toml"))
            .args(more)
            .env("RUST_LOG", "debug")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut input = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut out = String::new();
        if service == "bluesky" {
            let typed = says("");
            input.take().unwrap().write_all(format!("{typed}\n").as_bytes()).await.ok();
        }
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.starts_with("http") {
                // It may have ended meanwhile.
                input.take().unwrap().write_all(format!("{}\n", says(&line)).as_bytes()).await.ok();
            }
            out.push_str(&format!("{line}\n"));
        }
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).await.unwrap();
        let is_well = child.wait().await.unwrap().success();
        let all = format!("{out}{errors}");
        assert!(all.contains(" DEBUG ") || !is_well, "the log says all it has to say");
        Ended { out: self.redacted(&out), errors: self.redacted(&errors), all, is_well }
    }

    /// Without what depends on the machine, and without the log, which is looked through for secrets before.
    fn redacted(&self, text: &str) -> String {
        let lines = text.lines().filter(|line| !line.contains(" DEBUG "));
        lines.collect::<Vec<_>>().join("\n").replace(&format!("{}/", self.folder.path().display()), "")
    }

    fn kept(&self) -> Option<String> {
        fs::read_to_string(self.folder.path().join("secrets/mastodon-44")).ok()
    }

    fn makes_the_folder(&self) {
        fs::create_dir(self.folder.path().join("secrets")).unwrap();
    }
}

fn mastodon_account(name: &str, server: &str, token: &str) -> String {
    format!("[[directorate.account]]\nname = \"{name}\"\nnetwork = \"mastodon\"\nserver = \"{server}\"\n{token}\n")
}

/// Fails when any of the fake's secrets stands in what was written.
fn shows_no_secret(server: &FakeMastodon, ended: &Ended) {
    let secrets = server.with(|server| {
        let of_applications = server.applications.iter().map(|application| application.client_secret.clone());
        of_applications.chain([server.token.clone()]).collect::<Vec<_>>()
    });
    for secret in secrets {
        assert!(!ended.all.contains(&secret), "{}", ended.all);
    }
}

#[tokio::test]
async fn a_person_agrees_and_the_token_is_kept_for_the_bot_alone() {
    let server = FakeMastodon::start().await;
    let desk = Desk::mastodon(&server);
    desk.makes_the_folder();
    server.with(|server| server.scopes.clear());

    let ended = desk.logs_in("mastodon", &[], |address| server.with(|server| server.agrees(address))).await;

    assert!(ended.is_well, "{}{}", ended.out, ended.errors);
    let shown: Vec<&str> = ended.out.lines().filter(|line| !line.starts_with("http")).collect();
    assert_snapshot!(shown.join("\n"), @r#"
    Ouvrez cette adresse dans un navigateur connecté au compte Mastodon de la direction, et acceptez :


    Le code affiché : 
    ✓ Connecté à Mastodon : @police44@social.police.example, pour le compte « mastodon ».
      Son jeton est écrit dans secrets/mastodon-44.
    "#);
    assert_eq!(desk.kept(), Some(format!("{}\n", server.token())));
    let mode = fs::metadata(desk.folder.path().join("secrets/mastodon-44")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    shows_no_secret(&server, &ended);
}

#[tokio::test]
async fn what_goes_wrong_at_mastodon_is_said_and_nothing_is_kept() {
    let mut said = Vec::new();

    let server = FakeMastodon::start().await;
    let desk = Desk::mastodon(&server);
    let ended = desk.logs_in("mastodon", &[], |_| unreachable!("nobody is asked for what can't be kept")).await;
    said.push(format!("no folder\n{}{}", ended.out, ended.errors));
    assert_eq!(server.requests(), 0);

    desk.makes_the_folder();
    let ended = desk.logs_in("mastodon", &[], |_| "faux".to_owned()).await;
    said.push(format!("wrong code\n{}", ended.errors));
    assert!(!ended.is_well && desk.kept().is_none());
    shows_no_secret(&server, &ended);

    let ended = desk.logs_in("mastodon", &[], |_| String::new()).await;
    said.push(format!("no code\n{}", ended.errors.trim()));
    server.next("POST /api/v1/apps", Trouble::Page(404));
    let ended = desk.logs_in("mastodon", &[], |_| unreachable!("no address")).await;
    said.push(format!("not Mastodon\n{}", ended.errors.trim()));
    server.next("GET /api/v1/accounts/verify_credentials", Trouble::Error(403, "Your login is currently disabled"));
    let ended = desk.logs_in("mastodon", &[], |address| server.with(|server| server.agrees(address))).await;
    said.push(format!("a disabled account\n{}", ended.errors.trim()));
    assert!(desk.kept().is_none());
    let ended = desk.logs_in("mastodon", &["--account", "autre"], |_| unreachable!("no account")).await;
    said.push(format!("no such account\n{}", ended.errors.trim()));
    let ended = desk.logs_in("bluesky", &[], |_| String::new()).await;
    said.push(format!("no account there\n{}", ended.errors.trim()));

    let elsewhere = Desk::with(&mastodon_account("mastodon", &server.url(), "token_env = \"JETON_44\""));
    let ended = elsewhere.logs_in("mastodon", &[], |_| unreachable!("nowhere to write")).await;
    said.push(format!("a variable\n{}", ended.errors.trim()));
    let credential = "token_file = \"${CREDENTIALS_DIRECTORY}/mastodon-44\"";
    let elsewhere = Desk::with(&mastodon_account("mastodon", &server.url(), credential));
    let ended = elsewhere.logs_in("mastodon", &[], |_| unreachable!("nowhere to write")).await;
    said.push(format!("a credential of systemd\n{}", ended.errors.trim()));
    assert_snapshot!(said.join("\n\n"), @r#"
    no folder
    secrets/mastodon-44 ne peut pas être écrit (No such file or directory (os error 2)) : lancez cette commande sous un compte qui en a le droit, ou créez le dossier. Rien n'est enregistré.

    wrong code
    Mastodon : le serveur refuse ce code, qui ne sert qu'une fois et expire vite. Recommencez, et copiez-le en entier.

    no code
    Rien n'a été donné sur l'entrée standard : recommencez.

    not Mastodon
    Mastodon : Le serveur répond par une page web, pas par son API (« HTTP 404, text/html ») : l'administrateur doit vérifier l'adresse.

    a disabled account
    Mastodon : Le réseau l'interdit à ce compte (« Your login is currently disabled ») : l'administrateur doit vérifier ses droits.

    no such account
    La direction 44 n'a pas de compte « autre ».

    no account there
    La direction 44 n'a pas de compte Bluesky.

    a variable
    Ce secret est lu dans la variable d'environnement `JETON_44` (`token_env`) : mettez-le là où elle est définie ; pour l'écrire dans un fichier, ajoutez --secret-file FICHIER.

    a credential of systemd
    Ce secret est transmis par systemd : ajoutez --secret-file, avec le fichier que nomme la ligne `LoadCredential=mastodon-44:…` du service.
    "#);
}

#[tokio::test]
async fn the_secret_of_a_service_goes_where_one_says() {
    let server = FakeMastodon::start().await;
    let credential = "token_file = \"${CREDENTIALS_DIRECTORY}/mastodon-44\"";
    let desk = Desk::with(&mastodon_account("mastodon", &server.url(), credential));
    let file = desk.folder.path().join("jeton");

    let more = ["--secret-file", file.to_str().unwrap()];
    let ended = desk.logs_in("mastodon", &more, |address| server.with(|server| server.agrees(address))).await;

    assert!(ended.is_well, "{}", ended.errors);
    assert_eq!(fs::read_to_string(file).unwrap(), format!("{}\n", server.token()));
}

#[cfg(feature = "bluesky")]
#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn an_app_password_is_tried_and_kept_and_the_main_one_refused() {
    let account = PdsAccount::create().await;
    let app_password = account.app_password().await;
    let desk = Desk::with(&format!(
        "[[directorate.account]]\nname = \"bluesky\"\nnetwork = \"bluesky\"\nservice = \"{}\"\nhandle = \"{}\"\n\
         app_password_file = \"bluesky-44\"\n",
        account.url, account.handle
    ));
    let kept = || fs::read_to_string(desk.folder.path().join("bluesky-44")).ok();
    let redacted = |text: &str| text.replace(&account.handle, "police44.test");
    let mut said = Vec::new();

    for (what, password) in [("wrong", "faux"), ("main", account.password.as_str()), ("none", "")] {
        let ended = desk.logs_in("bluesky", &[], |_| password.to_owned()).await;
        assert!(!ended.is_well && kept().is_none(), "{what}: {}", ended.out);
        said.push(format!("{what}\n{}", redacted(&ended.errors)));
        assert!(password.is_empty() || !ended.all.contains(password), "{what}");
    }
    let ended = desk.logs_in("bluesky", &[], |_| app_password.clone()).await;
    assert!(ended.is_well, "{}{}", ended.out, ended.errors);
    assert!(!ended.all.contains(&app_password));
    said.push(format!("app password\n{}", redacted(&ended.out)));
    assert_eq!(kept(), Some(format!("{app_password}\n")));
    assert_snapshot!(said.join("\n"), @r#"
    wrong
    Bluesky refuse ce mot de passe pour @police44.test : vérifiez l'un et l'autre, puis recommencez.
    main
    C'est le mot de passe du compte lui-même : qui le lirait pourrait prendre le compte. Créez un mot de passe d'application et recommencez. Rien n'est enregistré.
    none
    Rien n'a été donné sur l'entrée standard : recommencez.
    app password
    Créez un mot de passe d'application pour @police44.test : dans Bluesky, Paramètres › Confidentialité et
    sécurité › Mots de passe d'application. Collez-le ici (il reste visible à l'écran), puis Entrée.
    ✓ Connecté à Bluesky : @police44.test, pour le compte « bluesky ».
      Le mot de passe est écrit dans bluesky-44.
    "#);
}
