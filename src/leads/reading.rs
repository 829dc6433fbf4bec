//! Reads one answer: what kind it is, how promising, which facts it has, and what must be handled with care.

use crate::leads::answer::{Answer, Kind};
use crate::leads::copies::Token;
use crate::leads::facts::{Fact, FactKind, Search};
use crate::leads::gazetteer::Gazetteer;
use crate::leads::ground::Ground;
use crate::leads::lexicon::{Hit, Lexicon, Sense};
use crate::leads::marks::{Marks, marks};
use crate::leads::normal::{Gap, Words, read};
use crate::leads::thresholds::Thresholds;
use crate::leads::voice::{Voice, listen};

/// What kind of answer it is; the order is that of the cards when nothing else tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The writer saw, heard, met.
    FirstHand,
    /// Facts, and nothing says that they are not the writer's own.
    Facts,
    /// Knows who it is, has pictures, has written to the police.
    Knows,
    /// A relative or a friend saw.
    SecondHand,
    /// Names or points at somebody as guilty.
    Accusation,
    /// Passed on, the source unknown.
    Hearsay,
    /// Asks.
    Question,
    /// None of the others.
    Other,
    /// Another appeal: a lost cat, a fund, another missing person.
    OtherAppeal,
    /// On the police, politics, the times.
    Opinion,
    /// Wishes, prayers, condolences.
    Support,
    /// Thanks.
    Thanks,
    /// Passes the appeal on, or calls somebody to it.
    Relay,
    /// An emoji, "wow", "ok".
    Reaction,
    /// Laughs.
    Joke,
    /// Insults.
    Insult,
    /// Sells, lures.
    Spam,
    /// A repost without words.
    Repost,
}

/// One answer, read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What kind it is.
    pub class: Class,
    /// How promising, from about −50 to 120.
    pub score: i32,
    /// Whose account it is.
    pub voice: Voice,
    /// What can be checked.
    pub facts: Vec<Fact>,
    /// What must be handled with care.
    pub marks: Marks,
    /// It is marked as a copy of somebody else's words.
    pub is_copy: bool,
    /// Its words without decoration, mentions, hashtags, links and the appeal's own text.
    pub core: Vec<Token>,
}

/// What every answer of a case is read with.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The words that are known.
    pub lexicon: &'a Lexicon,
    /// The names of places.
    pub gazetteer: &'a Gazetteer,
    /// What the appeal says.
    pub ground: &'a Ground,
    /// What counts how much.
    pub thresholds: &'a Thresholds,
}

