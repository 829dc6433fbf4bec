//! Says whose eyes a text speaks of: the writer's own, a relative's, nobody's; and whether it only wishes, asks or denies.

use crate::leads::facts::Search;
use crate::leads::lexicon::{Hit, Sense};
use crate::leads::normal::Gap;

/// How far before its verb a condition or a source still governs it, in words.
const REACH_BEFORE: usize = 8;
/// How far after the verb its object is looked for, in words.
const REACH_AFTER: usize = 6;
/// How many words may stand between "j'ai" and "vu".
const MOST_BETWEEN: usize = 4;

/// How participles end, accents folded.
const PARTICIPLES: [&str; 8] = ["e", "ee", "es", "ees", "i", "ie", "ue", "it"];

/// Whose account a text is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Voice {
    /// "j'ai vu", "je l'ai croisée", "I saw her": said, not denied, not wished, not of a screen.
    pub saw: bool,
    /// "je crois l'avoir vue", "je viens de la croiser".
    pub believes: bool,
    /// "elle m'a demandé", "devant chez moi", "ma caméra".
    pub met: bool,
    /// "j'étais", "je sortais", "j'habite".
    pub was: bool,
    /// "vue hier gare sud", without a subject.
    pub telegram: bool,
    /// A relative or a friend saw it.
    pub relative: bool,
    /// Passed on without a known source.
    pub hearsay: bool,
    /// An account that is denied: "j'ai rien vu".
    pub denied: bool,
    /// An account that is wished or supposed: "si je la vois".
    pub wished: bool,
    /// Seen on a screen or a poster.
    pub on_screen: bool,
    /// Of another time.
    pub long_ago: bool,
    /// Knows who it is, has pictures, has written to the police.
    pub knows: bool,
}

/// Listens to a text.
pub fn listen(search: &Search<'_>) -> Voice {
    let mut voice = Voice::default();
    let has = |sense: Sense| search.hits.iter().any(|hit| hit.is(sense));
    voice.long_ago = has(Sense::LongAgo);
    voice.hearsay = has(Sense::Hearsay);
    voice.relative = relative(search);
    let is_denied_after = |end: usize| {
        search
            .words
            .words
            .get(end)
            .is_some_and(|word| word.gap != Gap::Sentence && search.lexicon.knows(word.hash, Sense::Negation))
    };
    let knows =
        |hit: &Hit| hit.is(Sense::Knows) && !is_denied_after(hit.end()) && govern(search, hit.at) == Governed::Freely;
    voice.knows = search.hits.iter().any(knows);
    for hit in search.hits {
        if hit.is(Sense::IDid) || hit.is(Sense::IDidTo) {
            verb_after(search, hit, &mut voice);
        }
        if hit.is(Sense::SawAbroad) && !is_denied_before(search, hit.at) {
            note(search, hit.at, hit.end(), &mut voice, |voice| voice.saw = true);
        }
        if hit.is(Sense::ToMe)
            && !is_feeling(search, hit.end() - 1)
            && !is_denied_before(search, hit.at)
            && govern(search, hit.at) == Governed::Freely
        {
            voice.met = true;
        }
        if hit.is(Sense::Was) && !is_feeling(search, hit.at) && govern(search, hit.at) == Governed::Freely {
            voice.was = true;
        }
        if hit.is(Sense::BareSaw) && is_bare(search, hit.at) {
            note(search, hit.at, hit.end(), &mut voice, |voice| voice.telegram = true);
        }
    }
    voice
}

