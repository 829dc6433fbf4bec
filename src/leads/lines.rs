//! Reads an appeal and its answers from JSON, and writes cards as JSON, one to a line: the formats of `portevoix leads`.
//!
//! Exports come from many tools, so anything but an answer's id may be missing, null or of another type; what can't be used
//! is left out. Only a line that is no object with an id is broken.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::leads::answer::{Answer, Appeal, Kind};
use crate::leads::cards::Card;

/// Why a line is no answer; the words are for the person at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineTrouble {
    /// Bytes that are no text.
    #[error("octets qui ne sont pas de l'UTF-8")]
    Encoding,
    /// No JSON object.
    #[error("pas un objet JSON")]
    Json,
    /// No id.
    #[error("pas d'« id »")]
    Id,
    /// Too long to be an answer.
    #[error("ligne trop longue")]
    Length,
}

/// An appeal as it is in a file, with the places that it names for the sorting.
#[derive(Debug, Clone, Default)]
pub struct AppealFile {
    /// The appeal.
    pub appeal: Appeal,
    /// `places`: names of communes, streets and places.
    pub places: Vec<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Line {
    id: Value,
    at: Value,
    author: Value,
    author_created_days: Value,
    kind: Value,
    in_reply_to: Value,
    text: Value,
    has_image: Value,
}

/// Reads one answer.
///
/// # Errors
/// Bytes that are no UTF-8, no JSON object, or no id.
pub fn answer(line: &[u8]) -> Result<Answer, LineTrouble> {
    let text = std::str::from_utf8(line).map_err(|_| LineTrouble::Encoding)?;
    let text = text.trim_start_matches('\u{FEFF}').trim();
    if !text.starts_with('{') {
        return Err(LineTrouble::Json);
    }
    let line: Line = serde_json::from_str(text).map_err(|_| LineTrouble::Json)?;
    let id = word(&line.id).filter(|id| !id.is_empty()).ok_or(LineTrouble::Id)?;
    let kind = match line.kind.as_str().unwrap_or_default() {
        "quote" => Kind::Quote,
        "mention" => Kind::Mention,
        "repost" => Kind::Repost,
        _ => Kind::Reply,
    };
    Ok(Answer {
        id,
        at: time(&line.at),
        author: word(&line.author).filter(|author| !author.is_empty()),
        author_created_days: line.author_created_days.as_u64().and_then(|days| u32::try_from(days).ok()),
        kind,
        in_reply_to: word(&line.in_reply_to),
        text: word(&line.text).unwrap_or_default(),
        has_image: line.has_image.as_bool().unwrap_or(false),
    })
}

/// Reads an appeal.
///
/// # Errors
/// A text that is no JSON object; the message is serde's, with line and column.
pub fn appeal(text: &str) -> Result<AppealFile, String> {
    let value: Value =
        serde_json::from_str(text.trim_start_matches('\u{FEFF}')).map_err(|trouble| trouble.to_string())?;
    let Value::Object(fields) = &value else { return Err("pas un objet JSON".to_owned()) };
    let field = |name: &str| fields.get(name).and_then(word);
    let ids = fields.get("ids").map(words).unwrap_or_default();
    let places = fields.get("places").map(words).unwrap_or_default();
    let at = fields.get("at").and_then(time);
    let appeal =
        Appeal { ids, at, account: field("account").unwrap_or_default(), text: field("text").unwrap_or_default() };
    Ok(AppealFile { appeal, places })
}

/// A text or a number as a text.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(word) => Some(word.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Every text in a value, however it is nested.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(words).collect(),
        Value::Object(values) => values.values().flat_map(words).collect(),
        Value::String(_) | Value::Number(_) | Value::Null | Value::Bool(_) => word(value).into_iter().collect(),
    }
}

/// A time as exports write it: RFC 3339, without a zone, seconds or milliseconds since 1970, or as X once did.
fn time(value: &Value) -> Option<Timestamp> {
    if let Some(number) = value.as_i64() {
        return if number > 100_000_000_000 {
            Timestamp::from_millisecond(number).ok()
        } else {
            Timestamp::from_second(number).ok()
        };
    }
    let text = value.as_str()?.trim();
    let local = || {
        text.parse::<DateTime>()
            .ok()
            .and_then(|time| TimeZone::UTC.to_zoned_datetime(time).ok())
            .map(|time| time.timestamp())
    };
    text.parse::<Timestamp>().ok().or_else(|| Timestamp::strptime("%a %b %d %H:%M:%S %z %Y", text).ok()).or_else(local)
}

#[derive(Serialize)]
struct CardLine<'a> {
    rank: usize,
    members: &'a [String],
    reasons: &'a [String],
    marks: Vec<&'static str>,
    new_facts: &'a [String],
}

/// A card as one line of JSON, without the end of the line.
///
/// # Errors
/// Never in practice: numbers and texts can be written.
pub fn card(card: &Card) -> serde_json::Result<String> {
    let Card { rank, members, reasons, marks, new_facts, .. } = card;
    serde_json::to_string(&CardLine { rank: *rank, members, reasons, marks: marks.words(), new_facts })
}
