//! What a process hears from the database while it waits: that something is owed, and what time it is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_postgres::AsyncMessage;
use tracing::{info, warn};

use crate::store::database::StoreError;
use crate::store::postgres::link::{Link, read};
use crate::store::postgres::place::Place;
use crate::store::postgres::trouble::unready;

/// The channel on which a commit that owes something is told.
pub(in crate::store::postgres) const CHANNEL: &str = "portevoix_owed";

/// How often the time is asked for: the clocks of two machines drift apart by less than a millisecond meanwhile. It also
/// tells whether anybody is still at the other end.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// How long to wait before another connection is tried: doubled each time, up to this.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The first such wait.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// A reading that took longer says less than the one before it.
const SLOWEST_READING: Duration = Duration::from_secs(1);

/// What was heard.
#[derive(Default)]
pub(in crate::store::postgres) struct Heard {
    /// Rings when another process may have owed something.
    pub owed: Notify,
    time: Mutex<Option<Reading>>,
}

/// The database's time at a moment of this process.
#[derive(Clone, Copy)]
struct Reading {
    time: Timestamp,
    taken: Instant,
}

impl Heard {
    /// The database's time now: what it last said and this process's own steady clock since. A machine whose clock is
    /// wrong or set meanwhile changes nothing.
    pub fn time(&self) -> Option<Timestamp> {
        let reading = (*self.time.lock().unwrap_or_else(PoisonError::into_inner))?;
        let since = SignedDuration::try_from(reading.taken.elapsed()).unwrap_or(SignedDuration::MAX);
        Some(reading.time.saturating_add(since).unwrap_or(Timestamp::MAX))
    }

    /// Asks the database for its time.
    ///
    /// # Errors
    /// What the server says.
    pub async fn read_time(&self, link: &mut Link, place: &str) -> Result<(), StoreError> {
        let asked = Instant::now();
        let sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";
        let rows = link.rows(sql, &[]).await.map_err(|fault| unready(place, fault))?;
        let taken = Instant::now();
        let row = rows.first().ok_or(StoreError::Undone)?;
        let time = Timestamp::from_microsecond(read(row)?.number(0)?).unwrap_or_default();
        // It was read somewhere on the way there and back: half of it is wrong by half at most.
        let way = taken.duration_since(asked);
        let back = SignedDuration::try_from(way / 2).unwrap_or_default();
        let mut known = self.time.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none() || way <= SLOWEST_READING {
            *known = Some(Reading { time: time.saturating_add(back).unwrap_or(time), taken });
        }
        Ok(())
    }
}

/// Listens for ever. A connection that was lost is made again, and then it rings: something may have been missed.
pub(in crate::store::postgres) async fn watch(place: Place, name: String, heard: Arc<Heard>) {
    let mut wait = FIRST_WAIT;
    loop {
        let since = Instant::now();
        let trouble = match listen(&place, &name, &heard).await {
            Ok(()) => String::new(),
            Err(trouble) => trouble.to_string(),
        };
        if since.elapsed() > LONGEST_WAIT {
            wait = FIRST_WAIT;
        }
        warn!(trouble, "no longer told what others owe; connecting again");
        sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// Listens until the connection is lost.
async fn listen(place: &Place, name: &str, heard: &Arc<Heard>) -> Result<(), StoreError> {
    let (own, ringing) = (name.to_owned(), heard.clone());
    let told = move |message| {
        // What this process has owed itself it knows already.
        if let AsyncMessage::Notification(told) = message
            && told.payload() != own
        {
            ringing.owed.notify_one();
        }
    };
    let mut link = Link::open(place, "portevoix (veille)", told).await?;
    link.batch(&format!("LISTEN {CHANNEL}")).await.map_err(|fault| unready(&place.name, fault))?;
    heard.owed.notify_one();
    info!("listening for what others owe");
    loop {
        heard.read_time(&mut link, &place.name).await?;
        if timeout(HEARTBEAT, link.until_gone()).await.is_ok() {
            return Ok(());
        }
    }
}
