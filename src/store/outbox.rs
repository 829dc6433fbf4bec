//! Keeps what is owed to the world until it is done.

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
    /// Tells one owing of the same key from another, for ever: settling names it, so that what was owed meanwhile stays
    /// owed.
    pub version: i64,
}

/// Something owed, as the table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// As owed.
    pub debt: Debt,
    /// How often it was tried; counted anew from the try with which doubt begins.
    pub attempts: u32,
    /// Tries that may have been carried out; `None` if nothing was, for certain.
    pub doubt: Option<Doubt>,
    /// Whether somebody had claimed it before who did not say how it ended: killed, cut off from the database, or too slow.
    pub was_begun: bool,
    /// Who has it: the process that has claimed it, or, where there is only one, whoever had it before, if anybody.
    pub held_by: String,
}

/// Tries of which it is not known how they ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// When the first of them began.
    pub since: Timestamp,
    /// When the last of them began.
    pub last: Timestamp,
    /// Whether a person has looked since they ended, and says that none was carried out.
    pub is_answered: bool,
}

/// What to do when the key was owed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It was said, that is enough: the key is remembered for ever.
    Never,
    /// The key is made so that it can't have been, except by what is still owed.
    Unheard,
    /// It is owed once more, tries counted anew.
    Renew,
}

/// Who carries out what is owed, where several may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimant<'a> {
    /// The process.
    pub name: &'a str,
    /// How long its claims stand unless it renews them.
    pub until: Timestamp,
}

/// Nothing of it may have been carried out.
const NO_DOUBT: i64 = 0;

/// A try ended, and it is not known how.
const DOUBT: i64 = 1;

/// A try is under way, or was when its process ended.
const UNDER_WAY: i64 = 2;

/// A try ended, it is not known how, and a person says that it was not carried out.
const ANSWERED: i64 = 3;

impl Claim {
    /// Whether a message may have been said that this is about, by whoever had it before.
    pub fn may_be_said(&self) -> bool {
        self.doubt.is_some() || self.was_begun
    }

    /// How many tries came before the one that has just ended, in doubt or not. Where doubt begins, what was tried and
    /// certainly did not happen counts no longer: looking begins with short waits.
    pub fn attempts_so_far(&self, in_doubt: bool) -> u32 {
        if in_doubt && self.doubt.is_none() { 0 } else { self.attempts }
    }
}

impl Transaction {
    /// Owes something. Returns whether that changed anything.
    ///
    /// # Errors
    /// What the database says.
    pub async fn owe(&mut self, debt: &Debt, again: Again) -> Result<bool, StoreError> {
        if again == Again::Never {
            let sql = "INSERT INTO told (key) VALUES ($1) ON CONFLICT (key) DO NOTHING";
            if self.run(sql, &[Text(debt.key.as_str())]).await? == 0 {
                return Ok(false);
            }
        }
        // Owed again while it still is: it keeps its place, and who has claimed it goes on. What is in doubt stays so until
        // someone has looked; but of tries that have ended, a person who wants another says that they saw nothing.
        let sql = "INSERT INTO owed (key, lane, position, body, version, due_at, attempts, first_tried_at, \
                   last_tried_at, doubt, claimed_by, claimed_until) VALUES \
                   ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM owed WHERE lane = $2), \
                   $3, $4, $5, 0, 0, 0, 0, '', 0) \
                   ON CONFLICT (key) DO UPDATE SET version = excluded.version, body = excluded.body, \
                   due_at = excluded.due_at, attempts = 0, \
                   doubt = CASE WHEN owed.doubt = 1 THEN 3 ELSE owed.doubt END WHERE $6 = 1";
        let values = [
            Text(debt.key.as_str()),
            Text(&debt.lane),
            Text(&debt.body),
            Number(debt.version),
            Number(debt.due_at.as_millisecond()),
            Number((again == Again::Renew).into()),
        ];
        let is_new = self.run(sql, &values).await? > 0;
        if is_new {
            self.announce();
        }
        Ok(is_new)
    }

