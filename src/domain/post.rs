//! A post: what may be sent to a network. It can only be made from a mandate, so an unapproved post does not compile.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::directorate::Visibility;
use crate::domain::draft::Draft;
use crate::domain::effect::publish_key;
use crate::domain::name::{AccountName, EffectKey};
use crate::domain::picture::{Developed, Digest};
use crate::domain::policy::Mandate;

/// One approved text on its way to one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    key: EffectKey,
    account: AccountName,
    text: String,
    pictures: Vec<Developed>,
    language: String,
    visibility: Visibility,
    decided_at: Timestamp,
}

/// What the draft says now is not what was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the draft's content does not match the seal that was approved")]
pub struct SealBroken;

impl Post {
    /// Makes the post of one account. The seal is computed again from the texts and pictures themselves and held against
    /// the mandate's, so what changed anywhere on the way (in the store, say) can't go out. `files` has the bytes of the
    /// pictures.
    ///
    /// # Errors
    /// [`SealBroken`] when number, revision, content or account are not what the mandate covers, or a picture's bytes are
    /// missing.
    pub fn under(
        mandate: &Mandate,
        draft: &Draft,
        account: &AccountName,
        files: &HashMap<Digest, Arc<[u8]>>,
        decided_at: Timestamp,
    ) -> Result<Self, SealBroken> {
        let content = draft.revision.content_seal(&draft.number);
        if draft.number != *mandate.number() || draft.revision.number != mandate.revision() || content != mandate.seal()
        {
            return Err(SealBroken);
        }
        let target = draft.revision.targets.iter().find(|target| target.account == *account).ok_or(SealBroken)?;
        let developed = draft.revision.pictures.iter().map(|picture| {
            let bytes = files.get(&picture.digest).ok_or(SealBroken)?;
            Developed::new(picture.clone(), Arc::clone(bytes)).ok_or(SealBroken)
        });
        Ok(Self {
            pictures: developed.collect::<Result<_, _>>()?,
            key: publish_key(&draft.number, draft.revision.number, account),
            account: account.clone(),
            text: target.text.clone(),
            language: target.language.clone(),
            visibility: target.visibility,
            decided_at,
        })
    }

    /// Names this post for ever: sending twice under one key must publish once.
    pub fn key(&self) -> &EffectKey {
        &self.key
    }

    /// Where it goes.
    pub fn account(&self) -> &AccountName {
        &self.account
    }

    /// The exact text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What goes with it, in this order.
    pub fn pictures(&self) -> &[Developed] {
        &self.pictures
    }

    /// ISO 639-1.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// For whose eyes.
    pub fn visibility(&self) -> Visibility {
        self.visibility
    }

    /// When publication was decided; the same at every try, so that a network can derive a stable id from it.
    pub fn decided_at(&self) -> Timestamp {
        self.decided_at
    }
}