/// Looks for what somebody did after "j'ai" or "je crois", and notes it.
fn verb_after(search: &Search<'_>, subject: &Hit, voice: &mut Voice) {
    if is_feeling(search, subject.at) {
        return;
    }
    let words = &search.words.words;
    let mut is_denied = false;
    for at in subject.end()..(subject.end() + MOST_BETWEEN).min(words.len()) {
        if words[at].gap == Gap::Sentence {
            return;
        }
        let verb = |sense: Sense| search.hits.iter().find(|hit| hit.at == at && hit.is(sense));
        let found = match (subject.is(Sense::IDid), subject.is(Sense::IDidTo)) {
            (true, _) if verb(Sense::Saw).is_some() => verb(Sense::Saw),
            (_, true) => verb(Sense::See),
            _ => None,
        };
        if let Some(verb) = found {
            // "j'ai entendu dire" is hearsay, not hearing.
            if search.hits.iter().any(|hit| hit.is(Sense::Hearsay) && hit.at <= at && hit.end() > at) {
                return;
            }
            let object_is_nobody = words.get(verb.end()).is_some_and(|word| {
                matches!(search.words.text(word), "personne" | "rien" | "aucun" | "aucune" | "nulle")
            });
            if is_denied || object_is_nobody {
                voice.denied = true;
            } else if subject.is(Sense::IDid) && verb.is(Sense::Saw) {
                note(search, subject.at, verb.end(), voice, |voice| voice.saw = true);
            } else {
                note(search, subject.at, verb.end(), voice, |voice| voice.believes = true);
            }
            return;
        }
        is_denied |= search.lexicon.knows(words[at].hash, Sense::Negation);
    }
    // "je l'ai encaissée": whatever one did with somebody, one was there.
    let deed = words.get(subject.end()).filter(|_| subject.is(Sense::IDid) && subject.length > 2);
    let is_deed = deed.is_some_and(|deed| {
        let text = search.words.text(deed);
        deed.gap != Gap::Sentence
            && text.len() > 4
            && PARTICIPLES.iter().any(|ending| text.ends_with(ending))
            && !search.lexicon.knows(deed.hash, Sense::NoDeed)
    });
    if is_deed && !is_denied && govern(search, subject.at) == Governed::Freely {
        voice.met = true;
    }
}

