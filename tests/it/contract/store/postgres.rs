//! PostgreSQL: the common suite, and what only a server that others use as well can suffer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use portevoix::domain::name::PersonId;
use portevoix::domain::secret::Secret;
use portevoix::store::database::{Database, StoreError};
use portevoix::store::migrations::MIGRATIONS;
use portevoix::store::outbox::Again;
use portevoix::store::postgres::Postgres;
use portevoix::store::postgres::place::Place;
use portevoix::store::server::Unreached;
use tokio::time::timeout;

use crate::contract::store::journal::{drafts, whoever_only_reads_sees_one_state_and_commits_nothing};
use crate::contract::store::{after, by, debt, has, noon, numbered, saves, suite, take, takes};
use crate::harness::desk_of_rules::{opened, policy, proposal};
use crate::harness::postgres::{OwnServer, fresh_database, open, shell};

suite!(async { (open(&fresh_database().await).await, ()) }, #[ignore = "needs a real PostgreSQL: tests/run starts one"]);

/// Long enough for a loaded machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Ends everything that this program has open on a database, as a restart or a firewall does.
const CUT_ALL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND application_name LIKE 'portevoix%'";

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn what_is_decided_for_a_directorate_is_decided_one_after_the_other() {
    let url = fresh_database().await;
    let replicas = [open(&url).await, open(&url).await, open(&url).await];
    let draft = opened(policy(), proposal("Vol")).draft;
    let deciding = (0..60).map(|turn| {
        let (replica, draft) = (&replicas[turn % replicas.len()], &draft);
        async move {
            let mut transaction = replica.begin_for(&"44".into()).await.unwrap();
            let number = transaction.next_number(&"44".into()).await.unwrap();
            saves(&mut transaction, &numbered(draft, &number.to_string())).await.unwrap();
            transaction.commit().await.unwrap();
            number.serial
        }
    });
    let given: BTreeSet<u32> = join_all(deciding).await.into_iter().collect();
    assert_eq!(given, (1..=60).collect());
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn directorates_do_not_wait_for_each_other() {
    let url = fresh_database().await;
    let (one, other) = (open(&url).await, open(&url).await);
    let mut held = one.begin_for(&"44".into()).await.unwrap();
    takes(&mut held, "held").await;
    timeout(PATIENCE, other.begin_for(&"67".into())).await.unwrap().unwrap();
    timeout(PATIENCE, one.begin_for(&"67".into())).await.unwrap().unwrap();
    let busy = "44".into();
    let mut waiting = Box::pin(other.begin_for(&busy));
    assert!(timeout(Duration::from_millis(200), &mut waiting).await.is_err());
    held.commit().await.unwrap();
    let mut next = timeout(PATIENCE, waiting).await.unwrap().unwrap();
    assert!(!take(&mut next, "held").await.unwrap(), "it sees what the one before has committed");
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_debt_is_never_claimed_by_two() {
    let url = fresh_database().await;
    let replicas = [open(&url).await, open(&url).await, open(&url).await];
    let mut transaction = replicas[0].begin().await.unwrap();
    for number in 0..40 {
        let key = format!("post/{number}");
        transaction.owe(&debt(&key, &key, 0, 1), Again::Unheard).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let claiming = replicas.iter().map(|replica| async move {
        let mut transaction = replica.begin().await.unwrap();
        let mut claimed = Vec::new();
        for mut claim in transaction.due(noon(), 99).await.unwrap() {
            if transaction.claim(&mut claim, by(replica.shares_as().unwrap(), 0), noon()).await.unwrap() {
                claimed.push(claim.debt.key.to_string());
            }
        }
        transaction.commit().await.unwrap();
        claimed
    });
    let claimed: Vec<String> = join_all(claiming).await.concat();
    assert_eq!(claimed.len(), 40);
    assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 40);
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_commit_that_owes_wakes_the_others_and_one_that_was_dropped_does_not() {
    let url = fresh_database().await;
    let (one, other) = (open(&url).await, open(&url).await);
    // Each is woken when it begins to listen: something may have been owed before.
    for replica in [&one, &other] {
        timeout(PATIENCE, replica.owed_elsewhere()).await.unwrap();
    }
    let mut dropped = one.begin().await.unwrap();
    dropped.owe(&debt("dropped", "a", 0, 1), Again::Unheard).await.unwrap();
    drop(dropped);
    let mut transaction = one.begin().await.unwrap();
    takes(&mut transaction, "nothing owed").await;
    transaction.commit().await.unwrap();
    assert!(timeout(Duration::from_millis(300), other.owed_elsewhere()).await.is_err());

    let mut transaction = one.begin().await.unwrap();
    transaction.owe(&debt("owed", "a", 0, 1), Again::Unheard).await.unwrap();
    transaction.commit().await.unwrap();
    timeout(PATIENCE, other.owed_elsewhere()).await.unwrap();
    assert!(timeout(Duration::from_millis(300), one.owed_elsewhere()).await.is_err(), "it knows what it has owed");
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn whoever_could_not_be_told_is_woken_once_it_listens_again() {
    let url = fresh_database().await;
    let store = open(&url).await;
    timeout(PATIENCE, store.owed_elsewhere()).await.unwrap();
    shell(&url).await.does(CUT_ALL).await;
    timeout(PATIENCE, store.owed_elsewhere()).await.unwrap();
    assert!(!has(&store, "anything").await, "and the next transaction finds a connection");
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_transaction_whose_connection_was_cut_is_undone_and_the_next_one_works() {
    let url = fresh_database().await;
    let store = open(&url).await;
    let mut transaction = store.begin().await.unwrap();
    takes(&mut transaction, "cut").await;
    shell(&url).await.does(CUT_ALL).await;
    assert!(matches!(take(&mut transaction, "after").await, Err(StoreError::Server(_))));
    assert!(matches!(take(&mut transaction, "later").await, Err(StoreError::Undone)));
    assert!(transaction.commit().await.is_err());
    assert!(!has(&store, "cut").await);

    let mut transaction = store.begin().await.unwrap();
    takes(&mut transaction, "cut").await;
    shell(&url).await.does(CUT_ALL).await;
    assert!(matches!(transaction.commit().await, Err(StoreError::MayBeCommitted)));
    let mut transaction = store.begin_for(&"44".into()).await.unwrap();
    takes(&mut transaction, "cut").await;
    transaction.commit().await.unwrap();
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn what_is_dropped_gives_its_connection_back_clean() {
    let url = fresh_database().await;
    let store = open(&url).await;
    for round in 0..100 {
        let mut transaction = timeout(PATIENCE, store.begin_for(&"44".into())).await.unwrap().unwrap();
        takes(&mut transaction, "dropped").await;
        if round % 2 == 0 {
            // Given up in the middle of a statement.
            let _ = timeout(Duration::ZERO, take(&mut transaction, "more")).await;
        }
    }
    assert!(!has(&store, "dropped").await);
    let connections =
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'portevoix'";
    let connections = shell(&url).await.number(connections).await;
    assert!(connections <= 16, "{connections} connections");
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn an_error_does_not_quote_what_was_typed() {
    let url = fresh_database().await;
    let store = open(&url).await;
    shell(&url).await.does("ALTER TABLE people ADD CONSTRAINT discreet CHECK (name <> 'Jean Dupont')").await;
    let mut transaction = store.begin().await.unwrap();
    let refused = transaction.put_name(&PersonId::from("1"), "Jean Dupont").await.unwrap_err();
    assert_eq!(refused.to_string(), "the database failed: the rule discreet does not allow it (error 23514)");
    assert!(!format!("{refused:?}").contains("Dupont"));
    assert!(matches!(transaction.commit().await, Err(StoreError::Undone)));
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn however_many_start_at_once_the_schema_is_made_once() {
    let url = fresh_database().await;
    let names: BTreeSet<String> =
        join_all((0..6).map(|_| open(&url))).await.iter().map(|store| store.shares_as().unwrap().to_owned()).collect();
    assert_eq!(names.len(), 6, "each is called something else");
    let version = shell(&url).await.number("SELECT SUM(version)::bigint FROM portevoix_schema").await;
    assert_eq!(version, i64::try_from(MIGRATIONS.len()).unwrap());
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_database_of_a_newer_program_is_refused_in_words_for_a_person() {
    let url = fresh_database().await;
    drop(open(&url).await);
    shell(&url).await.does("UPDATE portevoix_schema SET version = 99").await;
    let refused = Postgres::open(Place::new(&url, None).unwrap()).await.err().unwrap().to_string();
    assert!(refused.contains("was made by a newer portevoix (schema 99"), "{refused}");
    assert!(refused.contains("install the newer one again"), "{refused}");
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn what_keeps_it_from_connecting_is_told_apart() {
    let url = fresh_database().await;
    shell(&url).await.does("DROP ROLE IF EXISTS verrou_store; CREATE ROLE verrou_store LOGIN PASSWORD 'sésame'").await;
    let locked = url.replace("postgres@", "verrou_store@");
    let (right, wrong) = (Some(Secret::new("sésame")), Some(Secret::new("secret-faux")));
    let why = async |url: &str, password: Option<&Secret>| {
        let opened = match Place::new(url, password) {
            Ok(place) => Postgres::open(place).await,
            Err(trouble) => Err(trouble),
        };
        match opened.err() {
            Some(StoreError::Unreached { why, words, place }) => {
                assert!(!format!("{place} {words}").contains("secret-faux"));
                Some(why)
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(why(&locked, wrong.as_ref()).await, Some(Unreached::Login));
    assert_eq!(why(&locked, None).await, Some(Unreached::Login));
    assert_eq!(why(&locked, right.as_ref()).await, Some(Unreached::NotPermitted), "it may log in, but make no table");
    assert_eq!(why(&format!("{url}_absent"), None).await, Some(Unreached::NoDatabase));
    assert_eq!(why(&format!("{url}?sslmode=verify-full"), None).await, Some(Unreached::Tls));
    assert_eq!(why("postgres://postgres@127.0.0.1:1/absent", None).await, Some(Unreached::Connection));
    assert_eq!(why("postgres://postgres:secret-faux@127.0.0.1:x/absent", None).await, Some(Unreached::Address));
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn time_is_the_databases_for_all() {
    let url = fresh_database().await;
    let (one, other) = (open(&url).await, open(&url).await);
    let database = shell(&url).await.number("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint").await;
    for replica in [one, other] {
        let apart = replica.time().unwrap().as_millisecond() - database;
        assert!((-1_000..2_000).contains(&apart), "{apart} ms apart");
    }
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_server_that_is_started_anew_underneath_loses_nothing() {
    let mut server = OwnServer::start().await;
    let url = server.fresh_database().await;
    let store = Arc::new(open(&url).await);
    timeout(PATIENCE, store.owed_elsewhere()).await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    takes(&mut transaction, "kept").await;
    transaction.commit().await.unwrap();
    let mut under_way = store.begin().await.unwrap();
    takes(&mut under_way, "under way").await;
    server.stop().await;
    assert!(under_way.commit().await.is_err());
    let refused = store.begin().await.err().unwrap();
    assert!(matches!(refused, StoreError::Unreached { why: Unreached::Connection, .. }), "{refused:?}");
    server.start_again().await;
    assert!(has(&store, "kept").await);
    assert!(!has(&store, "under way").await);
    timeout(PATIENCE, store.owed_elsewhere()).await.unwrap();
    let mut transaction = store.begin_for(&"44".into()).await.unwrap();
    transaction.owe(&debt("owed", "a", 0, 1), Again::Unheard).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.begin().await.unwrap().next_due(after(-1)).await.unwrap(), Some(noon()));
}

/// A store whose history of the schema goes one further.
async fn open_newer(url: &str, migration: &'static str) -> Database {
    let mut migrations = MIGRATIONS.to_vec();
    migrations.push(migration);
    Database::over(Arc::new(Postgres::open_at(Place::new(url, None).unwrap(), &migrations).await.unwrap()))
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn an_old_program_goes_on_working_while_a_newer_one_changes_the_schema() {
    let url = fresh_database().await;
    let old = open(&url).await;
    let draft = opened(policy(), proposal("Vol")).draft;
    let works = async |turns: u32| {
        for _ in 0..turns {
            let mut transaction = old.begin_for(&"44".into()).await.unwrap();
            let number = transaction.next_number(&"44".into()).await.unwrap();
            let draft = numbered(&draft, &number.to_string());
            saves(&mut transaction, &draft).await.unwrap();
            assert_eq!(transaction.draft(&number).await.unwrap(), Some(draft));
            transaction.live_drafts(&"44".into(), 10).await.unwrap();
            transaction.commit().await.unwrap();
        }
    };
    works(20).await;
    let urgency = "ALTER TABLE drafts ADD COLUMN urgency BIGINT NOT NULL DEFAULT 0";
    let (new, ()) = tokio::join!(open_newer(&url, urgency), works(200));
    works(20).await;
    assert_eq!(new.begin().await.unwrap().next_number(&"44".into()).await.unwrap().serial, 241);
    assert_eq!(shell(&url).await.number("SELECT COUNT(*) FROM drafts WHERE urgency = 0").await, 240);
    let refused = Postgres::open(Place::new(&url, None).unwrap()).await.err().unwrap();
    assert!(matches!(refused, StoreError::Newer { .. }), "whoever starts now must be of the newer version");
}

async fn open_to_read(url: &str) -> Result<Database, StoreError> {
    Ok(Database::over(Arc::new(Postgres::open_to_read(Place::new(url, None).unwrap()).await?)))
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn whoever_only_reads_a_server_disturbs_nobody() {
    let url = fresh_database().await;
    let empty = open_to_read(&url).await.err().unwrap();
    assert!(matches!(empty, StoreError::Older { version: 0, .. }), "{empty}");
    assert_eq!(shell(&url).await.number("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'").await, 0);
    let store = open(&url).await;
    whoever_only_reads_sees_one_state_and_commits_nothing(&store, &open_to_read(&url).await.unwrap()).await;
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_journal_from_before_the_chain_is_chained_on_a_server_too() {
    // What a chained database has, as the version before would have kept it; more lines than are held at once.
    let (url, old_url) = (fresh_database().await, fresh_database().await);
    let store = open(&url).await;
    drafts(&store, "44-1", 150).await;
    drafts(&store, "44-2", 150).await;
    let before = [MIGRATIONS[0], MIGRATIONS[1], MIGRATIONS[2], MIGRATIONS[3], MIGRATIONS[4]];
    drop(Postgres::open_at(Place::new(&old_url, None).unwrap(), &before).await.unwrap());
    let (new, old) = (shell(&url).await, shell(&old_url).await);
    let lines = "SELECT directorate, position, serial, at, entry FROM journal";
    for line in new.client.query(lines, &[]).await.unwrap() {
        let sql = "INSERT INTO journal (directorate, position, serial, at, entry) VALUES ($1, $2, $3, $4, $5)";
        let (directorate, position, serial): (String, i64, i64) = (line.get(0), line.get(1), line.get(2));
        let (at, entry): (i64, String) = (line.get(3), line.get(4));
        old.client.execute(sql, &[&directorate, &position, &serial, &at, &entry]).await.unwrap();
    }
    for draft in new.client.query("SELECT directorate, serial, is_live, body FROM drafts", &[]).await.unwrap() {
        let sql = "INSERT INTO drafts (directorate, serial, is_live, body) VALUES ($1, $2, $3, $4)";
        let (directorate, serial): (String, i64) = (draft.get(0), draft.get(1));
        let (is_live, body): (i64, String) = (draft.get(2), draft.get(3));
        old.client.execute(sql, &[&directorate, &serial, &is_live, &body]).await.unwrap();
    }
    let refused = open_to_read(&old_url).await.err().unwrap();
    assert!(matches!(refused, StoreError::Older { version: 5, .. }), "{refused}");
    let chained = open(&old_url).await;
    let audits = [&store, &chained].map(async |store| store.begin().await.unwrap().audit(&"44".into()).await.unwrap());
    let [expected, audited] = audits;
    let (expected, audited) = (expected.await, audited.await);
    assert_eq!((audited.head.position, audited.drafts, &audited.wrong), (302, 2, &None));
    assert_eq!(audited, expected);
    assert_eq!(old.number("SELECT COUNT(*) FROM pg_tables WHERE tablename = 'unchained_journal'").await, 0);
}
