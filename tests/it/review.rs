//! The rules of approval and publication, tried on a draft on the table.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::SignedDuration;
use portevoix::domain::ballot::{Choice, Given, Vote};
use portevoix::domain::draft::{Draft, Phase, Progress};
use portevoix::domain::effect::Effect;
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::name::{AccountName, ReactionId, RevisionNumber, RoleName};
use portevoix::domain::notice::{Notice, Refusal, State};
use portevoix::domain::picture::{Digest, Picture, PictureKind};
use portevoix::domain::policy::{Glyphs, Policy, Verdict, judge};
use portevoix::domain::post::Post;
use portevoix::domain::publication::Answer;
use portevoix::domain::review::{Event, Proposal};

use crate::harness::desk_of_rules::{OnTheTable, incomplete, opened, policy, proposal, voter};

fn approved() -> OnTheTable {
    let mut table = opened(policy(), proposal("Appel"));
    table.votes("durand", Choice::Approve).unwrap();
    table.votes("lefevre", Choice::Approve).unwrap();
    table
}

fn publishing() -> OnTheTable {
    let mut table = approved();
    table.pass(30);
    table
}

fn progress<'t>(table: &'t OnTheTable, account: &str) -> &'t Progress {
    let (Phase::Publishing(publication) | Phase::Published(publication)) = &table.draft.phase else {
        panic!("nothing is being published: {:?}", table.draft.phase);
    };
    &publication.progress[&AccountName::from(account)]
}

fn receipt(id: &str) -> Receipt {
    Receipt { id: id.to_owned(), url: None }
}

#[test]
fn two_approvals_and_the_grace_period_publish_on_every_account_once() {
    let mut table = opened(policy(), proposal("Appel"));
    table.votes("durand", Choice::Approve).unwrap();
    assert_eq!(table.state(), State::Review);
    table.votes("lefevre", Choice::Approve).unwrap();
    assert_eq!(table.state(), State::Approved);
    assert!(table.published_to().is_empty(), "nothing goes out during the grace period");
    table.pass(29);
    assert_eq!(table.state(), State::Approved);
    table.pass(1);
    assert_eq!(table.published_to(), ["mastodon", "bluesky"]);
    table.pass(60);
    assert!(table.published_to().is_empty(), "a second wake publishes nothing again");
}

#[test]
fn without_a_grace_period_the_last_vote_publishes() {
    let mut table = opened(Policy { grace_seconds: 0, quorum: 1, ..policy() }, proposal("Appel"));
    table.votes("durand", Choice::Approve).unwrap();
    assert_eq!(table.published_to(), ["mastodon", "bluesky"]);
}

#[test]
fn an_author_never_counts_whatever_their_role() {
    let mut table = opened(policy(), proposal("Appel"));
    assert_eq!(table.votes("martin", Choice::Approve), Err(Refusal::AuthorDoesNotVote));
    assert_eq!(table.votes("martin", Choice::Veto), Err(Refusal::AuthorDoesNotVote));
    // Whoever changes the text becomes an author, and their vote on the new text would be their own.
    table.happen(Event::Revised { by: "durand".into(), proposal: proposal("Autre appel") }).unwrap();
    assert_eq!(table.votes("durand", Choice::Approve), Err(Refusal::AuthorDoesNotVote));
}

#[test]
fn a_person_counts_once_however_often_they_tap() {
    let mut table = opened(policy(), proposal("Appel"));
    table.votes("durand", Choice::Approve).unwrap();
    table.votes("durand", Choice::Approve).unwrap();
    assert_eq!(table.state(), State::Review);
}

#[test]
fn each_required_role_must_be_among_those_who_approve() {
    let roles = BTreeSet::from([RoleName::from("chef")]);
    let mut table = opened(Policy { required_roles: roles.clone(), ..policy() }, proposal("Appel"));
    table.votes("durand", Choice::Approve).unwrap();
    table.votes("lefevre", Choice::Approve).unwrap();
    assert_eq!(table.state(), State::Review);
    assert_eq!(table.told(), [&Notice::Approved { by: "lefevre".into(), votes: 0, roles }]);
    table.votes_as("moreau", &["valideur", "chef"], Choice::Approve).unwrap();
    assert_eq!(table.state(), State::Approved);
}

