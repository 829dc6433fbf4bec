//! Scenes in the room: what people type and tap, what the bot answers, what the public sees.

use std::time::Duration;

use insta::assert_snapshot;
use portevoix::domain::name::RevisionNumber;
use portevoix::domain::notice::State;
use portevoix::port::chat::Happening;

use crate::harness::scene::scene;

pub const APPEAL: &str = "!appel lieu: place du Bouffay, Nantes ; date: 12/03 à 20h ; faits: vol avec violence ; \
                          tel_service: 02 61 91 44 17 ; parquet: accord du parquet, 21h10";

#[tokio::test]
async fn an_appeal_is_drafted_approved_and_published_once_on_each_account() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.reacts("durand", "✅").await;
        room.network("mastodon").expect_posts(0);
        room.reacts("lefevre", "✅").await;
        room.expect("44-1", State::Approved).await;
        room.network("mastodon").expect_posts(0);
        room.waits(Duration::from_secs(30)).await;
        room.expect("44-1", State::Published).await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
        let approved = room.draft("44-1").await.revision.targets[0].text.clone();
        assert_eq!(room.network("mastodon").posts()[0].text, approved, "the public reads what was approved");
        assert_snapshot!(room.transcript());
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_asked_for_in_the_thread_and_answered_there() {
    scene(async |room| {
        room.says("martin", "!appel lieu: place du Bouffay ; faits: vol avec violence").await;
        room.expect("44-1", State::Incomplete).await;
        room.reacts("durand", "✅").await;
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty(), "an incomplete draft takes no votes");
        let mut answers = 0;
        while room.draft("44-1").await.state() == State::Incomplete {
            let asked = room.draft("44-1").await.revision.blockers.clone();
            let answer = match format!("{:?}", asked[0]) {
                blocker if blocker.contains("tel_service") => "0261914417",
                blocker if blocker.contains("date") => "12/03 à 20h",
                blocker if blocker.contains("parquet") => "accord du parquet, 21h10",
                other => panic!("unexpected question: {other}"),
            };
            room.answers("martin", answer).await;
            answers += 1;
            assert!(answers < 5, "{}", room.transcript());
        }
        room.expect("44-1", State::Review).await;
        room.approves().await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn colleagues_may_talk_in_the_thread_without_filling_fields() {
    scene(async |room| {
        room.says("martin", "!appel lieu: place du Bouffay ; faits: vol avec violence").await;
        let before = room.draft("44-1").await;
        room.answers("durand", "je demande au parquet").await;
        assert_eq!(room.draft("44-1").await, before);
        // With the field's name it is meant.
        room.answers("durand", "parquet: accord donné à 21h10").await;
        assert_ne!(room.draft("44-1").await, before);
    })
    .await;
}

#[tokio::test]
async fn editing_ones_message_opens_a_new_revision_without_votes() {
    scene(async |room| {
        let message = room.says("martin", APPEAL).await;
        let old_card = room.newest_card();
        room.reacts("durand", "✅").await;
        room.edits("martin", &message, &APPEAL.replace("vol avec violence", "vol à l'arraché")).await;
        let draft = room.draft("44-1").await;
        assert_eq!(draft.revision.number, RevisionNumber(2));
        assert!(draft.ballot().unwrap().votes.is_empty());
        room.reacts_to("lefevre", &old_card.id, "✅").await;
        assert!(room.last_said().contains("version 2"), "{}", room.last_said());
        room.reacts("lefevre", "✅").await;
        room.waits(Duration::from_secs(60)).await;
        room.network("mastodon").expect_posts(0);
        room.reacts("durand", "✅").await;
        room.waits(Duration::from_secs(30)).await;
        room.network("mastodon").expect_posts(1);
        assert!(room.network("mastodon").posts()[0].text.contains("Vol à l'arraché"));
        assert_snapshot!(room.transcript());
    })
    .await;
}

#[tokio::test]
async fn modifier_changes_one_field_and_makes_its_author_an_author() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.says("moreau", "!modifier 44-1 lieu: quai de la Fosse").await;
        assert!(room.draft("44-1").await.revision.targets[0].text.contains("Quai de la Fosse"));
        room.reacts("moreau", "✅").await;
        assert!(room.last_said().contains("Vous avez écrit ce texte"), "{}", room.last_said());
    })
    .await;
}

#[tokio::test]
async fn a_vote_taken_back_is_gone_and_a_hold_stops_the_clock() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.reacts("durand", "✅").await;
        let vote = room.reacts("lefevre", "✅").await;
        room.takes_back("lefevre", &vote).await;
        room.waits(Duration::from_secs(60)).await;
        room.expect("44-1", State::Review).await;
        room.reacts("lefevre", "✅").await;
        let hold = room.reacts("petit", "⏸").await;
        room.waits(Duration::from_secs(3_600)).await;
        room.network("mastodon").expect_posts(0);
        room.takes_back("petit", &hold).await;
        room.waits(Duration::from_secs(30)).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn a_veto_asks_for_its_reason_and_keeps_it_on_the_card() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.reacts("durand", "✅").await;
        room.reacts("lefevre", "❌").await;
        assert!(room.last_said().contains("quel est le motif"), "{}", room.last_said());
        room.answers("lefevre", "Le parquet n'a pas donné son accord").await;
        assert!(room.newest_card().content.plain().contains("Le parquet n'a pas donné son accord"));
        room.reacts("moreau", "✅").await;
        room.waits(Duration::from_secs(60)).await;
        room.network("mastodon").expect_posts(0);
    })
    .await;
}

