//! `portevoix check`: a line for each room and each account, and one that a person can act on where something is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use insta::assert_snapshot;
use portevoix::app::check::check;
use portevoix::app::stopped::Stopped;
use tempfile::TempDir;
use tokio::process::Command;

use crate::harness::fake_mastodon::{FakeMastodon, Trouble};
#[cfg(feature = "bluesky")]
use crate::harness::faulty_proxy::{Break, FaultyProxy};

/// A practice room, and an account that is a file.
const PRACTICE: &str = r#"database = "portevoix.db"

[practice]
address = "127.0.0.1:8044"

[[directorate]]
code = "44"
name = "Police nationale de la Loire-Atlantique"

[[directorate.room]]
chat = "practice"
id = "brigade-44"

[[directorate.member]]
name = "Martin"
practice = "martin"
roles = ["redacteur"]

[[directorate.member]]
name = "Durand"
practice = "durand"
roles = ["valideur"]

[[directorate.member]]
name = "Lefèvre"
practice = "lefevre"
roles = ["valideur"]

[[directorate.account]]
name = "journal"
network = "file"
path = "journal.jsonl"

[[directorate.account]]
name = "x"
network = "x"
path = "x.jsonl"
"#;

/// A room on Matrix, where the bot was never logged in, and an account on Mastodon.
const MATRIX: &str = r#"
[matrix]
homeserver = "https://matrix.example.org"
user = "@portevoix:example.org"
state_directory = "matrix"

[[directorate]]
code = "67"
name = "Police nationale du Bas-Rhin"

[[directorate.room]]
chat = "matrix"
id = "!salle67:example.org"

[[directorate.member]]
name = "Muller"
matrix = "@muller:example.org"
roles = ["redacteur"]

[[directorate.member]]
name = "Schmitt"
matrix = "@schmitt:example.org"
roles = ["valideur"]

[[directorate.member]]
name = "Weber"
matrix = "@weber:example.org"
roles = ["valideur"]

[[directorate.account]]
name = "mastodon"
network = "mastodon"
server = "SERVEUR"
token_file = "jeton"
"#;

/// The folder of an installation: the file, the secret.
struct Installation {
    folder: TempDir,
    server: String,
}

impl Installation {
    /// The practice room, and the directorate whose account is on that Mastodon.
    fn new(server: &str, token: &str) -> Self {
        let installation = Self { folder: tempfile::tempdir().unwrap(), server: server.to_owned() };
        fs::write(installation.path("jeton"), token).unwrap();
        fs::set_permissions(installation.path("jeton"), fs::Permissions::from_mode(0o600)).unwrap();
        let text = format!("{PRACTICE}{}", MATRIX.replace("SERVEUR", server));
        fs::write(installation.path("portevoix.toml"), text).unwrap();
        installation
    }

    /// As [`new`](Self::new), with the account on Bluesky behind that service.
    #[cfg(feature = "bluesky")]
    fn on_bluesky(service: &str) -> Self {
        let installation = Self::new("http://127.0.0.1:1", "jeton");
        installation.change("name = \"mastodon\"", "name = \"bluesky\"");
        installation.change("network = \"mastodon\"", "network = \"bluesky\"\nhandle = \"police67.example\"");
        installation.change("server = \"http://127.0.0.1:1\"", &format!("service = \"{service}\""));
        installation.change("token_file = \"jeton\"", "app_password_file = \"jeton\"");
        installation
    }

