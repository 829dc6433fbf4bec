//! The bot's Matrix device at work.

use std::time::Duration;

use async_trait::async_trait;
use matrix_sdk::Client;
use matrix_sdk::ruma::OwnedRoomId;
use tokio_util::sync::CancellationToken;

use crate::chat::matrix::fault::permanent;
use crate::chat::matrix::listen::listen;
use crate::chat::matrix::login::is_signed;
use crate::chat::matrix::session::Home;
use crate::chat::matrix::settings::MatrixSettings;
use crate::chat::matrix::{attached, probe, say};
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::{EffectKey, MessageId, RoomId};
use crate::domain::prose::Prose;
use crate::port::chat::{Attachment, Chat, Intake};

/// One device, signed by its own account, in the configured rooms.
///
/// Messages from devices that their owners did not sign are heard too; the bot's own are encrypted for every device in
/// the room, and can be read by clients that only trust signed ones.
pub struct MatrixChat {
    client: Client,
    rooms: Vec<OwnedRoomId>,
    key_patience: Duration,
    _home: Home,
}

impl MatrixChat {
    /// Goes on with the session that [`login`](crate::chat::matrix::login::login) made. Asks nothing of the server, so
    /// that the bot starts also while it is down.
    ///
    /// # Errors
    /// `NotLoggedIn`, `SessionInUse`, `DeviceNotSigned`, `Refused` for what is not a Matrix address, or `Disk`.
    pub async fn restore(settings: MatrixSettings) -> Result<Self, Fault> {
        let rooms = settings.rooms.iter().map(|room| {
            OwnedRoomId::try_from(room.as_str())
                .map_err(|_| permanent(Cause::Refused(format!("{room} is not the id of a Matrix room"))))
        });
        let rooms = rooms.collect::<Result<Vec<_>, _>>()?;
        let home = Home::take(&settings)?;
        let session = home.session(&settings)?.ok_or_else(|| permanent(Cause::NotLoggedIn))?;
        let client = home.resume(&settings, &session).await?;
        if !is_signed(&client).await? {
            return Err(permanent(Cause::DeviceNotSigned));
        }
        Ok(Self { client, rooms, key_patience: settings.key_patience, _home: home })
    }
}

#[async_trait]
impl Chat for MatrixChat {
    async fn listen(&self, intake: &dyn Intake, stop: CancellationToken) -> Result<(), Fault> {
        listen(&self.client, &self.rooms, self.key_patience, intake, &stop).await
    }

    async fn say(
        &self,
        key: &EffectKey,
        room: &RoomId,
        thread: Option<&MessageId>,
        prose: &Prose,
    ) -> Result<MessageId, Fault> {
        say::say(&self.client, key, room, thread, prose).await
    }

    async fn said(&self, key: &EffectKey, room: &RoomId) -> Result<Option<MessageId>, Fault> {
        say::said(&self.client, key, room).await
    }

    async fn edit(&self, key: &EffectKey, room: &RoomId, message: &MessageId, prose: &Prose) -> Result<(), Fault> {
        say::edit(&self.client, key, room, message, prose).await
    }

    async fn react(&self, key: &EffectKey, room: &RoomId, message: &MessageId, glyph: &str) -> Result<(), Fault> {
        say::react(&self.client, key, room, message, glyph).await
    }

    async fn fetch(&self, _: &RoomId, attachment: &Attachment, most: u32) -> Result<Vec<u8>, Fault> {
        attached::fetch(&self.client, attachment, most).await
    }

    async fn probe(&self, room: &RoomId) -> Result<String, Fault> {
        probe::probe(&self.client, room).await
    }
}
