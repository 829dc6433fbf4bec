//! The bot at work on Discord.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::chat::discord::channels::Channels;
use crate::chat::discord::fault::permanent;
use crate::chat::discord::listen::listen;
use crate::chat::discord::memory::Memory;
use crate::chat::discord::rest::Rest;
use crate::chat::discord::say::Voice;
use crate::chat::discord::settings::DiscordSettings;
use crate::chat::discord::{attached, id, probe};
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::{EffectKey, MessageId, RoomId};
use crate::domain::prose::Prose;
use crate::port::chat::{Attachment, Chat, Intake};

/// One bot, in the configured channels.
pub struct DiscordChat {
    rest: Rest,
    settings: DiscordSettings,
    channels: Channels,
    memory: Memory,
}

impl DiscordChat {
    /// Reads what is remembered. Asks nothing of Discord, so that the bot starts also while it is down.
    ///
    /// # Errors
    /// `Refused` for what is not the id of a channel, or `Disk`.
    pub fn open(settings: DiscordSettings) -> Result<Self, Fault> {
        let number = |room: &RoomId| {
            id::number(room)
                .ok_or_else(|| permanent(Cause::Refused(format!("{room} is not the id of a Discord channel"))))
        };
        let rooms = settings.rooms.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        let rest = Rest::new(&settings.api, settings.token.clone())?;
        let memory = Memory::open(&settings.state_directory)?;
        Ok(Self { rest, settings, channels: Channels::new(rooms), memory })
    }

    fn voice(&self) -> Voice<'_> {
        Voice { rest: &self.rest, channels: &self.channels, memory: &self.memory }
    }
}

#[async_trait]
impl Chat for DiscordChat {
    async fn listen(&self, intake: &dyn Intake, stop: CancellationToken) -> Result<(), Fault> {
        listen(&self.rest, &self.settings, &self.channels, &self.memory, intake, &stop).await
    }

    async fn say(
        &self,
        key: &EffectKey,
        room: &RoomId,
        thread: Option<&MessageId>,
        prose: &Prose,
    ) -> Result<MessageId, Fault> {
        self.voice().say(key, room, thread, prose).await
    }

    async fn edit(&self, _: &EffectKey, room: &RoomId, message: &MessageId, prose: &Prose) -> Result<(), Fault> {
        self.voice().edit(room, message, prose).await
    }

    async fn react(&self, _: &EffectKey, room: &RoomId, message: &MessageId, glyph: &str) -> Result<(), Fault> {
        self.voice().react(room, message, glyph).await
    }

    async fn fetch(&self, _: &RoomId, attachment: &Attachment, most: u32) -> Result<Vec<u8>, Fault> {
        attached::fetch(&self.rest, attachment, most).await
    }

    async fn probe(&self, room: &RoomId) -> Result<String, Fault> {
        probe::probe(&self.rest, room).await
    }
}
