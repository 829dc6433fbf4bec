//! What every network must do: one suite, run against the file, the fake Mastodon and the real Bluesky server.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::post::Post;
use portevoix::port::network::{Found, Network};

use crate::harness::post::Wanted;

#[cfg(feature = "bluesky")]
mod bluesky;
#[cfg(feature = "bluesky")]
mod bluesky_session;
#[cfg(feature = "bluesky")]
mod bluesky_text;
mod file;
#[cfg(feature = "mastodon")]
mod mastodon;
#[cfg(feature = "mastodon")]
mod mastodon_search;
#[cfg(feature = "x")]
mod x;
#[cfg(feature = "x")]
mod x_access;
#[cfg(feature = "x")]
mod x_pictures;
#[cfg(feature = "x")]
mod x_timeline;

/// Long enough for a loaded machine, short enough for a test of a server that never answers.
const SHORT: Duration = Duration::from_millis(1_500);

/// A network with its public.
#[async_trait]
trait Subject: Sync {
    /// The account, as production makes it.
    fn network(&self) -> &dyn Network;

    /// The same account, made afresh as after a restart.
    async fn restarted(&self) -> Box<dyn Network>;

    /// The texts that the public sees, oldest first.
    async fn public(&self) -> Vec<String>;

    /// The same account with wrong credentials, where there are any.
    fn with_wrong_credentials(&self) -> Option<Box<dyn Network>>;

    /// The account on a server that can't be reached, where there is a server.
    fn unreachable(&self) -> Option<Box<dyn Network>>;

    /// Whether the network takes the same text a second time.
    fn takes_twins(&self) -> bool {
        true
    }

    /// Long enough ago that nothing can still be under way.
    fn long_ago(&self) -> Timestamp;
}

/// Everything that a network could spoil: accents in both forms, emoji of several code points, white space, a link, a
/// hashtag, a mention, signs of markup.
const HARD_TEXT: &str = "🚨 APPEL À TÉMOINS — «\u{a0}place du Bouffay\u{a0}»\n\n  Vol avec violence & <b>pas de gras</b> ; \
    e\u{301}te\u{301} 👮🏽‍♀️🇫🇷\nhttps://www.interieur.gouv.fr/é?a=1&b=%20 #AppelÀTémoins @personne.invalid *étoiles*\t\"fin\"";

async fn publishes_byte_for_byte(subject: &dyn Subject) {
    let post = Wanted::text(HARD_TEXT).approved();

    let receipt = subject.network().publish(&post).await.unwrap();

    assert!(!receipt.id.is_empty());
    assert_eq!(subject.public().await, [HARD_TEXT]);
}

async fn publishes_once_under_one_key(subject: &dyn Subject) {
    let post = Wanted::text("Une seule fois").approved();

    let first = subject.network().publish(&post).await.unwrap();
    let second = subject.network().publish(&post).await.unwrap();
    let third = subject.restarted().await.publish(&post).await.unwrap();

    assert_eq!((&first, &first), (&second, &third));
    assert_eq!(subject.public().await, ["Une seule fois"]);
}

async fn finds_what_is_out_and_only_that(subject: &dyn Subject) {
    let post = Wanted::text("Retrouvée saine et sauve").approved();
    let other = Wanted::text("Autre chose").serial(13).approved();
    let since = subject.long_ago();

    assert_eq!(subject.network().find(&post, since).await, Ok(Found::Absent));
    let receipt = subject.network().publish(&post).await.unwrap();

    assert_eq!(subject.network().find(&post, since).await, Ok(Found::Online(receipt.clone())));
    assert_eq!(subject.restarted().await.find(&post, since).await, Ok(Found::Online(receipt)));
    assert_eq!(subject.network().find(&other, since).await, Ok(Found::Absent));
    assert_eq!(subject.public().await, ["Retrouvée saine et sauve"]);
}

