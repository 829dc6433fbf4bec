//! Hands events over to the intake, each room's in order, and opens locked ones when their keys come.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use matrix_sdk::Client;
use matrix_sdk::ruma::{EventId, OwnedRoomId, RoomId};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::chat::backoff::Backoff;
use crate::chat::matrix::fault::{fault_of, is_not_there};
use crate::chat::matrix::identity::looked_into;
use crate::chat::matrix::lanes::{Batch, Due, Lanes};
use crate::chat::matrix::sift::{Locked, News, Sifted, sift};
use crate::domain::name::{MessageId, PersonId};
use crate::port::chat::{Arrival, Happening, Intake};

/// The most events that wait here for keys or for the intake before syncing pauses: two of the largest backfills.
const MOST_WAITING: usize = 20_000;

/// The most unreadable events kept at hand for a key that comes late; older ones are tried again at the next start.
const MOST_GIVEN_UP: usize = 1_000;

/// Room and megolm session of each key that came; `None` when there were too many to follow.
type NewKeys = Option<Vec<(OwnedRoomId, String)>>;

/// Everything between the sync and the intake.
pub struct Delivery<'a> {
    client: &'a Client,
    intake: &'a dyn Intake,
    key_patience: Duration,
    lanes: Lanes,
    given_up: VecDeque<(OwnedRoomId, Locked)>,
}

/// What became of a locked event.
enum Opened {
    StillLocked,
    Readable(Box<Arrival>),
    /// It can be read, and is nothing for us (a poll, say).
    NothingForUs,
}

impl<'a> Delivery<'a> {
    /// Nothing is waiting yet.
    pub fn new(client: &'a Client, intake: &'a dyn Intake, key_patience: Duration) -> Self {
        Self { client, intake, key_patience, lanes: Lanes::default(), given_up: VecDeque::new() }
    }

    /// Hands over what comes, until stopped or until no more comes. When stopped, what is being taken is finished.
    pub async fn run(mut self, mut batches: mpsc::Receiver<Batch>, stop: &CancellationToken) {
        let mut new_keys = new_keys(self.client).await;
        loop {
            self.hand_over_what_is_due(stop).await;
            if stop.is_cancelled() {
                return;
            }
            let deadline = self.lanes.next_deadline();
            tokio::select! {
                batch = batches.recv(), if self.lanes.len() < MOST_WAITING => match batch {
                    Some(batch) => self.add(batch, stop).await,
                    None => return,
                },
                Some(keys) = new_keys.next() => {
                    self.open_waiting(keys.as_deref()).await;
                    self.open_given_up(keys.as_deref(), stop).await;
                }
                () = tokio::time::sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {}
                () = stop.cancelled() => return,
            }
        }
    }

    async fn add(&mut self, batch: Batch, stop: &CancellationToken) {
        for (room, news) in batch.again {
            match news {
                News::Readable(arrival) => {
                    self.hand_over(&room, arrival, stop).await;
                }
                News::Locked(locked) => self.give_up(room, locked),
            }
        }
        self.lanes.add(batch.place, batch.rooms, Instant::now() + self.key_patience);
        // A key may have come between the sync and now.
        self.open_waiting(None).await;
    }

    async fn hand_over_what_is_due(&mut self, stop: &CancellationToken) {
        while let Some(due) = self.lanes.next(Instant::now()) {
            if stop.is_cancelled() || !self.hand_over_due(&due, stop).await {
                return;
            }
            self.lanes.settle(&due);
        }
        if let Some(place) = self.lanes.reached()
            && let Err(fault) = place.keep(self.client).await
        {
            tracing::warn!(%fault, "Matrix: the place in the stream could not be kept");
        }
    }

    /// Returns whether it was done; not when stopped before.
    async fn hand_over_due(&mut self, due: &Due, stop: &CancellationToken) -> bool {
        match &due.news {
            News::Readable(arrival) => self.hand_over(&due.room, arrival.clone(), stop).await,
            News::Locked(locked) => {
                self.intake.take(locked.arrival.clone()).await;
                self.give_up(due.room.clone(), locked.clone());
                true
            }
        }
    }

