//! What holds of every flood, however wild its texts.

use std::collections::BTreeSet;

use jiff::Timestamp;
use portevoix::leads::answer::{Answer, Kind};
use portevoix::leads::cards::Card;
use portevoix::leads::sorter::Sorter;
use proptest::prelude::*;

use crate::leads::stage::appeal;

/// Any answer: few ids and authors, so that edits, replies and follow-ups happen.
fn answer() -> impl Strategy<Value = Answer> {
    let text = prop_oneof![
        any::<String>(),
        "\\PC{0,200}",
        "(j'ai vu|RT|@kev|merci|gare|rue de|22h|06 12 34 56 78|c'est|…|»|#Tag|\u{200B}|é|🙏| ){0,30}",
        Just("Je l'ai croisée hier soir à l'arrêt Commerce, elle attendait le tram avec un garçon".to_owned()),
    ];
    let kind = prop_oneof![Just(Kind::Reply), Just(Kind::Quote), Just(Kind::Mention), Just(Kind::Repost)];
    let at = prop_oneof![Just(None), (0_i64..2_000_000_000).prop_map(|at| Timestamp::from_second(at).ok())];
    (0..30_u32, at, proptest::option::of("[ab]"), kind, proptest::option::of(0..30_u32), text, any::<bool>()).prop_map(
        |(id, at, author, kind, target, text, has_image)| Answer {
            id: id.to_string(),
            at,
            author,
            author_created_days: None,
            kind,
            in_reply_to: target.map(|target| target.to_string()),
            text,
            has_image,
        },
    )
}

fn sorted<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Vec<Card> {
    let mut sorter = Sorter::new(&appeal(), ["Rezé"]);
    for answer in answers {
        sorter.take(answer);
    }
    sorter.cards()
}

/// Every id of the cards, and that none is there twice.
fn ids(cards: &[Card]) -> BTreeSet<String> {
    let all: Vec<String> = cards.iter().flat_map(|card| card.members.clone()).collect();
    let once: BTreeSet<String> = all.iter().cloned().collect();
    assert_eq!(all.len(), once.len(), "an answer is in two cards");
    once
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_answer_is_in_exactly_one_card_in_whatever_order_they_come(answers in proptest::collection::vec(answer(), 0..60)) {
        let expected: BTreeSet<String> = answers.iter().map(|answer| answer.id.clone()).collect();
        prop_assert_eq!(ids(&sorted(&answers)), expected.clone());
        prop_assert_eq!(ids(&sorted(answers.iter().rev())), expected);
    }

    #[test]
    fn a_replay_gives_the_same_cards(answers in proptest::collection::vec(answer(), 0..40)) {
        prop_assert_eq!(sorted(&answers), sorted(&answers));
    }

    #[test]
    fn new_facts_are_members_and_ranks_count_up(answers in proptest::collection::vec(answer(), 0..40)) {
        for (rank, card) in (1..).zip(sorted(&answers)) {
            prop_assert_eq!(card.rank, rank);
            prop_assert!(!card.reasons.is_empty());
            prop_assert!(card.new_facts.iter().all(|id| card.members[1..].contains(id)));
        }
    }
}
