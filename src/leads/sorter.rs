//! Takes the answers of one case one at a time, in any order, and keeps them grouped; the cards are read from it at any time.
//!
//! What a [`Sorter`] holds follows from the answers, edits and deletions that it was given, in their order: replaying them
//! gives the same groups with the same numbers. It keeps no texts, only what was read from them.

use std::sync::Arc;

use jiff::Timestamp;

use crate::leads::answer::{Answer, Appeal, Kind};
use crate::leads::copies::{Copies, Likeness, Token, Wanted};
use crate::leads::facts::{Fact, FactKind};
use crate::leads::gazetteer::Gazetteer;
use crate::leads::ground::Ground;
use crate::leads::lexicon::{HashedMap, Lexicon};
use crate::leads::normal::hash_of;
use crate::leads::reading::{Class, Reader, Reading};
use crate::leads::record::{NOBODY, Record, contradict, label_key};
use crate::leads::thresholds::Thresholds;

/// How many earlier messages of an author are looked at.
const MOST_OF_AN_AUTHOR: usize = 8;
/// How many names of places and things are kept to be shown.
const MOST_LABELS: usize = 300_000;

/// A group of answers that tell one story; its number stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupId(pub u32);

/// What a new, edited or deleted answer changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It began a group.
    Founded(GroupId),
    /// It joined a group and adds nothing.
    Joined(GroupId),
    /// It joined a group and adds facts.
    Added(GroupId, Vec<Fact>),
    /// A bare repost: of this group, if what it reposts is known by now.
    Reposted(Option<GroupId>),
    /// The same again, nothing changed.
    Repeated(GroupId),
    /// Its author took it back; it stays in its group, marked.
    Deleted(GroupId),
    /// No such answer is known.
    Unknown,
}

/// Sorts the answers of one case.
#[derive(Debug)]
pub struct Sorter {
    lexicon: Arc<Lexicon>,
    gazetteer: Gazetteer,
    pub(crate) ground: Ground,
    pub(crate) thresholds: Thresholds,
    appeal_ids: Vec<String>,
    copies: Copies,
    ids: String,
    by_id: HashedMap<u64, u32>,
    by_author: HashedMap<u64, u32>,
    pub(crate) records: Vec<Record>,
    pub(crate) groups: Vec<Vec<u32>>,
    facts: Vec<(FactKind, u32)>,
    labels: HashedMap<u64, Box<str>>,
    /// Bare reposts with the hash of what they repost.
    pub(crate) reposts: Vec<(u32, u64)>,
    /// How many times an id came again with another text.
    edits: usize,
}

