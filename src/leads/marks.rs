//! Finds what must be handled with care: personal data of private people, and someone named or pointed at as guilty.

use crate::leads::facts::Search;
use crate::leads::lexicon::{Hit, Sense};
use crate::leads::normal::Gap;

/// What must be handled with care in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// A telephone number, an address, a plate, an e-mail address, a private person's full name, the handle of somebody
    /// accused.
    pub has_pii: bool,
    /// Names or points at a person as guilty.
    pub has_accusation: bool,
}

/// What the appeal itself says is public: its numbers, plates and names are no disclosure.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// The digits of its telephone numbers.
    pub phones: Vec<String>,
    /// Its plates.
    pub plates: Vec<String>,
    /// Its words.
    pub words: Vec<u64>,
}

/// The marks of a text.
pub fn marks(search: &Search<'_>, published: &Published) -> Marks {
    let name = full_name(search, published);
    let has_accusation = accusation(search, published, name);
    let accused_handle = has_accusation && search.words.words.iter().any(|word| word.is_mention);
    let has_plate =
        (0..search.words.words.len()).filter_map(|at| search.plate(at)).any(|plate| !published.plates.contains(&plate));
    let has_phone = phones(search).iter().any(|phone| !published.phones.contains(phone));
    let has_pii = search.words.signs.has_email
        || has_plate
        || has_phone
        || name.is_some()
        || accused_handle
        || address(search, published);
    Marks { has_pii, has_accusation }
}

/// Every French telephone number of a text, as its nine last digits.
pub fn phones(search: &Search<'_>) -> Vec<String> {
    let words = &search.words.words;
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let mut digits = String::new();
        let mut end = at;
        while let Some(word) = words.get(end) {
            let text = search.words.text(word);
            let is_joined = end == at || matches!(word.gap, Gap::Space | Gap::Glue(_) | Gap::Comma);
            if !is_joined
                || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'o')
                || !text.bytes().any(|byte| byte.is_ascii_digit())
                || digits.len() + text.len() > 15
            {
                break;
            }
            digits.push_str(&text.replace('o', "0"));
            end += 1;
        }
        found.extend(nine_digits(&digits).map(str::to_owned));
        at = end.max(at + 1);
    }
    found
}

fn nine_digits(digits: &str) -> Option<&str> {
    let national = digits.strip_prefix("0033").or_else(|| digits.strip_prefix("33")).unwrap_or(digits);
    let national = national.strip_prefix('0').unwrap_or(national);
    let has_prefix = digits.starts_with('0') || digits.starts_with("33");
    // Numbers that begin with 08 are services.
    (has_prefix && national.len() == 9 && !national.starts_with(['0', '8'])).then_some(national)
}

/// "12 rue de Strasbourg", "au 4 bis, avenue Foch".
fn address(search: &Search<'_>, published: &Published) -> bool {
    let words = &search.words.words;
    let text = |at: usize| words.get(at).map_or("", |word| search.words.text(word));
    search.hits.iter().filter(|hit| hit.is(Sense::Street) && hit.length <= 2).any(|hit| {
        let Some(before) = hit.at.checked_sub(1) else { return false };
        let number_at = if matches!(text(before), "bis" | "ter" | "quater" | "b" | "a") {
            before.checked_sub(1)
        } else {
            Some(before)
        };
        let is_number = number_at.is_some_and(|at| {
            let number = text(at).trim_end_matches(|c: char| c.is_ascii_alphabetic());
            (1..=4).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
                && !text(at).ends_with('h')
        });
        let is_after_time = number_at
            .and_then(|at| at.checked_sub(1))
            .is_some_and(|at| text(at).ends_with('h') || matches!(text(at), "h" | "heures"));
        let has_name = words.get(hit.end()).is_some_and(|word| word.gap != Gap::Sentence);
        let is_published = number_at.is_some_and(|at| published.words.contains(&words[at].hash))
            && words.get(hit.end() + 1).is_some_and(|word| published.words.contains(&word.hash));
        is_number && !is_after_time && has_name && !is_published
    })
}

