//! What every store must do: one suite, run over SQLite on disk, SQLite in memory and a real PostgreSQL.

use jiff::{SignedDuration, Timestamp};
use portevoix::domain::draft::Draft;
use portevoix::domain::name::{ArrivalId, EffectKey, MessageId, RevisionNumber};
use portevoix::domain::picture::Digest;
use portevoix::domain::review::Opening;
use portevoix::store::database::{Database, StoreError, Transaction};
use portevoix::store::messages::{Card, Meaning};
use portevoix::store::outbox::{Again, Claim, Claimant, Debt, Doubt};
use portevoix::store::strays::Stray;

use crate::contract::store::journal::{
    an_audit_proves_each_draft_and_names_what_was_written_without_the_journal,
    each_line_is_chained_to_the_one_before_it, the_journal_keeps_its_order_in_each_directorate,
    what_a_restore_puts_in_doubt_stays_so_until_a_person_has_looked, what_a_wrong_clock_put_off_for_years_is_made_due,
    what_may_have_been_carried_out_elsewhere_is_in_doubt_whatever_was_said_of_it,
};
use crate::harness::desk_of_rules::{opened, policy, proposal};

mod embedded;
mod journal;
#[cfg(feature = "postgres")]
mod postgres;

/// The time at which everything happens unless said otherwise.
fn noon() -> Timestamp {
    "2026-03-12T12:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

async fn what_was_committed_stays_and_what_was_dropped_does_not(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    takes(&mut transaction, "kept").await;
    transaction.commit().await.unwrap();
    let mut transaction = store.begin().await.unwrap();
    takes(&mut transaction, "dropped").await;
    drop(transaction);
    assert!(has(store, "kept").await);
    assert!(!has(store, "dropped").await);
}

async fn an_arrival_is_taken_once_and_once_more_when_it_can_be_read(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    let mut taken = Vec::new();
    for (id, is_readable) in
        [("a", true), ("a", true), ("b", false), ("b", false), ("b", true), ("b", true), ("b", false)]
    {
        taken.push(transaction.take_arrival(&id.into(), &"!44".into(), noon(), is_readable).await.unwrap());
    }
    assert_eq!(taken, [true, false, true, false, true, false, false]);
}

async fn what_could_not_be_read_is_listed_oldest_first_until_it_can(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    for (id, room, at) in [("late", "!44", 3), ("early", "!44", 1), ("middle", "!44", 2), ("other", "!67", 1)] {
        transaction.take_arrival(&id.into(), &room.into(), after(at), false).await.unwrap();
    }
    let unreadable = transaction.unreadable(&"!44".into(), 2).await.unwrap();
    assert_eq!(unreadable, ["middle".into(), "late".into()] as [ArrivalId; 2]);
    transaction.take_arrival(&"late".into(), &"!44".into(), after(3), true).await.unwrap();
    let unreadable = transaction.unreadable(&"!44".into(), 9).await.unwrap();
    assert_eq!(unreadable, ["early".into(), "middle".into()] as [ArrivalId; 2]);
}

async fn a_draft_is_as_it_was_last_saved_and_listed_while_it_is_live(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    let mut table = opened(policy(), proposal("Vol avec violence, «\u{a0}place du Bouffay\u{a0}» 👮🏽‍♀️ \u{0} '; --"));
    saves(&mut transaction, &table.draft).await.unwrap();
    saves(&mut transaction, &numbered(&table.draft, "44-2")).await.unwrap();
    saves(&mut transaction, &numbered(&table.draft, "67-1")).await.unwrap();
    assert_eq!(transaction.draft(&"44-1".parse().unwrap()).await.unwrap().as_ref(), Some(&table.draft));
    assert_eq!(transaction.draft(&"44-3".parse().unwrap()).await.unwrap(), None);
    let live = transaction.live_drafts(&"44".into(), 9).await.unwrap();
    assert_eq!(live, [table.draft.clone(), numbered(&table.draft, "44-2")]);
    assert_eq!(transaction.live_drafts(&"44".into(), 1).await.unwrap(), [numbered(&table.draft, "44-2")]);

    table.pass(7 * 86_400);
    saves(&mut transaction, &table.draft).await.unwrap();
    assert_eq!(transaction.draft(&"44-1".parse().unwrap()).await.unwrap(), Some(table.draft.clone()));
    assert_eq!(transaction.live_drafts(&"44".into(), 9).await.unwrap().len(), 1);
}

async fn numbers_count_on_in_each_directorate_and_are_never_used_again(store: &Database) {
    let mut table = opened(policy(), proposal("Vol"));
    let mut transaction = store.begin_for(&"44".into()).await.unwrap();
    assert_eq!(transaction.next_number(&"44".into()).await.unwrap().to_string(), "44-1");
    saves(&mut transaction, &table.draft).await.unwrap();
    transaction.commit().await.unwrap();
    let mut transaction = store.begin_for(&"44".into()).await.unwrap();
    assert_eq!(transaction.next_number(&"44".into()).await.unwrap().to_string(), "44-2");
    assert_eq!(transaction.next_number(&"67".into()).await.unwrap().to_string(), "67-1");
    table.pass(7 * 86_400);
    saves(&mut transaction, &table.draft).await.unwrap();
    assert_eq!(transaction.next_number(&"44".into()).await.unwrap().to_string(), "44-2");
}

async fn the_first_meaning_of_a_message_stays(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    let (room, number) = ("!44".into(), "44-1".parse().unwrap());
    let typed = Meaning::Typed { asked: Some("lieu".into()) };
    transaction.note_message(&room, "m1", &number, &typed).await.unwrap();
    transaction.note_message(&room, "m1", &"44-2".parse().unwrap(), &Meaning::Said).await.unwrap();
    assert_eq!(transaction.meaning(&room, "m1").await.unwrap(), Some((number, typed)));
    assert_eq!(transaction.meaning(&room, "m2").await.unwrap(), None);
    assert_eq!(transaction.meaning(&"!67".into(), "m1").await.unwrap(), None);
}

async fn a_card_is_what_was_last_put_and_means_its_revision(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    let (room, number, revision) = ("!44".into(), "44-1".parse().unwrap(), RevisionNumber(2));
    assert_eq!(transaction.card(&number, revision).await.unwrap(), Card::default());
    let card = Card { message: Some(MessageId::from("c1")), generation: 0, has_glyphs: true };
    transaction.put_card(&room, &number, revision, &card).await.unwrap();
    assert_eq!(transaction.card(&number, revision).await.unwrap(), card);
    assert_eq!(transaction.meaning(&room, "c1").await.unwrap().unwrap().1, Meaning::Card(revision));
    let gone = Card { message: None, generation: 1, has_glyphs: false };
    transaction.put_card(&room, &number, revision, &gone).await.unwrap();
    assert_eq!(transaction.card(&number, revision).await.unwrap(), gone);
    assert_eq!(transaction.card(&number, RevisionNumber(1)).await.unwrap(), Card::default());
}

async fn pictures_come_back_byte_for_byte_and_the_first_of_a_name_stays(store: &Database) {
    let bytes: Vec<u8> = (0..=255).cycle().take(3_000_000).collect();
    let digest = Digest::of(&bytes);
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(transaction.picture(&digest).await.unwrap(), None);
    transaction.put_picture(&digest, &bytes).await.unwrap();
    transaction.put_picture(&digest, b"other").await.unwrap();
    assert!(transaction.picture(&digest).await.unwrap().as_deref() == Some(&bytes));
}

async fn people_are_called_what_they_were_last_called(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    for (person, name) in [("1", "Kieffer"), ("2", "L'Hôte"), ("1", "Kieffer-Muller")] {
        transaction.put_name(&person.into(), name).await.unwrap();
    }
    let names = transaction.names().await.unwrap();
    let names: Vec<(&str, &str)> = names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    assert_eq!(names, [("1", "Kieffer-Muller"), ("2", "L'Hôte")]);
}

async fn a_text_that_no_person_types_stops_nothing(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    for name in ["a\u{0}b", "\u{feff}\u{202e}", "''\\'; DROP TABLE drafts; --", "$1", &"é".repeat(100_000)] {
        transaction.put_name(&"1".into(), name).await.unwrap();
        transaction.meaning(&"!44".into(), name).await.unwrap();
    }
    transaction.commit().await.unwrap();
    assert_eq!(store.begin().await.unwrap().names().await.unwrap().len(), 1);
}

async fn what_is_owed_in_a_lane_is_due_one_after_the_other(store: &Database) {
    owes(store, &[("a1", "a", 0), ("a2", "a", -60), ("b1", "b", -30), ("c1", "c", 60)]).await;
    assert_eq!(due(store, 0).await, ["b1", "a1"], "longest due first, and of a lane what was owed first");
    settles(store, "a1").await;
    assert_eq!(due(store, 0).await, ["a2", "b1"]);
    assert_eq!(due(store, 60).await, ["a2", "b1", "c1"]);
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(transaction.next_due(noon()).await.unwrap(), Some(after(60)));
    assert_eq!(transaction.next_due(after(60)).await.unwrap(), None);
    assert_eq!(transaction.due(after(60), 2).await.unwrap().len(), 2);
}

async fn the_same_key_is_one_debt_and_keeps_its_place(store: &Database) {
    owes(store, &[("first", "a", 0), ("second", "a", 0)]).await;
    let mut transaction = store.begin().await.unwrap();
    assert!(!transaction.owe(&debt("first", "a", 0, 7), Again::Unheard).await.unwrap());
    assert!(transaction.owe(&debt("first", "a", 0, 8), Again::Renew).await.unwrap());
    transaction.commit().await.unwrap();
    let claim = the_due(store, "first").await;
    assert_eq!((claim.debt.version, claim.attempts), (8, 0));
    assert_eq!(due(store, 0).await, ["first"]);
}

async fn what_is_said_once_is_never_owed_again(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    assert!(transaction.owe(&debt("stranger", "a", 0, 0), Again::Never).await.unwrap());
    assert!(!transaction.owe(&debt("stranger", "a", 0, 0), Again::Never).await.unwrap());
    transaction.commit().await.unwrap();
    settles(store, "stranger").await;
    let mut transaction = store.begin().await.unwrap();
    assert!(!transaction.owe(&debt("stranger", "a", 0, 0), Again::Never).await.unwrap());
    assert!(transaction.owe(&debt("answer", "a", 0, 0), Again::Unheard).await.unwrap());
}

async fn what_was_owed_again_meanwhile_stays_owed(store: &Database) {
    owes(store, &[("card", "a", 0)]).await;
    let claim = the_due(store, "card").await;
    let mut transaction = store.begin().await.unwrap();
    transaction.owe(&debt("card", "a", 0, 5), Again::Renew).await.unwrap();
    transaction.settle(&claim).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(the_due(store, "card").await.debt.version, 5);
    let mut transaction = store.begin().await.unwrap();
    transaction.put_off(&claim, after(600), false).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(due(store, 0).await, ["card"], "an older try says nothing about the newer debt");
}

async fn a_claim_is_one_claimants_until_it_lapses_or_is_given_back(store: &Database) {
    owes(store, &[("post", "a", 0), ("next", "a", 0)]).await;
    let mut claim = the_due(store, "post").await;
    assert!(claims(store, &mut claim, "one", 0).await);
    assert!(!claims(store, &mut claim, "other", 0).await);
    assert!(due(store, 0).await.is_empty(), "nobody else begins it, nor what comes after it in its lane");
    let mut transaction = store.begin().await.unwrap();
    assert_eq!(transaction.next_unclaimed(noon()).await.unwrap(), Some(after(30)));
    assert!(transaction.renew_claim(&claim.debt.key, by("one", 20)).await.unwrap());
    assert!(!transaction.renew_claim(&claim.debt.key, by("other", 20)).await.unwrap());
    transaction.commit().await.unwrap();
    assert!(due(store, 49).await.is_empty());
    assert_eq!(due(store, 50).await, ["post"], "a claim that nobody renewed is anyone's");
    let mut lapsed = the_due_at(store, "post", 50).await;
    assert!(lapsed.was_begun, "whoever takes it over is told that somebody had begun");
    assert!(claims(store, &mut lapsed, "other", 50).await);
    let mut transaction = store.begin().await.unwrap();
    assert!(!transaction.renew_claim(&claim.debt.key, by("one", 60)).await.unwrap());
    assert!(!transaction.note_try(&claim, after(60), after(90)).await.unwrap(), "nor does it begin anything");
    // Whoever is late with what it had to say of the claim takes nothing from the next.
    transaction.put_off(&claim, after(900), false).await.unwrap();
    transaction.release(&claim).await.unwrap();
    transaction.abandon(&claim).await.unwrap();
    assert!(transaction.due(after(50), 9).await.unwrap().is_empty());
    transaction.release(&lapsed).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(!the_due_at(store, "post", 50).await.was_begun);
}

async fn what_was_claimed_and_abandoned_is_anyones_who_is_told_that_it_was_begun(store: &Database) {
    owes(store, &[("card", "a", 0)]).await;
    let mut claim = the_due(store, "card").await;
    assert!(!claim.may_be_said());
    assert!(claims(store, &mut claim, "one", 0).await);
    let mut transaction = store.begin().await.unwrap();
    transaction.abandon(&claim).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(the_due(store, "card").await.may_be_said());
}

async fn a_try_is_in_doubt_until_it_is_known_how_it_ended(store: &Database) {
    owes(store, &[("post", "a", 0)]).await;
    let fresh = the_due(store, "post").await;
    assert_eq!(fresh.doubt, None);
    tries(store, "post", 1).await;
    tries(store, "post", 2).await;
    let begun = the_due(store, "post").await;
    assert_eq!(begun.doubt, Some(Doubt { since: after(1), last: after(2), is_answered: false }));

    let mut transaction = store.begin().await.unwrap();
    transaction.put_off(&begun, after(10), true).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(due(store, 9).await.is_empty());
    let doubtful = the_due_at(store, "post", 10).await;
    assert_eq!((doubtful.doubt, doubtful.attempts), (begun.doubt, 1));

    let mut transaction = store.begin().await.unwrap();
    transaction.put_off(&doubtful, after(20), false).await.unwrap();
    transaction.commit().await.unwrap();
    let known = the_due_at(store, "post", 20).await;
    assert_eq!((known.doubt, known.attempts), (None, 2));
}

async fn a_try_under_way_stays_in_doubt_whoever_asks_for_another(store: &Database) {
    owes(store, &[("post", "a", 0), ("ended", "b", 0), ("untried", "c", 0)]).await;
    tries(store, "post", 1).await;
    tries(store, "ended", 2).await;
    let ended = the_due(store, "ended").await;
    let mut transaction = store.begin().await.unwrap();
    transaction.put_off(&ended, noon(), true).await.unwrap();
    for key in ["post", "ended", "untried"] {
        transaction.owe(&debt(key, "a", 0, 9), Again::Renew).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let doubt = |tried, is_answered| Some(Doubt { since: after(tried), last: after(tried), is_answered });
    assert_eq!(the_due(store, "post").await.doubt, doubt(1, false));
    assert_eq!(the_due(store, "ended").await.doubt, doubt(2, true), "a person has looked since it ended");
    assert_eq!(the_due(store, "untried").await.doubt, None);
}

async fn what_is_noted_as_done_is_in_doubt_no_longer(store: &Database) {
    owes(store, &[("card", "room/!44", 0)]).await;
    assert!(!store.begin().await.unwrap().is_in_doubt("room/!44").await.unwrap());
    tries(store, "card", 1).await;
    assert!(store.begin().await.unwrap().is_in_doubt("room/!44").await.unwrap());
    let card = the_due(store, "card").await;
    let mut transaction = store.begin().await.unwrap();
    transaction.dispel(&card).await.unwrap();
    assert!(!transaction.is_in_doubt("room/!44").await.unwrap());
}

async fn strays_come_back_in_order_unless_they_were_taken_back(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    for (id, room, message) in
        [("3", "!44", "card"), ("1", "!44", "card"), ("2", "!44", "card"), ("4", "!44", "talk"), ("5", "!67", "card")]
    {
        let stray = Stray {
            arrival: id.into(),
            room: room.into(),
            message: message.into(),
            undo: format!("undo {id}"),
            body: id.to_owned(),
        };
        transaction.put_stray(&stray).await.unwrap();
    }
    transaction.drop_stray(&"!44".into(), "undo 1").await.unwrap();
    assert_eq!(transaction.take_strays(&"!44".into(), &"card".into()).await.unwrap(), ["3", "2"]);
    assert!(transaction.take_strays(&"!44".into(), &"talk".into()).await.unwrap().is_empty(), "it was people's");
    assert_eq!(transaction.take_strays(&"!67".into(), &"card".into()).await.unwrap(), ["5"]);
}

/// Writes each scene of the suite as a test over that store: the database and whatever must live as long.
macro_rules! suite {
    ($store:expr $(, #[$attribute:meta])*) => {
        suite!(@each $store, [$(#[$attribute])*],
            what_was_committed_stays_and_what_was_dropped_does_not
            an_arrival_is_taken_once_and_once_more_when_it_can_be_read
            what_could_not_be_read_is_listed_oldest_first_until_it_can
            a_draft_is_as_it_was_last_saved_and_listed_while_it_is_live
            numbers_count_on_in_each_directorate_and_are_never_used_again
            the_journal_keeps_its_order_in_each_directorate
            the_first_meaning_of_a_message_stays
            a_card_is_what_was_last_put_and_means_its_revision
            pictures_come_back_byte_for_byte_and_the_first_of_a_name_stays
            people_are_called_what_they_were_last_called
            a_text_that_no_person_types_stops_nothing
            what_is_owed_in_a_lane_is_due_one_after_the_other
            the_same_key_is_one_debt_and_keeps_its_place
            what_is_said_once_is_never_owed_again
            what_was_owed_again_meanwhile_stays_owed
            a_claim_is_one_claimants_until_it_lapses_or_is_given_back
            what_was_claimed_and_abandoned_is_anyones_who_is_told_that_it_was_begun
            a_try_is_in_doubt_until_it_is_known_how_it_ended
            a_try_under_way_stays_in_doubt_whoever_asks_for_another
            what_is_noted_as_done_is_in_doubt_no_longer
            strays_come_back_in_order_unless_they_were_taken_back
            each_line_is_chained_to_the_one_before_it
            an_audit_proves_each_draft_and_names_what_was_written_without_the_journal
            what_a_restore_puts_in_doubt_stays_so_until_a_person_has_looked
            what_may_have_been_carried_out_elsewhere_is_in_doubt_whatever_was_said_of_it
            what_a_wrong_clock_put_off_for_years_is_made_due);
    };
    (@each $store:expr, $attributes:tt, $($scene:ident)*) => {
        $(suite!(@one $store, $attributes, $scene);)*
    };
    (@one $store:expr, [$(#[$attribute:meta])*], $scene:ident) => {
        #[tokio::test]
        $(#[$attribute])*
        async fn $scene() {
            let (database, _kept) = $store.await;
            crate::contract::store::$scene(&database).await;
        }
    };
}
use suite;

fn opening() -> Opening {
    let draft = opened(policy(), proposal("Vol")).draft;
    Opening {
        number: draft.number,
        command: draft.command,
        room: draft.room,
        origin: draft.origin,
        author: "martin".into(),
        co_authors: std::collections::BTreeSet::new(),
        policy: policy(),
        proposal: proposal("Vol"),
    }
}

/// Writes a draft, as of the last line of its directorate's journal.
async fn saves(transaction: &mut Transaction, draft: &Draft) -> Result<(), StoreError> {
    let head = transaction.head(&draft.number.directorate).await?;
    transaction.save_draft(draft, &head).await
}

fn numbered(draft: &Draft, number: &str) -> Draft {
    Draft { number: number.parse().unwrap(), ..draft.clone() }
}

fn debt(key: &str, lane: &str, seconds: i64, version: i64) -> Debt {
    Debt {
        key: EffectKey::from(key),
        lane: lane.to_owned(),
        body: format!("{{\"{key}\":1}}"),
        due_at: after(seconds),
        version,
    }
}

fn by(name: &str, seconds: i64) -> Claimant<'_> {
    Claimant { name, until: after(seconds + 30) }
}

async fn owes(store: &Database, debts: &[(&str, &str, i64)]) {
    let mut transaction = store.begin().await.unwrap();
    for (key, lane, seconds) in debts {
        assert!(transaction.owe(&debt(key, lane, *seconds, 1), Again::Unheard).await.unwrap());
    }
    transaction.commit().await.unwrap();
}

async fn due(store: &Database, seconds: i64) -> Vec<String> {
    let due = store.begin().await.unwrap().due(after(seconds), 99).await.unwrap();
    due.into_iter().map(|claim| claim.debt.key.to_string()).collect()
}

async fn the_due(store: &Database, key: &str) -> Claim {
    the_due_at(store, key, 0).await
}

async fn the_due_at(store: &Database, key: &str, seconds: i64) -> Claim {
    let due = store.begin().await.unwrap().due(after(seconds), 99).await.unwrap();
    due.into_iter().find(|claim| claim.debt.key.as_str() == key).unwrap()
}

async fn settles(store: &Database, key: &str) {
    let claim = the_due(store, key).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.settle(&claim).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn tries(store: &Database, key: &str, seconds: i64) {
    let claim = the_due(store, key).await;
    let mut transaction = store.begin().await.unwrap();
    assert!(transaction.note_try(&claim, after(seconds), Timestamp::UNIX_EPOCH).await.unwrap());
    transaction.commit().await.unwrap();
}

/// Whether the debt became that claimant's, for 30 s.
async fn claims(store: &Database, claim: &mut Claim, name: &str, seconds: i64) -> bool {
    let mut transaction = store.begin().await.unwrap();
    let is_ours = transaction.claim(claim, by(name, seconds), after(seconds)).await.unwrap();
    transaction.commit().await.unwrap();
    is_ours
}

async fn takes(transaction: &mut Transaction, id: &str) {
    assert!(take(transaction, id).await.unwrap());
}

async fn take(transaction: &mut Transaction, id: &str) -> Result<bool, StoreError> {
    transaction.take_arrival(&ArrivalId::from(id), &"!44".into(), Timestamp::UNIX_EPOCH, true).await
}

async fn has(database: &Database, id: &str) -> bool {
    database.begin().await.unwrap().has_seen(&ArrivalId::from(id)).await.unwrap()
}
