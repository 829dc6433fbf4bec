//! Holds a list of cards against the truth: the figures that the sorting is judged by.

use std::collections::{HashMap, HashSet};
use std::fmt;

use portevoix::leads::cards::Card;

use crate::floods::Label;

/// How good a list of cards is. Shares are from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Independent accounts there are.
    pub stories: usize,
    /// Of those that fit on 20 cards, how many are shown on the first 20.
    pub on_first_20: f64,
    /// How many are shown on the first 1.5 cards for each.
    pub on_first_one_and_a_half: f64,
    /// Accounts in a card that shows something else than their own story.
    pub in_a_wrong_card: f64,
    /// Cards for each family of copies.
    pub cards_per_family: f64,
    /// Cards for each 1,000 answers.
    pub cards_per_thousand: f64,
    /// Facts added in copies that surfaced.
    pub facts_surfaced: f64,
    /// Of the cards marked `pii`, how many have some; of the answers with some, how many lie in a marked card.
    pub pii: (f64, f64),
    /// The same for accusations.
    pub accusation: (f64, f64),
}

/// Measures cards.
pub fn measure(cards: &[Card], truth: &HashMap<String, Label>) -> Figures {
    let label = |id: &String| truth.get(id).expect("every id was labelled");
    let shown = |cards: &[Card]| {
        let faces = cards.iter().map(|card| label(&card.members[0])).filter(|label| label.is_story);
        faces.filter_map(|label| label.family).collect::<HashSet<u32>>().len()
    };
    let stories = truth.values().filter(|label| label.is_story).count();
    let first = |count: usize| shown(&cards[..count.min(cards.len())]);
    let mut wrong = 0;
    let mut cards_of: HashMap<u32, HashSet<usize>> = HashMap::new();
    let mut sizes: HashMap<u32, usize> = HashMap::new();
    let (mut adds, mut surfaced) = (0, 0);
    let mut pii = Tally::default();
    let mut accusation = Tally::default();
    for (number, card) in cards.iter().enumerate() {
        let face = label(&card.members[0]);
        let news: HashSet<&String> = card.new_facts.iter().collect();
        for (place, id) in card.members.iter().enumerate() {
            let own = label(id);
            wrong += usize::from(own.is_story && own.family != face.family);
            if let Some(family) = own.family {
                cards_of.entry(family).or_default().insert(number);
                *sizes.entry(family).or_default() += 1;
            }
            adds += usize::from(own.adds);
            surfaced += usize::from(own.adds && (place == 0 || news.contains(id)));
        }
        pii.add(card.marks.has_pii, card.members.iter().filter(|id| label(id).pii).count());
        accusation.add(card.marks.has_accusation, card.members.iter().filter(|id| label(id).accusation).count());
    }
    let families: Vec<usize> =
        cards_of.iter().filter(|(family, _)| sizes[family] > 1).map(|(_, cards)| cards.len()).collect();
    let answers = truth.len();
    Figures {
        stories,
        on_first_20: share(first(20), stories.min(20)),
        on_first_one_and_a_half: share(first(stories * 3 / 2), stories),
        in_a_wrong_card: share(wrong, stories),
        cards_per_family: share(families.iter().sum(), families.len()),
        cards_per_thousand: share(cards.len() * 1000, answers),
        facts_surfaced: share(surfaced, adds),
        pii: pii.shares(),
        accusation: accusation.shares(),
    }
}

#[derive(Default)]
struct Tally {
    marked: usize,
    rightly: usize,
    answers: usize,
    found: usize,
}

impl Tally {
    fn add(&mut self, is_marked: bool, answers: usize) {
        self.marked += usize::from(is_marked);
        self.rightly += usize::from(is_marked && answers > 0);
        self.answers += answers;
        self.found += if is_marked { answers } else { 0 };
    }

    fn shares(&self) -> (f64, f64) {
        (share(self.rightly, self.marked), share(self.found, self.answers))
    }
}

/// A share; of nothing, all of it.
fn share(part: usize, whole: usize) -> f64 {
    let exact = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 1.0 } else { exact(part) / exact(whole) }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| share * 100.0;
        write!(
            formatter,
            "{:5.1} {:6.1} {:6.2} {:6.2} {:7.1} {:6.1}   {:3.0}/{:3.0}   {:3.0}/{:3.0}",
            percent(self.on_first_20),
            percent(self.on_first_one_and_a_half),
            percent(self.in_a_wrong_card),
            self.cards_per_family,
            self.cards_per_thousand,
            percent(self.facts_surfaced),
            percent(self.pii.0),
            percent(self.pii.1),
            percent(self.accusation.0),
            percent(self.accusation.1)
        )
    }
}
