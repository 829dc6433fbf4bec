//! What every network must do: one suite, run against the file, the fake Mastodon and the real Bluesky server.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::picture::{Developed, Digest};
use portevoix::domain::post::Post;
use portevoix::domain::sequel::Left;
use portevoix::port::network::{Found, Network};

use crate::harness::post::{Wanted, drawing, photograph};

#[cfg(feature = "bluesky")]
mod bluesky;
#[cfg(feature = "bluesky")]
mod bluesky_pictures;
#[cfg(feature = "bluesky")]
mod bluesky_session;
#[cfg(feature = "bluesky")]
mod bluesky_text;
mod file;
#[cfg(feature = "mastodon")]
mod mastodon;
#[cfg(feature = "mastodon")]
mod mastodon_pictures;
#[cfg(feature = "mastodon")]
mod mastodon_search;
#[cfg(feature = "x")]
pub mod x;
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

    /// The texts of the account's own posts that the public sees, oldest first. What it reposts is not among them.
    async fn public(&self) -> Vec<String>;

    /// The pictures of these posts, in the same order.
    async fn public_pictures(&self) -> Vec<Vec<Shown>>;

    /// Another account of the same network posts that text.
    async fn someone_else_posts(&self, text: &str) -> Receipt;

    /// That other account takes its post down.
    async fn someone_else_deletes(&self, receipt: &Receipt);

    /// The texts of what the account reposts, oldest first, one for each time that it does.
    async fn reposts(&self) -> Vec<String>;

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

/// A picture as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What the platform says it is.
    pub media_type: String,
    /// What it shows, in words.
    pub alt: String,
    /// Names its bytes, where the platform keeps them as they were sent.
    pub digest: Option<Digest>,
}

