//! A server's answer, and what each status says of the world: refused for certain, or perhaps carried out.

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::fault::{Cause, Fault};
use crate::domain::secret::Secret;
use crate::network::http::Stakes;

/// The longest that a server can make us wait, in hours: whoever asks for more is looked at again the next day.
const LONGEST_WAIT_HOURS: i64 = 24;

/// Numbers from here on are seconds since 1970, smaller ones are seconds from now: servers use both for the same header.
const FIRST_ABSOLUTE_SECOND: i64 = 1_000_000_000;

/// What a server answered. There is no `Debug`: a session's tokens are in the body.
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// How far the server's clock is ahead of ours by its `Date` header, which is a little late: at least this much.
    /// Zero when it does not say.
    pub server_ahead: SignedDuration,
    /// What the API says went wrong, where the body is an API's error.
    pub error: Option<ApiError>,
    body: Vec<u8>,
    content_type: String,
    retry_after: Option<Timestamp>,
    retry_at: Option<Timestamp>,
}

/// An error in an API's own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The content of `error`: a sentence for Mastodon, a name for atproto and OAuth; the title of a problem document.
    pub name: String,
    /// The sentence, for a person.
    pub words: String,
    /// The number by which X's older errors are known.
    pub code: Option<i64>,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    message: Option<String>,
    error_description: Option<String>,
}

/// A problem document (RFC 7807), and X's list of errors with or without one around it
/// (<https://docs.x.com/x-api/fundamentals/response-codes-and-errors>).
#[derive(Deserialize)]
struct ProblemBody {
    title: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<ListedError>,
}

#[derive(Deserialize)]
struct ListedError {
    message: Option<String>,
    detail: Option<String>,
    code: Option<i64>,
}

impl Answer {
    /// Takes over what came back by `now`. Of an error only words without `secrets` are kept.
    pub fn new(status: StatusCode, headers: &HeaderMap, body: Vec<u8>, now: Timestamp, secrets: &[&Secret]) -> Self {
        let server_time = header(headers, DATE.as_str()).and_then(http_date);
        let server_ahead = server_time.map_or(SignedDuration::ZERO, |time| time.duration_since(now));
        Self {
            status,
            server_ahead,
            error: (!status.is_success()).then(|| api_error(&body, secrets)).flatten(),
            body,
            content_type: content_type(headers, secrets),
            retry_after: retry_after(headers, now, server_ahead),
            retry_at: retry_at(headers, now, server_ahead),
        }
    }

    /// Whether the server is done with the request, whatever came of it. A gateway that gave up waiting says nothing
    /// of the server behind it.
    pub fn is_final(&self) -> bool {
        !matches!(self.status.as_u16(), 408 | 502 | 504 | 520..=527)
    }

    /// What a success says.
    ///
    /// # Errors
    /// [`fault`](Self::fault) when it is none, or not what the API would say.
    pub fn read<T: DeserializeOwned>(&self, stakes: Stakes) -> Result<T, Fault> {
        if !self.status.is_success() {
            return Err(self.fault(stakes));
        }
        serde_json::from_slice(&self.body).map_err(|_| self.fault(stakes))
    }

    /// What an answer that is not the success hoped for says of the world.
    ///
    /// | status | fault | because |
    /// |---|---|---|
    /// | 429 | transient | it was turned away at the door |
    /// | 401 | permanent | whoever asks for credentials has not acted |
    /// | 402 | permanent | whoever asks for money has not acted |
    /// | other 4xx | permanent | refused, by the API or, with a web page, by something before it |
    /// | 408, 5xx | unclear | a server can fail after it stored, a gateway can give up on one that goes on |
    /// | 301, 307, 308 | permanent | whoever says «ask there» has not acted |
    /// | 302, 303 | unclear | also used to say «done, look there» |
    /// | 2xx that can't be read | unclear if a post is at stake | something was accepted |
    pub fn fault(&self, stakes: Stakes) -> Fault {
        match (self.status.as_u16(), &self.error) {
            (429, _) => Fault::Transient { cause: Cause::RateLimited, retry_at: self.retry_at },
            (401, _) => Fault::Permanent { cause: Cause::CredentialsRefused },
            (402, Some(error)) => Fault::Permanent { cause: Cause::PaymentRequired(error.words.clone()) },
            (402, None) if !self.is_page() => Fault::Permanent { cause: Cause::PaymentRequired("HTTP 402".to_owned()) },
            (408, _) => stakes.unclear(Cause::TimedOut),
            (403, Some(error)) => Fault::Permanent { cause: Cause::Forbidden(error.words.clone()) },
            (400..=499, Some(error)) => Fault::Permanent { cause: Cause::Refused(error.words.clone()) },
            // An API may refuse without its usual words; a server without this API says 404 or 405.
            (403, None) if !self.is_page() => Fault::Permanent { cause: Cause::Forbidden("HTTP 403".to_owned()) },
            (status @ (400 | 409..=499), None) if !self.is_page() => {
                Fault::Permanent { cause: Cause::Refused(format!("HTTP {status}")) }
            }
            (300 | 301 | 304..=499, _) => Fault::Permanent { cause: self.not_the_api() },
            (status @ 500..=599, _) => match stakes {
                Stakes::Nothing => Fault::Transient { cause: Cause::ServerError(status), retry_at: self.retry_after },
                Stakes::APost => Fault::Uncertain { cause: Cause::ServerError(status) },
            },
            _ => match stakes {
                Stakes::Nothing => Fault::Permanent { cause: self.not_the_api() },
                Stakes::APost => Fault::Uncertain { cause: self.not_the_api() },
            },
        }
    }

