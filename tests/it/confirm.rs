//! Approval by word: where a reaction is not enough, because whoever runs the chat's server could forge one.

use std::time::Duration;

use insta::assert_snapshot;
use portevoix::domain::ballot::{Assurance, Ballot, Choice, Given, Unconfirmed, Vote};
use portevoix::domain::draft::Draft;
use portevoix::domain::name::ReactionId;
use portevoix::domain::notice::{Refusal, State};
use portevoix::domain::policy::{Confirm, Policy, Verdict, judge};
use portevoix::domain::review::Event;
use portevoix::domain::seal::Word;

use crate::approval::APPEAL;
use crate::harness::desk_of_rules::{OnTheTable, opened, policy, proposal, voter};
use crate::harness::scene::{Room, scene};

/// A scene in which 44's drafts are approved by word, and Martin has opened an appeal.
async fn by_word(play: impl AsyncFnOnce(&mut Room)) {
    scene(async |room| {
        room.asks_for_the_word().await;
        room.says("martin", APPEAL).await;
        play(room).await;
    })
    .await;
}

#[tokio::test]
async fn two_words_carry_an_appeal_and_the_card_says_what_to_type() {
    by_word(async |room| {
        let word = room.word("44-1").await;
        let card = room.newest_card();
        assert!(card.content.plain().contains(&format!("en tapant : {word}")), "{}", card.content.plain());
        let glyphs: Vec<&str> = card.reactions.iter().map(|reaction| reaction.glyph.as_str()).collect();
        assert_eq!(glyphs, ["❌", "⏸"], "nothing is offered that does not count");
        assert_snapshot!(card.content.plain().replace(&word, "k7f2-9qd1"));
        room.answers("durand", &word).await;
        room.answers("lefevre", &word).await;
        room.expect("44-1", State::Approved).await;
        room.waits(Duration::from_secs(30)).await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn a_forged_reaction_approves_nothing_and_is_answered_once() {
    by_word(async |room| {
        let word = room.word("44-1").await;
        for _ in 0..3 {
            let reaction = room.reacts("durand", "✅").await;
            room.takes_back("durand", &reaction).await;
        }
        room.reacts("durand", "✅").await;
        room.reacts("lefevre", "✅").await;
        let card = room.newest_card().id;
        room.presses("moreau", &card, "✅").await;
        room.waits(Duration::from_secs(60)).await;
        room.expect("44-1", State::Review).await;
        room.network("mastodon").expect_posts(0);
        let answers = room.transcript().matches(&format!("Répondez à la carte en tapant : {word}")).count();
        assert_eq!(answers, 3, "once to each of the three:\n{}", room.transcript());
    })
    .await;
}

#[tokio::test]
async fn stopping_stays_a_tap() {
    by_word(async |room| {
        let word = room.word("44-1").await;
        room.answers("durand", &word).await;
        let veto = room.reacts("lefevre", "❌").await;
        room.expect("44-1", State::Vetoed).await;
        room.takes_back("lefevre", &veto).await;
        room.answers("lefevre", &word).await;
        room.expect("44-1", State::Approved).await;
        let hold = room.reacts("petit", "⏸").await;
        room.waits(Duration::from_secs(60)).await;
        room.expect("44-1", State::Held).await;
        room.takes_back("petit", &hold).await;
        room.waits(Duration::from_secs(30)).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn the_word_of_an_older_revision_points_to_the_new_card() {
    by_word(async |room| {
        let old = room.word("44-1").await;
        room.answers("durand", &old).await;
        room.says("petit", "!modifier 44-1 lieu: quai de la Fosse").await;
        room.answers("durand", &old).await;
        let said = room.last_said();
        assert!(said.contains("la version 1 est remplacée par la version 2"), "{said}");
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty());
        let new = room.word("44-1").await;
        assert_ne!(old, new);
        room.answers("durand", &new).await;
        room.answers("lefevre", &new).await;
        room.expect("44-1", State::Approved).await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_word_is_answered_and_mended_in_place() {
    by_word(async |room| {
        let word = room.word("44-1").await;
        for wrong in ["0000-0000", "k7f2-9qd", &format!("{word} ?")] {
            let message = room.answers("durand", wrong).await;
            assert!(room.last_said().contains("ce n'est pas l'empreinte de la carte"), "{wrong}: {}", room.last_said());
            assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty(), "{wrong}");
            room.edits("durand", &message, &word).await;
            assert_eq!(room.draft("44-1").await.ballot().unwrap().votes.len(), 1, "{wrong}: read again");
            room.edits("durand", &message, "pardon").await;
        }
        // People talk in the thread, and nobody is answered for that.
        let before = room.transcript();
        for talk in ["parfaite", "je regarde", "vu avec le parquet", "ok", "12 ans", "demain 20h30 ?"] {
            room.answers("lefevre", talk).await;
            assert!(!room.transcript()[before.len()..].contains("empreinte de la carte"), "{talk}");
        }
    })
    .await;
}

#[tokio::test]
async fn removing_or_editing_the_word_takes_the_approval_back() {
    by_word(async |room| {
        let word = room.word("44-1").await;
        room.answers("durand", &word).await;
        let message = room.answers("lefevre", &word).await;
        room.expect("44-1", State::Approved).await;
        room.removes_from_room(&message).await;
        room.expect("44-1", State::Review).await;
        let message = room.answers("lefevre", &word).await;
        room.expect("44-1", State::Approved).await;
        room.edits("lefevre", &message, &format!("{word}, je vérifie encore")).await;
        room.expect("44-1", State::Review).await;
        room.waits(Duration::from_secs(60)).await;
        room.network("mastodon").expect_posts(0);
        assert!(room.transcript().contains("Lefèvre a repris sa validation"), "{}", room.transcript());
    })
    .await;
}

#[tokio::test]
async fn the_authors_word_never_counts() {
    by_word(async |room| {
        let word = room.word("44-1").await;
        room.answers("martin", &word).await;
        assert!(room.last_said().contains("Vous avez écrit ce texte"), "{}", room.last_said());
        room.says("moreau", "!modifier 44-1 lieu: quai de la Fosse").await;
        let word = room.word("44-1").await;
        room.answers("moreau", &word).await;
        assert!(room.last_said().contains("Vous avez écrit ce texte"), "{}", room.last_said());
        room.answers("petit", &word).await;
        assert!(room.last_said().contains("Votre rôle ne permet pas"), "{}", room.last_said());
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_word_that_is_not_proven_is_refused_and_says_what_to_do() {
    by_word(async |room| {
        let word = room.word("44-1").await;
        for (assurance, hint) in [
            (Assurance::Unencrypted, "depuis une application qui chiffre"),
            (Assurance::UnverifiedDevice, "Vérifiez-le dans les paramètres"),
            (Assurance::ChangedIdentity, "Prévenez l'administrateur"),
        ] {
            room.answers_unproven("durand", &word, assurance).await;
            assert!(room.message_saying(hint).content.plain().contains("Validation non comptée"));
            assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty(), "{assurance:?}");
        }
        room.answers_unproven("durand", &word, Assurance::Proven).await;
        assert_eq!(room.draft("44-1").await.ballot().unwrap().votes.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_word_counts_only_in_answer_to_the_card() {
    by_word(async |room| {
        let word = room.word("44-1").await;
        let message = room.says("durand", &word).await;
        assert!(room.last_said().contains("en réponse à la carte de 44-1"), "{}", room.last_said());
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty());
        // Strangers are told once that they are none of the team, as for anything else they want.
        room.edits("durand", &message, "rien").await;
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_word_means_nothing_where_a_reaction_is_enough() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let (word, before) = (room.word("44-1").await, room.draft("44-1").await);
        room.answers("durand", &word).await;
        assert_eq!(room.draft("44-1").await, before);
    })
    .await;
}

fn by_word_on_the_table() -> OnTheTable {
    opened(Policy { confirm: Confirm::Word, quorum: 1, grace_seconds: 0, ..policy() }, proposal("Appel"))
}

fn word_vote(word: Word, assurance: Assurance) -> Vote {
    let given = Given::ByWord { word, assurance };
    Vote { by: voter("durand", &["valideur"]), choice: Choice::Approve, reaction: ReactionId::from("m2"), given }
}

#[test]
fn no_mandate_without_the_word_of_that_very_text_from_a_proven_device() {
    let draft = by_word_on_the_table().draft;
    let other = opened(policy(), proposal("Autre")).draft.revision.seal.word();
    let carries = |vote: Vote| matches!(judge(&draft, &Ballot { votes: vec![vote] }), Verdict::Carried(_));
    let word = draft.revision.seal.word();
    assert!(carries(word_vote(word.clone(), Assurance::Proven)));
    assert!(!carries(word_vote(other, Assurance::Proven)), "the word of another text");
    for doubtful in [Assurance::Unencrypted, Assurance::UnverifiedDevice, Assurance::ChangedIdentity] {
        assert!(!carries(word_vote(word.clone(), doubtful)), "{doubtful:?}");
    }
    assert!(!carries(Vote { given: Given::ByReaction, ..word_vote(word, Assurance::Proven) }));
}

#[test]
fn a_word_that_arrives_for_another_revision_is_told_which_one_it_names() {
    let mut table = by_word_on_the_table();
    let old = table.draft.revision.seal.word();
    table.happen(Event::Revised { by: "petit".into(), proposal: proposal("Appel bis") }).unwrap();
    let current = table.draft.revision.number;
    let vote = word_vote(old, Assurance::Proven);
    let refused = table.happen(Event::Voted { revision: current, vote, at: table.now });
    assert!(matches!(refused, Err(Refusal::OldRevision { .. })), "{refused:?}");
    let vote = word_vote(Word::read("00000000").unwrap(), Assurance::Proven);
    let refused = table.happen(Event::Voted { revision: current, vote, at: table.now });
    assert_eq!(refused, Err(Refusal::Unconfirmed(Unconfirmed::WrongWord)));
}

#[test]
fn a_draft_stored_before_there_were_words_reads_as_approved_by_reaction() {
    let mut table = opened(policy(), proposal("Appel"));
    table.votes("durand", Choice::Approve).unwrap();
    let mut stored = serde_json::to_value(&table.draft).unwrap();
    stored.as_object_mut().unwrap().remove("replaced").unwrap();
    stored["policy"].as_object_mut().unwrap().remove("confirm").unwrap();
    let vote = stored["phase"]["Review"]["votes"][0].as_object_mut().unwrap();
    vote.remove("given").unwrap();
    let read: Draft = serde_json::from_value(stored).unwrap();
    assert_eq!(read, table.draft);
}

#[test]
fn a_word_is_read_as_people_and_phones_write_it() {
    let word = Word::read("k7f2-9qd1").unwrap();
    for typed in [
        "K7F2-9QD1",
        "  k7f2-9qd1\n",
        "k7f29qd1",
        "k7f2 9qd1",
        "k7f2 - 9qd1",
        "K7f2\u{2011}9qd1",
        "k7f2\u{2013}9qd1",
        "k7f2\u{2014}9qd1",
        "k7f2\u{2212}9qd1",
        "k7f2-9qdl",
        "k7f2-9qdI",
        "« k7f2-9qd1 »",
        "`k7f2-9qd1`",
        "k7f2\\-9qd1",
        "k7f2-9qd1.",
    ] {
        assert_eq!(Word::read(typed), Some(word.clone()), "{typed:?}");
    }
    assert_eq!(Word::read("OoO0-iIlL").unwrap().as_str(), "0000-1111");
    let long = "k7f2-9qd1 ".repeat(10);
    for other in
        ["", "k7f2-9qd", "k7f2-9qd11", "k7f2-9qdu", "k7f2-9qd1 ?", "pas k7f2-9qd1", "❌ k7f2-9qd1", "ｋ7f2-9qd1", &long]
    {
        assert_eq!(Word::read(other), None, "{other:?}");
    }
    for seal in 0..50 {
        let seal = opened(policy(), proposal(&format!("Appel {seal}"))).draft.revision.seal;
        assert_eq!(Word::read(&seal.short()), Some(seal.word()));
        assert_eq!(Word::read(&seal.short().to_uppercase().replace('0', "O").replace('1', "l")), Some(seal.word()));
    }
}