/// Where a private person's first and last name stand: the first word and the word after the last.
fn full_name(search: &Search<'_>, published: &Published) -> Option<(usize, usize)> {
    let words = &search.words.words;
    search.hits.iter().filter(|hit| hit.is(Sense::FirstName)).find_map(|hit| {
        let first = words.get(hit.at)?;
        let last = words.get(hit.end())?;
        let letters = search.words.text(last);
        let is_word = letters.len() > 2
            && letters.chars().all(char::is_alphabetic)
            && matches!(last.gap, Gap::Space | Gap::Glue(b'-'))
            && !last.is_hashtag
            && !last.is_mention;
        let knows = |sense| search.lexicon.knows(last.hash, sense);
        let is_surname =
            knows(Sense::LastName) || (last.is_capital && first.is_capital && !is_ordinary(search, last.hash));
        let is_famous = search
            .hits
            .iter()
            .any(|other| other.is(Sense::PublicFigure) && other.at <= hit.at && other.end() >= hit.end());
        let is_place = (1..=3).any(|back| {
            hit.at.checked_sub(back).is_some_and(|before| search.lexicon.knows(words[before].hash, Sense::NamedAfter))
        });
        let is_published = published.words.contains(&first.hash) && published.words.contains(&last.hash);
        (is_word && is_surname && !is_famous && !is_place && !is_published).then_some((hit.at, hit.end() + 1))
    })
}

/// Words with a meaning of their own: "Léa Courage" is a greeting.
fn is_ordinary(search: &Search<'_>, word: u64) -> bool {
    [
        Sense::Stop,
        Sense::Support,
        Sense::Thanks,
        Sense::Saw,
        Sense::City,
        Sense::Day,
        Sense::Question,
        Sense::Relay,
        Sense::Negation,
        Sense::FirstName,
        Sense::Street,
        Sense::Spot,
    ]
    .into_iter()
    .any(|sense| search.lexicon.knows(word, sense))
}

/// Whether somebody is named or pointed at as guilty.
fn accusation(search: &Search<'_>, published: &Published, name: Option<(usize, usize)>) -> bool {
    let of = |sense: Sense| search.hits.iter().filter(move |hit| hit.is(sense));
    let is_famous = of(Sense::PublicFigure).next().is_some();
    if is_famous && name.is_none() {
        return false;
    }
    let is_close = |one: usize, other: usize, most: usize| one.abs_diff(other) <= most;
    let guilty: Vec<&Hit> = of(Sense::Guilty).collect();
    let its: Vec<&Hit> = of(Sense::Its).collect();
    // "c'est son beau-père", "le coupable, c'est le voisin", "son ex a fait le coup".
    let is_witness =
        |end: usize| search.hits.iter().any(|hit| hit.is(Sense::TheirEyes) && hit.at >= end && hit.at - end <= 2);
    let points = of(Sense::PointedAt).filter(|whom| !is_witness(whom.end())).any(|whom| {
        let is_subject = its
            .iter()
            .any(|hit| whom.at >= hit.end() && whom.at - hit.end() <= 2 && !is_denied(search, hit.at, whom.at));
        is_subject || guilty.iter().any(|hit| is_close(hit.at, whom.end(), 14) || is_close(hit.end(), whom.at, 3))
    });
    if points {
        return true;
    }
    // "c'est Kevin Martin du 3e", "Kevin du lycée, c'est lui".
    let first = of(Sense::FirstName)
        .map(|hit| (hit.at, hit.end()))
        .find(|(at, _)| !published.words.contains(&search.words.words[*at].hash));
    let named = name.or(first.filter(|(at, _)| !is_place_name(search, *at)));
    if let Some((begin, end)) = named {
        let is_subject =
            its.iter().any(|hit| begin >= hit.end() && begin - hit.end() <= 2 && !is_denied(search, hit.at, begin));
        if is_subject || guilty.iter().any(|hit| is_close(hit.at, end, 6) || is_close(hit.end(), begin, 4)) {
            return true;
        }
    }
    // "@x c'est lui".
    let handle = search.words.words.iter().position(|word| word.is_mention);
    handle.is_some_and(|at| {
        guilty.iter().any(|hit| is_close(hit.at, at + 1, 3) || is_close(hit.end(), at, 2))
            || its.iter().any(|hit| hit.end() == at)
    })
}

fn is_place_name(search: &Search<'_>, at: usize) -> bool {
    (1..=3).any(|back| {
        at.checked_sub(back)
            .is_some_and(|before| search.lexicon.knows(search.words.words[before].hash, Sense::NamedAfter))
    })
}

/// "c'est pas le voisin": nobody is accused.
fn is_denied(search: &Search<'_>, from: usize, until: usize) -> bool {
    search.words.words[from..until].iter().any(|word| search.lexicon.knows(word.hash, Sense::Negation))
}

impl Marks {
    /// The marks as a card has them: `pii`, `accusation`.
    pub fn words(self) -> Vec<&'static str> {
        [(self.has_pii, "pii"), (self.has_accusation, "accusation")]
            .into_iter()
            .filter_map(|(has, word)| has.then_some(word))
            .collect()
    }
}
