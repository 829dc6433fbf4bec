//! The card of a draft: all that a supervisor must see to approve it, and nothing else.

use crate::domain::ballot::{Ballot, Choice};
use crate::domain::cost::Cost;
use crate::domain::draft::{Blocker, Draft, Grace, Phase, Progress, Publication, VetoReason};
use crate::domain::name::{AccountName, RevisionNumber, RoleName};
use crate::domain::picture::Picture;
use crate::domain::policy::{Confirm, Verdict, judge};
use crate::domain::prose::{Block, Prose};
use crate::wording::notice::shortened;
use crate::wording::speaker::{Audience, Speaker};

impl Speaker {
    /// The card of one revision. Of a revision that was replaced nothing is shown but that.
    pub fn card(&self, draft: &Draft, revision: RevisionNumber, audience: &Audience<'_>) -> Prose {
        let (number, command) = (&draft.number, &draft.command);
        let title = self.sentence(
            audience,
            "card-title",
            &[("number", number), ("command", command), ("revision", &revision.to_string())],
        );
        if draft.revision.number != revision {
            let current = draft.revision.number.to_string();
            let replaced = self.sentence(audience, "card-replaced", &[("current", &current)]);
            return Prose { blocks: vec![Block::Title(title), Block::Text(replaced)] };
        }
        let mut blocks = vec![Block::Title(title)];
        blocks.extend(self.standing(draft, audience));
        blocks.extend(self.plan(draft, audience));
        blocks.extend(self.succession(draft, audience));
        blocks.extend(self.relayed(draft, audience));
        blocks.extend(self.texts(draft, audience));
        blocks.extend(self.pictures(draft, audience));
        let internal = self.internal_fields(draft, audience);
        blocks.extend((!internal.is_empty()).then_some(Block::Items(internal)));
        blocks.extend(self.warnings(draft, audience));
        let authors: Vec<String> = draft.authors.iter().map(|author| audience.name(author)).collect();
        let seal = draft.revision.seal.short();
        blocks.push(Block::Text(self.sentence(
            audience,
            "card-foot",
            &[("authors", &authors.join(", ")), ("seal", &seal)],
        )));
        Prose { blocks }
    }

    /// Where the draft stands, and what it waits for.
    fn standing(&self, draft: &Draft, audience: &Audience<'_>) -> Vec<Block> {
        let text = |name, variables: &[(&'static str, &dyn std::fmt::Display)]| {
            Block::Text(self.sentence(audience, name, variables))
        };
        match &draft.phase {
            Phase::Review(_) if !draft.revision.blockers.is_empty() => {
                vec![text("card-incomplete", &[]), Block::Items(self.blockers(&draft.revision.blockers, audience))]
            }
            Phase::Review(ballot) => {
                let deadline = audience.time(draft.expires_at);
                let waits = match judge(draft, ballot) {
                    Verdict::Wanting { votes, roles } => self.wanting(draft, votes, roles.iter(), audience),
                    Verdict::Carried(_) | Verdict::Vetoed(_) => String::new(),
                };
                let mut blocks = vec![text("card-review", &[("waits", &waits), ("deadline", &deadline)])];
                blocks.extend(self.votes(ballot, audience));
                let glyphs = &draft.policy.glyphs;
                let (approve, veto, hold) = (&glyphs.approve, &glyphs.veto, &glyphs.hold);
                blocks.push(match draft.policy.confirm {
                    Confirm::Reaction => text("card-how", &[("approve", approve), ("veto", veto), ("hold", hold)]),
                    Confirm::Word => {
                        let word = draft.revision.seal.word();
                        text("card-how-word", &[("word", &word), ("veto", veto), ("hold", hold)])
                    }
                });
                blocks
            }
            Phase::Approved { ballot, grace: Grace::Until(at) } => {
                let hold = &draft.policy.glyphs.hold;
                let is_planned = draft.revision.planned_at == Some(*at);
                let at = if is_planned { audience.in_full(*at) } else { audience.moment(*at) };
                let name = if is_planned { "card-approved-planned" } else { "card-approved" };
                let mut blocks = vec![text(name, &[("at", &at), ("hold", hold)])];
                blocks.extend(self.votes(ballot, audience));
                blocks
            }
            Phase::Approved { ballot, grace: Grace::Held(holds) } => {
                let names: Vec<String> = holds.values().map(|by| audience.name(by)).collect();
                let hold = &draft.policy.glyphs.hold;
                let mut blocks = vec![text("card-held", &[("by", &names.join(", ")), ("hold", hold)])];
                blocks.extend(self.votes(ballot, audience));
                blocks
            }
            Phase::Publishing(publication) => {
                let name = if publication.is_stuck() { "card-stuck" } else { "card-publishing" };
                let mut blocks = vec![text(name, &[])];
                blocks.extend(self.progress(draft, publication, audience));
                blocks.extend(self.votes(&publication.ballot, audience));
                blocks
            }
            Phase::Published(publication) => {
                let mut blocks = vec![text("card-published", &[])];
                blocks.extend(self.progress(draft, publication, audience));
                blocks.extend(self.votes(&publication.ballot, audience));
                blocks
            }
            Phase::Vetoed { by, reason, .. } => {
                let by = audience.name(by);
                match reason {
                    VetoReason::Asked => vec![text("card-vetoed", &[("by", &by)])],
                    VetoReason::Given(reason) => {
                        vec![text("card-vetoed-because", &[("by", &by)]), Block::Quote(reason.clone())]
                    }
                }
            }
            Phase::Withdrawn { by } => vec![text("card-withdrawn", &[("by", &audience.name(by))])],
            Phase::Expired(_) => vec![text("card-expired", &[("deadline", &audience.time(draft.expires_at))])],
        }
    }

    /// Which votes are still needed, in words.
    pub(in crate::wording) fn wanting<'r>(
        &self,
        draft: &Draft,
        votes: u32,
        roles: impl Iterator<Item = &'r RoleName>,
        audience: &Audience<'_>,
    ) -> String {
        let missing_roles: Vec<&str> = roles.map(RoleName::as_str).collect();
        let approvers: Vec<&str> = draft.policy.approver_roles.iter().map(RoleName::as_str).collect();
        let mut parts = Vec::new();
        if votes > 0 {
            let name = if approvers.is_empty() { "wanting-votes" } else { "wanting-votes-of" };
            parts.push(self.sentence(audience, name, &[("votes", &votes), ("roles", &approvers.join(", "))]));
        }
        if !missing_roles.is_empty() {
            parts.push(self.sentence(audience, "wanting-roles", &[("roles", &missing_roles.join(", "))]));
        }
        parts.join(" ; ")
    }

