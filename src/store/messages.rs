//! Remembers what each message and reaction in a room means to a draft.

use serde::{Deserialize, Serialize};
use sqlx::Row;

use crate::domain::name::{AccountName, DirectorateCode, DraftNumber, FieldName, MessageId, RevisionNumber, RoomId};
use crate::store::database::{StoreError, Transaction};

/// What something in a room is to a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Meaning {
    /// The bot's card of a revision: reactions under it are votes.
    Card(RevisionNumber),
    /// Something that a person typed and that fields came from; editing it changes them.
    Typed {
        /// The field that had been asked for, if it was an answer.
        asked: Option<FieldName>,
    },
    /// The bot's question about an account: reactions under it are answers.
    Question(AccountName),
    /// Anything else the bot said about the draft: an answer to it belongs to the draft.
    Said,
    /// A reaction that voted: taking it back names only this.
    Vote,
}

/// The message that shows a revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// Its id; `None` while there is none in the room.
    pub message: Option<MessageId>,
    /// How many messages that showed the revision were removed from the room before this one.
    pub generation: u32,
    /// Whether the glyphs are under it.
    pub has_glyphs: bool,
}

impl Transaction {
    /// Notes what a message or reaction means. The first meaning stays.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_message(
        &mut self,
        room: &RoomId,
        id: &str,
        number: &DraftNumber,
        meaning: &Meaning,
    ) -> Result<(), StoreError> {
        let meaning = serde_json::to_string(meaning).map_err(|cause| StoreError::Row { table: "messages", cause })?;
        let sql = "INSERT INTO messages (room, id, directorate, serial, meaning) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (room, id) DO NOTHING";
        sqlx::query(sql)
            .bind(room.as_str())
            .bind(id)
            .bind(number.directorate.as_str())
            .bind(i64::from(number.serial))
            .bind(meaning)
            .execute(&mut *self.inner)
            .await?;
        Ok(())
    }

    /// What a message or reaction of that room means, if it means anything to a draft.
    ///
    /// # Errors
    /// What the database says.
    pub async fn meaning(&mut self, room: &RoomId, id: &str) -> Result<Option<(DraftNumber, Meaning)>, StoreError> {
        let sql = "SELECT directorate, serial, meaning FROM messages WHERE room = $1 AND id = $2";
        let Some(row) = sqlx::query(sql).bind(room.as_str()).bind(id).fetch_optional(&mut *self.inner).await? else {
            return Ok(None);
        };
        let serial = u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or_default();
        let number = DraftNumber { directorate: DirectorateCode(row.try_get(0)?), serial };
        let meaning: String = row.try_get(2)?;
        let meaning = serde_json::from_str(&meaning).map_err(|cause| StoreError::Row { table: "messages", cause })?;
        Ok(Some((number, meaning)))
    }

    /// Notes which message shows a revision, and that it does mean that.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_card(
        &mut self,
        room: &RoomId,
        number: &DraftNumber,
        revision: RevisionNumber,
        card: &Card,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO cards (directorate, serial, revision, message, generation, has_glyphs) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (directorate, serial, revision) DO UPDATE SET \
                   message = excluded.message, generation = excluded.generation, has_glyphs = excluded.has_glyphs";
        sqlx::query(sql)
            .bind(number.directorate.as_str())
            .bind(i64::from(number.serial))
            .bind(i64::from(revision.0))
            .bind(card.message.as_ref().map_or("", MessageId::as_str))
            .bind(i64::from(card.generation))
            .bind(i64::from(card.has_glyphs))
            .execute(&mut *self.inner)
            .await?;
        let Some(message) = &card.message else { return Ok(()) };
        self.note_message(room, message.as_str(), number, &Meaning::Card(revision)).await
    }

    /// The card of a revision; one without a message where none was put yet.
    ///
    /// # Errors
    /// What the database says.
    pub async fn card(&mut self, number: &DraftNumber, revision: RevisionNumber) -> Result<Card, StoreError> {
        let sql = "SELECT message, generation, has_glyphs FROM cards \
                   WHERE directorate = $1 AND serial = $2 AND revision = $3";
        let row = sqlx::query(sql)
            .bind(number.directorate.as_str())
            .bind(i64::from(number.serial))
            .bind(i64::from(revision.0))
            .fetch_optional(&mut *self.inner)
            .await?;
        let Some(row) = row else { return Ok(Card::default()) };
        Ok(Card {
            message: Some(row.try_get::<String, _>(0)?).filter(|message| !message.is_empty()).map(MessageId),
            generation: u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or_default(),
            has_glyphs: row.try_get::<i64, _>(2)? != 0,
        })
    }
}
