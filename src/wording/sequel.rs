//! What is said of a draft that closes or rectifies another.

use crate::domain::draft::Draft;
use crate::domain::name::AccountName;
use crate::domain::prose::{Block, Prose};
use crate::domain::sequel::{Kind, Left, SequelNotice, Step, Succession};
use crate::wording::speaker::{Audience, Speaker};

impl Speaker {
    /// One thing that happened to an old post.
    pub(in crate::wording) fn sequel(&self, notice: &SequelNotice, audience: &Audience<'_>) -> Prose {
        let of_account = |name, account| Prose::text(self.sentence(audience, name, &[("account", account)]));
        match notice {
            SequelNotice::Superseded { by, kind: Kind::Close } => {
                Prose::text(self.sentence(audience, "notice-closed", &[("by", by)]))
            }
            SequelNotice::Superseded { by, kind: Kind::Rectify } => {
                Prose::text(self.sentence(audience, "notice-rectified", &[("by", by)]))
            }
            SequelNotice::TakenDown { account } => of_account("notice-taken-down", account),
            SequelNotice::Gone { account } => of_account("notice-gone", account),
            SequelNotice::Left { account, left: Left::Picture } => of_account("notice-picture-left", account),
            SequelNotice::Left { account, left: Left::Post | Left::Nothing } => of_account("notice-post-left", account),
            SequelNotice::NeverSeen { account } => of_account("notice-never-seen", account),
        }
    }

    /// Which draft it follows, and what becomes of each old post.
    pub(in crate::wording) fn succession(&self, draft: &Draft, audience: &Audience<'_>) -> Vec<Block> {
        let mut blocks = Vec::new();
        if let Some(follower) = draft.follower.as_ref().filter(|follower| follower.is_carried) {
            let name = match follower.kind {
                Kind::Close => "card-closed-by",
                Kind::Rectify => "card-rectified-by",
            };
            blocks.push(Block::Text(self.sentence(audience, name, &[("by", &follower.by)])));
        }
        let Some(Succession { of, kind, steps }) = &draft.revision.succession else { return blocks };
        let name = match kind {
            Kind::Close => "card-closes",
            Kind::Rectify => "card-rectifies",
        };
        blocks.push(Block::Text(self.sentence(audience, name, &[("of", of)])));
        let line = |(account, step): (&AccountName, &Step)| {
            let name = match (step, kind) {
                (Step::TakeDown, _) => "card-step-take-down",
                (Step::Replace, Kind::Close) => "card-step-last-word",
                (Step::Replace, Kind::Rectify) => "card-step-replace",
                (Step::Edit, _) => "card-step-edit",
            };
            self.sentence(audience, name, &[("account", account)])
        };
        blocks.push(Block::Items(steps.iter().map(line).collect()));
        blocks
    }
}
