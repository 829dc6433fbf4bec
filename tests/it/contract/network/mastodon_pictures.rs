//! Mastodon on the fake: pictures that are worked on, refused or lost on the way, and what is taken down or shown on.

use jiff::SignedDuration;
use portevoix::domain::directorate::NetworkKind;
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::picture::PictureKind;
use portevoix::domain::text::{Limits, PictureLimits};
use portevoix::port::clock::Clock;
use portevoix::port::network::{Found, Network};

use crate::contract::network::Subject;
use crate::contract::network::mastodon::{OnMastodon, mastodon};
use crate::harness::fake_mastodon::Trouble;
use crate::harness::post::{Wanted, drawing, from_bytes, photograph};

const UPLOAD: &str = "POST /api/v2/media";
const LOOK: &str = "GET /api/v1/media/";
const DELETE: &str = "DELETE /api/v1/statuses/";
const REBLOG: &str = "POST /api/v1/statuses/1";
const SEARCH: &str = "GET /api/v2/search";

fn illustrated() -> Wanted {
    Wanted::text("Appel à témoins").pictures([photograph("Un sac rouge", 1), drawing("Plan du quartier", 2)])
}

#[tokio::test]
async fn a_picture_that_the_server_works_on_is_waited_for() {
    let on = mastodon().await;
    on.clock.jumps();
    on.server.with(|server| server.rules.looks = 3);
    let began = on.clock.now();

    on.network.publish(&illustrated().approved()).await.unwrap();

    assert_eq!(on.server.media().concat().len(), 2);
    let waited = on.clock.now().duration_since(began);
    assert!(waited >= SignedDuration::from_secs(7) && waited < SignedDuration::from_secs(40), "{waited:#}");
    assert!(on.server.requests() < 12, "looks madly");
}

#[tokio::test]
async fn a_picture_that_is_never_ready_is_tried_again_later_without_being_sent_again() {
    let on = mastodon().await;
    on.clock.jumps();
    on.server.with(|server| server.rules.looks = 8);
    let post = illustrated().pictures([photograph("Un sac rouge", 1)]).approved();

    let outcome = on.network.publish(&post).await;

    assert_eq!(outcome, Err(Fault::Transient { cause: Cause::TimedOut, retry_at: None }));
    assert_eq!((on.server.texts().len(), on.server.uploads()), (0, 1));
    on.network.publish(&post).await.unwrap();
    assert_eq!((on.server.media().concat().len(), on.server.uploads()), (1, 1));
}

/// Breaks one request for a picture: what the attempt ends as, and that the next one ends with one whole post.
async fn check(request: &str, trouble: Trouble, expected: Fault) {
    let on = mastodon().await;
    on.clock.jumps();
    on.server.with(|server| server.rules.looks = 1);
    let post = illustrated().approved();
    on.server.next(request, trouble.clone());

    let outcome = on.network.publish(&post).await;

    assert_eq!(outcome, Err(expected), "{request} {trouble:?}");
    assert_eq!(on.server.texts().len(), 0, "{request} {trouble:?}");
    on.network.publish(&post).await.unwrap();
    assert_eq!((on.server.texts().len(), on.server.media().concat().len()), (1, 2), "{request} {trouble:?}");
}

#[tokio::test]
async fn trouble_with_a_picture_has_published_nothing() {
    let transient = |cause| Fault::Transient { cause, retry_at: None };
    let permanent = |cause| Fault::Permanent { cause };
    let refused = |words: &str| permanent(Cause::PictureRefused(words.to_owned()));

    for request in [UPLOAD, LOOK] {
        check(request, Trouble::AcceptThenTimeout, transient(Cause::TimedOut)).await;
        check(request, Trouble::AcceptThenCut, transient(Cause::ConnectionCut)).await;
        check(request, Trouble::Error(500, "Error processing thumbnail"), transient(Cause::ServerError(500))).await;
        check(request, Trouble::Page(502), transient(Cause::ServerError(502))).await;
        check(request, Trouble::Error(422, "File is invalid"), refused("File is invalid")).await;
        check(request, Trouble::Error(401, "invalid"), permanent(Cause::CredentialsRefused)).await;
        let words = "This action is outside the authorized scopes";
        check(request, Trouble::Error(403, words), permanent(Cause::Forbidden(words.to_owned()))).await;
    }
    check(UPLOAD, Trouble::Page(413), refused("HTTP 413")).await;
    let retry_at = Some("2026-07-01T10:05:01Z".parse().unwrap());
    let limited = Fault::Transient { cause: Cause::RateLimited, retry_at };
    check(UPLOAD, Trouble::TooManyRequestsByMastodon, limited).await;
}

