//! What a page may ask for in a person's name; each answer comes once the bot took the act in, or was away.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

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
}

/// Writes a message.
///
/// # Errors
/// Why it was not done, in words for the page.
pub async fn say(State(practice): State<Arc<Practice>>, Json(wish): Json<Say>) -> Answer {
    answer(practice.says(&wish.person, &wish.room, &wish.text, wish.thread.as_ref()).await.map(|id| id.0))
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
