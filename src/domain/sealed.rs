//! What of a revision is sealed: everything that approvers say yes to.

use crate::domain::draft::Revision;
use crate::domain::name::DraftNumber;
use crate::domain::relay::Relay;
use crate::domain::seal::Seal;
use crate::domain::sequel::Succession;

impl Revision {
    /// The seal of what it says now; [`seal`](Self::seal) is what it said when it was sealed.
    pub fn content_seal(&self, number: &DraftNumber) -> Seal {
        let content = Seal::of(number, &self.targets, &self.pictures);
        let planned = match self.planned_at {
            Some(at) => content.bound_to("planned", &at.to_string()),
            None => content,
        };
        if let Some(Relay { of, originals, room: _ }) = &self.relay {
            let of = planned.bound_to("relays", &of.to_string());
            return originals.iter().fold(of, |seal, (account, post)| seal.bound_to(account.as_str(), &post.id));
        }
        let Some(Succession { of, steps, kind: _ }) = &self.succession else { return planned };
        let of = planned.bound_to("follows", &of.to_string());
        steps.iter().fold(of, |seal, (account, step)| seal.bound_to(account.as_str(), step.word()))
    }

    /// The same revision, sealed anew.
    pub(in crate::domain) fn sealed(self, number: &DraftNumber) -> Self {
        Self { seal: self.content_seal(number), ..self }
    }
}
