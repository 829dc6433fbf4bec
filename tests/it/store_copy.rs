//! `portevoix store copy`: everything moves from the SQLite file to PostgreSQL as it was, or nothing does.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;
use portevoix::app::audit::{self, Subject};
use portevoix::app::store::backup::{back_up, restore, restored};
use portevoix::app::store::copy::copy;
use portevoix::domain::name::DraftNumber;
use portevoix::domain::picture::Digest;
use portevoix::domain::review::Opening;
use portevoix::engine::ledger;
use portevoix::store::copy::tables;
use portevoix::store::database::{Database, Transaction};
use portevoix::store::messages::{Card, Meaning};
use portevoix::store::outbox::{Again, Debt};
use tempfile::TempDir;

use crate::harness::desk_of_rules::{opened, policy, proposal};
use crate::harness::postgres::{fresh_database, open, shell};

const REST: &str = r#"
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
name = "Moreau"
practice = "moreau"
roles = ["valideur"]
[[directorate.account]]
name = "journal"
network = "file"
path = "journal.jsonl"
"#;

/// How many journal lines, messages and arrivals there are: more than are written at once.
const MANY: u32 = 250;

struct Office {
    folder: TempDir,
}

impl Office {
    fn new() -> Self {
        let office = Self { folder: TempDir::new().unwrap() };
        std::fs::write(office.config(), format!("database = \"portevoix.db\"\n{REST}")).unwrap();
        office
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("portevoix.toml")
    }

    async fn store(&self) -> Database {
        Database::open(&self.folder.path().join("portevoix.db")).await.unwrap()
    }

    /// A bot has worked here.
    async fn is_used(&self) {
        let store = self.store().await;
        let mut transaction = store.begin().await.unwrap();
        let text = "Vol avec violence 👮🏽‍♀️";
        let draft = opened(policy(), proposal(text)).draft;
        for line in 0..MANY {
            let opening = Opening {
                number: DraftNumber { directorate: "44".into(), serial: line + 1 },
                command: draft.command.clone(),
                room: "!44".into(),
                origin: format!("m{line}").as_str().into(),
                author: "martin".into(),
                co_authors: BTreeSet::new(),
                policy: policy(),
                proposal: proposal(text),
            };
            ledger::open(&mut transaction, opening, Timestamp::UNIX_EPOCH).await.unwrap();
            let (arrival, message) = (format!("É{line}").as_str().into(), format!("m{line}"));
            transaction.take_arrival(&arrival, &"!44".into(), Timestamp::UNIX_EPOCH, line % 7 != 0).await.unwrap();
            transaction.note_message(&"!44".into(), &message, &draft.number, &Meaning::Said).await.unwrap();
        }
        for shade in 0..9_u8 {
            let bytes = vec![shade; 100_000];
            transaction.put_picture(&Digest::of(&bytes), &bytes).await.unwrap();
        }
        let card = Card { message: Some("c1".into()), generation: 2, has_glyphs: true };
        transaction.put_card(&"!44".into(), &draft.number, draft.revision.number, &card).await.unwrap();
        transaction.put_name(&"1".into(), "L'Hôte").await.unwrap();
        let (key, lane, body) = ("stranger/!44/x".into(), "room/!44".to_owned(), "{}".to_owned());
        let debt = Debt { key, lane, body, due_at: Timestamp::UNIX_EPOCH, version: 3 };
        transaction.owe(&debt, Again::Never).await.unwrap();
        transaction.commit().await.unwrap();
        store.close().await;
    }

