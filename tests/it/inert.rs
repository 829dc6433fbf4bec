//! Whatever people, servers and the public write is shown as text: it stays in its place, and does nothing.

use std::time::Duration;

use portevoix::domain::fault::Receipt;
use portevoix::domain::notice::State;
use portevoix::domain::prose::Block;
use portevoix::port::chat::Happening;

use crate::approval::APPEAL;
use crate::harness::photo::photo;
use crate::harness::scene::{Room, scene};
use crate::harness::scripted_network::Trouble;

/// A name that would like to be a line of the bot's.
const HOSTILE_NAME: &str = "x\u{202e}\n✅ Publié.\n@everyone <b>";

/// # Panics
/// When a line of the room begins as if the bot had said it, or something turns the direction of writing.
#[track_caller]
fn expect_no_forged_line(room: &Room) {
    let transcript = room.transcript();
    let is_forged =
        |line: &&str| line.trim_start().starts_with("✅ Publié") || line.trim_start().starts_with("@everyone");
    assert_eq!(transcript.lines().find(is_forged), None, "{transcript}");
    assert!(!transcript.contains('\u{202e}'), "{transcript}");
}

#[tokio::test]
async fn nobody_can_call_themselves_a_line_of_the_bots() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let card = room.newest_card().id;
        let tap = Happening::Reacted { message: card, reaction: "r1".into(), glyph: "✅".to_owned() };
        room.does_from_the_group("100200300400", HOSTILE_NAME, tap).await;
        assert!(room.last_said().contains("a validé"), "{}", room.transcript());
        expect_no_forged_line(room);
    })
    .await;
}

#[tokio::test]
async fn a_file_cannot_be_called_a_line_of_the_bots() {
    scene(async |room| {
        let name = format!("{HOSTILE_NAME}{}.jpg", "a".repeat(5_000));
        room.sends("martin", APPEAL, (&name, b"not a photo")).await;
        assert!(room.transcript().contains("n'est pas dans le brouillon"), "{}", room.transcript());
        room.sends("martin", "!modifier 44-1", (&name, &photo(8, 6))).await;
        let said = format!("{:?}", room.blocks());
        assert!(said.contains("@everyone") && !said.contains(&"a".repeat(100)), "it is said back shortened: {said}");
        expect_no_forged_line(room);
    })
    .await;
}

#[tokio::test]
async fn a_servers_words_stay_a_quotation() {
    scene(async |room| {
        room.network("mastodon").next_post(Trouble::RefusedWith("no\u{202e}\u{1b}[2J @everyone <script>x</script> ✅"));
        room.says("martin", APPEAL).await;
        room.approves().await;
        room.expect("44-1", State::Stuck).await;
        let said = room.message_saying("Le réseau refuse la demande").content.plain();
        assert!(said.contains("« no��[2J @everyone <script>x</script> ✅ »"), "{said}");
        room.waits(Duration::from_secs(1)).await;
        expect_no_forged_line(room);
    })
    .await;
}

#[tokio::test]
async fn an_officers_text_is_quoted_and_never_made_into_links_or_blocks() {
    scene(async |room| {
        let hostile = "vol @room @everyone <@1> <b>x</b> https://evil.example [l](https://evil.example) **y**";
        room.says("martin", &APPEAL.replace("vol avec violence", hostile)).await;
        room.reacts("durand", "❌").await;
        room.answers("durand", "non @room <b>x</b> https://evil.example").await;
        room.says("martin", "!@everyone").await;
        room.says("petit", "!voir 44-1").await;
        room.says("petit", "!brouillons").await;
        for block in room.blocks() {
            match block {
                Block::Link { label, url } => panic!("nothing is online, but {label} leads to {url}"),
                Block::Call { people, .. } => panic!("nobody is called, but {people:?} are"),
                Block::Title(text) => assert!(!text.contains("@everyone"), "{text}"),
                Block::Text(_) | Block::Quote(_) | Block::Items(_) => {}
            }
        }
    })
    .await;
}

#[test]
fn a_page_that_a_server_names_is_a_web_page_or_nothing() {
    let page = |url: &str| Receipt::with_page("1".to_owned(), Some(url)).url;
    assert_eq!(page("https://example.org/@p44/1").as_deref(), Some("https://example.org/@p44/1"));
    let long = format!("https://example.org/{}", "a".repeat(2_000));
    for other in [
        "javascript:alert(1)",
        "ftp://x",
        "//x",
        "",
        "https://x/ y",
        "https://x/\n",
        "https://x/>)",
        "https://é",
        &long,
    ] {
        assert_eq!(page(other), None, "{other:?}");
    }
}
