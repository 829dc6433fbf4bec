//! Keeps drafts as they are, and the journal of how they came to be so.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::draft::Draft;
use crate::domain::name::{DirectorateCode, DraftNumber};
use crate::domain::review::{Event, Opening};
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Row;
use crate::store::row::Value::{Number, Text};

/// A line of the journal. Replaying the lines of a draft with [`open`](crate::domain::review::open) and
/// [`decide`](crate::domain::review::decide) gives the draft as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// A draft was opened.
    Opened(Box<Opening>),
    /// Something happened to it.
    Happened(Box<Event>),
}

impl Transaction {
    /// The draft of that number.
    ///
    /// # Errors
    /// What the database says.
    pub async fn draft(&mut self, number: &DraftNumber) -> Result<Option<Draft>, StoreError> {
        let sql = "SELECT body FROM drafts WHERE directorate = $1 AND serial = $2";
        let row = self.row(sql, &[Text(number.directorate.as_str()), Number(number.serial.into())]).await?;
        row.as_ref().map(read_draft).transpose()
    }

    /// The drafts of a directorate that are not over, oldest first, at most `most`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn live_drafts(&mut self, directorate: &DirectorateCode, most: u32) -> Result<Vec<Draft>, StoreError> {
        let sql = "SELECT body FROM drafts WHERE directorate = $1 AND is_live = 1 ORDER BY serial DESC LIMIT $2";
        let rows = self.rows(sql, &[Text(directorate.as_str()), Number(most.into())]).await?;
        rows.iter().rev().map(read_draft).collect()
    }

    /// The number that the directorate's next draft gets: counted on, never used again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_number(&mut self, directorate: &DirectorateCode) -> Result<DraftNumber, StoreError> {
        let sql = "SELECT COALESCE(MAX(serial), 0) FROM drafts WHERE directorate = $1";
        let row = self.row(sql, &[Text(directorate.as_str())]).await?;
        let last = row.map_or(Ok(0), |row| row.number(0))?;
        let serial = u32::try_from(last + 1).unwrap_or(u32::MAX);
        Ok(DraftNumber { directorate: directorate.clone(), serial })
    }

    /// Writes a draft as it is now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn save_draft(&mut self, draft: &Draft) -> Result<(), StoreError> {
        let body = serde_json::to_string(draft).map_err(|cause| StoreError::Row { table: "drafts", cause })?;
        let sql = "INSERT INTO drafts (directorate, serial, is_live, body) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (directorate, serial) DO UPDATE SET is_live = excluded.is_live, body = excluded.body";
        let values = [
            Text(draft.number.directorate.as_str()),
            Number(draft.number.serial.into()),
            Number((!draft.state().is_over()).into()),
            Text(&body),
        ];
        self.run(sql, &values).await?;
        Ok(())
    }

    /// Appends to the journal of the draft's directorate and returns the position of the new line, counted from 1.
    ///
    /// # Errors
    /// What the database says.
    pub async fn append_journal(
        &mut self,
        number: &DraftNumber,
        at: Timestamp,
        entry: &Entry,
    ) -> Result<i64, StoreError> {
        let entry = serde_json::to_string(entry).map_err(|cause| StoreError::Row { table: "journal", cause })?;
        // Two statements: in one, SQLite would copy what it reads of the table that it writes, and that costs more.
        let last = "SELECT COALESCE(MAX(position), 0) FROM journal WHERE directorate = $1";
        let last = self.row(last, &[Text(number.directorate.as_str())]).await?;
        let position = last.map_or(Ok(0), |row| row.number(0))? + 1;
        let sql = "INSERT INTO journal (directorate, position, serial, at, entry) VALUES ($1, $2, $3, $4, $5)";
        let values = [
            Text(number.directorate.as_str()),
            Number(position),
            Number(number.serial.into()),
            Number(at.as_millisecond()),
            Text(&entry),
        ];
        self.run(sql, &values).await?;
        Ok(position)
    }

    /// The journal of one draft, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn journal_of(&mut self, number: &DraftNumber) -> Result<Vec<(Timestamp, Entry)>, StoreError> {
        let sql = "SELECT at, entry FROM journal WHERE directorate = $1 AND serial = $2 ORDER BY position";
        let rows = self.rows(sql, &[Text(number.directorate.as_str()), Number(number.serial.into())]).await?;
        let read = |row: &Row| {
            let entry = serde_json::from_str(row.text(1)?);
            let entry = entry.map_err(|cause| StoreError::Row { table: "journal", cause })?;
            Ok((Timestamp::from_millisecond(row.number(0)?).unwrap_or_default(), entry))
        };
        rows.iter().map(read).collect()
    }
}

fn read_draft(row: &Row) -> Result<Draft, StoreError> {
    serde_json::from_str(row.text(0)?).map_err(|cause| StoreError::Row { table: "drafts", cause })
}
