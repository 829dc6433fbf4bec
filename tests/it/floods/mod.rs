//! Invented floods of answers, each from one seed, with what is true of every answer; nothing in them ever happened.
//!
//! Declared as synthetic: the accounts come from templates and lists in `phrases.rs`, so a flood tells whether grouping and
//! ranking hold together at any size, not how well the rules know the French that people write. For that there are the
//! answers in `tests/it/data/leads-*.jsonl`, written by hand before the rules were tried on them.

pub mod labelled;
pub mod measure;
mod phrases;

use std::collections::{HashMap, HashSet};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use portevoix::leads::answer::{Answer, Appeal, Kind};
use portevoix::leads::cards::Card;
use portevoix::leads::sorter::Sorter;

use self::phrases as words;

/// What is true of an answer.
#[derive(Debug, Clone, Default)]
pub struct Label {
    /// It is the account of an independent witness.
    pub is_story: bool,
    /// The story or rumour that it tells or copies.
    pub family: Option<u32>,
    /// It copies and adds a fact.
    pub adds: bool,
    /// It has personal data.
    pub pii: bool,
    /// It names or points at somebody as guilty.
    pub accusation: bool,
}

/// A flood: an appeal, the answers in the order in which they come, and the truth.
#[derive(Debug, Clone)]
pub struct Flood {
    pub name: String,
    pub appeal: Appeal,
    pub answers: Vec<(Answer, Label)>,
}

impl Flood {
    /// What is true, by id.
    pub fn truth(&self) -> HashMap<String, Label> {
        self.answers.iter().map(|(answer, label)| (answer.id.clone(), label.clone())).collect()
    }

    /// Sorts it.
    pub fn sorted(&self) -> Vec<Card> {
        let mut sorter = Sorter::new(&self.appeal, []);
        for (answer, _) in &self.answers {
            sorter.take(answer);
        }
        sorter.cards()
    }
}

/// Makes a flood of about so many answers, of which so many are independent accounts.
pub fn flood(seed: u64, size: usize, stories: usize) -> Flood {
    let mut rng = Rng::with_seed(seed);
    let scene = &words::SCENES[usize::try_from(seed).unwrap_or(0) % words::SCENES.len()];
    let appeal = Appeal {
        ids: vec!["appel-1".to_owned()],
        at: Some(at(0)),
        account: scene.account.to_owned(),
        text: scene.text.to_owned(),
    };
    let mut texts: Vec<(u64, Draft)> = Vec::with_capacity(size);
    let mut said = HashSet::new();
    for family in 0..stories {
        let mut text = account(&mut rng, scene);
        while !said.insert(text.clone()) {
            text = account(&mut rng, scene);
        }
        let family = u32::try_from(family).unwrap_or(0);
        let written = rng.u64(0..10_000);
        let label = Label { is_story: true, family: Some(family), ..Label::default() };
        texts.push((written, Draft { text: text.clone(), label, ..Draft::default() }));
        // A story in five becomes an echo chain.
        if rng.u32(0..5) == 0 {
            let copies = rng.usize(2..(size / 60).max(4));
            chain(&mut rng, &text, family, copies, written, &mut texts);
        }
    }
    for (number, rumour) in scene.rumours.iter().enumerate() {
        let family = u32::try_from(1_000_000 + number).unwrap_or(0);
        let written = rng.u64(0..9_000);
        texts.push((
            written,
            Draft {
                text: (*rumour).to_owned(),
                label: Label { family: Some(family), ..Label::default() },
                ..Draft::default()
            },
        ));
        let copies = rng.usize(1..(size / 150).max(3));
        chain(&mut rng, rumour, family, copies, written, &mut texts);
    }
    while texts.len() < size {
        texts.push((rng.u64(0..10_000), noise(&mut rng, scene)));
    }
    texts.sort_by_key(|(written, _)| *written);
    let answers = (0..).zip(texts).map(|(number, (_, draft))| draft.finished(number, &mut rng)).collect();
    Flood { name: format!("{} n° {seed}, {size} answers, {stories} accounts", scene.account), appeal, answers }
}

#[derive(Debug, Clone, Default)]
struct Draft {
    text: String,
    label: Label,
    kind: Kind,
    has_image: bool,
}

impl Draft {
    fn finished(self, number: i64, rng: &mut Rng) -> (Answer, Label) {
        let is_mention = self.kind == Kind::Reply && rng.u32(0..6) == 0;
        let kind = if is_mention { Kind::Mention } else { self.kind };
        let answer = Answer {
            id: format!("{:x}-{number}", rng.u32(0..0xffff)),
            at: Some(at(number * 7 + 60)),
            author: Some(format!("personne{number}")),
            author_created_days: Some(rng.u32(1..4000)),
            kind,
            in_reply_to: (kind != Kind::Mention).then(|| "appel-1".to_owned()),
            text: self.text,
            has_image: self.has_image,
        };
        (answer, self.label)
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_730_000_000 + seconds)
}

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.usize(0..from.len())]
}

