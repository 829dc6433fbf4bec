//! X in memory, as strict as its documentation (<https://docs.x.com/x-api/introduction>), that fails on demand.
//!
//! ```ignore
//! let x = FakeX::start().await;
//! x.next(Door::Post, Trouble::AcceptThenCut);
//! …
//! assert_eq!(x.texts(), ["Appel à témoins"]);
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use jiff::SignedDuration;
use portevoix::port::clock::{Clock, SystemClock};
use serde_json::json;

use crate::harness::fake_x::server::{Post, Server};
use crate::harness::loopback::{Loopback, Scissors};

pub mod access;
pub mod api;
pub mod media;
pub mod oauth;
pub mod server;

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// None: this one is answered as it should be.
    None,
    /// The request is carried out, the answer never comes.
    AcceptThenTimeout,
    /// The request is carried out, the connection breaks before the answer.
    AcceptThenCut,
    /// The connection breaks, nothing was carried out.
    CutBeforeStoring,
    /// No answer ever, nothing is carried out.
    Silence,
    /// 429 with that header. Nothing is carried out.
    TooManyRequests(&'static str, String),
    /// A problem document: status, title, detail. Nothing is carried out.
    Problem(u16, &'static str, &'static str),
    /// An error of the older form: status, code, message. Nothing is carried out.
    Listed(u16, i64, &'static str),
    /// 503, although the request was carried out.
    ErrorAfterStoring,
    /// A web page of that status. Nothing is carried out.
    Page(u16),
    /// A redirect of that status. Nothing is carried out.
    Redirect(u16, String),
    /// A success with that content, of type JSON. Nothing is carried out.
    Success(&'static str),
    /// A problem 400 that quotes the request's own `Authorization` header.
    Echo,
}

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A post is to be stored.
    Post,
    /// A token is to be fetched.
    Token,
    /// A picture is on its way.
    Media,
    /// Something stored is to be changed: taken down, reposted.
    Change,
    /// Something is to be read.
    Read,
}

/// A request, taken apart.
pub struct Call {
    /// `GET`, `POST`, `DELETE`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Without the question mark.
    pub query: String,
    /// All of them.
    pub headers: HeaderMap,
    /// As sent.
    pub body: Bytes,
}

/// X; it stops when dropped.
pub struct FakeX {
    loopback: Loopback,
    shared: Arc<Shared>,
}

struct Shared {
    server: Mutex<Server>,
    next: Mutex<VecDeque<(Door, Trouble)>>,
    always: Mutex<Option<Trouble>>,
}

impl FakeX {
    /// Starts with one account (`Police44`) on the machine's clock.
    pub async fn start() -> Self {
        Self::start_at(Arc::new(SystemClock)).await
    }

    /// Starts on a scene's own clock.
    pub async fn start_at(clock: Arc<dyn Clock>) -> Self {
        let shared = Arc::new(Shared {
            server: Mutex::new(Server::new(clock)),
            next: Mutex::default(),
            always: Mutex::default(),
        });
        let loopback = Loopback::serve(Router::new().fallback(answer).with_state(Arc::clone(&shared))).await;
        shared.server.lock().unwrap().host = loopback.address.to_string();
        Self { loopback, shared }
    }

    /// The address for the configuration.
    pub fn url(&self) -> String {
        self.loopback.url()
    }

    /// The address of the page on which a person lets an application in.
    pub fn login_page(&self) -> String {
        format!("{}/i/oauth2/authorize", self.loopback.url())
    }

    /// The texts of what the public sees, as they were typed, oldest first.
    pub fn texts(&self) -> Vec<String> {
        self.with(|server| server.posts.iter().map(|post| post.text.clone()).collect())
    }

    /// What the public sees, oldest first.
    pub fn posts(&self) -> Vec<Post> {
        self.with(|server| server.posts.clone())
    }

    /// The next request of that kind meets that trouble; several are met one after the other.
    pub fn next(&self, door: Door, trouble: Trouble) {
        self.shared.next.lock().unwrap().push_back((door, trouble));
    }

    /// From now on every request meets that trouble, or none any more.
    pub fn is_in(&self, trouble: impl Into<Option<Trouble>>) {
        *self.shared.always.lock().unwrap() = trouble.into();
    }

    /// What is stored is in the timeline only after that time.
    pub fn lags(&self, by: SignedDuration) {
        self.with(|server| server.lag = by);
    }

    /// Sets X's clock that much ahead of the scene's (behind, if negative).
    pub fn sets_clock_ahead(&self, by: SignedDuration) {
        self.with(|server| server.ahead = by);
    }

    /// Someone posts by hand, in X's own app.
    pub fn posts_by_hand(&self, text: &str) -> String {
        self.with(|server| server.store(text, &[]))
    }

    /// The requests of that kind, as `POST /2/tweets`.
    pub fn requests(&self, door: Door) -> Vec<String> {
        self.with(|server| server.requests.iter().filter(|(of, _)| *of == door).map(|(_, line)| line.clone()).collect())
    }

    /// Looks at the state behind it all, or changes it, where a scene needs more than the rest offers.
    pub fn with<T>(&self, act: impl FnOnce(&mut Server) -> T) -> T {
        act(&mut self.shared.server.lock().unwrap())
    }
}

impl Call {
    /// A header, if it is text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The media type of the body, without its parameters.
    pub fn content_type(&self) -> &str {
        self.header(header::CONTENT_TYPE.as_str()).split(';').next().unwrap_or_default().trim()
    }

    fn door(&self) -> Door {
        match (self.method.as_str(), self.path.as_str()) {
            (_, "/2/oauth2/token") => Door::Token,
            ("POST", "/2/tweets") => Door::Post,
            (_, path) if path.starts_with("/2/media/") => Door::Media,
            ("GET", _) => Door::Read,
            _ => Door::Change,
        }
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: to_bytes(body, 10_000_000).await.unwrap(),
    };
    let door = call.door();
    let trouble = {
        let mut next = shared.next.lock().unwrap();
        let place = next.iter().position(|(of, _)| *of == door);
        place.and_then(|place| next.remove(place)).map(|(_, trouble)| trouble)
    };
    let trouble = trouble.or_else(|| shared.always.lock().unwrap().clone());
    let carried_out = || {
        let mut server = shared.server.lock().unwrap();
        server.requests.push((door, format!("{} {}", call.method, call.path)));
        api::answer(&mut server, &call)
    };
    match trouble {
        None | Some(Trouble::None) => carried_out(),
        Some(Trouble::AcceptThenTimeout) => {
            carried_out();
            Scissors::silence().await
        }
        Some(Trouble::AcceptThenCut) => {
            carried_out();
            scissors.cut()
        }
        Some(Trouble::ErrorAfterStoring) => {
            carried_out();
            shared.server.lock().unwrap().problem(503, "Service Unavailable", "Service Unavailable")
        }
        Some(Trouble::CutBeforeStoring) => scissors.cut(),
        Some(Trouble::Silence) => Scissors::silence().await,
        Some(trouble) => refuse(&shared.server.lock().unwrap(), &call, trouble),
    }
}

/// Answers as the trouble has it, without carrying anything out.
fn refuse(server: &Server, call: &Call, trouble: Trouble) -> Response {
    match trouble {
        Trouble::TooManyRequests(name, value) => {
            let mut response = server.problem(429, "Too Many Requests", "Too Many Requests");
            response.headers_mut().remove("x-rate-limit-reset");
            let prefix = name.trim_end_matches("-reset");
            if prefix != name {
                response.headers_mut().insert(
                    axum::http::HeaderName::try_from(format!("{prefix}-remaining")).unwrap(),
                    "0".parse().unwrap(),
                );
            }
            response.headers_mut().insert(name, value.parse().unwrap());
            response
        }
        Trouble::Problem(status, title, detail) => server.problem(status, title, detail),
        Trouble::Listed(status, code, message) => {
            server.respond(status, &json!({ "errors": [{ "code": code, "message": message }] }))
        }
        Trouble::Page(status) => {
            let page = "<!DOCTYPE html><html><head><title>x.com</title></head><body>…</body></html>";
            server.respond_as(status, "text/html; charset=utf-8", page.to_owned())
        }
        Trouble::Redirect(status, to) => {
            let mut response = server.respond_as(status, "text/html", String::new());
            response.headers_mut().insert(header::LOCATION, to.parse().unwrap());
            response
        }
        Trouble::Success(body) => server.respond_as(200, "application/json", body.to_owned()),
        Trouble::Echo => server.problem(400, "Invalid Request", &format!("bad: {}", call.header("authorization"))),
        Trouble::None
        | Trouble::AcceptThenTimeout
        | Trouble::AcceptThenCut
        | Trouble::CutBeforeStoring
        | Trouble::Silence
        | Trouble::ErrorAfterStoring => unreachable!("not a refusal"),
    }
}
