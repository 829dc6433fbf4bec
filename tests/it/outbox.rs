//! Scenes of publishing under trouble: lost answers, refusals, kills. No post is doubled, none is forgotten.

use std::time::Duration;

use jiff::SignedDuration;
use portevoix::domain::draft::{Phase, Progress};
use portevoix::domain::notice::State;
use portevoix::port::clock::Clock;

use crate::approval::APPEAL;
use crate::harness::scene::{Room, scene};
use crate::harness::scripted_network::Trouble;

async fn approved(room: &Room) {
    room.says("martin", APPEAL).await;
    room.reacts("durand", "✅").await;
    room.reacts("lefevre", "✅").await;
}

const GRACE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_accepted_post_whose_answer_is_lost_is_found_and_not_sent_again() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::AcceptThenCut);
        approved(room).await;
        room.waits(GRACE).await;
        room.network("bluesky").expect_posts(1);
        room.expect("44-1", State::Publishing).await;
        room.waits(Duration::from_secs(2)).await;
        room.network("mastodon").expect_posts(1);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn a_post_that_was_cut_off_before_it_arrived_is_sent_again() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::CutBefore);
        approved(room).await;
        room.waits(GRACE).await;
        room.waits(Duration::from_secs(2)).await;
        room.network("mastodon").expect_posts(1);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn killed_after_the_network_took_it_the_post_is_not_doubled() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::AcceptThenKill);
        approved(room).await;
        room.lets_pass(GRACE);
        room.killed_while("mastodon", async |room| room.settle().await).await;
        room.crash_and_restart().await;
        room.waits(Duration::from_secs(2)).await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn a_room_that_was_missing_from_the_configuration_meanwhile_does_not_double_the_post() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::AcceptThenKill);
        approved(room).await;
        room.lets_pass(GRACE);
        room.killed_while("mastodon", async |room| room.settle().await).await;
        room.is_run_without_its_rooms().await;
        room.waits(Duration::from_secs(300)).await;
        room.network("mastodon").expect_posts(1);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn votes_under_a_card_that_the_bot_has_not_noted_yet_count_all_the_same() {
    scene(async |room| {
        room.killed_after_the_next_word(async |room| {
            room.says("martin", APPEAL).await;
        })
        .await;
        room.start().await;
        let taken_back = room.reacts("durand", "✅").await;
        room.expect("44-1", State::Review).await;
        room.takes_back("durand", &taken_back).await;
        room.approves().await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_back_before_the_bot_has_noted_its_card_does_not_count() {
    scene(async |room| {
        room.killed_after_the_next_word(async |room| {
            room.says("martin", APPEAL).await;
        })
        .await;
        let vote = room.reacts("durand", "✅").await;
        room.takes_back("durand", &vote).await;
        room.reacts("lefevre", "✅").await;
        room.start().await;
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(0);
        room.reacts("moreau", "✅").await;
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn a_missing_field_answered_under_a_card_that_the_bot_has_not_noted_yet_is_taken() {
    scene(async |room| {
        room.killed_after_the_next_word(async |room| {
            room.says("martin", "!appel Vol à l'arraché ; lieu: place du Bouffay, Nantes ; date: hier 22h").await;
        })
        .await;
        room.answers("martin", "tel: 02 40 37 21 21 ; parquet: accord de Mme Morel à 21h").await;
        room.start().await;
        room.settle().await;
        room.approves().await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn killed_before_the_network_took_it_the_post_is_not_forgotten() {
    scene(async |room| {
        room.network("bluesky").next_post(Trouble::KillBefore);
        approved(room).await;
        room.lets_pass(GRACE);
        room.killed_while("bluesky", async |room| room.settle().await).await;
        room.crash_and_restart().await;
        room.waits(Duration::from_secs(2)).await;
        room.network("bluesky").expect_posts(1);
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn killed_between_quorum_and_publication_it_goes_out_on_return() {
    scene(async |room| {
        approved(room).await;
        room.crash();
        room.lets_pass(Duration::from_secs(7_200));
        room.network("mastodon").expect_posts(0);
        room.start().await;
        room.settle().await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn where_nothing_can_be_told_a_person_is_asked_and_online_ends_it() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::AcceptThenCut);
        room.network("mastodon").is_blind(true);
        approved(room).await;
        room.waits(GRACE).await;
        for _ in 0..4 {
            room.waits(Duration::from_secs(60)).await;
        }
        room.expect("44-1", State::Stuck).await;
        let question = room.message_saying("Je ne peux pas savoir si c'est en ligne");
        room.reacts_to("petit", &question.id, "✅").await;
        room.expect("44-1", State::Stuck).await;
        room.reacts_to("durand", &question.id, "✅").await;
        room.expect("44-1", State::Published).await;
        room.waits(Duration::from_secs(3_600)).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn where_nothing_can_be_told_a_person_may_have_it_sent_again() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::CutBefore);
        room.network("mastodon").is_blind(true);
        approved(room).await;
        room.waits(GRACE).await;
        for _ in 0..4 {
            room.waits(Duration::from_secs(60)).await;
        }
        room.network("mastodon").expect_posts(0);
        let question = room.message_saying("Je ne peux pas savoir si c'est en ligne");
        room.reacts_to("durand", &question.id, "🔁").await;
        room.reacts_to("lefevre", &question.id, "🔁").await;
        room.network("mastodon").expect_posts(1);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_told_with_what_to_do_and_sent_again_on_a_word() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::Refused);
        approved(room).await;
        room.waits(GRACE).await;
        room.network("bluesky").expect_posts(1);
        room.expect("44-1", State::Stuck).await;
        let question = room.message_saying("identifiants");
        room.waits(Duration::from_secs(3_600)).await;
        room.network("mastodon").expect_posts(0);
        room.reacts_to("moreau", &question.id, "🔁").await;
        room.network("mastodon").expect_posts(1);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn an_outage_is_waited_out_and_told_once() {
    scene(async |room| {
        for _ in 0..6 {
            room.network("mastodon").next_post(Trouble::Unreachable);
        }
        approved(room).await;
        room.waits(GRACE).await;
        for _ in 0..6 {
            room.waits(Duration::from_secs(300)).await;
        }
        room.network("mastodon").expect_posts(1);
        let told = room.transcript().matches("Je réessaie").count();
        assert_eq!(told, 1, "{}", room.transcript());
    })
    .await;
}

#[tokio::test]
async fn what_people_did_while_the_bot_was_away_counts_once_and_in_order() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.crash();
        room.reacts("durand", "✅").await;
        let vote = room.reacts("lefevre", "✅").await;
        room.takes_back("lefevre", &vote).await;
        room.start().await;
        room.settle().await;
        room.waits(Duration::from_secs(60)).await;
        room.network("mastodon").expect_posts(0);
        room.expect("44-1", State::Review).await;
        room.reacts("lefevre", "✅").await;
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn what_was_approved_in_time_while_the_bot_was_away_goes_out_although_the_deadline_has_passed() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.crash();
        room.reacts("durand", "✅").await;
        room.reacts("lefevre", "✅").await;
        room.lets_pass(Duration::from_secs(7 * 86_400));
        room.start().await;
        // The deadline's wake may come before what the chat hands over.
        room.carries_out().await;
        room.expect("44-1", State::Expired).await;
        room.settle().await;
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn a_draft_changed_in_the_store_is_not_sent() {
    scene(async |room| {
        approved(room).await;
        room.forges_the_stored_text("Vol avec violence", "Vol commis par Jean Dupont").await;
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(0);
        assert!(room.transcript().contains("n'est pas celui qui a été validé"), "{}", room.transcript());
        room.forges_the_stored_text("Vol commis par Jean Dupont", "Vol avec violence").await;
    })
    .await;
}

#[tokio::test]
async fn where_an_account_must_wait_an_urgent_appeal_goes_before_a_story() {
    scene(async |room| {
        let free_again = room.clock.now() + SignedDuration::from_mins(10);
        for _ in 0..2 {
            room.network("mastodon").next_post(Trouble::LimitedUntil(free_again));
        }
        room.says("martin", "!recit Un chat sur un toit. Il n'a rien déclaré.").await;
        room.reacts("durand", "✅").await;
        room.says("martin", APPEAL).await;
        room.reacts("durand", "✅").await;
        room.reacts("lefevre", "✅").await;
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(0);
        room.message_saying("mastodon : Trop d'envois pour ce réseau, il faut patienter. Je réessaie à 22 h 10");

        room.waits(Duration::from_secs(570)).await;
        room.network("mastodon").expect_posts(1);
        room.expect("44-2", State::Published).await;
        room.expect("44-1", State::Publishing).await;
        room.waits(Duration::from_secs(20)).await;
        room.network("mastodon").expect_posts(2);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_while_a_post_falls_due_only_delays_it() {
    scene(async |room| {
        approved(room).await;
        room.lets_pass(GRACE);
        room.clock.is_set_back_after_the_next_look(SignedDuration::try_from(GRACE).unwrap());
        room.carries_out().await;
        room.network("mastodon").expect_posts(0);
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn a_process_whose_post_was_taken_over_by_another_does_not_say_that_it_failed() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::TakenOver(room.database_file()));
        approved(room).await;
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(1);
        room.expect("44-1", State::Published).await;
        assert!(!room.transcript().contains("Je réessaie"), "{}", room.transcript());
    })
    .await;
}

#[tokio::test]
async fn what_another_process_had_claimed_when_a_shared_store_was_copied_is_carried_out() {
    scene(async |room| {
        approved(room).await;
        room.tampers("UPDATE owed SET claimed_by = 'another', claimed_until = 9000000000000").await;
        room.waits(GRACE).await;
        room.network("mastodon").expect_posts(1);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn a_refusal_does_not_end_the_doubt_about_an_earlier_try_that_may_still_land() {
    scene(async |room| {
        room.network("bluesky").next_post(Trouble::CutBefore);
        (0..8).for_each(|_| room.network("bluesky").next_post(Trouble::Refused));
        approved(room).await;
        room.waits(GRACE).await;
        room.waits(Duration::from_secs(2)).await;
        let progress = async || {
            let Phase::Publishing(publication) = room.draft("44-1").await.phase else { panic!("nothing is going out") };
            publication.progress[&"bluesky".into()].clone()
        };
        assert!(!matches!(progress().await, Progress::Refused(_)), "it may still come out");
        for _ in 0..6 {
            room.waits(Duration::from_secs(70)).await;
        }
        assert!(matches!(progress().await, Progress::Refused(_)), "by now it would have");
    })
    .await;
}
