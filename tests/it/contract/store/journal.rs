//! What every store must do with the journal: chain it, prove it, and remember that it was put back to an older state.

use portevoix::domain::draft::Draft;
use portevoix::domain::journal::{Entry, Head};
use portevoix::domain::review::Event;
use portevoix::engine::{ledger, restored};
use portevoix::store::audit::Wrong;
use portevoix::store::database::{Database, StoreError};
use portevoix::store::outbox::{Again, Doubt};
use portevoix::store::restores::Forgotten;

use crate::contract::store::{after, debt, noon, opening, saves, tries};
use crate::harness::desk_of_rules::proposal;

/// The command of that number is typed, and its text is edited so often.
pub async fn drafts(store: &Database, number: &str, edits: u32) -> Draft {
    let number = number.parse().unwrap();
    let mut transaction = store.begin_for(&"44".into()).await.unwrap();
    let opening = portevoix::domain::review::Opening { number, ..opening() };
    let mut draft = ledger::open(&mut transaction, opening, noon()).await.unwrap();
    for edit in 0..edits {
        let revised = Event::Revised { by: "martin".into(), proposal: proposal(&format!("Vol {edit}")) };
        draft = ledger::happen(&mut transaction, &draft, revised, after(edit.into())).await.unwrap().unwrap();
    }
    transaction.commit().await.unwrap();
    draft
}

pub async fn the_journal_keeps_its_order_in_each_directorate(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    let mut positions = Vec::new();
    for (number, seconds) in [("44-1", 5), ("44-2", 4), ("67-1", 3), ("44-1", 2)] {
        let happened = Entry::Happened(Box::new(Event::TimePassed));
        let head = transaction.append_journal(&number.parse().unwrap(), after(seconds), &happened).await.unwrap();
        assert_eq!(transaction.head(&head.directorate).await.unwrap(), head);
        positions.push(head.position);
    }
    assert_eq!(positions, [1, 2, 1, 3]);
    transaction.commit().await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    let opened = Entry::Opened(Box::new(opening()));
    transaction.append_journal(&"44-1".parse().unwrap(), after(1), &opened).await.unwrap();
    let journal = transaction.journal_of(&"44-1".parse().unwrap()).await.unwrap();
    let times: Vec<i64> = journal.iter().map(|line| line.at).collect();
    let written = [5, 2, 1].map(|seconds| after(seconds).as_millisecond());
    assert_eq!(times, written, "in the order of writing, whatever the clock said");
    assert_eq!(serde_json::from_str::<Entry>(&journal.last().unwrap().entry).unwrap(), opened);
    assert_eq!(transaction.last_line_at().await.unwrap(), Some(after(3)));
}

pub async fn each_line_is_chained_to_the_one_before_it(store: &Database) {
    drafts(store, "44-1", 5).await;
    drafts(store, "44-2", 1).await;
    let mut transaction = store.begin().await.unwrap();
    let mut head = Head::genesis(&"44".into());
    loop {
        let lines = transaction.journal_after(&"44".into(), head.position, 3).await.unwrap();
        if lines.is_empty() {
            break;
        }
        for line in &lines {
            head = head.followed_by(line).unwrap();
            assert_eq!(transaction.hash_at(&"44".into(), line.position).await.unwrap().as_ref(), Some(&head.hash));
        }
    }
    assert_eq!((head.position, &head), (8, &transaction.head(&"44".into()).await.unwrap()));
    assert_eq!(transaction.hash_at(&"44".into(), 9).await.unwrap(), None);
    assert_eq!(transaction.head(&"67".into()).await.unwrap(), Head::genesis(&"67".into()));
}

pub async fn an_audit_proves_each_draft_and_names_what_was_written_without_the_journal(store: &Database) {
    drafts(store, "44-1", 3).await;
    let draft = drafts(store, "44-2", 210).await;
    let mut transaction = store.begin().await.unwrap();
    let audited = transaction.audit(&"44".into()).await.unwrap();
    assert_eq!((audited.head.position, audited.drafts, audited.wrong), (215, 2, None));
    let last = audited.head;

    let forged = Draft { authors: ["durand".into()].into(), ..draft.clone() };
    transaction.save_draft(&forged, &last).await.unwrap();
    let wrong = transaction.audit(&"44".into()).await.unwrap().wrong.unwrap();
    assert_eq!((wrong.position, wrong.wrong), (215, Wrong::Draft));

    let elsewhere = last.after(2, 0, "");
    transaction.save_draft(&draft, &elsewhere).await.unwrap();
    let wrong = transaction.audit(&"44".into()).await.unwrap().wrong.unwrap();
    assert_eq!((wrong.position, wrong.wrong), (216, Wrong::LastLine));

    transaction.save_draft(&draft, &last).await.unwrap();
    let happened = Entry::Happened(Box::new(Event::TimePassed));
    transaction.append_journal(&"44-3".parse().unwrap(), noon(), &happened).await.unwrap();
    let wrong = transaction.audit(&"44".into()).await.unwrap().wrong.unwrap();
    assert_eq!((wrong.position, wrong.draft), (216, Some("44-3".parse().unwrap())));
}

