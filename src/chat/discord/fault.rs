//! Puts Discord's refusals in the engine's terms. Whatever is said carries a nonce and a note of its own, so saying it
//! again is harmless: what may pass by itself is `Transient`, and nothing is ever `Uncertain`.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::fault::{Cause, Fault};

/// Why a request did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Discord said no.
    No {
        /// HTTP's status.
        status: u16,
        /// Discord's own code, 0 where it gave none.
        code: u64,
        /// Its words.
        words: String,
    },
    /// Too many requests.
    Limited {
        /// When to come back.
        retry_at: Option<Timestamp>,
    },
    /// There was no answer, or none that is Discord's.
    Silence(Cause),
}

/// Discord's codes that mean something to us
/// (<https://docs.discord.com/developers/topics/opcodes-and-status-codes#json>).
pub mod code {
    /// There is no such channel.
    pub const UNKNOWN_CHANNEL: u64 = 10003;
    /// There is no such message.
    pub const UNKNOWN_MESSAGE: u64 = 10008;
    /// It is no emoji that Discord knows.
    pub const UNKNOWN_EMOJI: u64 = 10014;
    /// The bot does not see the channel.
    pub const MISSING_ACCESS: u64 = 50001;
    /// The bot may not do that there.
    pub const MISSING_PERMISSIONS: u64 = 50013;
    /// Such a channel has no such thing (a thread in a thread).
    pub const NOT_ON_THIS_CHANNEL: u64 = 50024;
    /// What was sent is not of the form.
    pub const INVALID_FORM: u64 = 50035;
    /// The thread is archived.
    pub const THREAD_ARCHIVED: u64 = 50083;
    /// The interaction was answered already.
    pub const ALREADY_ANSWERED: u64 = 40060;
    /// The message has its thread already.
    pub const THREAD_EXISTS: u64 = 160_004;
}

impl Trouble {
    /// What an answer that is no success says.
    pub fn of_answer(status: u16, body: Option<&Value>, kind: &str) -> Self {
        let Some(body) = body.filter(|body| body.is_object()) else {
            return match status {
                500.. => Self::No { status, code: 0, words: String::new() },
                _ => Self::Silence(Cause::NotTheApi(Cause::quote(&format!("HTTP {status}, {kind}")))),
            };
        };
        let code = body.get("code").and_then(Value::as_u64).unwrap_or_default();
        let mut words = body.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
        // Only where and what, not the message: it may quote the value.
        if let Some(errors) = body.get("errors") {
            let mut places = Vec::new();
            collect(errors, &mut String::new(), &mut places);
            words = format!("{words} ({})", places.join(", "));
        }
        Self::No { status, code, words: Cause::quote(&words) }
    }

    /// Discord's own code.
    pub fn code(&self) -> Option<u64> {
        match self {
            Self::No { code, .. } => Some(*code),
            Self::Limited { .. } | Self::Silence(_) => None,
        }
    }

    /// Whether it is not there, or not for us: asking again will not bring it.
    pub fn is_not_there(&self) -> bool {
        match self {
            Self::No { status, .. } => matches!(status, 403 | 404),
            Self::Limited { .. } | Self::Silence(_) => false,
        }
    }

    /// What it means to the engine.
    pub fn fault(self) -> Fault {
        match self {
            Self::Limited { retry_at } => Fault::Transient { cause: Cause::RateLimited, retry_at },
            Self::Silence(cause) => transient(cause),
            Self::No { status, code, words } => match (status, code) {
                (401, _) => permanent(Cause::CredentialsRefused),
                (404, code::UNKNOWN_CHANNEL) => transient(Cause::NotInRoom),
                // Permissions are mended by people, and then it is still owed.
                (403, _) => transient(Cause::Forbidden(words)),
                (500.., _) => transient(Cause::ServerError(status)),
                (_, _) => permanent(Cause::Refused(words)),
            },
        }
    }

    /// What it means for something that is owed: credentials are renewed by people, and then it is still owed.
    pub fn owed(self) -> Fault {
        match self.fault() {
            Fault::Permanent { cause: Cause::CredentialsRefused } => transient(Cause::CredentialsRefused),
            fault @ (Fault::Transient { .. } | Fault::Permanent { .. } | Fault::Uncertain { .. }) => fault,
        }
    }
}

/// Tries again later.
pub fn transient(cause: Cause) -> Fault {
    Fault::Transient { cause, retry_at: None }
}

/// Does not try again.
pub fn permanent(cause: Cause) -> Fault {
    Fault::Permanent { cause }
}

/// Gathers where something was wrong and Discord's name for it (`content: BASE_TYPE_MAX_LENGTH`).
fn collect(errors: &Value, path: &mut String, places: &mut Vec<String>) {
    let Some(object) = errors.as_object() else { return };
    for (key, value) in object {
        if key == "_errors" {
            let codes = value.as_array().into_iter().flatten().filter_map(|error| error.get("code")?.as_str());
            places.extend(codes.map(|code| format!("{path}: {code}")));
        } else {
            let length = path.len();
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(key);
            collect(value, path, places);
            path.truncate(length);
        }
    }
}
