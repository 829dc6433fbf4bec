//! Scenes of drafts that wait: whom the bot calls when nobody votes, and that it says once that a deadline is near.

use std::time::Duration;

use portevoix::domain::ballot::Choice;
use portevoix::domain::name::RoleName;
use portevoix::domain::notice::Notice;
use portevoix::domain::plan_notice::PlanNotice;
use portevoix::domain::policy::{Policy, Reminders};
use portevoix::domain::prose::Block;
use portevoix::domain::review::{Event, Proposal};

use crate::approval::APPEAL;
use crate::harness::desk_of_rules::{OnTheTable, incomplete, opened, policy, proposal};
use crate::harness::scene::scene;

const QUARTER: Duration = Duration::from_secs(900);

/// First the valideurs, then the chefs, after ten minutes each; a deadline is near half an hour before.
fn reminding() -> Policy {
    let roles = ["valideur", "chef"].map(RoleName::from).into();
    Policy { reminders: Reminders { after_seconds: 600, roles, deadline_near_seconds: 1_800 }, ..policy() }
}

/// Who is called during so many minutes, each minute looked at.
fn called_within(table: &mut OnTheTable, minutes: u32) -> Vec<String> {
    let mut called = Vec::new();
    for _ in 0..minutes {
        table.pass(60);
        for notice in table.told() {
            if let Notice::Plan(PlanNotice::Called { role }) = notice {
                called.push(role.to_string());
            }
        }
    }
    called
}

#[test]
fn each_role_is_called_once_in_turn_and_then_nobody() {
    let mut table = opened(reminding(), proposal("Appel"));
    assert_eq!(called_within(&mut table, 9), [""; 0]);
    assert_eq!(called_within(&mut table, 1), ["valideur"]);
    assert_eq!(called_within(&mut table, 9), [""; 0]);
    assert_eq!(called_within(&mut table, 1), ["chef"]);
    assert_eq!(called_within(&mut table, 39), [""; 0]);
}

#[test]
fn a_vote_a_withdrawal_and_a_veto_end_it() {
    for choice in [Choice::Approve, Choice::Hold, Choice::Veto] {
        let mut table = opened(reminding(), proposal("Appel"));
        table.votes("durand", choice).unwrap();
        assert_eq!(called_within(&mut table, 50), [""; 0], "{choice:?}");
    }
    let mut table = opened(reminding(), proposal("Appel"));
    let by = crate::harness::desk_of_rules::voter("martin", &[]);
    table.happen(Event::Withdrawn { by }).unwrap();
    assert_eq!(called_within(&mut table, 50), [""; 0]);
}

#[test]
fn an_edit_begins_to_wait_anew_for_those_who_were_not_called() {
    let mut table = opened(reminding(), proposal("Appel"));
    assert_eq!(called_within(&mut table, 15), ["valideur"]);
    table.happen(Event::Revised { by: "petit".into(), proposal: proposal("Un autre") }).unwrap();
    assert_eq!(called_within(&mut table, 9), [""; 0]);
    assert_eq!(called_within(&mut table, 1), ["chef"]);
    table.happen(Event::Revised { by: "petit".into(), proposal: proposal("Un troisième") }).unwrap();
    assert_eq!(called_within(&mut table, 20), [""; 0], "never more than the list");
}

#[test]
fn nobody_is_called_to_what_can_not_be_voted_on() {
    let mut table = opened(reminding(), incomplete("Appel"));
    assert_eq!(called_within(&mut table, 30), [""; 0]);
    table.happen(Event::Revised { by: "martin".into(), proposal: proposal("Appel") }).unwrap();
    assert_eq!(called_within(&mut table, 10), ["valideur"]);
}

#[test]
fn that_a_deadline_is_near_is_said_once() {
    let due_soon = |table: &OnTheTable| {
        table.told().iter().any(|notice| matches!(notice, Notice::Plan(PlanNotice::DueSoon { .. })))
    };
    let mut table = opened(reminding(), proposal("Appel"));
    let begins = table.now + Duration::from_secs(3 * 3_600);
    let announced = Proposal { happens_at: Some(begins), ..proposal("Une réunion") };
    table.happen(Event::Revised { by: "martin".into(), proposal: announced }).unwrap();
    let at = table.now + Duration::from_secs(2 * 3_600);
    table.happen(Event::Planned { by: "martin".into(), at: Some(at) }).unwrap();
    table.pass(90 * 60 - 1);
    assert!(!due_soon(&table));
    table.pass(1);
    assert!(due_soon(&table));
    table.pass(60);
    assert!(!due_soon(&table));
    table.pass(29 * 60);
    assert!(table.told().iter().any(|notice| matches!(notice, Notice::Plan(PlanNotice::HourCame { .. }))));
}

#[tokio::test]
async fn those_who_may_vote_are_called_by_name_and_the_author_is_not() {
    scene(async |room| {
        room.says("durand", APPEAL).await;
        room.waits(QUARTER).await;
        let call = room.message_saying("attend votre vote").content.plain();
        assert_eq!(
            call,
            "🔔 Lefèvre, Moreau (valideur) : le brouillon 44-1 attend votre vote, et personne n'a encore voté."
        );
        let mut pinged = Vec::new();
        for block in room.blocks() {
            if let Block::Call { people, .. } = block {
                pinged.extend(people.iter().map(ToString::to_string));
            }
        }
        assert_eq!(pinged, ["lefevre", "moreau"]);
        room.waits(4 * QUARTER).await;
        assert_eq!(room.transcript().matches("attend votre vote").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_process_that_was_down_calls_once_when_it_is_back() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.crash();
        room.lets_pass(8 * QUARTER);
        room.crash_and_restart().await;
        room.crash_and_restart().await;
        assert_eq!(room.transcript().matches("attend votre vote").count(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_event_that_begins_soon_and_is_not_announced_yet_is_said() {
    scene(async |room| {
        room.says("martin", "!info Réunion publique ; date: demain 8h").await;
        room.waits(Duration::from_secs(9 * 3_600 + 1_800 - 1)).await;
        assert!(!room.transcript().contains("l'heure approche"));
        room.waits(Duration::from_secs(1)).await;
        let said = room.message_saying("l'heure approche").content.plain().replace('\u{A0}', " ");
        assert!(said.contains("vendredi 13 mars 2026 à 8 h 00"), "{said}");
    })
    .await;
}
