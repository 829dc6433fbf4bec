//! What people do to a message of the bot's before the bot has noted that it is its own: a card that was said just before a
//! crash gets its votes all the same.

use crate::domain::name::{MessageId, RoomId};
use crate::engine::desk::Desk;
use crate::engine::outbox::Outbox;
use crate::engine::owed::Owed;
use crate::engine::turn::Turn;
use crate::store::database::{StoreError, Transaction};
use crate::store::strays::Stray;

impl Turn<'_> {
    /// Keeps what was done to a message of which nothing is known, if it may be the one that the bot is saying right now, or
    /// was when it crashed.
    pub(in crate::engine) async fn keep_stray(&mut self, message: &MessageId, undo: &str) -> Result<(), StoreError> {
        let room = &self.arrival.room;
        if self.member().is_none() || !self.transaction.is_in_doubt(&Owed::lane_of(room)).await? {
            return Ok(());
        }
        let body = serde_json::to_string(self.arrival);
        let body = body.map_err(|cause| StoreError::Row { table: "strays", cause })?;
        let (arrival, room) = (self.arrival.id.clone(), room.clone());
        let stray = Stray { arrival, room, message: message.clone(), undo: undo.to_owned(), body };
        self.transaction.put_stray(&stray).await
    }
}

impl Outbox {
    /// Handles what people did to a message before it was noted what it means.
    pub(in crate::engine) async fn catch_up(
        &self,
        transaction: &mut Transaction,
        desk: &Desk,
        room: &RoomId,
        message: &MessageId,
    ) -> Result<(), StoreError> {
        for body in transaction.take_strays(room, message).await? {
            let arrival = serde_json::from_str(&body).map_err(|cause| StoreError::Row { table: "strays", cause })?;
            Turn::new(transaction, &self.catalog, desk, &arrival, self.clock.now()).handle().await?;
        }
        Ok(())
    }
}
