//! Scenes of bad input: each gets a clear answer, and nothing that was there is lost.

use std::time::Duration;

use portevoix::domain::notice::State;

use crate::approval::APPEAL;
use crate::harness::scene::scene;

#[tokio::test]
async fn each_kind_of_bad_input_is_answered_and_loses_nothing() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let before = room.draft("44-1").await;
        let million = format!("!appel faits: {}", "a".repeat(1_000_000));
        let pile = format!("!appel faits: e{}", "\u{0301}".repeat(1_000));
        let mountain = format!("!appel faits: e{}", "\u{0301}".repeat(10_000));
        for (typed, answer) in [
            (million.as_str(), "c'est trop"),
            ("!appel faits: vol \u{202E}gnp.exe", "U+202E"),
            ("!appel faits: vol\u{0007}", "U+0007"),
            (pile.as_str(), "accents empilés"),
            (mountain.as_str(), "c'est trop"),
            ("!appel lieu: Nantes ; lieu: Rezé", "donné deux fois"),
            ("!appel date: 31/02/2026 à 25h", "n'est pas une date précise"),
            ("!appel tel_service: bonjour", "n'est pas un numéro de téléphone"),
            ("!apel lieu: Nantes", "Vouliez-vous dire !appel"),
            ("!zzzzzzzz", "Je ne connais pas"),
            ("!voir", "De quel brouillon"),
            ("!voir quarante-quatre", "n'est pas un numéro de brouillon"),
            ("!voir 44-99", "Pas de brouillon 44-99"),
            ("!voir 67-1", "Pas de brouillon 67-1"),
            ("!modifier 44-1", "Il manque le texte"),
            ("!modifier 44-1 couleur: bleu", "couleur"),
        ] {
            room.says("martin", typed).await;
            let shown: String = typed.chars().take(60).collect();
            assert!(room.last_said().contains(answer), "{shown} is answered by {}", room.last_said());
        }
        assert_eq!(room.draft("44-1").await, before);
        room.approves().await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn template_syntax_typed_by_an_officer_is_published_as_it_was_typed() {
    scene(async |room| {
        room.says("martin", &APPEAL.replace("vol avec violence", "vol {{ 7 * 7 }} {% raw %}")).await;
        room.approves().await;
        let text = &room.network("mastodon").posts()[0].text;
        assert!(text.contains("Vol {{ 7 * 7 }} {% raw %}"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_command_can_be_mended_by_editing_the_message() {
    scene(async |room| {
        let message = room.says("martin", &APPEAL.replace("!appel", "!apel")).await;
        room.edits("martin", &message, APPEAL).await;
        room.expect("44-1", State::Review).await;
        room.edits("martin", &message, &APPEAL.replace("!appel", "!recit")).await;
        assert!(room.last_said().contains("On ne change pas la commande"), "{}", room.last_said());
        room.expect("44-1", State::Review).await;
    })
    .await;
}

#[tokio::test]
async fn an_empty_command_is_led_through_field_by_field() {
    scene(async |room| {
        room.says("martin", "!appel").await;
        room.expect("44-1", State::Incomplete).await;
        assert!(room.last_said().contains("Répondez ici"), "{}", room.last_said());
    })
    .await;
}

#[tokio::test]
async fn an_overlong_draft_says_by_how_much_and_cannot_be_voted_on() {
    scene(async |room| {
        let long = APPEAL.replace("vol avec violence", &"vol avec violence ".repeat(11));
        let message = room.says("martin", &APPEAL.replace("vol avec violence", &"vol ".repeat(100))).await;
        assert!(room.last_said().contains("200 caractères au plus"), "{}", room.last_said());
        room.edits("martin", &message, &long).await;
        room.expect("44-1", State::Incomplete).await;
        assert!(room.newest_card().content.plain().contains("de trop"), "{}", room.newest_card().content.plain());
        room.reacts("durand", "✅").await;
        room.reacts("lefevre", "✅").await;
        room.waits(Duration::from_secs(60)).await;
        room.network("bluesky").expect_posts(0);
    })
    .await;
}

#[tokio::test]
async fn a_thousand_reactions_are_all_taken_and_answered_in_a_few_words() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let card = room.newest_card().id;
        let taps = (0..500).map(|_| async {
            let hold = room.practice.reacts(&"petit".into(), &card, "⏸").await.unwrap();
            room.practice.takes_back(&"petit".into(), &hold).await.unwrap();
        });
        room.while_listening(async {
            for tap in taps {
                tap.await;
            }
        })
        .await;
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty());
        room.approves().await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}
