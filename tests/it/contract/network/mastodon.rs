//! Mastodon on the fake: the common suite, every fault, and the search for a post in doubt.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::domain::directorate::{NetworkKind, Visibility};
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::picture::Digest;
use portevoix::domain::secret::Secret;
use portevoix::domain::text::Limits;
use portevoix::network::http::BadServer;
use portevoix::network::mastodon::{MastodonNetwork, MastodonSettings};
use portevoix::port::clock::Clock;
use portevoix::port::network::{Found, Network};

use crate::contract::network::{SHORT, Shown, Subject, an_hour_before, deserted, suite};
use crate::harness::fake_mastodon::media::Media;
use crate::harness::fake_mastodon::server::Server;
use crate::harness::fake_mastodon::{FakeMastodon, Trouble};
use crate::harness::hand_clock::HandClock;
use crate::harness::post::Wanted;

/// An account on a fake server, on the clock of the scene.
pub struct OnMastodon {
    pub clock: Arc<HandClock>,
    pub server: FakeMastodon,
    pub network: MastodonNetwork,
}

/// A fresh account on a fresh server.
pub async fn mastodon() -> OnMastodon {
    let clock = HandClock::at("2026-07-01T10:00:01Z");
    let server = FakeMastodon::start_at(clock.clone()).await;
    let network = account(&server.url(), &server.token(), &clock);
    OnMastodon { clock, server, network }
}

fn account(url: &str, token: &str, clock: &Arc<HandClock>) -> MastodonNetwork {
    let settings = MastodonSettings { server: url.to_owned(), token: Secret::new(token), timeout: SHORT };
    MastodonNetwork::new(settings, clock.clone()).unwrap()
}

suite!(mastodon());

#[async_trait]
impl Subject for OnMastodon {
    fn network(&self) -> &dyn Network {
        &self.network
    }

    async fn restarted(&self) -> Box<dyn Network> {
        Box::new(self.afresh())
    }

    async fn public(&self) -> Vec<String> {
        self.server.texts()
    }

    async fn public_pictures(&self) -> Vec<Vec<Shown>> {
        let shown = |media: Media| Shown {
            media_type: media.media_type,
            alt: media.description,
            digest: Some(Digest::of(&media.bytes)),
        };
        self.server.media().into_iter().map(|pictures| pictures.into_iter().map(shown).collect()).collect()
    }

    async fn someone_else_posts(&self, text: &str) -> Receipt {
        let id = self.server.neighbour_posts(text).id;
        let url = Some(format!("{}/@voisine/{id}", self.server.url()));
        Receipt { id, url }
    }

    async fn someone_else_deletes(&self, receipt: &Receipt) {
        self.server.neighbour_deletes(&receipt.id);
    }

    async fn reposts(&self) -> Vec<String> {
        let text = |server: &Server, id: &str| {
            let original = server.others.iter().find(|other| other.status.id == id).unwrap();
            original.status.text.clone()
        };
        self.server.with(|server| server.reblogs.iter().map(|reblog| text(server, &reblog.of)).collect())
    }

    fn with_wrong_credentials(&self) -> Option<Box<dyn Network>> {
        Some(Box::new(account(&self.server.url(), "faux", &self.clock)))
    }

    fn unreachable(&self) -> Option<Box<dyn Network>> {
        Some(Box::new(account(&deserted(), "jeton", &self.clock)))
    }

    fn long_ago(&self) -> Timestamp {
        an_hour_before(self.clock.now())
    }
}

impl OnMastodon {
    pub fn afresh(&self) -> MastodonNetwork {
        account(&self.server.url(), &self.server.token(), &self.clock)
    }

    pub fn seconds_pass(&self, seconds: i64) {
        self.clock.passes(SignedDuration::from_secs(seconds));
    }
}

/// Meets one trouble with an attempt to publish: what the attempt ends as, how many posts are out, and that looking
/// and trying again as the engine does ends with exactly one.
async fn check(trouble: Trouble, expected: Result<(), Fault>, out: usize) {
    let on = mastodon().await;
    let post = Wanted::text("Appel à témoins").approved();
    let since = on.clock.now();
    on.server.next_post(trouble.clone());

    let outcome = on.network.publish(&post).await;

    assert_eq!(outcome.map(drop), expected, "{trouble:?}");
    assert_eq!(on.server.texts().len(), out, "{trouble:?}");
    on.seconds_pass(60);
    let found = on.network.find(&post, since).await.unwrap();
    match (out, found) {
        (0, Found::Absent) => drop(on.network.publish(&post).await.unwrap()),
        (1, Found::Online(receipt)) => assert_eq!(receipt.id, on.server.statuses()[0].id),
        (_, found) => panic!("{trouble:?}: {found:?}"),
    }
    assert_eq!(on.server.texts(), ["Appel à témoins"], "{trouble:?}");
}

