//! Scenes of posts that wait for their hour: approved before it or after it, with the clock turned and the process down.

use std::time::Duration;

use portevoix::domain::notice::{Refusal, State};
use portevoix::domain::review::Event;

use crate::approval::APPEAL;
use crate::harness::desk_of_rules::{opened, policy, proposal};
use crate::harness::scene::{Room, scene};

const HOUR: Duration = Duration::from_secs(3_600);

/// Martin drafts and plans for eight the next morning, ten hours from now; two supervisors approve.
async fn planned(room: &Room) {
    room.says("martin", APPEAL).await;
    room.says("martin", "!programmer 44-1 demain 8h").await;
}

async fn approved(room: &Room) {
    room.reacts("durand", "✅").await;
    room.reacts("lefevre", "✅").await;
}

fn expect_posts(room: &Room, count: usize) {
    room.network("mastodon").expect_posts(count);
    room.network("bluesky").expect_posts(count);
}

#[tokio::test]
async fn what_is_approved_goes_out_at_its_hour_and_not_before() {
    scene(async |room| {
        planned(room).await;
        assert!(room.message_saying("programme la publication").content.plain().contains("vendredi 13 mars 2026 à 8"));
        approved(room).await;
        let card = room.newest_card().content.plain().replace('\u{A0}', " ");
        assert!(card.contains("Validé. Publication le vendredi 13 mars 2026 à 8 h 00"), "{card}");
        room.says("petit", "!brouillons").await;
        let list = room.message_saying("brouillon en cours").content.plain().replace('\u{A0}', " ");
        assert!(list.contains("validé, programmé · #AppelÀTémoins"), "{list}");
        assert!(list.contains("🕒 vendredi 13 mars 2026 à 8 h 00"), "{list}");
        room.waits(10 * HOUR - Duration::from_secs(1)).await;
        expect_posts(room, 0);
        room.waits(Duration::from_secs(1)).await;
        expect_posts(room, 1);
        room.expect("44-1", State::Published).await;
        assert!(!room.transcript().contains("en retard"), "{}", room.transcript());
    })
    .await;
}

#[tokio::test]
async fn what_is_not_approved_at_its_hour_says_so_once_and_goes_out_late_when_it_is() {
    scene(async |room| {
        planned(room).await;
        room.reacts("durand", "✅").await;
        room.waits(10 * HOUR).await;
        room.waits(HOUR).await;
        expect_posts(room, 0);
        assert_eq!(room.transcript().matches("C'était l'heure prévue").count(), 1, "{}", room.transcript());
        assert!(room.newest_card().content.plain().contains("L'heure prévue est passée"));
        room.reacts("lefevre", "✅").await;
        room.waits(Duration::from_secs(30)).await;
        expect_posts(room, 1);
        assert!(room.message_saying("Publication en retard").content.plain().contains("13 mars 2026"));
    })
    .await;
}

#[tokio::test]
async fn another_hour_is_another_card_with_votes_of_its_own() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let first = room.newest_card().id;
        room.reacts("durand", "✅").await;
        room.says("martin", "!programmer 44-1 demain 8h").await;
        let draft = room.draft("44-1").await;
        assert!(draft.ballot().unwrap().votes.is_empty());
        room.message_saying("Le vote déjà donné ne disait rien de cette heure");
        room.reacts_to("lefevre", &first, "✅").await;
        room.message_saying("la version 1 est remplacée par la version 2");
        let seal = draft.revision.seal;
        approved(room).await;
        room.says("martin", "!programmer 44-1 maintenant").await;
        let draft = room.draft("44-1").await;
        assert_ne!(draft.revision.seal, seal, "the hour is part of what is sealed");
        assert_eq!(draft.revision.planned_at, None);
        room.expect("44-1", State::Review).await;
        room.approves().await;
        expect_posts(room, 1);
    })
    .await;
}

#[tokio::test]
async fn an_undone_plan_leaves_no_trace_at_its_hour() {
    scene(async |room| {
        planned(room).await;
        room.says("petit", "!programmer 44-1 annuler").await;
        room.message_saying("retire l'heure prévue");
        room.waits(10 * HOUR).await;
        expect_posts(room, 0);
        assert!(!room.transcript().contains("C'était l'heure"), "{}", room.transcript());
        room.says("petit", "!programmer 44-1 annuler").await;
        room.message_saying("rien n'a changé");
        room.approves().await;
        expect_posts(room, 1);
    })
    .await;
}

