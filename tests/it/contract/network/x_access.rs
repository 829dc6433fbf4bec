//! X on the fake: tokens that end, rotate, get lost and are shared; and signatures.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use jiff::SignedDuration;
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::secret::Secret;
use portevoix::network::x::signature::{base_string, sign};
use portevoix::network::x::tokens::Application;
use portevoix::network::x::{XAccess, XNetwork, XSettings};
use portevoix::port::network::Network;
use reqwest::{Method, Url};

use crate::contract::network::SHORT;
use crate::contract::network::x::{OnX, account, granted, keyed};
use crate::harness::fake_x::{Door, Trouble};
use crate::harness::post::Wanted;

const LOGIN_NEEDED: Fault = Fault::Permanent { cause: Cause::LoginNeeded };

/// How often the fake X renewed tokens.
fn renewals(on: &OnX) -> usize {
    on.x.with(|server| server.accesses.renewals)
}

/// Two hours pass: the access token has ended, by both clocks.
fn tokens_end(on: &OnX) {
    on.clock.passes(SignedDuration::from_hours(2));
}

fn kept(on: &OnX) -> String {
    fs::read_to_string(on.folder.path().join("44-x.json")).unwrap()
}

#[tokio::test]
async fn tokens_that_ended_are_renewed_and_kept() {
    let on = granted().await;
    for n in 1..=3 {
        tokens_end(&on);
        on.network.publish(&Wanted::text(format!("Brève {n}")).serial(n).approved()).await.unwrap();
        assert_eq!(renewals(&on), usize::try_from(n).unwrap());
    }
    assert!(kept(&on).contains("jeton-suite-4"), "{}", kept(&on));
    on.afresh().publish(&Wanted::text("Après un redémarrage").serial(9).approved()).await.unwrap();
    assert_eq!(renewals(&on), 3);
}

#[tokio::test]
async fn a_token_that_x_takes_back_early_is_renewed_and_the_post_sent_once() {
    let on = granted().await;
    on.x.with(|server| server.accesses.tokens.clear());
    on.network.publish(&Wanted::text("Appel").approved()).await.unwrap();
    assert_eq!((renewals(&on), on.x.texts().len()), (1, 1));
}

#[tokio::test]
async fn whoever_shares_the_file_renews_once() {
    let on = granted().await;
    tokens_end(&on);
    let replicas: Vec<XNetwork> = (0..4).map(|_| on.afresh()).collect();
    let posts: Vec<_> = (1..=12).map(|n| Wanted::text(format!("Brève {n}")).serial(n).approved()).collect();
    let publishing = posts.iter().enumerate().map(|(n, post)| replicas[n % replicas.len()].publish(post));
    for outcome in futures_util::future::join_all(publishing).await {
        outcome.unwrap();
    }
    assert_eq!((renewals(&on), on.x.texts().len()), (1, 12));
}

#[tokio::test]
async fn what_another_process_renewed_is_taken_over() {
    let on = granted().await;
    on.network.probe().await.unwrap();
    let other = on.afresh();
    on.x.with(|server| server.accesses.tokens.clear());
    other.probe().await.unwrap();
    on.network.probe().await.unwrap();
    assert_eq!(renewals(&on), 1);
}

#[tokio::test]
async fn whoever_stops_waiting_does_not_lose_the_new_tokens() {
    let on = granted().await;
    tokens_end(&on);
    let post = Wanted::text("Appel").approved();
    {
        let publishing = on.network.publish(&post);
        let renewed = async {
            while renewals(&on) == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = renewed => {}
            outcome = publishing => panic!("{outcome:?}"),
        }
    }
    on.afresh().publish(&post).await.unwrap();
    assert_eq!((renewals(&on), on.x.texts().len()), (1, 1));
}

#[tokio::test]
async fn a_renewal_that_fails_in_passing_published_nothing_and_is_tried_again() {
    for trouble in
        [Trouble::CutBeforeStoring, Trouble::Silence, Trouble::Page(503), Trouble::Problem(429, "Too Many", "…")]
    {
        let on = granted().await;
        tokens_end(&on);
        let post = Wanted::text("Appel").approved();
        on.x.next(Door::Token, trouble.clone());
        let outcome = on.network.publish(&post).await;
        assert!(matches!(outcome, Err(Fault::Transient { .. })), "{trouble:?}: {outcome:?}");
        assert_eq!(on.x.texts(), [""; 0]);
        on.network.publish(&post).await.unwrap();
    }
}

#[tokio::test]
async fn a_renewal_whose_answer_is_lost_for_good_sends_to_the_login() {
    let on = granted().await;
    tokens_end(&on);
    let post = Wanted::text("Appel").approved();
    on.x.next(Door::Token, Trouble::AcceptThenCut);
    let cut = Fault::Transient { cause: Cause::ConnectionCut, retry_at: None };
    assert_eq!(on.network.publish(&post).await, Err(cut));
    assert_eq!(on.network.publish(&post).await, Err(LOGIN_NEEDED), "the refresh token was used up");
    assert_eq!(on.network.probe().await, Err(LOGIN_NEEDED));
    assert_eq!(on.x.texts(), [""; 0]);
}

