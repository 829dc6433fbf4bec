//! Bluesky on the real PDS: pictures in the record, what goes wrong with them, taking down and showing on.

use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::picture::PictureKind;
use portevoix::port::network::{Found, Network};
use serde_json::json;

use crate::contract::network::Subject;
use crate::contract::network::bluesky::{JSON, LOGIN, PAGE, PUT, bluesky};
use crate::harness::faulty_proxy::Break;
use crate::harness::post::{Wanted, drawing, from_bytes, photograph};

const UPLOAD: &str = "com.atproto.repo.uploadBlob";
const DELETE: &str = "com.atproto.repo.deleteRecord";
const RECORD: &str = "com.atproto.repo.getRecord";

fn illustrated() -> Wanted {
    Wanted::text("Appel à témoins").pictures([photograph("Un sac rouge", 1), drawing("Plan du quartier", 2)])
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn the_record_says_what_a_picture_shows_and_how_it_is_shaped() {
    let on = bluesky().await;

    on.network.publish(&illustrated().approved()).await.unwrap();

    let (_, record) = on.account.records().await.remove(0);
    assert_eq!(record["embed"]["$type"], "app.bsky.embed.images");
    let image = &record["embed"]["images"][0];
    assert_eq!((&image["alt"], &image["aspectRatio"]), (&json!("Un sac rouge"), &json!({ "width": 4, "height": 3 })));
    assert_eq!((&image["image"]["$type"], &image["image"]["mimeType"]), (&json!("blob"), &json!("image/jpeg")));
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn a_picture_that_is_too_large_is_refused_before_anything_is_sent() {
    let on = bluesky().await;
    let large = from_bytes(vec![0; 1_000_001], PictureKind::Jpeg, (10, 10), "Trop");
    let five: Vec<_> = (1..=5).map(|shade| drawing("Un de trop", shade)).collect();

    for pictures in [vec![large], five] {
        let outcome = on.network.publish(&Wanted::text("Ne sort pas").pictures(pictures).approved()).await;
        assert!(matches!(outcome, Err(Fault::Permanent { cause: Cause::PictureRefused(_) })), "{outcome:?}");
    }
    assert_eq!((on.proxy.calls(LOGIN), on.proxy.calls(UPLOAD)), (0, 0));
}

/// Breaks one request of an attempt to publish pictures: what the attempt ends as, how many records are out, and that the
/// next attempt ends with one.
async fn check(method: &str, how: Break, expected: Result<(), Fault>, out: usize) {
    let on = bluesky().await;
    let post = illustrated().approved();
    on.proxy.next(method, how.clone());

    assert_eq!(on.network.publish(&post).await.map(drop), expected, "{method} {how:?}");
    assert_eq!(on.public().await.len(), out, "{method} {how:?}");
    match (out, on.restarted().await.find(&post, on.long_ago()).await.unwrap()) {
        (0, Found::Absent) | (1, Found::Online(_)) => {}
        (_, found) => panic!("{method} {how:?}: {found:?}"),
    }
    on.network.publish(&post).await.unwrap();
    assert_eq!((on.public().await.len(), on.public_pictures().await.concat().len()), (1, 2), "{method} {how:?}");
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn trouble_with_a_picture_has_published_nothing() {
    let transient = |cause| Err(Fault::Transient { cause, retry_at: None });
    let refused = |words: &str| Err(Fault::Permanent { cause: Cause::PictureRefused(words.to_owned()) });
    let invalid = r#"{"error":"InvalidMimeType","message":"Wrong type of file"}"#;
    let large = r#"{"error":"PayloadTooLarge","message":"request entity too large"}"#;

    check(UPLOAD, Break::CutBefore, transient(Cause::ConnectionCut), 0).await;
    check(UPLOAD, Break::CutAfter, transient(Cause::ConnectionCut), 0).await;
    check(UPLOAD, Break::SilenceAfter, transient(Cause::TimedOut), 0).await;
    check(UPLOAD, Break::Instead(502, PAGE, "<html>"), transient(Cause::ServerError(502)), 0).await;
    check(UPLOAD, Break::Instead(400, JSON, invalid), refused("Wrong type of file"), 0).await;
    check(UPLOAD, Break::Instead(413, JSON, large), refused("request entity too large"), 0).await;
    check(UPLOAD, Break::Instead(413, PAGE, "<html>"), refused("HTTP 413"), 0).await;
    check(PUT, Break::CutAfter, Err(Fault::Uncertain { cause: Cause::ConnectionCut }), 1).await;
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn a_session_that_ran_out_is_renewed_in_the_middle_of_pictures() {
    let on = bluesky().await;
    let expired = r#"{"error":"ExpiredToken","message":"Token has expired"}"#;
    on.proxy.next(UPLOAD, Break::Instead(400, JSON, expired));

    on.network.publish(&illustrated().approved()).await.unwrap();

    assert_eq!(on.public_pictures().await.concat().len(), 2);
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn trouble_with_a_deletion_is_told_for_what_it_is() {
    let uncertain = |cause| Err(Fault::Uncertain { cause });
    let error = r#"{"error":"InternalServerError","message":"oops"}"#;
    for (how, expected, left) in [
        (Break::CutAfter, uncertain(Cause::ConnectionCut), 0),
        (Break::SilenceAfter, uncertain(Cause::TimedOut), 0),
        (Break::Instead(500, JSON, error), uncertain(Cause::ServerError(500)), 1),
    ] {
        let on = bluesky().await;
        let receipt = on.network.publish(&illustrated().approved()).await.unwrap();
        on.proxy.next(DELETE, how.clone());
        assert_eq!(on.network.delete(&receipt).await, expected, "{how:?}");
        assert_eq!(on.public().await.len(), left, "{how:?}");
        assert_eq!(on.network.delete(&receipt).await, Ok(()), "{how:?}");
        assert_eq!(on.public().await, [""; 0], "{how:?}");
    }
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn nothing_but_ones_own_posts_can_be_taken_down() {
    let on = bluesky().await;
    let other = on.someone_else_posts("Pas à nous").await;
    let own = |collection: &str| format!("at://{}/{collection}/self", on.account.did);
    let foreign = ["https://bsky.app/profile/x/post/y", "at://", ""].map(str::to_owned);
    for id in [other.id, own("app.bsky.actor.profile")].into_iter().chain(foreign) {
        let outcome = on.network.delete(&Receipt { id: id.clone(), url: None }).await;
        assert!(matches!(outcome, Err(Fault::Permanent { cause: Cause::Refused(_) })), "{id}: {outcome:?}");
    }
    assert_eq!(on.proxy.calls(DELETE), 0);
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn a_post_is_shown_on_by_its_page_as_well_and_taken_back() {
    let on = bluesky().await;
    let id = on.someone_else_posts("Alerte du préfet").await.id;
    let key = id.rsplit('/').next().unwrap();
    let page = format!("https://bsky.app/profile/{}/post/{key}", on.others.handle);
    let original = Receipt { id: String::new(), url: Some(page) };
    let decided_at = on.long_ago();

    let receipt = on.network.repost(&original, decided_at).await.unwrap();
    assert_eq!(on.network.repost(&Receipt { id, url: None }, decided_at).await.unwrap().id, receipt.id);
    assert_eq!(on.reposts().await, ["Alerte du préfet"]);

    on.network.delete(&receipt).await.unwrap();
    assert_eq!(on.reposts().await, [""; 0]);
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn a_server_that_hands_no_question_on_is_asked_what_is_shown() {
    let on = bluesky().await;
    let uri = "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3jzfcijpj2z2a";
    let original = Receipt { id: uri.to_owned(), url: None };
    let elsewhere = r#"{"error":"InvalidRequest","message":"Could not find repo"}"#;
    let shown = r#"{"posts":[{"uri":"at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3jzfcijpj2z2a",
        "cid":"bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"}]}"#;

    on.proxy.next(RECORD, Break::Instead(400, JSON, elsewhere));
    on.proxy.next("app.bsky.feed.getPosts", Break::Instead(200, JSON, shown));
    on.network.repost(&original, on.long_ago()).await.unwrap();
    let reposts = on.account.records_of("app.bsky.feed.repost").await;
    assert_eq!(reposts[0].1["subject"]["uri"], uri);

    on.proxy.next(RECORD, Break::Instead(400, JSON, elsewhere));
    on.proxy.next("app.bsky.feed.getPosts", Break::Instead(200, JSON, r#"{"posts":[]}"#));
    let outcome = on.network.repost(&original, on.long_ago()).await;
    assert!(matches!(outcome, Err(Fault::Permanent { cause: Cause::Refused(_) })), "{outcome:?}");
}