    /// Hands over, unless it is an edit of another's message. Returns whether it was done; not when stopped before.
    async fn hand_over(&self, room: &RoomId, arrival: Arrival, stop: &CancellationToken) -> bool {
        if let Happening::Edited { message, .. } = &arrival.what {
            match self.is_author(room, message, &arrival.by, stop).await {
                Some(true) => {}
                Some(false) => return true,
                None => return false,
            }
        }
        self.intake.take(looked_into(self.client, room, arrival).await).await;
        true
    }

    /// Keeps an unreadable event for a key that may come yet.
    fn give_up(&mut self, room: OwnedRoomId, locked: Locked) {
        if self.given_up.len() == MOST_GIVEN_UP {
            self.given_up.pop_front();
        }
        self.given_up.push_back((room, locked));
    }

    /// Tries the waiting events that these keys may open; all of them if the keys aren't known.
    async fn open_waiting(&mut self, keys: Option<&[(OwnedRoomId, String)]>) {
        for (room, locked) in self.lanes.locked().into_iter().filter(|(room, locked)| may_open(keys, room, locked)) {
            match self.try_again(&room, &locked).await {
                Opened::StillLocked => {}
                Opened::Readable(arrival) => self.lanes.unlock(&locked.arrival.id, Some(News::Readable(*arrival))),
                Opened::NothingForUs => self.lanes.unlock(&locked.arrival.id, None),
            }
        }
    }

    /// Tries what was handed over as unreadable. What can be read now is handed over late.
    async fn open_given_up(&mut self, keys: Option<&[(OwnedRoomId, String)]>, stop: &CancellationToken) {
        let (hopeful, hopeless): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.given_up).into_iter().partition(|(room, locked)| may_open(keys, room, locked));
        self.given_up = hopeless;
        for (room, locked) in hopeful {
            match self.try_again(&room, &locked).await {
                Opened::StillLocked => self.given_up.push_back((room, locked)),
                Opened::Readable(arrival) => {
                    // Not done when stopped: the intake still has it as unreadable, and the next start tries again.
                    self.hand_over(&room, *arrival, stop).await;
                }
                Opened::NothingForUs => {}
            }
        }
    }

    /// Decrypts once more; a failure makes the SDK ask for the key again, of our other devices and of the backup.
    async fn try_again(&self, room: &RoomId, locked: &Locked) -> Opened {
        let Some(handle) = self.client.get_room(room) else { return Opened::StillLocked };
        let Ok(event) = handle.decrypt_event(&locked.event, None).await else { return Opened::StillLocked };
        match sift(&event, room, handle.own_user_id()) {
            Some(Sifted::News(News::Readable(arrival))) => Opened::Readable(Box::new(arrival)),
            Some(Sifted::News(News::Locked(_))) => Opened::StillLocked,
            Some(Sifted::Entered) | None => Opened::NothingForUs,
        }
    }

    /// Whether that person wrote that message: servers pass on anyone's edit of anything
    /// (<https://spec.matrix.org/v1.18/client-server-api/#validity-of-replacement-events>). `None` when stopped before
    /// the server answered.
    async fn is_author(
        &self,
        room: &RoomId,
        message: &MessageId,
        person: &PersonId,
        stop: &CancellationToken,
    ) -> Option<bool> {
        let (Some(handle), Ok(id)) = (self.client.get_room(room), EventId::parse(message.as_str())) else {
            return Some(false);
        };
        let mut backoff = Backoff::new("Matrix");
        while !stop.is_cancelled() {
            match handle.event(&id, None).await {
                Ok(original) => {
                    return Some(original.sender().is_some_and(|sender| sender.as_str() == person.as_str()));
                }
                Err(error) if is_not_there(&error) => return Some(false),
                Err(error) => backoff.wait("look up who wrote an edited message", &fault_of(&error), stop).await,
            }
        }
        None
    }
}

/// The room keys that come from now on.
async fn new_keys(client: &Client) -> BoxStream<'static, NewKeys> {
    match client.encryption().room_keys_received_stream().await {
        Some(keys) => {
            keys.map(|keys| Some(keys.ok()?.into_iter().map(|key| (key.room_id, key.session_id)).collect())).boxed()
        }
        None => stream::pending().boxed(),
    }
}

fn may_open(keys: Option<&[(OwnedRoomId, String)]>, room: &OwnedRoomId, locked: &Locked) -> bool {
    match (keys, &locked.session) {
        (None, _) | (_, None) => true,
        (Some(keys), Some(session)) => keys.iter().any(|key| key.0 == *room && key.1 == *session),
    }
}
