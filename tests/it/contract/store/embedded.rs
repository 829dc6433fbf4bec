//! SQLite, on disk and in memory: the common suite, and what only a file can suffer.

use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::pin;
use std::task::Poll;

use portevoix::store::database::{Database, StoreError};
use portevoix::store::embedded::Embedded;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::contract::store::journal::whoever_only_reads_sees_one_state_and_commits_nothing;
use crate::contract::store::{has, suite, take, takes};

mod on_disk {
    //! The suite on disk.

    use crate::contract::store::embedded::{Store, suite};

    suite!(async {
        let store = Store::fresh();
        (store.open().await, store)
    });
}

mod in_memory {
    //! The suite in memory.

    use std::sync::Arc;

    use crate::contract::store::embedded::{Database, Embedded, suite};

    suite!(async { (Database::over(Arc::new(Embedded::in_memory().unwrap())), ()) });
}

#[tokio::test]
async fn what_was_committed_is_there_when_the_file_is_opened_again() {
    let store = Store::fresh();
    let database = store.open().await;
    let mut transaction = database.begin().await.unwrap();
    takes(&mut transaction, "kept").await;
    transaction.commit().await.unwrap();
    let mut transaction = database.begin().await.unwrap();
    takes(&mut transaction, "dropped").await;
    drop(transaction);
    database.close().await;
    drop(database);
    let database = store.open().await;
    assert!(has(&database, "kept").await);
    assert!(!has(&database, "dropped").await);
}

#[tokio::test]
async fn a_commit_that_nobody_waits_for_any_more_still_ends_before_the_next_transaction_begins() {
    let store = Store::fresh();
    let database = store.open().await;
    for round in 0..20 {
        let id = format!("round {round}");
        let mut transaction = database.begin().await.unwrap();
        takes(&mut transaction, &id).await;
        {
            let mut commit = pin!(transaction.commit());
            poll_fn(|context| Poll::Ready(commit.as_mut().poll(context).is_ready())).await;
        }
        assert!(has(&database, &id).await, "{id}");
    }
}

#[tokio::test]
async fn whoever_writes_with_another_program_is_waited_for_and_holds_nobody_else_up() {
    let store = Store::fresh();
    let database = store.open().await;
    let shell = Connection::open(store.file()).unwrap();
    shell.execute_batch("BEGIN IMMEDIATE").unwrap();
    // On one thread: if the waiting held it, the other program's end would not be reached.
    let (begun, ()) = tokio::join!(biased; database.begin(), async { shell.execute_batch("COMMIT").unwrap() });
    begun.unwrap();
}

#[tokio::test]
async fn after_a_failure_that_undid_the_transaction_no_later_statement_stands_alone() {
    let store = Store::fresh();
    let database = store.open().await;
    let shell = Connection::open(store.file()).unwrap();
    let fails = "CREATE TRIGGER fails BEFORE INSERT ON arrivals WHEN NEW.id = 'fails' \
                 BEGIN SELECT RAISE(ROLLBACK, 'disk full'); END";
    shell.execute_batch(fails).unwrap();
    let mut transaction = database.begin().await.unwrap();
    takes(&mut transaction, "before").await;
    assert!(matches!(take(&mut transaction, "fails").await, Err(StoreError::Database(_))));
    assert!(matches!(take(&mut transaction, "after").await, Err(StoreError::Undone)));
    assert!(transaction.commit().await.is_err());
    assert!(!has(&database, "before").await);
    assert!(!has(&database, "after").await);
}

#[tokio::test]
async fn whoever_only_reads_a_file_disturbs_nobody() {
    let store = Store::fresh();
    let missing = Database::open_to_read(&store.file()).await.err().unwrap();
    assert!(matches!(missing, StoreError::Missing(_)), "{missing}");
    assert!(!store.file().exists());
    let database = store.open().await;
    let reader = Database::open_to_read(&store.file()).await.unwrap();
    whoever_only_reads_sees_one_state_and_commits_nothing(&database, &reader).await;
}

#[tokio::test]
async fn a_database_of_the_first_development_version_is_brought_up_to_date() {
    let store = Store::fresh();
    let old = Connection::open(store.file()).unwrap();
    old.execute_batch(include_str!("../../../../src/store/migrations/0001_start.sql")).unwrap();
    old.execute_batch("CREATE TABLE _sqlx_migrations (version BIGINT); INSERT INTO _sqlx_migrations VALUES (1)")
        .unwrap();
    old.execute_batch("INSERT INTO arrivals VALUES ('old', '!44', 0, 1)").unwrap();
    drop(old);
    let database = store.open().await;
    assert!(has(&database, "old").await);
    drop(database);
    // And once only.
    assert!(has(&store.open().await, "old").await);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_in_words_for_a_person() {
    let store = Store::fresh();
    drop(store.open().await);
    Connection::open(store.file()).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let refused = Database::open(&store.file()).await.err().unwrap().to_string();
    assert!(refused.contains("was made by a newer portevoix (schema 99"), "{refused}");
    assert!(refused.contains("install the newer one again"), "{refused}");
}

/// A folder with a database in it.
struct Store {
    folder: TempDir,
}

impl Store {
    fn fresh() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("portevoix.db")
    }

    async fn open(&self) -> Database {
        Database::open(&self.file()).await.unwrap()
    }
}
