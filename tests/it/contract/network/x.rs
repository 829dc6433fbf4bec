//! X on the fake: the common suite by tokens and by keys, and every fault.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::domain::directorate::NetworkKind;
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::picture::Digest;
use portevoix::domain::secret::Secret;
use portevoix::domain::text::Limits;
use portevoix::network::http::BadServer;
use portevoix::network::x::signature::UserKeys;
use portevoix::network::x::token_file::{Owner, TokenFile, Tokens};
use portevoix::network::x::tokens::Application;
use portevoix::network::x::{XAccess, XNetwork, XSettings};
use portevoix::port::clock::Clock;
use portevoix::port::network::{Found, Network};
use tempfile::TempDir;

use crate::contract::network::{SHORT, Shown, Subject, an_hour_before, deserted};
use crate::harness::fake_x::server::Server;
use crate::harness::fake_x::{Door, FakeX, Trouble};
use crate::harness::hand_clock::HandClock;
use crate::harness::post::Wanted;

/// An account on a fake X, on the clock of the scene.
pub struct OnX {
    pub clock: Arc<HandClock>,
    pub x: FakeX,
    pub network: XNetwork,
    pub access: XAccess,
    pub folder: TempDir,
}

/// A fresh account that lets the bot in by tokens.
pub async fn granted() -> OnX {
    granted_at(HandClock::at("2026-07-01T10:00:01Z")).await
}

