//! What is said of the hour of a draft.

use jiff::Timestamp;

use crate::domain::directorate::Member;
use crate::domain::draft::{Draft, Grace, Phase};
use crate::domain::name::{PersonId, RoleName};
use crate::domain::plan_notice::PlanNotice;
use crate::domain::prose::{Block, Prose};
use crate::domain::schedule::Unplannable;
use crate::wording::speaker::{Audience, Speaker};

impl Speaker {
    /// What is said of the hour of a draft, and while it waits.
    pub(in crate::wording) fn plan_notice(
        &self,
        notice: &PlanNotice,
        draft: Option<&Draft>,
        audience: &Audience<'_>,
    ) -> Prose {
        let one = |name, at: Timestamp| Prose::text(self.sentence(audience, name, &[("at", &audience.in_full(at))]));
        match notice {
            PlanNotice::Approved { at } => one("notice-goes-out-as-planned", *at),
            PlanNotice::Set { by, at, votes_lost } => Prose::text(self.planned(by, *at, *votes_lost, audience)),
            PlanNotice::Called { role } => self.call(role, draft, audience),
            PlanNotice::DueSoon { at } => one("notice-due-soon", *at),
            PlanNotice::HourCame { planned } if is_held(draft) => one("notice-hour-came-held", *planned),
            PlanNotice::HourCame { planned } => one("notice-hour-came", *planned),
            PlanNotice::Late { planned } => one("notice-late", *planned),
        }
    }

    /// That an hour was set or taken away, and what becomes of the votes.
    fn planned(&self, by: &PersonId, at: Option<Timestamp>, lost: u32, audience: &Audience<'_>) -> String {
        let by = audience.name(by);
        match at {
            Some(at) => {
                let is_first_of_two = audience.is_first_of_two(at);
                let at = audience.in_full(at);
                let said = self.sentence(audience, "notice-planned", &[("by", &by), ("at", &at), ("lost", &lost)]);
                if is_first_of_two {
                    let note = self.sentence(audience, "notice-planned-twice", &[]);
                    format!("{said} {note}")
                } else {
                    said
                }
            }
            None => self.sentence(audience, "notice-unplanned", &[("by", &by), ("lost", &lost)]),
        }
    }

    /// Calls those of a role who may vote, by name. Authors don't vote, so they are left in peace.
    fn call(&self, role: &RoleName, draft: Option<&Draft>, audience: &Audience<'_>) -> Prose {
        let is_author = |member: &Member| draft.is_some_and(|draft| draft.authors.contains(&member.id()));
        let team = audience.directorate.team.iter();
        let called: Vec<&Member> = team.filter(|member| member.roles.contains(role) && !is_author(member)).collect();
        let names: Vec<&str> = called.iter().map(|member| member.name.as_str()).collect();
        let number = draft.map(|draft| draft.number.to_string()).unwrap_or_default();
        let name = if names.is_empty() { "notice-called-role" } else { "notice-called" };
        let text = self.sentence(audience, name, &[("names", &names.join(", ")), ("role", role), ("number", &number)]);
        let people = called.iter().flat_map(|member| member.ids.iter().cloned()).collect();
        Prose { blocks: vec![Block::Call { text, people }] }
    }

    /// The line of a card that says when it goes out, as long as it waits.
    pub(in crate::wording) fn plan(&self, draft: &Draft, audience: &Audience<'_>) -> Option<Block> {
        let at = audience.in_full(draft.revision.planned_at?);
        let name = match &draft.phase {
            Phase::Review(_) if draft.watch.hour_told => "card-hour-came",
            Phase::Approved { grace: Grace::Held(_), .. } if draft.watch.hour_told => "card-hour-came-held",
            Phase::Review(_) | Phase::Vetoed { .. } | Phase::Approved { grace: Grace::Held(_), .. } => "card-planned",
            // What is approved says itself when it goes out.
            Phase::Approved { grace: Grace::Until(_), .. }
            | Phase::Publishing(_)
            | Phase::Published(_)
            | Phase::Withdrawn { .. }
            | Phase::Expired(_) => return None,
        };
        Some(Block::Text(self.sentence(audience, name, &[("at", &at)])))
    }

    /// Why nothing can be planned for what was typed, and what to type.
    pub(in crate::wording) fn unplannable(&self, why: &Unplannable, audience: &Audience<'_>) -> String {
        match why {
            Unplannable::Unread(typed) if typed.is_empty() => self.sentence(audience, "problem-no-plan", &[]),
            Unplannable::Unread(typed) => self.sentence(audience, "problem-not-a-plan", &[("typed", typed)]),
            Unplannable::NoHour => self.sentence(audience, "problem-plan-without-hour", &[]),
            Unplannable::Past(at) => self.sentence(audience, "problem-plan-past", &[("at", &audience.in_full(*at))]),
            Unplannable::TooFar(at) => {
                self.sentence(audience, "problem-plan-too-far", &[("at", &audience.in_full(*at))])
            }
            Unplannable::Skipped { before, after } => {
                let (before, after) = (audience.in_full(*before), audience.in_full(*after));
                self.sentence(audience, "problem-plan-skipped", &[("before", &before), ("after", &after)])
            }
            Unplannable::Midnight { first, second } => {
                let (first, second) = (audience.in_full(*first), audience.in_full(*second));
                self.sentence(audience, "problem-plan-midnight", &[("first", &first), ("second", &second)])
            }
        }
    }
}

/// Whether it is approved, and only a hold keeps it.
fn is_held(draft: Option<&Draft>) -> bool {
    draft.is_some_and(|draft| matches!(draft.phase, Phase::Approved { grace: Grace::Held(_), .. }))
}
