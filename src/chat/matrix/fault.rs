//! Puts the errors of matrix-sdk in the engine's terms. Everything sent carries a transaction id, so sending again is
//! harmless: what may pass by itself is `Transient`, and nothing is ever `Uncertain`.

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use matrix_sdk::ruma::api::error::{ErrorBody, ErrorKind, FromHttpResponseError, RetryAfter};
use matrix_sdk::{Error, HttpError, RumaApiError};

use crate::domain::fault::{Cause, Fault};

/// What an error of the SDK means.
pub fn fault_of(error: &Error) -> Fault {
    if let Error::Http(error) = error {
        return http_fault(error);
    }
    let words = || Cause::quote(&error.to_string());
    transient(if matches!(error, Error::WrongRoomState(_)) {
        Cause::NotInRoom
    } else if matches!(error, Error::Timeout) {
        Cause::TimedOut
    } else if matches!(error, Error::Io(_) | Error::CryptoStoreError(_) | Error::StateStore(_)) {
        Cause::Disk(words())
    } else {
        // Nothing went out, and what is wrong with the keys may mend itself.
        Cause::Refused(words())
    })
}

/// What an error of an HTTP request means.
pub fn http_fault(error: &HttpError) -> Fault {
    match error {
        HttpError::Reqwest(error) if error.is_connect() => transient(Cause::Unreachable(Cause::quote(&chain(error)))),
        HttpError::Reqwest(error) if error.is_timeout() => transient(Cause::TimedOut),
        HttpError::Reqwest(_) => transient(Cause::ConnectionCut),
        HttpError::Api(error) => match error.as_ref() {
            FromHttpResponseError::Server(answer) => answer_fault(answer),
            FromHttpResponseError::Deserialization(error) => {
                transient(Cause::NotTheApi(Cause::quote(&error.to_string())))
            }
            _ => transient(Cause::NotTheApi(Cause::quote(&error.to_string()))),
        },
        HttpError::IntoHttp(error) => permanent(Cause::Refused(Cause::quote(&error.to_string()))),
        HttpError::RefreshToken(_) => permanent(Cause::CredentialsRefused),
        HttpError::Cached(error) => http_fault(error),
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

/// Whether the server says that it is not there, or not for us (403, 404): asking again will not bring it.
pub fn is_not_there(error: &Error) -> bool {
    error.as_client_api_error().is_some_and(|answer| matches!(answer.status_code.as_u16(), 403 | 404))
}

/// Whether the server says that this reaction is there already.
pub fn is_duplicate_reaction(error: &Error) -> bool {
    let answer = error.as_client_api_error();
    answer.is_some_and(|answer| {
        answer.error_kind().is_some_and(|kind| kind.errcode().as_str() == "M_DUPLICATE_ANNOTATION")
    })
}

/// <https://spec.matrix.org/v1.18/client-server-api/#standard-error-response>
fn answer_fault(answer: &RumaApiError) -> Fault {
    let RumaApiError::MatrixError(answer) = answer else {
        return permanent(Cause::CredentialsRefused);
    };
    let status = answer.status_code.as_u16();
    let words = match &answer.body {
        ErrorBody::Standard(body) => Cause::quote(&body.message),
        ErrorBody::Json(json) => Cause::quote(&json.to_string()),
        ErrorBody::NotJson { bytes, .. } => Cause::quote(&String::from_utf8_lossy(bytes)),
    };
    if let Some(ErrorKind::LimitExceeded(limit)) = answer.error_kind() {
        return Fault::Transient { cause: Cause::RateLimited, retry_at: limit.retry_after.as_ref().and_then(time_of) };
    }
    match (status, &answer.body) {
        (429, _) => transient(Cause::RateLimited),
        (500.., _) => transient(Cause::ServerError(status)),
        (_, ErrorBody::NotJson { .. }) => transient(Cause::NotTheApi(words)),
        (401, _) => permanent(Cause::CredentialsRefused),
        // Membership and power levels are mended by people, and then the message is still owed.
        (403, _) => transient(Cause::Forbidden(words)),
        (_, _) => permanent(Cause::Refused(words)),
    }
}

fn time_of(retry_after: &RetryAfter) -> Option<Timestamp> {
    match retry_after {
        RetryAfter::Delay(delay) => Timestamp::now().checked_add(SignedDuration::try_from(*delay).ok()?).ok(),
        RetryAfter::DateTime(time) => {
            let delay = time.duration_since(SystemTime::now()).unwrap_or_default();
            Timestamp::now().checked_add(SignedDuration::try_from(delay).ok()?).ok()
        }
    }
}

/// An error with all its causes: the outermost of a refused connection only says "error sending request".
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}
