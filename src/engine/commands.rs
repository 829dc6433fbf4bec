//! What a typed command does: opens a draft, lists, shows, changes or withdraws one, or explains itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::action::Action;
use crate::command::catalog::Lookup;
use crate::command::clean::clean;
use crate::command::help::help;
use crate::command::parse;
use crate::command::spec::Spec;
use crate::domain::directorate::Member;
use crate::domain::draft::{Draft, Filled};
use crate::domain::fold::fold_name;
use crate::domain::name::{FieldName, MessageId};
use crate::domain::notice::{Notice, Problem, Refusal, Summary};
use crate::domain::picture::Coming;
use crate::domain::review::{Event, Opening};
use crate::domain::sequel::Kind;
use crate::engine::ledger;
use crate::engine::owed::Place;
use crate::engine::proposal::Material;
use crate::engine::restored;
use crate::engine::turn::{Turn, voter};
use crate::store::database::StoreError;
use crate::store::messages::Meaning;

/// How many drafts `!brouillons` lists: more than a phone shows without scrolling for long; the oldest are left out.
const MOST_LISTED: u32 = 30;

/// How many characters of a draft's text `!brouillons` shows: one line on a phone.
const BEGINNING: usize = 60;

/// How many characters of a label are said back that is no field's name.
const LONGEST_LABEL: usize = 30;

