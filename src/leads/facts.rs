//! What a text says that can be checked: places, times, vehicles, plates, clothes, a direction.

use crate::leads::gazetteer::Gazetteer;
use crate::leads::lexicon::{Hit, Lexicon, Sense};
use crate::leads::normal::{Gap, Word, Words, hash_of};
use crate::leads::times::number;

/// A kind of fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactKind {
    /// A commune, a street, a station, a shop.
    Place,
    /// A time of day; the key is minutes since midnight.
    Hour,
    /// "hier", "samedi soir", "12/03".
    Day,
    /// A number plate.
    Plate,
    /// Where somebody went.
    Direction,
    /// A make, a model or a kind of vehicle.
    Vehicle,
    /// A colour.
    Colour,
    /// Something worn or carried.
    Clothes,
    /// How somebody or something looks.
    Body,
    /// A picture is attached.
    Picture,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What kind it is.
    pub kind: FactKind,
    /// The same for the same fact, whatever the spelling.
    pub key: u32,
    /// How it is shown: folded words, or the gazetteer's spelling.
    pub label: String,
}

impl Fact {
    fn new(kind: FactKind, label: String) -> Self {
        Self { kind, key: short_hash(&label), label }
    }
}

/// Half a hash: enough to tell the facts of a case apart.
pub fn short_hash(text: &str) -> u32 {
    let hash = hash_of(text);
    u32::try_from((hash ^ (hash >> 32)) & 0xffff_ffff).unwrap_or(0)
}

/// A text that is looked through for facts.
pub struct Search<'a> {
    /// Its words.
    pub words: &'a Words,
    /// The lexicon's phrases in it.
    pub hits: &'a [Hit],
    /// The lexicon.
    pub lexicon: &'a Lexicon,
    /// The names of places.
    pub gazetteer: &'a Gazetteer,
}

