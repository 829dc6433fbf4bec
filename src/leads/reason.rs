//! Why a card is shown where it is shown, in French words that an officer can weigh.

use crate::leads::facts::FactKind;
use crate::leads::reading::Class;
use crate::leads::record::Record;
use crate::leads::sorter::Sorter;

/// How many facts of a kind are named; the text itself says the rest.
const MOST_OF_A_KIND: usize = 3;

/// How many looks are named.
const MOST_LOOKS: usize = 4;

impl Sorter {
    /// The reasons of a card by the answer that it shows. Only folded letters and digits of what the public wrote are in
    /// them, so they are inert in a room.
    pub(crate) fn reasons(&self, face: u32) -> Vec<String> {
        let record = &self.records[face as usize];
        let mut reasons = vec![whose(record).to_owned()];
        for (kind, word) in [
            (FactKind::Place, "lieu"),
            (FactKind::Hour, "heure"),
            (FactKind::Day, "moment"),
            (FactKind::Plate, "plaque"),
            (FactKind::Direction, "direction"),
        ] {
            reasons.extend(self.named(face, kind).map(|named| format!("{word} : {named}")));
        }
        let looks = [FactKind::Vehicle, FactKind::Colour, FactKind::Clothes, FactKind::Body];
        let facts = || self.facts_of(face).iter().filter(|(kind, _)| looks.contains(kind));
        let in_words = |facts: Vec<&(FactKind, u32)>| {
            // "Polo" is a car and a shirt.
            let mut labels: Vec<&str> = Vec::new();
            for label in facts.into_iter().map(|fact| self.label(*fact)) {
                if labels.len() < MOST_LOOKS && !labels.contains(&label) {
                    labels.push(label);
                }
            }
            labels.join(", ")
        };
        let (matching, other): (Vec<_>, Vec<_>) = facts().partition(|(kind, key)| self.ground.says(*kind, *key));
        if !matching.is_empty() {
            reasons.push(format!("correspond à l'appel : {}", in_words(matching)));
        }
        if !other.is_empty() {
            reasons.push(format!("description : {}", in_words(other)));
        }
        if self.facts_of(face).iter().any(|(kind, key)| *kind == FactKind::Hour && self.ground.matches_hour(*key)) {
            reasons.push("heure proche de celle de l'appel".to_owned());
        }
        if self.facts_of(face).iter().any(|(kind, _)| *kind == FactKind::Picture) {
            reasons.push("image jointe".to_owned());
        }
        reasons.extend(against(record).into_iter().map(str::to_owned));
        reasons
    }

    fn named(&self, face: u32, wanted: FactKind) -> Option<String> {
        let labels: Vec<&str> = self
            .facts_of(face)
            .iter()
            .filter(|(kind, _)| *kind == wanted)
            .take(MOST_OF_A_KIND)
            .map(|fact| self.label(*fact))
            .collect();
        (!labels.is_empty()).then(|| labels.join(", "))
    }
}

/// Whose account it is.
fn whose(record: &Record) -> &'static str {
    let voice = record.voice;
    match record.class {
        Class::FirstHand if voice.saw => "témoin direct : « j'ai vu »",
        Class::FirstHand if voice.believes => "témoin direct, hésitant : « je crois avoir vu »",
        Class::FirstHand if voice.telegram => "témoin direct : « vu », sans sujet",
        Class::FirstHand if voice.met => "témoin direct : face à lui, chez lui ou sa caméra",
        Class::FirstHand => "témoin direct : « j'étais là »",
        Class::Facts => "des faits, sans dire qui les a vus",
        Class::Knows => "dit savoir quelque chose, ou l'avoir en image",
        Class::SecondHand => "un proche a vu : à faire rappeler",
        Class::Accusation => "désigne quelqu'un",
        Class::Hearsay => "ouï-dire",
        Class::Question => "question",
        Class::Other => "sans rapport visible",
        Class::OtherAppeal => "un autre appel",
        Class::Opinion => "opinion",
        Class::Support => "soutien",
        Class::Thanks => "remerciement",
        Class::Relay => "relais de l'appel",
        Class::Reaction => "réaction",
        Class::Joke => "plaisanterie",
        Class::Insult => "insulte",
        Class::Spam => "publicité ou arnaque",
        Class::Repost => "repartage sans texte",
    }
}

/// What speaks against it.
fn against(record: &Record) -> Vec<&'static str> {
    let voice = record.voice;
    [
        (voice.hearsay && record.class != Class::Hearsay, "en partie par ouï-dire"),
        (voice.long_ago, "semble parler d'une autre époque"),
        (voice.on_screen, "parle aussi d'une image ou d'une nouvelle vue"),
        (voice.denied, "dit aussi ne pas avoir vu"),
        (record.is_copy, "repris d'un autre message"),
        (record.is_deleted, "effacé depuis par son auteur"),
    ]
    .into_iter()
    .filter_map(|(holds, word)| holds.then_some(word))
    .collect()
}

/// What a bundle of one, and of several, is called after its count: "42 remerciements".
pub fn bundle_name(class: Class) -> [&'static str; 2] {
    match class {
        Class::FirstHand => ["témoignage direct", "témoignages directs"],
        Class::Facts => ["message avec quelques faits", "messages avec quelques faits"],
        Class::Knows => ["message de qui dit savoir", "messages de qui dit savoir"],
        Class::SecondHand => ["récit de proche", "récits de proches"],
        Class::Accusation => ["message qui désigne quelqu'un", "messages qui désignent quelqu'un"],
        Class::Hearsay => ["ouï-dire", "ouï-dire"],
        Class::Question => ["question", "questions"],
        Class::Other => ["message sans rapport visible", "messages sans rapport visible"],
        Class::OtherAppeal => ["autre appel", "autres appels"],
        Class::Opinion => ["opinion", "opinions"],
        Class::Support => ["message de soutien", "messages de soutien"],
        Class::Thanks => ["remerciement", "remerciements"],
        Class::Relay => ["relais de l'appel", "relais de l'appel"],
        Class::Reaction => ["réaction", "réactions"],
        Class::Joke => ["plaisanterie", "plaisanteries"],
        Class::Insult => ["insulte", "insultes"],
        Class::Spam => ["publicité ou arnaque", "publicités ou arnaques"],
        Class::Repost => ["repartage sans texte", "repartages sans texte"],
    }
}
