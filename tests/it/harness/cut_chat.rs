//! A chat that can be cut off at the moment at which it has said something: the room has it, the bot does not know.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use portevoix::domain::fault::Fault;
use portevoix::domain::name::{EffectKey, MessageId, RoomId};
use portevoix::domain::prose::Prose;
use portevoix::port::chat::{Attachment, Chat, Intake};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub struct CutChat {
    beneath: Arc<dyn Chat>,
    is_cut: AtomicBool,
    /// Rings when something was said and the answer does not come.
    pub hanging: Notify,
}

impl CutChat {
    pub fn over(beneath: Arc<dyn Chat>) -> Arc<Self> {
        Arc::new(Self { beneath, is_cut: AtomicBool::new(false), hanging: Notify::new() })
    }

    /// The next thing said gets no answer.
    pub fn is_cut_after_the_next_word(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl Chat for CutChat {
    async fn listen(&self, intake: &dyn Intake, stop: CancellationToken) -> Result<(), Fault> {
        self.beneath.listen(intake, stop).await
    }

    async fn say(
        &self,
        key: &EffectKey,
        room: &RoomId,
        thread: Option<&MessageId>,
        prose: &Prose,
    ) -> Result<MessageId, Fault> {
        let said = self.beneath.say(key, room, thread, prose).await;
        if self.is_cut.swap(false, Ordering::SeqCst) {
            self.hanging.notify_one();
            std::future::pending::<()>().await;
        }
        said
    }

    async fn edit(&self, key: &EffectKey, room: &RoomId, message: &MessageId, prose: &Prose) -> Result<(), Fault> {
        self.beneath.edit(key, room, message, prose).await
    }

    async fn react(&self, key: &EffectKey, room: &RoomId, message: &MessageId, glyph: &str) -> Result<(), Fault> {
        self.beneath.react(key, room, message, glyph).await
    }

    async fn fetch(&self, room: &RoomId, attachment: &Attachment, most: u32) -> Result<Vec<u8>, Fault> {
        self.beneath.fetch(room, attachment, most).await
    }

    async fn probe(&self, room: &RoomId) -> Result<String, Fault> {
        self.beneath.probe(room).await
    }
}
