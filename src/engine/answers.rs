//! What is written in a draft's thread or changed afterwards: missing fields, the reason of a veto, an edited message.

use std::collections::BTreeMap;

use crate::command::action::Action;
use crate::command::catalog::Lookup;
use crate::command::clean::clean;
use crate::command::parse;
use crate::command::spec::Spec;
use crate::domain::directorate::Member;
use crate::domain::draft::{Draft, Phase, VetoReason};
use crate::domain::name::{FieldName, MessageId};
use crate::domain::notice::{Problem, Refusal};
use crate::domain::review::Event;
use crate::engine::turn::Turn;
use crate::store::database::StoreError;
use crate::store::messages::Meaning;

impl Turn<'_> {
    /// Handles a message in a draft's thread that is not a command.
    pub(in crate::engine) async fn answered(
        &mut self,
        member: &Member,
        message: &MessageId,
        text: &str,
        draft: Draft,
    ) -> Result<(), StoreError> {
        let id = member.id();
        if self.confirmed(member, message, text, &draft).await? {
            return Ok(());
        }
        if let Phase::Vetoed { by, reason: VetoReason::Asked, .. } = &draft.phase
            && *by == id
        {
            return match clean(text) {
                Ok(reason) => {
                    let event = Event::VetoExplained { by: id, reason: reason.trim().to_owned() };
                    self.happen(&draft, event, message).await.map(|_| ())
                }
                Err(problem) => self.bad_input(message, vec![problem]).await,
            };
        }
        // Only an author's plain words answer the question: colleagues may talk in the thread, and name what they mean.
        let asked = asked(&draft).filter(|_| draft.authors.contains(&id)).cloned();
        let Some(spec) = self.catalog.by_word(&draft.command) else { return Ok(()) };
        if !self.attachments().is_empty() && draft.is_open() && draft.authors.contains(&id) {
            return self.illustrated(member, message, text, &draft, spec).await;
        }
        if !draft.is_open() || draft.revision.blockers.is_empty() {
            return Ok(());
        }
        let values = clean(text).map_err(|problem| vec![problem]).and_then(|text| match &asked {
            Some(asked) => parse::answer(spec, Some(asked), &text, &self.desk.local(self.now)),
            None => parse::named_fields(spec, &text, &self.desk.local(self.now)),
        });
        match values {
            Ok(values) if values.is_empty() => Ok(()),
            Ok(values) => {
                let values = (spec.filled(values, message), Vec::new());
                self.revise(member, message, &draft, spec, values, asked).await
            }
            Err(problems) if asked.is_some() => self.bad_input(message, problems).await,
            Err(_) => Ok(()),
        }
    }

    /// Handles a change of someone's own message: fields that came from it change with it.
    pub(in crate::engine) async fn edited(&mut self, message: &MessageId, text: &str) -> Result<(), StoreError> {
        let Some(member) = self.member() else { return Ok(()) };
        let Some((number, meaning)) = self.transaction.meaning(&self.arrival.room, message.as_str()).await? else {
            // A message that was not understood, or had a typing error in its command: read it as if new.
            return match parse::command_line(text) {
                Some(_) => self.command(&member, message, text, None).await,
                None => self.word_elsewhere(message, text).await,
            };
        };
        let Some(draft) = self.transaction.draft(&number).await? else { return Ok(()) };
        let asked = match meaning {
            Meaning::Typed { asked } => asked,
            Meaning::Vote => return self.word_edited(&member, message, text, &draft).await,
            Meaning::Card(_) | Meaning::Question(_) | Meaning::Said => return Ok(()),
        };
        let Some(spec) = self.catalog.by_word(&draft.command) else { return Ok(()) };
        match self.contribution(spec, asked.as_ref(), text) {
            Ok(Some(values)) => {
                let values = (spec.filled(values, message), Vec::new());
                self.revise(&member, message, &draft, spec, values, asked).await
            }
            Ok(None) => self.refuse(message, Refusal::CommandChanged).await,
            Err(problems) => self.bad_input(message, problems).await,
        }
    }

    /// What a message gives to a draft of that command: the fields after `!appel` or `!modifier 44-12`, or an answer.
    /// `None` if it is another command by now.
    fn contribution(
        &self,
        spec: &Spec,
        asked: Option<&FieldName>,
        text: &str,
    ) -> Result<Option<BTreeMap<FieldName, String>>, Vec<Problem>> {
        let text = clean(text).map_err(|problem| vec![problem])?;
        let now = self.desk.local(self.now);
        let Some(typed) = parse::command_line(&text) else { return parse::answer(spec, asked, &text, &now).map(Some) };
        match self.catalog.find(typed.word) {
            Lookup::Found(found) if found.word == spec.word && found.action == Action::CloseDraft => {
                let rest = parse::draft_number(typed.rest).map_or(typed.rest, |(_, rest)| rest);
                parse::fields(spec, rest, &now).map(Some)
            }
            Lookup::Found(found) if found.action == Action::RectifyDraft => {
                let rest = parse::draft_number(typed.rest).map_or(typed.rest, |(_, rest)| rest);
                parse::answer(spec, None, rest, &now).map(Some)
            }
            Lookup::Found(found) if found.word == spec.word => parse::fields(spec, typed.rest, &now).map(Some),
            Lookup::Found(found) if found.action == Action::EditDraft => {
                let rest = parse::draft_number(typed.rest).map_or(typed.rest, |(_, rest)| rest);
                parse::named_fields(spec, rest, &now).map(Some)
            }
            Lookup::Found(_) | Lookup::Unknown { .. } => Ok(None),
        }
    }
}

/// The field that the bot asks for: the first one missing.
fn asked(draft: &Draft) -> Option<&FieldName> {
    draft.revision.blockers.iter().find_map(|blocker| blocker.missing().map(|(field, _)| field))
}