async fn publishes_twins_as_two(subject: &dyn Subject) {
    let (first, second) = twins();
    let since = subject.long_ago();

    let first_receipt = subject.network().publish(&first).await.unwrap();
    assert_eq!(subject.network().find(&second, since).await, Ok(Found::Absent));
    if !subject.takes_twins() {
        let duplicate = Fault::Permanent { cause: Cause::Duplicate };
        assert_eq!(subject.network().publish(&second).await, Err(duplicate));
        assert_eq!(subject.network().find(&first, since).await, Ok(Found::Online(first_receipt)));
        assert_eq!(subject.public().await, ["Circulation rétablie"]);
        return;
    }
    let second_receipt = subject.network().publish(&second).await.unwrap();

    assert_ne!(first_receipt.id, second_receipt.id);
    assert_eq!(subject.network().find(&first, since).await, Ok(Found::Online(first_receipt)));
    assert_eq!(subject.network().find(&second, since).await, Ok(Found::Online(second_receipt)));
    assert_eq!(subject.public().await, ["Circulation rétablie", "Circulation rétablie"]);
}

/// Two posts of one text and one moment, of two drafts.
fn twins() -> (Post, Post) {
    let wanted = Wanted::text("Circulation rétablie");
    (wanted.clone().serial(20).approved(), wanted.serial(21).approved())
}

async fn publishes_side_by_side(subject: &dyn Subject) {
    let posts: Vec<Post> = (1..=8).map(|n| Wanted::text(format!("Brève {n}")).serial(n).approved()).collect();

    let twice = posts.iter().chain(&posts).map(|post| subject.network().publish(post));
    let receipts = futures_util::future::join_all(twice).await;

    for (first, second) in receipts[..8].iter().zip(&receipts[8..]) {
        assert_eq!(first.as_ref().unwrap(), second.as_ref().unwrap());
    }
    let mut public = subject.public().await;
    public.sort();
    assert_eq!(public, (1..=8).map(|n| format!("Brève {n}")).collect::<Vec<_>>());
}

async fn refuses_wrong_credentials(subject: &dyn Subject) {
    let Some(network) = subject.with_wrong_credentials() else { return };
    let refused = Fault::Permanent { cause: Cause::CredentialsRefused };
    let post = Wanted::text("Ne sort pas").approved();

    assert_eq!(network.publish(&post).await, Err(refused.clone()));
    assert_eq!(network.probe().await, Err(refused));
    assert_eq!(subject.public().await, [""; 0]);
}

async fn knows_that_nothing_left_for_an_unreachable_server(subject: &dyn Subject) {
    let Some(network) = subject.unreachable() else { return };
    let post = Wanted::text("Ne sort pas").approved();

    for outcome in [network.publish(&post).await.map(drop), network.probe().await.map(drop)] {
        let Err(Fault::Transient { cause: Cause::Unreachable(words), retry_at: None }) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(words.contains("refused"), "{words}");
    }
    assert!(matches!(network.find(&post, subject.long_ago()).await, Err(Fault::Transient { .. })));
}

async fn probes_and_tells_limits_without_publishing(subject: &dyn Subject) {
    assert!(!subject.network().probe().await.unwrap().is_empty());
    assert!(subject.network().limits().await.unwrap().characters >= 280);
    assert_eq!(subject.public().await, [""; 0]);
}

/// The suite as tests of one subject.
macro_rules! suite {
    ($subject:expr $(, #[$attribute:meta])*) => {
        suite!(@each $subject, [$(#[$attribute])*],
            publishes_byte_for_byte publishes_once_under_one_key finds_what_is_out_and_only_that publishes_twins_as_two
            publishes_side_by_side refuses_wrong_credentials knows_that_nothing_left_for_an_unreachable_server
            probes_and_tells_limits_without_publishing);
    };
    (@each $subject:expr, $attributes:tt, $($scene:ident)*) => {
        $(suite!(@one $subject, $attributes, $scene);)*
    };
    (@one $subject:expr, [$(#[$attribute:meta])*], $scene:ident) => {
        #[tokio::test]
        $(#[$attribute])*
        async fn $scene() {
            crate::contract::network::$scene(&$subject.await).await;
        }
    };
}
use suite;

/// A time before now by which nothing can be under way any more.
fn an_hour_before(now: Timestamp) -> Timestamp {
    now - SignedDuration::from_hours(1)
}

/// The address of a port of this machine at which nobody listens.
fn deserted() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