    /// The practice room alone.
    fn for_practice() -> Self {
        let installation = Self::new("http://127.0.0.1:1", "jeton");
        fs::write(installation.path("portevoix.toml"), PRACTICE).unwrap();
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

    /// What was written, and whether it ended well.
    async fn checked(&self) -> (String, Result<(), Stopped>) {
        let mut out = Vec::new();
        let ended = check(&self.path("portevoix.toml"), &mut out).await;
        (self.redacted(&String::from_utf8(out).unwrap()), ended)
    }

    fn redacted(&self, text: &str) -> String {
        let host = self.server.trim_start_matches("http://");
        text.replace(&format!("{}/", self.folder.path().display()), "").replace(host, "SERVEUR")
    }

    /// What is said of the Mastodon account, which does not work.
    async fn complaint(&self) -> String {
        self.complaint_of("mastodon").await
    }

    /// What is said of that account, which does not work.
    async fn complaint_of(&self, account: &str) -> String {
        let (written, ended) = self.checked().await;
        assert!(matches!(ended, Err(Stopped::CheckFailed)), "{ended:?}\n{written}");
        let line = written.lines().find(|line| line.contains(&format!("✗ compte {account}")));
        line.unwrap_or_else(|| panic!("nothing is said of it:\n{written}")).trim().to_owned()
    }

    /// The binary itself: what it writes and its exit code.
    async fn run(&self) -> (String, Option<i32>) {
        let ran = Command::new(env!("CARGO_BIN_EXE_portevoix"))
            .args(["check", "--config"])
            .arg(self.path("portevoix.toml"))
            .env("RUST_LOG", "debug")
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let written = [ran.stdout, ran.stderr].concat();
        (self.redacted(&String::from_utf8(written).unwrap()), ran.status.code())
    }
}

#[tokio::test]
async fn where_all_is_well_each_thing_says_so_and_nothing_is_left_behind() {
    let installation = Installation::for_practice();
    let (written, ended) = installation.checked().await;
    assert!(ended.is_ok(), "{ended:?}\n{written}");
    assert_snapshot!(written, @r#"
    ✓ portevoix.toml : 1 direction(s), 16 commandes
    44 · Police nationale de la Loire-Atlantique
      ✓ salon brigade-44 : Police nationale de la Loire-Atlantique
      ✓ compte journal : journal.jsonl
      ✓ compte x : x.jsonl
    "#);
    assert_eq!(fs::read_to_string(installation.path("journal.jsonl")).unwrap_or_default(), "");
    assert!(!installation.path("portevoix.db").exists(), "a check makes no database");
}

#[cfg(feature = "matrix")]
#[tokio::test]
async fn what_can_be_tried_is_tried_although_the_bot_was_never_logged_in() {
    let server = FakeMastodon::start().await;
    let installation = Installation::new(&server.url(), &server.token());
    let (written, ended) = installation.checked().await;
    assert!(matches!(ended, Err(Stopped::CheckFailed)), "{ended:?}");
    assert_snapshot!(written, @r#"
    ✓ portevoix.toml : 2 direction(s), 16 commandes
    ✗ Matrix : Le bot n'a pas encore de session sur cette machine : lancez `portevoix login matrix`.
    44 · Police nationale de la Loire-Atlantique
      ✓ salon brigade-44 : Police nationale de la Loire-Atlantique
      ✓ compte journal : journal.jsonl
      ✓ compte x : x.jsonl
    67 · Police nationale du Bas-Rhin
      ✗ salon !salle67:example.org : non essayé
      ✓ compte mastodon : @police44@social.police.example
    "#);
    assert_eq!(server.texts(), [""; 0], "a check publishes nothing");
}

#[tokio::test]
async fn each_trouble_of_an_account_is_a_line_to_act_on() {
    let server = FakeMastodon::start().await;
    let installation = Installation::new(&server.url(), &server.token());
    let mut complaints = Vec::new();
    for trouble in [
        Trouble::Error(401, "The access token is invalid"),
        Trouble::Error(403, "This action is outside the authorized scopes"),
        Trouble::Error(404, "Not Found"),
        Trouble::Page(404),
        Trouble::Page(200),
        Trouble::Page(503),
        Trouble::Redirect(301, "https://ailleurs.example/".to_owned()),
        Trouble::Error(500, "Internal Server Error"),
        Trouble::Success("{}"),
        Trouble::TooManyRequests { retry_after: "90" },
        Trouble::TooManyRequestsByMastodon,
        Trouble::CutBeforeStoring,
    ] {
        server.is_in(trouble.clone());
        complaints.push(format!("{trouble:?}\n{}", installation.complaint().await));
    }
    server.is_in(None);
    server.with(|server| server.scopes.remove("write:statuses"));
    complaints.push(format!("a token that may only read\n{}", installation.complaint().await));
    server
        .with(|server| server.scopes = ["read:accounts", "read:statuses", "write:statuses"].map(str::to_owned).into());
    complaints.push(format!("a token from before pictures\n{}", installation.complaint().await));
    server.with(|server| server.scopes = ["write".to_owned()].into());
    complaints.push(format!("a token that may only write\n{}", installation.complaint().await));
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Installation::new(&format!("http://{port}"), "jeton");
    complaints.push(format!("nobody listens\n{}", nobody.complaint().await));
    assert_snapshot!(complaints.join("\n"), @r#"
    Error(401, "The access token is invalid")
    ✗ compte mastodon : Le réseau refuse nos identifiants : l'administrateur doit les renouveler.
    Error(403, "This action is outside the authorized scopes")
    ✗ compte mastodon : Le réseau l'interdit à ce compte (« This action is outside the authorized scopes ») : l'administrateur doit vérifier ses droits.
    Error(404, "Not Found")
    ✗ compte mastodon : Le réseau refuse la demande : « Not Found ». Vérifiez l'adresse et le compte.
    Page(404)
    ✗ compte mastodon : Le serveur répond par une page web, pas par son API (« HTTP 404, text/html ») : l'administrateur doit vérifier l'adresse.
    Page(200)
    ✗ compte mastodon : Le serveur répond par une page web, pas par son API (« HTTP 200, text/html ») : l'administrateur doit vérifier l'adresse.
    Page(503)
    ✗ compte mastodon : Le réseau est en panne (HTTP 503). Réessayez dans quelques minutes.
    Redirect(301, "https://ailleurs.example/")
    ✗ compte mastodon : Le serveur répond par une page web, pas par son API (« HTTP 301, text/html ») : l'administrateur doit vérifier l'adresse.
    Error(500, "Internal Server Error")
    ✗ compte mastodon : Le réseau est en panne (HTTP 500). Réessayez dans quelques minutes.
    Success("{}")
    ✗ compte mastodon : Le serveur répond par une page web, pas par son API (« HTTP 200, application/json ») : l'administrateur doit vérifier l'adresse.
    TooManyRequests { retry_after: "90" }
    ✗ compte mastodon : Trop d'envois pour ce réseau, il faut patienter. Réessayez dans quelques minutes.
    TooManyRequestsByMastodon
    ✗ compte mastodon : Trop d'envois pour ce réseau, il faut patienter. Réessayez dans quelques minutes.
    CutBeforeStoring
    ✗ compte mastodon : Connexion coupée avant la réponse. Réessayez dans quelques minutes.
    a token that may only read
    ✗ compte mastodon : Le réseau l'interdit à ce compte (« scope write:statuses ») : l'administrateur doit vérifier ses droits.
    a token from before pictures
    ✗ compte mastodon : Le réseau l'interdit à ce compte (« scope read:search, write:media ») : l'administrateur doit vérifier ses droits.
    a token that may only write
    ✗ compte mastodon : Le réseau l'interdit à ce compte (« scope read:accounts, read:statuses, read:search ») : l'administrateur doit vérifier ses droits.
    nobody listens
    ✗ compte mastodon : Serveur injoignable. Vérifiez l'adresse et le réseau de cette machine ; le système dit : « Connection refused (os error 111) ».
    "#);
}

#[cfg(feature = "bluesky")]
#[tokio::test]
async fn each_trouble_of_an_account_on_bluesky_is_a_line_to_act_on() {
    const JSON: &str = "application/json";
    // Nobody is behind the proxy: it says all that is said.
    let proxy = FaultyProxy::before("http://127.0.0.1:1").await;
    let installation = Installation::on_bluesky(&proxy.url());
    let mut complaints = Vec::new();
    let session = r#"{"did":"did:plc:x","handle":"police67.example","accessJwt":"a","refreshJwt":"r","active":false,
        "status":"deactivated"}"#;
    for (what, how) in [
        (
            "a wrong password",
            Break::Instead(
                401,
                JSON,
                r#"{"error":"AuthenticationRequired","message":"Invalid identifier or password"}"#,
            ),
        ),
        (
            "taken down",
            Break::Instead(401, JSON, r#"{"error":"AccountTakedown","message":"Account has been taken down"}"#),
        ),
        (
            "the account's own password",
            Break::Instead(
                401,
                JSON,
                r#"{"error":"AuthFactorTokenRequired","message":"A sign in code has been sent to your email address"}"#,
            ),
        ),
        ("deactivated", Break::Instead(200, JSON, session)),
        (
            "a request that is not understood",
            Break::Instead(400, JSON, r#"{"error":"InvalidRequest","message":"Input/identifier must be a string"}"#),
        ),
        (
            "too many logins",
            Break::Instead(429, JSON, r#"{"error":"RateLimitExceeded","message":"Rate Limit Exceeded"}"#),
        ),
        ("a page", Break::Instead(200, "text/html", "<html>")),
        ("no API", Break::Instead(404, "text/html", "<html>")),
        ("out of order", Break::Instead(502, "text/html", "<html>")),
        ("cut", Break::CutBefore),
    ] {
        proxy.next("com.atproto.server.createSession", how);
        complaints.push(format!("{what}\n{}", installation.complaint_of("bluesky").await));
    }
    assert_snapshot!(complaints.join("\n"), @r#"
    a wrong password
    ✗ compte bluesky : Le réseau refuse nos identifiants : l'administrateur doit les renouveler.
    taken down
    ✗ compte bluesky : Le réseau l'interdit à ce compte (« Account has been taken down ») : l'administrateur doit vérifier ses droits.
    the account's own password
    ✗ compte bluesky : Le réseau l'interdit à ce compte (« A sign in code has been sent to your email address ») : l'administrateur doit vérifier ses droits.
    deactivated
    ✗ compte bluesky : Le réseau l'interdit à ce compte (« deactivated ») : l'administrateur doit vérifier ses droits.
    a request that is not understood
    ✗ compte bluesky : Le réseau refuse la demande : « Input/identifier must be a string ». Vérifiez l'adresse et le compte.
    too many logins
    ✗ compte bluesky : Trop d'envois pour ce réseau, il faut patienter. Réessayez dans quelques minutes.
    a page
    ✗ compte bluesky : Le serveur répond par une page web, pas par son API (« HTTP 200, text/html ») : l'administrateur doit vérifier l'adresse.
    no API
    ✗ compte bluesky : Le serveur répond par une page web, pas par son API (« HTTP 404, text/html ») : l'administrateur doit vérifier l'adresse.
    out of order
    ✗ compte bluesky : Le réseau est en panne (HTTP 502). Réessayez dans quelques minutes.
    cut
    ✗ compte bluesky : Connexion coupée avant la réponse. Réessayez dans quelques minutes.
    "#);
}

#[tokio::test]
async fn every_problem_of_a_file_is_said_with_its_line_before_anything_is_tried() {
    let server = FakeMastodon::start().await;
    let installation = Installation::new(&server.url(), &server.token());
    installation.change("code = \"44\"", "cod = \"44\"");
    installation.change("roles = [\"redacteur\"]", "roles = \"redacteur\"");
    installation.change("network = \"file\"", "network = \"fil\"");
    installation.change("token_file = \"jeton\"", "token_file = \"jetton\"");
    let (written, ended) = installation.checked().await;
    assert_eq!(written, "");
    assert_eq!(server.requests(), 0);
    assert_snapshot!(installation.redacted(&ended.unwrap_err().to_string()), @r#"
    portevoix.toml:7: `cod` n'existe pas dans [[directorate]] ; vouliez-vous dire `code` ?
    portevoix.toml:17: `roles` attend une liste entre crochets, par exemple : roles = ["valideur"]
    portevoix.toml:31: `network` vaut "mastodon", "bluesky", "file" ou "x", pas « fil » ; vouliez-vous dire « file » ?
    portevoix.toml:55: `roles` attend une liste entre crochets, par exemple : roles = ["valideur"]
    portevoix.toml:71: le fichier jetton n'existe pas ; créez-le avec le secret seul dedans, puis : chmod 600 jetton
    "#);
}

#[tokio::test]
async fn the_exit_code_tells_a_script_and_the_token_is_nowhere() {
    let (well, code) = Installation::for_practice().run().await;
    assert_eq!(code, Some(0), "{well}");
    let server = FakeMastodon::start().await;
    let installation = Installation::new(&server.url(), &server.token());
    server.is_in(Trouble::Echo);
    let (echoed, code) = installation.run().await;
    assert_eq!(code, Some(1), "{echoed}");
    assert!(echoed.contains("bad header"), "{echoed}");
    installation.change("network = \"x\"", "network = \"y\"");
    let (wrong, code) = installation.run().await;
    assert_eq!(code, Some(1), "{wrong}");
    for written in [echoed, wrong] {
        assert!(!written.contains(&server.token()), "{written}");
    }
}
