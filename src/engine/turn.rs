//! One arrival being handled: who did it, to which draft, and what follows.

use jiff::Timestamp;

use crate::command::catalog::Catalog;
use crate::command::parse;
use crate::domain::ballot::{Given, Vote, Voter};
use crate::domain::directorate::Member;
use crate::domain::draft::Draft;
use crate::domain::name::{AccountName, DraftNumber, EffectKey, MessageId, PersonId, ReactionId, RevisionNumber};
use crate::domain::notice::{Notice, Refusal};
use crate::domain::policy::bare;
use crate::domain::publication::Answer;
use crate::domain::review::Event;
use crate::engine::confirming::is_word_of;
use crate::engine::desk::Desk;
use crate::engine::ledger;
use crate::engine::owed::{Owed, Place};
use crate::engine::restored;
use crate::port::chat::{Arrival, Happening};
use crate::store::database::{StoreError, Transaction};
use crate::store::messages::Meaning;
use crate::store::outbox::Again;

/// The handling of one arrival. Nothing is done here: what is to be done is written down in the transaction.
pub struct Turn<'a> {
    pub(in crate::engine) transaction: &'a mut Transaction,
    pub(in crate::engine) catalog: &'a Catalog,
    pub(in crate::engine) desk: &'a Desk,
    pub(in crate::engine) arrival: &'a Arrival,
    pub(in crate::engine) now: Timestamp,
    /// Who did it, if they are on the team.
    member: Option<Member>,
}

/// What a person taps under a question about an account.
pub fn answer_glyph(answer: Answer) -> &'static str {
    match answer {
        Answer::Online => "✅",
        Answer::Again => "🔁",
    }
}

impl<'a> Turn<'a> {
    /// Begins to handle an arrival in a room of that desk.
    pub fn new(
        transaction: &'a mut Transaction,
        catalog: &'a Catalog,
        desk: &'a Desk,
        arrival: &'a Arrival,
        now: Timestamp,
    ) -> Self {
        let member = desk.directorate.acting(&arrival.by, &arrival.standing.groups);
        Self { transaction, catalog, desk, arrival, now, member }
    }

    /// Writes down all that follows from the arrival.
    ///
    /// # Errors
    /// What the store says; the transaction must be dropped then.
    pub async fn handle(&mut self) -> Result<(), StoreError> {
        if let (Some(member), Some(name)) = (&self.member, &self.arrival.standing.name)
            && member.name == self.arrival.by.as_str()
        {
            self.transaction.put_name(&self.arrival.by, name).await?;
        }
        match &self.arrival.what {
            Happening::Said { message, text, thread, .. } => self.said(message, text, thread.as_ref()).await,
            Happening::Edited { message, text } => self.edited(message, text).await,
            Happening::Reacted { message, reaction, glyph } => self.reacted(message, reaction, glyph).await,
            Happening::Pressed { message, reaction, glyph } => self.pressed(message, reaction, glyph).await,
            Happening::Removed { id } => self.removed(id).await,
            Happening::Unreadable { message } => self.unreadable(message).await,
        }
    }

    async fn said(&mut self, message: &MessageId, text: &str, thread: Option<&MessageId>) -> Result<(), StoreError> {
        let draft = match thread {
            Some(root) => self.draft_of(root.as_str()).await?,
            None => None,
        };
        let is_command = parse::command_line(text).is_some();
        if let (Some(root), None, false) = (thread, &draft, is_command) {
            return self.keep_stray(root, message.as_str()).await;
        }
        match (is_command, self.member()) {
            (true, None) => self.stranger(message).await,
            (true, Some(member)) => self.command(&member, message, text, draft).await,
            (false, Some(member)) => match draft {
                Some(draft) => self.answered(&member, message, text, draft).await,
                None => self.word_elsewhere(message, text).await,
            },
            (false, None) => match draft {
                Some(draft) if is_word_of(text, &draft) => self.stranger(message).await,
                // People talk; that is what rooms are for.
                Some(_) | None => Ok(()),
            },
        }
    }

