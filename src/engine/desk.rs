//! The desk of one directorate: all that is needed to handle what happens in its rooms, and nothing of another's.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use crate::command::render::Destination;
use crate::command::spec::Spec;
use crate::domain::directorate::Directorate;
use crate::domain::name::{AccountName, CommandWord, DirectorateCode, PersonId, RoomId};
use crate::domain::policy::Policy;
use crate::port::chat::Chat;
use crate::port::network::Network;
use crate::wording::speaker::Audience;

/// One directorate at work.
pub struct Desk {
    /// Its people, rooms and accounts.
    pub directorate: Directorate,
    /// The zone in which its people say hours.
    pub time_zone: TimeZone,
    /// Rules of approval that the directorate sets itself; other commands follow their files.
    pub policies: HashMap<CommandWord, Policy>,
    /// Its accounts with their limits, in the order in which a card shows them.
    pub destinations: Vec<Destination>,
    /// The chat that each of its rooms is in.
    pub chats: HashMap<RoomId, Arc<dyn Chat>>,
    /// The network behind each of its accounts.
    pub networks: HashMap<AccountName, Arc<dyn Network>>,
    /// Those whom it may ask to show its posts on.
    pub neighbours: Neighbours,
}

/// The directorates that may be asked for a relay: nothing is known of them but where to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    /// The one that is asked where none is named.
    pub national: Option<DirectorateCode>,
    /// The room of each in which it is asked.
    pub rooms: BTreeMap<DirectorateCode, RoomId>,
}

impl Desk {
    /// The rule of approval for a new draft of that command.
    pub fn policy(&self, spec: &Spec) -> Policy {
        self.policies.get(&spec.word).unwrap_or(&spec.policy).clone()
    }

    /// Those who hear what the bot says in its rooms; `names` has those whom the configuration does not name.
    pub fn audience<'a>(&'a self, names: &'a BTreeMap<PersonId, String>) -> Audience<'a> {
        Audience { directorate: &self.directorate, time_zone: &self.time_zone, names }
    }

    /// A time as the directorate's people read it on their clocks.
    pub fn local(&self, time: Timestamp) -> ZonedDateTime {
        time.to_zoned_datetime(self.time_zone.clone())
    }
}

/// All desks of this process. A room leads to one desk, and from a desk no other can be reached: of its neighbours it only
/// knows where to ask them for a relay.
#[derive(Default)]
pub struct Desks {
    desks: Vec<Arc<Desk>>,
}

impl Desks {
    /// All desks, in the configuration's order.
    pub fn new(desks: Vec<Arc<Desk>>) -> Self {
        Self { desks }
    }

    /// The desk that a room belongs to.
    pub fn of_room(&self, room: &RoomId) -> Option<&Arc<Desk>> {
        self.desks.iter().find(|desk| desk.directorate.rooms.contains(room))
    }
}
