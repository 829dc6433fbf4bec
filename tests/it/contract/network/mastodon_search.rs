//! Mastodon on the fake: the search for a post that may or may not be out.

use jiff::SignedDuration;
use portevoix::domain::fault::{Cause, Fault};
use portevoix::port::clock::Clock;
use portevoix::port::network::{Found, Network};

use crate::contract::network::Subject;
use crate::contract::network::mastodon::mastodon;
use crate::harness::fake_mastodon::Trouble;
use crate::harness::post::Wanted;

#[tokio::test]
async fn a_question_that_gets_no_answer_stays_open() {
    for trouble in [Trouble::Silence, Trouble::CutBeforeStoring, Trouble::Page(502), Trouble::Error(500, "oops")] {
        let on = mastodon().await;
        on.server.next_read(trouble.clone());
        let outcome = on.network.find(&Wanted::text("Appel").approved(), on.long_ago()).await;
        assert!(matches!(outcome, Err(Fault::Transient { .. })), "{trouble:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn what_the_server_may_still_be_storing_is_not_absent() {
    let on = mastodon().await;
    let post = Wanted::text("Appel à témoins").approved();
    let since = on.clock.now();
    on.server.next_post(Trouble::Held);

    assert_eq!(on.network.publish(&post).await, Err(Fault::Uncertain { cause: Cause::TimedOut }));
    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear));
    assert_eq!(on.afresh().find(&post, since).await, Ok(Found::Unclear), "after a restart");
    on.server.release().await;

    let Ok(Found::Online(receipt)) = on.network.find(&post, since).await else { panic!("not found") };
    assert_eq!(on.network.publish(&post).await, Ok(receipt), "the key is remembered");
    assert_eq!(on.server.texts(), ["Appel à témoins"]);
}

#[tokio::test]
async fn after_the_hour_of_the_key_a_post_is_found_by_its_text() {
    let on = mastodon().await;
    let post = Wanted::text("  Appel à témoins\n").approved();
    let since = on.clock.now();
    on.server.next_post(Trouble::AcceptThenCut);
    on.network.publish(&post).await.unwrap_err();
    on.clock.passes(SignedDuration::from_hours(3));
    on.server.posts_by_hand("Autre chose");

    let found = on.afresh().find(&post, since).await.unwrap();

    let status = &on.server.statuses()[0];
    assert!(matches!(found, Found::Online(receipt) if receipt.id == status.id));
    assert_eq!(status.text, "Appel à témoins", "Mastodon takes white space off the ends");
}

#[tokio::test]
async fn an_older_post_of_the_same_text_is_not_taken_for_this_one() {
    let on = mastodon().await;
    on.server.posts_by_hand("Circulation rétablie");
    on.clock.passes(SignedDuration::from_mins(11));
    let since = on.clock.now();
    on.seconds_pass(60);

    let found = on.network.find(&Wanted::text("Circulation rétablie").approved(), since).await;

    assert_eq!(found, Ok(Found::Absent));
}

#[tokio::test]
async fn what_can_not_be_told_apart_is_unclear() {
    let post = Wanted::text("Circulation rétablie").approved();

    let on = mastodon().await;
    on.server.posts_by_hand("Circulation rétablie");
    on.seconds_pass(120);
    let since = on.clock.now();
    on.seconds_pass(60);
    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear), "shortly before the first try");

    let on = mastodon().await;
    let since = on.clock.now();
    on.server.posts_by_hand("Circulation rétablie");
    on.server.posts_by_hand("Circulation rétablie");
    on.seconds_pass(60);
    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear), "two since the first try");

    let on = mastodon().await;
    let since = on.clock.now();
    let id = on.server.posts_by_hand("Circulation rétablie").id;
    on.server.edits_by_hand(&id, "Circulation rétablie à 18 h");
    on.seconds_pass(60);
    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear), "edited since");

    let on = mastodon().await;
    let since = on.clock.now();
    on.server.posts_by_hand("Autre chose");
    on.server.with(|server| server.has_source = false);
    on.seconds_pass(60);
    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear), "texts are not shown");

    let on = mastodon().await;
    let since = on.clock.now();
    for n in 0..121 {
        on.server.posts_by_hand(&format!("Brève {n}"));
    }
    on.seconds_pass(60);
    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear), "more than is looked through");
}

#[tokio::test]
async fn a_look_goes_through_several_pages() {
    let on = mastodon().await;
    let post = Wanted::text("Appel à témoins").approved();
    let since = on.clock.now();
    on.server.next_post(Trouble::AcceptThenCut);
    on.network.publish(&post).await.unwrap_err();
    for n in 0..45 {
        on.server.posts_by_hand(&format!("Brève {n}"));
    }

    let found = on.network.find(&post, since).await.unwrap();

    assert!(matches!(found, Found::Online(receipt) if receipt.id == on.server.statuses()[0].id));
}

#[tokio::test]
async fn a_server_whose_clock_is_wrong_is_understood() {
    for ahead in [SignedDuration::from_hours(-5), SignedDuration::from_hours(5)] {
        let on = mastodon().await;
        on.server.sets_clock_ahead(ahead);
        on.server.posts_by_hand("Circulation rétablie");
        on.clock.passes(SignedDuration::from_mins(30));
        let post = Wanted::text("Circulation rétablie").approved();
        let since = on.clock.now();
        on.server.next_post(Trouble::AcceptThenCut);
        on.network.publish(&post).await.unwrap_err();

        let found = on.network.find(&post, since).await.unwrap();

        assert!(matches!(found, Found::Online(receipt) if receipt.id == on.server.statuses()[1].id), "{ahead:#}");
    }
}

#[tokio::test]
async fn a_post_that_was_taken_down_is_absent_and_does_not_come_back_under_its_key() {
    let on = mastodon().await;
    let post = Wanted::text("Appel à témoins").approved();
    let receipt = on.network.publish(&post).await.unwrap();

    on.server.deletes(&receipt.id);

    assert_eq!(on.network.find(&post, on.long_ago()).await, Ok(Found::Absent));
    let cause = Cause::Refused("Record not found".to_owned());
    assert_eq!(on.network.publish(&post).await, Err(Fault::Permanent { cause }));
}
