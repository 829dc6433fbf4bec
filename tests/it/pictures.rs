//! Scenes with photos: sent with a command or in the thread, described, approved, published as they were seen.

use insta::assert_snapshot;
use portevoix::domain::draft::Blocker;
use portevoix::domain::notice::State;

use crate::approval::APPEAL;
use crate::harness::photo::{WHERE_IT_WAS_TAKEN, photo};
use crate::harness::scene::{Room, scene};

async fn sends_an_appeal_with_a_photo(room: &Room) {
    room.sends("martin", APPEAL, ("rue.jpg", &photo(64, 48))).await;
}

#[tokio::test]
async fn a_photo_sent_with_the_command_is_described_in_the_thread_and_published_on_each_account() {
    scene(async |room| {
        sends_an_appeal_with_a_photo(room).await;
        room.expect("44-1", State::Incomplete).await;
        assert!(room.last_said().contains("Que montre la photo ?"), "{}", room.transcript());
        assert!(!room.transcript().contains("il faut corriger"), "for a photo on its way nobody has to do anything");
        room.reacts("durand", "✅").await;
        assert!(room.draft("44-1").await.ballot().unwrap().votes.is_empty(), "a photo without words takes no votes");
        room.answers("martin", "La place du Bouffay, de nuit, vide.").await;
        room.expect("44-1", State::Review).await;
        assert_snapshot!(room.newest_card().content.plain());
        room.approves().await;
        for network in ["mastodon", "bluesky"] {
            let post = &room.network(network).posts()[0];
            assert_eq!(post.pictures.len(), 1);
            assert_eq!(post.pictures[0].alt, "La place du Bouffay, de nuit, vide.");
            assert!(!post.pictures[0].contains(WHERE_IT_WAS_TAKEN), "the public learns where the phone was");
        }
    })
    .await;
}

#[tokio::test]
async fn a_photo_sent_in_the_thread_opens_a_new_revision_without_votes() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.reacts("durand", "✅").await;
        room.answers_with("martin", "Un vélo rouge contre un mur", ("velo.jpg", &photo(40, 30))).await;
        let draft = room.draft("44-1").await;
        assert!(draft.ballot().unwrap().votes.is_empty(), "a vote for a text is no vote for a photo");
        assert_eq!(draft.revision.pictures[0].alt, "Un vélo rouge contre un mur", "what was said with it describes it");
        room.expect("44-1", State::Review).await;
        room.approves().await;
        assert_eq!(room.network("mastodon").posts()[0].pictures.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn removing_the_message_takes_its_photo_out_and_the_others_keep_their_words() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let first = room.answers_with("martin", "Un vélo", ("velo.jpg", &photo(40, 30))).await;
        room.answers_with("martin", "Un casque", ("casque.jpg", &photo(30, 40))).await;
        assert_eq!(room.draft("44-1").await.revision.pictures.len(), 2);
        room.removes_from_room(&first).await;
        let pictures = room.draft("44-1").await.revision.pictures;
        assert_eq!((pictures.len(), pictures[0].alt.as_str(), pictures[0].height), (1, "Un casque", 40));
        room.expect("44-1", State::Review).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_photo_is_refused_and_the_draft_goes_on_without_it() {
    scene(async |room| {
        room.sends("martin", APPEAL, ("pv.pdf", b"%PDF-1.7")).await;
        room.message_saying("« pv.pdf » n'est pas dans le brouillon. Ce fichier n'est pas une photo");
        room.expect("44-1", State::Review).await;
        room.approves().await;
        assert!(room.network("mastodon").posts()[0].pictures.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_colleagues_photo_in_the_thread_is_talk() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        room.answers_with("petit", "C'était par là ?", ("plan.jpg", &photo(40, 30))).await;
        assert!(room.draft("44-1").await.revision.pictures.is_empty(), "{}", room.transcript());
        room.expect("44-1", State::Review).await;
    })
    .await;
}

#[tokio::test]
async fn more_photos_than_an_account_takes_are_refused_while_drafting() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        for place in 1..=5 {
            room.answers_with("martin", &format!("Vue {place}"), ("vue.jpg", &photo(20 + place, 30))).await;
        }
        let blockers = room.draft("44-1").await.revision.blockers;
        assert!(blockers.contains(&Blocker::TooManyPictures { account: "mastodon".into(), most: 4 }), "{blockers:?}");
    })
    .await;
}

#[tokio::test]
async fn a_photo_is_developed_after_a_crash() {
    scene(async |room| {
        room.crash();
        sends_an_appeal_with_a_photo(room).await;
        room.start().await;
        room.settle().await;
        assert_eq!(room.draft("44-1").await.revision.pictures.len(), 1);
        room.crash_and_restart().await;
        assert_eq!(room.draft("44-1").await.revision.pictures.len(), 1);
    })
    .await;
}

/// Somebody with access to the database puts another picture in the place of the one that was approved.
#[tokio::test]
async fn a_picture_changed_in_the_store_is_not_sent() {
    scene(async |room| {
        room.sends("martin", &format!("{APPEAL} ; photo_alt: La place"), ("rue.jpg", &photo(64, 48))).await;
        room.expect("44-1", State::Review).await;
        room.reacts("durand", "✅").await;
        room.reacts("lefevre", "✅").await;
        room.forges_the_stored_pictures(b"another face").await;
        room.waits(std::time::Duration::from_secs(30)).await;
        room.network("mastodon").expect_posts(0);
        room.message_saying("n'est pas celui qui a été validé");
    })
    .await;
}
