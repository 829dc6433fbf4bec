//! Remembers what each message and reaction in a room means to a draft.

use serde::{Deserialize, Serialize};

use crate::domain::name::{AccountName, DirectorateCode, DraftNumber, FieldName, MessageId, RevisionNumber, RoomId};
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Value::{Number, Text};

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
    /// A reaction that voted, or a message with a card's word: taking it back names only this.
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
        let values = [
            Text(room.as_str()),
            Text(id),
            Text(number.directorate.as_str()),
            Number(number.serial.into()),
            Text(&meaning),
        ];
        self.run(sql, &values).await?;
        Ok(())
    }

    /// What a message or reaction of that room means, if it means anything to a draft.
    ///
    /// # Errors
    /// What the database says.
    pub async fn meaning(&mut self, room: &RoomId, id: &str) -> Result<Option<(DraftNumber, Meaning)>, StoreError> {
        let sql = "SELECT directorate, serial, meaning FROM messages WHERE room = $1 AND id = $2";
        let Some(row) = self.row(sql, &[Text(room.as_str()), Text(id)]).await? else { return Ok(None) };
        let serial = u32::try_from(row.number(1)?).unwrap_or_default();
        let number = DraftNumber { directorate: DirectorateCode::from(row.text(0)?), serial };
        let meaning = serde_json::from_str(row.text(2)?);
        Ok(Some((number, meaning.map_err(|cause| StoreError::Row { table: "messages", cause })?)))
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
        let values = [
            Text(number.directorate.as_str()),
            Number(number.serial.into()),
            Number(revision.0.into()),
            Text(card.message.as_ref().map_or("", MessageId::as_str)),
            Number(card.generation.into()),
            Number(card.has_glyphs.into()),
        ];
        self.run(sql, &values).await?;
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
        let values = [Text(number.directorate.as_str()), Number(number.serial.into()), Number(revision.0.into())];
        let Some(row) = self.row(sql, &values).await? else { return Ok(Card::default()) };
        Ok(Card {
            message: Some(row.text(0)?).filter(|message| !message.is_empty()).map(MessageId::from),
            generation: u32::try_from(row.number(1)?).unwrap_or_default(),
            has_glyphs: row.number(2)? != 0,
        })
    }
}
