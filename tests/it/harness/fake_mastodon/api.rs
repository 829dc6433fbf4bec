//! The HTTP side of the fake Mastodon: which question gets which answer.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use jiff::SignedDuration;
use portevoix::domain::fault::Cause;
use reqwest::Url;
use serde_json::{Value, json};

use crate::harness::fake_mastodon::Trouble;
use crate::harness::fake_mastodon::server::{REQUESTS_A_WINDOW, Server, Status};
use crate::harness::multipart;

/// A request, read to its end.
pub struct Call {
    /// `GET`, `POST`…
    pub method: Method,
    /// Without the query.
    pub path: String,
    /// Without the question mark.
    pub query: String,
    /// The header.
    pub authorization: Option<String>,
    /// The header.
    pub content_type: String,
    /// The header.
    pub idempotency_key: Option<String>,
    /// The content.
    pub body: Bytes,
}

/// An error body.
pub fn error(words: &str) -> Value {
    json!({ "error": words })
}

/// Carries a request out by the book.
pub fn answer(server: &mut Server, call: &Call) -> Response {
    let now = server.now();
    server.requests.retain(|at| now.duration_since(*at) < SignedDuration::from_mins(5));
    if server.requests.len() >= usize::try_from(REQUESTS_A_WINDOW).unwrap() {
        return server.respond(429, &error("Too many requests"));
    }
    server.requests.push(now);
    let parts: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
    let Some(needed) = scope(server, call, &parts) else { return server.respond(404, &error("Not Found")) };
    if let Some(scope) = needed {
        if call.authorization.as_deref() != Some(&format!("Bearer {}", server.token)) {
            return server.respond(401, &error("The access token is invalid"));
        }
        let broad = scope.split(':').next().unwrap_or_default();
        if !scope.is_empty() && !server.scopes.contains(scope) && !server.scopes.contains(broad) {
            return server.respond(403, &error("This action is outside the authorized scopes"));
        }
    }
    match parts.as_slice() {
        ["api", "v2", "instance"] => server.respond(200, &instance(server)),
        [.., "apps", "verify_credentials"] => {
            let scopes: Vec<&String> = server.scopes.iter().collect();
            server.respond(200, &json!({ "name": "Portevoix", "website": null, "scopes": scopes }))
        }
        [.., "accounts", "verify_credentials"] => server.respond(200, &server.account()),
        [.., "accounts", "1", "statuses"] => list(server, &pairs(&call.query)),
        [.., id, "source"] => match server.status(id) {
            Some(status) => server.respond(200, &json!({ "id": status.id, "text": status.text, "spoiler_text": "" })),
            None => server.respond(404, &error("Record not found")),
        },
        [.., "v1", "statuses"] => create(server, call),
        [.., id, "reblog"] => match server.reblog(id) {
            Some(shown) => server.respond(200, &shown),
            None => server.respond(404, &error("Record not found")),
        },
        ["system", "media_attachments", id, _] => {
            let is_there = server.media.iter().any(|media| media.id == **id);
            server.respond_as(if is_there { 200 } else { 404 }, "image/png", String::new())
        }
        [.., "v1", "statuses", id] if call.method == Method::GET => match server.status(id) {
            Some(status) => server.respond(200, &server.show(status)),
            None => server.respond(404, &error("Record not found")),
        },
        [.., "v1", "statuses", id] if call.method == Method::PUT => change(server, id, call),
        [.., "v1", "statuses", id] => delete(server, id, &pairs(&call.query)),
        [.., "v2", "media"] => {
            let (status, shown) = server.upload(multipart::read(&call.content_type, &call.body));
            server.respond(status, &shown)
        }
        [.., "media", id] => {
            let (status, shown) = server.look_at_media(id);
            server.respond(status, &shown)
        }
        [.., "search"] => {
            let shown = server.search(&pairs(&call.query));
            server.respond(200, &shown)
        }
        [.., "apps"] => {
            let (status, shown) = server.register(&form(call));
            server.respond(status, &shown)
        }
        ["oauth", "token"] => {
            let (status, shown) = server.exchange(&form(call));
            server.respond(status, &shown)
        }
        _ => server.respond(404, &error("Record not found")),
    }
}

