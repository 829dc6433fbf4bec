//! Remembers what arrived, so that each event is taken once, also across restarts.

use jiff::Timestamp;

use crate::domain::name::{ArrivalId, RoomId};
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Value::{Number, Text};

impl Transaction {
    /// Notes an arrival. Returns whether it is new: it is not if it was taken before, unless it was unreadable then
    /// and is readable now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_arrival(
        &mut self,
        id: &ArrivalId,
        room: &RoomId,
        at: Timestamp,
        is_readable: bool,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO arrivals (id, room, at, is_readable) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (id) DO UPDATE SET is_readable = 1 \
                   WHERE arrivals.is_readable = 0 AND excluded.is_readable = 1";
        let values = [Text(id.as_str()), Text(room.as_str()), Number(at.as_millisecond()), Number(is_readable.into())];
        Ok(self.run(sql, &values).await? > 0)
    }

    /// Whether an arrival was taken before, readable or not.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_seen(&mut self, id: &ArrivalId) -> Result<bool, StoreError> {
        Ok(self.row("SELECT 1 FROM arrivals WHERE id = $1", &[Text(id.as_str())]).await?.is_some())
    }

    /// The arrivals of a room that could not be read, oldest first, at most `most`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn unreadable(&mut self, room: &RoomId, most: u32) -> Result<Vec<ArrivalId>, StoreError> {
        let sql = "SELECT id FROM arrivals WHERE room = $1 AND is_readable = 0 ORDER BY at DESC LIMIT $2";
        let rows = self.rows(sql, &[Text(room.as_str()), Number(most.into())]).await?;
        rows.iter().rev().map(|row| row.text(0).map(ArrivalId::from)).collect()
    }
}
