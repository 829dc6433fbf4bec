//! Scenes of warnings: who lifts them, what the card shows, and that nobody approves before.

use portevoix::domain::notice::State;

use crate::harness::scene::{Room, scene};

pub const WITH_A_PLATE: &str = "!appel lieu: place du Bouffay, Nantes ; date: 12/03 à 20h ; faits: vol, une Clio AB-123-CD a fui ; \
                            tel_service: 02 61 91 44 17 ; parquet: accord du parquet, 21h10";

async fn votes(room: &Room) -> usize {
    room.draft("44-1").await.ballot().map_or(0, |ballot| ballot.votes.len())
}

#[tokio::test]
async fn nobody_approves_before_an_approver_has_lifted_the_warning() {
    scene(async |room| {
        room.says("martin", WITH_A_PLATE).await;
        room.reacts("durand", "✅").await;
        assert_eq!(votes(room).await, 0, "{}", room.transcript());
        assert!(room.last_said().contains("« AB-123-CD »"), "{}", room.last_said());
        room.says("durand", "!lever 44-1").await;
        room.reacts("lefevre", "✅").await;
        room.reacts("moreau", "✅").await;
        room.expect("44-1", State::Approved).await;
        insta::assert_snapshot!(room.transcript());
    })
    .await;
}

#[tokio::test]
async fn an_author_or_a_member_without_the_role_lifts_nothing() {
    scene(async |room| {
        room.says("moreau", WITH_A_PLATE).await;
        for who in ["moreau", "petit", "passant"] {
            room.says(who, "!lever 44-1").await;
        }
        room.says("durand", "!lever 44-1 private_phone").await;
        assert_eq!(room.draft("44-1").await.revision.lifted, []);
        room.reacts("durand", "✅").await;
        assert_eq!(votes(room).await, 0);
    })
    .await;
}

#[tokio::test]
async fn another_text_is_looked_at_again() {
    scene(async |room| {
        room.says("martin", WITH_A_PLATE).await;
        room.says("durand", "!lever 44-1 plate").await;
        assert_eq!(room.draft("44-1").await.revision.lifted[0].by.as_str(), "Durand");
        room.says("martin", "!modifier 44-1 lieu: place Royale").await;
        assert_eq!(room.draft("44-1").await.revision.lifted, []);
        room.reacts("durand", "✅").await;
        assert_eq!(votes(room).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_check_that_blocks_asks_for_the_field_that_settles_it() {
    scene(async |room| {
        room.says("martin", &WITH_A_PLATE.replace("une Clio AB-123-CD a fui", "Lina Perrin, 14 ans, blessée")).await;
        room.expect("44-1", State::Incomplete).await;
        room.answers("martin", "ses parents, ce jour 18h").await;
        room.expect("44-1", State::Review).await;
    })
    .await;
}