#[tokio::test]
async fn a_disk_that_takes_nothing_is_noticed_before_the_refresh_token_is_used() {
    let on = granted().await;
    tokens_end(&on);
    fs::create_dir(on.folder.path().join("44-x.new")).unwrap();
    let post = Wanted::text("Appel").approved();
    let outcome = on.network.publish(&post).await;
    assert!(matches!(outcome, Err(Fault::Transient { cause: Cause::Disk(_), .. })), "{outcome:?}");
    assert_eq!(renewals(&on), 0);
    fs::remove_dir(on.folder.path().join("44-x.new")).unwrap();
    on.network.publish(&post).await.unwrap();
}

#[tokio::test]
async fn without_a_login_nothing_is_sent() {
    let on = granted().await;
    fs::remove_file(on.folder.path().join("44-x.json")).unwrap();
    assert_eq!(on.network.publish(&Wanted::text("Appel").approved()).await, Err(LOGIN_NEEDED));
    assert_eq!(on.x.requests(Door::Post).len() + on.x.requests(Door::Token).len(), 0);
}

#[tokio::test]
async fn a_later_login_is_noticed_without_a_restart() {
    let on = granted().await;
    let file = on.folder.path().join("44-x.json");
    let good = kept(&on);
    on.network.probe().await.unwrap();
    on.x.with(|server| (server.accesses.tokens.clear(), server.accesses.refreshes.clear()));
    assert_eq!(on.network.probe().await, Err(LOGIN_NEEDED));
    let (access, refresh) = on.x.with(|server| {
        let now = server.now();
        server.accesses.grant(now)
    });
    fs::write(&file, good.replace("jeton-acces-1", &access).replace("jeton-suite-1", &refresh)).unwrap();
    on.network.probe().await.unwrap();
}

#[tokio::test]
async fn a_confidential_application_shows_its_secret_to_the_token_endpoint_alone() {
    let on = granted().await;
    on.x.with(|server| server.accesses.client_secret = Some("secret-de-l-application".to_owned()));
    tokens_end(&on);
    let XAccess::Granted(application, file) = on.access.clone() else { panic!("by tokens") };
    let with = |secret: &str| {
        let application = Application { secret: Some(Secret::new(secret)), ..application.clone() };
        account(&on.x.url(), XAccess::Granted(application, file.clone()), &on.clock)
    };
    let refused = Fault::Permanent { cause: Cause::CredentialsRefused };
    assert_eq!(with("faux").probe().await, Err(refused), "the application's fault needs no new login");
    with("secret-de-l-application").probe().await.unwrap();
}

#[tokio::test]
async fn tokens_are_readable_by_their_owner_alone() {
    let on = granted().await;
    tokens_end(&on);
    on.network.probe().await.unwrap();
    let mut names = Vec::new();
    for entry in fs::read_dir(on.folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{entry:?}");
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["44-x.json", "44-x.lock"]);
}

#[tokio::test]
async fn a_scope_that_was_not_given_is_told_by_name() {
    for scope in ["tweet.write", "media.write"] {
        let on = granted().await;
        on.x.with(|server| server.accesses.scopes.remove(scope));
        tokens_end(&on);
        let words = format!("scope {scope}");
        assert_eq!(on.network.probe().await, Err(Fault::Permanent { cause: Cause::Forbidden(words) }));
    }
}

#[tokio::test]
async fn secrets_are_in_no_text() {
    for on in [granted().await, keyed().await] {
        on.x.next(Door::Post, Trouble::Echo);
        let fault = on.network.publish(&Wanted::text("Appel").approved()).await.unwrap_err();
        assert!(matches!(fault.cause(), Cause::Refused(words) if words.starts_with("bad: ")), "{fault:?}");
        let settings = XSettings { api: on.x.url(), access: on.access.clone(), timeout: SHORT };
        let text = format!("{fault} {fault:?} {settings:?}");
        let keys = on.x.with(|server| server.accesses.keys.clone());
        for secret in ["jeton-acces", "jeton-suite"].into_iter().chain(keys.iter().map(String::as_str)) {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

/// RFC 5849, section 3.4.1.1, with the parameters of section 3.1 that are not in the query.
#[test]
fn the_base_string_is_that_of_the_standard() {
    let url = Url::parse("http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b&c2=&a3=2+q").unwrap();
    let oauth = [
        ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "7d8f3e4a"),
    ];
    let expected = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7";
    assert_eq!(base_string(&Method::POST, &url, &oauth), expected);
}

/// RFC 5849, section 1.2: the request for a photograph.
#[test]
fn the_signature_is_that_of_the_standard() {
    let url = Url::parse("http://photos.example.net/photos?file=vacation.jpg&size=original").unwrap();
    let oauth = [
        ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
        ("oauth_token", "nnch734d00sl2jdk"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131202"),
        ("oauth_nonce", "chapoH"),
    ];
    let base = base_string(&Method::GET, &url, &oauth);
    assert_eq!(sign(&base, "kd94hf93k423kf44", "pfkkdhi9sl3r4s00"), "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
}
