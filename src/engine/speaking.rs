//! Says what is owed to a room: cards, kept up to date in place, and what is told in their threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tracing::{info, warn};

use crate::domain::draft::Draft;
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::{DraftNumber, EffectKey, MessageId, PersonId, RevisionNumber, RoomId};
use crate::domain::notice::Notice;
use crate::domain::prose::Prose;
use crate::engine::desk::Desk;
use crate::engine::outbox::Outbox;
use crate::engine::owed::Place;
use crate::engine::turn::answer_glyph;
use crate::port::chat::Chat;
use crate::store::database::{StoreError, Transaction};
use crate::store::messages::{Card, Meaning};
use crate::store::outbox::Claim;

/// Where something is said: under which message, to which draft, and what people are called there.
type Thread = (MessageId, Option<Draft>, BTreeMap<PersonId, String>);

impl Outbox {
    /// Makes the card of a revision show what is true now: says it, or edits what was said, and puts the glyphs under it.
    pub(in crate::engine) async fn show_card(
        &self,
        claim: &Claim,
        desk: &Desk,
        number: &DraftNumber,
        revision: RevisionNumber,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let (draft, card) = (transaction.draft(number).await?, transaction.card(number, revision).await?);
        let names = transaction.names().await?;
        let key = spoken(&mut transaction, &claim.debt.key).await?;
        drop(transaction);
        let Some(draft) = draft else { return self.settle(claim).await };
        let Some(chat) = desk.chats.get(&draft.room) else {
            return self.put_off_words(claim, None, claim.may_be_said()).await;
        };
        let prose = self.speaker.card(&draft, revision, &desk.audience(&names));
        match self.try_show_card((claim, &key), desk, chat, &draft, (revision, card, prose)).await? {
            Ok(()) => self.settle(claim).await,
            Err(fault) => self.silenced(claim, fault).await,
        }
    }

    async fn try_show_card(
        &self,
        (claim, key): (&Claim, &EffectKey),
        desk: &Desk,
        chat: &Arc<dyn Chat>,
        draft: &Draft,
        (revision, mut card, prose): (RevisionNumber, Card, Prose),
    ) -> Result<Result<(), Fault>, StoreError> {
        let room = &draft.room;
        let is_current = draft.revision.number == revision;
        let message = match &card.message {
            Some(message) => {
                let key = EffectKey(format!("{key}/edit/{}", claim.debt.version));
                if let Err(fault) = chat.edit(&key, room, message, &prose).await {
                    return Ok(Err(fault));
                }
                message.clone()
            }
            // A revision that was replaced before its card was said needs none; one that may have been said has to be found.
            None if !is_current && claim.doubt.is_none() => return Ok(Ok(())),
            None => {
                let key = EffectKey(format!("{key}/{}", card.generation));
                let message = match self.say_once(claim, chat, &key, (room, None), &prose).await? {
                    Ok(message) => message,
                    Err(fault) => return Ok(Err(fault)),
                };
                card.message = Some(message.clone());
                self.put_card(claim, desk, draft, revision, &card).await?;
                message
            }
        };
        if card.has_glyphs || !is_current || !draft.is_open() || !draft.revision.blockers.is_empty() {
            return Ok(Ok(()));
        }
        for glyph in draft.policy.offered() {
            let key = EffectKey(format!("{key}/{}/{glyph}", card.generation));
            if let Err(fault) = chat.react(&key, room, &message, glyph).await {
                return Ok(Err(fault));
            }
        }
        card.has_glyphs = true;
        self.put_card(claim, desk, draft, revision, &card).await?;
        Ok(Ok(()))
    }

    async fn put_card(
        &self,
        claim: &Claim,
        desk: &Desk,
        draft: &Draft,
        revision: RevisionNumber,
        card: &Card,
    ) -> Result<(), StoreError> {
        let (number, room) = (&draft.number, &draft.room);
        let mut transaction = self.database.begin_for(&number.directorate).await?;
        transaction.dispel(claim).await?;
        // The card may have been removed from the room while its glyphs were put: then it stays removed.
        if transaction.card(number, revision).await?.generation == card.generation {
            transaction.put_card(room, number, revision, card).await?;
            if let Some(message) = &card.message {
                self.catch_up(&mut transaction, desk, room, message).await?;
            }
        }
        transaction.commit().await?;
        self.owed.notify_one();
        Ok(())
    }

