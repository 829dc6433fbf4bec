//! Scenes of going back to a backup: nothing from before it is lost, and nothing that was done since is done again.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use portevoix::chat::practice::record::{Author, Message};
use portevoix::domain::notice::State;
use portevoix::store::backup;
use tokio::task::spawn_blocking;

use crate::approval::APPEAL;
use crate::harness::scene::{Room, scene};
use crate::harness::scripted_network::Trouble;

const GRACE: Duration = Duration::from_secs(30);

/// Long enough for a second look, after which a person is asked.
const A_SECOND_LOOK: Duration = Duration::from_secs(3);

impl Room {
    /// A copy of the database as it is now, by a program of its own.
    async fn is_backed_up(&self) -> PathBuf {
        let (database, copy) = (self.database_file(), self.database_file().with_extension("backup"));
        let to = copy.clone();
        spawn_blocking(move || backup::copy(&database, &to)).await.unwrap().unwrap();
        copy
    }

    /// The bot's cards, oldest first.
    fn cards(&self) -> Vec<Message> {
        let is_card = |message: &Message| message.by == Author::Bot && message.thread.is_none();
        self.practice.timeline(&"!44".into()).into_iter().filter(is_card).collect()
    }

    /// Durand and Lefèvre approve whatever card they have not approved.
    async fn approves_every_card(&self) {
        for card in self.cards() {
            for who in ["durand", "lefevre"] {
                if !card.reactions.iter().any(|reaction| reaction.by == Author::Person(who.into())) {
                    self.reacts_to(who, &card.id, "✅").await;
                }
            }
        }
    }
}

#[tokio::test]
async fn what_was_owed_at_the_time_of_the_backup_and_went_out_since_is_found_and_not_sent_again() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::Unreachable);
        room.says("martin", APPEAL).await;
        room.approves().await;
        let copy = room.is_backed_up().await;
        room.waits(Duration::from_secs(2)).await;
        room.network("mastodon").expect_posts(1);
        let doubts = room.is_put_back_to(&copy).await;
        assert_eq!((doubts.owed, doubts.drafts), (1, 1));
        room.expect("44-1", State::Publishing).await;
        room.waits(Duration::from_secs(2)).await;
        room.expect("44-1", State::Published).await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn what_was_owed_and_never_went_out_is_sent() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::Unreachable);
        room.says("martin", APPEAL).await;
        room.approves().await;
        let copy = room.is_backed_up().await;
        room.is_put_back_to(&copy).await;
        room.waits(Duration::from_secs(2)).await;
        room.expect("44-1", State::Published).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn a_draft_that_was_approved_and_published_since_is_found_when_it_is_approved_again() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.reacts("durand", "✅").await;
        let copy = room.is_backed_up().await;
        room.reacts("lefevre", "✅").await;
        room.waits(GRACE).await;
        room.expect("44-1", State::Published).await;
        room.is_put_back_to(&copy).await;
        room.expect("44-1", State::Review).await;
        room.reads_the_history_again().await;
        room.waits(GRACE).await;
        room.expect("44-1", State::Published).await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn a_draft_in_its_grace_that_was_stopped_since_is_not_sent_without_asking() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.reacts("durand", "✅").await;
        room.reacts("lefevre", "✅").await;
        let copy = room.is_backed_up().await;
        room.reacts("moreau", "❌").await;
        room.is_put_back_to(&copy).await;
        // The chat does not tell of the veto again: its own memory is newer.
        room.waits(GRACE).await;
        room.waits(A_SECOND_LOOK).await;
        room.expect("44-1", State::Stuck).await;
        room.network("mastodon").expect_posts(0);
        room.network("bluesky").expect_posts(0);
        let question = room.message_saying("Ma mémoire a été remise");
        room.reacts_to("durand", &question.id, "🔁").await;
        let online = room.network("mastodon").posts().len() + room.network("bluesky").posts().len();
        assert_eq!(online, 1, "the account that was asked about, and no other");
    })
    .await;
}

