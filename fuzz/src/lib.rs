//! What the targets share: a time, and the answer of a server.

use std::sync::LazyLock;

use http::header::{CONTENT_TYPE, DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::{Timestamp, ZonedDateTime};
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::secret::Secret;
use portevoix::network::answer::Answer;
use portevoix::network::http::Stakes;

/// What a server could echo and nobody may read.
const SECRET: &str = "s3cr3t-t0k3n";

/// Thursday the 12th of March 2026, ten in the evening in Paris.
pub fn now() -> ZonedDateTime {
    static NOW: LazyLock<ZonedDateTime> =
        LazyLock::new(|| "2026-03-12T22:00:00+01:00[Europe/Paris]".parse().expect("it is a time"));
    NOW.clone()
}

/// An answer made of bytes: two for the status, one for how many of a header, the header, then the body.
pub fn answer(data: &[u8]) -> Option<Answer> {
    let [first, second, length, rest @ ..] = data else { return None };
    // Mostly a success: what is read of those is more.
    let status = if first % 2 == 0 { 200 } else { 100 + u16::from(*first) * 4 % 500 + u16::from(*second) % 4 };
    let (header, body) = rest.split_at_checked(usize::from(*length))?;
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(header) {
        for name in [CONTENT_TYPE, DATE, RETRY_AFTER] {
            headers.insert(name, value.clone());
        }
        headers.insert("x-ratelimit-reset", value.clone());
        headers.insert("x-rate-limit-remaining", HeaderValue::from_static("0"));
        headers.insert("x-rate-limit-reset", value);
    }
    let status = StatusCode::from_u16(status).ok()?;
    Some(Answer::new(status, &headers, body.to_vec(), Timestamp::UNIX_EPOCH, &[&Secret::new(SECRET)]))
}

/// Whatever is made of an answer must be bounded and keep no secret.
pub fn look_at(answer: &Answer) {
    let faults = [Stakes::Nothing, Stakes::APost].map(|stakes| answer.fault(stakes));
    for fault in &faults {
        let told = format!("{fault:?}");
        assert!(!told.contains(SECRET), "a secret is told: {told}");
        if let Cause::Forbidden(words) | Cause::Refused(words) | Cause::NotTheApi(words) = fault.cause() {
            assert!(words.chars().count() <= Cause::LONGEST_QUOTE, "a web page is told: {told}");
        }
        if let Fault::Transient { retry_at: Some(time), .. } = fault {
            let days = time.duration_since(Timestamp::UNIX_EPOCH).as_hours();
            assert!((0..=24).contains(&days), "a server makes us wait {days} hours");
        }
    }
    let _ = answer.is_final();
}
