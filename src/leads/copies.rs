//! Finds the text that an answer copies, among millions, by winnowed fingerprints and a comparison of the words.
//!
//! **Method.** A text's runs of three words are hashed, and of each three neighbouring runs the smallest hash is kept
//! (winnowing, Schleimer, Wilkerson and Aiken 2003, <https://theory.stanford.edu/~aiken/publications/papers/sigmod03.pdf>):
//! two texts that share any five words in a row share a fingerprint, wherever it stands in them. That is what MinHash does not
//! promise: a short text inside a long comment has a small Jaccard similarity, and copies grow that way. The texts that share
//! the most fingerprints are compared word by word, so a fingerprint never decides.
//!
//! **What is a copy.** The words of the shorter text are in the longer one, but for typing errors; a copy adds, and does not
//! replace. "Je l'ai vue gare de Rennes hier vers 22h" is none of "… gare de Nantes …": a replaced word is how two
//! witnesses differ who write alike. A text that was cut off and commented is known by a long run of words. Short texts are
//! copies only if hardly anything was added: "je l'ai vue hier" stands in many accounts.
//!
//! **Bounds.** At most [`MOST_WORDS`] words, [`MOST_PER_FINGERPRINT`] texts for each fingerprint and [`MOST_COMPARED`]
//! comparisons, so the time per answer does not grow with the case. docs/leads.md has what was measured.

use crate::leads::lexicon::HashedMap;
use crate::leads::normal::and_then;
use crate::leads::thresholds::Thresholds;

/// Words of a text that are looked at; networks' posts are shorter.
pub const MOST_WORDS: usize = 96;
/// The latest texts that are looked at for one fingerprint: a run like "j'ai vu une" is in too many.
pub const MOST_PER_FINGERPRINT: usize = 16;
/// The texts that are compared word by word.
pub const MOST_COMPARED: usize = 6;
/// Words in a run that is hashed.
const RUN: usize = 3;
/// Neighbouring runs of which one is kept.
const WINDOW: usize = 3;
/// Texts with fewer words are copies only if nothing but a word or two was added.
const SHORT: usize = 8;
/// Texts with fewer words are copies only if they are equal.
const SHORTEST: usize = 4;
/// So many words at the end of a text that was cut off are known again.
const LEAST_END: usize = 6;
/// From so many words on, one may be replaced.
const LONG: usize = 16;

/// A word as copies are compared: a hash, and which letters it has, to forgive a typing error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    hash: u32,
    /// A bit for each letter a–z, then its length in the upper six bits.
    shape: u32,
}

impl Token {
    /// A folded word.
    pub fn new(text: &str, hash: u64) -> Self {
        // An hour or a plate is no misspelling of another one.
        let spelt = if text.bytes().any(|byte| byte.is_ascii_digit()) { "" } else { text };
        let letters = spelt.bytes().filter(u8::is_ascii_lowercase).fold(0_u32, |bits, byte| bits | 1 << (byte - b'a'));
        let length = u32::try_from(text.len().min(63)).unwrap_or(63);
        let hash = u32::try_from((hash ^ (hash >> 32)) & 0xffff_ffff).unwrap_or(0);
        Self { hash, shape: letters | length << 26 }
    }

    fn length(self) -> u32 {
        self.shape >> 26
    }

    /// Whether another word may be this one, mistyped.
    fn is_nearly(self, other: Self) -> bool {
        if self.hash == other.hash {
            return true;
        }
        let letters = ((self.shape ^ other.shape) & 0x03ff_ffff).count_ones();
        let shorter = self.length().min(other.length());
        let is_word = self.shape & 0x03ff_ffff != 0;
        is_word && shorter >= 3 && letters <= 1 && self.length().abs_diff(other.length()) <= 1
    }

    /// Whether it carries meaning: not an article or a pronoun.
    fn is_content(self) -> bool {
        self.length() > 3 || self.shape & 0x03ff_ffff == 0
    }
}

/// What to look for.
pub struct Wanted<'a> {
    /// The words of the new text.
    pub core: &'a [Token],
    /// It is marked as somebody else's words, or cut off.
    pub is_copy: bool,
}