#[tokio::test]
async fn a_stranger_is_told_once_and_not_counted() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.reacts("passant", "✅").await;
        room.says("passant", "!appel faits: je veux publier").await;
        room.says("passant", "Bonjour tout le monde").await;
        let told = room.transcript().matches("Vous n'êtes pas dans l'équipe").count();
        assert_eq!(told, 1, "{}", room.transcript());
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_draft_lapses_at_its_deadline_and_says_so() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let draft = room.draft("44-1").await;
        let open_for = Duration::from_secs(draft.policy.open_for_seconds.into());
        room.waits(open_for).await;
        room.expect("44-1", State::Expired).await;
        assert!(room.last_said().contains("périmé"), "{}", room.last_said());
        room.reacts("durand", "✅").await;
        room.reacts("lefevre", "✅").await;
        room.waits(Duration::from_secs(60)).await;
        room.network("mastodon").expect_posts(0);
    })
    .await;
}

#[tokio::test]
async fn a_card_that_is_removed_comes_back_with_its_votes() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let card = room.newest_card();
        room.reacts("durand", "✅").await;
        room.removes_from_room(&card.id).await;
        let again = room.newest_card();
        assert_ne!(again.id, card.id);
        room.reacts("lefevre", "✅").await;
        room.waits(Duration::from_secs(30)).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn drafts_are_listed_shown_and_withdrawn() {
    scene(async |room| {
        room.says("martin", "!brouillons").await;
        assert_eq!(room.last_said(), "Aucun brouillon en cours.");
        room.says("martin", APPEAL).await;
        room.says("petit", "!brouillons").await;
        assert!(room.last_said().contains("44-1 · !appel · à valider"), "{}", room.last_said());
        room.says("petit", "!voir 44-1").await;
        assert!(room.last_said().contains("Vol avec violence"), "{}", room.last_said());
        room.says("petit", "!retirer 44-1").await;
        assert!(room.last_said().contains("Seuls les rédacteurs"), "{}", room.last_said());
        room.says("martin", "!retirer 44-1").await;
        room.expect("44-1", State::Withdrawn).await;
        room.says("martin", "!brouillons").await;
        assert_eq!(room.last_said(), "Aucun brouillon en cours.");
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_directorate_is_seen_from_anothers_room() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.goes_to("67");
        for question in ["!voir 44-1", "!retirer 44-1", "!modifier 44-1 lieu: ailleurs", "!voir 67-99"] {
            room.says("kieffer", question).await;
            assert!(room.last_said().contains("Pas de brouillon"), "{question}: {}", room.last_said());
        }
        room.says("kieffer", "!brouillons").await;
        assert_eq!(room.last_said(), "Aucun brouillon en cours.");
        room.says("martin", "!brouillons").await;
        assert!(room.last_said().contains("Vous n'êtes pas dans l'équipe"), "44's officer is a stranger in 67");
        room.says("kieffer", &APPEAL.replace("Nantes", "Strasbourg")).await;
        room.expect("67-1", State::Review).await;
        room.expect("44-1", State::Review).await;
        room.network_of("67", "mastodon").expect_posts(0);
    })
    .await;
}

#[tokio::test]
async fn a_button_votes_and_pressed_again_takes_the_vote_back() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let card = room.newest_card().id;
        room.presses("durand", &card, "✅").await;
        room.presses("durand", &card, "✅").await;
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty(), "{}", room.transcript());
        room.presses("durand", &card, "✅").await;
        room.presses("lefevre", &card, "✅").await;
        room.expect("44-1", State::Approved).await;
        room.presses("martin", &card, "✅").await;
        assert!(room.last_said().contains("Vous avez écrit ce texte"), "{}", room.transcript());
        room.presses("lefevre", &card, "✅").await;
        room.expect("44-1", State::Review).await;
    })
    .await;
}

/// A chat's own groups (a Discord server's roles) make people members: who they are is their id, not what they are called.
#[tokio::test]
async fn whoever_is_on_the_team_by_a_group_counts_once_whatever_they_call_themselves() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let card = room.newest_card().id;
        let tap = |reaction: &str| Happening::Reacted {
            message: card.clone(),
            reaction: reaction.into(),
            glyph: "✅".to_owned(),
        };
        room.does_from_the_group("100200300400", "Caron", tap("r1")).await;
        assert!(room.newest_card().content.plain().contains("Pour : Caron."), "{}", room.transcript());
        room.does_from_the_group("100200300400", "Durand", tap("r2")).await;
        room.expect("44-1", State::Review).await;
        assert!(room.newest_card().content.plain().contains("Pour : Durand (…0400)."), "{}", room.transcript());
        room.reacts("durand", "✅").await;
        room.expect("44-1", State::Approved).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_drafts_by_a_group_does_not_approve_it_under_another_name() {
    scene(async |room| {
        let message = "origine".into();
        let said = Happening::Said { message, text: APPEAL.to_owned(), thread: None, attachments: Vec::new() };
        room.does_from_the_group("100200300400", "Caron", said).await;
        let card = room.newest_card().id;
        let tap = Happening::Reacted { message: card, reaction: "r1".into(), glyph: "✅".to_owned() };
        room.does_from_the_group("100200300400", "Un autre", tap).await;
        assert!(room.last_said().contains("Vous avez écrit ce texte"), "{}", room.transcript());
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty());
    })
    .await;
}