    fn votes(&self, ballot: &Ballot, audience: &Audience<'_>) -> Option<Block> {
        let names: Vec<String> = ballot.voters(Choice::Approve).iter().map(|voter| audience.name(&voter.id)).collect();
        (!names.is_empty()).then(|| Block::Text(self.sentence(audience, "card-votes", &[("names", &names.join(", "))])))
    }

    /// The exact texts; accounts that would publish the same one share it.
    fn texts(&self, draft: &Draft, audience: &Audience<'_>) -> Vec<Block> {
        let revision = &draft.revision;
        let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
        let targets = revision.targets.iter().map(|target| {
            let (account, network) = (target.account.as_str(), target.network.label());
            let (used, limit) = (target.length.used.to_string(), target.length.limit.to_string());
            let name = if target.length.over > 0 { "card-length-over" } else { "card-length" };
            let over = target.length.over;
            let variables: [(&'static str, &dyn std::fmt::Display); 5] =
                [("account", &account), ("network", &network), ("used", &used), ("limit", &limit), ("over", &over)];
            let label = self.sentence(audience, name, &variables);
            (target.text.as_str(), self.with_cost(label, target.cost, audience))
        });
        for (text, label) in targets {
            match groups.iter_mut().find(|(known, _)| *known == text) {
                Some((_, labels)) => labels.push(label),
                None => groups.push((text, vec![label])),
            }
        }
        groups
            .into_iter()
            .flat_map(|(text, labels)| [Block::Text(labels.join(" · ")), Block::Quote(text.to_owned())])
            .collect()
    }

    /// The label of an account with what a post costs there, if it costs anything.
    fn with_cost(&self, label: String, cost: Option<Cost>, audience: &Audience<'_>) -> String {
        match cost {
            None => label,
            Some(Cost { price, without_links: None }) => {
                self.sentence(audience, "card-cost", &[("label", &label), ("cost", &audience.price(price))])
            }
            Some(Cost { price, without_links: Some(cheaper) }) => {
                let (price, cheaper) = (audience.price(price), audience.price(cheaper));
                let variables: [(&'static str, &dyn std::fmt::Display); 3] =
                    [("label", &label), ("cost", &price), ("cheaper", &cheaper)];
                self.sentence(audience, "card-cost-with-link", &variables)
            }
        }
    }

    /// What goes with the texts: each picture's size and the words for whoever can't see it.
    fn pictures(&self, draft: &Draft, audience: &Audience<'_>) -> Option<Block> {
        let line = |(place, picture): (usize, &Picture)| {
            let (width, height) = (picture.width.to_string(), picture.height.to_string());
            let kilobytes = picture.bytes.div_ceil(1_000).to_string();
            let name = if picture.alt.is_empty() { "card-picture-without-alt" } else { "card-picture" };
            let variables: [(&'static str, &dyn std::fmt::Display); 5] = [
                ("place", &place),
                ("width", &width),
                ("height", &height),
                ("kilobytes", &kilobytes),
                ("alt", &picture.alt),
            ];
            self.sentence(audience, name, &variables)
        };
        let lines: Vec<String> = (1..).zip(&draft.revision.pictures).map(line).collect();
        (!lines.is_empty()).then_some(Block::Items(lines))
    }

    /// What is known inside only; a supervisor needs it to decide, the public never sees it.
    fn internal_fields(&self, draft: &Draft, audience: &Audience<'_>) -> Vec<String> {
        let internal = draft.revision.fields.iter().filter(|(_, filled)| filled.is_internal);
        internal
            .map(|(field, filled)| {
                self.sentence(audience, "card-internal", &[("field", field), ("value", &filled.value)])
            })
            .collect()
    }

    fn warnings(&self, draft: &Draft, audience: &Audience<'_>) -> Option<Block> {
        let warnings: Vec<String> = draft
            .revision
            .warnings
            .iter()
            .map(|warning| {
                let told = self.sentence(audience, "card-warning", &[("words", &warning.words), ("why", &warning.why)]);
                match draft.revision.lift_of(warning) {
                    Some(lift) => {
                        let by = audience.name(&lift.by);
                        self.sentence(audience, "card-warning-lifted", &[("warning", &told), ("by", &by)])
                    }
                    None if warning.must_be_lifted => {
                        self.sentence(audience, "card-warning-stands", &[("warning", &told), ("number", &draft.number)])
                    }
                    None => told,
                }
            })
            .collect();
        (!warnings.is_empty()).then_some(Block::Items(warnings))
    }

    pub(in crate::wording) fn blockers(&self, blockers: &[Blocker], audience: &Audience<'_>) -> Vec<String> {
        let blocker = |blocker: &Blocker| match blocker {
            Blocker::Missing { field, ask } => {
                self.sentence(audience, "blocker-missing", &[("field", field), ("ask", ask)])
            }
            Blocker::TooLong { account, over } => {
                self.sentence(audience, "blocker-too-long", &[("account", account), ("over", over)])
            }
            Blocker::Check { words, why, .. } => {
                self.sentence(audience, "blocker-check", &[("words", words), ("why", why)])
            }
            Blocker::Empty { account } => self.sentence(audience, "blocker-empty", &[("account", account)]),
            Blocker::NoAccount => self.sentence(audience, "blocker-no-account", &[]),
            Blocker::PictureComing { name } => {
                self.sentence(audience, "blocker-picture-coming", &[("name", &shortened(name))])
            }
            Blocker::TooManyPictures { account, most } => {
                self.sentence(audience, "blocker-too-many-pictures", &[("account", account), ("most", most)])
            }
            Blocker::PictureTooLarge { account, most } => {
                let kilobytes = (most / 1_000).to_string();
                self.sentence(audience, "blocker-picture-too-large", &[("account", account), ("kilobytes", &kilobytes)])
            }
            Blocker::AltTooLong { account, over } => {
                self.sentence(audience, "blocker-alt-too-long", &[("account", account), ("over", over)])
            }
        };
        blockers.iter().map(blocker).collect()
    }

    fn progress(&self, draft: &Draft, publication: &Publication, audience: &Audience<'_>) -> Vec<Block> {
        let targets: Vec<&AccountName> = draft.revision.targets.iter().map(|target| &target.account).collect();
        let others = publication.progress.keys().filter(|account| !targets.contains(account));
        let in_order: Vec<&AccountName> = targets.iter().copied().chain(others).collect();
        let known =
            in_order.into_iter().filter_map(|account| publication.progress.get(account).map(|done| (account, done)));
        known.map(|(account, progress)| self.progress_of(draft, account, progress, audience)).collect()
    }

    fn progress_of(&self, draft: &Draft, account: &AccountName, progress: &Progress, audience: &Audience<'_>) -> Block {
        match progress {
            Progress::Owed => Block::Text(self.sentence(audience, "progress-owed", &[("account", account)])),
            Progress::Retrying { fault, next } => {
                let (why, at) = (self.fault(fault, audience), audience.moment(*next));
                let variables: [(&'static str, &dyn std::fmt::Display); 3] =
                    [("account", account), ("why", &why), ("at", &at)];
                Block::Text(self.sentence(audience, "progress-retrying", &variables))
            }
            Progress::Uncertain(fault) => {
                let why = self.fault(fault, audience);
                Block::Text(self.sentence(audience, "progress-uncertain", &[("account", account), ("why", &why)]))
            }
            Progress::Refused(fault) => {
                let why = self.fault(fault, audience);
                let name = if draft.awaits_removal(account) { "progress-not-removed" } else { "progress-refused" };
                Block::Text(self.sentence(audience, name, &[("account", account), ("why", &why)]))
            }
            Progress::Stopped => Block::Text(self.sentence(audience, "progress-stopped", &[("account", account)])),
            Progress::TakenDown => Block::Text(self.sentence(audience, "progress-taken-down", &[("account", account)])),
            Progress::Online(receipt) => match &receipt.url {
                Some(url) => {
                    let label = self.sentence(audience, "progress-online", &[("account", account)]);
                    Block::Link { label, url: url.clone() }
                }
                None => Block::Text(self.sentence(audience, "progress-online", &[("account", account)])),
            },
        }
    }
}
