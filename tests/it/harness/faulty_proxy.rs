//! A proxy before a real server that breaks what it is told to break, since a real server can't be asked to fail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::harness::loopback::{Loopback, Scissors};

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Break {
    /// The connection breaks before the server hears of it.
    CutBefore,
    /// The server carries it out, the connection breaks before the answer.
    CutAfter,
    /// The server carries it out, the answer never comes.
    SilenceAfter,
    /// The server never hears of it; the proxy answers: status, content type, body.
    Instead(u16, &'static str, &'static str),
    /// The server carries it out; the proxy answers otherwise: status, content type, body.
    InsteadAfter(u16, &'static str, &'static str),
}

/// The proxy; it stops when dropped.
pub struct FaultyProxy {
    loopback: Loopback,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    /// The proxy's own address: what the server says of itself is rewritten to it, or clients would go round us.
    address: Mutex<String>,
    breaks: Mutex<VecDeque<(String, Break)>>,
    calls: Mutex<Vec<String>>,
    client: reqwest::Client,
}

impl FaultyProxy {
    /// Starts before the server of that address.
    pub async fn before(upstream: &str) -> Self {
        let shared = Arc::new(Shared {
            upstream: upstream.trim_end_matches('/').to_owned(),
            address: Mutex::default(),
            breaks: Mutex::default(),
            calls: Mutex::default(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
        });
        let loopback = Loopback::serve(Router::new().fallback(pass).with_state(Arc::clone(&shared))).await;
        *shared.address.lock().unwrap() = loopback.url();
        Self { loopback, shared }
    }

    /// The address for the configuration.
    pub fn url(&self) -> String {
        self.loopback.url()
    }

    /// The next request whose path ends with `method` is broken; several are broken one after the other.
    pub fn next(&self, method: &str, how: Break) {
        self.shared.breaks.lock().unwrap().push_back((method.to_owned(), how));
    }

    /// How many requests of that kind came by.
    pub fn calls(&self, method: &str) -> usize {
        self.shared.calls.lock().unwrap().iter().filter(|path| path.ends_with(method)).count()
    }
}

impl Shared {
    fn broken(&self, path: &str) -> Option<Break> {
        self.calls.lock().unwrap().push(path.to_owned());
        let mut breaks = self.breaks.lock().unwrap();
        let place = breaks.iter().position(|(method, _)| path.ends_with(method.as_str()))?;
        breaks.remove(place).map(|(_, how)| how)
    }
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    match shared.broken(request.uri().path()) {
        None => forward(&shared, request).await,
        Some(Break::CutBefore) => scissors.cut(),
        Some(Break::CutAfter) => {
            forward(&shared, request).await;
            scissors.cut()
        }
        Some(Break::SilenceAfter) => {
            forward(&shared, request).await;
            Scissors::silence().await
        }
        Some(Break::Instead(status, kind, body)) => made_up(status, kind, body),
        Some(Break::InsteadAfter(status, kind, body)) => {
            forward(&shared, request).await;
            made_up(status, kind, body)
        }
    }
}

async fn forward(shared: &Shared, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, 10_000_000).await.unwrap();
    let place = parts.uri.path_and_query().unwrap().as_str();
    let mut headers = parts.headers;
    headers.remove(header::HOST);
    let answer = shared
        .client
        .request(parts.method, format!("{}{place}", shared.upstream))
        .headers(headers)
        .body(body)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let headers: HeaderMap = answer.headers().clone();
    let address = shared.address.lock().unwrap().clone();
    let text = answer.text().await.unwrap().replace(&shared.upstream, &address);
    let mut response = Response::builder().status(status);
    for name in [header::CONTENT_TYPE, header::DATE, header::RETRY_AFTER] {
        if let Some(value) = headers.get(&name) {
            response = response.header(name, value);
        }
    }
    response.body(Body::from(text)).unwrap()
}

fn made_up(status: u16, kind: &str, body: &'static str) -> Response {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(body))
        .unwrap()
}