#[tokio::test]
async fn every_trouble_is_told_for_what_it_is() {
    let uncertain = |cause| Err(Fault::Uncertain { cause });
    let permanent = |cause| Err(Fault::Permanent { cause });
    let limited =
        |time: &str| Err(Fault::Transient { cause: Cause::RateLimited, retry_at: Some(time.parse().unwrap()) });
    let not_the_api = |words: &str| Cause::NotTheApi(words.to_owned());
    let to = "https://ailleurs.example/api/v1/statuses".to_owned();

    check(Trouble::AcceptThenTimeout, uncertain(Cause::TimedOut), 1).await;
    check(Trouble::AcceptThenCut, uncertain(Cause::ConnectionCut), 1).await;
    check(Trouble::CutBeforeStoring, uncertain(Cause::ConnectionCut), 0).await;
    check(Trouble::Silence, uncertain(Cause::TimedOut), 0).await;
    check(Trouble::ErrorAfterStoring, uncertain(Cause::ServerError(500)), 1).await;
    check(Trouble::Error(500, "oops"), uncertain(Cause::ServerError(500)), 0).await;
    check(Trouble::Error(503, "maintenance"), uncertain(Cause::ServerError(503)), 0).await;
    check(Trouble::Page(502), uncertain(Cause::ServerError(502)), 0).await;
    check(Trouble::Page(504), uncertain(Cause::ServerError(504)), 0).await;
    check(Trouble::Page(408), uncertain(Cause::TimedOut), 0).await;
    check(Trouble::Page(200), uncertain(not_the_api("HTTP 200, text/html")), 0).await;
    check(Trouble::Success("{}"), uncertain(not_the_api("HTTP 200, application/json")), 0).await;
    check(Trouble::Redirect(302, to.clone()), uncertain(not_the_api("HTTP 302, text/html")), 0).await;
    check(Trouble::Redirect(307, to.clone()), permanent(not_the_api("HTTP 307, text/html")), 0).await;
    check(Trouble::Redirect(301, to), permanent(not_the_api("HTTP 301, text/html")), 0).await;
    check(Trouble::Page(403), permanent(not_the_api("HTTP 403, text/html")), 0).await;
    check(Trouble::Page(404), permanent(not_the_api("HTTP 404, text/html")), 0).await;
    check(Trouble::Error(401, "The access token is invalid"), permanent(Cause::CredentialsRefused), 0).await;
    check(Trouble::Page(401), permanent(Cause::CredentialsRefused), 0).await;
    check(Trouble::Error(403, "not allowed"), permanent(Cause::Forbidden("not allowed".to_owned())), 0).await;
    check(Trouble::Error(404, "Record not found"), permanent(Cause::Refused("Record not found".to_owned())), 0).await;
    check(Trouble::Error(422, "too long"), permanent(Cause::Refused("too long".to_owned())), 0).await;
    check(Trouble::TooManyRequests { retry_after: "90" }, limited("2026-07-01T10:01:31Z"), 0).await;
    let date = "Wed, 01 Jul 2026 10:02:00 GMT";
    check(Trouble::TooManyRequests { retry_after: date }, limited("2026-07-01T10:02:00Z"), 0).await;
    let far = "99999999999999999999";
    check(Trouble::TooManyRequests { retry_after: far }, limited("2026-07-01T10:05:01Z"), 0).await;
    check(Trouble::TooManyRequests { retry_after: "31536000" }, limited("2026-07-02T10:00:01Z"), 0).await;
    check(Trouble::TooManyRequestsByMastodon, limited("2026-07-01T10:05:01Z"), 0).await;
}

#[tokio::test]
async fn a_time_to_come_back_is_told_by_our_clock() {
    let on = mastodon().await;
    on.server.sets_clock_ahead(SignedDuration::from_hours(7));
    on.server.next_post(Trouble::TooManyRequestsByMastodon);

    let outcome = on.network.publish(&Wanted::text("Appel").approved()).await;

    let retry_at = Some("2026-07-01T10:05:01Z".parse().unwrap());
    assert_eq!(outcome, Err(Fault::Transient { cause: Cause::RateLimited, retry_at }));
}

#[tokio::test]
async fn visibility_language_and_link_are_the_posts() {
    let on = mastodon().await;
    let wanted = Wanted { visibility: Visibility::Unlisted, language: "en", ..Wanted::text("Hello") };

    let receipt = on.network.publish(&wanted.approved()).await.unwrap();

    let status = on.server.statuses().remove(0);
    assert_eq!((status.visibility.as_str(), status.language.as_deref()), ("unlisted", Some("en")));
    let url = Some(format!("{}/@police44/{}", on.server.url(), status.id));
    assert_eq!(receipt, Receipt { id: status.id, url });
}

#[tokio::test]
async fn limits_and_name_are_asked_of_the_server() {
    let on = mastodon().await;
    on.server.with(|server| server.max_characters = 1_000);

    let limits = Limits { characters: 1_000, ..Limits::default_of(NetworkKind::Mastodon) };
    assert_eq!(on.network.limits().await, Ok(limits));
    assert_eq!(on.network.probe().await.as_deref(), Ok("@police44@social.police.example"));
}