/// What a token must open for that call, if it needs one; `None` if there is no such call.
fn scope(server: &Server, call: &Call, parts: &[&str]) -> Option<Option<&'static str>> {
    let scope = match (call.method.as_str(), parts) {
        ("GET", ["api", "v2", "instance"]) => None,
        ("GET", ["api", "v1", "apps", "verify_credentials"]) => Some(""),
        ("GET", ["api", "v1", "accounts", "verify_credentials"]) => Some("read:accounts"),
        ("GET", ["api", "v1", "accounts", _, "statuses"]) => Some("read:statuses"),
        ("GET", ["api", "v1", "statuses", _, "source"]) if server.has_source => Some("read:statuses"),
        ("POST", ["api", "v1", "statuses"] | ["api", "v1", "statuses", _, "reblog"]) => Some("write:statuses"),
        ("DELETE" | "PUT", ["api", "v1", "statuses", _]) => Some("write:statuses"),
        ("GET", ["api", "v1", "statuses", _]) => Some("read:statuses"),
        ("HEAD", ["system", "media_attachments", _, "original" | "small"]) => None,
        ("POST", ["api", "v2", "media"]) | ("GET", ["api", "v1", "media", _]) => Some("write:media"),
        ("GET", ["api", "v2", "search"]) => Some("read:search"),
        ("POST", ["api", "v1", "apps"] | ["oauth", "token"]) => None,
        _ => return None,
    };
    Some(scope)
}

/// Answers as the trouble has it, without carrying anything out.
pub fn refuse(server: &Server, call: &Call, trouble: Trouble) -> Response {
    let with = |mut response: Response, name: &'static str, value: &str| {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        response
    };
    match trouble {
        Trouble::TooManyRequests { retry_after } => {
            with(server.respond(429, &error("Too many requests")), "retry-after", retry_after)
        }
        Trouble::TooManyRequestsByMastodon => server.respond(429, &error("Too many requests")),
        Trouble::Error(status, words) => server.respond(status, &error(words)),
        Trouble::Page(status) => {
            let page = "<!DOCTYPE html><html><head><title>nginx</title></head><body>…</body></html>";
            server.respond_as(status, "text/html; charset=utf-8", page.to_owned())
        }
        Trouble::Redirect(status, to) => with(server.respond_as(status, "text/html", String::new()), "location", &to),
        Trouble::Success(body) => server.respond_as(200, "application/json", body.to_owned()),
        Trouble::Echo => {
            let words = format!("bad header: {}", call.authorization.as_deref().unwrap_or_default());
            assert!(words.len() < Cause::LONGEST_QUOTE);
            server.respond(422, &error(&words))
        }
        Trouble::AcceptThenTimeout
        | Trouble::AcceptThenCut
        | Trouble::CutBeforeStoring
        | Trouble::Held
        | Trouble::Silence
        | Trouble::ErrorAfterStoring => unreachable!("not a refusal"),
    }
}

/// <https://docs.joinmastodon.org/methods/statuses/#edit>
fn change(server: &mut Server, id: &str, call: &Call) -> Response {
    match server.change(id, &form(call), media_ids(call)) {
        Ok(Some(status)) => server.respond(200, &server.show(&status)),
        Ok(None) => server.respond(404, &error("Record not found")),
        Err(words) => server.respond(422, &error(&words)),
    }
}

