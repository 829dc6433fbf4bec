//! Scenes on X in trouble: the room reads what to do and until when, no post is doubled or forgotten, and nothing that
//! lets the bot in is shown.

use std::sync::Arc;
use std::time::Duration;

use portevoix::domain::notice::State;

use crate::approval::APPEAL;
use crate::contract::network::x::{OnX, granted_at};
use crate::harness::fake_x::{Door, Trouble};
use crate::harness::scene::{Room, scene};

/// What a person is asked only when nothing else helps.
const QUESTION: &str = "Je ne peux pas savoir si c'est en ligne";

/// Puts an account on X in the place of one of the room's.
async fn on_x(room: &mut Room) -> OnX {
    let on = granted_at(room.clock.clone()).await;
    room.puts_on("mastodon", Arc::new(on.afresh())).await;
    on
}

async fn goes_out(room: &Room) {
    room.says("martin", APPEAL).await;
    room.approves().await;
    room.network("bluesky").expect_posts(1);
}

#[track_caller]
fn expect_said(room: &Room, words: &[&str]) {
    let said = room.transcript();
    for words in words {
        assert!(said.contains(words), "nobody says {words:?} in\n{said}");
    }
}

#[tokio::test]
async fn the_room_is_told_until_when_x_makes_it_wait() {
    scene(async |room| {
        let on = on_x(room).await;
        // Approved at 22:00:30 in Paris.
        let reset: jiff::Timestamp = "2026-03-12T21:15:00Z".parse().unwrap();
        on.x.next(Door::Post, Trouble::TooManyRequests("x-rate-limit-reset", reset.as_second().to_string()));
        goes_out(room).await;
        expect_said(
            room,
            &["Trop d'envois pour ce réseau", "Je réessaie à 22 h 15 min 00", "vous n'avez rien à faire"],
        );
        room.waits(Duration::from_secs(14 * 60 + 29)).await;
        assert_eq!(on.x.texts().len(), 0);
        room.waits(Duration::from_secs(1)).await;
        assert_eq!(on.x.texts().len(), 1);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_and_a_crash_make_one_post_and_no_question() {
    for trouble in [Trouble::AcceptThenCut, Trouble::CutBeforeStoring, Trouble::ErrorAfterStoring] {
        scene(async |room| {
            let on = on_x(room).await;
            on.x.next(Door::Post, trouble.clone());
            goes_out(room).await;
            room.expect("44-1", State::Publishing).await;
            room.puts_on("mastodon", Arc::new(on.afresh())).await;
            for _ in 0..70 {
                room.waits(Duration::from_secs(1)).await;
            }
            assert_eq!(on.x.texts().len(), 1, "{trouble:?}");
            room.expect("44-1", State::Published).await;
            assert!(!room.transcript().contains(QUESTION), "{}", room.transcript());
        })
        .await;
    }
}

#[tokio::test]
async fn what_stays_in_doubt_is_asked_and_a_person_decides() {
    scene(async |room| {
        let on = on_x(room).await;
        on.x.next(Door::Post, Trouble::Listed(403, 187, "Status is a duplicate."));
        goes_out(room).await;
        on.x.is_in(Trouble::Page(503));
        for _ in 0..70 {
            room.waits(Duration::from_secs(1)).await;
        }
        room.expect("44-1", State::Stuck).await;
        let question = room.message_saying(QUESTION);
        assert!(question.content.plain().contains("✅") && question.content.plain().contains("🔁"));
        on.x.is_in(None);
        room.reacts_to("durand", &question.id, "🔁").await;
        assert_eq!(on.x.texts().len(), 1);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

#[tokio::test]
async fn a_refusal_says_what_to_mend() {
    let credits = "Your enrolled account does not have any credits to fulfill this request.";
    for (trouble, words) in [
        (Some(Trouble::Problem(402, "CreditsDepleted", credits)), ["crédit de ce compte est épuisé", "le recharger"]),
        (
            Some(Trouble::Problem(403, "Forbidden", "Your account is suspended.")),
            ["Your account is suspended.", "droits"],
        ),
        (None, ["n'a pas, ou plus, accès", "`portevoix login`"]),
    ] {
        scene(async |room| {
            let on = on_x(room).await;
            match &trouble {
                Some(trouble) => on.x.next(Door::Post, trouble.clone()),
                None => on.x.with(|server| (server.accesses.tokens.clear(), server.accesses.refreshes.clear())).0,
            }
            goes_out(room).await;
            room.expect("44-1", State::Stuck).await;
            expect_said(room, &words);
            assert_eq!(on.x.texts().len(), 0);
        })
        .await;
    }
}

#[tokio::test]
async fn nothing_that_lets_the_bot_in_is_shown_or_stored() {
    scene(async |room| {
        let on = on_x(room).await;
        on.x.next(Door::Post, Trouble::Echo);
        goes_out(room).await;
        expect_said(room, &["bad: Bearer […]"]);
        let stored = room.on_disk();
        for secret in ["jeton-acces", "jeton-suite"] {
            assert!(!room.transcript().contains(secret), "{}", room.transcript());
            assert!(
                !stored.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()),
                "{secret} is in the database"
            );
        }
    })
    .await;
}