#[tokio::test]
async fn a_draft_that_is_read_again_has_another_number_and_is_asked_about_before_it_goes_out() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let copy = room.is_backed_up().await;
        room.says("petit", &APPEAL.replace("Bouffay", "Commerce")).await;
        room.approves().await;
        room.expect("44-2", State::Published).await;
        room.waits(Duration::from_secs(60)).await;
        room.is_put_back_to(&copy).await;
        room.reads_the_history_again().await;
        room.expect("44-2001", State::Review).await;
        room.approves().await;
        room.waits(A_SECOND_LOOK).await;
        // The networks know the post by its old number; who looks for the new one finds nothing.
        room.expect("44-2001", State::Stuck).await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
        let question = room.message_saying("Ma mémoire a été remise");
        room.reacts_to("durand", &question.id, "✅").await;
        room.network("mastodon").expect_posts(1);
        room.network("bluesky").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_long_after_the_restore_is_published_as_ever() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let copy = room.is_backed_up().await;
        room.is_put_back_to(&copy).await;
        room.waits(Duration::from_secs(3_600)).await;
        room.says("petit", &APPEAL.replace("Bouffay", "Commerce")).await;
        room.approves().await;
        room.expect("44-2001", State::Published).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

#[tokio::test]
async fn a_repeat_that_was_asked_for_before_the_restore_is_not_followed_again() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::Refused);
        room.says("martin", APPEAL).await;
        room.approves().await;
        room.expect("44-1", State::Stuck).await;
        let copy = room.is_backed_up().await;
        let question = room.message_saying("identifiants");
        room.reacts_to("durand", &question.id, "🔁").await;
        room.expect("44-1", State::Published).await;
        room.waits(Duration::from_secs(60)).await;
        room.is_put_back_to(&copy).await;
        room.reads_the_history_again().await;
        room.expect("44-1", State::Stuck).await;
        room.network("mastodon").expect_posts(1);
        // Asked for again by someone who did not look: it is looked for first.
        room.reacts_to("lefevre", &question.id, "🔁").await;
        room.expect("44-1", State::Published).await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}

/// How many appeals the flood has.
const FLOOD: usize = 12;

/// An appeal like no other.
fn appeal(number: usize) -> String {
    APPEAL.replace("Bouffay", &format!("Lieu{number:02}"))
}

/// The place that an appeal names, found in a post or a card.
fn place(text: &str) -> &str {
    let at = text.find("Lieu").unwrap_or_else(|| panic!("no place in {text}"));
    &text[at..at + "Lieu00".len()]
}

/// Appeals are typed and approved, one after the other, as fast as they are taken; every third waits for a vote.
async fn flood(room: &Room, numbers: std::ops::Range<usize>) {
    for number in numbers {
        room.says("martin", &appeal(number)).await;
        room.reacts("durand", "✅").await;
        if !number.is_multiple_of(3) {
            room.reacts("lefevre", "✅").await;
        }
        room.waits(Duration::from_secs(10)).await;
    }
}

#[tokio::test]
async fn restored_in_the_middle_of_a_flood_nothing_is_torn_nothing_lost_from_before_and_nothing_sent_twice() {
    for before in [0, 4, 9] {
        scene(async |room| {
            flood(room, 0..before).await;
            // The copy is made while the flood goes on: at whatever moment of it.
            let (copy, ()) = tokio::join!(room.is_backed_up(), flood(room, before..FLOOD));
            let published: Vec<String> = room.network("mastodon").posts().into_iter().map(|post| post.text).collect();
            room.is_put_back_to(&copy).await;
            assert_eq!(room.audit("44").await.wrong, None, "a draft is torn");
            let serials = 1..=u32::try_from(before).unwrap();
            for serial in serials {
                assert_eq!(place(&room.draft(&format!("44-{serial}")).await.revision.targets[0].text).len(), 6);
            }
            // The worst that people can do: whatever card there is, they approve it without looking.
            room.reads_the_history_again().await;
            room.approves_every_card().await;
            for _ in 0..4 {
                room.waits(Duration::from_secs(60)).await;
            }
            for account in ["mastodon", "bluesky"] {
                let posts = room.network(account).posts();
                let places: BTreeSet<&str> = posts.iter().map(|post| place(&post.text)).collect();
                assert_eq!(places.len(), posts.len(), "{account} has something twice");
            }
            let now: Vec<String> = room.network("mastodon").posts().into_iter().map(|post| post.text).collect();
            assert!(published.iter().all(|text| now.contains(text)), "what was out stays out");
            // Nothing that was approved is forgotten: it is out, or a person is asked.
            let cards: Vec<String> = room.cards().iter().map(|card| card.content.plain()).collect();
            let asked: BTreeSet<&str> =
                cards.iter().filter(|card| card.contains("🟠")).map(|card| place(card)).collect();
            let out: BTreeSet<&str> = now.iter().map(|text| place(text)).collect();
            assert_eq!(out.union(&asked).count(), FLOOD, "{out:?} are out, {asked:?} asked about");
        })
        .await;
    }
}