#[test]
fn someone_without_an_approving_role_may_hold_but_not_vote() {
    let mut table = opened(policy(), proposal("Appel"));
    let refused = Refusal::NoApproverRole { roles: policy().approver_roles };
    assert_eq!(table.votes_as("petit", &["redacteur"], Choice::Approve), Err(refused.clone()));
    assert_eq!(table.votes_as("petit", &["redacteur"], Choice::Veto), Err(refused));
    table.votes_as("petit", &["redacteur"], Choice::Hold).unwrap();
    table.votes("durand", Choice::Approve).unwrap();
    table.votes("lefevre", Choice::Approve).unwrap();
    assert_eq!(table.state(), State::Held, "a hold that was put before the quorum holds, too");
}

#[test]
fn taking_a_reaction_back_takes_the_vote_back_also_in_the_grace_period() {
    let mut table = opened(policy(), proposal("Appel"));
    table.votes("durand", Choice::Approve).unwrap();
    let vote = table.votes("lefevre", Choice::Approve).unwrap();
    assert_eq!(table.state(), State::Approved);
    table.takes_back(&vote);
    assert_eq!(table.state(), State::Review);
    table.pass(30);
    assert!(table.published_to().is_empty());
}

#[test]
fn a_third_approval_does_not_restart_the_grace_period() {
    let mut table = approved();
    table.pass(20);
    table.votes("moreau", Choice::Approve).unwrap();
    table.pass(10);
    assert_eq!(table.published_to(), ["mastodon", "bluesky"]);
}

#[test]
fn a_hold_stops_the_clock_and_taking_it_back_starts_a_fresh_one() {
    let mut table = approved();
    table.pass(29);
    let hold = table.votes("martin", Choice::Hold).unwrap();
    assert_eq!(table.state(), State::Held);
    table.pass(3_600);
    assert!(table.published_to().is_empty());
    table.takes_back(&hold);
    table.pass(29);
    assert!(table.published_to().is_empty());
    table.pass(1);
    assert_eq!(table.published_to(), ["mastodon", "bluesky"]);
}

#[test]
fn a_veto_stops_an_approved_draft_and_its_reason_is_kept() {
    let mut table = approved();
    let veto = table.votes("moreau", Choice::Veto).unwrap();
    assert_eq!(table.state(), State::Vetoed);
    table.pass(60);
    assert!(table.published_to().is_empty());
    table.happen(Event::VetoExplained { by: "durand".into(), reason: "?".to_owned() }).unwrap();
    assert!(table.told().is_empty(), "only who vetoed says why");
    table
        .happen(Event::VetoExplained { by: "moreau".into(), reason: "Le parquet n'a pas répondu".to_owned() })
        .unwrap();
    let reason = "Le parquet n'a pas répondu".to_owned();
    assert_eq!(table.told(), [&Notice::VetoExplained { by: "moreau".into(), reason }]);
    table.takes_back(&veto);
    assert_eq!(table.state(), State::Approved, "the approvals still stand");
}

#[test]
fn a_change_opens_a_revision_without_votes_and_old_cards_do_not_count() {
    let mut table = approved();
    let old = table.draft.revision.clone();
    table.happen(Event::Revised { by: "martin".into(), proposal: proposal("Appel corrigé") }).unwrap();
    assert_eq!(table.state(), State::Review);
    assert_ne!(table.draft.revision.seal, old.seal);
    let revision = RevisionNumber(2);
    assert_eq!(table.told(), [&Notice::Revised { by: "martin".into(), revision, votes_lost: 2 }]);
    let vote = Vote {
        by: voter("durand", &["valideur"]),
        choice: Choice::Approve,
        reaction: ReactionId::from("late"),
        given: Given::ByReaction,
    };
    let refusal = table.happen(Event::Voted { revision: old.number, vote, at: table.now });
    assert_eq!(refusal, Err(Refusal::OldRevision { voted: old.number, current: revision }));
    table.pass(60);
    assert!(table.published_to().is_empty(), "the wake of the old grace period publishes nothing");
}

#[test]
fn a_change_that_changes_nothing_keeps_the_votes() {
    let mut table = approved();
    let refusal = table.happen(Event::Revised { by: "martin".into(), proposal: proposal("Appel") });
    assert_eq!(refusal, Err(Refusal::NothingChanged));
    assert_eq!(table.state(), State::Approved);
}

