//! Opens a draft that closes or rectifies another.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::parse;
use crate::command::spec::Spec;
use crate::domain::directorate::Member;
use crate::domain::draft::{Draft, Filled};
use crate::domain::name::{AccountName, FieldName, MessageId};
use crate::domain::notice::{Problem, Refusal, State};
use crate::domain::review::{Event, Opening};
use crate::domain::sequel::{Kind, SequelEvent, Step, Succession};
use crate::engine::ledger;
use crate::engine::proposal::Material;
use crate::engine::turn::Turn;
use crate::store::database::StoreError;
use crate::store::messages::Meaning;

impl Turn<'_> {
    /// Opens the draft that follows `original`; `spec` is that of the command that was typed, and has the rule of approval.
    pub(in crate::engine) async fn follow(
        &mut self,
        member: &Member,
        message: &MessageId,
        spec: &Spec,
        original: &Draft,
        (kind, rest): (Kind, &str),
    ) -> Result<(), StoreError> {
        let accounts = match self.what_can_be_followed(original).await? {
            Ok(accounts) => accounts,
            Err(refusal) => return self.refuse(message, refusal).await,
        };
        let (content, material) = match kind {
            Kind::Close => (spec, self.closing(message, spec, rest)),
            Kind::Rectify => {
                let Some(content) = self.catalog.by_word(&original.command) else {
                    return self.refuse(message, Refusal::CommandChanged).await;
                };
                (content, self.rectified(message, content, original, rest))
            }
        };
        let mut material = match material {
            Ok(material) => material,
            Err(problems) => return self.bad_input(message, problems).await,
        };
        if kind == Kind::Rectify && material.says_the_same_as(&original.revision) {
            return self.refuse(message, Refusal::NothingChanged).await;
        }
        let steps = accounts.into_iter().map(|account| (account, Step::Replace)).collect();
        material.succession = Some(Succession { of: original.number.clone(), kind, steps });
        let number = self.transaction.next_number(&self.desk.directorate.code).await?;
        let opening = Opening {
            number: number.clone(),
            command: content.word.clone(),
            room: self.arrival.room.clone(),
            origin: message.clone(),
            author: member.id(),
            // Their words are published once more: they don't vote on them this time either.
            co_authors: if kind == Kind::Rectify { original.authors.clone() } else { BTreeSet::new() },
            policy: self.desk.policy(spec),
            proposal: material.proposed(self.desk, content, self.now),
        };
        ledger::open(self.transaction, opening, self.now).await?;
        let event = Event::Sequel(SequelEvent::Followed { by: number.clone(), kind });
        // That a draft was opened is so; nothing refuses it.
        let _ = ledger::happen(self.transaction, original, event, self.now).await?;
        let meaning = Meaning::Typed { asked: None };
        self.transaction.note_message(&self.arrival.room, message.as_str(), &number, &meaning).await
    }

    /// The accounts that a draft is on which may be followed now. Of two drafts that would follow one, the first is it,
    /// until it was withdrawn or lapsed.
    async fn what_can_be_followed(
        &mut self,
        original: &Draft,
    ) -> Result<Result<Vec<AccountName>, Refusal>, StoreError> {
        if let Some(follower) = &original.follower {
            let state = self.transaction.draft(&follower.by).await?.map(|draft| draft.state());
            if !matches!(state, Some(State::Withdrawn | State::Expired) | None) {
                return Ok(Err(Refusal::Followed(follower.by.clone())));
            }
        }
        Ok(original.may_be_out_on())
    }

    /// The last word. Where nothing was typed it is asked for.
    fn closing(&self, message: &MessageId, spec: &Spec, rest: &str) -> Result<Material, Vec<Problem>> {
        let values = match parse::fields(spec, rest, &self.desk.local(self.now)) {
            Err(problems) if problems == [Problem::Empty] => BTreeMap::new(),
            values => values?,
        };
        Ok(Material { fields: spec.filled(values, message), ..Material::default() })
    }

    /// The old text with what is changed of it.
    fn rectified(
        &self,
        message: &MessageId,
        content: &Spec,
        original: &Draft,
        rest: &str,
    ) -> Result<Material, Vec<Problem>> {
        if rest.trim().is_empty() {
            return Err(vec![Problem::Empty]);
        }
        let values = parse::answer(content, None, rest, &self.desk.local(self.now))?;
        let changed: BTreeMap<FieldName, Filled> = content.filled(values, message);
        let mut material = Material::of(&original.revision);
        material.succession = None;
        material.coming = Vec::new();
        material.put(message, changed);
        Ok(material)
    }
}
