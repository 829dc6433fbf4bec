//! Bluesky on the real PDS: the common suite, and what a proxy before it can spoil.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::picture::Digest;
use portevoix::domain::secret::Secret;
use portevoix::network::bluesky::record::record_key;
use portevoix::network::bluesky::{BlueskyNetwork, BlueskySettings};
use portevoix::port::clock::SystemClock;
use portevoix::port::network::{Found, Network};
use serde_json::json;

use crate::contract::network::{SHORT, Shown, Subject, an_hour_before, deserted, suite};
use crate::harness::faulty_proxy::{Break, FaultyProxy};
use crate::harness::pds::PdsAccount;
use crate::harness::post::Wanted;

/// An account on the real server, behind a proxy, with somebody else beside it.
pub struct OnBluesky {
    pub account: PdsAccount,
    pub others: PdsAccount,
    pub proxy: FaultyProxy,
    pub network: BlueskyNetwork,
}

/// A fresh account.
pub async fn bluesky() -> OnBluesky {
    let account = PdsAccount::create().await;
    let proxy = FaultyProxy::before(&account.url).await;
    let network = log_in(&proxy.url(), &account.handle, &account.password);
    let others = PdsAccount::create().await;
    OnBluesky { account, others, proxy, network }
}

fn log_in(service: &str, handle: &str, password: &str) -> BlueskyNetwork {
    let settings = BlueskySettings {
        service: service.to_owned(),
        identifier: handle.to_owned(),
        app_password: Secret::new(password),
        timeout: SHORT,
    };
    BlueskyNetwork::new(settings, Arc::new(SystemClock)).unwrap()
}

