//! What the engine owes the world, as it is kept in the store until it is carried out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::draft::Draft;
use crate::domain::effect::{Effect, publish_key};
use crate::domain::fault::Receipt;
use crate::domain::name::{AccountName, DraftNumber, EffectKey, MessageId, PersonId, RevisionNumber, RoomId};
use crate::domain::notice::Notice;
use crate::domain::picture::Coming;
use crate::domain::relay::{Asked, RelayNotice};
use crate::domain::sequel::Kind;
use crate::engine::removing::FIRST_LOOK;
use crate::port::chat::Attachment;
use crate::store::database::StoreError;
use crate::store::outbox::{Again, Debt};

/// Something owed. Every variant names its room, and with it the desk that owes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Owed {
    /// Make the card of a revision show what is true now.
    Card {
        /// Where it is.
        room: RoomId,
        /// Of which draft.
        number: DraftNumber,
        /// Of which revision.
        revision: RevisionNumber,
    },
    /// Say something.
    Say {
        /// Where.
        room: RoomId,
        /// In which thread.
        place: Place,
        /// What.
        notice: Box<Notice>,
    },
    /// Publish an approved draft on one account.
    Publish {
        /// The draft's room.
        room: RoomId,
        /// Which draft.
        number: DraftNumber,
        /// On which account.
        account: AccountName,
    },
    /// Open a draft in the room of those who are asked for a relay.
    AskRelay {
        /// Their room.
        room: RoomId,
        /// Whose post.
        of: DraftNumber,
        /// The room that asks.
        asking: RoomId,
        /// Who asks.
        by: PersonId,
    },
    /// Note with the original that a relay was opened.
    NoteRelay {
        /// The original's room.
        room: RoomId,
        /// The original.
        number: DraftNumber,
        /// The relay.
        asked: Asked,
    },
    /// End a relay, because the original was closed or rectified.
    EndRelay {
        /// The relay's room.
        room: RoomId,
        /// The relay.
        number: DraftNumber,
        /// The draft that closes or rectifies the original.
        by: DraftNumber,
        /// Which of both.
        kind: Kind,
    },
    /// Take back what an account shows on.
    Undo {
        /// The relay's room.
        room: RoomId,
        /// The relay.
        number: DraftNumber,
        /// Where.
        account: AccountName,
        /// What.
        receipt: Receipt,
    },
    /// Look whether an old post is gone from an account.
    Check {
        /// The room of the draft for which it was taken down.
        room: RoomId,
        /// That draft.
        number: DraftNumber,
        /// Where.
        account: AccountName,
        /// When it was taken down.
        since: Timestamp,
    },
    /// Fetch a file that someone attached, and put it into a draft as a picture.
    Picture {
        /// The draft's room.
        room: RoomId,
        /// Which draft.
        number: DraftNumber,
        /// Who attached it.
        by: PersonId,
        /// Its place in the draft.
        coming: Box<Coming>,
        /// What the chat needs to fetch it.
        attachment: Box<Attachment>,
    },
    /// Look at a draft again.
    Wake {
        /// The draft's room.
        room: RoomId,
        /// Which draft.
        number: DraftNumber,
    },
}

/// Where in a room something is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In the thread of a draft's current card.
    Draft(DraftNumber),
    /// In the thread of a person's message.
    Under(MessageId),
}

impl Owed {
    /// The debt of an effect that was decided for a draft. `journal_position` is where the decision stands in the
    /// journal, `place` counts the effects of the decision.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON.
    pub fn of(
        effect: Effect,
        draft: &Draft,
        journal_position: i64,
        place: usize,
        now: Timestamp,
    ) -> Result<(Debt, Again), StoreError> {
        let (room, number) = (draft.room.clone(), draft.number.clone());
        let (key, owed, due_at, again) = match effect {
            Effect::ShowCard(revision) => {
                let key = EffectKey(format!("card/{number}/{revision}"));
                (key, Self::Card { room, number, revision }, now, Again::Renew)
            }
            Effect::Tell(notice) => {
                let key = EffectKey(format!("tell/{number}/{journal_position}/{place}"));
                let owed = Self::Say { room, place: Place::Draft(number), notice: Box::new(notice) };
                (key, owed, now, Again::Unheard)
            }
            Effect::Publish(account) => {
                let key = publish_key(&number, draft.revision.number, &account);
                (key, Self::Publish { room, number, account }, now, Again::Renew)
            }
            Effect::Check(account) => {
                let key = EffectKey(format!("check/{number}/{account}"));
                let first = now.saturating_add(FIRST_LOOK).unwrap_or(now);
                (key, Self::Check { room, number, account, since: now }, first, Again::Unheard)
            }
            Effect::Answer(answer) => {
                let key = EffectKey(format!("answer-relay/{number}/{journal_position}/{place}"));
                let (asking, of) = match &draft.revision.relay {
                    Some(relay) => (relay.room.clone(), relay.of.clone()),
                    // Only relays have answers.
                    None => (room, number.clone()),
                };
                let notice = Box::new(Notice::Relay(RelayNotice::Answered { relay: number, answer }));
                (key, Self::Say { room: asking, place: Place::Draft(of), notice }, now, Again::Unheard)
            }
            Effect::Undo(account, receipt) => {
                let key = EffectKey(format!("undo/{number}/{account}"));
                (key, Self::Undo { room, number, account, receipt }, now, Again::Renew)
            }
            Effect::Wake(at) => {
                let key = EffectKey(format!("wake/{number}/{}", at.as_millisecond()));
                (key, Self::Wake { room, number }, at, Again::Unheard)
            }
        };
        Ok((Debt { version: journal_position, ..owed.debt(key, due_at)? }, again))
    }

    /// The row that keeps it. What is said in one room is said in order, and a draft's pictures come in the order in which
    /// they were sent; everything else goes side by side.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON.
    pub fn debt(&self, key: EffectKey, due_at: Timestamp) -> Result<Debt, StoreError> {
        let lane = match self {
            Self::Card { room, .. } | Self::Say { room, .. } => Self::lane_of(room),
            Self::Picture { number, .. } => format!("pictures/{number}"),
            Self::Publish { .. }
            | Self::Check { .. }
            | Self::AskRelay { .. }
            | Self::NoteRelay { .. }
            | Self::EndRelay { .. }
            | Self::Undo { .. }
            | Self::Wake { .. } => key.to_string(),
        };
        let body = serde_json::to_string(self).map_err(|cause| StoreError::Row { table: "owed", cause })?;
        Ok(Debt { key, lane, body, due_at, version: 0 })
    }

    /// The lane of all that is said in a room.
    pub fn lane_of(room: &RoomId) -> String {
        format!("room/{room}")
    }

    /// Reads it back from its row.
    ///
    /// # Errors
    /// When the row is not what this version writes.
    pub fn read(debt: &Debt) -> Result<Self, StoreError> {
        serde_json::from_str(&debt.body).map_err(|cause| StoreError::Row { table: "owed", cause })
    }

    /// The room it concerns.
    pub fn room(&self) -> &RoomId {
        match self {
            Self::Card { room, .. }
            | Self::Say { room, .. }
            | Self::Publish { room, .. }
            | Self::Check { room, .. }
            | Self::AskRelay { room, .. }
            | Self::NoteRelay { room, .. }
            | Self::EndRelay { room, .. }
            | Self::Undo { room, .. }
            | Self::Picture { room, .. }
            | Self::Wake { room, .. } => room,
        }
    }
}
