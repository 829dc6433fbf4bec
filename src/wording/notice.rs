//! What is told in a thread: one or two sentences for each thing that can happen.

use std::fmt::Display;

use crate::domain::draft::{Blocker, Draft};
use crate::domain::fault::{Fault, Receipt};
use crate::domain::help::{Help, HelpField};
use crate::domain::name::{AccountName, FieldName};
use crate::domain::notice::{Notice, Problem, State, Summary};
use crate::domain::prose::{Block, Prose};
use crate::wording::speaker::{Audience, Speaker, Variables};

impl Speaker {
    /// Puts a notice in words. `draft` is the draft it belongs to, as it is now.
    pub fn notice(&self, notice: &Notice, audience: &Audience<'_>, draft: Option<&Draft>) -> Prose {
        let one = |name, variables: Variables<'_>| Prose::text(self.sentence(audience, name, variables));
        let by_one = |name, by| one(name, &[("by", &audience.name(by))]);
        match notice {
            Notice::Asked(blockers) => self.asked(blockers, audience),
            Notice::Completed => one("notice-completed", &[]),
            Notice::Approved { by, votes, roles } => {
                let waits = draft.map(|draft| self.wanting(draft, *votes, roles.iter(), audience)).unwrap_or_default();
                let name = if waits.is_empty() { "notice-approved" } else { "notice-approved-waiting" };
                one(name, &[("by", &audience.name(by)), ("waits", &waits)])
            }
            Notice::WarningsLifted { by, words } => self.warnings_lifted(by, words, audience),
            Notice::VoteTakenBack { by } => by_one("notice-vote-taken-back", by),
            Notice::Revised { by, revision, votes_lost } => {
                let (by, revision) = (audience.name(by), revision.to_string());
                one("notice-revised", &[("by", &by), ("revision", &revision), ("lost", votes_lost)])
            }
            Notice::PicturesRemoved { revision, votes_lost } => {
                one("notice-pictures-removed", &[("revision", &revision.to_string()), ("lost", votes_lost)])
            }
            Notice::GoesOut { at } => one("notice-goes-out", &[("at", &audience.moment(*at))]),
            Notice::Relay(notice) => self.relay(notice, audience),
            Notice::Sequel(notice) => self.sequel(notice, audience),
            Notice::Plan(notice) => self.plan_notice(notice, draft, audience),
            Notice::Held { by } => by_one("notice-held", by),
            Notice::HoldTakenBack { by } => by_one("notice-hold-taken-back", by),
            Notice::Vetoed { by } => by_one("notice-vetoed", by),
            Notice::VetoExplained { by, reason } => {
                let said = self.sentence(audience, "notice-veto-explained", &[("by", &audience.name(by))]);
                Prose { blocks: vec![Block::Text(said), Block::Quote(reason.clone())] }
            }
            Notice::VetoTakenBack { by } => by_one("notice-veto-taken-back", by),
            Notice::Withdrawn { by } => by_one("notice-withdrawn", by),
            Notice::Expired => one("notice-expired", &[]),
            Notice::Online { account, receipt } => self.online(account, receipt, audience),
            Notice::Retrying { account, fault, next } => {
                let is_removal = is_removal(draft, account);
                Prose::text(self.retrying(account, (fault, is_removal), &audience.moment(*next), audience))
            }
            Notice::AskWhetherOnline { account, fault } => {
                one("notice-ask-whether-online", &[("account", account), ("why", &self.fault(fault, audience))])
            }
            Notice::AskToRetry { account, fault } => {
                let name = if is_removal(draft, account) { "notice-ask-to-remove" } else { "notice-ask-to-retry" };
                one(name, &[("account", account), ("why", &self.fault(fault, audience))])
            }
            Notice::CardLost => one("notice-card-lost", &[]),
            Notice::OriginRemoved => {
                let number = draft.map(|draft| draft.number.to_string()).unwrap_or_default();
                one("notice-origin-removed", &[("number", &number)])
            }
            Notice::Refused(refusal) => Prose::text(self.refusal(refusal, audience)),
            Notice::Stranger { person: _ } => one("notice-stranger", &[("directorate", &audience.directorate.name)]),
            Notice::Unreadable { person, arrival: _ } => by_one("notice-unreadable", person),
            Notice::UnknownCommand { typed, nearest: Some(nearest) } => {
                one("notice-unknown-command-near", &[("typed", &shortened(typed)), ("nearest", nearest)])
            }
            Notice::UnknownCommand { typed, nearest: None } => {
                one("notice-unknown-command", &[("typed", &shortened(typed))])
            }
            Notice::BadInput(problems) => self.bad_input(problems, audience),
            Notice::Drafts(drafts) if drafts.is_empty() => one("notice-no-drafts", &[]),
            Notice::Drafts(drafts) => self.drafts(drafts, audience),
            Notice::Shown(draft) => self.shown(draft, audience),
            Notice::Help(help) => self.help(help, audience),
            Notice::PictureRefused { name, why } => {
                one("notice-picture-refused", &[("name", &shortened(name)), ("why", &self.unfit(why, audience))])
            }
        }
    }

    /// A draft as it stands, and where it can be voted on.
    fn shown(&self, draft: &Draft, audience: &Audience<'_>) -> Prose {
        let mut prose = self.card(draft, draft.revision.number, audience);
        prose.blocks.push(Block::Text(self.sentence(audience, "notice-shown", &[])));
        prose
    }

