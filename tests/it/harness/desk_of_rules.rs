//! A draft on the table: rules are tried on it without a chat, a store or a clock.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use portevoix::domain::ballot::{Choice, Given, Vote, Voter};
use portevoix::domain::directorate::{NetworkKind, Visibility};
use portevoix::domain::draft::{Blocker, Draft, Filled, Target};
use portevoix::domain::effect::Effect;
use portevoix::domain::name::{DraftNumber, FieldName, MessageId, PersonId, ReactionId, RoleName};
use portevoix::domain::notice::{Notice, Refusal, State};
use portevoix::domain::policy::{Confirm, Glyphs, Policy, Reminders};
use portevoix::domain::review::{self, Event, Opening, Proposal};
use portevoix::domain::text::Length;

/// One draft, and the time.
pub struct OnTheTable {
    pub draft: Draft,
    pub now: Timestamp,
    /// What was owed for the last event.
    pub effects: Vec<Effect>,
    reactions: u32,
}

/// Two approvals by a `valideur`, open for an hour, 30 s of grace.
pub fn policy() -> Policy {
    Policy {
        quorum: 2,
        required_roles: BTreeSet::new(),
        approver_roles: BTreeSet::from([RoleName::from("valideur")]),
        open_for_seconds: 3_600,
        grace_seconds: 30,
        glyphs: Glyphs::default(),
        is_urgent: false,
        confirm: Confirm::Reaction,
        reminders: Reminders::default(),
    }
}

/// The same text for `mastodon` and `bluesky`.
pub fn proposal(text: &str) -> Proposal {
    let target = |account: &str, network| Target {
        account: account.into(),
        network,
        visibility: Visibility::Public,
        language: "fr".to_owned(),
        text: text.to_owned(),
        length: Length { used: 10, limit: 300, over: 0 },
        cost: None,
    };
    let filled = Filled { value: text.to_owned(), from: MessageId::from("m1"), is_internal: false };
    Proposal {
        fields: BTreeMap::from([(FieldName::from("faits"), filled)]),
        targets: vec![target("mastodon", NetworkKind::Mastodon), target("bluesky", NetworkKind::Bluesky)],
        pictures: vec![],
        coming: vec![],
        blockers: vec![],
        warnings: vec![],
        happens_at: None,
        succession: None,
        relay: None,
    }
}

/// A proposal that lacks the place.
pub fn incomplete(text: &str) -> Proposal {
    let missing = Blocker::Missing { field: "lieu".into(), ask: "Où ?".to_owned() };
    Proposal { blockers: vec![missing], ..proposal(text) }
}

/// Martin opens a draft.
pub fn opened(policy: Policy, proposal: Proposal) -> OnTheTable {
    let now: Timestamp = "2026-03-12T21:00:00Z".parse().unwrap();
    let opening = Opening {
        number: "44-1".parse::<DraftNumber>().unwrap(),
        command: "appel".into(),
        room: "!salon".into(),
        origin: "m1".into(),
        author: "martin".into(),
        co_authors: BTreeSet::new(),
        policy,
        proposal,
    };
    let decision = review::open(opening, now);
    OnTheTable { draft: decision.draft, now, effects: decision.effects, reactions: 0 }
}

impl OnTheTable {
    /// Lets an event happen.
    pub fn happen(&mut self, event: Event) -> Result<(), Refusal> {
        let decision = review::decide(&self.draft, event, self.now)?;
        self.draft = decision.draft;
        self.effects = decision.effects;
        Ok(())
    }

    /// A `valideur` reacts under the current card.
    pub fn votes(&mut self, who: &str, choice: Choice) -> Result<ReactionId, Refusal> {
        self.votes_as(who, &["valideur"], choice)
    }

    /// Someone with these roles reacts under the current card.
    pub fn votes_as(&mut self, who: &str, roles: &[&str], choice: Choice) -> Result<ReactionId, Refusal> {
        self.reactions += 1;
        let reaction = ReactionId(format!("r{}", self.reactions));
        let vote = Vote { by: voter(who, roles), choice, reaction: reaction.clone(), given: Given::ByReaction };
        self.happen(Event::Voted { revision: self.draft.revision.number, vote, at: self.now })?;
        Ok(reaction)
    }

    /// A reaction is taken back.
    pub fn takes_back(&mut self, reaction: &ReactionId) {
        self.happen(Event::VoteTakenBack { reaction: reaction.clone() }).unwrap();
    }

    /// Time goes by, and whatever wakes the draft wakes it.
    pub fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        self.happen(Event::TimePassed).unwrap();
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.draft.state()
    }

    /// The accounts that the last event owes a publication to.
    pub fn published_to(&self) -> Vec<&str> {
        let mut accounts = Vec::new();
        for effect in &self.effects {
            if let Effect::Publish(account) = effect {
                accounts.push(account.as_str());
            }
        }
        accounts
    }

    /// What the last event tells the thread.
    pub fn told(&self) -> Vec<&Notice> {
        let mut notices = Vec::new();
        for effect in &self.effects {
            if let Effect::Tell(notice) = effect {
                notices.push(notice);
            }
        }
        notices
    }
}

/// Someone with these roles.
pub fn voter(who: &str, roles: &[&str]) -> Voter {
    Voter { id: PersonId::from(who), roles: roles.iter().map(|role| RoleName::from(*role)).collect() }
}
