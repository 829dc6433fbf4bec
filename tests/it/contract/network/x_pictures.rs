//! X on the fake: pictures on their way, and what may stop them.

use std::sync::Arc;

use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::picture::{Developed, Digest, Picture, PictureKind};
use portevoix::port::network::Network;

use crate::contract::network::x::granted;
use crate::harness::fake_x::{Door, Trouble};
use crate::harness::post::{Wanted, photograph};

#[tokio::test]
async fn a_large_picture_goes_in_pieces() {
    let on = granted().await;
    let bytes: Arc<[u8]> = (0..4_900_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let picture = Picture {
        digest: Digest::of(&bytes),
        kind: PictureKind::Jpeg,
        width: 10,
        height: 10,
        bytes: 4_900_000,
        alt: "Un sac bleu".to_owned(),
        from: "m1".into(),
    };
    let developed = Developed::new(picture, bytes.clone()).unwrap();

    on.network.publish(&Wanted::text("Grande image").pictures([developed]).approved()).await.unwrap();

    on.x.with(|server| {
        let upload = server.uploads.values().next().unwrap();
        assert_eq!((upload.segments.len(), upload.bytes().as_slice()), (2, &*bytes));
    });
}

#[tokio::test]
async fn a_picture_that_x_works_on_is_waited_for() {
    let on = granted().await;
    on.x.with(|server| server.looks_needed = 2);
    let post = Wanted::text("Image").pictures([photograph("Un sac bleu", 1)]).approved();

    let publishing = on.network.publish(&post);
    let waiting = async {
        while on.x.texts().is_empty() {
            on.seconds_pass(1);
            tokio::task::yield_now().await;
        }
    };
    let (receipt, ()) = tokio::join!(publishing, waiting);

    receipt.unwrap();
}

#[tokio::test]
async fn whatever_happens_to_a_picture_nothing_went_out() {
    let picture = photograph("Un sac bleu", 1);
    let post = Wanted::text("Image").pictures([picture]).approved();
    let refused = |words: &str| Fault::Permanent { cause: Cause::PictureRefused(words.to_owned()) };
    let transient = |cause| Fault::Transient { cause, retry_at: None };
    for place in 0..4 {
        for (trouble, expected) in [
            (Trouble::AcceptThenTimeout, transient(Cause::TimedOut)),
            (Trouble::CutBeforeStoring, transient(Cause::ConnectionCut)),
            (Trouble::Page(503), transient(Cause::ServerError(503))),
            (Trouble::Problem(400, "Invalid Request", "media type unrecognized."), refused("media type unrecognized.")),
        ] {
            let on = granted().await;
            for _ in 0..place {
                // Let this step of initialize, append, finalize and metadata pass.
                on.x.next(Door::Media, Trouble::None);
            }
            on.x.next(Door::Media, trouble.clone());
            let outcome = on.network.publish(&post).await;
            assert_eq!(outcome.map(drop), Err(expected), "{place}: {trouble:?}");
            assert_eq!(on.x.texts(), [""; 0]);
            on.network.publish(&post).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_picture_that_x_can_not_use_is_told_in_its_words() {
    let on = granted().await;
    on.x.with(|server| (server.looks_needed, server.processing_fails) = (1, Some("file type not supported")));
    let post = Wanted::text("Image").pictures([photograph("Un sac bleu", 1)]).approved();
    let waiting = async {
        while on.x.requests(Door::Media).len() < 4 {
            on.seconds_pass(1);
            tokio::task::yield_now().await;
        }
    };

    let (outcome, ()) = tokio::join!(on.network.publish(&post), waiting);

    let cause = Cause::PictureRefused("file type not supported".to_owned());
    assert_eq!(outcome, Err(Fault::Permanent { cause }));
    assert_eq!(on.x.texts(), [""; 0]);
}