#[tokio::test]
async fn a_picture_that_the_server_does_not_take_is_refused_in_its_words() {
    let refuses = async |change: &dyn Fn(&OnMastodon), wanted: Wanted| {
        let on = mastodon().await;
        on.clock.jumps();
        change(&on);
        let outcome = on.network.publish(&wanted.approved()).await;
        assert_eq!(on.server.texts().len(), 0);
        let Err(Fault::Permanent { cause: Cause::PictureRefused(words) }) = outcome else { panic!("{outcome:?}") };
        words
    };
    let no_picture = from_bytes(b"GIF89a".to_vec(), PictureKind::Png, (1, 1), "Rien");

    let words = refuses(&|_| {}, Wanted::text("x").pictures([no_picture])).await;
    assert_eq!(words, "Validation failed: File content type is invalid, File is invalid");
    let long = illustrated().pictures([drawing(&"é".repeat(1_501), 1)]);
    let words = refuses(&|_| {}, long).await;
    assert_eq!(words, "Validation failed: Description is too long (maximum is 1500 characters)");
    let words = refuses(&|on| on.server.with(|server| server.rules.bytes = 10), illustrated()).await;
    assert!(words.contains("file size"), "{words}");
    let fails = |on: &OnMastodon| on.server.with(|server| (server.rules.looks, server.rules.fails) = (2, true));
    assert_eq!(refuses(&fails, illustrated()).await, "Error processing thumbnail for uploaded media");
}

#[tokio::test]
async fn a_second_try_brings_nothing_that_is_there_already() {
    let on = mastodon().await;
    let post = illustrated().approved();
    on.server.next_post(Trouble::AcceptThenCut);
    let since = on.clock.now();

    on.network.publish(&post).await.unwrap_err();
    let receipt = on.network.publish(&post).await.unwrap();

    assert_eq!((on.server.texts().len(), on.server.uploads()), (1, 2));
    assert_eq!(on.afresh().find(&post, since).await, Ok(Found::Online(receipt)));
}

#[tokio::test]
async fn a_status_of_the_same_text_with_other_pictures_is_not_taken_for_ours() {
    let without = Wanted::text("Appel à témoins").serial(40);
    let others = without.clone().pictures([drawing("Autre", 1), drawing("Encore", 2)]);
    for other in [without, others] {
        let on = mastodon().await;
        let since = on.clock.now();
        on.afresh().publish(&other.approved()).await.unwrap();
        on.seconds_pass(60);
        assert_eq!(on.network.find(&illustrated().approved(), since).await, Ok(Found::Unclear), "{other:?}");
    }
}

#[tokio::test]
async fn limits_of_pictures_are_asked_of_the_server() {
    let on = mastodon().await;
    on.server.with(|server| {
        (server.rules.most, server.rules.bytes, server.rules.pixels) = (6, 8_000_000, 1_000_000);
        server.rules.description = 900;
    });

    let expected = PictureLimits { count: 6, bytes: 8_000_000, pixels: Some(1_000_000), alt_characters: 900 };
    assert_eq!(on.network.limits().await.unwrap().pictures, expected);

    let old = r#"{"domain":"x.example","configuration":{"statuses":{"max_characters":500,"characters_reserved_per_url":23}}}"#;
    on.server.next_read(Trouble::Success(old));
    assert_eq!(on.network.limits().await, Ok(Limits::default_of(NetworkKind::Mastodon)));
}

#[tokio::test]
async fn every_scope_that_a_token_lacks_is_named() {
    let on = mastodon().await;
    let forbidden = |words: &str| Err(Fault::Permanent { cause: Cause::Forbidden(words.to_owned()) });

    on.server.with(|server| server.scopes.retain(|scope| !["write:media", "read:search"].contains(&scope.as_str())));
    assert_eq!(on.network.probe().await, forbidden("scope read:search, write:media"));
    on.server.with(|server| server.scopes = ["write".to_owned()].into());
    assert_eq!(on.network.probe().await, forbidden("scope read:accounts, read:statuses, read:search"));
    on.server.with(|server| server.scopes = ["read".to_owned(), "write".to_owned()].into());
    assert!(on.network.probe().await.is_ok());
}

/// Breaks a deletion: what the attempt ends as, how many posts are left, and that the next attempt leaves none.
async fn check_deletion(trouble: Trouble, expected: Result<(), Fault>, left: usize) {
    let on = mastodon().await;
    let receipt = on.network.publish(&illustrated().approved()).await.unwrap();
    on.server.next(DELETE, trouble.clone());

    assert_eq!(on.network.delete(&receipt).await, expected, "{trouble:?}");
    assert_eq!(on.server.texts().len(), left, "{trouble:?}");
    assert_eq!(on.network.delete(&receipt).await, Ok(()), "{trouble:?}");
    assert_eq!((on.server.texts().len(), on.server.with(|server| server.media.len())), (0, 0), "{trouble:?}");
}

