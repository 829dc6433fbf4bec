//! A session on the gateway: how it begins, how it is taken up again, and what its end means.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::chat::discord::fault::{permanent, transient};
use crate::chat::discord::rest::Rest;
use crate::domain::fault::{Cause, Fault};

/// What the bot has to hear: servers and their threads, messages, reactions, and what messages say. Only the last is one
/// that an administrator must allow (<https://docs.discord.com/developers/events/gateway#privileged-intents>).
const INTENTS: u64 = 1 | 1 << 9 | 1 << 10 | 1 << 15;

/// The only intent of ours that has to be switched on, as the page calls it.
const PRIVILEGED: &str = "Message Content Intent";

/// A connection that may be taken up again.
#[derive(Clone, Debug)]
pub struct Session {
    /// Discord's name for it.
    pub id: String,
    /// Where to take it up again; where everybody begins if that is not known or did not work.
    pub url: Option<String>,
    /// The number of the last event that came.
    pub sequence: u64,
}

/// How a connection ended.
pub enum End {
    /// We were told to.
    Stopped,
    /// Nothing that trying again could mend.
    Fatal(Fault),
    /// To be made anew; the session may be gone with it.
    Lost {
        /// It can't be taken up again.
        session_is_gone: bool,
        /// Why.
        fault: Fault,
    },
}

/// What a close code asks for
/// (<https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>).
pub fn end_of(code: Option<u16>) -> End {
    let refused = |why: &str| End::Fatal(permanent(Cause::Refused(why.to_owned())));
    match code {
        Some(4004) => End::Fatal(permanent(Cause::CredentialsRefused)),
        Some(4010) => refused("4010 Invalid shard"),
        Some(4011) => refused("4011 Sharding required: the bot is on too many servers"),
        Some(4012) => refused("4012 Invalid API version"),
        Some(4013) => refused("4013 Invalid intent(s)"),
        Some(4014) => End::Fatal(permanent(Cause::MissingIntent(PRIVILEGED.to_owned()))),
        Some(4003 | 4007 | 4009) => End::Lost { session_is_gone: true, fault: transient(Cause::ConnectionCut) },
        Some(_) | None => End::Lost { session_is_gone: false, fault: transient(Cause::ConnectionCut) },
    }
}

/// Begins a session.
pub fn identify(rest: &Rest) -> Value {
    json!({
        "op": 2,
        "d": {
            "token": rest.token().expose(),
            "intents": INTENTS,
            "properties": { "os": std::env::consts::OS, "browser": "portevoix", "device": "portevoix" },
        },
    })
}

/// Takes a session up again.
pub fn resume(rest: &Rest, session: &Session) -> Value {
    json!({
        "op": 6,
        "d": { "token": rest.token().expose(), "session_id": session.id, "seq": session.sequence },
    })
}

/// A number from 0 to 1 that differs from time to time, so that not all bots knock at once.
pub fn jitter() -> f64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    f64::from(now.subsec_nanos() % 1_000_000) / 1_000_000.0
}
