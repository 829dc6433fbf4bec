//! The fake X's API: which request is answered how, by <https://docs.x.com/x-api/introduction>.

use std::collections::HashMap;

use axum::response::Response;
use jiff::Timestamp;
use portevoix::domain::directorate::NetworkKind;
use portevoix::domain::text::{Limits, measure};
use serde_json::{Value, json};

use crate::harness::fake_x::Call;
use crate::harness::fake_x::media::{self, Upload};
use crate::harness::fake_x::oauth::{pairs, token};
use crate::harness::fake_x::server::{Post, Server};

/// Answers a request.
pub fn answer(server: &mut Server, call: &Call) -> Response {
    let parts: Vec<&str> = call.path.trim_start_matches('/').split('/').collect();
    if parts == ["2", "oauth2", "token"] {
        return token(server, call);
    }
    if let ("HEAD", ["media", id, _]) = (call.method.as_str(), parts.as_slice()) {
        // Pictures need no access; they go with their post.
        let is_there = server.posts.iter().any(|post| post.id == **id);
        return server.respond(if is_there { 200 } else { 404 }, &json!({}));
    }
    let needed: &[&str] = match (call.method.as_str(), parts.as_slice()) {
        ("POST", ["2", "tweets"]) | ("DELETE", ["2", "tweets", _]) => &["tweet.read", "tweet.write", "users.read"],
        ("POST", ["2", "users", _, "retweets"]) | ("DELETE", ["2", "users", _, "retweets", _]) => {
            &["tweet.read", "tweet.write", "users.read"]
        }
        ("GET", ["2", "users", "me"] | ["2", "users", _, "tweets"] | ["2", "tweets", _]) => {
            &["tweet.read", "users.read"]
        }
        (_, ["2", "media", ..]) => &["media.write"],
        _ => return server.problem(404, "Not Found", "Not Found"),
    };
    let (host, now) = (server.host.clone(), server.now());
    let Some(scopes) = server.accesses.scopes_of(call, &host, now) else {
        return server.problem(401, "Unauthorized", "Unauthorized");
    };
    if let Some(missing) = needed.iter().find(|scope| !scopes.contains(**scope)) {
        return server.problem(403, "Forbidden", &format!("Your client app lacks the scope {missing}."));
    }
    match (call.method.as_str(), parts.as_slice()) {
        ("POST", ["2", "tweets"]) => create(server, call),
        ("DELETE", ["2", "tweets", id]) => delete(server, id),
        ("GET", ["2", "tweets", id]) => one(server, id),
        ("POST", ["2", "users", Server::OWNER, "retweets"]) => repost(server, call),
        ("DELETE", ["2", "users", Server::OWNER, "retweets", id]) => {
            server.reposts.retain(|repost| repost != id);
            server.respond(200, &json!({ "data": { "retweeted": false } }))
        }
        ("GET", ["2", "users", "me"]) => {
            let (id, username) = (Server::OWNER, Server::USERNAME);
            server.respond(200, &json!({ "data": { "id": id, "name": "Police nationale 44", "username": username } }))
        }
        ("GET", ["2", "users", Server::OWNER, "tweets"]) => timeline(server, &pairs(&call.query)),
        (_, ["2", "media", rest @ ..]) => media::answer(server, call, rest),
        _ => server.problem(403, "Forbidden", "You are not permitted to perform this action."),
    }
}

/// The body as JSON with no other fields than these.
///
/// # Errors
/// The 400.
pub fn json_of(server: &Server, call: &Call, known: &[&str]) -> Result<Value, Box<Response>> {
    let invalid = |message: &str| {
        Box::new(server.respond(
            400,
            &json!({
                "errors": [{ "parameters": {}, "message": message }], "title": "Invalid Request",
                "detail": "One or more parameters to your request was invalid.",
                "type": "https://api.twitter.com/2/problems/invalid-request",
            }),
        ))
    };
    if call.content_type() != "application/json" {
        return Err(invalid("Content-Type must be application/json"));
    }
    let body: Value = serde_json::from_slice(&call.body).map_err(|_| invalid("not JSON"))?;
    let Some(fields) = body.as_object() else { return Err(invalid("not an object")) };
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(invalid(&format!("$.{unknown}: is not defined in the schema"))),
        None => Ok(body),
    }
}