impl Sorter {
    /// Opens a case with the compiled-in words and thresholds. `places` are the names of the directorate's communes, streets
    /// and places.
    pub fn new<'a>(appeal: &Appeal, places: impl IntoIterator<Item = &'a str>) -> Self {
        Self::with(appeal, places, Lexicon::french(), Thresholds::default())
    }

    /// Opens a case with words and thresholds of one's own.
    pub fn with<'a>(
        appeal: &Appeal,
        places: impl IntoIterator<Item = &'a str>,
        lexicon: Arc<Lexicon>,
        thresholds: Thresholds,
    ) -> Self {
        let gazetteer = Gazetteer::new(places, &lexicon);
        let ground = Ground::new(appeal, &lexicon, &gazetteer);
        Self {
            lexicon,
            gazetteer,
            ground,
            thresholds,
            appeal_ids: appeal.ids.clone(),
            copies: Copies::default(),
            ids: String::new(),
            by_id: HashedMap::default(),
            by_author: HashedMap::default(),
            records: Vec::new(),
            groups: Vec::new(),
            facts: Vec::new(),
            labels: HashedMap::default(),
            reposts: Vec::new(),
            edits: 0,
        }
    }

    /// How many answers there are, each id once.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no answer came yet.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many times an id came again with other words.
    pub fn edits(&self) -> usize {
        self.edits
    }

    /// Takes an answer; an id that is known is an edit of it.
    pub fn take(&mut self, answer: &Answer) -> Change {
        let text = hash_of(&answer.text).wrapping_add(u64::from(answer.has_image));
        if let Some(known) = self.number(&answer.id) {
            let record = &self.records[known as usize];
            if record.text == text {
                return if record.group == NOBODY {
                    Change::Reposted(None)
                } else {
                    Change::Repeated(GroupId(record.group))
                };
            }
            self.edits += 1;
            self.leave(known);
            let before = self.records[known as usize].before_by_author;
            return self.place(known, answer, text, before);
        }
        let Some(number) = u32::try_from(self.records.len()).ok().filter(|number| *number != NOBODY) else {
            return Change::Unknown;
        };
        self.remember_id(&answer.id, number);
        let author = answer.author.as_deref().map_or(0, hash_of);
        let before = if author == 0 { NOBODY } else { self.by_author.insert(author, number).unwrap_or(NOBODY) };
        self.place(number, answer, text, before)
    }

    /// Notes that an author took an answer back. It stays: a witness who grew afraid is still a witness.
    pub fn delete(&mut self, id: &str) -> Change {
        let Some(number) = self.number(id) else { return Change::Unknown };
        let record = &mut self.records[number as usize];
        record.is_deleted = true;
        if record.group == NOBODY { Change::Reposted(None) } else { Change::Deleted(GroupId(record.group)) }
    }

    /// The group that an answer is in.
    pub fn group_of(&self, id: &str) -> Option<GroupId> {
        self.number(id).map(|number| self.records[number as usize].group).filter(|group| *group != NOBODY).map(GroupId)
    }

    /// The id of a record.
    pub(crate) fn id(&self, number: u32) -> &str {
        let (from, end) = self.records[number as usize].id;
        &self.ids[from as usize..end as usize]
    }

    /// The facts of a record.
    pub(crate) fn facts_of(&self, number: u32) -> &[(FactKind, u32)] {
        let (from, count) = self.records[number as usize].facts;
        &self.facts[from as usize..from as usize + usize::from(count)]
    }

    /// How a fact is shown.
    pub(crate) fn label(&self, fact: (FactKind, u32)) -> &str {
        self.labels.get(&label_key(fact)).map_or("", |label| label)
    }

    /// The record of an id that was hashed.
    pub(crate) fn number_of_hash(&self, hash: u64) -> Option<u32> {
        self.by_id.get(&hash).copied()
    }

    fn number(&self, id: &str) -> Option<u32> {
        let mut key = hash_of(id);
        loop {
            let number = *self.by_id.get(&key)?;
            if self.id(number) == id {
                return Some(number);
            }
            key = key.wrapping_add(1);
        }
    }

    fn remember_id(&mut self, id: &str, number: u32) {
        let mut key = hash_of(id);
        while self.by_id.contains_key(&key) {
            key = key.wrapping_add(1);
        }
        self.by_id.insert(key, number);
        let from = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push_str(id);
        let end = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.records.push(Record::empty((from, end)));
        debug_assert_eq!(self.records.len(), number as usize + 1);
    }

    /// Reads an answer, finds its group and puts it there.
    fn place(&mut self, number: u32, answer: &Answer, text: u64, before_by_author: u32) -> Change {
        let reader = Reader {
            lexicon: &self.lexicon,
            gazetteer: &self.gazetteer,
            ground: &self.ground,
            thresholds: &self.thresholds,
        };
        let reading = reader.read(answer);
        let facts = self.keep_facts(&reading.facts);
        let record = &mut self.records[number as usize];
        record.at = answer.at.map(Timestamp::as_second);
        record.score = i16::try_from(reading.score).unwrap_or(0);
        record.class = reading.class;
        record.voice = reading.voice;
        record.marks = reading.marks;
        record.is_copy = reading.is_copy;
        record.is_deleted = false;
        record.whole = Copies::whole(&reading.core);
        record.text = text;
        record.facts = facts;
        record.author = answer.author.as_deref().map_or(0, hash_of);
        record.before_by_author = before_by_author;
        if reading.core.is_empty() && answer.kind == Kind::Repost {
            return self.repost(number, answer);
        }
        let group = self.same_author(number, answer, &reading).or_else(|| self.copied(number, &reading));
        self.index(number, &reading.core);
        match group {
            Some(group) => {
                let added = self.added(group, &reading.facts);
                self.join(number, group);
                if added.is_empty() { Change::Joined(GroupId(group)) } else { Change::Added(GroupId(group), added) }
            }
            None => {
                let group = u32::try_from(self.groups.len()).unwrap_or(NOBODY - 1);
                self.groups.push(Vec::with_capacity(1));
                self.join(number, group);
                Change::Founded(GroupId(group))
            }
        }
    }

    fn repost(&mut self, number: u32, answer: &Answer) -> Change {
        let target = answer.in_reply_to.as_deref().filter(|id| !self.appeal_ids.iter().any(|own| own == id));
        let known = target.and_then(|id| self.group_of(id));
        self.reposts.push((number, target.map_or(0, hash_of)));
        Change::Reposted(known)
    }

    fn join(&mut self, number: u32, group: u32) {
        let members = &mut self.groups[group as usize];
        self.records[number as usize].group = group;
        self.records[number as usize].place_in_group = u32::try_from(members.len()).unwrap_or(0);
        members.push(number);
    }

    /// Takes an answer out of its group, before it is put where its new words belong.
    fn leave(&mut self, number: u32) {
        let record = &mut self.records[number as usize];
        let (group, place, whole) = (record.group, record.place_in_group, record.whole);
        record.group = NOBODY;
        if group == NOBODY {
            self.reposts.retain(|(repost, _)| *repost != number);
            return;
        }
        let members = &mut self.groups[group as usize];
        let heir =
            members.iter().copied().find(|member| *member != number && self.records[*member as usize].whole == whole);
        self.copies.hand_on(number, whole, heir);
        members.swap_remove(place as usize);
        if let Some(moved) = members.get(place as usize) {
            self.records[*moved as usize].place_in_group = place;
        }
    }

    /// The group of an earlier message of the same author on the same sighting.
    fn same_author(&self, number: u32, answer: &Answer, reading: &Reading) -> Option<u32> {
        let tells = |class: Class| matches!(class, Class::FirstHand | Class::Facts | Class::Knows | Class::SecondHand);
        let record = &self.records[number as usize];
        let mut earlier = record.before_by_author;
        for _ in 0..MOST_OF_AN_AUTHOR {
            let other = self.records.get(earlier as usize)?;
            let apart = record.at.zip(other.at).map_or(0, |(one, other)| one.abs_diff(other));
            let answers_it = answer.in_reply_to.as_deref().is_some_and(|id| id == self.id(earlier));
            let is_near = i64::try_from(apart).is_ok_and(|apart| apart <= self.thresholds.same_author_seconds);
            let is_follow_up = tells(reading.class) || (answers_it && !reading.facts.is_empty());
            let is_other_sighting = apart > 1800 && !answers_it && self.contradicts(&reading.facts, earlier);
            if other.group != NOBODY
                && is_near
                && is_follow_up
                && tells(other.class)
                && !is_other_sighting
                && !reading.is_copy
                && !other.is_copy
            {
                return Some(other.group);
            }
            earlier = other.before_by_author;
        }
        None
    }

    fn copied(&mut self, number: u32, reading: &Reading) -> Option<u32> {
        let Self { copies, records, groups, facts, thresholds, .. } = self;
        let contradicts = |text: u32| {
            let (from, count) = records[text as usize].facts;
            contradict(&reading.facts, &facts[from as usize..from as usize + usize::from(count)])
        };
        let conflicts = |text: u32, likeness: Likeness| {
            let founder = groups
                .get(records[text as usize].group as usize)
                .and_then(|members| members.first())
                .copied()
                .unwrap_or(text);
            (likeness == Likeness::LongRun && contradicts(text)) || (founder != text && contradicts(founder))
        };
        let wanted = Wanted { core: &reading.core, is_copy: reading.is_copy };
        let text = copies.find(&wanted, thresholds, conflicts)?;
        Some(records[text as usize].group).filter(|group| *group != NOBODY && text != number)
    }

    fn index(&mut self, number: u32, core: &[Token]) {
        if !self.copies.knows_exactly(core) {
            self.copies.file(number, core);
        }
    }

    fn contradicts(&self, facts: &[Fact], other: u32) -> bool {
        contradict(facts, self.facts_of(other))
    }

    /// The facts that nobody in the group and not the appeal has said.
    fn added(&self, group: u32, facts: &[Fact]) -> Vec<Fact> {
        let members = &self.groups[group as usize];
        // A group of thousands has said what it says in its first hundreds.
        let known = |fact: &Fact| {
            members.iter().take(256).any(|member| self.facts_of(*member).contains(&(fact.kind, fact.key)))
        };
        facts.iter().filter(|fact| !self.ground.says(fact.kind, fact.key) && !known(fact)).cloned().collect()
    }

    fn keep_facts(&mut self, facts: &[Fact]) -> (u32, u16) {
        let from = u32::try_from(self.facts.len()).unwrap_or(u32::MAX);
        for fact in facts {
            let key = (fact.kind, fact.key);
            self.facts.push(key);
            if self.labels.len() < MOST_LABELS && !fact.label.is_empty() {
                self.labels.entry(label_key(key)).or_insert_with(|| fact.label.as_str().into());
            }
        }
        (from, u16::try_from(facts.len()).unwrap_or(0))
    }
}