#[tokio::test]
async fn a_token_that_may_not_publish_is_told_before_it_matters() {
    let on = mastodon().await;
    on.server.with(|server| server.scopes.remove("write:statuses"));

    let forbidden = |words: &str| Err(Fault::Permanent { cause: Cause::Forbidden(words.to_owned()) });
    assert_eq!(on.network.probe().await, forbidden("scope write:statuses"));
    let outcome = on.network.publish(&Wanted::text("Appel").approved()).await.map(drop);
    assert_eq!(outcome, forbidden("This action is outside the authorized scopes").map(|_: String| ()));
}

#[tokio::test]
async fn a_web_page_in_place_of_the_api_is_told_to_whoever_checks() {
    let on = mastodon().await;
    on.server.next_read(Trouble::Page(200));

    let cause = Cause::NotTheApi("HTTP 200, text/html".to_owned());
    assert_eq!(on.network.probe().await, Err(Fault::Permanent { cause }));
}

#[tokio::test]
async fn a_numbering_that_starts_again_is_not_given_an_earlier_post() {
    let on = mastodon().await;
    let mut wanted = Wanted::text("Ce matin");
    on.network.publish(&wanted.approved()).await.unwrap();

    (wanted.text, wanted.decided_at) = ("À midi".to_owned(), "2026-07-01T10:10:00Z".parse().unwrap());
    on.network.publish(&wanted.approved()).await.unwrap();

    assert_eq!(on.server.texts(), ["Ce matin", "À midi"]);
}

#[tokio::test]
async fn a_key_is_forgotten_after_an_hour() {
    let on = mastodon().await;
    let post = Wanted::text("Appel à témoins").approved();

    on.network.publish(&post).await.unwrap();
    on.server.passes(SignedDuration::from_mins(59));
    on.network.publish(&post).await.unwrap();
    assert_eq!(on.server.texts().len(), 1);

    on.server.passes(SignedDuration::from_mins(1));
    on.network.publish(&post).await.unwrap();
    assert_eq!(on.server.texts().len(), 2, "which is why the engine looks before it tries again");
}

#[tokio::test]
async fn a_redirect_carries_the_token_nowhere() {
    let (on, elsewhere) = (mastodon().await, FakeMastodon::start().await);
    let post = Wanted::text("Appel").approved();
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/api/v1/statuses", elsewhere.url());
        on.server.next_post(Trouble::Redirect(status, to.clone()));
        on.network.publish(&post).await.unwrap_err();
        on.server.next_read(Trouble::Redirect(status, to));
        on.network.probe().await.unwrap_err();
    }
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test]
async fn the_server_counts_as_mastodon_does() {
    let on = mastodon().await;
    let url = format!("https://example.fr/{}", "a".repeat(300));
    let fits = Wanted::text(format!("{url} @a@serveur.example {}", "é".repeat(500 - 23 - 4)));
    let exceeds = Wanted { text: format!("{}!", fits.text), ..fits.clone() }.serial(13);

    on.network.publish(&fits.approved()).await.unwrap();
    let outcome = on.network.publish(&exceeds.approved()).await;

    let words = "Validation failed: Text character limit of 500 exceeded".to_owned();
    assert_eq!(outcome, Err(Fault::Permanent { cause: Cause::Refused(words) }));
}

#[tokio::test]
async fn the_token_is_in_no_text() {
    let on = mastodon().await;
    let token = on.server.token();
    on.server.next_post(Trouble::Echo);

    let fault = on.network.publish(&Wanted::text("Appel").approved()).await.unwrap_err();
    let settings = MastodonSettings { server: on.server.url(), token: Secret::new(&*token), timeout: SHORT };

    assert_eq!(fault.cause(), &Cause::Refused("bad header: Bearer […]".to_owned()));
    for text in [format!("{fault} {fault:?}"), format!("{settings:?}")] {
        assert!(!text.contains(&token), "{text}");
    }
}

#[test]
fn a_token_is_never_sent_in_clear_over_a_network() {
    let refused = |server: &str| {
        let settings = MastodonSettings { server: server.to_owned(), token: Secret::new("jeton"), timeout: SHORT };
        MastodonNetwork::new(settings, HandClock::at("2026-07-01T10:00:00Z")).err()
    };
    assert_eq!(refused("http://mastodon.example"), Some(BadServer::NotEncrypted));
    assert_eq!(refused("http://127.0.0.1.mastodon.example"), Some(BadServer::NotEncrypted));
    for address in ["mastodon.example", "ftp://mastodon.example", "https://moi:secret@mastodon.example", "https://"] {
        assert_eq!(refused(address), Some(BadServer::NotAnAddress), "{address}");
    }
    for address in ["https://mastodon.example", "http://localhost:3000", "http://[::1]:3000", "http://127.1.2.3/"] {
        assert_eq!(refused(address), None, "{address}");
    }
}
