//! The journal as proof: whoever changes, removes or adds a line, or a draft, is found out at the very line.

use portevoix::domain::journal::{Broken, Head, Unlawful};
use portevoix::domain::notice::State;
use portevoix::store::audit::{Finding, Wrong};
use portevoix::store::database::Database;
use rusqlite::Connection;

use crate::approval::APPEAL;
use crate::harness::scene::{Room, scene, tampered_scene};

/// Martin's appeal, 44-1, is published with six lines; Petit's, 44-2, has two.
async fn two_appeals(room: &Room) {
    room.says("martin", APPEAL).await;
    room.approves().await;
    room.expect("44-1", State::Published).await;
    room.says("petit", APPEAL).await;
    room.reacts("durand", "✅").await;
}

#[tokio::test]
async fn an_untouched_journal_is_proven_to_its_last_line() {
    scene(async |room| {
        two_appeals(room).await;
        let audited = room.audit("44").await;
        assert_eq!((audited.head.position, audited.drafts, audited.wrong), (8, 2, None));
        // A directorate that never did anything stands at its genesis.
        assert_eq!(room.audit("67").await.head, Head::genesis(&"67".into()));
    })
    .await;
}

/// What the audit of 44 says once somebody has changed the database like this.
async fn check(sql: &str, position: i64, draft: Option<&str>, wrong: Wrong) {
    tampered_scene(async |room| {
        two_appeals(room).await;
        room.tampers(sql).await;
        let expected = Finding { position, draft: draft.map(|number| number.parse().unwrap()), wrong };
        assert_eq!(room.audit("44").await.wrong, Some(expected), "{sql}");
    })
    .await;
}

#[tokio::test]
async fn a_changed_line_is_named() {
    let changed = Wrong::Chain(Broken::Changed);
    check("UPDATE journal SET entry = replace(entry, 'Durand', 'Petit') WHERE position = 2", 2, Some("44-1"), changed)
        .await;
    check("UPDATE journal SET at = at + 1 WHERE position = 3", 3, Some("44-1"), changed).await;
    check("UPDATE journal SET serial = 1 WHERE position = 8", 8, Some("44-1"), changed).await;
    check("UPDATE journal SET hash = upper(hash) WHERE position = 1", 1, Some("44-1"), changed).await;
}

#[tokio::test]
async fn a_line_that_was_taken_out_or_put_in_is_named() {
    let gap = Wrong::Chain(Broken::OutOfOrder { expected: 2 });
    check("DELETE FROM journal WHERE position = 2", 3, Some("44-1"), gap).await;
    let closed =
        "DELETE FROM journal WHERE position = 2; UPDATE journal SET position = position - 1 WHERE position > 2";
    check(closed, 2, Some("44-1"), Wrong::Chain(Broken::Changed)).await;
    let added = "INSERT INTO journal SELECT directorate, 9, serial, at, hash, entry FROM journal WHERE position = 8";
    check(added, 9, Some("44-2"), Wrong::Chain(Broken::Changed)).await;
}

#[tokio::test]
async fn a_journal_whose_end_was_cut_off_is_told_by_the_drafts() {
    check("DELETE FROM journal WHERE position > 7", 8, Some("44-2"), Wrong::LastLine).await;
    check("DELETE FROM journal", 6, Some("44-1"), Wrong::LastLine).await;
}

#[tokio::test]
async fn a_draft_that_is_not_what_its_lines_say_is_named() {
    let forged = "UPDATE drafts SET body = replace(body, 'Bouffay', 'Commerce') WHERE serial = 1";
    check(forged, 6, Some("44-1"), Wrong::Draft).await;
    check("UPDATE drafts SET body = '{}' WHERE serial = 2", 8, Some("44-2"), Wrong::UnreadableDraft).await;
    check("DELETE FROM drafts WHERE serial = 1", 1, Some("44-1"), Wrong::NoDraft).await;
    // The draft says that it was written last with an earlier line than the journal has for it.
    let older = "UPDATE drafts SET journal_position = 7, body = (SELECT body FROM drafts WHERE serial = 2), \
                 journal_hash = (SELECT hash FROM journal WHERE position = 7) WHERE serial = 2";
    check(older, 7, Some("44-2"), Wrong::Draft).await;
}

