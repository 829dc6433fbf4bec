//! A Discord in memory: the HTTP API and the gateway on one port, strict about what the documentation
//! (<https://docs.discord.com/developers>) says, with people who act and faults on demand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::harness::fake_discord::api::{Call, answer};
use crate::harness::fake_discord::markdown::{Shown, shown};
use crate::harness::fake_discord::server::{Message, Out, Server};
use crate::harness::loopback::{Loopback, Scissors};

pub mod api;
pub mod gateway;
pub mod markdown;
pub mod server;

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// It is carried out, and the connection breaks before the answer.
    AcceptThenCut,
    /// 429, to come back after that many seconds.
    TooManyRequests(f64),
    /// An error of the server's.
    Error(u16),
}

/// The server; it stops when dropped.
pub struct FakeDiscord {
    loopback: Loopback,
    shared: Arc<Shared>,
}

pub struct Shared {
    pub server: Mutex<Server>,
    changes: watch::Sender<u64>,
    /// What goes wrong with the next requests whose method and path begin so.
    troubles: Mutex<VecDeque<(String, Trouble)>>,
}

/// The longest that anything may take before a scene is called failed.
const PATIENCE: Duration = Duration::from_secs(60);

impl Shared {
    /// Wakes whoever waits for something to happen.
    pub fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

impl FakeDiscord {
    pub async fn start() -> Self {
        let shared = Arc::new(Shared {
            server: Mutex::new(Server::new()),
            changes: watch::Sender::new(0),
            troubles: Mutex::default(),
        });
        let served = shared.clone();
        let router = Router::new().fallback(move |request: Request| serve(served.clone(), request));
        let loopback = Loopback::serve(router).await;
        shared.server.lock().unwrap().address = loopback.url();
        Self { loopback, shared }
    }

    pub fn url(&self) -> String {
        self.loopback.url()
    }

    pub fn token(&self) -> String {
        self.with(|server| server.token.clone())
    }

    /// Looks at, or changes, what the server knows.
    pub fn with<T>(&self, deed: impl FnOnce(&mut Server) -> T) -> T {
        let done = deed(&mut self.shared.server.lock().unwrap());
        self.shared.changed();
        done
    }

    /// What goes wrong with the next request that begins like that (`POST /channels/`).
    pub fn next(&self, request: &str, trouble: Trouble) {
        self.shared.troubles.lock().unwrap().push_back((request.to_owned(), trouble));
    }

    /// Waits until that is so.
    pub async fn until(&self, what: &str, mut is_so: impl FnMut(&mut Server) -> bool) {
        let mut changes = self.shared.changes.subscribe();
        let waiting = async {
            while !is_so(&mut self.shared.server.lock().unwrap()) {
                changes.changed().await.unwrap();
            }
        };
        assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "waited in vain until {what}");
    }

    /// Someone writes in a channel.
    pub fn says(&self, user: u64, channel: u64, text: &str) -> u64 {
        self.with(|server| {
            server.put_message(
                channel,
                Message { author: user, content: text.to_owned(), may_ping: true, ..Message::default() },
            )
        })
    }

    /// Someone answers a message in its channel.
    pub fn answers(&self, user: u64, to: u64, text: &str) -> u64 {
        self.with(|server| {
            let channel = server.channel_of(to);
            let message =
                Message { author: user, content: text.to_owned(), reference: Some(to), kind: 19, ..Message::default() };
            server.put_message(channel, message)
        })
    }

    /// Someone writes in the thread of a message, which is started if it is not there.
    pub fn says_in_thread(&self, user: u64, root: u64, text: &str) -> u64 {
        self.with(|server| {
            if !server.channels.contains_key(&root) {
                let channel = server.channel_of(root);
                server.start_thread(channel, root);
            }
        });
        self.says(user, root, text)
    }

    /// Someone writes and attaches a file.
    pub fn attaches(&self, user: u64, channel: u64, text: &str, (name, bytes, alt): (&str, &[u8], &str)) -> u64 {
        self.with(|server| {
            let id = server.id();
            let path = format!("/attachments/{channel}/{id}/{name}");
            server.files.insert(path.clone(), Bytes::copy_from_slice(bytes));
            let url = format!("{}{path}", server.address);
            let file = json!({
                "id": id.to_string(), "filename": name, "size": bytes.len(), "url": url, "proxy_url": url,
                "description": alt, "content_type": "image/png",
            });
            let message =
                Message { author: user, content: text.to_owned(), attachments: vec![file], ..Message::default() };
            server.put_message(channel, message)
        })
    }

    /// Someone changes a message; Discord lets only its author.
    pub fn edits(&self, user: u64, id: u64, text: &str) {
        self.with(|server| {
            let channel = server.channel_of(id);
            let message = server.channels.get_mut(&channel).unwrap().messages.get_mut(&id).unwrap();
            if message.author == user {
                message.content = text.to_owned();
                message.edited = Some(jiff::Timestamp::now().to_string());
                server.tell_of_message("MESSAGE_UPDATE", channel, id);
            }
        });
    }

