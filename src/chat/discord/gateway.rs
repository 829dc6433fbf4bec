//! Keeps the connection to Discord's gateway: identifies, keeps it alive, resumes it where it broke, and passes on every
//! event in order (<https://docs.discord.com/developers/events/gateway>).

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use crate::chat::backoff::Backoff;
use crate::chat::discord::fault::{Trouble, permanent, transient};
use crate::chat::discord::hand_over::Item;
use crate::chat::discord::rest::Rest;
use crate::chat::discord::session::{End, Session, end_of, identify, jitter, resume};
use crate::chat::discord::socket::{Heard, Socket};
use crate::domain::fault::{Cause, Fault};

/// How long the gateway may take to say hello.
const HELLO: Duration = Duration::from_secs(20);

/// A connection that lived for so long was a good one.
const LIVES: Duration = Duration::from_secs(5);

/// Where what comes is put.
pub struct Way {
    /// Everything that has its place in the order.
    pub items: mpsc::Sender<Item>,
    /// What has to be answered at once.
    pub interactions: mpsc::Sender<Value>,
}

/// Connects and passes on until stopped.
///
/// # Errors
/// `CredentialsRefused`, `MissingIntent`, or `Refused` where Discord will not have the bot as it is.
pub async fn keep(rest: &Rest, way: &Way, stop: &CancellationToken) -> Result<(), Fault> {
    let mut session: Option<Session> = None;
    let mut backoff = Backoff::new("Discord");
    while !stop.is_cancelled() {
        let (mut was_up, began) = (false, Instant::now());
        let end = match connect(rest, session.as_ref(), stop).await {
            Ok(Some(socket)) => run(socket, rest, &mut session, way, &mut was_up, stop).await,
            Ok(None) => End::Stopped,
            Err(fault @ Fault::Permanent { .. }) => End::Fatal(fault),
            Err(fault) => {
                if let Some(session) = &mut session {
                    session.url = None;
                }
                End::Lost { session_is_gone: false, fault }
            }
        };
        match end {
            End::Stopped => return Ok(()),
            End::Fatal(fault) => return Err(fault),
            End::Lost { session_is_gone, fault } => {
                if session_is_gone {
                    session = None;
                }
                // One that breaks at once may do so again: a bot may begin a thousand sessions a day.
                if was_up && began.elapsed() > LIVES {
                    backoff = Backoff::new("Discord");
                    tracing::info!(%fault, resumes = session.is_some(), "Discord: the connection ended, taken up again");
                } else {
                    backoff.wait("connect to the gateway", &fault, stop).await;
                }
            }
        }
    }
    Ok(())
}

/// Whether Discord lets the bot in with the intents that it needs.
///
/// # Errors
/// Why not.
pub async fn try_once(rest: &Rest) -> Result<(), Fault> {
    let stop = CancellationToken::new();
    let Some(mut socket) = connect(rest, None, &stop).await? else { return Ok(()) };
    socket.send(&identify(rest)).await?;
    let outcome = tokio::time::timeout(HELLO, async {
        loop {
            match socket.hear().await {
                Heard::Message(message) if message["t"] == "READY" => return Ok(()),
                Heard::Message(message) if message["op"] == 9 => return Err(transient(Cause::ConnectionCut)),
                Heard::Message(_) => {}
                Heard::Closed(code) => {
                    return Err(match end_of(code) {
                        End::Fatal(fault) | End::Lost { fault, .. } => fault,
                        End::Stopped => transient(Cause::ConnectionCut),
                    });
                }
            }
        }
    });
    let outcome = outcome.await.unwrap_or(Err(transient(Cause::TimedOut)));
    socket.close().await;
    outcome
}

/// A connection that nothing was said on yet; `None` when stopped.
async fn connect(rest: &Rest, session: Option<&Session>, stop: &CancellationToken) -> Result<Option<Socket>, Fault> {
    let connecting = async {
        let url = match session.and_then(|session| session.url.clone()) {
            Some(url) => url,
            None => gateway_url(rest).await?,
        };
        if url.starts_with("ws://") && rest.base().starts_with("https://") {
            return Err(permanent(Cause::Refused("the gateway is not encrypted".to_owned())));
        }
        Socket::connect(&format!("{}/?v=10&encoding=json", url.trim_end_matches('/'))).await
    };
    tokio::select! {
        socket = connecting => socket.map(Some),
        () = stop.cancelled() => Ok(None),
    }
}

async fn gateway_url(rest: &Rest) -> Result<String, Fault> {
    let answer = match rest.get("/gateway/bot").await {
        Err(trouble) if trouble.is_not_there() => rest.get("/gateway").await,
        answer => answer,
    };
    let answer = answer.map_err(unless_refused)?;
    let url = answer.get("url").and_then(Value::as_str);
    url.map(str::to_owned).ok_or_else(|| transient(Cause::NotTheApi("no url in /gateway/bot".to_owned())))
}

