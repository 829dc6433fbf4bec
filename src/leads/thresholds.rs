//! What counts how much when leads are ranked, bundled and grouped: one place to look at and to change.

/// Points for what an answer says. Chosen by hand, so that the order of the cards can be explained.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each is named as the field of `Voice` or the kind of fact that it weighs")]
pub struct Weights {
    pub saw: i32,
    pub believes: i32,
    pub telegram: i32,
    pub relative: i32,
    pub met: i32,
    pub was: i32,
    pub knows: i32,
    pub place: i32,
    pub time: i32,
    pub plate: i32,
    pub direction: i32,
    pub description: i32,
    pub picture: i32,
    pub matching: i32,
    pub denied: i32,
    pub long_ago: i32,
    pub hearsay: i32,
    pub joke: i32,
    pub spam: i32,
    pub insult: i32,
    pub question: i32,
}

/// Where the lines are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    /// What counts how much.
    pub weight: Weights,
    /// The least score of a first-hand account.
    pub first_hand: i32,
    /// The least score of a second-hand one.
    pub second_hand: i32,
    /// The least score of facts that nobody says to have seen.
    pub facts: i32,
    /// How many cards for each thousand answers doubtful answers may fill; those beyond are bundled by kind.
    pub cards_per_thousand: usize,
    /// The share of the shorter text's runs of three words that a copy must have, in percent.
    pub copy_percent: usize,
    /// So many words in a row make a copy although the rest differs: a truncated copy with a comment.
    pub copy_run: usize,
    /// Messages of one author within so many seconds are one account.
    pub same_author_seconds: i64,
}

impl Default for Thresholds {
    fn default() -> Self {
        let weight = Weights {
            saw: 50,
            believes: 45,
            telegram: 40,
            relative: 22,
            met: 32,
            was: 24,
            knows: 24,
            place: 12,
            time: 10,
            plate: 14,
            direction: 8,
            description: 5,
            picture: 8,
            matching: 4,
            denied: 60,
            long_ago: 40,
            hearsay: 22,
            joke: 36,
            spam: 60,
            insult: 14,
            question: 6,
        };
        Self {
            weight,
            first_hand: 32,
            second_hand: 20,
            facts: 17,
            cards_per_thousand: 110,
            copy_percent: 60,
            copy_run: 9,
            same_author_seconds: 6 * 3600,
        }
    }
}
