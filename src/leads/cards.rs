//! Lists a case as cards, the most promising first: a card for each story, and one for each kind of small talk.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::leads::facts::FactKind;
use crate::leads::marks::Marks;
use crate::leads::reading::Class;
use crate::leads::reason::bundle_name;
use crate::leads::record::NOBODY;
use crate::leads::sorter::{GroupId, Sorter};

/// What corroborates is said with a count; beyond this many the count says nothing more.
const MOST_CORROBORATING: usize = 99;
/// A case this small may have this many cards all the same.
const LEAST_CARDS: usize = 20;

/// One card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// From 1 on.
    pub rank: usize,
    /// The group that it shows; a bundle has none.
    pub group: Option<GroupId>,
    /// What kind of answers.
    pub class: Class,
    /// The ids of its answers, the shown one first, then as they were written.
    pub members: Vec<String>,
    /// Why it is shown here.
    pub reasons: Vec<String>,
    /// What must be handled with care, in any of them.
    pub marks: Marks,
    /// The ids of answers that add a fact to the shown one.
    pub new_facts: Vec<String>,
}

/// A group as it is weighed against others.
struct Weighed {
    group: u32,
    face: u32,
    class: Class,
    marks: Marks,
    score: i32,
    corroborated: usize,
}

impl Sorter {
    /// Every card, the best first. Each answer is in exactly one.
    pub fn cards(&self) -> Vec<Card> {
        let reposts = self.resolved_reposts();
        let mut groups: Vec<Weighed> = (0..)
            .zip(&self.groups)
            .filter(|(_, members)| !members.is_empty())
            .map(|(group, members)| self.weigh(group, members))
            .collect();
        self.corroborate(&mut groups);
        // Accounts, then copies whose original is not there, then facts that nobody says to have seen.
        let tier = |group: &Weighed| match group.class {
            Class::FirstHand if !self.records[group.face as usize].is_copy => 0,
            Class::FirstHand | Class::Facts => 1,
            Class::Knows
            | Class::SecondHand
            | Class::Accusation
            | Class::Hearsay
            | Class::Question
            | Class::Other
            | Class::OtherAppeal
            | Class::Opinion
            | Class::Support
            | Class::Thanks
            | Class::Relay
            | Class::Reaction
            | Class::Joke
            | Class::Insult
            | Class::Spam
            | Class::Repost => 2,
        };
        groups.sort_by_key(|group| (tier(group), Reverse(group.score), group.face));
        let (own, rest): (Vec<Weighed>, Vec<Weighed>) = self.split(groups);
        let mut cards: Vec<Card> = own.iter().map(|group| self.own_card(group, &reposts)).collect();
        cards.extend(self.bundles(&rest, &reposts, cards.len()));
        for (rank, card) in (1..).zip(&mut cards) {
            card.rank = rank;
        }
        cards
    }

    /// Bare reposts by the group of what they repost; [`NOBODY`] if that is the appeal or unknown.
    fn resolved_reposts(&self) -> HashMap<u32, Vec<u32>> {
        let mut by_group: HashMap<u32, Vec<u32>> = HashMap::new();
        for (number, target) in &self.reposts {
            let known = if *target == 0 { None } else { self.number_of_hash(*target) };
            let group = known.map_or(NOBODY, |target| self.records[target as usize].group);
            by_group.entry(group).or_default().push(*number);
        }
        by_group
    }

    /// The shown answer of a group: an account before a copy of it, the earliest, and not one that was taken back.
    fn weigh(&self, group: u32, members: &[u32]) -> Weighed {
        let order = |number: &u32| {
            let record = &self.records[*number as usize];
            let tells = record.class.min(Class::Accusation);
            (record.is_deleted, record.is_copy, tells, record.at.unwrap_or(i64::MAX), *number)
        };
        let face = members.iter().copied().min_by_key(order).unwrap_or(0);
        let record = &self.records[face as usize];
        let marks =
            members.iter().map(|member| self.records[*member as usize].marks).fold(Marks::default(), |all, one| {
                Marks { has_pii: all.has_pii || one.has_pii, has_accusation: all.has_accusation || one.has_accusation }
            });
        let authors = members.len().min(64).ilog2();
        let spread = if tells_something(record.class) { i32::try_from(authors).unwrap_or(0) } else { 0 };
        Weighed { group, face, class: record.class, marks, score: i32::from(record.score) + spread, corroborated: 0 }
    }