    async fn reacted(&mut self, message: &MessageId, reaction: &ReactionId, glyph: &str) -> Result<(), StoreError> {
        let Some((number, meaning)) = self.transaction.meaning(&self.arrival.room, message.as_str()).await? else {
            return self.keep_stray(message, reaction.as_str()).await;
        };
        let Some(draft) = self.transaction.draft(&number).await? else { return Ok(()) };
        match meaning {
            Meaning::Card(revision) => self.voted(draft, revision, message, reaction, glyph).await,
            Meaning::Question(account) => self.resolved(draft, account, message, glyph).await,
            Meaning::Typed { .. } | Meaning::Said | Meaning::Vote => Ok(()),
        }
    }

    /// A button is a reaction that a second press takes back.
    async fn pressed(&mut self, message: &MessageId, reaction: &ReactionId, glyph: &str) -> Result<(), StoreError> {
        let draft = self.draft_of(message.as_str()).await?;
        let stands = |draft: &Draft| draft.ballot().is_some_and(|ballot| ballot.find(reaction).is_some());
        if draft.as_ref().is_some_and(stands) {
            self.removed(reaction.as_str()).await
        } else {
            self.reacted(message, reaction, glyph).await
        }
    }

    async fn voted(
        &mut self,
        draft: Draft,
        revision: RevisionNumber,
        message: &MessageId,
        reaction: &ReactionId,
        glyph: &str,
    ) -> Result<(), StoreError> {
        let Some(choice) = draft.policy.glyphs.choice(glyph) else { return Ok(()) };
        let Some(by) = self.voter() else { return self.stranger(message).await };
        let vote = Vote { by, choice, reaction: reaction.clone(), given: Given::ByReaction };
        if self.happen_once_told(&draft, Event::Voted { revision, vote, at: self.arrival.at }).await? {
            self.transaction.note_message(&self.arrival.room, reaction.as_str(), &draft.number, &Meaning::Vote).await?;
        }
        Ok(())
    }

    async fn resolved(
        &mut self,
        draft: Draft,
        account: AccountName,
        message: &MessageId,
        glyph: &str,
    ) -> Result<(), StoreError> {
        let glyph = bare(glyph);
        let answers = [Answer::Online, Answer::Again];
        let Some(answer) = answers.into_iter().find(|answer| answer_glyph(*answer) == glyph) else { return Ok(()) };
        let Some(by) = self.voter() else { return self.stranger(message).await };
        if answer == Answer::Again && restored::was_said_before(self.transaction, self.arrival.at).await? {
            return Ok(());
        }
        if self.happen_once_told(&draft, Event::Resolved { account: account.clone(), by, answer }).await? {
            restored::clear(self.transaction, &draft, &account).await?;
        }
        Ok(())
    }

    async fn removed(&mut self, id: &str) -> Result<(), StoreError> {
        let Some((number, meaning)) = self.transaction.meaning(&self.arrival.room, id).await? else {
            return self.transaction.drop_stray(&self.arrival.room, id).await;
        };
        let Some(draft) = self.transaction.draft(&number).await? else { return Ok(()) };
        match meaning {
            Meaning::Vote => {
                let event = Event::VoteTakenBack { reaction: ReactionId(id.to_owned()) };
                self.happen_once_told(&draft, event).await?;
            }
            Meaning::Card(revision) => {
                let mut card = self.transaction.card(&number, revision).await?;
                if card.message.as_ref().is_some_and(|message| message.as_str() == id) {
                    card.message = None;
                    card.has_glyphs = false;
                    card.generation += 1;
                    self.transaction.put_card(&self.arrival.room, &number, revision, &card).await?;
                    self.happen_once_told(&draft, Event::CardRemoved { revision }).await?;
                }
            }
            Meaning::Typed { .. } => {
                self.pictures_removed(&draft, id).await?;
                if draft.origin.as_str() == id && draft.is_open() {
                    let draft = self.transaction.draft(&number).await?.unwrap_or(draft);
                    self.happen_once_told(&draft, Event::OriginRemoved).await?;
                }
            }
            Meaning::Question(_) | Meaning::Said => {}
        }
        Ok(())
    }

    async fn unreadable(&mut self, message: &MessageId) -> Result<(), StoreError> {
        let Some(member) = self.member() else { return Ok(()) };
        let notice = Notice::Unreadable { person: member.id(), arrival: self.arrival.id.clone() };
        self.say(Place::Under(message.clone()), notice).await
    }

