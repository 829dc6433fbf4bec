//! Hears what happens in the configured rooms: syncs, fills what a sync left out, and passes it on to be handed over.

use std::time::Duration;

use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::api::client::filter::{FilterDefinition, LazyLoadOptions, RoomEventFilter};
use matrix_sdk::ruma::api::client::sync::sync_events::v3::Filter;
use matrix_sdk::ruma::{EventId, OwnedRoomId, uint};
use matrix_sdk::sync::{SyncResponse, Timeline};
use matrix_sdk::{Client, Error, Room, RoomState};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::chat::backoff::Backoff;
use crate::chat::matrix::backfill::{Gap, backfill};
use crate::chat::matrix::deliver::Delivery;
use crate::chat::matrix::fault::{fault_of, is_not_there};
use crate::chat::matrix::lanes::Batch;
use crate::chat::matrix::place::Place;
use crate::chat::matrix::sift::{News, Sifted, sift, since_entering};
use crate::domain::fault::{Cause, Fault};
use crate::domain::name;
use crate::port::chat::Intake;

/// How long the server holds a sync open while nothing happens.
const LONG_POLL: Duration = Duration::from_secs(30);

/// The most unreadable messages of a room that are fetched and tried again at a start, the newest first: keys of older
/// ones hardly turn up any more, and each is a request.
const MOST_TRIED_AGAIN: usize = 100;

/// Syncs and hands over until stopped.
///
/// # Errors
/// `CredentialsRefused` when the device was logged out: a person has to log the bot in again.
pub async fn listen(
    client: &Client,
    rooms: &[OwnedRoomId],
    key_patience: Duration,
    intake: &dyn Intake,
    stop: &CancellationToken,
) -> Result<(), Fault> {
    let taken = Place::kept(client).await?;
    let over = stop.child_token();
    // One sync is handed over while the next is under way; more would only grow the memory.
    let (send, receive) = mpsc::channel(1);
    let delivery = Delivery::new(client, intake, key_patience);
    let hearing = async {
        let outcome = Hearing { client, rooms, intake, stop: &over }.run(taken, send).await;
        over.cancel();
        outcome
    };
    let (outcome, ()) = tokio::join!(hearing, delivery.run(receive, &over));
    outcome
}

struct Hearing<'a> {
    client: &'a Client,
    rooms: &'a [OwnedRoomId],
    intake: &'a dyn Intake,
    stop: &'a CancellationToken,
}