#[test]
fn an_incomplete_draft_takes_no_votes_and_its_completion_is_a_card_of_its_own() {
    let mut table = opened(policy(), incomplete("Appel"));
    assert_eq!(table.state(), State::Incomplete);
    assert!(matches!(table.votes("durand", Choice::Approve), Err(Refusal::Incomplete(_))));
    table.happen(Event::Revised { by: "martin".into(), proposal: proposal("Appel à Nantes") }).unwrap();
    assert_eq!(table.state(), State::Review);
    assert_eq!(table.draft.revision.number, RevisionNumber(2), "a tap meant for the incomplete card must not count");
    assert_eq!(table.told(), [&Notice::Completed]);
}

#[test]
fn a_draft_that_nobody_approves_lapses() {
    let mut table = opened(policy(), proposal("Appel"));
    assert!(table.effects.contains(&Effect::Wake(table.now + SignedDuration::from_hours(1))));
    table.votes("durand", Choice::Approve).unwrap();
    table.pass(3_600);
    assert_eq!(table.state(), State::Expired);
    assert_eq!(table.votes("lefevre", Choice::Approve), Err(Refusal::Over(State::Expired)));
}

#[test]
fn an_approved_draft_does_not_lapse_while_it_is_held() {
    let mut table = approved();
    table.votes("moreau", Choice::Hold).unwrap();
    table.pass(7_200);
    assert_eq!(table.state(), State::Held, "nothing approved is forgotten");
}

#[test]
fn authors_and_approvers_withdraw_until_it_goes_out() {
    let mut table = opened(policy(), proposal("Appel"));
    let stranger = Event::Withdrawn { by: voter("petit", &["redacteur"]) };
    assert_eq!(table.happen(stranger), Err(Refusal::NotYours));
    table.happen(Event::Withdrawn { by: voter("martin", &[]) }).unwrap();
    assert_eq!(table.state(), State::Withdrawn);
    let mut table = publishing();
    assert_eq!(table.happen(Event::Withdrawn { by: voter("martin", &[]) }), Err(Refusal::TooLate));
    assert_eq!(table.votes("durand", Choice::Veto), Err(Refusal::TooLate));
}

#[test]
fn one_account_that_fails_does_not_hold_the_other() {
    let mut table = publishing();
    let fault = Fault::Permanent { cause: Cause::CredentialsRefused };
    table.happen(Event::Failed { account: "mastodon".into(), fault: fault.clone(), next: None }).unwrap();
    assert_eq!(table.told(), [&Notice::AskToRetry { account: "mastodon".into(), fault }]);
    table.happen(Event::Delivered { account: "bluesky".into(), receipt: receipt("at://1") }).unwrap();
    assert_eq!(table.state(), State::Stuck);
    let again =
        Event::Resolved { account: "mastodon".into(), by: voter("durand", &["valideur"]), answer: Answer::Again };
    table.happen(again.clone()).unwrap();
    assert_eq!(table.published_to(), ["mastodon"]);
    assert_eq!(table.happen(again), Err(Refusal::NothingAsked), "one tap sends once");
    table.happen(Event::Delivered { account: "mastodon".into(), receipt: receipt("1") }).unwrap();
    assert_eq!(table.state(), State::Published);
}

#[test]
fn an_uncertain_outcome_is_looked_into_first_and_asked_about_then() {
    let mut table = publishing();
    let account = AccountName::from("mastodon");
    let fault = Fault::Uncertain { cause: Cause::TimedOut };
    let next = Some(table.now + SignedDuration::from_secs(2));
    table.happen(Event::Failed { account: account.clone(), fault: fault.clone(), next }).unwrap();
    assert!(matches!(progress(&table, "mastodon"), Progress::Retrying { .. }));
    table.happen(Event::Failed { account: account.clone(), fault: fault.clone(), next: None }).unwrap();
    assert_eq!(table.told(), [&Notice::AskWhetherOnline { account: account.clone(), fault: fault.clone() }]);
    table.happen(Event::Failed { account: account.clone(), fault, next: None }).unwrap();
    assert!(table.told().is_empty(), "the same question is asked once");
    let by = voter("durand", &["valideur"]);
    table.happen(Event::Resolved { account, by, answer: Answer::Online }).unwrap();
    assert!(matches!(progress(&table, "mastodon"), Progress::Online(_)));
}

