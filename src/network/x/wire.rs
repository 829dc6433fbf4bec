//! The parts of X's JSON that matter here, each as <https://docs.x.com/x-api/introduction> has it.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::fault::{Cause, Fault};
use crate::network::answer::Answer;
use crate::network::http::Stakes;
use crate::network::x::token_file::Owner;

/// What is in every success: what was asked for, or why there is none of it.
#[derive(Deserialize)]
struct Reply<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    detail: Option<String>,
    message: Option<String>,
    title: Option<String>,
}

/// A post that was just stored.
#[derive(Deserialize)]
pub struct Stored {
    /// Digits.
    pub id: String,
}

/// A page of a timeline.
#[derive(Deserialize)]
pub struct Page {
    /// Newest first.
    #[serde(default)]
    pub data: Vec<Shown>,
    /// How the page stands in the whole.
    pub meta: Meta,
}

/// What is said of a page.
#[derive(Deserialize)]
pub struct Meta {
    /// Where older posts go on, if there are any.
    pub next_token: Option<String>,
}

/// A post as a timeline shows it.
#[derive(Deserialize)]
pub struct Shown {
    /// Digits.
    pub id: String,
    /// By X's clock.
    pub created_at: Timestamp,
    /// HTML's three signs are escaped, links are `https://t.co/…`, of a long post it is the beginning.
    pub text: String,
    /// What is what in `text`.
    #[serde(default)]
    pub entities: Entities,
    /// The whole of a long post.
    pub note_tweet: Option<Note>,
}

/// A long post's text.
#[derive(Deserialize)]
pub struct Note {
    /// As [`Shown::text`].
    pub text: String,
    /// What is what in `text`.
    #[serde(default)]
    pub entities: Entities,
}

/// The parts of a text.
#[derive(Default, Deserialize)]
pub struct Entities {
    /// Its links, and its pictures, which are links at the end of it.
    #[serde(default)]
    pub urls: Vec<Link>,
}

/// A link.
#[derive(Deserialize)]
pub struct Link {
    /// `https://t.co/…`
    pub url: String,
    /// What was typed; a picture's page.
    pub expanded_url: Option<String>,
    /// Present where it is a picture.
    pub media_key: Option<String>,
    /// What people see of it; a picture's begins with `pic.`.
    pub display_url: Option<String>,
}

/// An upload.
#[derive(Deserialize)]
pub struct Upload {
    /// Digits.
    pub id: String,
    /// Present while X works on it.
    pub processing_info: Option<Processing>,
}

/// How far X is with an upload.
#[derive(Deserialize)]
pub struct Processing {
    /// `pending`, `in_progress`, `succeeded` or `failed`.
    pub state: String,
    /// When to ask again.
    pub check_after_secs: Option<i64>,
    /// Why it failed.
    pub error: Option<ProcessingError>,
}

/// Why X could do nothing with an upload.
#[derive(Deserialize)]
pub struct ProcessingError {
    /// A sentence.
    pub message: Option<String>,
    /// A word.
    pub name: Option<String>,
}

/// What a success says, of the kind `data`.
///
/// # Errors
/// The fault of an answer that is no success or not what the API would say. A success that says only what went wrong
/// is a refusal where nothing is at stake.
pub fn data<T: DeserializeOwned>(answer: &Answer, stakes: Stakes) -> Result<T, Fault> {
    let reply: Reply<T> = answer.read(stakes)?;
    match (reply.data, stakes) {
        (Some(data), _) => Ok(data),
        (None, Stakes::Nothing) => {
            let words = reply.errors.into_iter().find_map(|error| error.detail.or(error.message).or(error.title));
            let words = words.unwrap_or_else(|| "no data".to_owned());
            Err(Fault::Permanent { cause: Cause::Refused(Cause::quote(&words)) })
        }
        (None, Stakes::APost) => Err(Fault::Uncertain { cause: Cause::NotTheApi("no data".to_owned()) }),
    }
}

/// The account that `GET /2/users/me` names.
///
/// # Errors
/// As [`data`].
pub fn owner(answer: &Answer) -> Result<Owner, Fault> {
    data(answer, Stakes::Nothing)
}
