//! A Mastodon server in memory, as strict as its documentation (<https://docs.joinmastodon.org/>), that fails on demand.
//!
//! ```ignore
//! let mastodon = FakeMastodon::start().await;
//! mastodon.next_post(Trouble::AcceptThenCut);
//! …
//! assert_eq!(mastodon.texts(), ["Appel à témoins"]);
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, header};
use axum::response::Response;
use jiff::SignedDuration;
use portevoix::port::clock::{Clock, SystemClock};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::harness::fake_mastodon::api::Call;
use crate::harness::fake_mastodon::media::Media;
use crate::harness::fake_mastodon::server::{Server, Status};
use crate::harness::loopback::{Loopback, Scissors};

pub mod api;
pub mod media;
pub mod oauth;
pub mod server;

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The request is carried out, the answer never comes.
    AcceptThenTimeout,
    /// The request is carried out, the connection breaks before the answer.
    AcceptThenCut,
    /// The connection breaks, nothing was carried out.
    CutBeforeStoring,
    /// The request waits until [`FakeMastodon::release`], also after the client has gone, and is carried out then.
    Held,
    /// No answer ever, nothing is carried out.
    Silence,
    /// 429 with `Retry-After`.
    TooManyRequests {
        /// What the header says.
        retry_after: &'static str,
    },
    /// 429 with nothing but Mastodon's own `X-RateLimit-Reset`, five minutes ahead.
    TooManyRequestsByMastodon,
    /// An error of the API: status and words. Nothing is carried out.
    Error(u16, &'static str),
    /// 500, although the request was carried out.
    ErrorAfterStoring,
    /// A web page of that status. Nothing is carried out.
    Page(u16),
    /// A redirect of that status. Nothing is carried out.
    Redirect(u16, String),
    /// A success with that content, of type JSON. Nothing is carried out.
    Success(&'static str),
    /// An error 422 that quotes the request's own `Authorization` header.
    Echo,
}

/// The server; it stops when dropped.
pub struct FakeMastodon {
    loopback: Loopback,
    shared: Arc<Shared>,
    held: tokio::sync::Mutex<mpsc::UnboundedReceiver<HeldRequest>>,
}

struct Shared {
    server: Mutex<Server>,
    posts: Mutex<VecDeque<Trouble>>,
    reads: Mutex<VecDeque<Trouble>>,
    at: Mutex<VecDeque<(String, Trouble)>>,
    always: Mutex<Option<Trouble>>,
    hold: mpsc::UnboundedSender<HeldRequest>,
}

struct HeldRequest {
    go_on: oneshot::Sender<()>,
    done: JoinHandle<()>,
}

impl FakeMastodon {
    /// Starts with one account (`police44`) on the machine's clock.
    pub async fn start() -> Self {
        Self::start_at(Arc::new(SystemClock)).await
    }

    /// Starts on a scene's own clock.
    pub async fn start_at(clock: Arc<dyn Clock>) -> Self {
        let (hold, held) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            server: Mutex::new(Server::new(clock)),
            posts: Mutex::default(),
            reads: Mutex::default(),
            at: Mutex::default(),
            always: Mutex::default(),
            hold,
        });
        let loopback = Loopback::serve(Router::new().fallback(answer).with_state(Arc::clone(&shared))).await;
        shared.server.lock().unwrap().host = loopback.address.to_string();
        Self { loopback, shared, held: tokio::sync::Mutex::new(held) }
    }

    /// The address for the configuration.
    pub fn url(&self) -> String {
        self.loopback.url()
    }

    /// The only token that is accepted.
    pub fn token(&self) -> String {
        self.with(|server| server.token.clone())
    }

    /// What the public sees, oldest first.
    pub fn statuses(&self) -> Vec<Status> {
        self.with(|server| server.statuses.clone())
    }

    /// The texts of what the public sees, oldest first.
    pub fn texts(&self) -> Vec<String> {
        self.with(|server| server.statuses.iter().map(|status| status.text.clone()).collect())
    }

    /// The next attempt to post meets that trouble; several are met one after the other.
    pub fn next_post(&self, trouble: Trouble) {
        self.shared.posts.lock().unwrap().push_back(trouble);
    }

    /// The next request that only reads meets that trouble.
    pub fn next_read(&self, trouble: Trouble) {
        self.shared.reads.lock().unwrap().push_back(trouble);
    }

    /// The next request of that kind (`POST /api/v2/media`, say, or its beginning) meets that trouble.
    pub fn next(&self, request: &str, trouble: Trouble) {
        self.shared.at.lock().unwrap().push_back((request.to_owned(), trouble));
    }

    /// The pictures of what the public sees, oldest status first.
    pub fn media(&self) -> Vec<Vec<Media>> {
        self.with(|server| server.statuses.iter().map(|status| server.media_of(&status.media_ids)).collect())
    }

    /// How many uploads came in, in the last half hour.
    pub fn uploads(&self) -> usize {
        self.with(|server| server.uploads.len())
    }

    /// Another account of the same server posts something.
    pub fn neighbour_posts(&self, text: &str) -> Status {
        self.with(|server| server.neighbour_posts(text, None))
    }

    /// Somebody posts something on another server, which this one has not heard of.
    pub fn stranger_posts(&self, text: &str, server_of_theirs: &str) -> Status {
        self.with(|server| server.neighbour_posts(text, Some(server_of_theirs)))
    }

    /// One of these two takes it down.
    pub fn neighbour_deletes(&self, id: &str) {
        self.with(|server| server.others.retain(|other| other.status.id != id));
    }

    /// From now on every request meets that trouble, or none any more.
    pub fn is_in(&self, trouble: impl Into<Option<Trouble>>) {
        *self.shared.always.lock().unwrap() = trouble.into();
    }

    /// Lets the request that meets [`Trouble::Held`] go on; returns when it was carried out.
    pub async fn release(&self) {
        let held = self.held.lock().await.recv().await.unwrap();
        held.go_on.send(()).unwrap();
        held.done.await.unwrap();
    }

    /// Sets the server's clock that much ahead of the scene's (behind, if negative).
    pub fn sets_clock_ahead(&self, by: SignedDuration) {
        self.with(|server| server.ahead = by);
    }

    /// Lets time pass for the server alone.
    pub fn passes(&self, time: SignedDuration) {
        self.with(|server| server.ahead += time);
    }

    /// The account's owner posts something by hand.
    pub fn posts_by_hand(&self, text: &str) -> Status {
        let language = Some("fr".to_owned());
        self.with(|server| server.store(text.to_owned(), "public".to_owned(), language, Vec::new()).clone())
    }

    /// The account's owner changes a status by hand.
    pub fn edits_by_hand(&self, id: &str, text: &str) {
        self.with(|server| server.edit(id, text));
    }

    /// The account's owner, or a moderator, takes a status away.
    pub fn deletes(&self, id: &str) {
        self.with(|server| server.statuses.retain(|status| status.id != id));
    }

    /// How many requests came in the last five minutes.
    pub fn requests(&self) -> usize {
        self.with(|server| server.requests.len())
    }

    /// Looks at the state behind it all, or changes it, where a scene needs more than the rest offers.
    pub fn with<T>(&self, act: impl FnOnce(&mut Server) -> T) -> T {
        act(&mut self.shared.server.lock().unwrap())
    }
}