fn media_ids(call: &Call) -> Vec<String> {
    match call.content_type.split(';').next().unwrap_or_default().trim() {
        "application/json" => {
            let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
            let ids = body["media_ids"].as_array().cloned().unwrap_or_default();
            ids.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect()
        }
        _ => {
            let pairs = pairs_in_order(std::str::from_utf8(&call.body).unwrap_or_default());
            pairs.into_iter().filter(|(name, _)| name == "media_ids[]").map(|(_, id)| id).collect()
        }
    }
}

fn create(server: &mut Server, call: &Call) -> Response {
    match server.publish(&form(call), media_ids(call), call.idempotency_key.as_deref()) {
        Ok(Some(status)) => server.respond(200, &server.show(&status)),
        Ok(None) => server.respond(404, &error("Record not found")),
        Err(words) => server.respond(422, &error(&words)),
    }
}

fn delete(server: &mut Server, id: &str, query: &HashMap<String, String>) -> Response {
    let deletes_media = query.get("delete_media").is_some_and(|word| word == "true");
    match server.delete(id, deletes_media) {
        Some(shown) => server.respond(200, &shown),
        None => server.respond(404, &error("Record not found")),
    }
}

/// The texts of a form, whichever way it was sent.
fn form(call: &Call) -> HashMap<String, String> {
    match call.content_type.split(';').next().unwrap_or_default().trim() {
        "application/x-www-form-urlencoded" => pairs(std::str::from_utf8(&call.body).unwrap_or_default()),
        "application/json" => {
            let body: HashMap<String, Value> = serde_json::from_slice(&call.body).unwrap_or_default();
            body.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
        }
        _ => HashMap::new(),
    }
}

fn list(server: &Server, query: &HashMap<String, String>) -> Response {
    let id = |name: &str| query.get(name).and_then(|id| id.parse::<i64>().ok());
    let limit = query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(20).min(40);
    let (max, since, min) = (id("max_id"), id("since_id"), id("min_id"));
    let is_asked_for = |status: &&Status| {
        let id: i64 = status.id.parse().unwrap();
        max.is_none_or(|max| id < max) && since.is_none_or(|since| id > since) && min.is_none_or(|min| id > min)
    };
    let mut statuses: Vec<&Status> = server.statuses.iter().filter(is_asked_for).collect();
    if min.is_some() {
        statuses.truncate(limit);
    }
    statuses.reverse();
    statuses.truncate(limit);
    assert_eq!(query.get("exclude_reblogs").map(String::as_str), Some("true"), "a list with reblogs is not written");
    let shown: Value = statuses.iter().map(|status| server.show(status)).collect();
    let mut response = server.respond(200, &shown);
    if let (Some(newest), Some(oldest)) = (statuses.first(), statuses.last()) {
        let page = format!("http://{}/api/v1/accounts/1/statuses", server.host);
        let link = format!("<{page}?max_id={}>; rel=\"next\", <{page}?min_id={}>; rel=\"prev\"", oldest.id, newest.id);
        response.headers_mut().insert("link", HeaderValue::from_str(&link).unwrap());
    }
    response
}

fn instance(server: &Server) -> Value {
    json!({
        "domain": "social.police.example", "title": "Police", "version": "4.5.0",
        "source_url": "https://github.com/mastodon/mastodon", "languages": ["fr"],
        "configuration": {
            "statuses": {
                "max_characters": server.max_characters, "max_media_attachments": server.rules.most,
                "characters_reserved_per_url": 23,
            },
            "media_attachments": {
                "supported_mime_types": ["image/jpeg", "image/png", "image/gif", "video/mp4"],
                "description_limit": server.rules.description, "image_size_limit": server.rules.bytes,
                "image_matrix_limit": server.rules.pixels, "video_size_limit": 103_809_024,
            },
        },
    })
}

/// The pairs of a query or a form.
fn pairs(text: &str) -> HashMap<String, String> {
    pairs_in_order(text).into_iter().collect()
}

fn pairs_in_order(text: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("http://form/?{text}")).unwrap();
    url.query_pairs().into_owned().collect()
}
