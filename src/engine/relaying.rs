//! Asks other directorates to show a post on, and does so for those who are asked.
//!
//! This is the one place where something passes from a directorate's desk to another's: what was published anyway, and
//! what became of it. Each side writes only its own drafts, each in a transaction of its own.

use std::collections::BTreeSet;

use tracing::{error, info};

use crate::command::action::Action;
use crate::domain::directorate::Member;
use crate::domain::draft::{Draft, Phase, Progress, Target};
use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::name::{AccountName, DirectorateCode, DraftNumber, EffectKey, MessageId, PersonId, RoomId};
use crate::domain::notice::{Notice, Problem, Refusal, State};
use crate::domain::relay::{Asked, Relay, RelayEvent, RelayNotice};
use crate::domain::review::{Event, Opening, Proposal};
use crate::domain::sequel::{Kind, SequelEvent};
use crate::engine::desk::Desk;
use crate::engine::ledger;
use crate::engine::outbox::Outbox;
use crate::engine::owed::{Owed, Place};
use crate::engine::publishing::mandate;
use crate::engine::turn::Turn;
use crate::store::database::{StoreError, Transaction};
use crate::store::outbox::{Again, Claim};

/// A relay that is asked for.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Request<'a> {
    /// Whose post.
    pub of: &'a DraftNumber,
    /// The room that asks.
    pub asking: &'a RoomId,
    /// Who asks.
    pub by: &'a PersonId,
}

impl Turn<'_> {
    /// Asks the national directorate, or those whose codes follow, to show a post on.
    pub(in crate::engine) async fn ask_relays(
        &mut self,
        member: &Member,
        message: &MessageId,
        original: &Draft,
        rest: &str,
    ) -> Result<(), StoreError> {
        if let Some(follower) = original.follower.as_ref().filter(|follower| follower.is_carried) {
            return self.refuse(message, Refusal::Followed(follower.by.clone())).await;
        }
        if published(original).is_empty() {
            return self.refuse(message, Refusal::NotOut).await;
        }
        let mut wanted: Vec<DirectorateCode> = Vec::new();
        for code in rest.split([' ', ',', ';']).filter(|code| !code.is_empty()) {
            let known = self.desk.neighbours.rooms.keys().find(|known| known.as_str().eq_ignore_ascii_case(code));
            let Some(known) = known.filter(|known| **known != self.desk.directorate.code) else {
                let typed = code.chars().take(12).collect();
                return self.bad_input(message, vec![Problem::NoSuchDirectorate(typed)]).await;
            };
            if !wanted.contains(known) {
                wanted.push(known.clone());
            }
        }
        if wanted.is_empty() {
            let national = self.desk.neighbours.national.clone();
            match national.filter(|national| *national != self.desk.directorate.code) {
                Some(national) => wanted.push(national),
                None => return self.bad_input(message, vec![Problem::NoSuchDirectorate(String::new())]).await,
            }
        }
        for asked in &original.relays {
            let is_wanted = wanted.contains(&asked.relay.directorate);
            let state =
                if is_wanted { self.transaction.draft(&asked.relay).await?.map(|draft| draft.state()) } else { None };
            // What was refused may be asked again; what waits, or is done, not.
            if state.is_some_and(|state| !state.is_over() || state == State::Published) {
                return self.refuse(message, Refusal::Followed(asked.relay.clone())).await;
            }
        }
        let by = PersonId(format!("{} ({})", member.name, self.desk.directorate.code));
        for code in &wanted {
            let Some(room) = self.desk.neighbours.rooms.get(code) else { continue };
            let key = EffectKey(format!("relay/{}/{code}/{}", original.number, self.arrival.id));
            let owed = Owed::AskRelay {
                room: room.clone(),
                of: original.number.clone(),
                asking: original.room.clone(),
                by: by.clone(),
            };
            self.transaction.owe(&owed.debt(key, self.now)?, Again::Unheard).await?;
        }
        let to = wanted.iter().map(ToString::to_string).collect();
        self.say(Place::Under(message.clone()), Notice::Relay(RelayNotice::Sent { to })).await
    }
}