/// Only a refused token is for a person to mend; anything else may pass.
fn unless_refused(trouble: Trouble) -> Fault {
    match trouble.fault() {
        Fault::Permanent { cause: Cause::CredentialsRefused } => permanent(Cause::CredentialsRefused),
        Fault::Permanent { cause } => transient(cause),
        fault @ (Fault::Transient { .. } | Fault::Uncertain { .. }) => fault,
    }
}

async fn run(
    mut socket: Socket,
    rest: &Rest,
    session: &mut Option<Session>,
    way: &Way,
    was_up: &mut bool,
    stop: &CancellationToken,
) -> End {
    let lost = |fault| End::Lost { session_is_gone: false, fault };
    let hello = match tokio::time::timeout(HELLO, socket.hear()).await {
        Ok(Heard::Message(message)) if message["op"] == 10 => message,
        Ok(Heard::Closed(code)) => return end_of(code),
        Ok(Heard::Message(_)) | Err(_) => return lost(transient(Cause::TimedOut)),
    };
    let beat = Duration::from_millis(hello.pointer("/d/heartbeat_interval").and_then(Value::as_u64).unwrap_or(41_250));
    let greeting = session.as_ref().map_or_else(|| identify(rest), |session| resume(rest, session));
    if let Err(fault) = socket.send(&greeting).await {
        return lost(fault);
    }
    let mut beats = interval_at(Instant::now() + beat.mul_f64(jitter()), beat);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sequence = session.as_ref().map(|session| session.sequence);
    let mut is_answered = true;
    // What came and found no room yet; nothing more is heard until it does, but the heart goes on beating.
    let mut waiting: Option<Item> = None;
    loop {
        let heard = tokio::select! {
            biased;
            () = stop.cancelled() => {
                socket.close().await;
                return End::Stopped;
            }
            _ = beats.tick() => {
                if !is_answered && waiting.is_none() {
                    return lost(transient(Cause::TimedOut));
                }
                is_answered = false;
                if let Err(fault) = socket.send(&json!({ "op": 1, "d": sequence })).await {
                    return lost(fault);
                }
                continue;
            }
            permit = way.items.reserve(), if waiting.is_some() => {
                let (Ok(permit), Some(item)) = (permit, waiting.take()) else { return End::Stopped };
                permit.send(item);
                continue;
            }
            heard = socket.hear(), if waiting.is_none() => heard,
        };
        let message = match heard {
            Heard::Message(message) => message,
            Heard::Closed(code) => return end_of(code),
        };
        match message["op"].as_u64() {
            Some(0) => {
                sequence = message["s"].as_u64().or(sequence);
                waiting = dispatched(message, session, sequence, way, was_up);
            }
            Some(1) => {
                if let Err(fault) = socket.send(&json!({ "op": 1, "d": sequence })).await {
                    return lost(fault);
                }
            }
            Some(7) => {
                // Not closed with a word, which would end the session, too.
                return lost(transient(Cause::ConnectionCut));
            }
            Some(9) => {
                let session_is_gone = message["d"] != true;
                pause(stop).await;
                return End::Lost { session_is_gone, fault: transient(Cause::ConnectionCut) };
            }
            Some(11) => is_answered = true,
            Some(_) | None => {}
        }
    }
}

/// The one to five seconds that Discord asks for before a session is begun anew.
async fn pause(stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(Duration::from_secs(1).mul_f64(1.0 + 4.0 * jitter())) => {}
        () = stop.cancelled() => {}
    }
}

/// Takes note of an event; returns what is to be passed on in order.
fn dispatched(
    mut message: Value,
    session: &mut Option<Session>,
    sequence: Option<u64>,
    way: &Way,
    was_up: &mut bool,
) -> Option<Item> {
    let kind = message["t"].as_str().unwrap_or_default().to_owned();
    let data = message["d"].take();
    if let (Some(session), Some(sequence)) = (session.as_mut(), sequence) {
        session.sequence = sequence;
    }
    match kind.as_str() {
        "READY" => {
            *was_up = true;
            let text = |name: &str| data.get(name).and_then(Value::as_str).map(str::to_owned);
            *session = text("session_id").map(|id| Session {
                id,
                url: text("resume_gateway_url"),
                sequence: sequence.unwrap_or_default(),
            });
            Some(Item::Ready(data))
        }
        "RESUMED" => {
            *was_up = true;
            None
        }
        "INTERACTION_CREATE" => {
            if way.interactions.try_send(data).is_err() {
                tracing::warn!("Discord: too many interactions at once; one was left without an answer");
            }
            None
        }
        _ => Some(Item::Event { kind, data }),
    }
}