#[derive(Debug, Clone, Copy)]
struct Text {
    from: u32,
    length: u32,
    /// The number of the answer that has it; [`NONE`] once no answer has.
    owner: u32,
}

/// The texts of a case, by their fingerprints.
#[derive(Debug, Default)]
pub struct Copies {
    tokens: Vec<Token>,
    texts: Vec<Text>,
    /// The text with exactly these words.
    exact: HashedMap<u64, u32>,
    /// The latest entry for a fingerprint.
    heads: HashedMap<u64, u32>,
    entries: Vec<(u32, u32)>,
    votes: Vec<(u32, u32)>,
}

/// No further entry.
const NONE: u32 = u32::MAX;

impl Copies {
    /// The hash of a whole text.
    pub fn whole(core: &[Token]) -> u64 {
        core.iter().fold(u64::from(u32::try_from(core.len()).unwrap_or(0)), |hash, token| {
            and_then(hash, u64::from(token.hash))
        })
    }

    /// The answer whose text this one copies. `conflicts` says whether the facts of that answer, or of the one that founded
    /// its group, contradict the new one's: a copy that was cut off has fewer words than the story, and fits others, too.
    pub fn find(
        &mut self,
        wanted: &Wanted<'_>,
        limits: &Thresholds,
        conflicts: impl Fn(u32, Likeness) -> bool,
    ) -> Option<u32> {
        if wanted.core.is_empty() {
            return None;
        }
        if let Some(same) = self.exact.get(&Self::whole(wanted.core)) {
            return Some(self.texts[*same as usize].owner);
        }
        let core = &wanted.core[..wanted.core.len().min(MOST_WORDS)];
        if core.len() < SHORTEST {
            return None;
        }
        self.vote(core);
        let compared = std::mem::take(&mut self.votes);
        let texts = compared.iter().map(|(text, _)| self.texts[*text as usize]).filter(|text| text.owner != NONE);
        let found = texts.take(MOST_COMPARED).map(|text| (text.owner, self.tokens(text))).find(|(owner, other)| {
            let likeness = likeness(core, other, wanted.is_copy, limits);
            likeness != Likeness::None && !conflicts(*owner, likeness)
        });
        let found = found.map(|(owner, _)| owner);
        self.votes = compared;
        found
    }

    /// Counts for each text how many fingerprints it shares with a new one; the most first, then the oldest.
    fn vote(&mut self, core: &[Token]) {
        let mut votes = std::mem::take(&mut self.votes);
        votes.clear();
        for fingerprint in fingerprints(core) {
            let mut at = self.heads.get(&fingerprint).copied().unwrap_or(NONE);
            for _ in 0..MOST_PER_FINGERPRINT {
                let Some((text, next)) = self.entries.get(at as usize) else { break };
                votes.push((*text, 1));
                at = *next;
            }
        }
        votes.sort_unstable();
        votes.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            kept.1 += if same { later.1 } else { 0 };
            same
        });
        votes.sort_unstable_by_key(|(text, count)| (std::cmp::Reverse(*count), *text));
        self.votes = votes;
    }

    /// Whether a text with these very words is filed.
    pub fn knows_exactly(&self, core: &[Token]) -> bool {
        self.exact.contains_key(&Self::whole(core))
    }

    /// Files the text of an answer, for later ones to be compared with.
    pub fn file(&mut self, owner: u32, core: &[Token]) {
        let filed = &core[..core.len().min(MOST_WORDS)];
        let (Ok(from), Ok(length)) = (u32::try_from(self.tokens.len()), u32::try_from(filed.len())) else { return };
        let Ok(text) = u32::try_from(self.texts.len()) else { return };
        if core.is_empty() {
            return;
        }
        self.exact.insert(Self::whole(core), text);
        self.tokens.extend_from_slice(filed);
        self.texts.push(Text { from, length, owner });
        if filed.len() < SHORTEST {
            return;
        }
        for fingerprint in fingerprints(filed) {
            let Ok(entry) = u32::try_from(self.entries.len()) else { return };
            let next = self.heads.insert(fingerprint, entry).unwrap_or(NONE);
            self.entries.push((text, next));
        }
    }

    /// An answer was edited and has other words now: its text goes to an heir with the same words, or is found no more.
    pub fn hand_on(&mut self, owner: u32, whole: u64, heir: Option<u32>) {
        let Some(text) = self.exact.get(&whole).copied().filter(|text| self.texts[*text as usize].owner == owner)
        else {
            return;
        };
        self.texts[text as usize].owner = heir.unwrap_or(NONE);
        if heir.is_none() {
            self.exact.remove(&whole);
        }
    }

    fn tokens(&self, text: Text) -> &[Token] {
        &self.tokens[text.from as usize..(text.from + text.length) as usize]
    }
}