impl Shown {
    /// Whether it is that picture, as far as can be told.
    fn is(&self, developed: &Developed) -> bool {
        let picture = developed.picture();
        self.media_type == picture.kind.media_type()
            && self.alt == picture.alt
            && self.digest.as_ref().is_none_or(|digest| *digest == picture.digest)
    }
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

/// What a network could spoil of an alt text.
const HARD_ALT: &str = "Un sac «\u{a0}bleu\u{a0}» & <b>rouge</b>, vu de dos ; cafe\u{301} 👮🏽‍♀️ \"12 €\" \\ 50 %";

fn two_pictures() -> [Developed; 2] {
    [photograph(HARD_ALT, 10), drawing("Plan de la place du Bouffay", 20)]
}

async fn publishes_pictures_with_their_alt_texts_in_order(subject: &dyn Subject) {
    let pictures = two_pictures();
    let [first, second] = pictures.clone();
    let swapped = Wanted::text("Dans l'autre ordre").serial(13).pictures([second, first]).approved();

    subject.network().publish(&Wanted::text("Deux images").pictures(pictures.clone()).approved()).await.unwrap();
    subject.network().publish(&Wanted::text("Sans image").serial(14).approved()).await.unwrap();
    subject.network().publish(&swapped).await.unwrap();

    let public: HashMap<String, Vec<Shown>> =
        subject.public().await.into_iter().zip(subject.public_pictures().await).collect();
    let are = |text: &str, expected: [&Developed; 2]| {
        let shown = &public[text];
        assert!(shown.len() == 2 && shown.iter().zip(expected).all(|(shown, picture)| shown.is(picture)), "{shown:#?}");
    };
    are("Deux images", [&pictures[0], &pictures[1]]);
    are("Dans l'autre ordre", [&pictures[1], &pictures[0]]);
    assert_eq!((public["Sans image"].len(), public.len()), (0, 3));
}

async fn publishes_pictures_once_under_one_key(subject: &dyn Subject) {
    let post = Wanted::text("Une seule fois").pictures(two_pictures()).approved();

    let first = subject.network().publish(&post).await.unwrap();
    let second = subject.network().publish(&post).await.unwrap();
    let third = subject.restarted().await.publish(&post).await.unwrap();

    assert_eq!((&first, &first), (&second, &third));
    assert_eq!(subject.public().await, ["Une seule fois"]);
    assert_eq!(subject.public_pictures().await.concat().len(), 2);
}

async fn finds_a_post_with_pictures(subject: &dyn Subject) {
    let post = Wanted::text("Retrouvée saine et sauve").pictures(two_pictures()).approved();
    let since = subject.long_ago();

    assert_eq!(subject.network().find(&post, since).await, Ok(Found::Absent));
    let receipt = subject.network().publish(&post).await.unwrap();

    assert_eq!(subject.network().find(&post, since).await, Ok(Found::Online(receipt.clone())));
    assert_eq!(subject.restarted().await.find(&post, since).await, Ok(Found::Online(receipt)));
}

async fn takes_a_post_down_however_often_it_is_told(subject: &dyn Subject) {
    let post = Wanted::text("Disparition inquiétante").pictures(two_pictures()).approved();
    let other = Wanted::text("Autre chose").serial(13).approved();
    let since = subject.long_ago();
    let receipt = subject.network().publish(&post).await.unwrap();
    let other_receipt = subject.network().publish(&other).await.unwrap();

    assert_eq!(subject.network().delete(&receipt).await, Ok(()));
    assert_eq!(subject.network().delete(&receipt).await, Ok(()));
    assert_eq!(subject.restarted().await.delete(&receipt).await, Ok(()));

    assert_eq!(subject.public().await, ["Autre chose"]);
    assert_eq!(subject.network().find(&post, since).await, Ok(Found::Absent));
    assert_eq!(subject.restarted().await.find(&post, since).await, Ok(Found::Absent));
    assert_eq!(subject.restarted().await.find(&other, since).await, Ok(Found::Online(other_receipt)));
}

async fn sees_what_is_left_of_a_post(subject: &dyn Subject) {
    let post = Wanted::text("Disparition inquiétante").pictures(two_pictures()).approved();
    let plain = Wanted::text("Sans image").serial(13).approved();
    let receipt = subject.network().publish(&post).await.unwrap();
    let plain_receipt = subject.network().publish(&plain).await.unwrap();

    let traces = subject.network().traces(&receipt).await.unwrap();
    assert!(traces.len() >= 2, "{traces:?}");
    assert_eq!(subject.network().traces(&plain_receipt).await, Ok(vec![]));
    assert_eq!(subject.network().left(&receipt, &traces).await, Ok(Left::Post));
    subject.network().delete(&receipt).await.unwrap();

    for network in [subject.network(), subject.restarted().await.as_ref()] {
        assert_eq!(network.left(&receipt, &traces).await, Ok(Left::Nothing));
        assert_eq!(network.traces(&receipt).await, Ok(vec![]));
        assert_eq!(network.left(&plain_receipt, &[]).await, Ok(Left::Post));
    }
}

async fn changes_a_post_in_place_where_it_says_that_it_can(subject: &dyn Subject) {
    let pictures = two_pictures();
    let post = Wanted::text("Place du Bouffé").pictures(pictures.clone()).approved();
    let mended = Wanted::text("Place du Bouffay").serial(13).pictures(pictures).approved();
    let receipt = subject.network().publish(&post).await.unwrap();

    if !subject.network().edits() {
        let outcome = subject.network().edit(&receipt, &mended).await;
        assert!(matches!(outcome, Err(Fault::Permanent { .. })), "{outcome:?}");
        assert_eq!(subject.public().await, ["Place du Bouffé"]);
        return;
    }
    assert_eq!(subject.network().edit(&receipt, &mended).await, Ok(Some(receipt.clone())));
    assert_eq!(subject.network().edit(&receipt, &mended).await, Ok(Some(receipt.clone())));
    assert_eq!(subject.restarted().await.edit(&receipt, &mended).await, Ok(Some(receipt.clone())));
    assert_eq!(subject.public().await, ["Place du Bouffay"]);
    assert_eq!(subject.public_pictures().await.concat().len(), 2);
    subject.network().delete(&receipt).await.unwrap();
    assert_eq!(subject.network().edit(&receipt, &mended).await, Ok(None));
    assert_eq!(subject.public().await, [""; 0]);
}

async fn reposts_once_however_often_it_is_told(subject: &dyn Subject) {
    let original = subject.someone_else_posts("Alerte du ministère").await;
    subject.someone_else_posts("Autre chose").await;
    let decided_at = subject.long_ago();

    let first = subject.network().repost(&original, decided_at).await.unwrap();
    let second = subject.network().repost(&original, decided_at).await.unwrap();
    let third = subject.restarted().await.repost(&original, decided_at).await.unwrap();

    assert!(!first.id.is_empty());
    assert_eq!((&first, &first), (&second, &third));
    assert_eq!(subject.reposts().await, ["Alerte du ministère"]);
    assert_eq!(subject.public().await, [""; 0]);
}

async fn refuses_to_repost_what_is_gone(subject: &dyn Subject) {
    let original = subject.someone_else_posts("Retiré depuis").await;
    subject.someone_else_deletes(&original).await;

    let outcome = subject.network().repost(&original, subject.long_ago()).await;

    assert!(matches!(outcome, Err(Fault::Permanent { cause: Cause::Refused(_) })), "{outcome:?}");
    assert_eq!(subject.reposts().await, [""; 0]);
}

async fn refuses_wrong_credentials_for_pictures_deletions_and_reposts(subject: &dyn Subject) {
    let Some(network) = subject.with_wrong_credentials() else { return };
    let refused = || Fault::Permanent { cause: Cause::CredentialsRefused };
    let standing = subject.network().publish(&Wanted::text("Reste en ligne").approved()).await.unwrap();
    let original = subject.someone_else_posts("N'est pas relayé").await;
    let post = Wanted::text("Ne sort pas").serial(13).pictures(two_pictures()).approved();

    assert_eq!(network.publish(&post).await, Err(refused()));
    assert_eq!(network.delete(&standing).await, Err(refused()));
    assert_eq!(network.repost(&original, subject.long_ago()).await, Err(refused()));

    assert_eq!(subject.public().await, ["Reste en ligne"]);
    assert_eq!(subject.reposts().await, [""; 0]);
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

    let illustrated = Wanted::text("Ne sort pas").pictures(two_pictures()).approved();
    let standing = subject.network().publish(&Wanted::text("Reste").serial(13).approved()).await.unwrap();
    let original = subject.someone_else_posts("N'est pas relayé").await;

    for outcome in [
        network.publish(&post).await.map(drop),
        network.publish(&illustrated).await.map(drop),
        network.delete(&standing).await,
        network.repost(&original, subject.long_ago()).await.map(drop),
        network.left(&standing, &[]).await.map(drop),
        network.traces(&standing).await.map(drop),
        network.probe().await.map(drop),
    ] {
        let Err(Fault::Transient { cause: Cause::Unreachable(words), retry_at: None }) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(words.contains("refused"), "{words}");
    }
    assert!(matches!(network.find(&post, subject.long_ago()).await, Err(Fault::Transient { .. })));
}

async fn probes_and_tells_limits_without_publishing(subject: &dyn Subject) {
    assert!(!subject.network().probe().await.unwrap().is_empty());
    let limits = subject.network().limits().await.unwrap();
    assert!(limits.characters >= 280);
    assert!(limits.pictures.count >= 1 && limits.pictures.bytes >= 100_000 && limits.pictures.alt_characters >= 300);
    assert_eq!(subject.public().await, [""; 0]);
}

/// The suite as tests of one subject.
macro_rules! suite {
    ($subject:expr $(, #[$attribute:meta])*) => {
        suite!(@each $subject, [$(#[$attribute])*],
            publishes_byte_for_byte publishes_once_under_one_key finds_what_is_out_and_only_that publishes_twins_as_two
            publishes_side_by_side refuses_wrong_credentials knows_that_nothing_left_for_an_unreachable_server
            probes_and_tells_limits_without_publishing publishes_pictures_with_their_alt_texts_in_order
            publishes_pictures_once_under_one_key finds_a_post_with_pictures takes_a_post_down_however_often_it_is_told
            sees_what_is_left_of_a_post changes_a_post_in_place_where_it_says_that_it_can
            reposts_once_however_often_it_is_told refuses_to_repost_what_is_gone
            refuses_wrong_credentials_for_pictures_deletions_and_reposts);
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
