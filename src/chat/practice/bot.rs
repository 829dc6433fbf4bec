//! What the bot does in the practice room: the [`Chat`] that the engine speaks through.

use async_trait::async_trait;
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use crate::chat::practice::record::{Author, Content, Reaction};
use crate::chat::practice::{Changed, Practice};
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::{EffectKey, MessageId, ReactionId, RoomId};
use crate::domain::prose::Prose;
use crate::port::chat::{Attachment, Chat, Intake};

#[async_trait]
impl Chat for Practice {
    async fn listen(&self, intake: &dyn Intake, stop: CancellationToken) -> Result<(), Fault> {
        join_all(self.rooms.iter().map(|room| room.handover.hand_over(intake, &stop))).await;
        Ok(())
    }

    async fn say(
        &self,
        key: &EffectKey,
        room: &RoomId,
        thread: Option<&MessageId>,
        prose: &Prose,
    ) -> Result<MessageId, Fault> {
        let index = self.configured(room)?;
        let mut state = self.state();
        if let Some(message) = state.records[index].carried_out(key) {
            return Ok(message.clone());
        }
        // A thread whose first message is so old that the room let it go still goes on.
        let root = |id: &MessageId| state.records[index].thread_root(id).unwrap_or_else(|| id.clone());
        let thread = thread.map(root);
        let message = self.add(&mut state, index, Author::Bot, (Content::Said(prose.clone()), Vec::new()), thread);
        state.records[index].note(key, &message);
        Ok(message)
    }

    async fn edit(&self, key: &EffectKey, room: &RoomId, message: &MessageId, prose: &Prose) -> Result<(), Fault> {
        let index = self.configured(room)?;
        let mut state = self.state();
        let record = &mut state.records[index];
        if record.carried_out(key).is_some() {
            return Ok(());
        }
        record.note(key, message);
        match record.message_mut(message) {
            Some(standing) if standing.content != Content::Removed => {
                standing.content = Content::Said(prose.clone());
                standing.edited = true;
                self.announce(index, Changed::Edited, standing);
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    async fn react(&self, key: &EffectKey, room: &RoomId, message: &MessageId, glyph: &str) -> Result<(), Fault> {
        let index = self.configured(room)?;
        let mut state = self.state();
        let id = ReactionId(self.next_id(&mut state));
        let record = &mut state.records[index];
        if record.carried_out(key).is_some() {
            return Ok(());
        }
        record.note(key, message);
        let Some(standing) = record.message_mut(message) else { return Ok(()) };
        if !standing.reactions.iter().any(|there| there.by == Author::Bot && there.glyph == glyph) {
            let reaction = Reaction { id, by: Author::Bot, glyph: glyph.to_owned() };
            standing.reactions.push(reaction.clone());
            self.announce(index, Changed::Reacted(reaction), standing);
        }
        Ok(())
    }

    async fn fetch(&self, room: &RoomId, attachment: &Attachment, most: u32) -> Result<Vec<u8>, Fault> {
        self.configured(room)?;
        let gone = || Fault::Permanent { cause: Cause::Refused(format!("no file {}", attachment.name)) };
        let (message, place) = attachment.reference.rsplit_once('/').ok_or_else(gone)?;
        let bytes = self.sent_file(&message.into(), place.parse().map_err(|_| gone())?).ok_or_else(gone)?;
        if u32::try_from(bytes.len()).map_or(true, |length| length > most) {
            return Err(Fault::Permanent { cause: Cause::PictureRefused(format!("> {most}")) });
        }
        Ok(bytes.to_vec())
    }

    async fn probe(&self, room: &RoomId) -> Result<String, Fault> {
        let index = self.configured(room)?;
        Ok(self.rooms[index].setup.name.clone())
    }
}

impl Practice {
    fn configured(&self, room: &RoomId) -> Result<usize, Fault> {
        self.room_index(room).ok_or(Fault::Transient { cause: Cause::NotInRoom, retry_at: None })
    }
}
