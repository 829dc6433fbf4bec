//! The words that the sorting knows, compiled in from `lexicon/*.toml`, and where they stand in a text.
//!
//! A file is a table of lists. An entry is a phrase of folded words: `(a|b)` is either, `x?` may be missing, `vu~` is
//! *vu, vue, vus, vues*. To replace the words, build a [`Lexicon`] with [`Lexicon::from_files`] and hand it to the sorter;
//! nothing in the code names a word that is not in these files or in a closed class of French (articles, *je*, *si*).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, OnceLock};

use crate::leads::normal::{Gap, Spelling, Words, and_then, hash_of, read};

/// Keys that are hashes already.
#[derive(Default)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write_u32(&mut self, hash: u32) {
        self.0 = u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// A map whose keys are hashes already.
pub type HashedMap<K, V> = HashMap<K, V, BuildHasherDefault<AsIs>>;

/// What a phrase of the lexicon means; the names are the keys of `lexicon/*.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is explained beside its list in lexicon/*.toml")]
pub enum Sense {
    IDid,
    Saw,
    See,
    IDidTo,
    ToMe,
    Was,
    BareSaw,
    SawAbroad,
    Relative,
    TheirEyes,
    Hearsay,
    Media,
    Negation,
    Wish,
    LongAgo,
    Knows,
    Thanks,
    Support,
    Relay,
    Joke,
    Insult,
    Opinion,
    Spam,
    OtherAppeal,
    Question,
    Reaction,
    Feeling,
    Street,
    Spot,
    Brand,
    City,
    Near,
    Direction,
    Vehicle,
    Colour,
    Clothes,
    Body,
    Day,
    Future,
    Stop,
    FirstName,
    LastName,
    PublicFigure,
    NamedAfter,
    Guilty,
    PointedAt,
    Its,
    NoDeed,
}

const SENSES: [(&str, Sense); 48] = [
    ("i_did", Sense::IDid),
    ("saw", Sense::Saw),
    ("see", Sense::See),
    ("i_did_to", Sense::IDidTo),
    ("to_me", Sense::ToMe),
    ("was", Sense::Was),
    ("bare_saw", Sense::BareSaw),
    ("saw_abroad", Sense::SawAbroad),
    ("relative", Sense::Relative),
    ("their_eyes", Sense::TheirEyes),
    ("hearsay", Sense::Hearsay),
    ("media", Sense::Media),
    ("negation", Sense::Negation),
    ("wish", Sense::Wish),
    ("long_ago", Sense::LongAgo),
    ("knows", Sense::Knows),
    ("thanks", Sense::Thanks),
    ("support", Sense::Support),
    ("relay", Sense::Relay),
    ("joke", Sense::Joke),
    ("insult", Sense::Insult),
    ("opinion", Sense::Opinion),
    ("spam", Sense::Spam),
    ("other_appeal", Sense::OtherAppeal),
    ("question", Sense::Question),
    ("reaction", Sense::Reaction),
    ("feeling", Sense::Feeling),
    ("street", Sense::Street),
    ("spot", Sense::Spot),
    ("brand", Sense::Brand),
    ("city", Sense::City),
    ("near", Sense::Near),
    ("direction", Sense::Direction),
    ("vehicle", Sense::Vehicle),
    ("colour", Sense::Colour),
    ("clothes", Sense::Clothes),
    ("body", Sense::Body),
    ("day", Sense::Day),
    ("future", Sense::Future),
    ("stop", Sense::Stop),
    ("first_name", Sense::FirstName),
    ("last_name", Sense::LastName),
    ("public_figure", Sense::PublicFigure),
    ("named_after", Sense::NamedAfter),
    ("guilty", Sense::Guilty),
    ("pointed_at", Sense::PointedAt),
    ("its", Sense::Its),
    ("no_deed", Sense::NoDeed),
];

/// The files that are compiled in, with their names for messages.
const FILES: [(&str, &str); 5] = [
    ("voice.toml", include_str!("lexicon/voice.toml")),
    ("kind.toml", include_str!("lexicon/kind.toml")),
    ("fact.toml", include_str!("lexicon/fact.toml")),
    ("marks.toml", include_str!("lexicon/marks.toml")),
    ("sms.toml", include_str!("lexicon/sms.toml")),
];

/// What is wrong with a file of the lexicon.
#[derive(Debug, thiserror::Error)]
#[error("{file} : {trouble}")]
pub struct LexiconError {
    /// Which file.
    pub file: String,
    /// What to mend, in French.
    pub trouble: String,
}

/// A phrase of the lexicon that stands in a text.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    /// The first word of it.
    pub at: usize,
    /// How many words.
    pub length: usize,
    /// One bit for each [`Sense`] that it has.
    pub senses: u64,
}

impl Hit {
    /// Whether it means this.
    pub fn is(&self, sense: Sense) -> bool {
        self.senses & bit(sense) != 0
    }

    /// The word after it.
    pub fn end(&self) -> usize {
        self.at + self.length
    }
}

fn bit(sense: Sense) -> u64 {
    1 << (sense as u8)
}

#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    senses: u64,
    /// How many words the longest phrase has that begins like this; only for single words.
    longest: usize,
}

/// The words that the sorting knows.
#[derive(Debug, Default)]
pub struct Lexicon {
    entries: HashedMap<u64, Entry>,
    /// How short spellings and emojis are read.
    pub spelling: Spelling,
}

impl Lexicon {
    /// The lexicon that is compiled in.
    ///
    /// # Panics
    /// If a compiled-in file is broken, which a test rules out.
    pub fn french() -> Arc<Self> {
        static FRENCH: OnceLock<Arc<Lexicon>> = OnceLock::new();
        let read = || Arc::new(Self::from_files(&FILES).expect("the compiled-in lexicon is read by a test"));
        Arc::clone(FRENCH.get_or_init(read))
    }