#[test]
fn a_fault_that_arrives_after_the_receipt_changes_nothing() {
    let mut table = publishing();
    table.happen(Event::Delivered { account: "mastodon".into(), receipt: receipt("1") }).unwrap();
    let fault = Fault::Uncertain { cause: Cause::TimedOut };
    table.happen(Event::Failed { account: "mastodon".into(), fault, next: None }).unwrap();
    assert_eq!(progress(&table, "mastodon"), &Progress::Online(receipt("1")));
}

#[test]
fn a_post_is_exactly_what_the_mandate_covers() {
    let table = publishing();
    let Verdict::Carried(mandate) = judge(&table.draft, table.draft.ballot().unwrap()) else { panic!("not carried") };
    let post = |draft: &Draft, account: &str| Post::under(&mandate, draft, &account.into(), &HashMap::new(), table.now);
    let made = post(&table.draft, "mastodon").unwrap();
    assert_eq!((made.text(), made.key().as_str()), ("Appel", "publish/44-1/1/mastodon"));
    let mut forged = table.draft.clone();
    forged.revision.targets[0].text = "Appel falsifié".to_owned();
    assert!(post(&forged, "mastodon").is_err(), "the stored seal is not trusted");
    assert!(post(&table.draft, "x").is_err(), "nor is an account that is not in it");
    let mut forged = table.draft.clone();
    forged.revision.pictures.push(picture(b"a face"));
    assert!(post(&forged, "mastodon").is_err(), "nor a picture that nobody saw");
}

#[test]
fn pictures_go_out_as_they_were_approved_bytes_and_words() {
    let mut table = opened(policy(), Proposal { pictures: vec![picture(b"a face")], ..proposal("Appel") });
    table.votes("durand", Choice::Approve).unwrap();
    table.votes("lefevre", Choice::Approve).unwrap();
    let Verdict::Carried(mandate) = judge(&table.draft, table.draft.ballot().unwrap()) else { panic!("not carried") };
    let post = |draft: &Draft, bytes: &[u8]| {
        let files = HashMap::from([(Digest::of(b"a face"), Arc::from(bytes))]);
        Post::under(&mandate, draft, &"mastodon".into(), &files, table.now)
    };
    let made = post(&table.draft, b"a face").unwrap();
    assert_eq!(
        (&*made.pictures()[0].bytes().clone(), &*made.pictures()[0].picture().alt),
        (&b"a face"[..], "Un visage")
    );
    assert!(post(&table.draft, b"another").is_err(), "bytes that the digest does not name");
    let mut forged = table.draft.clone();
    forged.revision.pictures[0].alt = "Le coupable".to_owned();
    assert!(post(&forged, b"a face").is_err(), "words that nobody approved");
}

fn picture(bytes: &[u8]) -> Picture {
    Picture {
        digest: Digest::of(bytes),
        kind: PictureKind::Jpeg,
        width: 4,
        height: 3,
        bytes: u32::try_from(bytes.len()).unwrap(),
        alt: "Un visage".to_owned(),
        from: "m1".into(),
    }
}

#[test]
fn the_seal_changes_with_every_part_of_what_is_published() {
    let seal = |change: &dyn Fn(&mut Proposal)| {
        let mut changed = proposal("Appel");
        change(&mut changed);
        opened(policy(), changed).draft.revision.seal
    };
    let mut seals = vec![
        seal(&|_| {}),
        seal(&|proposal| proposal.targets[0].text.push('.')),
        seal(&|proposal| proposal.targets[0].account = "mastodon2".into()),
        seal(&|proposal| proposal.targets[0].language = "en".to_owned()),
        seal(&|proposal| proposal.targets[0].visibility = portevoix::domain::directorate::Visibility::Unlisted),
        seal(&|proposal| proposal.targets.truncate(1)),
        seal(&|proposal| proposal.targets.reverse()),
    ];
    let all = seals.len();
    seals.sort_by_key(ToString::to_string);
    seals.dedup();
    assert_eq!(seals.len(), all);
}

#[test]
fn glyphs_are_known_whatever_the_keyboard_adds() {
    let glyphs = Glyphs::default();
    for (glyph, choice) in [
        ("✅", Some(Choice::Approve)),
        ("✅\u{FE0F}", Some(Choice::Approve)),
        ("⏸", Some(Choice::Hold)),
        ("⏸\u{FE0F}", Some(Choice::Hold)),
        ("❌", Some(Choice::Veto)),
        ("👍", None),
        ("", None),
    ] {
        assert_eq!(glyphs.choice(glyph), choice, "{glyph:?}");
    }
}