fn filled(rng: &mut Rng, template: &str, scene: &words::Scene) -> String {
    template
        .replace("{s}", pick(rng, scene.subjects))
        .replace("{p}", pick(rng, scene.places))
        .replace("{t}", pick(rng, words::TIMES))
        .replace("{d}", pick(rng, scene.details))
}

/// One witness's words.
fn account(rng: &mut Rng, scene: &words::Scene) -> String {
    if rng.u32(0..4) == 0 {
        return pick(rng, scene.accounts).to_owned();
    }
    let template = pick(rng, words::ACCOUNTS);
    let mut text = filled(rng, template, scene);
    if rng.u32(0..3) == 0 {
        text = careless(rng, &text);
    }
    text
}

/// As people type on a phone: no accents, no capitals, a letter too few.
fn careless(rng: &mut Rng, text: &str) -> String {
    let mut typed: String = text
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'é' | 'è' | 'ê' => 'e',
            'à' | 'â' => 'a',
            'î' => 'i',
            'ô' => 'o',
            'ç' => 'c',
            c => c,
        })
        .collect();
    let letters: Vec<usize> = typed.char_indices().filter(|(_, c)| c.is_ascii_lowercase()).map(|(at, _)| at).collect();
    if rng.bool() && letters.len() > 30 {
        typed.remove(letters[rng.usize(15..letters.len())]);
    }
    typed
}

/// Copies of a text, each of the original or of another copy.
fn chain(rng: &mut Rng, text: &str, family: u32, copies: usize, begin: u64, texts: &mut Vec<(u64, Draft)>) {
    let mut versions = vec![text.to_owned()];
    let mut adds = 0;
    for _ in 0..copies {
        let mut draft = Draft { label: Label { family: Some(family), ..Label::default() }, ..Draft::default() };
        draft.text = versions[rng.usize(0..versions.len())].clone();
        match rng.u32(0..10) {
            0..3 => draft.text.insert_str(0, pick(rng, words::COPY_HEADS)),
            3..5 => draft.text.push_str(pick(rng, words::COPY_TAILS)),
            5 => draft.text = draft.text.to_uppercase(),
            6 => draft.text = careless(rng, &draft.text),
            7 if draft.text.chars().count() > 70 => {
                let kept: String = draft.text.chars().take(draft.text.chars().count() * 2 / 3).collect();
                draft.text = format!("RT @info_flash: {kept}…");
            }
            8 if adds < words::ADDITIONS.len() && family < 1_000_000 => {
                let addition = words::ADDITIONS[adds];
                adds += 1;
                draft.text = format!("{text} {addition}");
                draft.label.adds = true;
                draft.label.pii = addition.contains("plaque");
                texts.push((rng.u64(begin..10_001), draft));
                continue;
            }
            _ => {}
        }
        if versions.len() < 4 {
            versions.push(draft.text.clone());
        }
        texts.push((rng.u64(begin..10_001), draft));
    }
}

/// Anything but an account.
fn noise(rng: &mut Rng, scene: &words::Scene) -> Draft {
    let lists: [(u32, &[&str]); 9] = [
        (18, words::THANKS),
        (22, words::SUPPORT),
        (16, words::RELAYS),
        (10, words::QUESTIONS),
        (7, words::OPINIONS),
        (4, words::INSULTS),
        (4, words::SPAM),
        (4, words::OTHERS),
        (7, words::UNSEEN),
    ];
    let mut draft = Draft::default();
    let mut dice = rng.u32(0..100);
    for (share, list) in lists {
        if dice < share {
            let text = pick(rng, list);
            draft.text = decorated(rng, text);
            return draft;
        }
        dice -= share;
    }
    match dice {
        0..3 => {
            let text = pick(rng, scene.jokes);
            draft.text = decorated(rng, text);
        }
        3 => {
            draft.text = pick(rng, scene.accusations).to_owned();
            draft.label.accusation = true;
            draft.label.pii =
                ["Jordan Lefort", "Mickaël Guérin", "Dylan Schmitt", "@"].iter().any(|name| draft.text.contains(name));
        }
        4 => {
            draft.text = pick(rng, words::PRIVATE).to_owned();
            draft.label.pii = true;
        }
        5 => {
            let template = pick(rng, words::SECOND_HAND);
            draft.text = filled(rng, template, scene);
        }
        _ => draft.kind = Kind::Repost,
    }
    draft
}

fn decorated(rng: &mut Rng, text: &str) -> String {
    match rng.u32(0..6) {
        0 => format!("{text} 🙏"),
        1 => text.to_lowercase(),
        2 => format!("@{} {text}", pick(rng, &["sophie_m", "lolo35", "kdu44"])),
        3 => format!("{text} !!"),
        _ => text.to_owned(),
    }
}