impl Outbox {
    /// Opens the draft of those who are asked.
    pub(in crate::engine) async fn open_relay(
        &self,
        claim: &Claim,
        desk: &Desk,
        room: &RoomId,
        request: Request<'_>,
    ) -> Result<(), StoreError> {
        let Request { of, asking, by } = request;
        let now = self.clock.now();
        let code = &desk.directorate.code;
        let mut transaction = self.database.begin_for(code).await?;
        transaction.settle(claim).await?;
        let spec = self.catalog.specs().find(|spec| spec.action == Action::RelayDraft);
        let original = transaction.draft(of).await?;
        let original =
            original.filter(|original| !original.follower.as_ref().is_some_and(|follower| follower.is_carried));
        let (Some(spec), Some(original)) = (spec, original) else { return transaction.commit().await };
        let (targets, originals) = shown_on(desk, &original);
        if targets.is_empty() {
            let notice = Box::new(Notice::Relay(RelayNotice::NoAccount { directorate: code.clone() }));
            let owed = Owed::Say { room: asking.clone(), place: Place::Draft(of.clone()), notice };
            let key = EffectKey(format!("{}/none", claim.debt.key));
            transaction.owe(&owed.debt(key, now)?, Again::Unheard).await?;
            return transaction.commit().await;
        }
        let number = transaction.next_number(code).await?;
        let opening = Opening {
            number: number.clone(),
            command: spec.word.clone(),
            room: room.clone(),
            origin: MessageId(format!("relay/{of}")),
            author: by.clone(),
            co_authors: BTreeSet::new(),
            policy: desk.policy(spec),
            proposal: Proposal {
                targets,
                relay: Some(Relay { of: of.clone(), room: asking.clone(), originals: originals.into_iter().collect() }),
                ..Proposal::default()
            },
        };
        ledger::open(&mut transaction, opening, now).await?;
        let asked = Asked { relay: number, room: room.clone() };
        let owed = Owed::NoteRelay { room: asking.clone(), number: of.clone(), asked };
        transaction.owe(&owed.debt(EffectKey(format!("{}/noted", claim.debt.key)), now)?, Again::Unheard).await?;
        transaction.commit().await
    }

    /// Notes with the original that somebody was asked. Where it was closed meanwhile, the relay is over at once.
    pub(in crate::engine) async fn note_relay(
        &self,
        claim: &Claim,
        number: &DraftNumber,
        asked: &Asked,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut transaction = self.database.begin_for(&number.directorate).await?;
        transaction.settle(claim).await?;
        if let Some(original) = transaction.draft(number).await? {
            let event = Event::Relay(RelayEvent::Asked(asked.clone()));
            // What was asked was asked; no rule can refuse it.
            let _ = ledger::happen(&mut transaction, &original, event, now).await?;
            if let Some(follower) = original.follower.as_ref().filter(|follower| follower.is_carried) {
                ledger::end_relay(&mut transaction, asked, (&follower.by, follower.kind), now).await?;
            }
        }
        transaction.commit().await
    }

    /// Ends a relay, because the original was closed or rectified.
    pub(in crate::engine) async fn end_relay(
        &self,
        claim: &Claim,
        number: &DraftNumber,
        (by, kind): (&DraftNumber, Kind),
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_for(&number.directorate).await?;
        transaction.settle(claim).await?;
        if let Some(relay) = transaction.draft(number).await? {
            let event = Event::Sequel(SequelEvent::Superseded { by: by.clone(), kind });
            // It is over; no rule can refuse that.
            let _ = ledger::happen(&mut transaction, &relay, event, self.clock.now()).await?;
        }
        transaction.commit().await
    }

    /// Shows the original on. This may be repeated, so it is never in doubt.
    pub(in crate::engine) async fn show_on(
        &self,
        transaction: Transaction,
        claim: &Claim,
        desk: &Desk,
        (draft, relay): (&Draft, &Relay),
        account: &AccountName,
    ) -> Result<(), StoreError> {
        drop(transaction);
        let decided_at = match &draft.phase {
            Phase::Publishing(publication) | Phase::Published(publication) => publication.decided_at,
            Phase::Review(_)
            | Phase::Approved { .. }
            | Phase::Vetoed { .. }
            | Phase::Withdrawn { .. }
            | Phase::Expired(_) => return self.settle(claim).await,
        };
        let is_sealed = mandate(draft).is_ok_and(|mandate| {
            draft.revision.number == mandate.revision() && draft.revision.content_seal(&draft.number) == mandate.seal()
        });
        let permanent = |cause| Err(Fault::Permanent { cause });
        let outcome = match (relay.originals.get(account), desk.networks.get(account)) {
            _ if !is_sealed => permanent(Cause::SealBroken),
            (None, _) | (_, None) => permanent(Cause::NoSuchAccount),
            (Some(original), Some(network)) => network.repost(original, decided_at).await,
        };
        while let Err(trouble) = self.note_shown(claim, draft, account, outcome.clone()).await {
            error!(%trouble, effect = %claim.debt.key, "could not record how an effect ended; trying again");
            self.pause().await;
        }
        Ok(())
    }