    /// That an account did not take it, and when the bot tries or looks again.
    fn retrying(
        &self,
        account: &AccountName,
        (fault, is_removal): (&Fault, bool),
        at: &str,
        audience: &Audience<'_>,
    ) -> String {
        let is_uncertain = matches!(fault, Fault::Uncertain { .. });
        let name = match (is_removal, is_uncertain) {
            (true, _) => "notice-removal-retrying",
            (false, true) => "notice-looking",
            (false, false) => "notice-retrying",
        };
        let why = self.fault(fault, audience);
        self.sentence(audience, name, &[("account", account), ("why", &why), ("at", &at)])
    }

    /// That it is out on an account, with its page where there is one.
    fn online(&self, account: &AccountName, receipt: &Receipt, audience: &Audience<'_>) -> Prose {
        let label = self.sentence(audience, "notice-online", &[("account", account)]);
        let block = match &receipt.url {
            Some(url) => Block::Link { label, url: url.clone() },
            None => Block::Text(label),
        };
        Prose { blocks: vec![block] }
    }

    /// The question for the first missing field, and what else stands in the way.
    fn asked(&self, blockers: &[Blocker], audience: &Audience<'_>) -> Prose {
        let missing: Vec<(&FieldName, &str)> = blockers.iter().filter_map(Blocker::missing).collect();
        let Some((field, ask)) = missing.first() else {
            let intro = self.sentence(audience, "notice-blocked", &[]);
            return Prose { blocks: vec![Block::Text(intro), Block::Items(self.blockers(blockers, audience))] };
        };
        let others: Vec<&str> = missing[1..].iter().map(|(field, _)| field.as_str()).collect();
        let mut blocks = vec![Block::Text(self.sentence(audience, "notice-asked", &[("field", field), ("ask", ask)]))];
        if !others.is_empty() {
            let rest = others.join(", ");
            blocks.push(Block::Text(self.sentence(audience, "notice-asked-next", &[("rest", &rest)])));
        }
        Prose { blocks }
    }

    fn bad_input(&self, problems: &[Problem], audience: &Audience<'_>) -> Prose {
        let intro = self.sentence(audience, "notice-bad-input", &[]);
        let problems = problems.iter().map(|problem| self.problem(problem, audience)).collect();
        Prose { blocks: vec![Block::Text(intro), Block::Items(problems)] }
    }

    fn drafts(&self, drafts: &[Summary], audience: &Audience<'_>) -> Prose {
        let line = |draft: &Summary| {
            let state = match (draft.state, draft.planned_at) {
                (State::Approved, Some(_)) => self.sentence(audience, "state-planned", &[]),
                (state, _) => self.state(state, audience),
            };
            let variables: [(&'static str, &dyn Display); 4] = [
                ("number", &draft.number),
                ("command", &draft.command),
                ("state", &state),
                ("beginning", &draft.beginning),
            ];
            let line = self.sentence(audience, "notice-draft-line", &variables);
            match draft.planned_at {
                None => line,
                Some(at) => {
                    let at = audience.in_full(at);
                    self.sentence(audience, "notice-draft-planned", &[("line", &line), ("at", &at)])
                }
            }
        };
        let intro = self.sentence(audience, "notice-drafts", &[("count", &drafts.len())]);
        Prose { blocks: vec![Block::Text(intro), Block::Items(drafts.iter().map(line).collect())] }
    }

    fn help(&self, help: &Help, audience: &Audience<'_>) -> Prose {
        match help {
            Help::All(commands) => {
                let line = |(word, about): &(_, String)| {
                    self.sentence(audience, "help-line", &[("word", word as &dyn Display), ("about", about)])
                };
                let intro = self.sentence(audience, "help-all", &[]);
                Prose { blocks: vec![Block::Text(intro), Block::Items(commands.iter().map(line).collect())] }
            }
            Help::One { word, aliases, about, fields, examples } => {
                let title = self.sentence(audience, "help-line", &[("word", word), ("about", about)]);
                let mut blocks = vec![Block::Title(title)];
                if !aliases.is_empty() {
                    let aliases = aliases.iter().map(|alias| format!("!{alias}")).collect::<Vec<_>>().join(", ");
                    blocks.push(Block::Text(self.sentence(audience, "help-aliases", &[("aliases", &aliases)])));
                }
                if !fields.is_empty() {
                    let fields = fields.iter().map(|field| self.help_field(field, audience)).collect();
                    blocks.push(Block::Items(fields));
                }
                if !examples.is_empty() {
                    blocks.push(Block::Text(self.sentence(audience, "help-examples", &[("count", &examples.len())])));
                    blocks.extend(examples.iter().map(|example| Block::Quote(example.clone())));
                }
                Prose { blocks }
            }
        }
    }

    fn help_field(&self, field: &HelpField, audience: &Audience<'_>) -> String {
        let name = match (field.required, field.internal) {
            (true, true) => "help-field-required-internal",
            (true, false) => "help-field-required",
            (false, true) => "help-field-internal",
            (false, false) => "help-field",
        };
        self.sentence(audience, name, &[("field", &field.name), ("about", &field.about)])
    }
}

/// Whether what is tried on an account is to take the old post down or to change it.
pub(in crate::wording) fn is_removal(draft: Option<&Draft>, account: &AccountName) -> bool {
    draft.is_some_and(|draft| draft.awaits_removal(account))
}

/// What someone typed, short enough to be said back.
pub(in crate::wording) fn shortened(typed: &str) -> String {
    typed.chars().take(30).collect()
}