impl Search<'_> {
    /// Every fact of the text, each once.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let capitals = self.words.words.iter().filter(|word| word.is_capital).count();
        // Who shouts in capitals says nothing by them.
        let minds_capitals = capitals * 2 <= self.words.words.len() + 1;
        let mut at = 0;
        while at < self.words.words.len() {
            match self.place(at, minds_capitals) {
                Some((label, length)) => {
                    facts.push(Fact::new(FactKind::Place, label));
                    at += length.max(1);
                }
                None => at += 1,
            }
        }
        for at in 0..self.words.words.len() {
            facts.extend(self.hour(at));
            facts.extend(self.plate(at).map(|label| Fact::new(FactKind::Plate, label)));
            facts.extend(self.date(at).map(|label| Fact::new(FactKind::Day, label)));
        }
        for hit in self.hits {
            self.look(hit, &mut facts);
        }
        facts.sort_by_key(|fact| (fact.kind, fact.key));
        facts.dedup_by_key(|fact| (fact.kind, fact.key));
        facts
    }

    /// A word, if there is one.
    pub fn word(&self, at: usize) -> Option<&Word> {
        self.words.words.get(at)
    }

    /// Its letters; nothing past the ends.
    pub fn text(&self, at: usize) -> &str {
        self.word(at).map_or("", |word| self.words.text(word))
    }

    fn longest(&self, at: usize, sense: Sense) -> Option<&Hit> {
        let begin = self.hits.partition_point(|hit| hit.at < at);
        self.hits[begin..]
            .iter()
            .take_while(|hit| hit.at == at)
            .filter(|hit| hit.is(sense))
            .max_by_key(|hit| hit.length)
    }

    /// Whether "à", "devant le", "près de la" stands right before a word.
    fn is_near(&self, at: usize) -> bool {
        (1..=3).any(|back| {
            let Some(before) = at.checked_sub(back) else { return false };
            let between = (before + 1..at).all(|middle| {
                self.word(middle).is_some_and(|word| word.gap != Gap::Sentence && is_article(self.words.text(word)))
            });
            between && self.word(at).is_some_and(|word| word.gap != Gap::Sentence) && self.longest_ending(before)
        })
    }

    fn longest_ending(&self, last: usize) -> bool {
        self.hits.iter().any(|hit| hit.end() == last + 1 && hit.is(Sense::Near))
    }

    /// A place that begins here, with its length in words.
    fn place(&self, at: usize, minds_capitals: bool) -> Option<(String, usize)> {
        let word = self.word(at).filter(|word| !word.is_mention)?;
        if let Some(found) =
            self.gazetteer.at(self.words, at, self.lexicon).filter(|_| !self.lexicon.knows(word.hash, Sense::Stop))
        {
            return Some((found.label.to_owned(), found.length));
        }
        if let Some(kind) = self.longest(at, Sense::Street).or_else(|| self.longest(at, Sense::Spot)) {
            let named = (kind.end()..).find(|at| !is_article(self.text(*at))).unwrap_or(kind.end());
            if let Some(found) = self.gazetteer.at(self.words, named, self.lexicon) {
                return Some((found.label.to_owned(), named + found.length - at));
            }
            let (name, end) = self.name_after(kind.end(), minds_capitals);
            let own = self.words.joined(at, kind.end());
            let is_spot = self.longest(at, Sense::Spot).is_some();
            if !name.is_empty() {
                return Some((format!("{own} {name}"), end - at));
            }
            if is_spot && self.is_near(at) {
                return Some((own, kind.length));
            }
        }
        if let Some(hit) =
            self.longest(at, Sense::Brand).filter(|_| self.is_near(at) || (minds_capitals && word.is_capital && at > 0))
        {
            return Some((self.words.joined(at, hit.end()), hit.length));
        }
        let is_named = word.is_hashtag || (minds_capitals && word.is_capital && word.gap != Gap::Sentence);
        if let Some(hit) = self.longest(at, Sense::City).filter(|_| is_named || self.is_near(at)) {
            return Some((self.words.joined(at, hit.end()), hit.length));
        }
        if is_road(self.words.text(word)) {
            return Some((self.words.text(word).to_owned(), 1));
        }
        if matches!(self.words.text(word), "ligne" | "bus" | "tram" | "metro" | "line")
            && self.word(at + 1).is_some_and(|next| is_line(self.words.text(next)))
        {
            return Some((format!("ligne {}", self.text(at + 1)), 2));
        }
        self.unknown_name(at, is_named)
    }

    /// "à Couffé", "vers Treillières": a capital after a word that places.
    fn unknown_name(&self, at: usize, is_named: bool) -> Option<(String, usize)> {
        let word = self.word(at)?;
        let places = matches!(
            self.text(at.checked_sub(1)?),
            "a" | "vers" | "sur" | "direction" | "cote" | "entre" | "pres" | "in" | "at" | "near" | "from"
        );
        let text = self.words.text(word);
        let is_new = !self.lexicon.knows_any(word.hash) && text.len() > 2 && text.chars().all(char::is_alphabetic);
        (is_named && places && is_new && !word.is_hashtag).then(|| (text.to_owned(), 1))
    }

    /// Up to two words of a name after "rue", "gare", "lycée", and where it ends.
    fn name_after(&self, from: usize, minds_capitals: bool) -> (String, usize) {
        let mut at = from;
        let mut is_linked = false;
        while self
            .word(at)
            .is_some_and(|word| matches!(word.gap, Gap::Space | Gap::Glue(_)) && is_article(self.words.text(word)))
        {
            is_linked |= matches!(self.text(at), "de" | "du" | "d" | "des");
            at += 1;
        }
        let mut name = String::new();
        while let Some(word) =
            self.word(at).filter(|word| matches!(word.gap, Gap::Space | Gap::Glue(_)) && !word.is_mention)
        {
            let text = self.words.text(word);
            let stands_out = (minds_capitals && word.is_capital) || word.is_hashtag;
            let is_plain = is_linked && name.is_empty() && text.len() > 2;
            let is_barred = self.lexicon.knows(word.hash, Sense::Stop)
                || self.lexicon.knows(word.hash, Sense::Day)
                || text.chars().all(|c| c.is_ascii_digit());
            let is_unknown = !minds_capitals && !self.lexicon.knows_any(word.hash);
            let is_name = stands_out || is_plain || is_unknown;
            if is_barred || !is_name {
                break;
            }
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(text);
            at += 1;
            if name.contains(' ') {
                break;
            }
        }
        if name.is_empty() { (name, from) } else { (name, at) }
    }

    /// "AB-123-CD", "ab123cd", "123 ABC 44".
    pub fn plate(&self, at: usize) -> Option<String> {
        if !self.text(at).is_ascii() || self.text(at).len() > 7 {
            return None;
        }
        let parts: Vec<&str> = (at..at + 3).map(|at| self.text(at)).collect();
        let is_letters = |text: &str, least: usize, most: usize| {
            (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
        };
        let is_digits = |text: &str, least: usize, most: usize| {
            (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let one = parts[0];
        if one.len() == 7
            && one.is_ascii()
            && is_letters(&one[..2], 2, 2)
            && is_digits(&one[2..5], 3, 3)
            && is_letters(&one[5..], 2, 2)
        {
            return Some(format!("{}-{}-{}", &one[..2], &one[2..5], &one[5..]).to_uppercase());
        }
        let gap = |at: usize| self.word(at).map_or(Gap::Sentence, |word| word.gap);
        let is_glued = matches!((gap(at + 1), gap(at + 2)), (Gap::Glue(b'-' | b'.'), Gap::Glue(b'-' | b'.')));
        let is_apart = gap(at + 1) != Gap::Sentence && gap(at + 2) != Gap::Sentence;
        let is_common = |text: &str| {
            self.lexicon.knows_any(hash_of(text))
                || matches!(text, "de" | "du" | "km" | "eu" | "ou" | "il" | "kg" | "cm")
        };
        if is_letters(one, 2, 2)
            && is_digits(parts[1], 3, 3)
            && is_letters(parts[2], 2, 2)
            && (is_glued || (is_apart && !is_common(one) && !is_common(parts[2])))
        {
            return Some(parts.join("-").to_uppercase());
        }
        let is_old = is_digits(one, 1, 4)
            && is_letters(parts[1], 2, 3)
            && is_digits(parts[2], 2, 3)
            && is_apart
            && !is_common(parts[1]);
        (is_old && number(parts[2]).is_some_and(|department| (1..=976).contains(&department)))
            .then(|| parts.join(" ").to_uppercase())
    }

    /// Colours, vehicles, clothes, looks, days and directions, as the lexicon has them.
    fn look(&self, hit: &Hit, facts: &mut Vec<Fact>) {
        let label = || self.words.joined(hit.at, hit.end());
        let before = self.text(hit.at.wrapping_sub(1));
        if hit.is(Sense::Colour) && !matches!(before, "feu" | "feux" | "carte" | "liste" | "croix") {
            let stem: String = label().chars().take(4).collect();
            facts.push(Fact { kind: FactKind::Colour, key: short_hash(&stem), label: label() });
        }
        let is_number = || label().chars().all(|c| c.is_ascii_digit());
        if hit.is(Sense::Vehicle) && (!is_number() || matches!(before, "une" | "la" | "peugeot" | "fiat")) {
            facts.push(Fact::new(FactKind::Vehicle, label()));
        }
        for (sense, kind) in
            [(Sense::Clothes, FactKind::Clothes), (Sense::Body, FactKind::Body), (Sense::Day, FactKind::Day)]
        {
            let is_longest = !self.hits.iter().any(|other| {
                other.is(sense) && other.length > hit.length && other.at <= hit.at && other.end() >= hit.end()
            });
            if hit.is(sense) && is_longest {
                facts.push(Fact::new(kind, label()));
            }
        }
        if hit.is(Sense::Direction) {
            let mut at = hit.end();
            while self.word(at).is_some_and(|word| {
                word.gap != Gap::Sentence
                    && (is_article(self.words.text(word)) || self.lexicon.knows(word.hash, Sense::Near))
            }) {
                at += 1;
            }
            let is_goal = |word: &Word| word.gap != Gap::Sentence && !self.lexicon.knows(word.hash, Sense::Stop);
            let goal = if self.word(at).is_some_and(is_goal) { self.text(at) } else { "" };
            facts.push(Fact::new(FactKind::Direction, if goal.is_empty() { label() } else { goal.to_owned() }));
        }
    }
}

/// Articles, and the prepositions that link a name.
fn is_article(text: &str) -> bool {
    matches!(
        text,
        "le" | "la"
            | "les"
            | "l"
            | "de"
            | "du"
            | "d"
            | "des"
            | "un"
            | "une"
            | "mon"
            | "ma"
            | "notre"
            | "son"
            | "sa"
            | "the"
            | "my"
    )
}

/// "a84", "n137", "d751", "e60".
fn is_road(text: &str) -> bool {
    text.strip_prefix(['a', 'n', 'd', 'e'])
        .is_some_and(|digits| (2..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name of a line: "2", "c3", "26".
fn is_line(text: &str) -> bool {
    text.len() <= 3
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !text.contains('h')
}
