//! Remembers that the database was put back to an older state, and what another course of things may have done since.

use jiff::Timestamp;

use crate::domain::name::{DirectorateCode, DraftNumber, EffectKey};
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Row;
use crate::store::row::Value::{Number, Text};

/// The last time that the database was put back to an older state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restore {
    /// How often that has happened, this time included.
    pub count: u32,
    /// When.
    pub at: Timestamp,
    /// The state that it was put back to: the time of its last line.
    pub since: Timestamp,
}

/// A post that a forgotten course of things may have published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// It can't have been before that.
    pub since: Timestamp,
    /// Whether publication was decided before the courses parted: then the post, if it is out, has the same key and time
    /// of decision, and a network that does not find it is to be believed.
    pub was_publishing: bool,
}

impl Transaction {
    /// Notes that this is an older state, put back at that time.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_restore(&mut self, at: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO restores (at, since) VALUES ($1, (SELECT COALESCE(MAX(at), 0) FROM journal)) \
                   ON CONFLICT (at) DO NOTHING";
        self.run(sql, &[Number(at.as_millisecond())]).await?;
        Ok(())
    }

    /// The last time that the database was put back, if it ever was.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_restore(&mut self) -> Result<Option<Restore>, StoreError> {
        let sql = "SELECT at, since, (SELECT COUNT(*) FROM restores) FROM restores ORDER BY at DESC LIMIT 1";
        let Some(row) = self.row(sql, &[]).await? else { return Ok(None) };
        let count = u32::try_from(row.number(2)?).unwrap_or(u32::MAX);
        Ok(Some(Restore { count, at: time(&row, 0)?, since: time(&row, 1)? }))
    }

    /// The numbers up to this one may belong to drafts that are forgotten here: none of them is given again.
    ///
    /// # Errors
    /// What the database says.
    pub async fn skip_numbers(&mut self, directorate: &DirectorateCode, serial: u32) -> Result<(), StoreError> {
        let sql = "INSERT INTO skipped_numbers (directorate, serial) VALUES ($1, $2) \
                   ON CONFLICT (directorate) DO UPDATE SET serial = excluded.serial";
        self.run(sql, &[Text(directorate.as_str()), Number(serial.into())]).await?;
        Ok(())
    }

    /// Something of this draft may have been published in a course of things that is forgotten here.
    ///
    /// # Errors
    /// What the database says.
    pub async fn doubt(&mut self, number: &DraftNumber, forgotten: Forgotten) -> Result<(), StoreError> {
        let sql = "INSERT INTO doubted_drafts (directorate, serial, since, was_publishing) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (directorate, serial) DO UPDATE SET was_publishing = excluded.was_publishing, \
                   since = CASE WHEN excluded.since < doubted_drafts.since \
                   THEN excluded.since ELSE doubted_drafts.since END";
        let values = [
            Text(number.directorate.as_str()),
            Number(number.serial.into()),
            Number(forgotten.since.as_millisecond()),
            Number(forgotten.was_publishing.into()),
        ];
        self.run(sql, &values).await?;
        // What a person said of a post before that says nothing of what came after.
        let sql = "DELETE FROM cleared_posts WHERE key LIKE $1";
        self.run(sql, &[Text(&format!("publish/{number}/%"))]).await?;
        Ok(())
    }

    /// Whether that post of a draft may be out without this database knowing.
    ///
    /// # Errors
    /// What the database says.
    pub async fn doubt_about(
        &mut self,
        number: &DraftNumber,
        post: &EffectKey,
    ) -> Result<Option<Forgotten>, StoreError> {
        let sql = "SELECT was_publishing, since FROM doubted_drafts \
                   WHERE directorate = $1 AND serial = $2 AND NOT EXISTS (SELECT 1 FROM cleared_posts WHERE key = $3)";
        let values = [Text(number.directorate.as_str()), Number(number.serial.into()), Text(post.as_str())];
        let Some(row) = self.row(sql, &values).await? else { return Ok(None) };
        Ok(Some(Forgotten { was_publishing: row.number(0)? != 0, since: time(&row, 1)? }))
    }

    /// A person has looked since and says that this post is not online.
    ///
    /// # Errors
    /// What the database says.
    pub async fn clear_post(&mut self, post: &EffectKey) -> Result<(), StoreError> {
        let sql = "INSERT INTO cleared_posts (key) VALUES ($1) ON CONFLICT (key) DO NOTHING";
        self.run(sql, &[Text(post.as_str())]).await?;
        Ok(())
    }
}

fn time(row: &Row, column: usize) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_millisecond(row.number(column)?).unwrap_or_default())
}
