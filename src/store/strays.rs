//! Keeps what people did to a message of the bot's that it has said and not noted yet: after a crash the message is in the
//! room, and people answer it, before the bot knows that it is its own.

use crate::domain::name::{ArrivalId, MessageId, RoomId};
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Value::{Number, Text};

/// Something done to a message of which it is not known what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// What arrived.
    pub arrival: ArrivalId,
    /// Where.
    pub room: RoomId,
    /// To which message it was done.
    pub message: MessageId,
    /// The id by which the platform says that it was taken back.
    pub undo: String,
    /// The whole of it, as the engine wrote it.
    pub body: String,
}

impl Transaction {
    /// Whether something is being said in a room, or may have been, that is not noted yet. `lane` is that of what is said
    /// there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_in_doubt(&mut self, lane: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM owed WHERE lane = $1 AND doubt <> 0 LIMIT 1";
        Ok(self.row(sql, &[Text(lane)]).await?.is_some())
    }

    /// Keeps a stray after those that are kept already.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_stray(&mut self, stray: &Stray) -> Result<(), StoreError> {
        let last = "SELECT COALESCE(MAX(position), 0) FROM strays WHERE room = $1";
        let last = self.row(last, &[Text(stray.room.as_str())]).await?;
        let position = last.map_or(Ok(0), |row| row.number(0))? + 1;
        let sql = "INSERT INTO strays (arrival, room, position, message, undo, body) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (arrival) DO NOTHING";
        let values = [
            Text(stray.arrival.as_str()),
            Text(stray.room.as_str()),
            Number(position),
            Text(stray.message.as_str()),
            Text(&stray.undo),
            Text(&stray.body),
        ];
        self.run(sql, &values).await?;
        Ok(())
    }

    /// Drops a stray that was taken back.
    ///
    /// # Errors
    /// What the database says.
    pub async fn drop_stray(&mut self, room: &RoomId, undo: &str) -> Result<(), StoreError> {
        self.run("DELETE FROM strays WHERE room = $1 AND undo = $2", &[Text(room.as_str()), Text(undo)]).await?;
        Ok(())
    }

    /// Takes what was done to a message, in order, now that it is known what the message means; what was done to others of
    /// the room meanwhile was done to messages of people's and is forgotten. Gives the bodies.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_strays(&mut self, room: &RoomId, message: &MessageId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT body FROM strays WHERE room = $1 AND message = $2 ORDER BY position";
        let rows = self.rows(sql, &[Text(room.as_str()), Text(message.as_str())]).await?;
        self.run("DELETE FROM strays WHERE room = $1", &[Text(room.as_str())]).await?;
        rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
    }
}