    fn is_page(&self) -> bool {
        self.content_type.contains("html") || self.body.trim_ascii_start().starts_with(b"<")
    }

    fn not_the_api(&self) -> Cause {
        let kind = if self.content_type.is_empty() { "no content type" } else { &self.content_type };
        Cause::NotTheApi(Cause::quote(&format!("HTTP {}, {kind}", self.status.as_u16())))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn content_type(headers: &HeaderMap, secrets: &[&Secret]) -> String {
    let full = header(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    blotted(full.split(';').next().unwrap_or_default().trim(), secrets)
}

fn api_error(body: &[u8], secrets: &[&Secret]) -> Option<ApiError> {
    let (name, words, code) = match serde_json::from_slice::<ErrorBody>(body) {
        Ok(body) => (body.error.clone(), body.message.or(body.error_description).unwrap_or(body.error), None),
        Err(_) => problem(serde_json::from_slice(body).ok()?)?,
    };
    Some(ApiError { name: blotted(&name, secrets), words: Cause::quote(&blotted(&words, secrets)), code })
}

/// The title, the most exact words and the number of a problem, if it has any words.
fn problem(body: ProblemBody) -> Option<(String, String, Option<i64>)> {
    let code = body.errors.iter().find_map(|error| error.code);
    let listed = body.errors.into_iter().find_map(|error| error.message.or(error.detail));
    let title = body.title.clone();
    let words = listed.or(body.detail).or(body.title)?;
    Some((title.unwrap_or_else(|| words.clone()), words, code))
}

/// A text of the server's without our secrets, should it echo them.
fn blotted(text: &str, secrets: &[&Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().map(|secret| secret.expose()).filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "[…]");
    }
    text
}

/// A date of an HTTP header (RFC 9110, section 5.6.7).
fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

/// When a server said to come back, by our clock: `Retry-After` (RFC 9110, section 10.2.3). Whatever went wrong, it means
/// this request; the headers of limits are on every answer, also where nothing is used up.
fn retry_after(headers: &HeaderMap, now: Timestamp, server_ahead: SignedDuration) -> Option<Timestamp> {
    let text = header(headers, RETRY_AFTER.as_str())?;
    let date = || http_date(text).and_then(|time| time.checked_sub(server_ahead).ok());
    bounded(moment(text, now, server_ahead).or_else(date)?, now)
}

/// When a server that limits us said to come back, by our clock: `Retry-After`, X's limits that are used up or its
/// `x-rate-limit-reset` (<https://docs.x.com/x-api/fundamentals/rate-limits>), Mastodon's `X-RateLimit-Reset`
/// (<https://docs.joinmastodon.org/api/rate-limits/>) or atproto's `RateLimit-Reset`.
fn retry_at(headers: &HeaderMap, now: Timestamp, server_ahead: SignedDuration) -> Option<Timestamp> {
    let of_limits = || {
        ["x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"].iter().find_map(|name| {
            let text = header(headers, name)?;
            let date = || text.parse::<Timestamp>().ok().and_then(|time| time.checked_sub(server_ahead).ok());
            moment(text, now, server_ahead).or_else(date)
        })
    };
    let used_up = || used_up(headers).filter_map(|reset| moment(reset, now, server_ahead)).max();
    retry_after(headers, now, server_ahead).or_else(|| bounded(used_up().or_else(of_limits)?, now))
}

/// A number of seconds, since 1970 by the server's clock or from now, as a moment by ours.
fn moment(text: &str, now: Timestamp, server_ahead: SignedDuration) -> Option<Timestamp> {
    let number: i64 = text.parse().ok().filter(|number| *number >= 0)?;
    if number >= FIRST_ABSOLUTE_SECOND {
        Timestamp::from_second(number).ok()?.checked_sub(server_ahead).ok()
    } else {
        now.checked_add(SignedDuration::from_secs(number)).ok()
    }
}

fn bounded(said: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let latest = now.checked_add(SignedDuration::from_hours(LONGEST_WAIT_HOURS)).ok()?;
    Some(said.clamp(now, latest))
}

/// When each of X's limits that are used up is full again: the one of fifteen minutes and those of a day.
fn used_up(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    ["x-rate-limit", "x-app-limit-24hour", "x-user-limit-24hour"].into_iter().filter_map(|limit| {
        header(headers, &format!("{limit}-remaining")).filter(|left| *left == "0")?;
        header(headers, &format!("{limit}-reset"))
    })
}
