//! What a page may ask for in a person's name; each answer comes once the bot took the act in, or was away.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};

use crate::chat::practice::page::MOST_BYTES_SENT;
use crate::chat::practice::record::SentFile;
use crate::chat::practice::{NotDone, Practice};
use crate::domain::name::{MessageId, PersonId, ReactionId, RoomId};

/// The id of what was made.
#[derive(Serialize)]
pub struct Done {
    id: String,
}

/// Why it was not done, as a word that `page.js` has a sentence for.
#[derive(Serialize)]
pub struct Refused {
    error: &'static str,
}

type Answer = Result<Json<Done>, (StatusCode, Json<Refused>)>;

/// A message to write.
#[derive(Deserialize)]
pub struct Say {
    person: PersonId,
    room: RoomId,
    text: String,
    thread: Option<MessageId>,
    #[serde(default)]
    files: Vec<SayFile>,
}

/// A file to send with it.
#[derive(Deserialize)]
pub struct SayFile {
    name: String,
    /// What is in it, in base 64.
    content: String,
}

/// Writes a message.
///
/// # Errors
/// Why it was not done, in words for the page.
pub async fn say(State(practice): State<Arc<Practice>>, Json(wish): Json<Say>) -> Answer {
    if wish.text.len() > MOST_BYTES_SENT {
        return Err((StatusCode::PAYLOAD_TOO_LARGE, Json(Refused { error: "too-long" })));
    }
    let mut files = Vec::new();
    for file in wish.files {
        let Ok(bytes) = BASE64_STANDARD.decode(file.content) else {
            return Err((StatusCode::BAD_REQUEST, Json(Refused { error: "bad-file" })));
        };
        files.push(SentFile { name: file.name, bytes: bytes.into() });
    }
    answer(practice.sends(&wish.person, &wish.room, &wish.text, wish.thread.as_ref(), files).await.map(|id| id.0))
}

/// A file that came with a message. Whatever is no picture is handed out as mere bytes, so that no browser runs it.
pub async fn file(State(practice): State<Arc<Practice>>, Path((message, place)): Path<(MessageId, usize)>) -> Response {
    let Some(bytes) = practice.sent_file(&message, place) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match &*bytes {
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, kind)], bytes.to_vec()).into_response()
}

/// A message to change.
#[derive(Deserialize)]
pub struct Edit {
    person: PersonId,
    message: MessageId,
    text: String,
}

/// Changes a message.
///
/// # Errors
/// Why it was not done, in words for the page.
pub async fn edit(State(practice): State<Arc<Practice>>, Json(wish): Json<Edit>) -> Answer {
    answer(practice.edits(&wish.person, &wish.message, &wish.text).await.map(|()| wish.message.0))
}

/// A reaction to put.
#[derive(Deserialize)]
pub struct React {
    person: PersonId,
    message: MessageId,
    glyph: String,
}

/// Puts a reaction.
///
/// # Errors
/// Why it was not done, in words for the page.
pub async fn react(State(practice): State<Arc<Practice>>, Json(wish): Json<React>) -> Answer {
    answer(practice.reacts(&wish.person, &wish.message, &wish.glyph).await.map(|id| id.0))
}

/// A reaction to take back.
#[derive(Deserialize)]
pub struct TakeBack {
    person: PersonId,
    reaction: ReactionId,
}

/// Takes a reaction back.
///
/// # Errors
/// Why it was not done, in words for the page.
pub async fn take_back(State(practice): State<Arc<Practice>>, Json(wish): Json<TakeBack>) -> Answer {
    answer(practice.takes_back(&wish.person, &wish.reaction).await.map(|()| wish.reaction.0))
}

/// A message to remove.
#[derive(Deserialize)]
pub struct Remove {
    person: PersonId,
    message: MessageId,
}

/// Removes a message.
///
/// # Errors
/// Why it was not done, in words for the page.
pub async fn remove(State(practice): State<Arc<Practice>>, Json(wish): Json<Remove>) -> Answer {
    answer(practice.removes(&wish.person, &wish.message).await.map(|()| wish.message.0))
}

fn answer(done: Result<String, NotDone>) -> Answer {
    done.map(|id| Json(Done { id })).map_err(|no| {
        let error = match no {
            NotDone::NoSuchRoom => "no-such-room",
            NotDone::NotInRoom => "not-in-room",
            NotDone::NoSuchMessage => "no-such-message",
            NotDone::NoSuchReaction => "no-such-reaction",
            NotDone::NotTheAuthor => "not-the-author",
            NotDone::TooMuchWaiting => "too-much-waiting",
        };
        (StatusCode::CONFLICT, Json(Refused { error }))
    })
}