    /// Notes that something is about to be said: from here until it is noted what it means, people may answer it.
    /// Returns whether it is still ours to say.
    async fn note_try(&self, claim: &Claim) -> Result<bool, StoreError> {
        let claim_end = self.claim_end();
        let mut transaction = self.database.begin().await?;
        if !transaction.note_try(claim, self.clock.now(), claim_end).await? {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(self.may_begin(claim_end))
    }

    /// Says something in a thread.
    pub(in crate::engine) async fn say(
        &self,
        claim: &Claim,
        desk: &Desk,
        (room, place): (&RoomId, &Place),
        notice: &Notice,
    ) -> Result<(), StoreError> {
        let Some((root, draft, names)) = self.thread(room, place).await? else { return self.settle(claim).await };
        let key = spoken(&mut self.database.begin().await?, &claim.debt.key).await?;
        let Some(chat) = desk.chats.get(room) else {
            return self.put_off_words(claim, None, claim.may_be_said()).await;
        };
        let prose = self.speaker.notice(notice, &desk.audience(&names), draft.as_ref());
        let message = match self.say_once(claim, chat, &key, (room, Some(&root)), &prose).await? {
            Ok(message) => message,
            Err(fault) => return self.silenced(claim, fault).await,
        };
        let meaning = notice.question().map_or(Meaning::Said, |(account, _)| Meaning::Question(account.clone()));
        for answer in notice.question().map_or(&[][..], |(_, answers)| answers) {
            let glyph = answer_glyph(*answer);
            let key = EffectKey(format!("{key}/{glyph}"));
            if let Err(fault) = chat.react(&key, room, &message, glyph).await {
                return self.silenced(claim, fault).await;
            }
        }
        let mut transaction = self.database.begin_for(&desk.directorate.code).await?;
        if let Some(draft) = &draft {
            transaction.note_message(room, message.as_str(), &draft.number, &meaning).await?;
        }
        transaction.settle(claim).await?;
        self.catch_up(&mut transaction, desk, room, &message).await?;
        transaction.commit().await?;
        self.owed.notify_one();
        Ok(())
    }

    /// The message that something is said under, the draft it belongs to, and what people are called.
    async fn thread(&self, room: &RoomId, place: &Place) -> Result<Option<Thread>, StoreError> {
        let mut transaction = self.database.begin().await?;
        let names = transaction.names().await?;
        match place {
            Place::Draft(number) => {
                let Some(draft) = transaction.draft(number).await? else { return Ok(None) };
                let card = transaction.card(number, draft.revision.number).await?;
                let root = card.message.unwrap_or_else(|| draft.origin.clone());
                Ok(Some((root, Some(draft), names)))
            }
            Place::Under(message) => {
                let draft = match transaction.meaning(room, message.as_str()).await? {
                    Some((number, _)) => transaction.draft(&number).await?,
                    None => None,
                };
                Ok(Some((message.clone(), draft, names)))
            }
        }
    }

    /// A chat did not take something. Saying is idempotent, so it is tried again until it works; only what can never be
    /// said is given up. Where another process may be the next to try, it is told whether this one may have been heard.
    async fn silenced(&self, claim: &Claim, fault: Fault) -> Result<(), StoreError> {
        match fault {
            Fault::Permanent { cause } => {
                warn!(effect = %claim.debt.key, %cause, "the chat will never take this; given up");
                self.settle(claim).await
            }
            Fault::Transient { cause, retry_at } => {
                info!(effect = %claim.debt.key, %cause, "the chat did not take this; trying again");
                self.put_off_words(claim, retry_at, claim.may_be_said()).await
            }
            Fault::Uncertain { cause } => {
                info!(effect = %claim.debt.key, %cause, "the chat may not have taken this; trying again");
                self.put_off_words(claim, None, true).await
            }
        }
    }

    /// Puts words off. That they may have been said must be known to other processes, which are other devices, and while
    /// people may answer what has not been noted.
    pub(in crate::engine) async fn put_off_words(
        &self,
        claim: &Claim,
        retry_at: Option<Timestamp>,
        may_be_said: bool,
    ) -> Result<(), StoreError> {
        let until = self.next_try(claim.attempts, retry_at);
        let mut transaction = self.database.begin().await?;
        transaction.put_off(claim, until, may_be_said).await?;
        transaction.commit().await
    }

    /// Says something; where it may have been said already, its message is looked for first.
    async fn say_once(
        &self,
        claim: &Claim,
        chat: &Arc<dyn Chat>,
        key: &EffectKey,
        (room, thread): (&RoomId, Option<&MessageId>),
        prose: &Prose,
    ) -> Result<Result<MessageId, Fault>, StoreError> {
        if claim.may_be_said() {
            match chat.said(key, room).await {
                Ok(None) => {}
                Ok(Some(message)) => return Ok(Ok(message)),
                Err(fault) => return Ok(Err(fault)),
            }
        }
        if !self.note_try(claim).await? {
            // Another process has it, and says it. That it is put off here changes nothing of theirs.
            return Ok(Err(Fault::Transient { cause: Cause::Interrupted, retry_at: None }));
        }
        Ok(chat.say(key, room, thread, prose).await)
    }
}

/// The key by which a chat knows what is said. Once the database was put back to an older state, what is decided in it
/// gets the keys of what is forgotten: a chat that knew one still would answer with the old message.
async fn spoken(transaction: &mut Transaction, key: &EffectKey) -> Result<EffectKey, StoreError> {
    let restore = transaction.last_restore().await?;
    Ok(restore.map_or_else(|| key.clone(), |restore| EffectKey(format!("{key}@{}", restore.count))))
}
