//! The fake X's uploads: announced, sent in pieces, closed, looked at until done, described.

use std::collections::BTreeMap;

use axum::response::Response;
use serde_json::{Value, json};

use crate::harness::fake_x::Call;
use crate::harness::fake_x::api::json_of;
use crate::harness::fake_x::oauth::pairs;
use crate::harness::fake_x::server::Server;
use crate::harness::multipart;

/// The most bytes of a picture, and of a piece of it.
const MOST_BYTES: usize = 5 * 1024 * 1024;

/// A picture on its way.
pub struct Upload {
    /// `image/jpeg` or `image/png`.
    pub media_type: String,
    /// What was announced.
    pub total: usize,
    /// What was sent, by index.
    pub segments: BTreeMap<usize, Vec<u8>>,
    /// The alt text.
    pub alt: String,
    is_finalized: bool,
    looks_left: u32,
}

impl Upload {
    /// Whether a post can have it.
    pub fn is_ready(&self) -> bool {
        self.is_finalized && self.looks_left == 0
    }

    /// The whole file.
    pub fn bytes(&self) -> Vec<u8> {
        self.segments.values().flatten().copied().collect()
    }
}

/// Answers what is below `/2/media/`.
pub fn answer(server: &mut Server, call: &Call, path: &[&str]) -> Response {
    match (call.method.as_str(), path) {
        ("POST", ["upload", "initialize"]) => initialize(server, call),
        ("POST", ["upload", id, "append"]) => append(server, call, id),
        ("POST", ["upload", id, "finalize"]) => finalize(server, id),
        ("GET", ["upload"]) => status(server, call),
        ("POST", ["metadata"]) => describe(server, call),
        _ => server.problem(404, "Not Found", "Not Found"),
    }
}

fn initialize(server: &mut Server, call: &Call) -> Response {
    let known = ["media_type", "media_category", "total_bytes", "shared", "additional_owners"];
    let body = match json_of(server, call, &known) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let total = body["total_bytes"].as_u64().map(|bytes| usize::try_from(bytes).unwrap()).unwrap_or_default();
    let is_picture = ["image/jpeg", "image/png"].contains(&body["media_type"].as_str().unwrap_or_default());
    if !is_picture || body["media_category"] != "tweet_image" || !(1..=MOST_BYTES).contains(&total) {
        return server.problem(400, "Invalid Request", "The media type, category or size is not supported.");
    }
    let id = server.id();
    let upload = Upload {
        media_type: body["media_type"].as_str().unwrap().to_owned(),
        total,
        segments: BTreeMap::new(),
        alt: String::new(),
        is_finalized: false,
        looks_left: server.looks_needed,
    };
    server.uploads.insert(id.clone(), upload);
    let data = json!({ "id": id, "media_key": format!("3_{id}"), "expires_after_secs": 86_400 });
    server.respond(200, &json!({ "data": data }))
}

fn append(server: &mut Server, call: &Call, id: &str) -> Response {
    let parts = multipart::read(call.header("content-type"), &call.body).unwrap_or_default();
    let part = |name: &str| parts.iter().find(|part| part.name == name);
    let index = part("segment_index").and_then(|part| part.text().parse::<usize>().ok());
    let piece = part("media").map(|part| part.bytes.clone());
    let (Some(index), Some(piece), Some(upload)) = (index, piece, server.uploads.get_mut(id)) else {
        return server.problem(400, "Invalid Request", "segment_index, media and a known id are needed");
    };
    if piece.len() > MOST_BYTES || index > 999 || upload.is_finalized {
        return server.problem(400, "Invalid Request", "The segment is not acceptable.");
    }
    upload.segments.insert(index, piece);
    server.respond(200, &json!({ "data": { "expires_at": 1_800_000_000 } }))
}

fn finalize(server: &mut Server, id: &str) -> Response {
    let Some(upload) = server.uploads.get_mut(id) else {
        return server.problem(400, "Invalid Request", "Invalid MediaId.");
    };
    let is_whole = upload.segments.keys().copied().eq(0..upload.segments.len()) && upload.bytes().len() == upload.total;
    if !is_whole {
        return server.problem(400, "Invalid Request", "Segments do not add up to provided total file size.");
    }
    upload.is_finalized = true;
    progress(server, id)
}

fn status(server: &mut Server, call: &Call) -> Response {
    let query = pairs(&call.query);
    let id = query.get("media_id").cloned().unwrap_or_default();
    match server.uploads.get_mut(&id) {
        Some(upload) if query.get("command").is_some_and(|command| command == "STATUS") => {
            upload.looks_left = upload.looks_left.saturating_sub(1);
            progress(server, &id)
        }
        _ => server.problem(400, "Invalid Request", "command must be STATUS, of a known media_id"),
    }
}

fn progress(server: &Server, id: &str) -> Response {
    let upload = &server.uploads[id];
    let mut data = json!({ "id": id, "media_key": format!("3_{id}"), "size": upload.total });
    if server.looks_needed > 0 {
        data["processing_info"] = match (upload.looks_left, server.processing_fails) {
            (0, None) => json!({ "state": "succeeded", "progress_percent": 100 }),
            (0, Some(words)) => {
                json!({ "state": "failed", "error": { "code": 1, "name": "InvalidMedia", "message": words } })
            }
            (_, _) => json!({ "state": "in_progress", "check_after_secs": 1, "progress_percent": 8 }),
        };
    }
    server.respond(200, &json!({ "data": data }))
}

fn describe(server: &mut Server, call: &Call) -> Response {
    let body = match json_of(server, call, &["id", "metadata"]) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let alt = body["metadata"]["alt_text"]["text"].as_str().map(str::to_owned);
    let id = body["id"].as_str().unwrap_or_default().to_owned();
    let (Some(alt), Some(upload)) = (alt, server.uploads.get_mut(&id)) else {
        return server.problem(400, "Invalid Request", "A known id and alt_text.text are needed");
    };
    if alt.chars().count() > 1_000 {
        return server.problem(400, "Invalid Request", "alt_text.text: at most 1000 characters");
    }
    upload.alt = alt.clone();
    let metadata: Value = json!({ "alt_text": { "text": alt } });
    server.respond(200, &json!({ "data": { "id": id, "associated_metadata": metadata } }))
}
