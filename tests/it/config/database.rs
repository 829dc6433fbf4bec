//! Where the database is: a file, or a server that several share; its password is never in the file.

use std::fs;

use insta::assert_snapshot;
use portevoix::config::secret::SecretSource;
use portevoix::config::settings::DatabasePlace;

use crate::config::{GOOD, parsed, problems_with};

/// The good file with its database elsewhere.
fn at(lines: &str) -> String {
    GOOD.replace("database = \"portevoix.db\"", lines)
}

#[test]
fn a_server_is_named_by_its_address_and_its_password_by_where_it_is() {
    let url = "postgresql://portevoix@base-1.example.org,base-2.example.org:5433/portevoix?sslmode=verify-full";
    let config = parsed(&at(&format!("database = \"{url}\"\ndatabase_password_env = \"PGPASSWORD\"")));
    let password = Some(SecretSource::Environment("PGPASSWORD".to_owned()));
    assert_eq!(config.database, DatabasePlace::Server { url: url.to_owned(), password });
    for url in
        ["postgres://localhost/portevoix", "postgres:///portevoix?host=/run/postgresql", "postgres://p@[::1]:5432/p"]
    {
        let config = parsed(&at(&format!("database = \"{url}\"")));
        assert_eq!(config.database, DatabasePlace::Server { url: url.to_owned(), password: None });
    }
}

#[test]
fn an_address_that_is_none_is_told_with_what_to_write_and_no_secret_of_it() {
    let told = [
        "postgres://portevoix:Sesame-2026@base.example.org/portevoix",
        "postgres://portevoix@base.example.org/portevoix?password=Sesame-2026",
        "postgres://portevoix@/portevoix",
        "postgres://portevoix@base.example.org",
        "postgres://portevoix@base.example.org/",
        "postgres://portevoix@base.example.org:54321x/portevoix",
        "postgres://portevoix@base.example.org/portevoix?sslmode=prefer",
        "postgres://portevoix@base.example.org/portevoix?connect_timeout=3",
        "postgres://portevoix@base.example.org/porte voix",
        "mysql://base.example.org/portevoix",
    ]
    .map(|url| problems_with(&[("portevoix.db", url)]));
    assert_snapshot!(told.join("\n"), @r#"
    portevoix.toml:1: `database` met un mot de passe dans ce fichier, que d'autres peuvent lire ; mettez-le seul dans un fichier à part, écrivez `database_password_file = "…"` (ou `database_password_env = "…"`), puis changez ce mot de passe
    portevoix.toml:1: `database` met un mot de passe dans ce fichier, que d'autres peuvent lire ; mettez-le seul dans un fichier à part, écrivez `database_password_file = "…"` (ou `database_password_env = "…"`), puis changez ce mot de passe
    portevoix.toml:1: `database` : il manque le nom du serveur ; écrivez par exemple : database = "postgres://portevoix@serveur.example.org/portevoix"
    portevoix.toml:1: `database` : il manque le nom de la base, après le serveur ; écrivez par exemple : database = "postgres://portevoix@serveur.example.org/portevoix"
    portevoix.toml:1: `database` : il manque le nom de la base, après le serveur ; écrivez par exemple : database = "postgres://portevoix@serveur.example.org/portevoix"
    portevoix.toml:1: `database` : après le nom du serveur, `:` est suivi d'un numéro de port ; écrivez par exemple : database = "postgres://portevoix@serveur.example.org/portevoix"
    portevoix.toml:1: `database` : `sslmode` `prefer` n'est pas possible ici ; on peut écrire `require`, `verify-full`, `verify-ca`, `disable` (une connexion chiffrée est toujours vérifiée)
    portevoix.toml:1: `database` : après `?`, `connect_timeout` n'est pas connu ; on peut y écrire `sslmode`, `host`
    portevoix.toml:1: `database` : une adresse n'a pas d'espace ; écrivez par exemple : database = "postgres://portevoix@serveur.example.org/portevoix"
    portevoix.toml:1: `database` : n'est ni le chemin d'un fichier SQLite ni une adresse `postgres://…` ; écrivez par exemple : database = "/var/lib/portevoix/portevoix.db"
    "#);
    assert!(!told.join("\n").contains("Sesame"));
}

#[test]
fn its_password_is_kept_apart_and_only_where_there_is_a_server() {
    let told = [
        "database = \"postgres://p@localhost/p\"\ndatabase_password = \"Sesame-2026\"",
        "database = \"postgres://p@localhost/p\"\ndatabase_password_file = \"a\"\ndatabase_password_env = \"A\"",
        "database = \"portevoix.db\"\ndatabase_password_file = \"a\"",
    ]
    .map(|lines| problems_with(&[("database = \"portevoix.db\"", lines)]));
    assert_snapshot!(told.join("\n"), @r#"
    portevoix.toml:2: `database_password` met un secret dans ce fichier, que d'autres peuvent lire ; mettez-le seul dans un fichier à part et écrivez `database_password_file = "…"` (ou `database_password_env = "…"`), puis révoquez ce secret et faites-en un autre
    portevoix.toml:3: `database_password_file` et `database_password_env` disent deux fois où est le secret ; gardez-en un
    portevoix.toml:2: un fichier SQLite n'a pas de mot de passe ; enlevez cette ligne
    "#);
    assert!(!told.join("\n").contains("Sesame"));
}

#[test]
fn a_password_file_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portevoix.toml");
    fs::write(&file, at("database = \"postgres://p@localhost/p\"\ndatabase_password_file = \"absent\"")).unwrap();
    let told = portevoix::config::load::load(&file).unwrap_err().to_string();
    assert!(told.contains(":2: le fichier") && told.contains("absent n'existe pas"), "{told}");
}
