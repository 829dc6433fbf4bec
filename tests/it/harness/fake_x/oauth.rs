//! The fake X's login: the page on which a person agrees, and the endpoint that gives tokens.

use std::collections::HashMap;

use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::fake_x::server::Server;
use crate::harness::fake_x::{Call, FakeX};

impl FakeX {
    /// A person opens the page and agrees. Where their browser is sent.
    pub fn agrees(&self, page: &str) -> String {
        let asked = self.asked(page);
        let (redirect, state) = (asked["redirect_uri"].clone(), asked["state"].clone());
        let code = self.with(|server| {
            let now = server.now();
            server.accesses.code(asked["code_challenge"].clone(), redirect.clone(), now)
        });
        format!("{redirect}?state={state}&code={code}")
    }

    /// A person opens the page and refuses. Where their browser is sent.
    pub fn refuses(&self, page: &str) -> String {
        let asked = self.asked(page);
        format!("{}?state={}&error=access_denied", asked["redirect_uri"], asked["state"])
    }

    /// What the page was opened with; X shows an error instead of the page when any of it is wrong.
    fn asked(&self, page: &str) -> HashMap<String, String> {
        let url = Url::parse(page).unwrap();
        assert_eq!(format!("{}{}", url.origin().ascii_serialization(), url.path()), self.login_page());
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], self.with(|server| server.accesses.client_id.clone()));
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["code_challenge"].len(), 43);
        assert!(asked["state"].len() >= 16);
        let known = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"];
        let scopes: Vec<&str> = asked["scope"].split(' ').collect();
        assert!(scopes.iter().all(|scope| known.contains(scope)) && scopes.len() == known.len(), "{scopes:?}");
        asked
    }
}

/// `POST /2/oauth2/token`.
pub fn token(server: &mut Server, call: &Call) -> Response {
    let refuse = |server: &Server, status, error: &str, words: &str| {
        server.respond(status, &json!({ "error": error, "error_description": words }))
    };
    if call.method != "POST" || call.content_type() != "application/x-www-form-urlencoded" {
        return refuse(server, 400, "invalid_request", "Content-Type must be application/x-www-form-urlencoded");
    }
    let form = pairs(std::str::from_utf8(&call.body).unwrap());
    let value = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let client = server.accesses.client_id.clone();
    match server.accesses.client_secret.clone() {
        Some(secret) => {
            let expected = format!("Basic {}", STANDARD.encode(format!("{client}:{secret}")));
            if call.header("authorization") != expected {
                return refuse(server, 401, "unauthorized_client", "Missing valid authorization header");
            }
        }
        None if value("client_id") != client => {
            return refuse(server, 400, "invalid_client", "Value passed for the client_id was invalid.");
        }
        None => {}
    }
    let now = server.now();
    let granted = match value("grant_type") {
        "refresh_token" => server.accesses.renew(value("refresh_token"), now),
        "authorization_code" => {
            let kept = server.accesses.codes.remove(value("code"));
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(value("code_verifier")));
            kept.filter(|(asked, redirect, end)| *asked == challenge && redirect == value("redirect_uri") && now < *end)
                .map(|_| server.accesses.grant(now))
        }
        _ => return refuse(server, 400, "unsupported_grant_type", "Value passed for the grant_type was invalid."),
    };
    let Some((access, refresh)) = granted else {
        return refuse(server, 400, "invalid_request", "Value passed for the token was invalid.");
    };
    let scopes: Vec<String> = server.accesses.scopes.iter().cloned().collect();
    let mut body = json!({
        "token_type": "bearer", "expires_in": 7200, "access_token": access, "scope": scopes.join(" "),
    });
    if server.accesses.scopes.contains("offline.access") {
        body["refresh_token"] = Value::from(refresh);
    }
    server.respond(200, &body)
}

/// The pairs of a query or a form.
pub fn pairs(text: &str) -> HashMap<String, String> {
    let url = Url::parse(&format!("http://form/?{text}")).unwrap();
    url.query_pairs().into_owned().collect()
}