impl Reader<'_> {
    /// Reads an answer.
    pub fn read(&self, answer: &Answer) -> Reading {
        let mut words = read(&answer.text, &self.lexicon.spelling, &self.ground.account);
        let quotes_appeal = self.ground.take_out(&mut words);
        let hits = self.lexicon.hits(&words);
        let search = Search { words: &words, hits: &hits, lexicon: self.lexicon, gazetteer: self.gazetteer };
        let mut facts = search.facts();
        if answer.has_image {
            facts.push(Fact { kind: FactKind::Picture, key: 0, label: String::new() });
        }
        let marks = marks(&search, &self.ground.published);
        let voice = listen(&search);
        let is_copy = words.signs.is_retweet || words.signs.is_cut || answer.kind == Kind::Repost;
        let traits = Traits { answer, words: &words, hits: &hits, facts: &facts, voice, marks, quotes_appeal };
        let score = self.score(&traits);
        let class = self.class(&traits, score);
        let core = words
            .words
            .iter()
            .filter(|word| !word.is_mention && !word.is_hashtag)
            .map(|word| Token::new(words.text(word), word.hash))
            .collect();
        Reading { class, score, voice, facts, marks, is_copy, core }
    }

    /// How promising: the strength of the voice, then what can be checked, less what speaks against it.
    fn score(&self, traits: &Traits<'_>) -> i32 {
        let weigh = &self.thresholds.weight;
        let voice = traits.voice;
        let mut score = traits.strength(weigh);
        score += traits.fact_points(weigh, self.ground);
        if voice.denied || voice.wished {
            score -= if voice.saw || voice.telegram || voice.believes || voice.met {
                weigh.denied / 3
            } else {
                weigh.denied
            };
        }
        if voice.on_screen && !voice.saw && !voice.believes {
            score -= weigh.denied;
        }
        for (speaks_against, points) in [
            (voice.long_ago, weigh.long_ago),
            (voice.hearsay && !voice.saw, weigh.hearsay),
            (traits.laughs() == 1, weigh.joke / 3),
            (traits.laughs() > 1, weigh.joke),
            (
                traits.count(Sense::Spam) > 1 || (traits.count(Sense::Spam) == 1 && traits.words.signs.links > 0),
                weigh.spam,
            ),
            (traits.has(Sense::OtherAppeal) && !voice.saw, weigh.hearsay),
            (traits.has(Sense::Future) && !voice.saw, weigh.hearsay),
            (traits.count(Sense::Insult) > 0 && !voice.saw, weigh.insult),
            (traits.count(Sense::Opinion) > 1, weigh.insult),
            (traits.words.signs.is_question && !voice.is_own(), weigh.question),
        ] {
            score -= if speaks_against { points } else { 0 };
        }
        score
    }

    /// The kind that a score and what is said make together.
    fn class(&self, traits: &Traits<'_>, score: i32) -> Class {
        let voice = traits.voice;
        let limits = self.thresholds;
        if traits.words.words.iter().all(|word| word.is_mention || word.is_hashtag) {
            return traits.wordless();
        }
        let by_relative = voice.relative && !voice.saw && !voice.believes && !voice.telegram;
        // "Je suis allée au collège avec sa mère" tells a place and no more.
        let is_own = voice.is_own() && (voice.is_sight() || traits.tells_more_than_places());
        if is_own && score >= limits.first_hand && !by_relative {
            return Class::FirstHand;
        }
        if by_relative && score >= limits.second_hand {
            return Class::SecondHand;
        }
        if traits.marks.has_accusation {
            return Class::Accusation;
        }
        if voice.knows && score >= limits.second_hand {
            return Class::Knows;
        }
        let is_empty_talk = voice.denied || voice.wished || voice.on_screen || voice.hearsay;
        if score >= limits.facts && !is_empty_talk && !traits.words.signs.is_question {
            return Class::Facts;
        }
        traits.small_talk()
    }
}

/// Everything that is known of one answer while it is judged.
struct Traits<'a> {
    answer: &'a Answer,
    words: &'a Words,
    hits: &'a [Hit],
    facts: &'a [Fact],
    voice: Voice,
    marks: Marks,
    quotes_appeal: bool,
}

impl Voice {
    /// Whether somebody or something was perceived, not only that the writer was there.
    fn is_sight(self) -> bool {
        self.saw || self.believes || self.met || self.telegram
    }

    /// Whether the writer speaks of their own eyes and ears.
    pub fn is_own(self) -> bool {
        self.saw || self.believes || self.met || self.was || self.telegram
    }
}

