//! What the log must never show: tokens, passwords, and what officers type of an inquiry.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portevoix::domain::draft::Phase;
use portevoix::domain::notice::State;
use portevoix::store::database::StoreError;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::scene::scene;

/// Typed by officers in these scenes; each is in the log if any part of what they typed is.
const TYPED: [&str; 9] = [
    "quai de la Fosse",
    "bijouterie",
    "61 91 44 17",
    "0261914417",
    "0612345678",
    "substitut Morvan",
    "Kevin Lebrun",
    "témoin protégé",
    "trop de détails",
];

const APPEAL: &str = "!appel lieu: quai de la Fosse, Nantes ; date: 12/03 à 20h ; faits: vol en bijouterie ; \
                      tel_service: 02 61 91 44 17 ; parquet: accord du substitut Morvan, 21h10";

/// Takes down everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Listens to this thread as `RUST_LOG=debug,portevoix=trace` would.
    fn listen(&self) -> DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter("debug,portevoix=trace")
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    #[track_caller]
    fn expect_none_of(&self, secrets: &[&str]) {
        let text = self.text();
        for secret in secrets {
            let line = text.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "the log shows {secret:?}");
        }
    }

    /// Makes sure that something was listened to at all.
    #[track_caller]
    fn expect(&self, words: &str) {
        assert!(self.text().contains(words), "{words:?} is not in\n{}", self.text());
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn nothing_that_officers_type_is_logged() {
    let log = Log::default();
    let _listening = log.listen();
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.says("martin", "!appel faits: Kevin Lebrun, témoin protégé ; tel_service: 0612345678x").await;
        room.says("martin", "!Kevin Lebrun").await;
        room.says("passant", "!appel faits: Kevin Lebrun").await;
        room.answers("petit", "le témoin protégé est au 0612345678").await;
        room.says("petit", "!modifier 44-1 faits: vol en bijouterie, 2 auteurs").await;
        let veto = room.reacts("durand", "❌").await;
        room.answers("durand", "trop de détails sur Kevin Lebrun").await;
        room.takes_back("durand", &veto).await;
        room.approves().await;
        room.expect("44-1", State::Published).await;
    })
    .await;
    log.expect("published");
    log.expect_none_of(&TYPED);
    log.expect_none_of(&["ERROR"]);
}

#[cfg(feature = "x")]
#[tokio::test]
async fn nothing_that_lets_the_bot_into_x_is_logged() {
    use crate::contract::network::x::{granted, keyed};
    use crate::harness::fake_x::{Door, Trouble};
    use crate::harness::post::Wanted;
    use portevoix::port::network::Network;

    let log = Log::default();
    let _listening = log.listen();
    for on in [granted().await, keyed().await] {
        on.network.publish(&Wanted::text("Avant").approved()).await.unwrap();
        on.clock.passes(jiff::SignedDuration::from_hours(2));
        on.x.next(Door::Post, Trouble::Echo);
        on.network.publish(&Wanted::text("Après").serial(13).approved()).await.unwrap_err();
        on.x.next(Door::Token, Trouble::Echo);
        on.clock.passes(jiff::SignedDuration::from_hours(2));
        let _ = on.network.probe().await;
        let keys = on.x.with(|server| server.accesses.keys.clone());
        log.expect_none_of(&["jeton-acces", "jeton-suite"]);
        log.expect_none_of(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    }
    log.expect("127.0.0.1");
}

#[test]
fn a_row_that_cannot_be_read_is_not_quoted() {
    let cause = serde_json::from_str::<Phase>(r#"{"Kevin Lebrun":null}"#).unwrap_err();
    assert!(cause.to_string().contains("Kevin Lebrun"), "serde_json quotes it: {cause}");
    let trouble = StoreError::Row { table: "drafts", cause };
    assert!(!trouble.to_string().contains("Kevin Lebrun"), "{trouble}");
    assert!(trouble.to_string().contains("drafts"), "{trouble}");
}

/// A server that says back whatever it is sent: the worst that can happen to a log.
#[cfg(all(feature = "mastodon", feature = "bluesky"))]
#[tokio::test]
async fn no_token_or_password_is_logged_even_if_a_server_echoes_it() {
    use axum::Json;
    use axum::extract::Request;
    use axum::http::StatusCode;
    use portevoix::domain::secret::Secret;
    use portevoix::network::bluesky::{BlueskyNetwork, BlueskySettings};
    use portevoix::network::mastodon::{MastodonNetwork, MastodonSettings};
    use portevoix::port::network::Network;

    use crate::harness::loopback::Loopback;

    let log = Log::default();
    let _listening = log.listen();
    let echo = async |request: Request| {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 100_000).await.unwrap();
        let words = format!("{:?} {}", parts.headers, String::from_utf8_lossy(&body));
        (StatusCode::BAD_REQUEST, Json(serde_json::json!({ "error": "InvalidRequest", "message": words })))
    };
    let server = Loopback::serve(axum::Router::new().fallback(echo)).await;
    let (token, password) = ("jeton-tres-secret", "abcd-efgh-ijkl-mnop");
    scene(async |room| {
        let timeout = Duration::from_secs(20);
        let settings = MastodonSettings { server: server.url(), token: Secret::new(token), timeout };
        let mastodon: Arc<dyn Network> = Arc::new(MastodonNetwork::new(settings, room.clock.clone()).unwrap());
        let settings = BlueskySettings {
            service: server.url(),
            identifier: "police44.example".to_owned(),
            app_password: Secret::new(password),
            timeout,
        };
        let bluesky: Arc<dyn Network> = Arc::new(BlueskyNetwork::new(settings, room.clock.clone()).unwrap());
        room.puts_on("mastodon", mastodon).await;
        room.puts_on("bluesky", bluesky).await;
        room.says("martin", APPEAL).await;
        room.approves().await;
        room.waits(Duration::from_secs(120)).await;
        room.expect("44-1", State::Stuck).await;
        for secret in [token, password] {
            assert!(!room.transcript().contains(secret), "{}", room.transcript());
        }
    })
    .await;
    log.expect("not published");
    log.expect_none_of(&[token, password]);
    log.expect_none_of(&TYPED);
}