/// The winnowed hashes of a text's runs of words, each once.
fn fingerprints(core: &[Token]) -> Vec<u64> {
    let runs: Vec<u64> =
        core.windows(RUN).map(|run| run.iter().fold(1, |hash, token| and_then(hash, u64::from(token.hash)))).collect();
    let mut kept = Vec::with_capacity(runs.len());
    for window in runs.windows(WINDOW.min(runs.len()).max(1)) {
        let Some(least) = window.iter().min() else { continue };
        if kept.last() != Some(least) {
            kept.push(*least);
        }
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

/// How two texts are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// One is in the other.
    Copy,
    /// They share a long run, and each has something else, too.
    LongRun,
    /// They are two texts.
    None,
}

/// Compares two texts word by word.
pub fn likeness(one: &[Token], other: &[Token], is_marked: bool, limits: &Thresholds) -> Likeness {
    let (shorter, longer) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if shorter.len() < SHORTEST {
        return if one == other { Likeness::Copy } else { Likeness::None };
    }
    let shared = shared_runs(shorter, longer);
    let needed = limits.copy_percent;
    let runs = shorter.len() + 1 - RUN;
    let replaced = replaced(shorter, longer);
    let may_replace = usize::from(shorter.len() >= LONG);
    let is_contained = replaced <= may_replace && shared * 100 >= runs * (needed - if replaced == 0 { 15 } else { 0 });
    let added = longer.len() - shorter.len();
    if is_contained {
        // A bare claim stands in many accounts: it is a copy only if hardly anything was added.
        return if shorter.len() >= SHORT || added <= 2 || (is_marked && added <= 8) {
            if replaced == 0 { Likeness::Copy } else { Likeness::LongRun }
        } else {
            Likeness::None
        };
    }
    let least = if is_marked { limits.copy_run } else { limits.copy_run + 5 };
    // A copy that was cut off ends in the middle of the story.
    let breaks_off = is_marked && ends_inside(one, other);
    if breaks_off || longest_run(shorter, longer) >= least { Likeness::LongRun } else { Likeness::None }
}

/// Whether the last words of the new text stand in the other one, and others follow there.
fn ends_inside(one: &[Token], other: &[Token]) -> bool {
    let Some(end) = one.len().checked_sub(LEAST_END) else { return false };
    let is_same = |(one, other): (&Token, &Token)| one.hash == other.hash;
    other.len() > LEAST_END
        && other[..other.len() - 1].windows(LEAST_END).any(|run| one[end..].iter().zip(run).all(is_same))
}

/// How many runs of words of the shorter text are in the longer one.
fn shared_runs(shorter: &[Token], longer: &[Token]) -> usize {
    let is_same = |one: &[Token], other: &[Token]| one.iter().zip(other).all(|(one, other)| one.hash == other.hash);
    shorter.windows(RUN).filter(|run| longer.windows(RUN).any(|other| is_same(run, other))).count()
}

/// How many words of the shorter text with a meaning are not in the longer one, typing errors forgiven.
fn replaced(shorter: &[Token], longer: &[Token]) -> usize {
    shorter.iter().filter(|token| token.is_content() && !longer.iter().any(|other| token.is_nearly(*other))).count()
}

/// The longest run of words that both have.
fn longest_run(shorter: &[Token], longer: &[Token]) -> usize {
    let mut before = vec![0_usize; shorter.len() + 1];
    let mut longest = 0;
    for token in longer {
        let mut diagonal = 0;
        for (at, other) in shorter.iter().enumerate() {
            let here = if token.hash == other.hash { diagonal + 1 } else { 0 };
            diagonal = before[at + 1];
            before[at + 1] = here;
            longest = longest.max(here);
        }
    }
    longest
}
