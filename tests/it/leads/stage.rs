//! A case in a test: answers come in, cards are looked at.

use portevoix::leads::answer::{Answer, Appeal};
use portevoix::leads::cards::Card;
use portevoix::leads::sorter::{Change, Sorter};

/// A case of the appeal for Manon.
pub struct Case {
    sorter: Sorter,
    count: usize,
}

/// The appeal that every scene answers.
pub fn appeal() -> Appeal {
    Appeal {
        ids: vec!["appel".to_owned()],
        at: None,
        account: "PNationale44".to_owned(),
        text: "Disparition inquiétante : Manon, 14 ans, a disparu à Nantes mercredi vers 17h30 après son collège rue de Strasbourg. \
               Manteau beige, sac rouge. Appelez le 02 61 91 44 17."
            .to_owned(),
    }
}

impl Case {
    pub fn new() -> Self {
        Self { sorter: Sorter::new(&appeal(), ["Rezé", "Place du Bouffay", "Saint-Herblain"]), count: 0 }
    }

    /// Somebody new answers; the id is "1", "2", … as they come.
    pub fn hears(&mut self, text: &str) -> Change {
        self.count += 1;
        let author = format!("personne {}", self.count);
        self.hears_from(&author, text)
    }

    /// Somebody in particular answers.
    pub fn hears_from(&mut self, author: &str, text: &str) -> Change {
        let id = (self.sorter.len() + 1).to_string();
        self.takes(Answer { id, author: Some(author.to_owned()), text: text.to_owned(), ..Answer::default() })
    }

    pub fn takes(&mut self, answer: Answer) -> Change {
        self.sorter.take(&answer)
    }

    pub fn deletes(&mut self, id: &str) -> Change {
        self.sorter.delete(id)
    }

    pub fn cards(&self) -> Vec<Card> {
        self.sorter.cards()
    }

    /// The cards as an officer might read them, with the ids.
    pub fn reads(&self) -> String {
        let line = |card: &Card| {
            let news = if card.new_facts.is_empty() {
                String::new()
            } else {
                format!(" ; nouveau : {}", card.new_facts.join(", "))
            };
            let marks = card.marks.words().iter().map(|mark| format!(" [{mark}]")).collect::<String>();
            format!("{}. {}{marks} — {}{news}\n", card.rank, card.members.join(" "), card.reasons.join(" ; "))
        };
        self.cards().iter().map(line).collect()
    }
}