pub async fn what_a_restore_puts_in_doubt_stays_so_until_a_person_has_looked(store: &Database) {
    let draft = drafts(store, "44-7", 0).await;
    let post = "publish/44-7/1/mastodon".into();
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(transaction.last_restore().await.unwrap(), None);
    assert_eq!(transaction.doubt_about(&draft.number, &post).await.unwrap(), None);
    let doubts = restored::mark(&mut transaction, after(1_000)).await.unwrap();
    assert_eq!((doubts.owed, doubts.drafts), (0, 1));
    let restore = transaction.last_restore().await.unwrap().unwrap();
    assert_eq!((restore.count, restore.at, restore.since), (1, after(1_000), noon()));
    let forgotten = transaction.doubt_about(&draft.number, &post).await.unwrap();
    assert_eq!(forgotten, Some(Forgotten { since: after(-600), was_publishing: false }));
    transaction.clear_post(&post).await.unwrap();
    assert_eq!(transaction.doubt_about(&draft.number, &post).await.unwrap(), None);
    let other = "publish/44-7/1/bluesky".into();
    assert_eq!(transaction.doubt_about(&draft.number, &other).await.unwrap(), forgotten);
    assert_eq!(transaction.next_number(&"44".into()).await.unwrap().serial, 2_001);
    // Put back once more: what was said before that says nothing of what came after.
    restored::mark(&mut transaction, after(2_000)).await.unwrap();
    assert_eq!(transaction.last_restore().await.unwrap().unwrap().count, 2);
    assert_eq!(transaction.doubt_about(&draft.number, &post).await.unwrap(), forgotten);
}

pub async fn what_may_have_been_carried_out_elsewhere_is_in_doubt_whatever_was_said_of_it(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    for key in ["fresh", "answered", "under way"] {
        transaction.owe(&debt(key, key, 0, 1), Again::Unheard).await.unwrap();
    }
    transaction.commit().await.unwrap();
    tries(store, "answered", 5).await;
    tries(store, "under way", 7).await;
    let mut transaction = store.begin().await.unwrap();
    let claims = transaction.due(noon(), 9).await.unwrap();
    let answered = claims.into_iter().find(|claim| claim.debt.key.as_str() == "answered").unwrap();
    transaction.put_off(&answered, noon(), true).await.unwrap();
    transaction.owe(&debt("answered", "answered", 0, 2), Again::Renew).await.unwrap();
    for key in ["fresh", "answered", "under way"] {
        transaction.suspect(&key.into(), after(-60)).await.unwrap();
    }
    let mut claims = transaction.due(noon(), 9).await.unwrap();
    claims.sort_by(|one, other| one.debt.key.cmp(&other.debt.key));
    let doubt = |tried| Some(Doubt { since: after(tried), last: after(tried), is_answered: false });
    let doubts: Vec<Option<Doubt>> = claims.iter().map(|claim| claim.doubt).collect();
    assert_eq!(doubts, [doubt(5), doubt(-60), doubt(7)]);
}

pub async fn what_a_wrong_clock_put_off_for_years_is_made_due(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    for (key, seconds) in [("post", 100_000_000), ("wake/44-1", 100_000_000), ("soon", 600)] {
        transaction.owe(&debt(key, key, seconds, 1), Again::Unheard).await.unwrap();
    }
    transaction.hasten(noon(), after(90_000)).await.unwrap();
    let due = transaction.due(noon(), 9).await.unwrap();
    assert_eq!(due.iter().map(|claim| claim.debt.key.as_str()).collect::<Vec<_>>(), ["post"]);
    assert_eq!(transaction.next_due(noon()).await.unwrap(), Some(after(600)));
}

/// Whoever opened a store only to read it sees one state of it, and changes nothing.
pub async fn whoever_only_reads_sees_one_state_and_commits_nothing(store: &Database, reader: &Database) {
    drafts(store, "44-1", 2).await;
    let mut reading = reader.begin().await.unwrap();
    assert_eq!(reading.audit(&"44".into()).await.unwrap().head.position, 3);
    drafts(store, "44-2", 2).await;
    assert_eq!(reading.audit(&"44".into()).await.unwrap().head.position, 3);
    drop(reading);
    let mut reading = reader.begin().await.unwrap();
    assert_eq!(reading.audit(&"44".into()).await.unwrap().head.position, 6);
    assert!(matches!(reading.commit().await, Err(StoreError::Undone)));
    let mut reading = reader.begin().await.unwrap();
    saves(&mut reading, &drafts(store, "44-3", 0).await).await.unwrap_err();
    drop(reading);
    reader.close().await;
    drafts(store, "44-4", 0).await;
}