impl Traits<'_> {
    fn has(&self, sense: Sense) -> bool {
        self.count(sense) > 0
    }

    fn count(&self, sense: Sense) -> usize {
        self.hits.iter().filter(|hit| hit.is(sense)).count()
    }

    fn laughs(&self) -> usize {
        self.count(Sense::Joke) + usize::from(self.words.signs.laughs)
    }

    fn of(&self, kind: FactKind) -> usize {
        self.facts.iter().filter(|fact| fact.kind == kind).count()
    }

    fn tells_more_than_places(&self) -> bool {
        self.facts.iter().any(|fact| fact.kind != FactKind::Place)
    }

    /// How strongly the writer speaks of their own eyes.
    fn strength(&self, weigh: &crate::leads::thresholds::Weights) -> i32 {
        let voice = self.voice;
        let mut strength = 0;
        if voice.saw {
            strength = weigh.saw;
        } else if voice.believes {
            strength = weigh.believes;
        } else if voice.telegram {
            strength = weigh.telegram;
        } else if voice.relative {
            strength = weigh.relative;
        }
        if voice.met {
            strength += if strength > 0 { weigh.met / 2 } else { weigh.met };
        }
        if voice.was {
            strength += if strength > 0 { weigh.was / 2 } else { weigh.was };
        }
        if voice.knows {
            strength += weigh.knows;
        }
        strength
    }

    /// What the facts are worth; those that match the appeal's are worth more.
    fn fact_points(&self, weigh: &crate::leads::thresholds::Weights, ground: &Ground) -> i32 {
        let some = |kind: FactKind, points: i32| if self.of(kind) > 0 { points } else { 0 };
        let points = some(FactKind::Place, weigh.place)
            + some(FactKind::Hour, weigh.time)
            + some(FactKind::Day, weigh.time / 2)
            + some(FactKind::Plate, weigh.plate)
            + some(FactKind::Direction, weigh.direction)
            + some(FactKind::Vehicle, weigh.description)
            + some(FactKind::Colour, weigh.description)
            + some(FactKind::Clothes, weigh.description)
            + some(FactKind::Body, weigh.description)
            + some(FactKind::Picture, weigh.picture);
        let matching = self.facts.iter().filter(|fact| ground.matches(fact)).count();
        points + weigh.matching * i32::try_from(matching.min(3)).unwrap_or(3)
    }

    /// Nothing but emojis, mentions, hashtags, links, or the appeal itself.
    fn wordless(&self) -> Class {
        let signs = self.words.signs;
        if self.answer.kind == Kind::Repost {
            return Class::Repost;
        }
        if signs.mentions > 0
            || self.quotes_appeal
            || signs.is_retweet
            || signs.hashtags > 0
            || (signs.links > 0 && signs.emojis == 0)
        {
            return Class::Relay;
        }
        match (signs.laughs, signs.hearts, signs.angers) {
            (0, 0, 1..) => Class::Insult,
            (0, 1.., _) => Class::Support,
            (1.., _, _) => Class::Joke,
            _ => Class::Reaction,
        }
    }

    /// The kind of a text that tells nothing.
    fn small_talk(&self) -> Class {
        let signs = self.words.signs;
        let spam = self.count(Sense::Spam);
        if spam > 1 || (spam == 1 && (signs.links > 0 || self.has(Sense::Future))) {
            return Class::Spam;
        }
        if self.voice.hearsay
            && (self.of(FactKind::Place) + self.of(FactKind::Hour) + self.of(FactKind::Vehicle) > 0
                || self.laughs() == 0)
        {
            return Class::Hearsay;
        }
        if self.has(Sense::OtherAppeal) {
            return Class::OtherAppeal;
        }
        if self.laughs() > 0 {
            return Class::Joke;
        }
        if self.has(Sense::Insult) || signs.angers > 0 {
            return Class::Insult;
        }
        let words = self.words.words.len();
        let begins_to_ask =
            self.hits.iter().any(|hit| hit.is(Sense::Question) && self.words.words[hit.at].gap == Gap::Sentence);
        if signs.is_question {
            return if self.has(Sense::Opinion) && !begins_to_ask { Class::Opinion } else { Class::Question };
        }
        for (sense, class) in [
            (Sense::Relay, Class::Relay),
            (Sense::Thanks, Class::Thanks),
            (Sense::Support, Class::Support),
            (Sense::Opinion, Class::Opinion),
        ] {
            if self.has(sense) {
                return class;
            }
        }
        if begins_to_ask && words > 2 {
            return Class::Question;
        }
        if signs.hearts > 0 {
            return Class::Support;
        }
        if words <= 3 || (words <= 6 && self.has(Sense::Reaction)) {
            return Class::Reaction;
        }
        if signs.links > 0 && self.facts.is_empty() { Class::Spam } else { Class::Other }
    }
}