    async fn note_shown(
        &self,
        claim: &Claim,
        draft: &Draft,
        account: &AccountName,
        outcome: Result<Receipt, Fault>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_for(&draft.number.directorate).await?;
        let account = account.clone();
        let event = match outcome {
            Ok(receipt) => {
                info!(draft = %draft.number, %account, "shown on");
                transaction.settle(claim).await?;
                Event::Delivered { account, receipt }
            }
            Err(Fault::Permanent { cause }) => {
                transaction.settle(claim).await?;
                Event::Failed { account, fault: Fault::Permanent { cause }, next: None }
            }
            Err(Fault::Transient { cause, retry_at }) => {
                let next = self.next_try(claim.attempts, retry_at);
                transaction.put_off(claim, next, false).await?;
                Event::Failed { account, fault: Fault::Transient { cause, retry_at }, next: Some(next) }
            }
            Err(Fault::Uncertain { cause }) => {
                let next = self.next_try(claim.attempts, None);
                transaction.put_off(claim, next, false).await?;
                Event::Failed { account, fault: Fault::Transient { cause, retry_at: None }, next: Some(next) }
            }
        };
        if let Some(draft) = transaction.draft(&draft.number).await? {
            // What happened outside happened; no rule can refuse it.
            let _ = ledger::happen(&mut transaction, &draft, event, self.clock.now()).await?;
        }
        transaction.commit().await
    }

    /// Takes back what an account shows on. It is tried until it works: what is shown on of a post that is gone shows
    /// nothing any more, but that is not for us to rely on.
    pub(in crate::engine) async fn undo(
        &self,
        claim: &Claim,
        desk: &Desk,
        (number, account): (&DraftNumber, &AccountName),
        receipt: &Receipt,
    ) -> Result<(), StoreError> {
        let Some(network) = desk.networks.get(account) else { return self.put_off(claim, None).await };
        match network.delete(receipt).await {
            Err(Fault::Transient { retry_at, .. }) => return self.put_off(claim, retry_at).await,
            Err(Fault::Uncertain { .. } | Fault::Permanent { .. }) => return self.put_off(claim, None).await,
            Ok(()) => {}
        }
        let mut transaction = self.database.begin_for(&number.directorate).await?;
        transaction.settle(claim).await?;
        if let Some(draft) = transaction.draft(number).await? {
            let event = Event::Relay(RelayEvent::Undone { account: account.clone() });
            // What happened outside happened; no rule can refuse it.
            let _ = ledger::happen(&mut transaction, &draft, event, self.clock.now()).await?;
        }
        transaction.commit().await
    }
}

/// The posts of a draft that are out and known, with what they say.
fn published(original: &Draft) -> Vec<(&Target, &Receipt)> {
    let (Phase::Publishing(publication) | Phase::Published(publication)) = &original.phase else { return Vec::new() };
    let online =
        original.revision.targets.iter().filter_map(|target| match publication.progress.get(&target.account)? {
            Progress::Online(receipt) if !receipt.id.is_empty() => Some((target, receipt)),
            Progress::Online(_)
            | Progress::Owed
            | Progress::Retrying { .. }
            | Progress::Uncertain(_)
            | Progress::Refused(_)
            | Progress::Stopped
            | Progress::TakenDown => None,
        });
    online.collect()
}

/// What each account of a desk would show on: a post of the same network.
fn shown_on(desk: &Desk, original: &Draft) -> (Vec<Target>, Vec<(AccountName, Receipt)>) {
    let posts = published(original);
    let mut targets = Vec::new();
    let mut originals = Vec::new();
    for account in &desk.directorate.accounts {
        let Some((target, receipt)) = posts.iter().find(|(target, _)| target.network == account.network) else {
            continue;
        };
        targets.push(Target { account: account.name.clone(), visibility: account.visibility, ..(*target).clone() });
        originals.push((account.name.clone(), (*receipt).clone()));
    }
    (targets, originals)
}
