//! `portevoix login x`: what a person reads, what is kept, and what each wrong turn says.

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use insta::assert_snapshot;
use portevoix::app::login::x::{Wish, x};
use portevoix::app::stopped::Stopped;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

use crate::harness::fake_x::server::Server;
use crate::harness::fake_x::{Door, FakeX, Trouble};
use crate::harness::http::request;

pub const CONFIGURATION: &str = r#"database = "portevoix.db"

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
roles = ["valideur"]

[[directorate.member]]
name = "Lefèvre"
matrix = "@lefevre:example.org"
roles = ["valideur"]

[[directorate.account]]
name = "x"
network = "x"
client_id = "CLIENT"
state_directory = "acces"
api = "SERVEUR"
login_page = "SERVEUR/i/oauth2/authorize"
"#;

/// What the command writes, as it is written.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Write::write(&mut *self.0.lock().unwrap(), bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Screen {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The page to open, once it is written.
    async fn page(&self) -> String {
        loop {
            if let Some(page) = self.text().lines().find(|line| line.contains("/i/oauth2/authorize?")) {
                return page.to_owned();
            }
            tokio::task::yield_now().await;
        }
    }
}

/// An installation, and the X that it is to be let into.
struct Installation {
    x: FakeX,
    folder: TempDir,
}

impl Installation {
    async fn new() -> Self {
        let installation = Self { x: FakeX::start().await, folder: tempfile::tempdir().unwrap() };
        let client = installation.x.with(|server| server.accesses.client_id.clone());
        let text = CONFIGURATION.replace("CLIENT", &client).replace("SERVEUR", &installation.x.url());
        fs::write(installation.path("portevoix.toml"), text).unwrap();
        installation
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn change(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.path("portevoix.toml")).unwrap();
        assert!(text.contains(from), "the file has no {from:?}");
        fs::write(self.path("portevoix.toml"), text.replace(from, to)).unwrap();
    }

    /// Runs the login; `person` is given the page to open and says where the browser ends.
    async fn login(&self, person: impl AsyncFnOnce(&str) -> Option<String>) -> (String, Result<(), Stopped>) {
        let screen = Screen::default();
        let wish =
            Wish { directorate: "44", account: None, port: 0, is_pasted: false, patience: Duration::from_millis(800) };
        let browsing = async {
            let page = screen.page().await;
            if let Some(address) = person(&page).await {
                let (server, path) = address.trim_start_matches("http://").split_once('/').unwrap();
                let answer = request(server, "GET", &format!("/{path}"), &[], "").await;
                assert_eq!(answer.status, 200, "{}", answer.body);
                assert!(answer.body.contains("Réponse reçue"), "{}", answer.body);
            }
        };
        let mut out = screen.clone();
        let config = self.path("portevoix.toml");
        let login = x(&config, wish, &mut out);
        let (ended, ()) = tokio::join!(login, browsing);
        (self.redacted(&screen.text()), ended)
    }

    async fn fails(&self, person: impl AsyncFnOnce(&str) -> Option<String>) -> String {
        let (_, ended) = self.login(person).await;
        let words = self.redacted(&ended.unwrap_err().to_string());
        assert!(!self.path("acces/44-x.json").exists(), "{words}");
        words
    }

    fn redacted(&self, text: &str) -> String {
        let text = text.replace(&format!("{}/", self.folder.path().display()), "");
        text.replace(self.x.url().trim_start_matches("http://"), "SERVEUR")
    }
}

