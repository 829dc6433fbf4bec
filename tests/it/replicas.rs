//! Three replicas in one room, with one account: one card and one post, whoever is killed and whatever restarts underneath.

use std::sync::Arc;
use std::time::Duration;

use portevoix::store::database::Database;
use portevoix::store::migrations::MIGRATIONS;
use portevoix::store::postgres::Postgres;
use portevoix::store::postgres::place::Place;
use tokio::time::timeout;

use crate::approval::APPEAL;
use crate::harness::postgres::{OwnServer, fresh_database};
use crate::harness::replicas::Replicas;
use crate::harness::scripted_network::Trouble;
use crate::harness::shared_room::Silence;

/// Long enough for a loaded machine: what does not happen within it does not happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Plays a scene with three replicas.
async fn scene(play: impl AsyncFnOnce(&mut Replicas)) {
    let mut replicas = Replicas::over(fresh_database().await);
    replicas.start(3).await;
    let played = timeout(PATIENCE, play(&mut replicas)).await;
    let seen = replicas.room.now().said;
    played.unwrap_or_else(|_| panic!("nothing more happens in the room: {seen:#?}"));
    replicas.stop().await;
}

/// One card, and one post on each account; and each thing was said once.
#[track_caller]
fn expect_one_of_each(replicas: &Replicas) {
    replicas.network("mastodon").expect_posts(1);
    replicas.network("bluesky").expect_posts(1);
    let seen = replicas.room.now();
    assert_eq!(seen.cards().len(), 1, "{:#?}", seen.said);
    for words in
        ["Durand a validé", "Lefèvre a validé", "Le compte y est", "En ligne sur mastodon", "En ligne sur bluesky"]
    {
        assert_eq!(seen.saying(words), 1, "«{words}»: {:#?}", seen.said);
    }
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn three_replicas_are_one_bot() {
    scene(async |replicas| {
        let card = replicas.drafts(APPEAL).await;
        replicas.approves(&card).await;
        replicas.lets_pass(30);
        replicas.published(&card).await;
        replicas.told_under(&card, "En ligne sur mastodon").await;
        replicas.told_under(&card, "En ligne sur bluesky").await;
        expect_one_of_each(replicas);
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_replica_killed_while_the_network_has_its_post_is_followed_by_one_that_looks_first() {
    scene(async |replicas| {
        replicas.network("mastodon").next_post(Trouble::AcceptThenKill);
        let card = replicas.drafts(APPEAL).await;
        replicas.approves(&card).await;
        replicas.lets_pass(30);
        replicas.network("mastodon").hanging.notified().await;
        replicas.told_under(&card, "En ligne sur bluesky").await;
        replicas.kill_the_holder_of("publish/44-1/1/mastodon").await;
        replicas.lets_pass(31);
        replicas.published(&card).await;
        replicas.told_under(&card, "En ligne sur mastodon").await;
        expect_one_of_each(replicas);
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_replica_killed_before_its_post_left_is_followed_by_one_that_sends_it() {
    scene(async |replicas| {
        replicas.network("bluesky").next_post(Trouble::KillBefore);
        let card = replicas.drafts(APPEAL).await;
        replicas.approves(&card).await;
        replicas.lets_pass(30);
        replicas.network("bluesky").hanging.notified().await;
        replicas.told_under(&card, "En ligne sur mastodon").await;
        replicas.kill_the_holder_of("publish/44-1/1/bluesky").await;
        replicas.lets_pass(31);
        replicas.published(&card).await;
        replicas.told_under(&card, "En ligne sur bluesky").await;
        expect_one_of_each(replicas);
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_card_that_a_killed_replica_had_said_is_found_by_the_next() {
    for silence in [Silence::HangsAfter, Silence::HangsBefore] {
        scene(async |replicas| {
            replicas.next_message(silence);
            replicas.room.says("martin", APPEAL);
            replicas.kill_who_hangs().await;
            replicas.lets_pass(31);
            let card = replicas.card_after(0).await;
            replicas.approves(&card).await;
            replicas.lets_pass(30);
            replicas.published(&card).await;
            replicas.told_under(&card, "En ligne sur mastodon").await;
            replicas.told_under(&card, "En ligne sur bluesky").await;
            expect_one_of_each(replicas);
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn what_may_have_been_heard_is_looked_for_by_whoever_says_it_next() {
    scene(async |replicas| {
        replicas.next_message(Silence::AnswerLost);
        replicas.room.says("martin", APPEAL);
        replicas.room.until(|seen| !seen.cards().is_empty()).await;
        // Whoever has said it is not the next to try.
        replicas.kill_at(0).await;
        replicas.kill_at(0).await;
        for _ in 0..4 {
            replicas.lets_pass(31);
        }
        replicas.card_after(0).await;
        assert_eq!(replicas.room.now().cards().len(), 1);
    })
    .await;
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn whoever_is_killed_and_whenever_there_is_one_card_and_one_post_each() {
    // Not at random: the same moments each time, spread over the way of a post.
    for moment in 0..12_usize {
        scene(async |replicas| {
            let card = {
                replicas.room.says("martin", APPEAL);
                lets_run(moment * 7).await;
                replicas.kill_at(moment).await;
                replicas.start(1).await;
                replicas.lets_pass(31);
                replicas.card_after(0).await
            };
            replicas.room.reacts("durand", &card, "✅");
            lets_run(moment * 5).await;
            replicas.kill_at(moment + 1).await;
            replicas.room.reacts("lefevre", &card, "✅");
            replicas.lets_pass(31);
            replicas.start(1).await;
            replicas.told_under(&card, "Le compte y est").await;
            replicas.lets_pass(30);
            lets_run(moment * 11).await;
            replicas.kill_at(moment + 2).await;
            replicas.start(1).await;
            // What was begun is anyone's after half a minute; what is in doubt then is looked at after a few seconds.
            replicas.lets_pass(31);
            lets_run(200).await;
            replicas.lets_pass(31);
            replicas.published(&card).await;
            replicas.told_under(&card, "En ligne sur mastodon").await;
            replicas.told_under(&card, "En ligne sur bluesky").await;
            expect_one_of_each(replicas);
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn a_database_that_is_started_anew_underneath_loses_and_doubles_nothing() {
    let mut server = OwnServer::start().await;
    let mut replicas = Replicas::over(server.fresh_database().await);
    replicas.start(3).await;
    let card = replicas.drafts(APPEAL).await;
    replicas.approves(&card).await;
    server.stop().await;
    replicas.room.says("petit", "!recit Un chat sur un toit. Il n'a rien déclaré.");
    replicas.lets_pass(30);
    server.start_again().await;
    // The store is asked again every two seconds of the scene's time.
    let published = async {
        loop {
            replicas.lets_pass(3);
            if timeout(Duration::from_millis(200), replicas.published(&card)).await.is_ok() {
                return;
            }
        }
    };
    timeout(PATIENCE, published).await.unwrap();
    timeout(PATIENCE, replicas.card_after(1)).await.unwrap();
    replicas.network("mastodon").expect_posts(1);
    replicas.network("bluesky").expect_posts(1);
    assert_eq!(replicas.room.now().cards().len(), 2);
    replicas.stop().await;
}

#[tokio::test]
#[ignore = "needs a real PostgreSQL: tests/run starts one"]
async fn replicas_are_upgraded_one_after_the_other_while_drafts_go_on() {
    scene(async |replicas| {
        let card = replicas.drafts(APPEAL).await;
        let mut migrations = MIGRATIONS.to_vec();
        migrations.push("ALTER TABLE drafts ADD COLUMN urgency BIGINT NOT NULL DEFAULT 0");
        for _ in 0..3 {
            let place = Place::new(&replicas.url, None).unwrap();
            let (newer, ()) = tokio::join!(Postgres::open_at(place, &migrations), async {
                replicas.room.reacts("durand", &card, "✅");
                replicas.room.reacts("martin", &card, "✅");
            });
            replicas.kill_at(0).await;
            replicas.start_on(Database::over(Arc::new(newer.unwrap())));
            replicas.lets_pass(31);
            let before = replicas.room.now().cards().len();
            replicas.room.says("petit", "!recit Un chat sur un toit. Il n'a rien déclaré.");
            replicas.card_after(before).await;
        }
        replicas.room.reacts("lefevre", &card, "✅");
        replicas.told_under(&card, "Le compte y est").await;
        replicas.lets_pass(30);
        replicas.published(&card).await;
        replicas.network("mastodon").expect_posts(1);
        replicas.network("bluesky").expect_posts(1);
        assert_eq!(replicas.room.now().cards().len(), 4);
    })
    .await;
}

/// Lets the replicas run for about so many steps of theirs.
async fn lets_run(steps: usize) {
    for _ in 0..steps {
        tokio::task::yield_now().await;
    }
}
