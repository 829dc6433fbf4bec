//! Serves the practice room as a page in the browser, to this machine only.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Path, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::stream::{self, Stream};
use tokio::net::TcpListener;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use crate::chat::practice::public::{PublicPost, file_name};
use crate::chat::practice::{Change, Practice, acts, view};
use crate::domain::directorate::Directorate;

/// The most that a page may send at once, in bytes: what Matrix allows an event, so that nobody learns here to write
/// messages that a real room refuses (<https://spec.matrix.org/v1.16/client-server-api/#size-limits>).
pub const MOST_BYTES_SENT: usize = 65_536;

/// The most that a message with files may have, in bytes: a photo of 20 MB, in base 64.
const MOST_BYTES_WITH_FILES: usize = 28_000_000;

/// What a page may load and do: only what this server itself sends, and no markup made from text.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// What the page shows.
pub struct Page {
    /// The rooms; each belongs to the directorate that lists it.
    pub practice: Arc<Practice>,
    /// Whose accounts and roles are shown.
    pub directorates: Vec<Directorate>,
    /// Lines that can be typed as they stand, offered to newcomers.
    pub examples: Vec<String>,
    /// What is out, oldest first. All of it is sent at every change: keep it to what one wants to look at. When the
    /// sender is gone, pages are disconnected.
    pub public: watch::Receiver<Vec<PublicPost>>,
}

#[derive(Clone)]
struct Server {
    page: Arc<Page>,
    port: u16,
    stop: CancellationToken,
}

impl FromRef<Server> for Arc<Practice> {
    fn from_ref(server: &Server) -> Self {
        server.page.practice.clone()
    }
}

/// Serves the page until told to stop.
///
/// # Errors
/// When the listener is not on a loopback address (whoever reaches the page can act as anyone), or fails.
pub async fn serve(listener: TcpListener, page: Page, stop: CancellationToken) -> io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{address} is not a loopback address")));
    }
    let server = Server { page: Arc::new(page), port: address.port(), stop: stop.clone() };
    let asset =
        |kind: &'static str, text: &'static str| get(move || async move { ([(header::CONTENT_TYPE, kind)], text) });
    let router = Router::new()
        .route("/", asset("text/html; charset=utf-8", include_str!("page.html")))
        .route("/page.css", asset("text/css; charset=utf-8", include_str!("page.css")))
        .route("/page.js", asset("text/javascript; charset=utf-8", include_str!("page.js")))
        .route("/message.js", asset("text/javascript; charset=utf-8", include_str!("message.js")))
        .route("/public.js", asset("text/javascript; charset=utf-8", include_str!("public.js")))
        .route("/icon.svg", asset("image/svg+xml", include_str!("icon.svg")))
        .route("/pictures/{name}", get(picture))
        .route("/events", get(events))
        .route("/file/{message}/{place}", get(acts::file))
        .route("/say", post(acts::say).layer(DefaultBodyLimit::max(MOST_BYTES_WITH_FILES)))
        .route("/edit", post(acts::edit))
        .route("/react", post(acts::react))
        .route("/take-back", post(acts::take_back))
        .route("/remove", post(acts::remove))
        .layer(DefaultBodyLimit::max(MOST_BYTES_SENT))
        .layer(middleware::from_fn_with_state(server.clone(), guard))
        .with_state(server);
    axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await
}

/// Lets in only what a page of ours asks for. A foreign site whose name was pointed at this machine shows in `Host`
/// (DNS rebinding), one that makes the browser post to us shows in `Origin`.
async fn guard(State(server): State<Server>, request: Request, next: Next) -> Response {
    let host = header(request.headers(), header::HOST);
    let ours = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{}", server.port));
    let is_ours = host.is_some_and(|host| ours.iter().any(|name| name.eq_ignore_ascii_case(host)));
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let origin = header(request.headers(), header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
    let is_from_our_page = origin.is_some() && origin == host;
    if !is_ours || !(is_reading || is_from_our_page) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = next.run(request).await;
    let guards = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in guards {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// A picture of a post that is out. It comes from memory: no name leads to a file.
async fn picture(State(server): State<Server>, Path(name): Path<String>) -> Response {
    let posts = server.page.public.borrow();
    let mut pictures = posts.iter().flat_map(|post| &post.pictures);
    match pictures.find(|developed| file_name(developed.picture()) == name) {
        Some(developed) => {
            let kind = developed.picture().kind.media_type();
            ([(header::CONTENT_TYPE, kind)], developed.bytes().to_vec()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Tells a page everything that stands, then each change. A page that reconnects is told everything again.
async fn events(State(server): State<Server>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = server.page.practice.subscribe();
    let public = server.page.public.clone();
    let feed = Feed { server, changes, public, is_new: true };
    let events = stream::unfold(feed, async |mut feed| feed.next().await.map(|event| (Ok(event), feed)));
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// What one open page was told so far.
struct Feed {
    server: Server,
    changes: broadcast::Receiver<Change>,
    public: watch::Receiver<Vec<PublicPost>>,
    is_new: bool,
}

impl Feed {
    async fn next(&mut self) -> Option<Event> {
        if self.is_new {
            self.is_new = false;
            return Some(self.everything());
        }
        tokio::select! {
            biased;
            () = self.server.stop.cancelled() => None,
            change = self.changes.recv() => match change {
                Ok(change) => Some(event("message", &view::change(change.room.as_str(), &change.message))),
                Err(RecvError::Lagged(_)) => {
                    self.changes = self.changes.resubscribe();
                    Some(self.everything())
                }
                Err(RecvError::Closed) => None,
            },
            changed = self.public.changed() => {
                changed.ok()?;
                Some(event("posts", &view::posts_view(&self.public.borrow_and_update())))
            }
        }
    }

    fn everything(&mut self) -> Event {
        let page = &self.server.page;
        let posts = self.public.borrow_and_update();
        event("snapshot", &view::snapshot(&page.practice, &page.directorates, &page.examples, &posts))
    }
}

fn event(name: &str, data: &impl serde::Serialize) -> Event {
    let data = serde_json::to_string(data).expect("views hold only strings, lists and flags");
    Event::default().event(name).data(data)
}