impl Hearing<'_> {
    async fn run(&self, taken: Option<Place>, send: mpsc::Sender<Batch>) -> Result<(), Fault> {
        let mut received = taken;
        let mut is_first = true;
        // The SDK keeps its own place before we have taken anything. So at the start, and after a sync of which we
        // can't tell how far it got, what is new is read from the rooms themselves.
        let mut in_doubt = true;
        let mut backoff = Backoff::new("Matrix");
        while !self.stop.is_cancelled() {
            let answer = tokio::select! {
                answer = self.client.sync_once(sync_settings(in_doubt)) => answer,
                () = self.stop.cancelled() => return Ok(()),
            };
            let gathered = match answer {
                Ok(response) => {
                    self.join_where_invited().await;
                    self.gather_patiently(&response, received.as_ref(), in_doubt, is_first).await
                }
                Err(error) => {
                    in_doubt = true;
                    let fault = fault_of(&error);
                    if *fault.cause() == Cause::CredentialsRefused {
                        return Err(fault);
                    }
                    backoff.wait("sync", &fault, self.stop).await;
                    continue;
                }
            };
            let Some(batch) = gathered else { return Ok(()) };
            (in_doubt, is_first, backoff) = (false, false, Backoff::new("Matrix"));
            received = Some(batch.place.clone());
            if send.send(batch).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Accepts invitations to configured rooms; others are left as they are, without an answer.
    async fn join_where_invited(&self) {
        for room in self.client.invited_rooms().iter().filter(|room| self.rooms.iter().any(|id| id == room.room_id())) {
            match room.join().await {
                Ok(()) => tracing::info!(room = %room.room_id(), "Matrix: joined"),
                Err(error) => tracing::warn!(room = %room.room_id(), %error, "Matrix: could not join"),
            }
        }
    }

    /// [`gather`](Self::gather) until it works; `None` when stopped before.
    async fn gather_patiently(
        &self,
        response: &SyncResponse,
        after: Option<&Place>,
        in_doubt: bool,
        is_first: bool,
    ) -> Option<Batch> {
        let mut backoff = Backoff::new("Matrix");
        while !self.stop.is_cancelled() {
            match self.gather(response, after, in_doubt, is_first).await {
                Ok(batch) => return Some(batch),
                Err(error) => backoff.wait("read back a room", &fault_of(&error), self.stop).await,
            }
        }
        None
    }

    /// All that a sync brought of the configured rooms, without gaps.
    async fn gather(
        &self,
        response: &SyncResponse,
        after: Option<&Place>,
        in_doubt: bool,
        is_first: bool,
    ) -> Result<Batch, Error> {
        let mut batch = Batch { place: Place(response.next_batch.clone()), rooms: Vec::new(), again: Vec::new() };
        for room in self.rooms.iter().filter_map(|id| self.client.get_room(id)) {
            if is_first {
                batch.again.extend(self.unreadable_again(&room).await?);
            }
            let (joined, left) = (response.rooms.joined.get(room.room_id()), response.rooms.left.get(room.room_id()));
            let timeline = joined.map(|update| &update.timeline).or(left.map(|update| &update.timeline));
            let history = match timeline {
                None if in_doubt && room.state() == RoomState::Joined => self.read_back(&room, None, after).await?,
                None => continue,
                Some(timeline) if in_doubt => {
                    let mut history = self.read_back(&room, None, after).await?;
                    // Twice is harmless; and a room that we were thrown out of may not let itself be read back.
                    history.extend(self.sifted(&room, timeline));
                    history
                }
                Some(timeline) if timeline.limited && timeline.prev_batch.is_some() => {
                    let mut history = self.read_back(&room, timeline.prev_batch.clone(), after).await?;
                    history.extend(self.sifted(&room, timeline));
                    history
                }
                Some(timeline) => self.sifted(&room, timeline),
            };
            batch.rooms.push((room.room_id().to_owned(), since_entering(history)));
        }
        Ok(batch)
    }

    fn sifted(&self, room: &Room, timeline: &Timeline) -> Vec<Sifted> {
        let events = timeline.events.iter();
        events.filter_map(|event| sift(event, room.room_id(), room.own_user_id())).collect()
    }

    async fn read_back(
        &self,
        room: &Room,
        before: Option<String>,
        after: Option<&Place>,
    ) -> Result<Vec<Sifted>, Error> {
        match backfill(room, Gap { before, after }, self.intake).await {
            Err(error) if is_not_there(&error) => {
                tracing::warn!(room = %room.room_id(), %error, "Matrix: the room can't be read back");
                Ok(Vec::new())
            }
            other => other,
        }
    }

    /// Messages that an earlier run could not read.
    async fn unreadable_again(&self, room: &Room) -> Result<Vec<(OwnedRoomId, News)>, Error> {
        let ids = self.intake.unreadable(&name::RoomId(room.room_id().to_string())).await;
        let mut again = Vec::new();
        for id in ids.iter().skip(ids.len().saturating_sub(MOST_TRIED_AGAIN)) {
            let Ok(event_id) = EventId::parse(id.as_str()) else { continue };
            match room.event(&event_id, None).await {
                Ok(event) => {
                    if let Some(Sifted::News(news)) = sift(&event, room.room_id(), room.own_user_id()) {
                        again.push((room.room_id().to_owned(), news));
                    }
                }
                Err(error) if is_not_there(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(again)
    }
}

/// Asks the server for no more than is read: no presence, no receipts or typing, only the members that are needed.
pub fn sync_settings(at_once: bool) -> SyncSettings {
    let mut filter = FilterDefinition::default();
    filter.presence.types = Some(Vec::new());
    filter.room.ephemeral = RoomEventFilter::ignore_all();
    filter.room.state.lazy_load_options = LazyLoadOptions::Enabled { include_redundant_members: false };
    filter.room.timeline.limit = Some(uint!(50));
    let timeout = if at_once { Duration::ZERO } else { LONG_POLL };
    SyncSettings::new().filter(Filter::FilterDefinition(filter)).timeout(timeout)
}