#[tokio::test]
async fn a_whole_chain_that_was_forged_still_has_to_be_lawful() {
    // Someone with the database and this program's source adds Petit's own vote to Petit's draft, and hashes it well.
    tampered_scene(async |room| {
        two_appeals(room).await;
        let vote = "SELECT entry FROM journal WHERE position = 8";
        let database = Connection::open(room.database_file()).unwrap();
        let entry: String = database.query_row(vote, [], |row| row.get(0)).unwrap();
        let entry = entry.replace("Durand", "Petit");
        let head = room.audit("44").await.head.after(2, 1_773_350_000_000, &entry);
        let sql = format!(
            "INSERT INTO journal VALUES ('44', 9, 2, 1773350000000, '{0}', '{entry}'); \
             UPDATE drafts SET journal_position = 9, journal_hash = '{0}' WHERE serial = 2",
            head.hash
        );
        room.tampers(&sql).await;
        let wrong = room.audit("44").await.wrong.unwrap();
        assert_eq!((wrong.position, wrong.wrong), (9, Wrong::Replay(Unlawful::Forbidden)));
    })
    .await;
}

#[test]
fn no_statement_of_the_program_changes_or_removes_a_line() {
    let store = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let files = [store.clone(), store.join("migrations")].map(|folder| std::fs::read_dir(folder).unwrap());
    for file in files.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(&file).unwrap();
        for statement in ["UPDATE journal", "DELETE FROM journal", "REPLACE INTO journal", "DROP TABLE journal"] {
            assert!(!text.contains(statement), "{} has {statement:?}", file.display());
        }
    }
}

#[test]
fn a_line_is_hashed_as_the_documentation_says() {
    // Computed by the Python lines of docs/administration.md.
    let genesis = Head::genesis(&"44".into());
    assert_eq!(genesis.hash, "bfa2a27bb771d80eb276a0baae199b9f2e567642f445fb6a6494065a7d126c73");
    let next = genesis.after(12, 1_773_349_200_000, r#"{"Happened":"TimePassed"}"#);
    assert_eq!((next.position, &*next.hash), (1, "638d78af084d4f3eac1fe0cc640b738995d1f9133e12202a0471ab91e96b322e"));
}

#[tokio::test]
async fn a_journal_from_before_the_chain_is_chained_at_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("portevoix.db");
    // What a scene's database has, as the version before would have kept it.
    let mut rows: Vec<(String, i64, i64, i64, String)> = Vec::new();
    let mut bodies: Vec<(i64, i64, String)> = Vec::new();
    scene(async |room| {
        two_appeals(room).await;
        let database = Connection::open(room.database_file()).unwrap();
        let mut lines = database.prepare("SELECT directorate, position, serial, at, entry FROM journal").unwrap();
        let read = lines.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)));
        rows = read.unwrap().map(Result::unwrap).collect();
        let mut drafts = database.prepare("SELECT serial, is_live, body FROM drafts").unwrap();
        let read = drafts.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        bodies = read.unwrap().map(Result::unwrap).collect();
    })
    .await;
    let old = Connection::open(&file).unwrap();
    for sql in [
        include_str!("../../src/store/migrations/0001_start.sql"),
        include_str!("../../src/store/migrations/0002_fewer_pages.sql"),
        include_str!("../../src/store/migrations/0003_pictures.sql"),
        include_str!("../../src/store/migrations/0004_people.sql"),
        "PRAGMA user_version = 4",
    ] {
        old.execute_batch(sql).unwrap();
    }
    for row in rows {
        old.execute("INSERT INTO journal VALUES ($1, $2, $3, $4, $5)", row).unwrap();
    }
    for (serial, is_live, body) in bodies {
        // The version before kept the times of a draft to the nanosecond.
        let body =
            body.replace("\"opened_at\":\"2026-03-12T21:00:00Z\"", "\"opened_at\":\"2026-03-12T21:00:00.000000999Z\"");
        old.execute("INSERT INTO drafts VALUES ('44', $1, $2, $3)", (serial, is_live, body)).unwrap();
    }
    drop(old);
    let database = Database::open(&file).await.unwrap();
    let audited = database.begin().await.unwrap().audit(&"44".into()).await.unwrap();
    assert_eq!((audited.head.position, audited.drafts, audited.wrong), (8, 2, None));
}