    /// Reads a lexicon from named texts in TOML.
    ///
    /// # Errors
    /// A text that is no TOML, a list with a name that nothing looks up, or a phrase that can't be read.
    pub fn from_files(files: &[(&str, &str)]) -> Result<Self, LexiconError> {
        let mut lexicon = Self::default();
        for (file, text) in files {
            let failed = |trouble: String| LexiconError { file: (*file).to_owned(), trouble };
            let table: toml::Table = text.parse().map_err(|trouble: toml::de::Error| failed(trouble.to_string()))?;
            for (name, value) in &table {
                lexicon.list(name, value).map_err(failed)?;
            }
        }
        Ok(lexicon)
    }

    fn list(&mut self, name: &str, value: &toml::Value) -> Result<(), String> {
        match (name, value) {
            ("laugh_signs", toml::Value::String(signs)) => self.spelling.laughs = signs.chars().collect(),
            ("heart_signs", toml::Value::String(signs)) => self.spelling.hearts = signs.chars().collect(),
            ("anger_signs", toml::Value::String(signs)) => self.spelling.angers = signs.chars().collect(),
            (short, toml::Value::String(stands_for)) => {
                let words = stands_for.split(' ').map(str::to_owned).collect();
                self.spelling.short.insert(hash_of(&folded_word(short)), words);
            }
            (name, toml::Value::Array(phrases)) => {
                let known = SENSES.iter().find(|(known, _)| *known == name);
                let (_, sense) = known.ok_or_else(|| format!("« {name} » : cette liste n'est pas connue"))?;
                for phrase in phrases {
                    let phrase =
                        phrase.as_str().ok_or_else(|| format!("« {name} » : écrire des textes entre guillemets"))?;
                    self.add(phrase, *sense)?;
                }
            }
            (name, _) => return Err(format!("« {name} » : écrire une liste de textes, ou un texte")),
        }
        Ok(())
    }

    fn add(&mut self, phrase: &str, sense: Sense) -> Result<(), String> {
        for words in expanded(phrase)? {
            let hashes: Vec<u64> = words.iter().map(|word| hash_of(&folded_word(word))).collect();
            let Some((first, rest)) = hashes.split_first() else { continue };
            let whole = rest.iter().fold(*first, |hash, next| and_then(hash, *next));
            self.entries.entry(whole).or_default().senses |= bit(sense);
            let start = self.entries.entry(*first).or_default();
            start.longest = start.longest.max(hashes.len());
        }
        Ok(())
    }

    /// Whether a single word means this.
    pub fn knows(&self, word: u64, sense: Sense) -> bool {
        self.entries.get(&word).is_some_and(|entry| entry.senses & bit(sense) != 0)
    }

    /// Whether a single word is in any list.
    pub fn knows_any(&self, word: u64) -> bool {
        self.entries.get(&word).is_some_and(|entry| entry.senses != 0)
    }

    /// Every phrase that stands in a text, by where it begins; a phrase does not reach over the end of a sentence.
    pub fn hits(&self, words: &Words) -> Vec<Hit> {
        let words = &words.words;
        let mut hits = Vec::with_capacity(words.len());
        for (at, word) in words.iter().enumerate() {
            let Some(start) = self.entries.get(&word.hash) else { continue };
            if start.senses != 0 {
                hits.push(Hit { at, length: 1, senses: start.senses });
            }
            let mut hash = word.hash;
            for (more, next) in words[at + 1..].iter().take(start.longest.saturating_sub(1)).enumerate() {
                if next.gap == Gap::Sentence {
                    break;
                }
                hash = and_then(hash, next.hash);
                if let Some(entry) = self.entries.get(&hash).filter(|entry| entry.senses != 0) {
                    hits.push(Hit { at, length: more + 2, senses: entry.senses });
                }
            }
        }
        hits
    }
}

/// A word as texts are folded, without opening short spellings.
fn folded_word(word: &str) -> String {
    let words = read(word, &Spelling::default(), "");
    words.joined(0, words.words.len())
}

/// Every phrase that a pattern stands for.
fn expanded(pattern: &str) -> Result<Vec<Vec<String>>, String> {
    let mut phrases: Vec<Vec<String>> = vec![Vec::new()];
    for part in split(pattern, ' ')? {
        let is_optional = part.ends_with('?');
        let bare = part.trim_end_matches('?');
        let mut ways: Vec<Vec<String>> = match bare.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
            Some(inside) => split(inside, '|')?.into_iter().map(expanded).collect::<Result<Vec<_>, _>>()?.concat(),
            None => inflected(bare),
        };
        if is_optional {
            ways.push(Vec::new());
        }
        phrases =
            phrases.iter().flat_map(|phrase| ways.iter().map(|way| [phrase.clone(), way.clone()].concat())).collect();
    }
    Ok(phrases)
}

/// A word with every ending that `~` stands for.
fn inflected(word: &str) -> Vec<Vec<String>> {
    match word.strip_suffix('~') {
        Some(stem) => ["", "e", "s", "es"].iter().map(|ending| vec![format!("{stem}{ending}")]).collect(),
        None => vec![vec![word.to_owned()]],
    }
}

/// Splits at a sign outside of brackets.
fn split(pattern: &str, at_sign: char) -> Result<Vec<&str>, String> {
    let mut parts = Vec::new();
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, c) in pattern.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or_else(|| format!("« {pattern} » : une parenthèse de trop"))?,
            c if c == at_sign && depth == 0 => {
                parts.push(&pattern[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err(format!("« {pattern} » : il manque une parenthèse"));
    }
    parts.push(&pattern[begin..]);
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect())
}