    /// Someone presses the button of that glyph. Returns the interaction.
    pub fn presses(&self, user: u64, message: u64, glyph: &str) -> u64 {
        self.with(|server| {
            let button = server.buttons(message).into_iter().find(|(shown, _)| shown == glyph).expect("such a button");
            let data = json!({ "component_type": 2, "custom_id": button.1 });
            let channel = server.channel_of(message);
            server.interact(3, channel, user, data, Some(message))
        })
    }

    /// Someone uses a slash command. Returns the interaction.
    pub fn slashes(&self, user: u64, channel: u64, name: &str, options: &[(&str, Value)]) -> u64 {
        self.with(|server| {
            let data = slash_data(server, name, options, None);
            server.interact(2, channel, user, data, None)
        })
    }

    /// Someone types in a field of a slash command, and sees what is proposed.
    pub async fn types(&self, user: u64, channel: u64, name: &str, field: &str, typed: &str) -> Vec<(String, String)> {
        let id = self.with(|server| {
            let data = slash_data(server, name, &[(field, json!(typed))], Some(field));
            server.interact(4, channel, user, data, None)
        });
        self.until("something is proposed", |server| server.interactions[&id].choices.is_some()).await;
        self.with(|server| server.interactions[&id].choices.clone().unwrap())
    }

    /// What is shown of a message: its text and its embeds.
    pub fn shown(&self, id: u64) -> Shown {
        self.with(|server| {
            let message = &server.channels[&server.channel_of(id)].messages[&id];
            let embeds = message.embeds.as_array().cloned().unwrap_or_default();
            let texts = embeds.iter().map(|embed| embed["description"].as_str().unwrap_or_default().to_owned());
            let texts: Vec<String> = std::iter::once(message.content.clone()).chain(texts).collect();
            let mut shown = shown(&texts.join("\n"));
            shown.mentions &= message.may_ping;
            shown
        })
    }

    /// Breaks every connection to the gateway.
    pub fn cuts_the_gateway(&self) {
        self.tells_everyone(|| Out::Cut);
    }

    /// Tells every client something of the gateway's own.
    pub fn tells_everyone(&self, out: impl Fn() -> Out) {
        self.with(|server| {
            for client in server.sessions.iter_mut().filter_map(|session| session.client.take()) {
                let _ = client.send(out());
            }
        });
    }
}

fn slash_data(server: &Server, name: &str, options: &[(&str, Value)], focused: Option<&str>) -> Value {
    let commands = server.commands.as_array().unwrap();
    let command = commands.iter().find(|command| command["name"] == name).expect("such a command");
    let known = command["options"].as_array().cloned().unwrap_or_default();
    let options: Vec<Value> = options
        .iter()
        .map(|(name, value)| {
            let option = known.iter().find(|option| option["name"] == *name).expect("such an option");
            let mut given = json!({ "name": name, "type": option["type"], "value": value });
            if focused == Some(*name) {
                assert_eq!(option["autocomplete"], true, "nothing is proposed for {name}");
                given["focused"] = json!(true);
            }
            given
        })
        .collect();
    json!({ "id": command["id"], "name": name, "type": 1, "options": options })
}

async fn serve(shared: Arc<Shared>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let scissors = parts.extensions.get::<ConnectInfo<Scissors>>().map(|info| info.0.clone()).unwrap_or_default();
    let path = parts.uri.path().to_owned();
    if path == "/" {
        assert_eq!(parts.uri.query(), Some("v=10&encoding=json"));
        let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await.unwrap();
        return upgrade.on_upgrade(move |socket| gateway::serve(socket, shared));
    }
    let file = shared.server.lock().unwrap().files.get(&path).cloned();
    if let Some(file) = file {
        assert!(!parts.headers.contains_key(header::AUTHORIZATION), "the token is for the API alone");
        return file.into_response();
    }
    let Some(below) = path.strip_prefix("/api/v10/") else { return StatusCode::NOT_FOUND.into_response() };
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let agent = text(header::USER_AGENT).unwrap_or_default();
    assert!(agent.starts_with("DiscordBot ("), "a bot says what it is: {agent}");
    let bytes = to_bytes(body, 1 << 24).await.unwrap();
    let query = parts.uri.query().unwrap_or_default();
    let call = Call {
        method: parts.method.clone(),
        path: below.split('/').map(decoded).collect(),
        query: query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), decoded(value)))
            .collect(),
        token: text(header::AUTHORIZATION),
        body: if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() },
    };
    let trouble = {
        let mut troubles = shared.troubles.lock().unwrap();
        let request = format!("{} /{below}", call.method);
        let place = troubles.iter().position(|(begins, _)| request.starts_with(begins));
        place.and_then(|place| troubles.remove(place)).map(|(_, trouble)| trouble)
    };
    match &trouble {
        Some(Trouble::TooManyRequests(seconds)) => {
            let body = json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": false });
            return ([("retry-after", seconds.to_string())], json_answer(429, &body)).into_response();
        }
        Some(Trouble::Error(status)) => return json_answer(*status, &json!({ "message": "…", "code": 0 })),
        Some(Trouble::AcceptThenCut) | None => {}
    }
    let (status, body) = answer(&mut shared.server.lock().unwrap(), &call);
    shared.changed();
    if trouble.is_some() {
        return scissors.cut();
    }
    json_answer(status, &body)
}

fn json_answer(status: u16, body: &Value) -> Response {
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The part of a path without its percent signs.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
