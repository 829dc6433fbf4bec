//! Bluesky without any real server: to whom the tokens of a session are handed.

use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::http::header;
use axum::{Json, Router};
use jiff::Timestamp;
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::secret::Secret;
use portevoix::network::bluesky::{BlueskyNetwork, BlueskySettings};
use portevoix::port::clock::SystemClock;
use portevoix::port::network::{Found, Network};
use serde_json::{Value, json};

use crate::contract::network::SHORT;
use crate::harness::loopback::Loopback;
use crate::harness::post::Wanted;

/// A server that notes who asks what with which token, and always answers the same.
struct Listening {
    loopback: Loopback,
    heard: Arc<Mutex<Vec<(String, String)>>>,
}

impl Listening {
    async fn answering(status: u16, body: Value) -> Self {
        type Shared = (Arc<Mutex<Vec<(String, String)>>>, Value);
        let heard: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
        let status = axum::http::StatusCode::from_u16(status).unwrap();
        let answer = async move |State((heard, body)): State<Shared>, request: Request| {
            let method = request.uri().path().rsplit('/').next().unwrap().to_owned();
            let token = request.headers().get(header::AUTHORIZATION).map(|token| token.to_str().unwrap().to_owned());
            heard.lock().unwrap().push((method, token.unwrap_or_default()));
            (status, Json(body))
        };
        let router = Router::new().fallback(answer).with_state((Arc::clone(&heard), body));
        Self { loopback: Loopback::serve(router).await, heard }
    }

    fn heard(&self) -> Vec<(String, String)> {
        self.heard.lock().unwrap().clone()
    }
}

fn session(endpoint: &str) -> Value {
    let service = json!([
        { "id": "#autre", "type": "Autre", "serviceEndpoint": "https://autre.example" },
        { "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": endpoint },
    ]);
    json!({
        "did": "did:plc:abc", "handle": "police44.example", "accessJwt": "acces", "refreshJwt": "suite",
        "didDoc": { "id": "did:plc:abc", "service": service }, "active": true,
    })
}

fn log_in(service: &Listening) -> BlueskyNetwork {
    let settings = BlueskySettings {
        service: service.loopback.url(),
        identifier: "police44.example".to_owned(),
        app_password: Secret::new("mot-de-passe"),
        timeout: SHORT,
    };
    BlueskyNetwork::new(settings, Arc::new(SystemClock)).unwrap()
}

fn asked(method: &str, token: &str) -> (String, String) {
    (method.to_owned(), token.to_owned())
}

#[tokio::test]
async fn the_repository_is_asked_where_the_accounts_document_says_it_is() {
    let absent = json!({ "error": "RecordNotFound", "message": "Could not locate record" });
    let pds = Listening::answering(400, absent).await;
    let service = Listening::answering(200, session(&pds.loopback.url())).await;

    let found = log_in(&service).find(&Wanted::text("Appel").approved(), Timestamp::now()).await;

    assert_eq!(found, Ok(Found::Absent));
    assert_eq!(service.heard(), [asked("com.atproto.server.createSession", "")]);
    assert_eq!(pds.heard(), [asked("com.atproto.repo.getRecord", "Bearer acces")]);
}

#[tokio::test]
async fn a_repository_that_would_be_spoken_to_in_clear_is_not() {
    let service = Listening::answering(200, session("http://pds.example")).await;

    log_in(&service).find(&Wanted::text("Appel").approved(), Timestamp::now()).await.unwrap_err();

    let all = [asked("com.atproto.server.createSession", ""), asked("com.atproto.repo.getRecord", "Bearer acces")];
    assert_eq!(service.heard(), all);
}

#[tokio::test]
async fn an_account_that_was_suspended_is_told_and_asked_nothing() {
    let mut suspended = session("https://pds.example");
    (suspended["active"], suspended["status"]) = (json!(false), json!("suspended"));
    let service = Listening::answering(200, suspended).await;

    let outcome = log_in(&service).publish(&Wanted::text("Appel").approved()).await;

    assert_eq!(outcome, Err(Fault::Permanent { cause: Cause::Forbidden("suspended".to_owned()) }));
    assert_eq!(service.heard().len(), 1);
}
