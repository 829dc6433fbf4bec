//! The gateway of the fake Discord.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::harness::fake_discord::Shared;
use crate::harness::fake_discord::server::{MESSAGE_CONTENT, Out, Server, Session};

/// Serves one client until it leaves or is thrown out.
pub async fn serve(mut socket: WebSocket, shared: Arc<Shared>) {
    let interval = shared.server.lock().unwrap().heartbeat;
    let hello = json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": interval } });
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    let (client, mut told) = mpsc::unbounded_channel();
    let mut session: Option<String> = None;
    // Whoever does not let its heart be heard is thrown out.
    let patience = Duration::from_millis(interval * 2);
    let mut last_beat = tokio::time::Instant::now();
    loop {
        tokio::select! {
            out = told.recv() => match out {
                Some(Out::Send(event)) => {
                    if socket.send(Message::text(event.to_string())).await.is_err() {
                        break;
                    }
                }
                Some(Out::Close(code)) => {
                    let _ = socket.send(Message::Close(Some(CloseFrame { code, reason: "".into() }))).await;
                    break;
                }
                Some(Out::Cut) | None => break,
            },
            () = tokio::time::sleep_until(last_beat + patience) => break,
            heard = socket.recv() => {
                let Some(Ok(Message::Text(text))) = heard else {
                    if matches!(heard, Some(Ok(Message::Ping(_) | Message::Pong(_)))) {
                        continue;
                    }
                    break;
                };
                let message: Value = serde_json::from_str(&text).unwrap();
                let mut server = shared.server.lock().unwrap();
                match message["op"].as_u64() {
                    Some(1) => {
                        last_beat = tokio::time::Instant::now();
                        server.heartbeats += 1;
                        let _ = client.send(Out::Send(json!({ "op": 11 })));
                    }
                    Some(2) => session = identify(&mut server, &message["d"], &client),
                    Some(6) => session = resume(&mut server, &message["d"], &client),
                    _ => {
                        let _ = client.send(Out::Close(4001));
                    }
                }
                drop(server);
                shared.changed();
            }
        }
    }
    let mut server = shared.server.lock().unwrap();
    if let Some(session) = server.sessions.iter_mut().find(|one| Some(&one.id) == session.as_ref())
        && session.client.as_ref().is_some_and(|one| one.same_channel(&client))
    {
        session.client = None;
    }
    drop(server);
    shared.changed();
}

fn identify(server: &mut Server, data: &Value, client: &mpsc::UnboundedSender<Out>) -> Option<String> {
    server.identifies += 1;
    let intents = data["intents"].as_u64().unwrap_or_default();
    let close = |code| {
        let _ = client.send(Out::Close(code));
        None
    };
    if data["token"] != server.token.as_str() {
        return close(4004);
    }
    assert!(data["properties"]["os"].is_string(), "IDENTIFY says what the client is");
    // The other two privileged ones were never enabled.
    if intents & (1 << 1 | 1 << 8) != 0 || (intents & MESSAGE_CONTENT != 0 && !server.has_message_content) {
        return close(4014);
    }
    let id = format!("session-{}", server.sessions.len());
    let ready = json!({
        "op": 0, "t": "READY", "s": 1,
        "d": {
            "v": 10, "user": server.user_json(server.own), "session_id": id, "resume_gateway_url": server.address.replacen("http", "ws", 1),
            "guilds": [{ "id": server.guild.to_string(), "unavailable": true }],
            "application": { "id": server.application.to_string(), "flags": 0 },
        },
    });
    let mut guild = server.guild_json();
    let is = |thread: bool| {
        server.channels.iter().filter(move |(_, channel)| channel.parent.is_some() == thread && !channel.archived)
    };
    guild["channels"] = is(false).map(|(id, _)| server.channel_json(*id)).collect();
    guild["threads"] = is(true).map(|(id, _)| server.channel_json(*id)).collect();
    let guild = json!({ "op": 0, "t": "GUILD_CREATE", "s": 2, "d": guild });
    let log = vec![ready, guild];
    for event in &log {
        let _ = client.send(Out::Send(event.clone()));
    }
    server.sessions.push(Session { id: id.clone(), intents, log, client: Some(client.clone()) });
    Some(id)
}

fn resume(server: &mut Server, data: &Value, client: &mpsc::UnboundedSender<Out>) -> Option<String> {
    if data["token"] != server.token.as_str() {
        let _ = client.send(Out::Close(4004));
        return None;
    }
    let refuses = server.refuses_resume;
    let session = server.sessions.iter_mut().find(|session| data["session_id"] == session.id.as_str() && !refuses);
    let Some(session) = session else {
        let _ = client.send(Out::Send(json!({ "op": 9, "d": false })));
        return None;
    };
    let sequence = usize::try_from(data["seq"].as_u64().unwrap()).unwrap();
    for event in &session.log[sequence..] {
        let _ = client.send(Out::Send(event.clone()));
    }
    let _ = client.send(Out::Send(json!({ "op": 0, "t": "RESUMED", "s": session.log.len(), "d": {} })));
    session.client = Some(client.clone());
    let id = session.id.clone();
    server.resumes += 1;
    Some(id)
}