#[tokio::test]
async fn trouble_with_a_deletion_is_told_for_what_it_is() {
    let uncertain = |cause| Err(Fault::Uncertain { cause });
    let permanent = |cause| Err(Fault::Permanent { cause });

    check_deletion(Trouble::AcceptThenTimeout, uncertain(Cause::TimedOut), 0).await;
    check_deletion(Trouble::AcceptThenCut, uncertain(Cause::ConnectionCut), 0).await;
    check_deletion(Trouble::CutBeforeStoring, uncertain(Cause::ConnectionCut), 1).await;
    check_deletion(Trouble::Error(500, "oops"), uncertain(Cause::ServerError(500)), 1).await;
    check_deletion(Trouble::Error(401, "invalid"), permanent(Cause::CredentialsRefused), 1).await;
    check_deletion(Trouble::Page(404), permanent(Cause::NotTheApi("HTTP 404, text/html".to_owned())), 1).await;
    let retry_at = Some("2026-07-01T10:05:01Z".parse().unwrap());
    let limited = Err(Fault::Transient { cause: Cause::RateLimited, retry_at });
    check_deletion(Trouble::TooManyRequestsByMastodon, limited, 1).await;
}

#[tokio::test]
async fn what_a_person_vouched_for_can_not_be_taken_down_and_says_so() {
    let on = mastodon().await;
    let vouched = Receipt { id: String::new(), url: None };
    assert!(matches!(on.network.delete(&vouched).await, Err(Fault::Permanent { cause: Cause::Refused(_) })));
}

#[tokio::test]
async fn a_post_of_another_server_is_found_there_and_shown_on() {
    let on = mastodon().await;
    let id = on.server.stranger_posts("Alerte du préfet", "ailleurs.example").id;
    let page = on.server.with(|server| server.others[0].url.clone());
    // The number is the other server's own: here it may be anybody's.
    let original = Receipt { id: on.server.neighbour_posts("Une recette").id, url: Some(page) };

    let receipt = on.network.repost(&original, on.clock.now()).await.unwrap();

    assert_eq!(on.reposts().await, ["Alerte du préfet"]);
    assert_ne!(receipt.id, id);
    on.network.delete(&receipt).await.unwrap();
    assert_eq!(on.reposts().await, [""; 0], "a repost can be taken back");
}

#[tokio::test]
async fn only_the_post_that_was_meant_is_shown_on() {
    let on = mastodon().await;
    let gone = Receipt { id: "5".to_owned(), url: Some("https://ailleurs.example/@voisine/905".to_owned()) };
    let other = r#"{"statuses":[{"id":"7","created_at":"2026-07-01T10:00:00Z","url":"https://x.example/@a/7",
        "content":"https://ailleurs.example/@voisine/905"}]}"#;
    on.server.next(SEARCH, Trouble::Success(other));

    for _ in 0..2 {
        let outcome = on.network.repost(&gone, on.clock.now()).await;
        assert!(matches!(outcome, Err(Fault::Permanent { cause: Cause::Refused(_) })), "{outcome:?}");
    }
    let here = on.server.neighbour_posts("Ici").id;
    let seen_here = Receipt { id: String::new(), url: Some(format!("{}/@voisine/{here}", on.server.url())) };
    on.network.repost(&seen_here, on.clock.now()).await.unwrap();
    assert_eq!(on.reposts().await, ["Ici"]);
}

#[tokio::test]
async fn trouble_with_a_repost_is_told_for_what_it_is_and_leaves_one() {
    let uncertain = |cause| Err(Fault::Uncertain { cause });
    for (trouble, expected) in [
        (Trouble::AcceptThenTimeout, uncertain(Cause::TimedOut)),
        (Trouble::AcceptThenCut, uncertain(Cause::ConnectionCut)),
        (Trouble::ErrorAfterStoring, uncertain(Cause::ServerError(500))),
    ] {
        let on = mastodon().await;
        let original = on.someone_else_posts("Alerte").await;
        on.server.next(REBLOG, trouble.clone());
        assert_eq!(on.network.repost(&original, on.clock.now()).await, expected, "{trouble:?}");
        on.network.repost(&original, on.clock.now()).await.unwrap();
        assert_eq!(on.reposts().await, ["Alerte"], "{trouble:?}");
    }
}
