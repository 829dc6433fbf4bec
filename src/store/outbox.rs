//! Keeps what is owed to the world until it is settled.

use jiff::Timestamp;

use crate::domain::name::EffectKey;
use crate::store::database::{StoreError, Transaction};
use crate::store::row::Row;
use crate::store::row::Value::{Number, Text};

/// Something owed, on its way into the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debt {
    /// Owing the same key again makes one debt of both.
    pub key: EffectKey,
    /// Debts of one lane are carried out in order, one at a time.
    pub lane: String,
    /// What to do, as the engine wrote it.
    pub body: String,
    /// Not before that time.
    pub due_at: Timestamp,
}

/// Something owed, as the table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// As owed.
    pub debt: Debt,
    /// Counts how often the same key was owed; settling names it, so that what was owed meanwhile stays owed.
    pub version: i64,
    /// How often it was tried; counted anew from the try with which doubt begins.
    pub attempts: u32,
    /// When the first try began that may have been carried out; `None` if nothing was, for certain.
    pub first_tried_at: Option<Timestamp>,
    /// Whether a try began of which it is not known how it ended.
    pub in_doubt: bool,
}

/// What to do when the key is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It was said, that is enough.
    Never,
    /// It is owed once more, tries counted anew.
    Renew,
}

impl Claim {
    /// How many tries came before the one that has just ended, in doubt or not. Where doubt begins, what was tried and
    /// certainly did not happen counts no longer: looking begins with short waits.
    pub fn attempts_so_far(&self, in_doubt: bool) -> u32 {
        if in_doubt && !self.in_doubt { 0 } else { self.attempts }
    }
}

impl Transaction {
    /// Owes something. Returns whether that changed anything.
    ///
    /// # Errors
    /// What the database says.
    pub async fn owe(&mut self, debt: &Debt, again: Again) -> Result<bool, StoreError> {
        // A debt that still stands keeps its place; a settled one goes to the end of its lane.
        let sql = "INSERT INTO effects \
                   (key, lane, position, body, is_owed, version, due_at, attempts, first_tried_at, in_doubt) VALUES \
                   ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM effects WHERE lane = $2 AND is_owed = 1), \
                   $3, 1, 1, $4, 0, 0, 0) \
                   ON CONFLICT (key) DO UPDATE SET version = effects.version + 1, is_owed = 1, body = excluded.body, \
                   position = CASE WHEN effects.is_owed = 1 THEN effects.position ELSE excluded.position END, \
                   due_at = excluded.due_at, attempts = 0, first_tried_at = 0, in_doubt = 0 WHERE $5 = 1";
        let values = [
            Text(debt.key.as_str()),
            Text(&debt.lane),
            Text(&debt.body),
            Number(debt.due_at.as_millisecond()),
            Number((again == Again::Renew).into()),
        ];
        Ok(self.run(sql, &values).await? > 0)
    }

    /// The debts that are due and first in their lane, longest due first, at most `most`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn due(&mut self, now: Timestamp, most: u32) -> Result<Vec<Claim>, StoreError> {
        let sql = "SELECT key, lane, body, due_at, version, attempts, first_tried_at, in_doubt FROM effects \
                   WHERE is_owed = 1 AND due_at <= $1 AND NOT EXISTS (\
                       SELECT 1 FROM effects earlier WHERE earlier.is_owed = 1 \
                       AND earlier.lane = effects.lane AND earlier.position < effects.position) \
                   ORDER BY due_at LIMIT $2";
        let rows = self.rows(sql, &[Number(now.as_millisecond()), Number(most.into())]).await?;
        rows.iter().map(read_claim).collect()
    }

    /// When the next debt is due that is not due yet.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_due(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT due_at FROM effects WHERE is_owed = 1 AND due_at > $1 ORDER BY due_at LIMIT 1";
        let Some(row) = self.row(sql, &[Number(now.as_millisecond())]).await? else { return Ok(None) };
        Ok(Some(Timestamp::from_millisecond(row.number(0)?).unwrap_or(Timestamp::MAX)))
    }

    /// Makes due at `now` what a clock that was wrong put off beyond `until`. Not the wakes: what they wait for is written in
    /// the drafts, too.
    ///
    /// # Errors
    /// What the database says.
    pub async fn hasten(&mut self, now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE effects SET due_at = $1 WHERE is_owed = 1 AND due_at > $2 AND key NOT LIKE 'wake/%'";
        self.run(sql, &[Number(now.as_millisecond()), Number(until.as_millisecond())]).await?;
        Ok(())
    }

    /// Notes that a try begins. Until it is settled or put off, its outcome is in doubt.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_try(&mut self, key: &EffectKey, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE effects SET in_doubt = 1, \
                   first_tried_at = CASE WHEN first_tried_at = 0 THEN $1 ELSE first_tried_at END WHERE key = $2";
        self.run(sql, &[Number(now.as_millisecond()), Text(key.as_str())]).await?;
        Ok(())
    }

    /// Settles a debt. If it was owed again meanwhile it stays owed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settle(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let sql = "UPDATE effects SET is_owed = 0, in_doubt = 0 WHERE key = $1 AND version = $2";
        self.run(sql, &[Text(claim.debt.key.as_str()), Number(claim.version)]).await?;
        Ok(())
    }

    /// Puts a debt off until that time and counts the try. `in_doubt` says that the try may have been carried out; if it
    /// certainly was not, it is as if it had never begun.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_off(&mut self, claim: &Claim, until: Timestamp, in_doubt: bool) -> Result<(), StoreError> {
        let sql = "UPDATE effects SET attempts = $1, due_at = $2, in_doubt = $3, \
                   first_tried_at = CASE WHEN $3 = 1 THEN first_tried_at ELSE 0 END \
                   WHERE key = $4 AND version = $5";
        let values = [
            Number(claim.attempts_so_far(in_doubt).saturating_add(1).into()),
            Number(until.as_millisecond()),
            Number(in_doubt.into()),
            Text(claim.debt.key.as_str()),
            Number(claim.version),
        ];
        self.run(sql, &values).await?;
        Ok(())
    }
}

/// Reads the columns that [`Transaction::due`] names, in its order.
fn read_claim(row: &Row) -> Result<Claim, StoreError> {
    let time = |column| row.number(column).map(|ms| Timestamp::from_millisecond(ms).unwrap_or_default());
    Ok(Claim {
        debt: Debt {
            key: EffectKey::from(row.text(0)?),
            lane: row.text(1)?.to_owned(),
            body: row.text(2)?.to_owned(),
            due_at: time(3)?,
        },
        version: row.number(4)?,
        attempts: u32::try_from(row.number(5)?).unwrap_or(u32::MAX),
        first_tried_at: Some(time(6)?).filter(|time| time.as_millisecond() != 0),
        in_doubt: row.number(7)? != 0,
    })
}