/// The same, on the clock of a scene.
pub async fn granted_at(clock: Arc<HandClock>) -> OnX {
    let x = FakeX::start_at(clock.clone()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::new(folder.path(), "44", "x");
    let tokens = x.with(|server| {
        let now = server.now();
        let (access, refresh) = server.accesses.grant(now);
        Tokens {
            access: Secret::new(access),
            refresh: Secret::new(refresh),
            expires_at: now + SignedDuration::from_hours(2),
            scopes: server.accesses.scopes.iter().cloned().collect(),
            owner: Owner { id: Server::OWNER.to_owned(), username: Server::USERNAME.to_owned() },
        }
    });
    file.hold().await.unwrap().write(&tokens).await.unwrap();
    let application = Application { id: x.with(|server| server.accesses.client_id.clone()), secret: None };
    let access = XAccess::Granted(application, file);
    OnX { network: account(&x.url(), access.clone(), &clock), clock, x, access, folder }
}

/// A fresh account that lets the bot in by keys.
pub async fn keyed() -> OnX {
    let on = granted().await;
    let [api_key, api_secret, access_token, access_secret] =
        on.x.with(|server| server.accesses.keys.clone()).map(Secret::new);
    let access = XAccess::Keys(UserKeys { api_key, api_secret, access_token, access_secret });
    OnX { network: account(&on.x.url(), access.clone(), &on.clock), access, ..on }
}

pub fn account(url: &str, access: XAccess, clock: &Arc<HandClock>) -> XNetwork {
    XNetwork::new(XSettings { api: url.to_owned(), access, timeout: SHORT }, clock.clone()).unwrap()
}

mod by_tokens {
    use crate::contract::network::suite;
    use crate::contract::network::x::granted;

    suite!(granted());
}

mod by_keys {
    use crate::contract::network::suite;
    use crate::contract::network::x::keyed;

    suite!(keyed());
}

#[async_trait]
impl Subject for OnX {
    fn network(&self) -> &dyn Network {
        &self.network
    }

    async fn restarted(&self) -> Box<dyn Network> {
        Box::new(self.afresh())
    }

    async fn public(&self) -> Vec<String> {
        self.x.texts()
    }

    async fn public_pictures(&self) -> Vec<Vec<Shown>> {
        self.x.with(|server| {
            let shown = |id: &String| {
                let upload = &server.uploads[id];
                let digest = Some(Digest::of(&upload.bytes()));
                Shown { media_type: upload.media_type.clone(), alt: upload.alt.clone(), digest }
            };
            server.posts.iter().map(|post| post.pictures.iter().map(shown).collect()).collect()
        })
    }

    async fn someone_else_posts(&self, text: &str) -> Receipt {
        let id = self.x.with(|server| {
            let id = server.id();
            server.others.insert(id.clone(), text.to_owned());
            id
        });
        Receipt { url: Some(format!("https://x.com/ministere/status/{id}")), id }
    }

    async fn someone_else_deletes(&self, receipt: &Receipt) {
        self.x.with(|server| server.others.remove(&receipt.id)).unwrap();
    }

    async fn reposts(&self) -> Vec<String> {
        self.x.with(|server| server.reposts.iter().map(|id| server.others[id].clone()).collect())
    }

    fn with_wrong_credentials(&self) -> Option<Box<dyn Network>> {
        match self.access.clone() {
            // A refresh token that is refused leads to the login, which is another scene.
            XAccess::Granted(..) => None,
            XAccess::Keys(keys) => {
                let keys = UserKeys { access_secret: Secret::new("faux"), ..keys };
                Some(Box::new(account(&self.x.url(), XAccess::Keys(keys), &self.clock)))
            }
        }
    }

    fn unreachable(&self) -> Option<Box<dyn Network>> {
        Some(Box::new(account(&deserted(), self.access.clone(), &self.clock)))
    }

    fn takes_twins(&self) -> bool {
        false
    }

    fn long_ago(&self) -> Timestamp {
        an_hour_before(self.clock.now())
    }
}

impl OnX {
    pub fn afresh(&self) -> XNetwork {
        account(&self.x.url(), self.access.clone(), &self.clock)
    }

    pub fn seconds_pass(&self, seconds: i64) {
        self.clock.passes(SignedDuration::from_secs(seconds));
    }
}

/// Meets one trouble with an attempt to publish: what the attempt ends as, how many posts are out, and that looking
/// and trying again as the engine does ends with exactly one.
async fn check(trouble: Trouble, expected: Result<(), Fault>, out: usize) {
    let on = granted().await;
    let post = Wanted::text("Appel à témoins").approved();
    let since = on.clock.now();
    on.x.next(Door::Post, trouble.clone());

    let outcome = on.network.publish(&post).await;

    assert_eq!(outcome.map(drop), expected, "{trouble:?}");
    assert_eq!(on.x.texts().len(), out, "{trouble:?}");
    on.seconds_pass(60);
    for network in [on.afresh(), on.afresh()] {
        match (out, network.find(&post, since).await.unwrap()) {
            (0, Found::Absent) => {}
            (1, Found::Online(receipt)) => assert_eq!(receipt.id, on.x.posts()[0].id),
            (_, found) => panic!("{trouble:?}: {found:?}"),
        }
    }
    on.network.publish(&post).await.unwrap();
    assert_eq!(on.x.texts(), ["Appel à témoins"], "{trouble:?}");
}

#[tokio::test]
async fn every_trouble_is_told_for_what_it_is() {
    let uncertain = |cause| Err(Fault::Uncertain { cause });
    let permanent = |cause| Err(Fault::Permanent { cause });
    let limited =
        |time: &str| Err(Fault::Transient { cause: Cause::RateLimited, retry_at: Some(time.parse().unwrap()) });
    let not_the_api = |words: &str| Cause::NotTheApi(words.to_owned());
    let to = "https://ailleurs.example/2/tweets".to_owned();
    let words = |words: &str| words.to_owned();

    check(Trouble::AcceptThenTimeout, uncertain(Cause::TimedOut), 1).await;
    check(Trouble::AcceptThenCut, uncertain(Cause::ConnectionCut), 1).await;
    check(Trouble::CutBeforeStoring, uncertain(Cause::ConnectionCut), 0).await;
    check(Trouble::Silence, uncertain(Cause::TimedOut), 0).await;
    check(Trouble::ErrorAfterStoring, uncertain(Cause::ServerError(503)), 1).await;
    let overloaded = Trouble::Problem(503, "Service Unavailable", "Service Unavailable");
    check(overloaded, uncertain(Cause::ServerError(503)), 0).await;
    check(Trouble::Listed(503, 130, "Over capacity"), uncertain(Cause::ServerError(503)), 0).await;
    check(Trouble::Page(502), uncertain(Cause::ServerError(502)), 0).await;
    check(Trouble::Page(504), uncertain(Cause::ServerError(504)), 0).await;
    check(Trouble::Page(408), uncertain(Cause::TimedOut), 0).await;
    check(Trouble::Page(200), uncertain(not_the_api("HTTP 200, text/html")), 0).await;
    check(Trouble::Success("{}"), uncertain(Cause::NotTheApi(words("no data"))), 0).await;
    check(Trouble::Redirect(302, to.clone()), uncertain(not_the_api("HTTP 302, text/html")), 0).await;
    check(Trouble::Redirect(307, to.clone()), permanent(not_the_api("HTTP 307, text/html")), 0).await;
    check(Trouble::Page(403), permanent(not_the_api("HTTP 403, text/html")), 0).await;
    check(Trouble::Page(404), permanent(not_the_api("HTTP 404, text/html")), 0).await;
    let credits = "Your enrolled account does not have any credits to fulfill this request.";
    check(Trouble::Problem(402, "CreditsDepleted", credits), permanent(Cause::PaymentRequired(words(credits))), 0)
        .await;
    let suspended = "Your account is suspended and is not permitted to perform this action.";
    check(Trouble::Problem(403, "Forbidden", suspended), permanent(Cause::Forbidden(words(suspended))), 0).await;
    let rejected = "Your media IDs are invalid.";
    check(Trouble::Problem(400, "Invalid Request", rejected), permanent(Cause::Refused(words(rejected))), 0).await;
    let at = |time: &str| time.parse::<Timestamp>().unwrap().as_second().to_string();
    let reset = Trouble::TooManyRequests("x-rate-limit-reset", at("2026-07-01T10:15:00Z"));
    check(reset, limited("2026-07-01T10:15:00Z"), 0).await;
    let day = Trouble::TooManyRequests("x-user-limit-24hour-reset", at("2026-07-02T08:00:00Z"));
    check(day, limited("2026-07-02T08:00:00Z"), 0).await;
    let day = Trouble::TooManyRequests("x-app-limit-24hour-reset", at("2026-07-02T08:00:00Z"));
    check(day, limited("2026-07-02T08:00:00Z"), 0).await;
    check(Trouble::TooManyRequests("retry-after", words("90")), limited("2026-07-01T10:01:31Z"), 0).await;
}

#[tokio::test]
async fn a_receipt_leads_to_the_post() {
    let on = granted().await;
    let receipt = on.network.publish(&Wanted::text("Appel").approved()).await.unwrap();
    let id = on.x.posts()[0].id.clone();
    assert_eq!(receipt, Receipt { url: Some(format!("https://x.com/i/status/{id}")), id });
    assert_eq!(on.network.limits().await, Ok(Limits::default_of(NetworkKind::X)));
    assert_eq!(on.network.probe().await.as_deref(), Ok("@Police44"));
}

#[tokio::test]
async fn a_text_that_x_finds_too_long_is_refused_in_its_words() {
    let on = granted().await;
    let outcome = on.network.publish(&Wanted::text("é".repeat(281)).approved()).await;
    let words = "Your Tweet text is too long. Tweet needs to be a bit shorter.".to_owned();
    assert_eq!(outcome, Err(Fault::Permanent { cause: Cause::Forbidden(words) }));
}

#[tokio::test]
async fn taking_down_says_truly_what_still_stands() {
    let on = granted().await;
    let receipt = on.network.publish(&Wanted::text("Appel").approved()).await.unwrap();
    for (trouble, expected) in [
        (Trouble::Silence, Fault::Uncertain { cause: Cause::TimedOut }),
        (Trouble::Page(404), Fault::Permanent { cause: Cause::NotTheApi("HTTP 404, text/html".to_owned()) }),
        (Trouble::Page(503), Fault::Uncertain { cause: Cause::ServerError(503) }),
    ] {
        on.x.next(Door::Change, trouble.clone());
        assert_eq!(on.network.delete(&receipt).await, Err(expected), "{trouble:?}");
    }
    on.x.next(Door::Change, Trouble::AcceptThenCut);
    assert_eq!(on.network.delete(&receipt).await, Err(Fault::Uncertain { cause: Cause::ConnectionCut }));
    assert_eq!(on.network.delete(&receipt).await, Ok(()));
    assert_eq!(on.x.texts(), [""; 0]);

    let other = on.someone_else_posts("D'un autre").await;
    let words = "You are not authorized to delete this Tweet.".to_owned();
    assert_eq!(on.network.delete(&other).await, Err(Fault::Permanent { cause: Cause::Forbidden(words) }));
    for id in ["", "../users/me", "12?x"] {
        let outcome = on.network.delete(&Receipt { id: id.to_owned(), url: None }).await;
        assert!(matches!(outcome, Err(Fault::Permanent { cause: Cause::Refused(_) })), "{id}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_repost_can_be_taken_back_and_leaves_the_original_alone() {
    let on = granted().await;
    let original = on.someone_else_posts("Alerte du ministère").await;
    let repost = on.network.repost(&original, on.clock.now()).await.unwrap();

    assert_eq!(on.network.delete(&repost).await, Ok(()));
    assert_eq!(on.network.delete(&repost).await, Ok(()));

    assert_eq!(on.reposts().await, [""; 0]);
    assert!(on.x.with(|server| server.others.contains_key(&original.id)));
}

#[tokio::test]
async fn a_redirect_carries_the_token_nowhere() {
    let (on, elsewhere) = (granted().await, FakeX::start().await);
    for status in [301, 302, 303, 307, 308] {
        on.x.next(Door::Post, Trouble::Redirect(status, format!("{}/2/tweets", elsewhere.url())));
        on.network.publish(&Wanted::text("Appel").approved()).await.unwrap_err();
        on.x.next(Door::Read, Trouble::Redirect(status, format!("{}/2/users/me", elsewhere.url())));
        on.network.probe().await.unwrap_err();
    }
    assert_eq!(elsewhere.requests(Door::Read).len() + elsewhere.requests(Door::Post).len(), 0);
}

#[tokio::test]
async fn tokens_are_never_sent_in_clear_over_a_network() {
    let on = granted().await;
    let refused = |api: &str| {
        let settings = XSettings { api: api.to_owned(), access: on.access.clone(), timeout: SHORT };
        XNetwork::new(settings, on.clock.clone()).err()
    };
    assert_eq!(refused("http://api.x.com"), Some(BadServer::NotEncrypted));
    assert_eq!(refused("api.x.com"), Some(BadServer::NotAnAddress));
    assert_eq!(refused("https://api.x.com"), None);
}
