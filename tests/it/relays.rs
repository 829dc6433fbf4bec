//! Scenes of relays: another directorate shows a post on by its own people's votes, the room that asked hears of it, and
//! closing the post reaches them.

use std::time::Duration;

use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::notice::State;

use crate::approval::APPEAL;
use crate::harness::scene::{Room, scene};

const GRACE: Duration = Duration::from_secs(30);
const MINUTE: Duration = Duration::from_secs(60);

/// An appeal of 44's is out, and 67, which is the national one here, is asked to show it on.
async fn asked(room: &mut Room) {
    room.says("martin", APPEAL).await;
    room.approves().await;
    room.says("martin", "!relais 44-1").await;
    room.message_saying("Relais demandé : 67");
}

async fn accepted(room: &mut Room) {
    asked(room).await;
    room.goes_to("67");
    room.reacts("kieffer", "✅").await;
    room.waits(GRACE).await;
    room.goes_to("44");
}

fn expect_reposts(room: &Room, count: usize) {
    for account in ["mastodon", "bluesky"] {
        assert_eq!(room.network_of("67", account).reposts().len(), count, "{account}");
    }
}

#[tokio::test]
async fn those_who_are_asked_see_the_text_decide_by_their_own_rule_and_show_it_on() {
    scene(async |room| {
        asked(room).await;
        room.goes_to("67");
        let card = room.newest_card().content.plain();
        assert!(card.contains("67-1 · !relais · version 1") && card.contains("📣 Relais de 44-1"), "{card}");
        assert!(card.contains("#AppelÀTémoins") && card.contains("https://reseau.example/publish/44-1/1/mastodon"));
        assert!(card.contains("Rédigé par Martin (44)"), "{card}");
        expect_reposts(room, 0);
        room.reacts("kieffer", "✅").await;
        room.waits(GRACE).await;
        expect_reposts(room, 1);
        room.expect("67-1", State::Published).await;
        for account in ["mastodon", "bluesky"] {
            room.network_of("67", account).expect_posts(0);
        }
        room.goes_to("44");
        room.message_saying("67-1 : relais accepté");
        room.message_saying("67-1 : relayé sur tous ses comptes");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_told_to_those_who_asked_and_they_may_ask_again() {
    scene(async |room| {
        asked(room).await;
        room.says("petit", "!relais 44-1 67").await;
        room.message_saying("C'est 67-1 qui s'en charge");
        room.goes_to("67");
        room.reacts("kieffer", "❌").await;
        room.says("kieffer", "!retirer 67-1").await;
        room.goes_to("44");
        room.message_saying("67-1 : relais refusé");
        room.message_saying("67-1 : relais retiré");
        room.says("petit", "!relais 44-1 67").await;
        assert_eq!(room.drafts("67").await.len(), 2);
        expect_reposts(room, 0);
    })
    .await;
}

#[tokio::test]
async fn nobody_of_the_asking_team_decides_for_the_other_one() {
    scene(async |room| {
        asked(room).await;
        room.goes_to("67");
        for who in ["durand", "martin", "passant"] {
            room.reacts(who, "✅").await;
        }
        room.waits(GRACE).await;
        expect_reposts(room, 0);
        room.goes_to("44");
        room.says("durand", "!retirer 67-1").await;
        room.message_saying("Pas de brouillon 67-1 ici");
        room.expect("67-1", State::Review).await;
    })
    .await;
}

#[tokio::test]
async fn closing_takes_back_what_was_shown_on_and_tells_both_rooms() {
    scene(async |room| {
        accepted(room).await;
        expect_reposts(room, 1);
        room.says("martin", "!clore 44-1 retrait ; mot: non").await;
        room.reacts("durand", "✅").await;
        room.waits(GRACE).await;
        expect_reposts(room, 0);
        room.expect("67-1", State::Closed).await;
        assert_eq!(room.transcript().matches("67-1 : le relais est défait").count(), 2);
        room.goes_to("67");
        room.message_saying("44-1 est clos ou rectifié par sa direction");
        room.message_saying("mastodon : le message n'est plus repartagé");
    })
    .await;
}

#[tokio::test]
async fn closing_ends_a_relay_that_was_not_decided_and_one_that_was_asked_for_too_late() {
    scene(async |room| {
        asked(room).await;
        room.says("martin", "!clore 44-1 retrait").await;
        room.reacts("durand", "✅").await;
        room.waits(GRACE).await;
        room.expect("67-1", State::Withdrawn).await;
        room.goes_to("67");
        room.reacts("kieffer", "✅").await;
        room.waits(GRACE).await;
        expect_reposts(room, 0);
        room.goes_to("44");
        room.message_saying("67-1 : relais retiré");
        room.says("martin", "!relais 44-1").await;
        room.message_saying("C'est 44-2 qui s'en charge");
    })
    .await;
}

#[tokio::test]
async fn a_relay_that_is_still_being_tried_when_the_post_is_closed_is_not_made_any_more() {
    scene(async |room| {
        asked(room).await;
        for _ in 0..40 {
            let down = Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None };
            room.network_of("67", "mastodon").next_repost(down);
        }
        room.goes_to("67");
        room.reacts("kieffer", "✅").await;
        room.waits(GRACE).await;
        room.goes_to("44");
        room.says("martin", "!clore 44-1 retrait").await;
        room.reacts("durand", "✅").await;
        room.waits(GRACE).await;
        for _ in 0..10 {
            room.waits(MINUTE).await;
        }
        expect_reposts(room, 0);
        room.expect("67-1", State::Closed).await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_is_lost_relays_once() {
    scene(async |room| {
        asked(room).await;
        room.network_of("67", "mastodon").next_repost(Fault::Uncertain { cause: Cause::TimedOut });
        room.goes_to("67");
        room.reacts("kieffer", "✅").await;
        room.waits(GRACE).await;
        room.crash_and_restart().await;
        room.waits(MINUTE).await;
        expect_reposts(room, 1);
        room.expect("67-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_out_and_who_is_not_there_is_told() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.says("martin", "!relais 44-1").await;
        room.message_saying("Rien de ce brouillon n'est publié");
        room.approves().await;
        room.says("martin", "!relais 44-1 35").await;
        room.message_saying("« 35 » : pas de direction de ce code");
        room.says("martin", "!relais 44-1 44").await;
        room.message_saying("« 44 » : pas de direction de ce code");
        assert_eq!(room.drafts("67").await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_relay_is_made_as_it_is() {
    scene(async |room| {
        asked(room).await;
        room.goes_to("67");
        room.says("kieffer", "!modifier 67-1 lieu: rue Kervégan").await;
        assert_eq!(room.draft("67-1").await.revision.number.0, 1);
        room.tampers("UPDATE drafts SET body = replace(body, 'publish/44-1/1/mastodon', 'publish/44-9/1/mastodon') WHERE directorate = '67'").await;
        room.reacts("kieffer", "✅").await;
        room.waits(GRACE).await;
        expect_reposts(room, 0);
        room.tampers("UPDATE drafts SET body = replace(body, 'publish/44-9/1/mastodon', 'publish/44-1/1/mastodon') WHERE directorate = '67'").await;
    })
    .await;
}