    async fn copies(&self, to: &str) -> Result<String, String> {
        let mut out = Vec::new();
        let ended = copy(&self.config(), to, None, &mut out).await;
        ended.map(|()| String::from_utf8(out).unwrap()).map_err(|stopped| stopped.to_string())
    }
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn everything_moves_and_the_copy_is_held_against_the_original() {
    let (office, url) = (Office::new(), fresh_database().await);
    office.is_used().await;
    let said = office.copies(&url).await.unwrap();
    assert!(said.contains("✓ journal : 250 ligne(s), identiques des deux côtés"), "{said}");
    assert!(said.contains("✓ 44 : 250 ligne(s), 250 brouillon(s)"), "{said}");
    assert!(said.contains("ne lancez plus de bot sur"), "{said}");

    let (before, after) = (office.store().await, open(&url).await);
    let (mut before, mut after) = (before.begin().await.unwrap(), after.begin().await.unwrap());
    let number = "44-1".parse().unwrap();
    assert_eq!(before.draft(&number).await.unwrap(), after.draft(&number).await.unwrap());
    assert_eq!(before.journal_of(&number).await.unwrap(), after.journal_of(&number).await.unwrap());
    assert_eq!(before.names().await.unwrap(), after.names().await.unwrap());
    let owed = async |transaction: &mut Transaction| {
        // Two databases need not put keys of one moment in the same order.
        let mut owed = transaction.due(Timestamp::MAX, 999).await.unwrap();
        owed.sort_by(|one, other| one.debt.key.cmp(&other.debt.key));
        owed
    };
    let (owed_before, owed_after) = (owed(&mut before).await, owed(&mut after).await);
    assert_eq!(owed_before, owed_after);
    assert_eq!(owed_before.len(), 251, "a wake of each draft, and the first of what is owed to the room");
    assert_eq!(before.unreadable(&"!44".into(), 999).await.unwrap().len(), 36);
    assert_eq!(after.unreadable(&"!44".into(), 999).await.unwrap().len(), 36);
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_target_that_is_not_empty_is_left_as_it_is() {
    let (office, url) = (Office::new(), fresh_database().await);
    office.is_used().await;
    let store = open(&url).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.put_name(&"2".into(), "Kieffer").await.unwrap();
    transaction.commit().await.unwrap();
    let refused = office.copies(&url).await.unwrap_err();
    assert!(refused.contains("n'est pas vide (table people)"), "{refused}");
    assert_eq!(shell(&url).await.number("SELECT COUNT(*) FROM arrivals").await, 0);
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_copy_that_fails_in_the_middle_leaves_nothing() {
    let (office, url) = (Office::new(), fresh_database().await);
    office.is_used().await;
    drop(open(&url).await);
    let shell = shell(&url).await;
    shell.does("ALTER TABLE told ADD CONSTRAINT never CHECK (key <> 'stranger/!44/x')").await;
    office.copies(&url).await.unwrap_err();
    assert_eq!(shell.number("SELECT COUNT(*) FROM journal").await, 0);
    shell.does("ALTER TABLE told DROP CONSTRAINT never").await;
    // Something that changes what is written is noticed as well.
    let changes = "CREATE FUNCTION meddles() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'X'; RETURN NEW; END $$; \
                   CREATE TRIGGER meddles BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION meddles()";
    shell.does(changes).await;
    let refused = office.copies(&url).await.unwrap_err();
    assert!(refused.contains("la copie de la table people n'est pas identique"), "{refused}");
    assert_eq!(shell.number("SELECT COUNT(*) FROM journal").await, 0);
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_journal_that_was_tampered_with_is_not_copied() {
    let (office, url) = (Office::new(), fresh_database().await);
    office.is_used().await;
    let file = rusqlite::Connection::open(office.folder.path().join("portevoix.db")).unwrap();
    file.execute_batch("UPDATE journal SET at = at + 1 WHERE position = 7").unwrap();
    drop(file);
    let refused = office.copies(&url).await.unwrap_err();
    assert!(refused.contains("✗ 44 : ligne 7, brouillon 44-7"), "{refused}");
    assert!(refused.contains("rien n'a été gardé"), "{refused}");
    assert_eq!(shell(&url).await.number("SELECT COUNT(*) FROM journal").await, 0);
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn on_a_server_the_journal_is_proven_exported_and_marked_as_put_back() {
    let (office, url) = (Office::new(), fresh_database().await);
    office.is_used().await;
    office.copies(&url).await.unwrap();
    std::fs::write(office.config(), format!("database = \"{url}\"\n{REST}")).unwrap();
    let (config, export) = (office.config(), office.folder.path().join("copie.jsonl"));
    let mut out = Vec::new();
    audit::export(&config, Some(&export), &[], &mut out).await.unwrap();
    let both = Subject { config: Some(&config), file: Some(&export), directorates: &[] };
    audit::verify(both, &mut out).await.unwrap();
    let said = String::from_utf8(out).unwrap();
    assert!(said.contains("✓ 44 : la base contient tout ce que contient le fichier (ligne 250)"), "{said}");

    let mut out = Vec::new();
    let backup = office.folder.path().join("copie.db");
    let refused = back_up(&config, &backup, &mut out).await.unwrap_err().to_string();
    assert!(refused.contains("pg_dump"), "{refused}");
    let refused = restore(&config, &backup, &mut out).await.unwrap_err().to_string();
    assert!(refused.contains("portevoix store restored"), "{refused}");
    restored(&config, &mut out).await.unwrap();
    let said = String::from_utf8(out).unwrap();
    assert!(said.contains("pour 250 brouillon(s) ouverts, le bot demandera avant de publier"), "{said}");
    let next = open(&url).await.begin().await.unwrap().next_number(&"44".into()).await.unwrap();
    assert_eq!(next.to_string(), "44-2001");

    shell(&url).await.does("UPDATE journal SET entry = replace(entry, 'martin', 'durand') WHERE position = 9").await;
    let mut out = Vec::new();
    audit::verify(both, &mut out).await.unwrap_err();
    let said = String::from_utf8(out).unwrap();
    assert!(said.contains("✗ 44 : ligne 9, brouillon 44-9"), "{said}");
}

#[tokio::test]
async fn what_cannot_be_copied_is_told_without_a_secret() {
    let office = Office::new();
    let told = [
        office.copies("postgres://p@127.0.0.1:1/p").await.unwrap_err(),
        {
            drop(office.store().await);
            office.copies("portevoix.db").await.unwrap_err()
        },
        office.copies("postgres://p:Sesame-2026@127.0.0.1:1/p").await.unwrap_err(),
        office.copies("postgres://p@127.0.0.1:1").await.unwrap_err(),
        office.copies("postgres://p@127.0.0.1:1/p").await.unwrap_err(),
        {
            let _running = office.store().await;
            office.copies("postgres://p@127.0.0.1:1/p").await.unwrap_err()
        },
    ];
    let expected = [
        "portevoix.db n'existe pas : rien à copier",
        "--to attend l'adresse d'une base PostgreSQL",
        "--to : un mot de passe sur la ligne de commande",
        "--to : il manque le nom de la base",
        "pas de connexion",
        "Un bot travaille déjà avec",
    ];
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.contains(expected), "{told}");
        assert!(!told.contains("Sesame"), "{told}");
    }
}

#[tokio::test]
async fn no_table_is_forgotten() {
    let office = Office::new();
    drop(office.store().await);
    let store = rusqlite::Connection::open(office.folder.path().join("portevoix.db")).unwrap();
    let mut names = store.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut copied = tables();
    copied.sort_unstable();
    assert_eq!(names, copied);
}