impl Turn<'_> {
    /// Handles a message that begins with a command. `draft` is the draft whose thread it was typed in.
    pub(in crate::engine) async fn command(
        &mut self,
        member: &Member,
        message: &MessageId,
        text: &str,
        draft: Option<Draft>,
    ) -> Result<(), StoreError> {
        let text = match clean(text) {
            Ok(text) => text,
            Err(problem) => return self.bad_input(message, vec![problem]).await,
        };
        let Some(typed) = parse::command_line(&text) else { return Ok(()) };
        let spec = match self.catalog.find(typed.word) {
            Lookup::Found(spec) => spec,
            Lookup::Unknown { nearest } => {
                let notice = Notice::UnknownCommand { typed: typed.word.to_owned(), nearest };
                return self.say(Place::Under(message.clone()), notice).await;
            }
        };
        match spec.action {
            Action::Draft => self.open_draft(member, message, spec, typed.rest).await,
            Action::ListDrafts => self.list_drafts(message).await,
            Action::ShowDraft => match self.named_draft(message, typed.rest, draft).await? {
                Some((draft, _)) => self.say(Place::Under(message.clone()), Notice::Shown(Box::new(draft))).await,
                None => Ok(()),
            },
            Action::EditDraft => match self.named_draft(message, typed.rest, draft).await? {
                Some((draft, rest)) => self.change_draft(member, message, draft, rest).await,
                None => Ok(()),
            },
            Action::WithdrawDraft => match self.named_draft(message, typed.rest, draft).await? {
                Some((draft, _)) => self.withdraw_draft(member, message, &draft).await,
                None => Ok(()),
            },
            Action::LiftWarnings => match self.named_draft(message, typed.rest, draft).await? {
                Some((draft, rest)) => self.lift_warnings(member, message, &draft, rest).await,
                None => Ok(()),
            },
            Action::CloseDraft => match self.named_draft(message, typed.rest, draft).await? {
                Some((draft, rest)) => self.follow(member, message, spec, &draft, (Kind::Close, rest)).await,
                None => Ok(()),
            },
            Action::RectifyDraft => match self.named_draft(message, typed.rest, draft).await? {
                Some((draft, rest)) => self.follow(member, message, spec, &draft, (Kind::Rectify, rest)).await,
                None => Ok(()),
            },
            Action::RelayDraft => match self.named_draft(message, typed.rest, draft).await? {
                Some((draft, rest)) => self.ask_relays(member, message, &draft, rest).await,
                None => Ok(()),
            },
            Action::PlanDraft => match self.named_draft(message, typed.rest, draft).await? {
                Some((draft, rest)) => self.plan_draft(member, message, &draft, rest).await,
                None => Ok(()),
            },
            Action::Help => {
                let asked = Some(typed.rest.trim()).filter(|asked| !asked.is_empty());
                self.say(Place::Under(message.clone()), help(self.catalog, asked)).await
            }
        }
    }

    async fn open_draft(
        &mut self,
        member: &Member,
        message: &MessageId,
        spec: &Spec,
        rest: &str,
    ) -> Result<(), StoreError> {
        let values = match parse::fields(spec, rest, &self.desk.local(self.now)) {
            Ok(values) => values,
            // The bare command is a way to be led through it, field by field.
            Err(problems) if problems == [Problem::Empty] => BTreeMap::new(),
            Err(problems) => return self.bad_input(message, problems).await,
        };
        let coming = self.coming(message, None);
        let number = self.transaction.next_number(&self.desk.directorate.code).await?;
        let opening = Opening {
            number: number.clone(),
            command: spec.word.clone(),
            room: self.arrival.room.clone(),
            origin: message.clone(),
            author: member.id(),
            co_authors: BTreeSet::new(),
            policy: self.desk.policy(spec),
            proposal: Material { fields: spec.filled(values, message), coming: coming.clone(), ..Material::default() }
                .proposed(self.desk, spec, self.now),
        };
        ledger::open(self.transaction, opening, self.now).await?;
        restored::doubt_if_typed_before(self.transaction, &number, self.arrival.at).await?;
        self.owe_pictures(member, &number, &coming).await?;
        let meaning = Meaning::Typed { asked: None };
        self.transaction.note_message(&self.arrival.room, message.as_str(), &number, &meaning).await
    }

    async fn list_drafts(&mut self, message: &MessageId) -> Result<(), StoreError> {
        let drafts = self.transaction.live_drafts(&self.desk.directorate.code, MOST_LISTED).await?;
        let summaries = drafts.iter().map(|draft| Summary {
            number: draft.number.clone(),
            command: draft.command.clone(),
            state: draft.state(),
            beginning: beginning(draft),
            planned_at: draft.revision.planned_at.filter(|_| draft.is_open()),
        });
        self.say(Place::Under(message.clone()), Notice::Drafts(summaries.collect())).await
    }

    async fn change_draft(
        &mut self,
        member: &Member,
        message: &MessageId,
        draft: Draft,
        rest: &str,
    ) -> Result<(), StoreError> {
        let Some(spec) = self.catalog.by_word(&draft.command) else { return Ok(()) };
        // Only named fields: a slip in a name must not turn the rest of the line into the facts.
        let coming = self.coming(message, None);
        match parse::named_fields(spec, rest, &self.desk.local(self.now)) {
            Ok(values) if values.is_empty() && rest.trim().is_empty() && coming.is_empty() => {
                self.bad_input(message, vec![Problem::Empty]).await
            }
            Ok(values) if values.is_empty() && !rest.trim().is_empty() => {
                let label = rest.split(':').next().unwrap_or_default().trim();
                let typed = label.chars().take(LONGEST_LABEL).collect();
                self.bad_input(message, vec![Problem::UnknownField { typed, nearest: None }]).await
            }
            Ok(values) => {
                self.revise(member, message, &draft, spec, (spec.filled(values, message), coming), None).await
            }
            Err(problems) => self.bad_input(message, problems).await,
        }
    }

    async fn withdraw_draft(&mut self, member: &Member, message: &MessageId, draft: &Draft) -> Result<(), StoreError> {
        self.happen(draft, Event::Withdrawn { by: voter(member) }, message).await?;
        Ok(())
    }

    /// Lifts the warnings whose codes follow the number, or all that stand.
    async fn lift_warnings(
        &mut self,
        member: &Member,
        message: &MessageId,
        draft: &Draft,
        rest: &str,
    ) -> Result<(), StoreError> {
        let codes = rest.split([' ', ',', ';', '\n']).map(fold_name).filter(|code| !code.is_empty()).collect();
        let event = Event::WarningsLifted { by: voter(member), revision: draft.revision.number, codes };
        self.happen(draft, event, message).await?;
        Ok(())
    }

    /// Revises a draft with what a message says: its earlier values go, its new ones and its pictures come.
    pub(in crate::engine) async fn revise(
        &mut self,
        member: &Member,
        message: &MessageId,
        draft: &Draft,
        spec: &Spec,
        (values, coming): (BTreeMap<FieldName, Filled>, Vec<Coming>),
        asked: Option<FieldName>,
    ) -> Result<(), StoreError> {
        let mut material = Material::of(&draft.revision);
        material.put(message, values);
        material.coming.extend(coming.iter().cloned());
        let event = Event::Revised { by: member.id(), proposal: material.proposed(self.desk, spec, self.now) };
        if self.happen(draft, event, message).await? {
            self.owe_pictures(member, &draft.number, &coming).await?;
        }
        let meaning = Meaning::Typed { asked };
        self.transaction.note_message(&self.arrival.room, message.as_str(), &draft.number, &meaning).await
    }

    /// The draft that a command names by its number, or the one in whose thread it was typed; and the rest of the line.
    /// Answers and gives `None` where there is no such draft here.
    async fn named_draft<'t>(
        &mut self,
        message: &MessageId,
        rest: &'t str,
        in_thread: Option<Draft>,
    ) -> Result<Option<(Draft, &'t str)>, StoreError> {
        match (parse::draft_number(rest), in_thread) {
            (Ok((number, after)), _) => {
                let found = self.draft_here(&number).await?;
                if found.is_none() {
                    self.refuse(message, Refusal::NoSuchDraft(number.to_string())).await?;
                }
                Ok(found.map(|draft| (draft, after)))
            }
            (Err(_), Some(draft)) => Ok(Some((draft, rest))),
            (Err(problem), None) => {
                let problem = if problem == Problem::Empty { Problem::NotADraftNumber(String::new()) } else { problem };
                self.bad_input(message, vec![problem]).await?;
                Ok(None)
            }
        }
    }

    /// Answers under a message what is wrong with it.
    pub(in crate::engine) async fn bad_input(
        &mut self,
        message: &MessageId,
        problems: Vec<Problem>,
    ) -> Result<(), StoreError> {
        self.say(Place::Under(message.clone()), Notice::BadInput(problems)).await
    }
}

pub(in crate::engine) fn beginning(draft: &Draft) -> String {
    let text = draft.revision.targets.first().map_or("", |target| target.text.as_str());
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(BEGINNING) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