impl Shared {
    fn trouble_at(&self, request: &str) -> Option<Trouble> {
        let mut at = self.at.lock().unwrap();
        let place = at.iter().position(|(kind, _)| request.starts_with(kind.as_str()))?;
        at.remove(place).map(|(_, trouble)| trouble)
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let call = call(request).await;
    let is_post = call.method == Method::POST && call.path == "/api/v1/statuses";
    let queue = if is_post { &shared.posts } else { &shared.reads };
    let named = shared.trouble_at(&format!("{} {}", call.method, call.path));
    let trouble = named.or_else(|| queue.lock().unwrap().pop_front()).or_else(|| shared.always.lock().unwrap().clone());
    let Some(trouble) = trouble else { return api::answer(&mut shared.server.lock().unwrap(), &call) };
    match trouble {
        Trouble::AcceptThenTimeout => {
            api::answer(&mut shared.server.lock().unwrap(), &call);
            Scissors::silence().await
        }
        Trouble::AcceptThenCut => {
            api::answer(&mut shared.server.lock().unwrap(), &call);
            scissors.cut()
        }
        Trouble::CutBeforeStoring => scissors.cut(),
        Trouble::Held => held(&shared, call).await,
        Trouble::Silence => Scissors::silence().await,
        Trouble::ErrorAfterStoring => {
            let mut server = shared.server.lock().unwrap();
            api::answer(&mut server, &call);
            server.respond(500, &api::error("Internal Server Error"))
        }
        Trouble::TooManyRequests { .. }
        | Trouble::TooManyRequestsByMastodon
        | Trouble::Error(..)
        | Trouble::Page(_)
        | Trouble::Redirect(..)
        | Trouble::Success(_)
        | Trouble::Echo => api::refuse(&shared.server.lock().unwrap(), &call, trouble),
    }
}

async fn call(request: Request) -> Call {
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, 20_000_000).await.unwrap_or_default();
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Call {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        authorization: text(header::AUTHORIZATION.as_str()),
        content_type: text(header::CONTENT_TYPE.as_str()).unwrap_or_default(),
        idempotency_key: text("idempotency-key"),
        body,
    }
}

async fn held(shared: &Arc<Shared>, call: Call) -> Response {
    let (go_on, wait) = oneshot::channel();
    let (done, answer) = oneshot::channel();
    let task = tokio::spawn({
        let shared = Arc::clone(shared);
        async move {
            wait.await.unwrap();
            let response = api::answer(&mut shared.server.lock().unwrap(), &call);
            // The client may have gone.
            done.send(response).ok();
        }
    });
    shared.hold.send(HeldRequest { go_on, done: task }).unwrap();
    answer.await.unwrap()
}
