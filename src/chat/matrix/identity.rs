//! How sure we are of who wrote a message: what encryption proves of its device, and whether the person's identity is the
//! one that we have known since their first message.

use matrix_sdk::Client;
use matrix_sdk::deserialized_responses::{TimelineEvent, VerificationLevel, VerificationState};
use matrix_sdk::ruma::{EventId, OwnedUserId, RoomId, UserId};

use crate::chat::matrix::fault::{fault_of, permanent, transient};
use crate::domain::ballot::Assurance;
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::PersonId;
use crate::domain::seal::Word;
use crate::port::chat::{Arrival, Happening};

/// Under which the first identity of each person is kept in the device's store.
const KEY: &str = "portevoix.identity.";

/// What the encryption of an event says of its sender: proven is what was encrypted by a device that its owner signed.
/// Whether that owner's identity was compared with them in person is another matter, see [`looked_into`].
pub fn assurance(event: &TimelineEvent) -> Assurance {
    let Some(encryption) = event.encryption_info() else { return Assurance::Unencrypted };
    // A key that another person passed on could have been made by them.
    if encryption.forwarder.is_some() {
        return Assurance::UnverifiedDevice;
    }
    match &encryption.verification_state {
        VerificationState::Verified | VerificationState::Unverified(VerificationLevel::UnverifiedIdentity) => {
            Assurance::Proven
        }
        VerificationState::Unverified(VerificationLevel::VerificationViolation) => Assurance::ChangedIdentity,
        VerificationState::Unverified(
            VerificationLevel::UnsignedDevice | VerificationLevel::None(_) | VerificationLevel::MismatchedSender,
        ) => Assurance::UnverifiedDevice,
    }
}

/// The same arrival with what is known of its sender by now. Whoever comes under another identity than the one under
/// which they were first heard is not proven.
///
/// A device that we see for the first time is unknown until the server was asked for it. That is done for what may be a
/// card's word, the only thing for which it matters.
pub async fn looked_into(client: &Client, room: &RoomId, mut arrival: Arrival) -> Arrival {
    let (Happening::Said { text, .. } | Happening::Edited { text, .. }) = &arrival.what else { return arrival };
    let may_be_a_word = Word::read(text).is_some();
    if arrival.standing.assurance == Assurance::UnverifiedDevice && may_be_a_word {
        match look_again(client, room, &arrival).await {
            Ok(assurance) => arrival.standing.assurance = assurance,
            Err(fault) => tracing::warn!(%fault, "Matrix: could not look up the device of an approval's word"),
        }
    }
    if arrival.standing.assurance == Assurance::Proven {
        match is_the_one_known(client, &arrival.by).await {
            Ok(true) => {}
            Ok(false) => arrival.standing.assurance = Assurance::ChangedIdentity,
            Err(fault) => {
                tracing::warn!(%fault, "Matrix: could not look up whose identity it is");
                arrival.standing.assurance = Assurance::UnverifiedDevice;
            }
        }
    }
    arrival
}

async fn look_again(client: &Client, room: &RoomId, arrival: &Arrival) -> Result<Assurance, Fault> {
    let (user, event) = (user(&arrival.by)?, EventId::parse(arrival.id.as_str()).map_err(|_| not_an_id())?);
    let room = client.get_room(room).ok_or_else(|| transient(Cause::NotInRoom))?;
    client.encryption().request_user_identity(&user).await.map_err(|error| fault_of(&error))?;
    let event = room.event(&event, None).await.map_err(|error| fault_of(&error))?;
    Ok(assurance(&event))
}

/// Whether a person's identity is the one under which they were first heard; from then on it is the one known.
///
/// A server that lies can hand out an identity of its own in a person's name, with a device that it signs. For everyone
/// who was heard before, that is another identity than the one we keep.
async fn is_the_one_known(client: &Client, person: &PersonId) -> Result<bool, Fault> {
    let user = user(person)?;
    let identity = client.encryption().get_user_identity(&user).await.map_err(disk)?;
    let master = identity.and_then(|identity| identity.master_key().get_first_key());
    let Some(master) = master else { return Ok(false) };
    let master = master.to_base64().into_bytes();
    let (store, key) = (client.state_store(), format!("{KEY}{user}"));
    match store.get_custom_value(key.as_bytes()).await.map_err(disk)? {
        Some(known) => Ok(known == master),
        None => {
            store.set_custom_value_no_read(key.as_bytes(), master).await.map_err(disk)?;
            Ok(true)
        }
    }
}

fn user(person: &PersonId) -> Result<OwnedUserId, Fault> {
    UserId::parse(person.as_str()).map_err(|_| not_an_id())
}

fn not_an_id() -> Fault {
    permanent(Cause::Refused("not a Matrix id".to_owned()))
}

fn disk(error: impl std::fmt::Display) -> Fault {
    transient(Cause::Disk(Cause::quote(&error.to_string())))
}
