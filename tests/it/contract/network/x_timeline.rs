//! X on the fake: the look into the own timeline for a post that may or may not be out.

use jiff::SignedDuration;
use portevoix::domain::fault::{Cause, Fault};
use portevoix::port::clock::Clock;
use portevoix::port::network::{Found, Network};

use crate::contract::network::Subject;
use crate::contract::network::x::{OnX, granted};
use crate::harness::fake_x::{Door, Trouble};
use crate::harness::post::{Wanted, photograph};

/// What X wraps, escapes or composes.
const WRAPPED: &str = "Voir <ici> & là : https://www.interieur.gouv.fr/été?a=1&b=2, www.police-nationale.interieur.gouv.fr, \
                       cafe\u{301} &amp; https://exemple.fr/ fin";

/// Publishes with a lost answer, and hands back when the try began.
async fn lost(on: &OnX, post: &portevoix::domain::post::Post) -> jiff::Timestamp {
    let since = on.clock.now();
    on.x.next(Door::Post, Trouble::AcceptThenCut);
    on.network.publish(post).await.unwrap_err();
    since
}

#[tokio::test]
async fn a_question_that_gets_no_answer_stays_open() {
    let limited = Trouble::TooManyRequests("retry-after", "90".to_owned());
    for trouble in [Trouble::Silence, Trouble::CutBeforeStoring, Trouble::Page(502), limited] {
        let on = granted().await;
        on.x.next(Door::Read, trouble.clone());
        let outcome = on.network.find(&Wanted::text("Appel").approved(), on.long_ago()).await;
        assert!(matches!(outcome, Err(Fault::Transient { .. })), "{trouble:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_text_is_recognised_through_all_that_x_makes_of_it() {
    for pictures in [vec![], vec![photograph("Un sac bleu", 1)]] {
        let on = granted().await;
        let post = Wanted::text(WRAPPED).pictures(pictures).approved();
        let since = lost(&on, &post).await;
        let shown = on.x.with(|server| server.show(&server.posts[0], &["entities"]));
        let text = shown["text"].as_str().unwrap();
        assert!(
            text.contains("https://t.co/") && !text.contains("gouv.fr") && text.contains("&lt;ici&gt; &amp;"),
            "{text}"
        );

        let found = on.afresh().find(&post, since).await.unwrap();

        assert!(matches!(&found, Found::Online(receipt) if receipt.id == on.x.posts()[0].id), "{found:?}");
    }
}

#[tokio::test]
async fn a_text_with_another_link_is_another_text() {
    let on = granted().await;
    let since = on.clock.now();
    on.x.posts_by_hand("Plan : https://exemple.fr/a");
    on.seconds_pass(60);
    let other = Wanted::text("Plan : https://exemple.fr/b").approved();
    assert_eq!(on.network.find(&other, since).await, Ok(Found::Absent));
}

#[tokio::test]
async fn what_the_timeline_does_not_show_yet_is_not_absent() {
    let on = granted().await;
    on.x.lags(SignedDuration::from_secs(20));
    let post = Wanted::text("Appel à témoins").approved();
    let since = lost(&on, &post).await;

    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear));
    assert_eq!(on.afresh().find(&post, since).await, Ok(Found::Unclear), "after a restart");
    on.seconds_pass(20);

    let found = on.afresh().find(&post, since).await.unwrap();
    assert!(matches!(found, Found::Online(receipt) if receipt.id == on.x.posts()[0].id));
}

#[tokio::test]
async fn a_timeline_that_lags_for_ever_makes_no_second_post() {
    let on = granted().await;
    on.x.lags(SignedDuration::from_mins(30));
    let post = Wanted::text("Appel à témoins").approved();
    let since = lost(&on, &post).await;
    on.seconds_pass(120);

    assert_eq!(on.network.find(&post, since).await, Ok(Found::Absent), "by all that can be known");
    assert_eq!(on.network.publish(&post).await, Err(Fault::Uncertain { cause: Cause::Duplicate }));
    on.clock.passes(SignedDuration::from_mins(30));

    let found = on.network.find(&post, since).await.unwrap();
    assert!(matches!(found, Found::Online(receipt) if receipt.id == on.x.posts()[0].id));
    assert_eq!(on.x.texts(), ["Appel à témoins"]);
}

