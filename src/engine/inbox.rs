//! Takes what arrives from the chats: each event once, everything it changes in one transaction.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use tokio::sync::Notify;
use tracing::{error, warn};

use crate::command::catalog::Catalog;
use crate::domain::name::{ArrivalId, DraftNumber, RoomId};
use crate::engine::commands::beginning;
use crate::engine::desk::{Desk, Desks};
use crate::engine::turn::Turn;
use crate::port::chat::{Arrival, Happening, Intake};
use crate::port::clock::Clock;
use crate::store::database::{Database, StoreError};

/// The way in. One for all chats.
pub struct Inbox {
    database: Arc<Database>,
    catalog: Arc<Catalog>,
    desks: Arc<Desks>,
    clock: Arc<dyn Clock>,
    owed: Arc<Notify>,
}

/// How long to wait before an arrival is tried again that the store could not take (a full disk, say): short enough
/// that a freed disk is noticed while the officer still looks at the phone.
const STORE_RETRY: Duration = Duration::from_secs(2);

/// How many unreadable messages of a room are tried again: older ones have scrolled out of anyone's mind.
const MOST_UNREADABLE: u32 = 200;

/// How many drafts are suggested while a number is typed: what Discord shows
/// (<https://docs.discord.com/developers/interactions/application-commands#autocomplete>).
const MOST_SUGGESTED: u32 = 25;

impl Inbox {
    /// An inbox that writes to that database and rings `owed` when something is to be carried out.
    pub fn new(
        database: Arc<Database>,
        catalog: Arc<Catalog>,
        desks: Arc<Desks>,
        clock: Arc<dyn Clock>,
        owed: Arc<Notify>,
    ) -> Self {
        Self { database, catalog, desks, clock, owed }
    }

    async fn try_take(&self, desk: &Desk, arrival: &Arrival) -> Result<(), StoreError> {
        let is_readable = !matches!(arrival.what, Happening::Unreadable { .. });
        let mut transaction = self.database.begin_for(&desk.directorate.code).await?;
        if !transaction.take_arrival(&arrival.id, &arrival.room, arrival.at, is_readable).await? {
            return Ok(());
        }
        let mut turn = Turn::new(&mut transaction, &self.catalog, desk, arrival, self.clock.now());
        turn.handle().await?;
        transaction.commit().await
    }

    async fn pause(&self) {
        let pause = SignedDuration::try_from(STORE_RETRY).unwrap_or_default();
        self.clock.sleep_until(self.clock.now().saturating_add(pause).unwrap_or_default()).await;
    }
}

#[async_trait]
impl Intake for Inbox {
    async fn take(&self, arrival: Arrival) {
        let Some(desk) = self.desks.of_room(&arrival.room) else {
            warn!(room = %arrival.room, "something arrived from a room that belongs to no directorate");
            return;
        };
        while let Err(trouble) = self.try_take(desk, &arrival).await {
            error!(%trouble, arrival = %arrival.id, "could not record an arrival; trying again");
            self.pause().await;
        }
        self.owed.notify_one();
    }

    async fn has_seen(&self, id: &ArrivalId) -> bool {
        let look = async { self.database.begin().await?.has_seen(id).await };
        // In doubt it was not seen: handing an arrival over twice is harmless.
        look.await.inspect_err(|trouble: &StoreError| error!(%trouble, "could not look an arrival up")).unwrap_or(false)
    }

    async fn unreadable(&self, room: &RoomId) -> Vec<ArrivalId> {
        let look = async { self.database.begin().await?.unreadable(room, MOST_UNREADABLE).await };
        let found =
            look.await.inspect_err(|trouble: &StoreError| error!(%trouble, "could not list what was unreadable"));
        found.unwrap_or_default()
    }

    async fn drafts(&self, room: &RoomId) -> Vec<(DraftNumber, String)> {
        let Some(desk) = self.desks.of_room(room) else { return Vec::new() };
        let look = async { self.database.begin().await?.live_drafts(&desk.directorate.code, MOST_SUGGESTED).await };
        let found = look.await.inspect_err(|trouble: &StoreError| error!(%trouble, "could not list the drafts"));
        found.unwrap_or_default().iter().rev().map(|draft| (draft.number.clone(), beginning(draft))).collect()
    }
}
