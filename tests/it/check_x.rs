//! `portevoix check` on X: each fault is a line that a person can act on.

use std::fs;

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use portevoix::app::check::check;
use portevoix::domain::secret::Secret;
use portevoix::network::x::token_file::{Owner, TokenFile, Tokens};
use tempfile::TempDir;

use crate::harness::fake_x::server::Server;
use crate::harness::fake_x::{FakeX, Trouble};
use crate::login_x::CONFIGURATION;

/// An installation that was let into X.
struct Installation {
    folder: TempDir,
    server: String,
}

impl Installation {
    async fn new(x: &FakeX) -> Self {
        let installation = Self { folder: tempfile::tempdir().unwrap(), server: x.url() };
        let client = x.with(|server| server.accesses.client_id.clone());
        let text = CONFIGURATION.replace("CLIENT", &client).replace("SERVEUR", &installation.server);
        fs::write(installation.folder.path().join("portevoix.toml"), text).unwrap();
        let (access, refresh) = x.with(|server| {
            let now = server.now();
            server.accesses.grant(now)
        });
        let tokens = Tokens {
            access: Secret::new(access),
            refresh: Secret::new(refresh),
            expires_at: Timestamp::now() + SignedDuration::from_hours(2),
            scopes: x.with(|server| server.accesses.scopes.iter().cloned().collect()),
            owner: Owner { id: Server::OWNER.to_owned(), username: Server::USERNAME.to_owned() },
        };
        installation.file().hold().await.unwrap().write(&tokens).await.unwrap();
        installation
    }

    fn file(&self) -> TokenFile {
        TokenFile::new(&self.folder.path().join("acces"), "44", "x")
    }

    /// Its configuration names a port of this machine at which nobody listens.
    fn looks_where_nobody_listens(&self) {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let file = self.folder.path().join("portevoix.toml");
        let text = fs::read_to_string(&file).unwrap().replace(&self.server, &format!("http://{address}"));
        fs::write(&file, text).unwrap();
    }

    /// What is said of the account.
    async fn line(&self) -> String {
        let mut out = Vec::new();
        // The Matrix room is not set up: the whole never ends well.
        check(&self.folder.path().join("portevoix.toml"), &mut out).await.unwrap_err();
        let written = String::from_utf8(out).unwrap();
        assert!(!written.contains("jeton-"), "{written}");
        let line = written.lines().find(|line| line.contains("compte x")).unwrap_or_else(|| panic!("{written}"));
        let host = self.server.trim_start_matches("http://");
        line.replace(&format!("{}/", self.folder.path().display()), "").replace(host, "SERVEUR").trim().to_owned()
    }
}

#[tokio::test]
async fn each_trouble_of_an_account_on_x_is_a_line_to_act_on() {
    let x = FakeX::start().await;
    let installation = Installation::new(&x).await;
    let mut lines = vec![format!("all is well\n{}", installation.line().await)];
    x.with(|server| server.accesses.tokens.clear());
    lines.push(format!("a token that ended\n{}", installation.line().await));
    let until = Timestamp::now() + SignedDuration::from_mins(15);
    for trouble in [
        Trouble::Problem(
            402,
            "CreditsDepleted",
            "Your enrolled account does not have any credits to fulfill this request.",
        ),
        Trouble::Problem(403, "Forbidden", "Your account is suspended and is not permitted to access this feature."),
        Trouble::TooManyRequests("x-rate-limit-reset", until.as_second().to_string()),
        Trouble::Problem(503, "Service Unavailable", "Service Unavailable"),
        Trouble::Page(200),
        Trouble::CutBeforeStoring,
        Trouble::Redirect(301, "https://ailleurs.example/".to_owned()),
    ] {
        x.is_in(trouble.clone());
        let name = if let Trouble::TooManyRequests(header, _) = trouble {
            format!("429 with {header}")
        } else {
            format!("{trouble:?}")
        };
        lines.push(format!("{name}\n{}", installation.line().await));
    }
    x.is_in(None);
    x.with(|server| {
        server.accesses.scopes.remove("media.write");
        server.accesses.tokens.clear();
    });
    lines.push(format!("a scope that was not given\n{}", installation.line().await));
    x.with(|server| (server.accesses.tokens.clear(), server.accesses.refreshes.clear()));
    lines.push(format!("a renewal that is refused\n{}", installation.line().await));
    fs::remove_file(installation.file().path()).unwrap();
    lines.push(format!("nobody logged in\n{}", installation.line().await));
    let gone = Installation::new(&x).await;
    gone.looks_where_nobody_listens();
    lines.push(format!("nobody listens\n{}", gone.line().await));
    assert_snapshot!(lines.join("\n"), @r#"
    all is well
    ✓ compte x : @Police44
    a token that ended
    ✓ compte x : @Police44
    Problem(402, "CreditsDepleted", "Your enrolled account does not have any credits to fulfill this request.")
    ✗ compte x : Le crédit de ce compte est épuisé (« Your enrolled account does not have any credits to fulfill this request. ») : l'administrateur doit le recharger.
    Problem(403, "Forbidden", "Your account is suspended and is not permitted to access this feature.")
    ✗ compte x : Le réseau l'interdit à ce compte (« Your account is suspended and is not permitted to access this feature. ») : l'administrateur doit vérifier ses droits.
    429 with x-rate-limit-reset
    ✗ compte x : Trop d'envois pour ce réseau, il faut patienter. Réessayez dans quelques minutes.
    Problem(503, "Service Unavailable", "Service Unavailable")
    ✗ compte x : Le réseau est en panne (HTTP 503). Réessayez dans quelques minutes.
    Page(200)
    ✗ compte x : Le serveur répond par une page web, pas par son API (« HTTP 200, text/html ») : l'administrateur doit vérifier l'adresse.
    CutBeforeStoring
    ✗ compte x : Connexion coupée avant la réponse. Réessayez dans quelques minutes.
    Redirect(301, "https://ailleurs.example/")
    ✗ compte x : Le serveur répond par une page web, pas par son API (« HTTP 301, text/html ») : l'administrateur doit vérifier l'adresse.
    a scope that was not given
    ✗ compte x : Le réseau l'interdit à ce compte (« scope media.write ») : l'administrateur doit vérifier ses droits.
    a renewal that is refused
    ✗ compte x : Le bot n'a pas, ou plus, accès à ce compte : l'administrateur doit lancer `portevoix login`. Lancez : portevoix login x --config portevoix.toml --directorate 44 --account x
    nobody logged in
    ✗ compte x : Le bot n'a pas, ou plus, accès à ce compte : l'administrateur doit lancer `portevoix login`. Lancez : portevoix login x --config portevoix.toml --directorate 44 --account x
    nobody listens
    ✗ compte x : Serveur injoignable. Vérifiez l'adresse et le réseau de cette machine ; le système dit : « Connection refused (os error 111) ».
    "#);
}