    /// The debts that are due, first in their lane and claimed by nobody, longest due first, at most `most`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn due(&mut self, now: Timestamp, most: u32) -> Result<Vec<Claim>, StoreError> {
        self.due_unless_claimed(now, now, most).await
    }

    /// As [`due`](Self::due), whoever has claimed them: for a process that is alone. A claim that stands then was brought along
    /// in the copy of a shared store.
    ///
    /// # Errors
    /// What the database says.
    pub async fn due_to_one(&mut self, now: Timestamp, most: u32) -> Result<Vec<Claim>, StoreError> {
        self.due_unless_claimed(now, Timestamp::MAX, most).await
    }

    async fn due_unless_claimed(
        &mut self,
        now: Timestamp,
        claimed: Timestamp,
        most: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let sql = "SELECT key, lane, body, due_at, version, attempts, first_tried_at, last_tried_at, doubt, claimed_by \
                   FROM owed \
                   WHERE due_at <= $1 AND claimed_until <= $2 AND NOT EXISTS (\
                       SELECT 1 FROM owed earlier WHERE earlier.lane = owed.lane AND earlier.position < owed.position) \
                   ORDER BY due_at, key LIMIT $3";
        let values = [Number(now.as_millisecond()), Number(claimed.as_millisecond()), Number(most.into())];
        let rows = self.rows(sql, &values).await?;
        rows.iter().map(read_claim).collect()
    }

    /// When the next debt is due that is not due yet.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_due(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT due_at FROM owed WHERE due_at > $1 ORDER BY due_at LIMIT 1";
        let Some(row) = self.row(sql, &[Number(now.as_millisecond())]).await? else { return Ok(None) };
        read_time(&row, 0).map(Some)
    }

    /// Makes due at `now` what a clock that was wrong put off beyond `until`. Not the wakes: what they wait for is written in
    /// the drafts, too.
    ///
    /// # Errors
    /// What the database says.
    pub async fn hasten(&mut self, now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE owed SET due_at = $1 WHERE due_at > $2 AND key NOT LIKE 'wake/%'";
        self.run(sql, &[Number(now.as_millisecond()), Number(until.as_millisecond())]).await?;
        Ok(())
    }

    /// Notes that a debt may have been carried out, `since` at the earliest, in a course of things of which this database
    /// knows nothing. Whatever a person has said of earlier tries says nothing of that.
    ///
    /// # Errors
    /// What the database says.
    pub async fn suspect(&mut self, key: &EffectKey, since: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE owed SET doubt = $1, \
                   first_tried_at = CASE WHEN first_tried_at = 0 THEN $2 ELSE first_tried_at END, \
                   last_tried_at = CASE WHEN last_tried_at < $2 THEN $2 ELSE last_tried_at END WHERE key = $3";
        self.run(sql, &[Number(DOUBT), Number(since.as_millisecond()), Text(key.as_str())]).await?;
        Ok(())
    }

    /// When the first claim ends of those that stand: what it was for is then anyone's.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_unclaimed(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT claimed_until FROM owed WHERE claimed_until > $1 ORDER BY claimed_until LIMIT 1";
        let Some(row) = self.row(sql, &[Number(now.as_millisecond())]).await? else { return Ok(None) };
        read_time(&row, 0).map(Some)
    }

    /// Claims a debt that nobody has claimed. Returns whether it is the claimant's now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn claim(&mut self, claim: &mut Claim, by: Claimant<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE owed SET claimed_by = $1, claimed_until = $2 \
                   WHERE key = $3 AND version = $4 AND claimed_until <= $5";
        let values = [
            Text(by.name),
            Number(by.until.as_millisecond()),
            Text(claim.debt.key.as_str()),
            Number(claim.debt.version),
            Number(now.as_millisecond()),
        ];
        let is_ours = self.run(sql, &values).await? > 0;
        if is_ours {
            by.name.clone_into(&mut claim.held_by);
        }
        Ok(is_ours)
    }

    /// Renews a claim. Returns whether it was still the claimant's.
    ///
    /// # Errors
    /// What the database says.
    pub async fn renew_claim(&mut self, key: &EffectKey, by: Claimant<'_>) -> Result<bool, StoreError> {
        let sql = "UPDATE owed SET claimed_until = $1 WHERE key = $2 AND claimed_by = $3";
        let values = [Number(by.until.as_millisecond()), Text(key.as_str()), Text(by.name)];
        Ok(self.run(sql, &values).await? > 0)
    }

    /// Gives back what the caller has claimed and is done with.
    ///
    /// # Errors
    /// What the database says.
    pub async fn release(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let sql = "UPDATE owed SET claimed_by = '', claimed_until = 0 WHERE key = $1 AND claimed_by = $2";
        self.run(sql, &[Text(claim.debt.key.as_str()), Text(&claim.held_by)]).await?;
        Ok(())
    }

    /// Gives back what the caller has claimed and does not know how it ended: whoever claims it next is told so.
    ///
    /// # Errors
    /// What the database says.
    pub async fn abandon(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let sql = "UPDATE owed SET claimed_until = 0 WHERE key = $1 AND claimed_by = $2";
        self.run(sql, &[Text(claim.debt.key.as_str()), Text(&claim.held_by)]).await?;
        Ok(())
    }

    /// Notes that a try begins, and renews the claim until then. Until it is settled or put off, its outcome is in doubt.
    /// Returns whether the debt is still the caller's: otherwise nothing may be tried.
    ///
    /// # Errors
    /// What the database says.
    pub async fn note_try(&mut self, claim: &Claim, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE owed SET doubt = $1, last_tried_at = $2, \
                   first_tried_at = CASE WHEN first_tried_at = 0 THEN $2 ELSE first_tried_at END, claimed_until = $3 \
                   WHERE key = $4 AND claimed_by = $5";
        let values = [
            Number(UNDER_WAY),
            Number(now.as_millisecond()),
            Number(until.as_millisecond()),
            Text(claim.debt.key.as_str()),
            Text(&claim.held_by),
        ];
        Ok(self.run(sql, &values).await? > 0)
    }

    /// Notes that no try is in doubt any more: what was to be done is done, though not all that follows from it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn dispel(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let sql = "UPDATE owed SET doubt = 0, first_tried_at = 0, last_tried_at = 0 \
                   WHERE key = $1 AND claimed_by = $2";
        self.run(sql, &[Text(claim.debt.key.as_str()), Text(&claim.held_by)]).await?;
        Ok(())
    }

    /// Whether a debt is still as the caller has claimed it: not owed again meanwhile, not taken over by another.
    ///
    /// # Errors
    /// What the database says.
    pub async fn holds(&mut self, claim: &Claim) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM owed WHERE key = $1 AND version = $2 AND claimed_by = $3";
        let values = [Text(claim.debt.key.as_str()), Number(claim.debt.version), Text(&claim.held_by)];
        Ok(self.row(sql, &values).await?.is_some())
    }

    /// Settles a debt. If it was owed again meanwhile it stays owed, and nobody has claimed it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn settle(&mut self, claim: &Claim) -> Result<(), StoreError> {
        let sql = "DELETE FROM owed WHERE key = $1 AND version = $2";
        let settled = self.run(sql, &[Text(claim.debt.key.as_str()), Number(claim.debt.version)]).await?;
        if settled == 0 { self.release(claim).await } else { Ok(()) }
    }

    /// Puts a debt off until that time, counts the try and gives the claim back. `in_doubt` says that a try may have been
    /// carried out; if certainly none was, it is as if none had ever begun.
    ///
    /// # Errors
    /// What the database says.
    pub async fn put_off(&mut self, claim: &Claim, until: Timestamp, in_doubt: bool) -> Result<(), StoreError> {
        let sql = "UPDATE owed SET attempts = $1, due_at = $2, doubt = $3, \
                   first_tried_at = CASE WHEN $3 = 0 THEN 0 ELSE first_tried_at END, \
                   last_tried_at = CASE WHEN $3 = 0 THEN 0 ELSE last_tried_at END, \
                   claimed_by = '', claimed_until = 0 WHERE key = $4 AND version = $5 AND claimed_by = $6";
        let values = [
            Number(claim.attempts_so_far(in_doubt).saturating_add(1).into()),
            Number(until.as_millisecond()),
            Number(if in_doubt { DOUBT } else { NO_DOUBT }),
            Text(claim.debt.key.as_str()),
            Number(claim.debt.version),
            Text(&claim.held_by),
        ];
        let put_off = self.run(sql, &values).await?;
        if put_off == 0 { self.release(claim).await } else { Ok(()) }
    }
}

fn read_time(row: &Row, column: usize) -> Result<Timestamp, StoreError> {
    row.number(column).map(|ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX))
}

/// Reads the columns that [`Transaction::due`] names, in its order.
fn read_claim(row: &Row) -> Result<Claim, StoreError> {
    Ok(Claim {
        debt: Debt {
            key: EffectKey::from(row.text(0)?),
            lane: row.text(1)?.to_owned(),
            body: row.text(2)?.to_owned(),
            due_at: read_time(row, 3)?,
            version: row.number(4)?,
        },
        attempts: u32::try_from(row.number(5)?).unwrap_or(u32::MAX),
        doubt: match row.number(8)? {
            NO_DOUBT => None,
            doubt => {
                Some(Doubt { since: read_time(row, 6)?, last: read_time(row, 7)?, is_answered: doubt == ANSWERED })
            }
        },
        was_begun: !row.text(9)?.is_empty(),
        held_by: row.text(9)?.to_owned(),
    })
}