    /// Counts for each story the others that share a place, or an hour and a look, that the appeal does not give.
    fn corroborate(&self, groups: &mut [Weighed]) {
        let mut shared: HashMap<(u64, u64), HashSet<u64>> = HashMap::new();
        let keys = |face: u32| {
            let facts = self.facts_of(face);
            let of = |wanted: FactKind| {
                facts.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, key)| u64::from(*key))
            };
            let news = facts.iter().filter(|(kind, key)| {
                matches!(kind, FactKind::Place | FactKind::Plate) && !self.ground.says(*kind, *key)
            });
            let alone: Vec<(u64, u64)> = news.map(|(_, key)| (u64::from(*key), u64::MAX)).collect();
            let hours: Vec<u64> = of(FactKind::Hour).map(|minutes| minutes / 60).collect();
            let looks: Vec<u64> = of(FactKind::Vehicle).chain(of(FactKind::Clothes)).collect();
            let together = hours.iter().flat_map(|hour| looks.iter().map(|look| (*hour, *look))).collect::<Vec<_>>();
            alone.into_iter().chain(together)
        };
        let tells = |group: &&mut Weighed| matches!(group.class, Class::FirstHand | Class::Facts | Class::Knows);
        for group in groups.iter_mut().filter(tells) {
            let author = match self.records[group.face as usize].author() {
                0 => u64::from(group.group) | 1 << 63,
                author => author,
            };
            for key in keys(group.face) {
                let authors = shared.entry(key).or_default();
                if authors.len() <= MOST_CORROBORATING {
                    authors.insert(author);
                }
            }
        }
        for group in groups.iter_mut().filter(tells) {
            group.corroborated =
                keys(group.face).filter_map(|key| shared.get(&key)).map(|authors| authors.len() - 1).max().unwrap_or(0);
            group.score += i32::try_from(group.corroborated.min(4)).unwrap_or(4) * 2;
        }
    }

    /// Stories with a card of their own, and the rest. First-hand accounts always have one; what is doubtful has one while the
    /// room can bear it.
    fn split(&self, groups: Vec<Weighed>) -> (Vec<Weighed>, Vec<Weighed>) {
        let is_certain = |group: &Weighed| {
            group.class == Class::FirstHand
                || (group.class == Class::Facts && group.score >= self.thresholds.first_hand)
        };
        let certain = groups.iter().filter(|group| is_certain(group)).count();
        let bearable = (self.len() * self.thresholds.cards_per_thousand / 1000).max(LEAST_CARDS);
        let mut left = bearable.saturating_sub(certain);
        groups.into_iter().partition(|group| {
            let is_doubtful = tells_something(group.class) && group.score > 0
                || (group.score >= self.thresholds.facts / 2 && group.class < Class::OtherAppeal);
            if is_certain(group) {
                return true;
            }
            let has_room = is_doubtful && left > 0;
            left -= usize::from(has_room);
            has_room
        })
    }

    fn own_card(&self, group: &Weighed, reposts: &HashMap<u32, Vec<u32>>) -> Card {
        let members = self.in_order(
            group.face,
            self.groups[group.group as usize].iter().chain(reposts.get(&group.group).into_iter().flatten()).copied(),
        );
        let mut reasons = self.reasons(group.face);
        if group.corroborated > 0 {
            let others = if group.corroborated == 1 { "autre récit" } else { "autres récits" };
            reasons.push(format!("corroboré par {} {others}", group.corroborated));
        }
        let authors: HashSet<u64> = members.iter().map(|member| self.records[*member as usize].author()).collect();
        let more = members.len() - 1;
        if more > 0 && authors.len() <= 1 && !authors.contains(&0) {
            reasons.push(format!("{} du même auteur", counted(more + 1, "message", "messages")));
        } else if more > 0 {
            reasons.push(counted(more, "copie ou suite", "copies ou suites"));
        }
        let new_facts = self.news(group.face, &members);
        Card {
            rank: 0,
            group: Some(GroupId(group.group)),
            class: group.class,
            reasons,
            marks: group.marks,
            new_facts: new_facts.iter().map(|number| self.id(*number).to_owned()).collect(),
            members: members.iter().map(|number| self.id(*number).to_owned()).collect(),
        }
    }

    /// The shown answer, then the others by time.
    fn in_order(&self, face: u32, members: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut others: Vec<u32> = members.filter(|member| *member != face).collect();
        others.sort_by_key(|member| (self.records[*member as usize].at.unwrap_or(i64::MAX), *member));
        [vec![face], others].concat()
    }

    /// The members that have a fact which neither the shown one nor the appeal has; the same words once only.
    fn news(&self, face: u32, members: &[u32]) -> Vec<u32> {
        let known: HashSet<(FactKind, u32)> = self.facts_of(face).iter().copied().collect();
        let mut said: HashSet<(u64, bool)> = HashSet::new();
        let is_new = |number: &u32| {
            let facts = self.facts_of(*number);
            let has_picture = facts.iter().any(|(kind, _)| *kind == FactKind::Picture);
            let adds = facts.iter().any(|fact| !known.contains(fact) && !self.ground.says(fact.0, fact.1));
            let is_other_picture = has_picture && !known.contains(&(FactKind::Picture, 0));
            adds && (is_other_picture || said.insert((self.records[*number as usize].whole, has_picture)))
        };
        members.iter().skip(1).copied().filter(is_new).collect()
    }

    /// The rest, bundled by kind and marks; into fewer, wider kinds if there would be too many cards.
    fn bundles(&self, rest: &[Weighed], reposts: &HashMap<u32, Vec<u32>>, own: usize) -> Vec<Card> {
        let bearable = (self.len() * self.thresholds.cards_per_thousand / 1000).max(LEAST_CARDS);
        let kinds: HashSet<(Class, bool, bool)> =
            rest.iter().map(|group| (group.class, group.marks.has_accusation, group.marks.has_pii)).collect();
        let is_crowded = own + kinds.len() > bearable;
        let mut bundles: BTreeMap<(Class, bool, bool), Vec<u32>> = BTreeMap::new();
        for group in rest {
            let class = if is_crowded { wider(group.class) } else { group.class };
            let bundle = bundles.entry((class, !group.marks.has_accusation, !group.marks.has_pii)).or_default();
            bundle.push(group.face);
            let others =
                self.groups[group.group as usize].iter().chain(reposts.get(&group.group).into_iter().flatten());
            bundle.extend(others.copied().filter(|member| *member != group.face));
        }
        if let Some(bare) = reposts.get(&NOBODY) {
            bundles
                .entry((if is_crowded { wider(Class::Repost) } else { Class::Repost }, true, true))
                .or_default()
                .extend(bare);
        }
        let card = |((class, no_accusation, no_pii), numbers): ((Class, bool, bool), Vec<u32>)| {
            let members = self.in_order(numbers[0], numbers.iter().copied());
            let name = if is_crowded { wider_name(class) } else { bundle_name(class) };
            let marks = Marks { has_pii: !no_pii, has_accusation: !no_accusation };
            let reasons = vec![counted(members.len(), name[0], name[1])];
            let members = members.iter().map(|number| self.id(*number).to_owned()).collect();
            Card { rank: 0, group: None, class, members, reasons, marks, new_facts: Vec::new() }
        };
        bundles.into_iter().map(card).collect()
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Kinds that may be a lead.
fn tells_something(class: Class) -> bool {
    matches!(class, Class::FirstHand | Class::Facts | Class::Knows | Class::SecondHand | Class::Accusation)
}

/// The wider kind that a small case bundles by.
fn wider(class: Class) -> Class {
    match class {
        Class::FirstHand => Class::FirstHand,
        Class::Facts | Class::Knows | Class::SecondHand | Class::Hearsay => Class::Hearsay,
        Class::Accusation => Class::Accusation,
        Class::Question => Class::Question,
        Class::Other | Class::OtherAppeal | Class::Spam => Class::Other,
        Class::Support | Class::Thanks | Class::Reaction | Class::Relay | Class::Repost => Class::Support,
        Class::Joke | Class::Insult | Class::Opinion => Class::Opinion,
    }
}

/// What a wider bundle is called after its count.
fn wider_name(class: Class) -> [&'static str; 2] {
    let both = |name| [name, name];
    match class {
        Class::Hearsay => both("de proches ou par ouï-dire"),
        Class::Other => both("sans rapport, publicité ou autre appel"),
        Class::Support => both("merci, soutien, relais ou réaction"),
        Class::Opinion => both("opinion, plaisanterie ou insulte"),
        Class::FirstHand
        | Class::Facts
        | Class::Knows
        | Class::SecondHand
        | Class::Accusation
        | Class::Question
        | Class::OtherAppeal
        | Class::Thanks
        | Class::Relay
        | Class::Reaction
        | Class::Joke
        | Class::Insult
        | Class::Spam
        | Class::Repost => bundle_name(class),
    }
}