#[tokio::test]
async fn a_process_that_was_down_over_the_hour_publishes_once_and_says_that_it_is_late() {
    scene(async |room| {
        planned(room).await;
        approved(room).await;
        room.crash();
        room.lets_pass(12 * HOUR);
        room.crash_and_restart().await;
        expect_posts(room, 1);
        assert_eq!(room.transcript().matches("Publication en retard").count(), 1);
        room.crash_and_restart().await;
        room.waits(HOUR).await;
        expect_posts(room, 1);
    })
    .await;
}

#[tokio::test]
async fn a_hold_and_a_veto_stop_what_is_planned_up_to_the_last_moment() {
    scene(async |room| {
        planned(room).await;
        approved(room).await;
        room.waits(9 * HOUR).await;
        let hold = room.reacts("petit", "⏸").await;
        room.waits(HOUR).await;
        expect_posts(room, 0);
        room.message_saying("C'était l'heure prévue");
        room.takes_back("petit", &hold).await;
        room.waits(Duration::from_secs(29)).await;
        expect_posts(room, 0);
        room.waits(Duration::from_secs(1)).await;
        expect_posts(room, 1);
    })
    .await;
}

#[tokio::test]
async fn the_last_sunday_of_march_has_no_half_past_two() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.waits(Duration::from_secs(15 * 86_400)).await;
        room.says("martin", APPEAL).await;
        room.says("martin", "!programmer 44-2 dimanche 2h30").await;
        let said = room.message_saying("Cette heure n'existe pas").content.plain().replace('\u{A0}', " ");
        assert!(said.contains("dimanche 29 mars 2026 à 1 h 59, ou dimanche 29 mars 2026 à 3 h 00"), "{said}");
        room.says("martin", "!programmer 44-2 dimanche 3h").await;
        approved(room).await;
        // From 22:00 on Friday: 28 hours by the hand of the clock, and one of them is missing.
        room.waits(28 * HOUR - Duration::from_secs(1)).await;
        expect_posts(room, 0);
        room.waits(Duration::from_secs(1)).await;
        expect_posts(room, 1);
    })
    .await;
}

#[tokio::test]
async fn a_past_hour_and_what_is_no_hour_change_nothing() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        for (typed, said) in [
            ("8h", "C'est déjà passé : jeudi 12 mars 2026 à 8"),
            ("demain", "À quelle heure ?"),
            ("un de ces jours", "je ne comprends pas quand"),
            ("", "Quand ?"),
            ("demain minuit", "Quel minuit ?"),
        ] {
            room.says("martin", &format!("!programmer 44-1 {typed}")).await;
            room.message_saying(said);
        }
        let draft = room.draft("44-1").await;
        assert_eq!((draft.revision.number.0, draft.revision.planned_at), (1, None));
    })
    .await;
}

#[tokio::test]
async fn a_mended_message_plans_anew() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let message = room.says("martin", "!programmer 44-1 demain 8h").await;
        room.edits("martin", &message, "!programmer 44-1 demain 9h").await;
        let planned = room.draft("44-1").await.revision.planned_at.unwrap();
        assert_eq!(planned.to_string(), "2026-03-13T08:00:00Z");
    })
    .await;
}

#[test]
fn a_plan_prolongs_the_draft_and_whoever_sets_it_is_an_author() {
    let mut table = opened(policy(), proposal("Appel"));
    let at = table.now + Duration::from_secs(5 * 86_400);
    table.happen(Event::Planned { by: "durand".into(), at: Some(at) }).unwrap();
    assert!(table.draft.expires_at > at);
    assert!(table.draft.authors.contains(&"durand".into()));
    table.pass(2 * 86_400);
    assert_eq!(table.state(), State::Review);
    assert_eq!(table.happen(Event::Planned { by: "petit".into(), at: Some(at) }), Err(Refusal::NothingChanged));
    table.happen(Event::Planned { by: "petit".into(), at: None }).unwrap();
    table.pass(3_600);
    assert_eq!(table.state(), State::Expired);
}
