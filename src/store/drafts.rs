//! Keeps drafts as they are; the journal says how they came to be so.

use std::collections::BTreeMap;

use crate::domain::draft::Draft;
use crate::domain::journal::Head;
use crate::domain::name::{DirectorateCode, DraftNumber};
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Row;
use crate::store::row::Value::{Number, Text};

impl Transaction {
    /// The draft of that number.
    ///
    /// # Errors
    /// What the database says.
    pub async fn draft(&mut self, number: &DraftNumber) -> Result<Option<Draft>, StoreError> {
        let Some(known) = self.remembered.get(number) else { return self.stored_draft(number).await };
        let sql = "SELECT journal_hash, CASE WHEN journal_hash = $1 THEN '' ELSE body END FROM drafts \
                   WHERE directorate = $2 AND serial = $3";
        let values = [Text(&known.hash), Text(number.directorate.as_str()), Number(number.serial.into())];
        let Some(row) = self.row(sql, &values).await? else { return Ok(None) };
        if row.text(1)?.is_empty() {
            return Ok(Some(known.draft.clone()));
        }
        let draft = read_draft(&row, 1)?;
        self.remembered.put(row.text(0)?, &draft);
        Ok(Some(draft))
    }

    /// The draft of that number, read from its row whatever is remembered of it: for whoever doubts the row.
    ///
    /// # Errors
    /// What the database says.
    pub async fn stored_draft(&mut self, number: &DraftNumber) -> Result<Option<Draft>, StoreError> {
        let sql = "SELECT body FROM drafts WHERE directorate = $1 AND serial = $2";
        let row = self.row(sql, &[Text(number.directorate.as_str()), Number(number.serial.into())]).await?;
        row.as_ref().map(|row| read_draft(row, 0)).transpose()
    }

    /// Whether there is a draft of that number, readable or not.
    ///
    /// # Errors
    /// What the database says.
    pub async fn draft_exists(&mut self, number: &DraftNumber) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM drafts WHERE directorate = $1 AND serial = $2";
        let values = [Text(number.directorate.as_str()), Number(number.serial.into())];
        Ok(self.row(sql, &values).await?.is_some())
    }

    /// The drafts of a directorate that are not over, oldest first, at most `most`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn live_drafts(&mut self, directorate: &DirectorateCode, most: u32) -> Result<Vec<Draft>, StoreError> {
        let sql = "SELECT body FROM drafts WHERE directorate = $1 AND is_live = 1 ORDER BY serial DESC LIMIT $2";
        let rows = self.rows(sql, &[Text(directorate.as_str()), Number(most.into())]).await?;
        rows.iter().rev().map(|row| read_draft(row, 0)).collect()
    }

    /// The number that the directorate's next draft gets: counted on, never used again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_number(&mut self, directorate: &DirectorateCode) -> Result<DraftNumber, StoreError> {
        let sql = "SELECT (SELECT COALESCE(MAX(serial), 0) FROM drafts WHERE directorate = $1), \
                   (SELECT COALESCE(MAX(serial), 0) FROM skipped_numbers WHERE directorate = $1)";
        let row = self.row(sql, &[Text(directorate.as_str())]).await?;
        let last = row.map_or(Ok(0), |row| Ok::<_, StoreError>(row.number(0)?.max(row.number(1)?)))?;
        let serial = u32::try_from(last + 1).unwrap_or(u32::MAX);
        Ok(DraftNumber { directorate: directorate.clone(), serial })
    }

    /// Writes a draft as it is now, and where the journal says so.
    ///
    /// # Errors
    /// What the database says.
    pub async fn save_draft(&mut self, draft: &Draft, head: &Head) -> Result<(), StoreError> {
        let body = serde_json::to_string(draft).map_err(|cause| StoreError::Row { table: "drafts", cause })?;
        let (directorate, serial) = (Text(draft.number.directorate.as_str()), Number(draft.number.serial.into()));
        let is_live = Number((!draft.state().is_over()).into());
        // Where it stays live, or stays over, nothing of an index is written.
        let sql = "UPDATE drafts SET journal_position = $1, journal_hash = $2, body = $3 \
                   WHERE directorate = $4 AND serial = $5 AND is_live = $6";
        let values = [Number(head.position), Text(&head.hash), Text(&body), directorate, serial, is_live];
        if self.run(sql, &values).await? == 0 {
            let sql = "INSERT INTO drafts (journal_position, journal_hash, body, directorate, serial, is_live) \
                       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (directorate, serial) DO UPDATE SET \
                       is_live = excluded.is_live, journal_position = excluded.journal_position, \
                       journal_hash = excluded.journal_hash, body = excluded.body";
            self.run(sql, &values).await?;
        }
        self.remembered.put(&head.hash, draft);
        Ok(())
    }

    /// Where the journal stood when each draft of a directorate was written last, by serial. A journal that ends before
    /// that was cut off.
    ///
    /// # Errors
    /// What the database says.
    pub async fn written_at(&mut self, directorate: &DirectorateCode) -> Result<BTreeMap<u32, Head>, StoreError> {
        let sql = "SELECT serial, journal_position, journal_hash FROM drafts WHERE directorate = $1";
        let rows = self.rows(sql, &[Text(directorate.as_str())]).await?;
        let read = |row: &Row| {
            let serial = u32::try_from(row.number(0)?).unwrap_or_default();
            let (position, hash) = (row.number(1)?, row.text(2)?.to_owned());
            Ok((serial, Head { directorate: directorate.clone(), position, hash }))
        };
        rows.iter().map(read).collect()
    }
}

fn read_draft(row: &Row, column: usize) -> Result<Draft, StoreError> {
    serde_json::from_str(row.text(column)?).map_err(|cause| StoreError::Row { table: "drafts", cause })
}
