//! Reads a room backwards for what a sync left out: after a crash, after being away for long, after joining.

use matrix_sdk::room::MessagesOptions;
use matrix_sdk::ruma::api::client::filter::RoomEventFilter;
use matrix_sdk::ruma::uint;
use matrix_sdk::{Error, Room};

use crate::chat::matrix::place::Place;
use crate::chat::matrix::sift::{Sifted, sift};
use crate::port::chat::Intake;

/// The most pages that are read back, of 100 events each: a room that was this busy while we were away needs people to
/// look, and the memory for more would be the whole process's.
const MOST_PAGES: usize = 100;

/// The event types that can mean something to us.
const TYPES: [&str; 5] = ["m.room.message", "m.room.encrypted", "m.reaction", "m.room.redaction", "m.room.member"];

/// The part of a room's history that is wanted, read from its end.
pub struct Gap<'a> {
    /// Where the events begin that we have already; `None` for the end of the room.
    pub before: Option<String>,
    /// Where the events end that were taken already, if that is known.
    pub after: Option<&'a Place>,
}

/// What happened in the gap and was not taken yet, oldest first.
///
/// Reading stops at `after`, where the bot itself joined, at a page of which everything was taken already, or after
/// `MOST_PAGES`. Not at the first event that was taken: between servers, an event may come late and stand before it.
///
/// # Errors
/// What the server says; nothing was changed, it can be tried again.
pub async fn backfill(room: &Room, gap: Gap<'_>, intake: &dyn Intake) -> Result<Vec<Sifted>, Error> {
    let mut newest_first = Vec::new();
    let mut from = gap.before;
    for _ in 0..MOST_PAGES {
        let mut filter = RoomEventFilter::default();
        filter.types = Some(TYPES.map(str::to_owned).to_vec());
        let mut options = MessagesOptions::backward().from(from.as_deref());
        options.to = gap.after.map(|place| place.0.clone());
        options.limit = uint!(100);
        options.filter = filter;
        let page = room.messages(options).await?;
        let (mut old, mut new) = (0, 0);
        for event in &page.chunk {
            match sift(event, room.room_id(), room.own_user_id()) {
                Some(Sifted::Entered) => {
                    newest_first.push(Sifted::Entered);
                    newest_first.reverse();
                    return Ok(newest_first);
                }
                Some(Sifted::News(news)) if intake.has_seen(news.id()).await => old += 1,
                Some(Sifted::News(news)) => {
                    new += 1;
                    newest_first.push(Sifted::News(news));
                }
                None => {}
            }
        }
        from = page.end;
        if from.is_none() || (old > 0 && new == 0) {
            newest_first.reverse();
            return Ok(newest_first);
        }
    }
    tracing::warn!(room = %room.room_id(), pages = MOST_PAGES, "too much happened while away; the oldest is left out");
    newest_first.reverse();
    Ok(newest_first)
}