#[tokio::test]
async fn a_person_agrees_and_the_bot_is_in() {
    let installation = Installation::new().await;
    let (written, ended) = installation.login(async |page| Some(installation.x.agrees(page))).await;
    ended.unwrap();
    let told: Vec<&str> = written.lines().filter(|line| !line.contains("authorize?")).collect();
    assert_snapshot!(told.join("\n"), @r"
    Ouvrez cette adresse dans un navigateur connecté au compte X de la direction, et acceptez :


    ✓ Connecté à X : @Police44, pour le compte « x ».
      Son accès est gardé dans acces/44-x.json, et se renouvelle tout seul.
    ");
    let kept = fs::read_to_string(installation.path("acces/44-x.json")).unwrap();
    assert!(kept.contains("jeton-suite-") && kept.contains("tweet.write"), "{kept}");
    assert!(!written.contains("jeton-"), "{written}");
}

#[tokio::test]
async fn each_wrong_turn_is_told_and_keeps_nothing() {
    let installation = Installation::new().await;
    let x = &installation.x;
    let mut told = Vec::new();
    told.push(installation.fails(async |page| Some(x.refuses(page))).await);
    told.push(installation.fails(async |page| Some(x.agrees(page).replace("state=", "state=a"))).await);
    told.push(installation.fails(async |page| Some(x.agrees(page).replace("code=", "code=a"))).await);
    told.push(installation.fails(async |page| Some(x.refuses(page).replace("access_denied", "invalid_scope"))).await);
    told.push(installation.fails(async |_| None).await);
    x.next(Door::Token, Trouble::Page(503));
    told.push(installation.fails(async |page| Some(x.agrees(page))).await);
    x.with(|server| server.accesses.client_secret = Some("un-secret".to_owned()));
    told.push(installation.fails(async |page| Some(x.agrees(page))).await);
    x.with(|server| server.accesses.client_secret = None);
    x.with(|server| server.accesses.scopes.remove("offline.access"));
    told.push(installation.fails(async |page| Some(x.agrees(page))).await);
    x.with(|server| server.accesses.scopes.insert("offline.access".to_owned()));
    installation.change("client_id", "handle = \"PoliceNationale\"\nclient_id");
    told.push(installation.fails(async |page| Some(x.agrees(page))).await);
    assert_snapshot!(told.join("\n"), @r#"
    L'accès a été refusé sur la page de X : rien n'est enregistré.
    Cette réponse n'est pas celle de cette connexion (« state » différent) : c'est une page d'un essai précédent, ou quelqu'un d'autre l'a ouverte. Rien n'est enregistré ; recommencez.
    X refuse ce code : il ne sert qu'une fois et pendant trente secondes. Recommencez.
    X n'a pas donné accès (« invalid_scope ») : vérifiez `client_id`, les droits de l'application et son adresse de retour.
    Personne n'a répondu sur la page de X à temps. Recommencez ; si le navigateur est sur une autre machine, ajoutez --paste.
    Le réseau est en panne (HTTP 503).
    X ne reconnaît pas l'application : vérifiez `client_id` et son secret (`client_secret_file`).
    X n'a pas accordé « offline.access », sans quoi l'accès cesserait dans deux heures : vérifiez les droits de l'application, puis recommencez.
    Ce navigateur est connecté à X comme @Police44, et le compte « x » est @PoliceNationale : rien n'est enregistré. Changez de compte dans le navigateur et recommencez.
    "#);
}

#[tokio::test]
async fn another_account_does_not_take_the_place_of_the_first_by_mistake() {
    let installation = Installation::new().await;
    installation.login(async |page| Some(installation.x.agrees(page))).await.1.unwrap();
    let file = installation.path("acces/44-x.json");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace(Server::OWNER, "1").replace("Police44", "Police67"))
        .unwrap();
    let (_, ended) = installation.login(async |page| Some(installation.x.agrees(page))).await;
    assert_snapshot!(installation.redacted(&ended.unwrap_err().to_string()), @"Ce navigateur est connecté à X comme @Police44, et le compte « x » était @Police67 : rien n'est enregistré. Changez de compte dans le navigateur et recommencez ; si le changement est voulu, effacez d'abord acces/44-x.json.");
    assert!(fs::read_to_string(&file).unwrap().contains("Police67"));
}

#[tokio::test]
async fn whom_to_let_in_must_be_clear() {
    let installation = Installation::new().await;
    let login = async |directorate: &str, account: Option<&str>| {
        let wish = Wish { directorate, account, port: 0, is_pasted: false, patience: Duration::from_millis(1) };
        x(&installation.path("portevoix.toml"), wish, &mut Screen::default()).await.unwrap_err().to_string()
    };
    let mut told = vec![login("45", None).await, login("44", Some("y")).await];
    let more = "[[directorate.account]]\nname = \"x2\"\nnetwork = \"x\"\nclient_id = \"a\"\nstate_directory = \"b\"\n\n\
                [[directorate.account]]\nname = \"cles\"\nnetwork = \"x\"\napi_key_file = \"a\"\napi_secret_file = \"b\"\n\
                access_token_file = \"c\"\naccess_secret_file = \"d\"\n\n\
                [[directorate.account]]\nname = \"exercice\"\nnetwork = \"x\"\npath = \"x.jsonl\"\n";
    installation.change("[[directorate.account]]\n", &format!("{more}\n[[directorate.account]]\n"));
    told.extend([login("44", None).await, login("44", Some("cles")).await, login("44", Some("exercice")).await]);
    assert_snapshot!(told.join("\n"), @r#"
    La configuration n'a pas de direction « 45 ».
    La direction 44 n'a pas de compte « y ».
    Quel compte ? Ajoutez --account, avec l'un de : x2, x.
    Le compte « cles » entre par ses quatre clés, qui durent : il n'y a rien à connecter.
    Le compte « exercice » ne publie pas sur X : il n'y a rien à connecter.
    "#);
}

#[tokio::test]
async fn on_a_machine_without_a_browser_the_answer_is_pasted() {
    for alone in [false, true] {
        let installation = Installation::new().await;
        let mut running = Command::new(env!("CARGO_BIN_EXE_portevoix"))
            .args(["login", "x", "--directorate", "44", "--paste", "--config"])
            .arg(installation.path("portevoix.toml"))
            .env("RUST_LOG", "trace")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
        let page = loop {
            let line = lines.next_line().await.unwrap().unwrap();
            if line.contains("authorize?") {
                break line;
            }
        };
        let address = installation.x.agrees(&page);
        let pasted = if alone { address.split("code=").nth(1).unwrap().to_owned() } else { address };
        running.stdin.take().unwrap().write_all(format!("{pasted}\n").as_bytes()).await.unwrap();
        let ended = running.wait_with_output().await.unwrap();
        let mut written = String::from_utf8(ended.stderr).unwrap();
        while let Some(line) = lines.next_line().await.unwrap() {
            written.push_str(&line);
        }
        assert!(ended.status.success() && written.contains("@Police44"), "{written}");
        assert!(!written.contains("jeton-"), "{written}");
    }
}