/// Notes an account unless something governs it.
fn note(search: &Search<'_>, from: usize, end: usize, voice: &mut Voice, account: impl Fn(&mut Voice)) {
    if is_of_a_screen(search, from, end) {
        voice.on_screen = true;
        return;
    }
    match govern(search, from) {
        Governed::Freely => account(voice),
        Governed::ByAWish => voice.wished = true,
        Governed::BySomebody => voice.relative = true,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Governed {
    Freely,
    ByAWish,
    BySomebody,
}

/// What stands before an account in its sentence and takes it from the writer: "si j'avais vu", "mon fils dit : j'ai vu".
fn govern(search: &Search<'_>, from: usize) -> Governed {
    let begin = sentence_begin(search, from).max(from.saturating_sub(REACH_BEFORE));
    let before = |sense: Sense| search.hits.iter().find(move |hit| hit.is(sense) && hit.at >= begin && hit.at <= from);
    if let Some(wish) = before(Sense::Wish) {
        let asks_oneself = (1..=3).any(|back| {
            wish.at.checked_sub(back).is_some_and(|at| {
                matches!(
                    search.words.text(&search.words.words[at]),
                    "demande" | "sais" | "sait" | "savoir" | "sure" | "sur"
                )
            })
        });
        if !asks_oneself {
            return Governed::ByAWish;
        }
    }
    let said = search
        .hits
        .iter()
        .any(|hit| hit.is(Sense::TheirEyes) && hit.end() <= from && from - hit.end() <= 4 && is_speech(search, hit));
    let whose =
        search.hits.iter().any(|hit| hit.is(Sense::Relative) && hit.end() <= from && from - hit.at <= REACH_BEFORE + 2);
    let by_colon = search.words.signs.has_quotes && whose && search.words.words[from].gap != Gap::Space;
    if (said && whose) || by_colon { Governed::BySomebody } else { Governed::Freely }
}

fn is_speech(search: &Search<'_>, hit: &Hit) -> bool {
    (hit.at..hit.end()).any(|at| {
        matches!(
            search.words.text(&search.words.words[at]),
            "dit"
                | "raconte"
                | "ecrit"
                | "envoye"
                | "dixit"
                | "jure"
                | "assure"
                | "certifie"
                | "soutient"
                | "told"
                | "says"
                | "said"
        )
    })
}

fn sentence_begin(search: &Search<'_>, from: usize) -> usize {
    (1..=from).rev().find(|at| search.words.words[*at].gap == Gap::Sentence).unwrap_or(0)
}

/// "pas vu", "t'ai pas vue": a denial right before.
fn is_denied_before(search: &Search<'_>, at: usize) -> bool {
    at.checked_sub(1).is_some_and(|before| {
        search.words.words[at].gap != Gap::Sentence
            && search.lexicon.knows(search.words.words[before].hash, Sense::Negation)
    })
}

fn is_feeling(search: &Search<'_>, at: usize) -> bool {
    search.hits.iter().any(|hit| hit.is(Sense::Feeling) && hit.at <= at && hit.end() > at)
}

/// Whether what was seen is news, a poster, a film; looked for after the verb in its sentence, and shortly before.
fn is_of_a_screen(search: &Search<'_>, from: usize, end: usize) -> bool {
    let words = &search.words.words;
    let until = (end..(end + REACH_AFTER).min(words.len()))
        .find(|at| matches!(words[*at].gap, Gap::Sentence | Gap::Comma))
        .unwrap_or((end + REACH_AFTER).min(words.len()));
    let is_clause = |at: &usize| matches!(words[*at].gap, Gap::Sentence | Gap::Comma);
    let begin = (1..=from).rev().find(is_clause).unwrap_or(0).max(from.saturating_sub(4));
    search.hits.iter().filter(|hit| hit.is(Sense::Media)).any(|hit| {
        let is_object = hit.at >= end && hit.at < until;
        let is_ground = hit.end() <= from
            && hit.at >= begin
            && hit.at > 0
            && matches!(search.words.text(&words[hit.at - 1]), "sur" | "a" | "la" | "dans" | "l");
        // "la même fille que sur votre photo": what was seen is compared, not seen there.
        let compares = (1..=3).any(|back| {
            hit.at.checked_sub(back).is_some_and(|at| {
                matches!(search.words.text(&words[at]), "que" | "comme" | "meme" | "qu" | "ressemble" | "correspond")
            })
        });
        if compares {
            return false;
        }
        let is_vague = hit.length == 1 && matches!(search.words.text(&words[hit.at]), "ca" | "pire" | "mieux");
        if is_vague { hit.at == end && is_object } else { is_object || is_ground }
    })
}

/// A participle that no auxiliary governs, with a place or a time in its sentence.
fn is_bare(search: &Search<'_>, at: usize) -> bool {
    const AUXILIARIES: [&str; 36] = [
        "il", "elle", "on", "ils", "elles", "vous", "tu", "a", "ai", "as", "ont", "avons", "avez", "avoir", "ete",
        "aurait", "aurai", "aurais", "avait", "avais", "est", "etre", "l", "la", "le", "les", "pas", "jamais", "rien",
        "bien", "deja", "tout", "au", "mal", "cru", "ayant",
    ];
    let words = &search.words.words;
    let before =
        at.checked_sub(1).filter(|_| words[at].gap != Gap::Sentence).map(|before| search.words.text(&words[before]));
    if before.is_some_and(|before| AUXILIARIES.contains(&before)) || is_feeling(search, at) {
        return false;
    }
    let until = (at + 1..words.len()).find(|at| words[*at].gap == Gap::Sentence).unwrap_or(words.len());
    let says = |sense: Sense| search.hits.iter().any(|hit| hit.is(sense) && hit.at > at && hit.at < until);
    let has_hour = words[at..until].iter().any(|word| {
        let text = search.words.text(word);
        text.contains('h') && text.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
    });
    says(Sense::Spot)
        || says(Sense::Street)
        || says(Sense::Brand)
        || says(Sense::City)
        || says(Sense::Day)
        || has_hour
        || (says(Sense::Near) && until - at > 2)
}

/// "ma sœur l'a vue", "un collègue m'a dit".
fn relative(search: &Search<'_>) -> bool {
    let near = |hit: &Hit| {
        search.hits.iter().any(|eyes| {
            let is_after = eyes.is(Sense::TheirEyes) && eyes.at >= hit.end() && eyes.at - hit.end() <= 5;
            is_after && search.words.words[hit.end()..=eyes.at].iter().all(|word| word.gap != Gap::Sentence)
        })
    };
    let seen_by = |hit: &Hit| {
        hit.at >= 2
            && search.words.text(&search.words.words[hit.at - 1]) == "par"
            && search.lexicon.knows(search.words.words[hit.at - 2].hash, Sense::Saw)
    };
    // "Il était devant chez nous, mon mari lui a parlé": the writer was there first.
    let own = search.hits.iter().find(|hit| hit.is(Sense::ToMe)).map_or(usize::MAX, |hit| hit.at);
    let before = search.hits.iter().filter(|hit| hit.is(Sense::Relative) && hit.at < own);
    before.into_iter().any(|hit| near(hit) || seen_by(hit))
}
