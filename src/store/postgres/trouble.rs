//! Tells the errors of `tokio-postgres` in words that quote no row and no password.

use std::error::Error as _;
use std::io;

use tokio_postgres::Error;
use tokio_postgres::error::DbError;

use crate::store::database::StoreError;
use crate::store::server::{ServerFault, Unreached};

/// The classes of errors whose first line speaks of the server and never of values
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>): connection, transaction, login, catalog, deadlock,
/// names and permissions, resources, limits, states, operators, the system, damage.
const PLAIN: [&str; 14] = ["08", "0A", "25", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "XX"];

/// What a failed statement is called.
pub(in crate::store::postgres) fn fault(error: &Error) -> ServerFault {
    match error.as_db_error() {
        Some(error) => server_fault(error),
        None => ServerFault { code: String::new(), words: words(error) },
    }
}

/// No answer came in time.
pub(in crate::store::postgres) fn silence() -> ServerFault {
    ServerFault { code: String::new(), words: "no answer from the server".to_owned() }
}

/// What a failed connection is called.
pub(in crate::store::postgres) fn unreached(place: &str, error: &Error) -> StoreError {
    let why = match error.as_db_error() {
        Some(error) => match error.code().code() {
            "28P01" | "28000" => Unreached::Login,
            "3D000" => Unreached::NoDatabase,
            "42501" => Unreached::NotPermitted,
            "53300" => Unreached::Full,
            "57P03" | "57P01" | "57P02" => Unreached::Connection,
            _ => Unreached::Other,
        },
        None => match error.to_string().as_str() {
            "error performing TLS handshake" => Unreached::Tls,
            // No password at hand, or one that the server did not prove to know.
            "authentication error" | "invalid configuration" => Unreached::Login,
            _ => Unreached::Connection,
        },
    };
    let ServerFault { words, .. } = fault(error);
    StoreError::Unreached { place: place.to_owned(), why, words }
}

/// An error while everything is prepared, before anything was written.
pub(in crate::store::postgres) fn unready(place: &str, fault: ServerFault) -> StoreError {
    let why = match fault.code.as_str() {
        "42501" => Unreached::NotPermitted,
        "" => Unreached::Connection,
        _ => Unreached::Other,
    };
    StoreError::Unreached { place: place.to_owned(), why, words: fault.words }
}

fn server_fault(error: &DbError) -> ServerFault {
    let code = error.code().code().to_owned();
    let is_plain = PLAIN.iter().any(|class| code.starts_with(class));
    let words = match error.constraint() {
        _ if is_plain => error.message().to_owned(),
        Some(constraint) => format!("the rule {constraint} does not allow it"),
        None => String::new(),
    };
    ServerFault { code, words }
}

/// The words of an error of this machine's side. None of its kinds says anything of a row; a cause is added where it is
/// the system's or TLS's.
fn words(error: &Error) -> String {
    let cause = error.source().filter(|cause| {
        let is_tls = error.to_string() == "error performing TLS handshake";
        cause.is::<io::Error>() || is_tls
    });
    match cause {
        Some(cause) => format!("{error}: {cause}"),
        None if error.to_string() == "invalid configuration" => {
            "a password is asked for, and none was given".to_owned()
        }
        None => error.to_string(),
    }
}