    /// Lets an event happen to a draft. A refusal is told in the draft's thread, the same one to the same person once:
    /// a hundred taps are answered by one sentence. Returns whether it happened.
    async fn happen_once_told(&mut self, draft: &Draft, event: Event) -> Result<bool, StoreError> {
        match ledger::happen(self.transaction, draft, event, self.now).await? {
            Ok(_) => Ok(true),
            Err(refusal) => {
                let (number, revision) = (&draft.number, draft.revision.number);
                let key = format!("refusal/{number}/{revision}/{}/{refusal}", self.arrival.by);
                self.say_once(EffectKey(key), Place::Draft(number.clone()), Notice::Refused(refusal)).await?;
                Ok(false)
            }
        }
    }

    /// Lets an event happen to a draft that someone asked for in words; a refusal is told each time.
    pub(in crate::engine) async fn happen(
        &mut self,
        draft: &Draft,
        event: Event,
        message: &MessageId,
    ) -> Result<bool, StoreError> {
        match ledger::happen(self.transaction, draft, event, self.now).await? {
            Ok(_) => Ok(true),
            Err(refusal) => {
                self.refuse(message, refusal).await?;
                Ok(false)
            }
        }
    }

    /// The member who did it, if they are on the team.
    pub(in crate::engine) fn member(&self) -> Option<Member> {
        self.member.clone()
    }

    fn voter(&self) -> Option<Voter> {
        self.member.as_ref().map(voter)
    }

    /// The draft that a message or reaction in this room belongs to.
    pub(in crate::engine) async fn draft_of(&mut self, id: &str) -> Result<Option<Draft>, StoreError> {
        match self.transaction.meaning(&self.arrival.room, id).await? {
            Some((number, _)) => self.transaction.draft(&number).await,
            None => Ok(None),
        }
    }

    /// The draft of that number, if it is this directorate's. Another's number is answered like one that does not exist.
    pub(in crate::engine) async fn draft_here(&mut self, number: &DraftNumber) -> Result<Option<Draft>, StoreError> {
        if number.directorate != self.desk.directorate.code {
            return Ok(None);
        }
        self.transaction.draft(number).await
    }

    async fn stranger(&mut self, message: &MessageId) -> Result<(), StoreError> {
        let person: PersonId = self.arrival.by.clone();
        let key = EffectKey(format!("stranger/{}/{person}", self.arrival.room));
        self.say_once(key, Place::Under(message.clone()), Notice::Stranger { person }).await
    }

    /// Answers under a message that it was not done, and why.
    pub(in crate::engine) async fn refuse(&mut self, message: &MessageId, refusal: Refusal) -> Result<(), StoreError> {
        self.say(Place::Under(message.clone()), Notice::Refused(refusal)).await
    }

    /// Says something because of this arrival.
    pub(in crate::engine) async fn say(&mut self, place: Place, notice: Notice) -> Result<(), StoreError> {
        // An arrival that could not be read, and was answered so, may be read later and get another answer.
        let is_readable = !matches!(self.arrival.what, Happening::Unreadable { .. });
        let kind = if is_readable { "answer" } else { "unreadable" };
        let key = EffectKey(format!("{kind}/{}", self.arrival.id));
        self.owe_words(key, place, notice, Again::Unheard).await
    }

    /// Says something that is said once, whoever else gives reason for it.
    async fn say_once(&mut self, key: EffectKey, place: Place, notice: Notice) -> Result<(), StoreError> {
        self.owe_words(key, place, notice, Again::Never).await
    }

    async fn owe_words(
        &mut self,
        key: EffectKey,
        place: Place,
        notice: Notice,
        again: Again,
    ) -> Result<(), StoreError> {
        let owed = Owed::Say { room: self.arrival.room.clone(), place, notice: Box::new(notice) };
        self.transaction.owe(&owed.debt(key, self.now)?, again).await?;
        Ok(())
    }
}

/// A member as one who votes.
pub fn voter(member: &Member) -> Voter {
    Voter { id: member.id(), roles: member.roles.clone() }
}
