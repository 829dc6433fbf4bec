//! Tries whether a room is one in which the bot can work, by asking the server only, without touching any key.

use matrix_sdk::ruma::api::client::membership::joined_rooms;
use matrix_sdk::ruma::api::client::state::get_state_event_for_key;
use matrix_sdk::ruma::events::StateEventType;
use matrix_sdk::ruma::{OwnedRoomId, RoomId, UserId};
use matrix_sdk::{Client, HttpError};
use serde_json::Value;

use crate::chat::matrix::fault::{http_fault, permanent, transient};
use crate::domain::fault::{Cause, Fault};
use crate::domain::name;

/// See [`Chat::probe`](crate::port::chat::Chat::probe).
///
/// # Errors
/// `NotInRoom`, `NotEncrypted`, `Forbidden` when the bot may not write there, or what the server says.
pub async fn probe(client: &Client, room: &name::RoomId) -> Result<String, Fault> {
    let id = RoomId::parse(room.as_str())
        .map_err(|_| permanent(Cause::Refused(Cause::quote(&format!("{room} is not the id of a Matrix room")))))?;
    let own = client.user_id().ok_or_else(|| permanent(Cause::NotLoggedIn))?;
    let joined = client.send(joined_rooms::v3::Request::new()).await.map_err(|error| http_fault(&error))?;
    if !joined.joined_rooms.contains(&id) {
        return Err(transient(Cause::NotInRoom));
    }
    if state(client, &id, StateEventType::RoomEncryption).await?.is_none() {
        return Err(permanent(Cause::NotEncrypted));
    }
    let levels = state(client, &id, StateEventType::RoomPowerLevels).await?.unwrap_or_default();
    for kind in ["m.room.encrypted", "m.reaction"] {
        let (has, needs) = (level_of(&levels, own), level_for(&levels, kind));
        if has < needs {
            return Err(transient(Cause::Forbidden(format!("{kind}: {has} < {needs}"))));
        }
    }
    let name = state(client, &id, StateEventType::RoomName).await?;
    let name = name.as_ref().and_then(|content| content.get("name")).and_then(Value::as_str).unwrap_or_default();
    Ok(if name.trim().is_empty() { room.to_string() } else { name.to_owned() })
}

/// A state event's content, `None` where there is none.
async fn state(client: &Client, room: &OwnedRoomId, kind: StateEventType) -> Result<Option<Value>, Fault> {
    let request = get_state_event_for_key::v3::Request::new(room.clone(), kind, String::new());
    match client.send(request).await {
        Ok(response) => Ok(serde_json::from_str(response.into_content().json().get()).ok()),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(http_fault(&error)),
    }
}

fn is_absent(error: &HttpError) -> bool {
    error.as_client_api_error().is_some_and(|answer| answer.status_code.as_u16() == 404)
}

/// The power level that a user has (<https://spec.matrix.org/v1.18/client-server-api/#mroompower_levels>).
fn level_of(levels: &Value, user: &UserId) -> i64 {
    let own = levels.get("users").and_then(|users| users.get(user.as_str()));
    own.or(levels.get("users_default")).and_then(Value::as_i64).unwrap_or(0)
}

/// The power level that sending such an event takes.
fn level_for(levels: &Value, kind: &str) -> i64 {
    let own = levels.get("events").and_then(|events| events.get(kind));
    own.or(levels.get("events_default")).and_then(Value::as_i64).unwrap_or(0)
}