#[tokio::test]
async fn a_duplicate_that_is_the_post_itself_is_its_receipt() {
    let on = granted().await;
    let post = Wanted::text("Appel à témoins").approved();
    lost(&on, &post).await;

    let receipt = on.afresh().publish(&post).await.unwrap();

    assert_eq!(receipt.id, on.x.posts()[0].id);
    assert_eq!(on.x.texts(), ["Appel à témoins"]);
}

#[tokio::test]
async fn a_duplicate_of_an_older_post_is_no_success() {
    let on = granted().await;
    on.x.posts_by_hand("Circulation rétablie");
    on.clock.passes(SignedDuration::from_hours(2));
    let decided_at = on.clock.now();
    on.seconds_pass(1);
    let post = Wanted { decided_at, ..Wanted::text("Circulation rétablie") }.approved();

    assert_eq!(on.network.publish(&post).await, Err(Fault::Permanent { cause: Cause::Duplicate }));
}

#[tokio::test]
async fn a_duplicate_of_nothing_that_is_seen_stays_in_doubt() {
    let on = granted().await;
    let post = Wanted::text("Appel à témoins").approved();
    for trouble in [
        Trouble::Problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."),
        Trouble::Listed(403, 187, "Status is a duplicate."),
    ] {
        on.x.next(Door::Post, trouble);
        assert_eq!(on.network.publish(&post).await, Err(Fault::Uncertain { cause: Cause::Duplicate }));
    }
    on.x.posts_by_hand("Appel à témoins");
    on.x.next(Door::Read, Trouble::Silence);
    assert_eq!(on.network.publish(&post).await, Err(Fault::Uncertain { cause: Cause::Duplicate }));
}

#[tokio::test]
async fn what_can_not_be_told_apart_is_unclear() {
    let post = Wanted::text("Circulation rétablie").approved();

    let on = granted().await;
    on.x.posts_by_hand("Circulation rétablie");
    on.seconds_pass(120);
    let since = on.clock.now();
    on.seconds_pass(60);
    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear), "shortly before the first try");

    let on = granted().await;
    let since = on.clock.now();
    on.x.posts_by_hand("Circulation rétablie");
    on.x.posts_by_hand("Circulation rétablie");
    on.seconds_pass(60);
    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear), "two since the first try");

    let on = granted().await;
    let since = on.clock.now();
    for n in 0..301 {
        on.x.posts_by_hand(&format!("Brève {n}"));
    }
    on.seconds_pass(60);
    assert_eq!(on.network.find(&post, since).await, Ok(Found::Unclear), "more than is looked through");
}

#[tokio::test]
async fn a_look_goes_through_several_pages() {
    let on = granted().await;
    let post = Wanted::text("Appel à témoins").approved();
    let since = lost(&on, &post).await;
    for n in 0..150 {
        on.x.posts_by_hand(&format!("Brève {n}"));
    }

    let found = on.network.find(&post, since).await.unwrap();

    assert!(matches!(found, Found::Online(receipt) if receipt.id == on.x.posts()[0].id));
}

#[tokio::test]
async fn an_older_post_of_the_same_text_is_not_taken_for_this_one() {
    let on = granted().await;
    on.x.posts_by_hand("Circulation rétablie");
    on.clock.passes(SignedDuration::from_mins(11));
    let since = on.clock.now();
    on.seconds_pass(60);
    assert_eq!(on.network.find(&Wanted::text("Circulation rétablie").approved(), since).await, Ok(Found::Absent));
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_understood() {
    for ahead in [SignedDuration::from_hours(-1), SignedDuration::from_hours(1)] {
        let on = granted().await;
        on.x.sets_clock_ahead(ahead);
        on.x.with(|server| {
            // Its tokens last as long as by the right clock.
            let late = server.now() + SignedDuration::from_hours(4);
            server.accesses.tokens.values_mut().for_each(|(_, end)| *end = late);
        });
        on.network.probe().await.unwrap();
        on.x.posts_by_hand("Circulation rétablie");
        on.clock.passes(SignedDuration::from_mins(30));
        let post = Wanted::text("Appel à témoins").approved();
        let since = lost(&on, &post).await;

        let found = on.network.find(&post, since).await.unwrap();

        assert!(matches!(found, Found::Online(receipt) if receipt.id == on.x.posts()[1].id), "{ahead:#}");
    }
}