suite!(bluesky(), #[ignore = "needs a real PDS: tests/run starts one"]);

#[async_trait]
impl Subject for OnBluesky {
    fn network(&self) -> &dyn Network {
        &self.network
    }

    async fn restarted(&self) -> Box<dyn Network> {
        Box::new(log_in(&self.proxy.url(), &self.account.handle, &self.account.password))
    }

    async fn public(&self) -> Vec<String> {
        self.account.texts().await
    }

    async fn public_pictures(&self) -> Vec<Vec<Shown>> {
        let mut public = Vec::new();
        for (_, record) in self.account.records().await {
            let mut pictures = Vec::new();
            for picture in record["embed"]["images"].as_array().into_iter().flatten() {
                let (media_type, bytes) = self.account.blob(picture["image"]["ref"]["$link"].as_str().unwrap()).await;
                let alt = picture["alt"].as_str().unwrap().to_owned();
                pictures.push(Shown { media_type, alt, digest: Some(Digest::of(&bytes)) });
            }
            public.push(pictures);
        }
        public
    }

    async fn someone_else_posts(&self, text: &str) -> Receipt {
        let letter = ["a", "b", "c", "d"][self.others.records().await.len()];
        self.others.writes_by_hand(&format!("3jzfcijpj2z2{letter}"), text).await;
        let (id, _) = self.others.records().await.into_iter().find(|(_, record)| record["text"] == text).unwrap();
        Receipt { id, url: None }
    }

    async fn someone_else_deletes(&self, receipt: &Receipt) {
        self.others.deletes_by_hand(&receipt.id).await;
    }

    async fn reposts(&self) -> Vec<String> {
        let originals = self.others.records().await;
        let text = |uri: &str| {
            let (_, record) = originals.iter().find(|(known, _)| known == uri).unwrap();
            record["text"].as_str().unwrap().to_owned()
        };
        let reposts = self.account.records_of("app.bsky.feed.repost").await;
        reposts.iter().map(|(_, record)| text(record["subject"]["uri"].as_str().unwrap())).collect()
    }

    fn with_wrong_credentials(&self) -> Option<Box<dyn Network>> {
        Some(Box::new(log_in(&self.proxy.url(), &self.account.handle, "faux")))
    }

    fn unreachable(&self) -> Option<Box<dyn Network>> {
        Some(Box::new(log_in(&deserted(), &self.account.handle, "faux")))
    }

    fn long_ago(&self) -> Timestamp {
        an_hour_before(Timestamp::now())
    }
}

pub const PUT: &str = "com.atproto.repo.putRecord";
pub const LOGIN: &str = "com.atproto.server.createSession";
const REFRESH: &str = "com.atproto.server.refreshSession";
pub const JSON: &str = "application/json";
pub const PAGE: &str = "text/html";

/// Breaks one request of an attempt to publish: what the attempt ends as, and that looking and trying again as the
/// engine does ends with exactly one record.
async fn check(method: &str, how: Break, expected: Result<(), Fault>, out: usize) {
    let on = bluesky().await;
    let post = Wanted::text("Appel à témoins").approved();
    on.proxy.next(method, how.clone());

    let outcome = on.network.publish(&post).await;

    assert_eq!(outcome.map(drop), expected, "{method} {how:?}");
    assert_eq!(on.public().await.len(), out, "{method} {how:?}");
    match (out, on.network.find(&post, on.long_ago()).await.unwrap()) {
        (0, Found::Absent) | (1, Found::Online(_)) => {}
        (_, found) => panic!("{method} {how:?}: {found:?}"),
    }
    on.network.publish(&post).await.unwrap();
    on.restarted().await.publish(&post).await.unwrap();
    assert_eq!(on.public().await, ["Appel à témoins"], "{method} {how:?}");
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn every_trouble_with_the_record_is_told_for_what_it_is() {
    let uncertain = |cause| Err(Fault::Uncertain { cause });
    let permanent = |cause| Err(Fault::Permanent { cause });
    let limited = Err(Fault::Transient { cause: Cause::RateLimited, retry_at: None });
    let error = r#"{"error":"InternalServerError","message":"oops"}"#;
    let invalid = r#"{"error":"InvalidRequest","message":"too long"}"#;

    check(PUT, Break::CutAfter, uncertain(Cause::ConnectionCut), 1).await;
    check(PUT, Break::SilenceAfter, uncertain(Cause::TimedOut), 1).await;
    check(PUT, Break::CutBefore, uncertain(Cause::ConnectionCut), 0).await;
    check(PUT, Break::InsteadAfter(500, JSON, error), uncertain(Cause::ServerError(500)), 1).await;
    check(PUT, Break::Instead(500, JSON, error), uncertain(Cause::ServerError(500)), 0).await;
    check(PUT, Break::Instead(502, PAGE, "<html>"), uncertain(Cause::ServerError(502)), 0).await;
    let page = |status| Cause::NotTheApi(format!("HTTP {status}, text/html"));
    check(PUT, Break::InsteadAfter(200, PAGE, "<html>"), uncertain(page(200)), 1).await;
    check(PUT, Break::Instead(403, PAGE, "<html>"), permanent(page(403)), 0).await;
    check(PUT, Break::Instead(400, JSON, invalid), permanent(Cause::Refused("too long".to_owned())), 0).await;
    check(PUT, Break::Instead(429, JSON, r#"{"error":"RateLimitExceeded"}"#), limited, 0).await;
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn a_login_that_fails_has_published_nothing() {
    let transient = |cause| Err(Fault::Transient { cause, retry_at: None });

    check(LOGIN, Break::CutAfter, transient(Cause::ConnectionCut), 0).await;
    check(LOGIN, Break::SilenceAfter, transient(Cause::TimedOut), 0).await;
    check(LOGIN, Break::Instead(503, PAGE, "<html>"), transient(Cause::ServerError(503)), 0).await;
    check(LOGIN, Break::Instead(429, JSON, r#"{"error":"RateLimitExceeded"}"#), transient(Cause::RateLimited), 0).await;
    let page = Cause::NotTheApi("HTTP 200, text/html".to_owned());
    check(LOGIN, Break::Instead(200, PAGE, "<html>"), Err(Fault::Permanent { cause: page }), 0).await;
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn a_session_that_ran_out_is_renewed_without_anyone_noticing() {
    let on = bluesky().await;
    let post = |serial| Wanted::text(format!("Brève {serial}")).serial(serial).approved();
    let expired = Break::Instead(400, JSON, r#"{"error":"ExpiredToken","message":"Token has expired"}"#);
    let invalid = Break::Instead(400, JSON, r#"{"error":"InvalidToken","message":"Token could not be verified"}"#);
    let revoked = Break::Instead(401, JSON, r#"{"error":"ExpiredToken","message":"Token has been revoked"}"#);

    on.network.publish(&post(1)).await.unwrap();
    on.proxy.next(PUT, expired);
    on.network.publish(&post(2)).await.unwrap();
    assert_eq!((on.proxy.calls(LOGIN), on.proxy.calls(REFRESH)), (1, 1));

    on.proxy.next(PUT, invalid.clone());
    on.proxy.next(REFRESH, revoked);
    on.network.publish(&post(3)).await.unwrap();
    assert_eq!((on.proxy.calls(LOGIN), on.proxy.calls(REFRESH)), (2, 2));

    on.proxy.next(PUT, invalid.clone());
    on.proxy.next(PUT, invalid);
    let outcome = on.network.publish(&post(4)).await;
    assert_eq!(outcome, Err(Fault::Permanent { cause: Cause::CredentialsRefused }));
    let mut public = on.public().await;
    // Within one second the keys, and so the list, are in no order.
    public.sort();
    assert_eq!(public, ["Brève 1", "Brève 2", "Brève 3"]);
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn side_by_side_posts_open_one_session() {
    let on = bluesky().await;
    let posts: Vec<_> = (1..=5).map(|n| Wanted::text("Brève").serial(n).approved()).collect();

    for outcome in futures_util::future::join_all(posts.iter().map(|post| on.network.publish(post))).await {
        outcome.unwrap();
    }

    assert_eq!(on.proxy.calls(LOGIN), 1);
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn the_record_says_all_there_is_to_a_post() {
    let on = bluesky().await;
    let mentioned = PdsAccount::create().await;
    let handle = &mentioned.handle;
    let text = format!("À lire : https://example.fr/é — merci @{handle}, pas @inconnu.test ! #AppelÀTémoins");
    let post = Wanted::text(&text).approved();

    let receipt = on.network.publish(&post).await.unwrap();

    let (uri, record) = on.account.records().await.remove(0);
    let place = |part: &str| {
        let start = text.find(part).unwrap();
        json!({ "byteStart": start, "byteEnd": start + part.len() })
    };
    assert_eq!(receipt.id, uri);
    let page = format!("https://bsky.app/profile/{}/post/{}", on.account.handle, record_key(&post));
    assert_eq!(receipt.url, Some(page));
    assert_eq!(
        record,
        json!({
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": "2026-07-01T10:00:00.25Z",
            "langs": ["fr"],
            "facets": [
                { "index": place("https://example.fr/é"),
                  "features": [{ "$type": "app.bsky.richtext.facet#link", "uri": "https://example.fr/%C3%A9" }] },
                { "index": place(&format!("@{handle}")),
                  "features": [{ "$type": "app.bsky.richtext.facet#mention", "did": mentioned.did }] },
                { "index": place("#AppelÀTémoins"),
                  "features": [{ "$type": "app.bsky.richtext.facet#tag", "tag": "AppelÀTémoins" }] },
            ],
        })
    );
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn a_mention_that_resolves_only_at_the_second_try_is_still_the_same_post() {
    let on = bluesky().await;
    let post = Wanted::text(format!("Merci @{}", on.account.handle)).approved();
    on.proxy.next("resolveHandle", Break::Instead(502, PAGE, "<html>"));
    on.proxy.next(PUT, Break::CutAfter);

    on.network.publish(&post).await.unwrap_err();
    let receipt = on.network.publish(&post).await.unwrap();

    let records = on.account.records().await;
    assert_eq!((records.len(), &receipt.id), (1, &records[0].0));
    assert!(records[0].1.get("facets").is_none(), "what stands is not overwritten");
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn what_stands_under_the_key_already_is_never_overwritten() {
    let on = bluesky().await;
    let post = Wanted::text("Appel à témoins").approved();
    on.account.writes_by_hand(&record_key(&post), "Écrit à la main").await;

    let outcome = on.network.publish(&post).await;

    assert!(matches!(outcome, Err(Fault::Permanent { cause: Cause::Refused(_) })), "{outcome:?}");
    assert_eq!(on.network.find(&post, on.long_ago()).await, Ok(Found::Unclear));
    assert_eq!(on.public().await, ["Écrit à la main"]);
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn a_text_that_is_too_long_is_refused_in_the_servers_words() {
    let on = bluesky().await;

    let outcome = on.network.publish(&Wanted::text("é".repeat(301)).approved()).await;

    let Err(Fault::Permanent { cause: Cause::Refused(words) }) = outcome else { panic!("{outcome:?}") };
    assert!(words.contains("300"), "{words}");
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn the_account_is_called_by_its_handle() {
    let on = bluesky().await;
    assert_eq!(on.network.probe().await, Ok(format!("@{}", on.account.handle)));
}

#[tokio::test]
#[ignore = "needs a real PDS: tests/run starts one"]
async fn the_password_is_in_no_text() {
    let on = bluesky().await;
    let settings = BlueskySettings {
        service: on.proxy.url(),
        identifier: on.account.handle.clone(),
        app_password: Secret::new(&*on.account.password),
        timeout: SHORT,
    };
    let echo = r#"{"error":"InvalidRequest","message":"bad password mot-de-passe-de-police44"}"#;
    on.proxy.next(LOGIN, Break::Instead(400, JSON, echo));

    let fault = on.network.publish(&Wanted::text("Appel").approved()).await.unwrap_err();

    assert_eq!(fault.cause(), &Cause::Refused("bad password […]".to_owned()));
    assert!(!format!("{fault:?} {settings:?}").contains(&on.account.password));
}
