//! Keeps the journal: lines are appended, each chained to the one before, and no statement changes or removes one.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::journal::{Entry, Head, Line};
use crate::domain::name::{DirectorateCode, DraftNumber};
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Row;
use crate::store::row::Value::{Number, Text};

impl Transaction {
    /// Appends to the journal of the draft's directorate and returns its new end.
    ///
    /// # Errors
    /// What the database says.
    pub async fn append_journal(
        &mut self,
        number: &DraftNumber,
        at: Timestamp,
        entry: &Entry,
    ) -> Result<Head, StoreError> {
        let entry = serde_json::to_string(entry).map_err(|cause| StoreError::Row { table: "journal", cause })?;
        // Two statements: in one, SQLite would copy what it reads of the table that it writes, and that costs more.
        let head = self.head(&number.directorate).await?.after(number.serial, at.as_millisecond(), &entry);
        let sql =
            "INSERT INTO journal (directorate, position, serial, at, hash, entry) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = [
            Text(head.directorate.as_str()),
            Number(head.position),
            Number(number.serial.into()),
            Number(at.as_millisecond()),
            Text(&head.hash),
            Text(&entry),
        ];
        self.run(sql, &values).await?;
        Ok(head)
    }

    /// The end of a directorate's journal, as it is kept.
    ///
    /// # Errors
    /// What the database says.
    pub async fn head(&mut self, directorate: &DirectorateCode) -> Result<Head, StoreError> {
        let sql = "SELECT position, hash FROM journal WHERE directorate = $1 ORDER BY position DESC LIMIT 1";
        let Some(row) = self.row(sql, &[Text(directorate.as_str())]).await? else {
            return Ok(Head::genesis(directorate));
        };
        Ok(Head { directorate: directorate.clone(), position: row.number(0)?, hash: row.text(1)?.to_owned() })
    }

    /// The journal of one draft, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn journal_of(&mut self, number: &DraftNumber) -> Result<Vec<Line>, StoreError> {
        let sql = "SELECT directorate, position, serial, at, entry, hash FROM journal \
                   WHERE directorate = $1 AND serial = $2 ORDER BY position";
        let rows = self.rows(sql, &[Text(number.directorate.as_str()), Number(number.serial.into())]).await?;
        rows.iter().map(read_line).collect()
    }

    /// The lines of a directorate's journal after that position, in their order, at most `most`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn journal_after(
        &mut self,
        directorate: &DirectorateCode,
        position: i64,
        most: u32,
    ) -> Result<Vec<Line>, StoreError> {
        let sql = "SELECT directorate, position, serial, at, entry, hash FROM journal \
                   WHERE directorate = $1 AND position > $2 ORDER BY position LIMIT $3";
        let values = [Text(directorate.as_str()), Number(position), Number(most.into())];
        self.rows(sql, &values).await?.iter().map(read_line).collect()
    }

    /// The hash of a line, if there is one at that position.
    ///
    /// # Errors
    /// What the database says.
    pub async fn hash_at(
        &mut self,
        directorate: &DirectorateCode,
        position: i64,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT hash FROM journal WHERE directorate = $1 AND position = $2";
        let row = self.row(sql, &[Text(directorate.as_str()), Number(position)]).await?;
        row.map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// The time of the last line of all journals, `None` where there is no line.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_line_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let mut last = None;
        for directorate in self.directorates().await? {
            let sql = "SELECT at FROM journal WHERE directorate = $1 ORDER BY position DESC LIMIT 1";
            if let Some(row) = self.row(sql, &[Text(directorate.as_str())]).await? {
                last = last.max(Timestamp::from_millisecond(row.number(0)?).ok());
            }
        }
        Ok(last)
    }

    /// Every directorate that has a journal or a draft, also one that has left the configuration.
    ///
    /// # Errors
    /// What the database says.
    pub async fn directorates(&mut self) -> Result<BTreeSet<DirectorateCode>, StoreError> {
        let sql = "SELECT DISTINCT directorate FROM journal UNION SELECT DISTINCT directorate FROM drafts";
        let rows = self.rows(sql, &[]).await?;
        rows.iter().map(|row| row.text(0).map(DirectorateCode::from)).collect()
    }
}

/// Reads the columns that [`Transaction::journal_after`] names, in its order. A serial that is none gives 0, which no
/// line was hashed with.
fn read_line(row: &Row) -> Result<Line, StoreError> {
    Ok(Line {
        directorate: DirectorateCode::from(row.text(0)?),
        position: row.number(1)?,
        serial: u32::try_from(row.number(2)?).unwrap_or_default(),
        at: row.number(3)?,
        entry: row.text(4)?.to_owned(),
        hash: row.text(5)?.to_owned(),
    })
}
