//! A store that can't be trusted: a disk that can't be written to, files cut short, garbage, a clock that is wrong. The
//! program says so and harms nothing.

use std::fs;

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use portevoix::app::wrong_clock::{Trust, expect_plausible, hasten};
use portevoix::config::settings::DatabasePlace;
use portevoix::domain::notice::State;
use portevoix::port::clock::Clock;
use portevoix::store::database::Database;
use rusqlite::Connection;

use crate::approval::APPEAL;
use crate::harness::installation::Installation;
use crate::harness::scene::scene;
use crate::harness::scripted_network::Trouble;

/// The database of a bot that was stopped after some appeals.
async fn database() -> Vec<u8> {
    let installation = Installation::new();
    let bot = installation.starts().await;
    for _ in 0..5 {
        installation.martin_types(APPEAL).await;
    }
    bot.stops().await;
    fs::read(installation.database()).unwrap()
}

#[tokio::test]
async fn a_file_that_is_damaged_is_told_at_the_start_and_left_as_it_is() {
    let whole = database().await;
    let mut scratched = whole.clone();
    // The middle of the file: a page that a start would not have read by itself.
    let middle = whole.len() / 2 / 2048 * 2048;
    scratched[middle..middle + 2048].fill(0xA5);
    let mut said = String::new();
    let damages: [(&str, &[u8]); 4] = [
        ("garbage", b"Ceci n'est pas une base de donnees, mais un texte que quelqu'un a mis a sa place.".as_slice()),
        ("cut short", &whole[..whole.len() / 2]),
        ("cut to less than a page", &whole[..1000]),
        ("a page overwritten", &scratched),
    ];
    for (what, bytes) in damages {
        let installation = Installation::with_database(bytes);
        let ran = installation.runs("run …").await;
        assert_eq!(ran.code, 1, "{what}: {}", ran.says);
        assert_eq!(fs::read(installation.database()).unwrap(), bytes, "{what}");
        // SQLite's own words name a page, which moves with the schema.
        let (begin, end) = (ran.says.find('(').unwrap(), ran.says.find(')').unwrap());
        said.push_str(&format!("{what}: {}…{}", &ran.says[..=begin], &ran.says[end..]));
    }
    assert_snapshot!(said);
}

#[tokio::test]
async fn a_disk_that_cannot_be_written_to_is_told_at_the_start() {
    let installation = Installation::with_database(&database().await);
    let ran = installation.runs_on_a_read_only_disk("run …").await;
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.says);
    // To be read it need not be written to.
    let ran = installation.runs_on_a_read_only_disk("audit verify …").await;
    assert_eq!((ran.code, ran.says.contains("✓ 44 : 5 ligne(s)")), (0, true), "{}", ran.says);
}

#[tokio::test]
async fn a_wal_that_was_cut_short_leaves_an_earlier_whole_state() {
    let installation = Installation::new();
    let bot = installation.starts().await;
    for _ in 0..5 {
        installation.martin_types(APPEAL).await;
    }
    bot.dies().await;
    let wal = installation.path("entrainement.db-wal");
    let whole = fs::read(&wal).unwrap();
    // Cut anywhere, also within a page: SQLite goes by whole transactions, and the journal shows which are left.
    for cut in [whole.len() - 1, whole.len() * 3 / 4, whole.len() / 2 + 7] {
        let other = Installation::with_database(&fs::read(installation.database()).unwrap());
        fs::write(other.path("entrainement.db-wal"), &whole[..cut]).unwrap();
        let database = Database::open(&other.database()).await.unwrap();
        let audited = database.begin().await.unwrap().audit(&"44".into()).await.unwrap();
        assert_eq!(audited.wrong, None, "cut at {cut}");
        assert!(audited.drafts < 6, "cut at {cut}");
    }
}

#[tokio::test]
async fn an_export_from_before_shows_what_a_cut_wal_has_lost() {
    let installation = Installation::new();
    let bot = installation.starts().await;
    installation.martin_types(APPEAL).await;
    installation.martin_types(APPEAL).await;
    installation.runs("audit export copie.jsonl …").await;
    bot.dies().await;
    let wal = installation.path("entrainement.db-wal");
    let whole = fs::read(&wal).unwrap();
    fs::write(&wal, &whole[..whole.len() / 3]).unwrap();
    fs::remove_file(installation.path("entrainement.db-shm")).unwrap();
    let bot = installation.starts().await;
    let ran = installation.runs("audit verify … --file copie.jsonl").await;
    assert_eq!((ran.code, ran.says.contains("n'est plus dans la base")), (1, true), "{}", ran.says);
    bot.stops().await;
}

#[tokio::test]
async fn a_clock_that_cannot_be_right_is_told_before_anything_is_due() {
    let installation = Installation::with_database(&database().await);
    let last: i64 = Connection::open(installation.database())
        .unwrap()
        .query_row("SELECT MAX(at) FROM journal", [], |row| row.get(0))
        .unwrap();
    let last = Timestamp::from_millisecond(last).unwrap();
    let place = DatabasePlace::File(installation.database());
    let refused = async |now: Timestamp, trust: Trust| {
        expect_plausible(&place, trust, now).await.err().map(|stopped| stopped.to_string())
    };
    // A machine without a battery for its clock.
    let at_start = refused("1970-01-01T00:00:07Z".parse().unwrap(), Trust::Clock).await;
    assert_snapshot!(at_start.unwrap(), @"L'horloge de cette machine dit 1970-01-01T00:00:07Z : c'est impossible. Réglez-la (timedatectl), puis redémarrez.");
    let behind = refused(last - SignedDuration::from_hours(2), Trust::Journal).await.unwrap();
    assert!(behind.contains("mais la dernière ligne de la main courante est de"), "{behind}");
    assert!(behind.contains("portevoix run --clock-is-right"), "{behind}");
    assert_eq!(refused(last - SignedDuration::from_hours(2), Trust::Clock).await, None);
    // A clock that was set by a little, and one that is years ahead: nothing can tell that from a bot that slept.
    assert_eq!(refused(last - SignedDuration::from_mins(5), Trust::Journal).await, None);
    assert_eq!(refused(last + SignedDuration::from_hours(100_000), Trust::Journal).await, None);
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_and_back_doubles_nothing_and_forgets_nothing() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::AcceptThenCut);
        room.says("martin", APPEAL).await;
        room.reacts("durand", "✅").await;
        room.reacts("lefevre", "✅").await;
        let years = SignedDuration::from_hours(24 * 365 * 4);
        room.clock.passes(years);
        room.settle().await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
        // Back to the right time, and the process restarted: the try is noted at a time that is still to come.
        room.clock.passes(-years);
        room.crash();
        let database = Database::open(&room.database_file()).await.unwrap();
        hasten(&database, room.clock.now()).await.unwrap();
        drop(database);
        room.crash_and_restart().await;
        room.expect("44-1", State::Published).await;
        let since = room.network("mastodon").looked_since();
        assert!(since.is_some_and(|since| since < room.clock.now()), "it was looked for from {since:?}");
        room.network("mastodon").expect_posts(1);
    })
    .await;
}
