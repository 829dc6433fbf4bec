//! Refuses to start with a clock that can't be right: what is due would wait for years, or lapse at once.

use jiff::{SignedDuration, Timestamp};

use crate::app::database;
use crate::app::stopped::Stopped;
use crate::config::settings::DatabasePlace;
use crate::store::database::{Database, StoreError};

/// What is believed where the clock and the journal contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Time does not go back: the clock is behind.
    Journal,
    /// A person says that the clock is right, and that the journal has lines that a wrong clock wrote.
    Clock,
}

/// How far a clock that was set may go back: more than that is no correction.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

/// The longest that a network tells anyone to wait: X counts posts by the day.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(25);

/// This program was written after that: 2026-01-01T00:00:00Z, in seconds since 1970.
const EARLIEST: i64 = 1_767_225_600;

/// Looks whether it can be as late as the clock says: the machine's, or the database server's, which all go by who share
/// it.
///
/// # Errors
/// In words, when it can't.
pub async fn expect_plausible(place: &DatabasePlace, trust: Trust, now: Timestamp) -> Result<(), Stopped> {
    if now.as_second() < EARLIEST {
        return Err(Stopped::Outside(format!(
            "L'horloge de cette machine dit {now:.0} : c'est impossible. Réglez-la (timedatectl), puis redémarrez."
        )));
    }
    if trust == Trust::Clock {
        return Ok(());
    }
    // What is wrong with the database itself is said by whoever opens it to work on it.
    let Ok((last, server_time)) = read(place).await else { return Ok(()) };
    let now = server_time.unwrap_or(now);
    let whose = if server_time.is_some() { "du serveur PostgreSQL" } else { "de cette machine" };
    match last {
        Some(last) if now < last.saturating_sub(TOLERANCE).unwrap_or(Timestamp::MIN) => Err(Stopped::Outside(format!(
            "L'horloge {whose} dit {now:.0}, mais la dernière ligne de la main courante est de {last:.0}. \
                 Réglez l'horloge (timedatectl), puis redémarrez. Si l'horloge est juste et que cette ligne vient d'une \
                 horloge fausse : portevoix run --clock-is-right"
        ))),
        Some(_) | None => Ok(()),
    }
}

/// The time of the journal's last line, and what time it is for all who share the database.
async fn read(place: &DatabasePlace) -> Result<(Option<Timestamp>, Option<Timestamp>), Stopped> {
    let database = database::open_to_read(place).await?;
    let last = database.begin().await?.last_line_at().await?;
    Ok((last, database.time()))
}

/// Makes due what a clock that was ahead has put off for longer than any network does.
///
/// # Errors
/// What the database says.
pub async fn hasten(database: &Database, now: Timestamp) -> Result<(), StoreError> {
    let now = database.time().unwrap_or(now);
    let until = now.saturating_add(LONGEST_WAIT).unwrap_or(Timestamp::MAX);
    let mut transaction = database.begin().await?;
    transaction.hasten(now, until).await?;
    transaction.commit().await
}
