//! Scenes of closing and rectifying: what happens on each account, once, whatever fails meanwhile, and what is looked at for
//! a day afterwards.

use std::time::Duration;

use portevoix::domain::draft::Progress;
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::notice::State;

use crate::approval::APPEAL;
use crate::harness::photo::photo;
use crate::harness::scene::{Room, scene};
use crate::harness::scripted_network::Trouble;

const GRACE: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// An appeal is out on both accounts.
async fn published(room: &Room) {
    room.says("martin", APPEAL).await;
    room.approves().await;
    room.expect("44-1", State::Published).await;
}

async fn one_approves(room: &Room) {
    room.reacts("durand", "✅").await;
    room.waits(GRACE).await;
}

fn texts(room: &Room, account: &str) -> Vec<String> {
    room.network(account).posts().into_iter().map(|post| post.text).collect()
}

#[tokio::test]
async fn who_was_found_is_said_to_be_found_and_no_more() {
    scene(async |room| {
        published(room).await;
        room.says("martin", "!clore 44-1 Retrouvé").await;
        let card = room.newest_card().content.plain();
        assert!(card.contains("44-2 · !clore · version 1") && card.contains("Clôture de 44-1"), "{card}");
        assert!(card.contains("🗑 mastodon : le message publié est retiré, puis ce dernier mot est publié"), "{card}");
        room.network("mastodon").expect_posts(1);
        one_approves(room).await;
        for account in ["mastodon", "bluesky"] {
            let texts = texts(room, account);
            assert_eq!(texts.len(), 1, "{texts:?}");
            assert!(texts[0].starts_with("La personne recherchée a été retrouvée."), "{texts:?}");
        }
        room.expect("44-1", State::Closed).await;
        room.expect("44-2", State::Published).await;
        room.message_saying("44-2 est validé : il clôt ce brouillon");
        room.waits(Duration::from_secs(20)).await;
        assert_eq!(room.transcript().matches("vérifié, ni le message ni ses images").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_withdrawal_says_nothing_of_the_person_and_may_say_nothing_at_all() {
    scene(async |room| {
        published(room).await;
        room.says("martin", "!clore 44-1 retrait").await;
        let text = room.draft("44-2").await.revision.targets[0].text.clone();
        assert!(!text.contains("personne") && !text.contains("retrouv"), "{text}");
        room.says("martin", "!modifier 44-2 mot: non").await;
        let card = room.newest_card().content.plain();
        assert!(card.contains("🗑 mastodon : le message publié est retiré, sans rien à sa place"), "{card}");
        one_approves(room).await;
        room.network("mastodon").expect_posts(0);
        room.network("bluesky").expect_posts(0);
        room.expect("44-2", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn the_reason_is_asked_for_in_the_thread() {
    scene(async |room| {
        published(room).await;
        room.says("martin", "!clore 44-1").await;
        room.message_saying("Pourquoi le clore ?");
        room.answers("martin", "élucidés").await;
        one_approves(room).await;
        assert!(texts(room, "bluesky")[0].starts_with("L'affaire est élucidée."));
    })
    .await;
}

#[tokio::test]
async fn a_text_is_rectified_in_place_where_that_is_possible_and_published_anew_elsewhere() {
    scene(async |room| {
        room.network("mastodon").can_edit();
        published(room).await;
        let key = room.network("mastodon").posts()[0].key.clone();
        room.says("martin", "!rectifier 44-1 lieu: quai de la Fosse").await;
        let card = room.newest_card().content.plain();
        assert!(card.contains("44-2 · !appel · version 1") && card.contains("Rectification de 44-1"), "{card}");
        assert!(card.contains("✏️ mastodon : le message publié est modifié sur place"), "{card}");
        assert!(card.contains("🗑 bluesky : le message publié est retiré, puis ce texte est publié"), "{card}");
        one_approves(room).await;
        let (mastodon, bluesky) = (room.network("mastodon").posts(), room.network("bluesky").posts());
        assert_eq!((mastodon.len(), bluesky.len()), (1, 1));
        assert_eq!(mastodon[0].key, key, "the same post, changed");
        for text in [&mastodon[0].text, &bluesky[0].text] {
            assert!(text.contains("Quai de la Fosse") && !text.contains("Bouffay"), "{text}");
        }
        room.expect("44-1", State::Rectified).await;
        room.says("martin", "!clore 44-2 retrait ; mot: non").await;
        one_approves(room).await;
        room.network("mastodon").expect_posts(0);
        room.network("bluesky").expect_posts(0);
    })
    .await;
}

#[tokio::test]
async fn whoever_wrote_the_text_does_not_approve_it_once_it_is_rectified_by_another() {
    scene(async |room| {
        room.says("durand", APPEAL).await;
        room.reacts("moreau", "✅").await;
        room.reacts("lefevre", "✅").await;
        room.waits(GRACE).await;
        room.says("martin", "!rectifier 44-1 lieu: quai de la Fosse").await;
        one_approves(room).await;
        room.message_saying("Vous avez écrit ce texte");
        room.expect("44-2", State::Review).await;
        room.reacts("moreau", "✅").await;
        room.waits(GRACE).await;
        room.expect("44-1", State::Rectified).await;
    })
    .await;
}

#[tokio::test]
async fn a_mended_rectification_is_a_new_version_of_it() {
    scene(async |room| {
        published(room).await;
        let message = room.says("martin", "!rectifier 44-1 lieu: quai de la Foss").await;
        room.edits("martin", &message, "!rectifier 44-1 lieu: quai de la Fosse").await;
        let draft = room.draft("44-2").await;
        assert_eq!(draft.revision.number.0, 2);
        assert!(draft.revision.targets[0].text.contains("Quai de la Fosse,"), "{}", draft.revision.targets[0].text);
        assert!(draft.revision.succession.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_deletion_that_fails_is_tried_again_and_nothing_is_published_before_it_works() {
    scene(async |room| {
        published(room).await;
        let down = || Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None };
        room.network("mastodon").next_deletion(down());
        room.network("mastodon").next_deletion(Fault::Uncertain { cause: Cause::TimedOut });
        room.says("martin", "!clore 44-1 retrouvée").await;
        one_approves(room).await;
        room.message_saying("mastodon : le message publié n'est pas encore retiré");
        assert!(texts(room, "mastodon")[0].contains("AppelÀTémoins"));
        assert!(texts(room, "bluesky")[0].contains("retrouvée"));
        room.waits(MINUTE).await;
        room.waits(MINUTE).await;
        assert_eq!(texts(room, "mastodon").len(), 1);
        assert!(texts(room, "mastodon")[0].contains("retrouvée"));
        room.expect("44-2", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn a_refused_deletion_is_asked_about_and_tried_again_when_they_say_so() {
    scene(async |room| {
        published(room).await;
        room.network("mastodon").next_deletion(Fault::Permanent { cause: Cause::CredentialsRefused });
        room.says("martin", "!clore 44-1 retrait").await;
        one_approves(room).await;
        room.expect("44-2", State::Stuck).await;
        assert!(room.newest_card().content.plain().contains("🔴 mastodon : pas encore retiré"));
        let question = room.message_saying("Une fois réglé, touchez 🔁").id;
        room.reacts_to("moreau", &question, "🔁").await;
        assert!(texts(room, "mastodon")[0].starts_with("Notre précédent message est retiré."));
        room.expect("44-2", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn closing_stops_a_publication_that_is_still_trying() {
    scene(async |room| {
        for _ in 0..30 {
            room.network("mastodon").next_post(Trouble::Unreachable);
        }
        room.says("martin", APPEAL).await;
        room.approves().await;
        room.network("bluesky").expect_posts(1);
        room.says("martin", "!clore 44-1 retrait ; mot: non").await;
        one_approves(room).await;
        for _ in 0..5 {
            room.waits(5 * MINUTE).await;
        }
        room.network("mastodon").expect_posts(0);
        room.network("bluesky").expect_posts(0);
        room.expect("44-1", State::Closed).await;
        room.expect("44-2", State::Published).await;
        assert!(room.transcript().contains("⏹ mastodon : rien n'est sorti"), "{}", room.transcript());
    })
    .await;
}

#[tokio::test]
async fn closing_waits_for_what_is_in_doubt_finds_it_and_takes_it_down() {
    scene(async |room| {
        room.network("mastodon").is_blind(true);
        room.network("mastodon").next_post(Trouble::AcceptThenCut);
        room.says("martin", APPEAL).await;
        room.approves().await;
        room.network("mastodon").expect_posts(1);
        room.says("martin", "!clore 44-1 retrait ; mot: non").await;
        one_approves(room).await;
        room.expect("44-2", State::Publishing).await;
        room.network("mastodon").expect_posts(1);
        room.network("mastodon").is_blind(false);
        room.waits(5 * MINUTE).await;
        room.waits(5 * MINUTE).await;
        room.network("mastodon").expect_posts(0);
        room.expect("44-2", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_person_vouched_for_is_taken_down_by_a_person() {
    scene(async |room| {
        room.network("mastodon").is_blind(true);
        room.network("mastodon").next_post(Trouble::AcceptThenCut);
        room.says("martin", APPEAL).await;
        room.approves().await;
        for _ in 0..6 {
            room.waits(MINUTE).await;
        }
        let question = room.message_saying("Je ne peux pas savoir si c'est en ligne").id;
        room.reacts_to("moreau", &question, "✅").await;
        room.says("martin", "!clore 44-1 retrouvée").await;
        one_approves(room).await;
        let question = room.message_saying("retirez-le à la main").id;
        room.reacts_to("moreau", &question, "🔁").await;
        room.expect("44-2", State::Published).await;
        assert!(texts(room, "mastodon").iter().any(|text| text.contains("retrouvée")));
    })
    .await;
}

#[tokio::test]
async fn of_two_closings_the_first_is_it_until_it_was_withdrawn() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.says("martin", "!clore 44-1 retrait").await;
        room.message_saying("Rien de ce brouillon n'est publié");
        room.approves().await;
        room.says("martin", "!clore 44-1 retrait").await;
        room.says("petit", "!rectifier 44-1 lieu: quai de la Fosse").await;
        room.message_saying("C'est 44-2 qui s'en charge");
        room.says("martin", "!retirer 44-2").await;
        room.says("petit", "!rectifier 44-1 lieu: quai de la Fosse").await;
        assert_eq!(room.drafts("44").await.len(), 3);
        one_approves(room).await;
        room.expect("44-1", State::Rectified).await;
        room.says("petit", "!clore 44-1 retrait").await;
        room.message_saying("C'est 44-3 qui s'en charge");
        room.says("petit", "!rectifier 44-3").await;
        room.message_saying("Il manque le texte");
        room.says("petit", "!rectifier 44-3 lieu: quai de la Fosse").await;
        room.message_saying("rien n'a changé");
    })
    .await;
}

#[tokio::test]
async fn a_vote_and_an_edit_on_what_is_closed_are_told_so() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let card = room.newest_card().id;
        room.approves().await;
        room.says("martin", "!clore 44-1 retrait").await;
        one_approves(room).await;
        room.reacts_to("moreau", &card, "❌").await;
        room.message_saying("Ce brouillon n'est plus ouvert (clos)");
        room.says("petit", "!modifier 44-1 lieu: rue Kervégan").await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn it_is_looked_for_a_day_whether_the_post_and_its_pictures_are_gone() {
    scene(async |room| {
        room.sends("martin", APPEAL, ("rue.jpg", &photo(8, 6))).await;
        room.answers("martin", "La place, vide").await;
        room.approves().await;
        let old = room.network("mastodon").posts()[0].clone();
        room.network("mastodon").keeps_pictures(true);
        room.says("martin", "!clore 44-1 retrait ; mot: non").await;
        one_approves(room).await;
        room.waits(MINUTE).await;
        room.message_saying("mastodon : une image du message retiré est encore accessible");
        room.network("mastodon").keeps_pictures(false);
        room.waits(5 * MINUTE).await;
        room.message_saying("mastodon : vérifié, ni le message ni ses images");
        room.network("mastodon").shows_again(old.clone());
        for _ in 0..12 {
            room.waits(HOUR).await;
        }
        room.message_saying("mastodon : le message retiré est encore visible, ou de nouveau");
        room.network("mastodon").delete_all();
        for _ in 0..12 {
            room.waits(HOUR).await;
        }
        let said = room.transcript().matches("mastodon : vérifié").count();
        assert_eq!(said, 2, "{}", room.transcript());
        room.network("mastodon").shows_again(old);
        for _ in 0..30 {
            room.waits(HOUR).await;
        }
        assert_eq!(room.transcript().matches("est encore visible").count(), 1, "after a day nobody looks any more");
    })
    .await;
}

#[tokio::test]
async fn what_could_not_be_looked_at_for_a_day_is_told() {
    scene(async |room| {
        published(room).await;
        room.network("bluesky").is_blind(true);
        room.says("martin", "!clore 44-1 retrait ; mot: non").await;
        one_approves(room).await;
        for _ in 0..26 {
            room.waits(HOUR).await;
        }
        room.message_saying("bluesky : en 24 h, je n'ai pas pu vérifier");
        assert!(!room.transcript().contains("mastodon : en 24 h"));
    })
    .await;
}

#[tokio::test]
async fn killed_in_the_middle_of_it_everything_is_still_done_once() {
    scene(async |room| {
        published(room).await;
        room.network("mastodon").next_post(Trouble::AcceptThenKill);
        room.says("martin", "!clore 44-1 retrouvée").await;
        room.reacts("durand", "✅").await;
        room.lets_pass(GRACE);
        room.killed_while("mastodon", async |room| room.settle().await).await;
        room.crash_and_restart().await;
        for _ in 0..3 {
            room.waits(MINUTE).await;
        }
        for account in ["mastodon", "bluesky"] {
            assert_eq!(texts(room, account).len(), 1, "{account}");
            assert!(texts(room, account)[0].contains("retrouvée"));
            assert_eq!(room.network(account).deletions(), 1);
        }
        let draft = room.draft("44-2").await;
        let portevoix::domain::draft::Phase::Published(publication) = &draft.phase else { panic!("{draft:?}") };
        assert!(publication.progress.values().all(|progress| matches!(progress, Progress::Online(_))));
    })
    .await;
}

#[tokio::test]
async fn what_would_be_taken_down_is_part_of_what_is_approved() {
    scene(async |room| {
        published(room).await;
        room.says("martin", "!clore 44-1 retrouvée").await;
        room.reacts("durand", "✅").await;
        room.tampers("UPDATE drafts SET body = replace(body, '\"of\":\"44-1\"', '\"of\":\"44-9\"') WHERE serial = 2")
            .await;
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(1);
        assert!(texts(room, "mastodon")[0].contains("AppelÀTémoins"), "nothing was taken down, nothing published");
        room.tampers("UPDATE drafts SET body = replace(body, '\"of\":\"44-9\"', '\"of\":\"44-1\"') WHERE serial = 2")
            .await;
    })
    .await;
}