fn create(server: &mut Server, call: &Call) -> Response {
    let body = match json_of(server, call, &["text", "media"]) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let text = body["text"].as_str().unwrap_or_default().to_owned();
    let ids: Vec<String> = match body.get("media") {
        None => Vec::new(),
        Some(media) => match serde_json::from_value(media["media_ids"].clone()) {
            Ok(ids) => ids,
            Err(_) => return server.problem(400, "Invalid Request", "$.media.media_ids: array expected"),
        },
    };
    if text.trim().is_empty() && ids.is_empty() {
        return server.problem(400, "Invalid Request", "Required fields: text or media");
    }
    if measure(&text, &Limits::default_of(NetworkKind::X)).over > 0 {
        return server.problem(403, "Forbidden", "Your Tweet text is too long. Tweet needs to be a bit shorter.");
    }
    if !ids.iter().all(|id| server.uploads.get(id).is_some_and(Upload::is_ready)) {
        return server.problem(400, "Invalid Request", "Your media IDs are invalid.");
    }
    if ids.len() > 4 {
        return server.problem(400, "Invalid Request", "$.media.media_ids: at most 4");
    }
    if server.is_duplicate(&text) {
        return server.problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.");
    }
    let id = server.store(&text, &ids);
    server.respond(201, &json!({ "data": { "id": id, "text": text, "edit_history_tweet_ids": [id] } }))
}

/// `GET /2/tweets/:id` with its pictures: of one that is gone X says so in a success.
fn one(server: &Server, id: &str) -> Response {
    let Some(post) = server.posts.iter().find(|post| post.id == id) else {
        return server.respond(
            200,
            &json!({ "errors": [{
                "value": id, "resource_id": id, "resource_type": "tweet", "parameter": "id", "title": "Not Found Error",
                "detail": format!("Could not find tweet with id: [{id}]."),
                "type": "https://api.twitter.com/2/problems/resource-not-found",
            }] }),
        );
    };
    let picture = |place| {
        json!({ "media_key": format!("3_{place}"), "type": "photo",
        "url": format!("http://{}/media/{id}/{place}.jpg", server.host) })
    };
    let media: Vec<Value> = (0..post.pictures.len()).map(picture).collect();
    server.respond(200, &json!({ "data": server.show(post, &[]), "includes": { "media": media } }))
}

fn delete(server: &mut Server, id: &str) -> Response {
    if server.others.contains_key(id) {
        return server.problem(403, "Forbidden", "You are not authorized to delete this Tweet.");
    }
    let before = server.posts.len();
    server.posts.retain(|post| post.id != id);
    if server.posts.len() == before {
        return server.problem(404, "Not Found Error", &format!("Could not find tweet with id: [{id}]."));
    }
    server.respond(200, &json!({ "data": { "deleted": true } }))
}

fn repost(server: &mut Server, call: &Call) -> Response {
    let body = match json_of(server, call, &["tweet_id"]) {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let id = body["tweet_id"].as_str().unwrap_or_default().to_owned();
    if !server.others.contains_key(&id) && !server.posts.iter().any(|post| post.id == id) {
        return server.respond(
            200,
            &json!({ "errors": [{
                "resource_id": id, "resource_type": "tweet", "title": "Not Found Error",
                "detail": format!("Could not find tweet with id: [{id}]."),
                "type": "https://api.twitter.com/2/problems/resource-not-found",
            }] }),
        );
    }
    if server.reposts.contains(&id) {
        let words = "You cannot retweet a Tweet that you have already retweeted.";
        return server.problem(403, "Forbidden", words);
    }
    server.reposts.push(id);
    server.respond(200, &json!({ "data": { "retweeted": true } }))
}

/// `GET /2/users/:id/tweets`, newest first.
fn timeline(server: &Server, query: &HashMap<String, String>) -> Response {
    let known = ["max_results", "start_time", "end_time", "tweet.fields", "pagination_token", "exclude"];
    if let Some(unknown) = query.keys().find(|name| !known.contains(&name.as_str())) {
        return server.problem(400, "Invalid Request", &format!("The query parameter [{unknown}] is not one of …"));
    }
    let most: usize = query.get("max_results").map_or(10, |most| most.parse().unwrap_or(0));
    if !(5..=100).contains(&most) {
        return server.problem(
            400,
            "Invalid Request",
            "The `max_results` query parameter value is not between 5 and 100",
        );
    }
    let start: Option<Timestamp> = match query.get("start_time") {
        None => None,
        Some(text) => match text.parse() {
            Ok(time) if text.len() == 20 && time < server.now() => Some(time),
            _ => return server.problem(400, "Invalid Request", "Invalid 'start_time'"),
        },
    };
    let fields: Vec<&str> = query.get("tweet.fields").map(|fields| fields.split(',').collect()).unwrap_or_default();
    let is_shown = |post: &&Post| post.shown_at <= server.now() && start.is_none_or(|start| post.created_at >= start);
    let skipped: usize =
        query.get("pagination_token").map_or(0, |token| token.trim_start_matches("page-").parse().unwrap());
    let all: Vec<&Post> = server.posts.iter().rev().filter(is_shown).skip(skipped).collect();
    let page: Vec<Value> = all.iter().take(most).map(|post| server.show(post, &fields)).collect();
    let mut meta = json!({ "result_count": page.len() });
    if all.len() > most {
        meta["next_token"] = json!(format!("page-{}", skipped + most));
    }
    let body = if page.is_empty() { json!({ "meta": meta }) } else { json!({ "data": page, "meta": meta }) };
    server.respond(200, &body)
}
