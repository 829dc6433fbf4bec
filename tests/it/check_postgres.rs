//! `portevoix check` of a database on a server: what keeps it from being used, in words to act on, and never the password.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use portevoix::app::check::check;
use tempfile::TempDir;

use crate::harness::postgres::{fresh_database, open, shell};

const PRACTICE: &str = r#"
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
"#;

/// The line that `check` writes about that database.
async fn told(url: &str, password: Option<&str>) -> String {
    let folder = TempDir::new().unwrap();
    let mut text = format!("database = \"{url}\"\n");
    if let Some(password) = password {
        let file = folder.path().join("mot-de-passe");
        fs::write(&file, password).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        text += "database_password_file = \"mot-de-passe\"\n";
    }
    let file = folder.path().join("portevoix.toml");
    fs::write(&file, text + PRACTICE).unwrap();
    let mut out = Vec::new();
    let ended = check(&file, &mut out).await;
    let out = String::from_utf8(out).unwrap();
    let line = out.lines().nth(1).unwrap().to_owned();
    assert_eq!(ended.is_ok(), line.starts_with('✓'), "{out}");
    assert!(out.contains("brigade-44"), "the rest is tried all the same: {out}");
    line
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_database_on_a_server_is_looked_at_and_not_changed() {
    let url = fresh_database().await;
    let said = told(&url, None).await;
    assert!(said.starts_with("✓ base PostgreSQL 127.0.0.1:"), "{said}");
    assert!(said.ends_with(", vide, les tables seront créées au démarrage"), "{said}");
    assert_eq!(shell(&url).await.number("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'").await, 0);
    drop(open(&url).await);
    let said = told(&url, None).await;
    assert!(said.contains(", schéma "), "{said}");
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn what_keeps_a_server_from_being_used_is_told_with_what_to_do() {
    let url = fresh_database().await;
    let shell = shell(&url).await;
    shell.does("DROP ROLE IF EXISTS verrou").await;
    shell.does("CREATE ROLE verrou LOGIN PASSWORD 'sésame'").await;
    let locked = url.replace("postgres@", "verrou@");
    for (url, password, words) in [
        (&*locked, Some("mot-faux"), "le serveur refuse cette identité"),
        (&locked, None, "le serveur refuse cette identité"),
        (&locked, Some("sésame"), "cet utilisateur n'a pas les droits qu'il faut"),
        (&format!("{url}_absente"), None, "cette base n'existe pas. Créez-la"),
        (&format!("{url}?sslmode=require"), None, "la connexion ne peut pas être chiffrée et vérifiée"),
        ("postgres://postgres@127.0.0.1:1/portevoix", None, "pas de connexion. Vérifiez l'adresse"),
    ] {
        let said = told(url, password).await;
        assert!(said.starts_with("✗ base PostgreSQL 127.0.0.1:") && said.contains(words), "{said}");
        assert!(!said.contains("mot-faux") && !said.contains("sésame"), "{said}");
    }
    shell.does("DROP ROLE verrou").await;
}
