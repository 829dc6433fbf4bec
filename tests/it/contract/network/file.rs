//! The file: the common suite, and what only a file can suffer.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use async_trait::async_trait;
use jiff::Timestamp;
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::picture::{Developed, Digest};
use portevoix::domain::post::Post;
use portevoix::network::file::FileNetwork;
use portevoix::network::file::line::Line;
use portevoix::port::network::{Found, Network};
use serde_json::Value;
use tempfile::TempDir;

use crate::contract::network::{Shown, Subject, an_hour_before, suite};
use crate::harness::post::{Wanted, drawing, photograph};

struct InAFile {
    folder: TempDir,
    network: FileNetwork,
}

async fn file() -> InAFile {
    let folder = TempDir::new().unwrap();
    let network = FileNetwork::open(folder.path().join("posts.jsonl")).await.unwrap();
    InAFile { folder, network }
}

suite!(file());

impl InAFile {
    fn path(&self) -> PathBuf {
        self.folder.path().join("posts.jsonl")
    }

    fn lines(&self) -> Vec<Line> {
        let text = fs::read_to_string(self.path()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The whole lines of the file, as any program would read them.
    fn read(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path()).unwrap();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The lines of an account that have that field and that no later line takes down.
    fn standing(&self, account: &str, field: &str) -> Vec<Value> {
        let mut standing: Vec<Value> = Vec::new();
        for line in self.read() {
            if line["deleted"] == true {
                standing.retain(|one| (&one["key"], &one["decided_at"]) != (&line["key"], &line["decided_at"]));
            } else if line["account"] == account && line[field].is_string() {
                standing.push(line);
            }
        }
        standing
    }

    fn something_else_writes(&self, bytes: &[u8]) {
        OpenOptions::new().append(true).open(self.path()).unwrap().write_all(bytes).unwrap();
    }
}

#[async_trait]
impl Subject for InAFile {
    fn network(&self) -> &dyn Network {
        &self.network
    }

    async fn restarted(&self) -> Box<dyn Network> {
        Box::new(FileNetwork::open(self.path()).await.unwrap())
    }

    async fn public(&self) -> Vec<String> {
        self.standing("compte", "text").iter().map(|line| line["text"].as_str().unwrap().to_owned()).collect()
    }

    async fn public_pictures(&self) -> Vec<Vec<Shown>> {
        let shown = |picture: &Value| Shown {
            media_type: picture["media_type"].as_str().unwrap().to_owned(),
            alt: picture["alt"].as_str().unwrap().to_owned(),
            digest: Some(Digest::of(&fs::read(self.folder.path().join(picture["file"].as_str().unwrap())).unwrap())),
        };
        let pictures = |line: Value| line["pictures"].as_array().into_iter().flatten().map(shown).collect();
        self.standing("compte", "text").into_iter().map(pictures).collect()
    }

    async fn someone_else_posts(&self, text: &str) -> Receipt {
        let serial = u32::try_from(self.read().len()).unwrap() + 100;
        let post = Wanted { account: "voisine", ..Wanted::text(text).serial(serial) }.approved();
        self.restarted().await.publish(&post).await.unwrap()
    }

    async fn someone_else_deletes(&self, receipt: &Receipt) {
        self.restarted().await.delete(receipt).await.unwrap();
    }

    async fn reposts(&self) -> Vec<String> {
        let originals = self.standing("voisine", "text");
        let text = |id: &Value| originals.iter().find(|line| line["key"] == *id).unwrap()["text"].as_str().unwrap();
        let lines = self.read();
        lines.iter().filter(|line| line["repost"].is_string()).map(|line| text(&line["repost"]).to_owned()).collect()
    }

    fn with_wrong_credentials(&self) -> Option<Box<dyn Network>> {
        None
    }

    fn unreachable(&self) -> Option<Box<dyn Network>> {
        None
    }

    fn long_ago(&self) -> Timestamp {
        an_hour_before(Timestamp::now())
    }
}

#[tokio::test]
async fn a_line_says_all_there_is_to_a_post() {
    let file = file().await;

    file.network.publish(&Wanted::text("Bonjour").approved()).await.unwrap();

    assert_eq!(
        fs::read_to_string(file.path()).unwrap(),
        "{\"key\":\"publish/44-12/1/compte\",\"account\":\"compte\",\"text\":\"Bonjour\",\"language\":\"fr\",\
         \"visibility\":\"public\",\"decided_at\":\"2026-07-01T10:00:00.25Z\"}\n"
    );
}

#[tokio::test]
async fn a_line_torn_anywhere_is_no_post_and_is_mended() {
    let (first, second) = (Wanted::text("Première").approved(), Wanted::text("Deuxième é").serial(13).approved());
    let whole = serde_json::to_vec(&Line::of(&second)).unwrap();
    for length in 1..=whole.len() {
        let file = file().await;
        file.network.publish(&first).await.unwrap();
        file.something_else_writes(&whole[..length]);

        let network = file.restarted().await;
        assert_eq!(network.find(&second, Timestamp::now()).await, Ok(Found::Absent));
        network.publish(&second).await.unwrap();

        assert_eq!(file.lines(), [Line::of(&first), Line::of(&second)], "torn after {length} bytes");
    }
}

#[tokio::test]
async fn what_something_else_wrote_is_kept() {
    let file = file().await;
    file.something_else_writes(b"une note\n\xff\xfe\nsans fin de ligne");
    let post = Wanted::text("Bonjour").approved();

    file.network.publish(&post).await.unwrap();

    let content = fs::read(file.path()).unwrap();
    assert!(content.starts_with(b"une note\n\xff\xfe\nsans fin de ligne\n{\"key\":"));
    assert!(matches!(file.restarted().await.find(&post, Timestamp::now()).await, Ok(Found::Online(_))));
}

#[tokio::test]
async fn two_processes_share_a_file() {
    let file = file().await;
    let other = file.restarted().await;
    let posts: Vec<_> = (1..=20).map(|n| Wanted::text(format!("Brève {n}")).serial(n).approved()).collect();

    let by_both = posts.iter().flat_map(|post| [file.network.publish(post), other.publish(post)]);
    for receipt in futures_util::future::join_all(by_both).await {
        receipt.unwrap();
    }

    let mut keys: Vec<_> = file.lines().into_iter().map(|line| line.key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!((keys.len(), file.lines().len()), (20, 20));
}

#[tokio::test]
async fn a_file_that_was_emptied_is_read_again() {
    let file = file().await;
    let post = Wanted::text("Bonjour").approved();
    file.network.publish(&post).await.unwrap();

    fs::remove_file(file.path()).unwrap();

    assert_eq!(file.network.find(&post, Timestamp::now()).await, Ok(Found::Absent));
    file.network.publish(&post).await.unwrap();
    assert_eq!(file.lines(), [Line::of(&post)]);
}

#[tokio::test]
async fn a_key_that_is_used_again_by_a_new_numbering_is_another_post() {
    let file = file().await;
    let mut wanted = Wanted::text("Hier");
    file.network.publish(&wanted.approved()).await.unwrap();

    (wanted.text, wanted.decided_at) = ("Aujourd'hui".to_owned(), "2026-07-02T10:00:00Z".parse().unwrap());
    assert_eq!(file.network.find(&wanted.approved(), Timestamp::now()).await, Ok(Found::Absent));
    file.network.publish(&wanted.approved()).await.unwrap();

    assert_eq!(file.public().await, ["Hier", "Aujourd'hui"]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_for_a_person_to_mend() {
    let folder = TempDir::new().unwrap();
    let outcome = FileNetwork::open(folder.path().join("absent/posts.jsonl")).await.map(drop);
    assert!(matches!(outcome, Err(Fault::Permanent { cause: Cause::Disk(_) })), "{outcome:?}");

    let outcome = FileNetwork::open(folder.path()).await.map(drop);
    assert!(matches!(outcome, Err(Fault::Permanent { cause: Cause::Disk(_) })), "{outcome:?}");
}

fn with(pictures: &[&Developed], serial: u32) -> Post {
    let pictures: Vec<Developed> = pictures.iter().map(|picture| (*picture).clone()).collect();
    Wanted::text(format!("Avec images {serial}")).serial(serial).pictures(pictures).approved()
}

#[tokio::test]
async fn pictures_are_beside_the_file_named_by_their_content() {
    let file = file().await;
    let picture = drawing("Plan du quartier", 3);

    file.network.publish(&with(&[&picture], 1)).await.unwrap();

    let digest = picture.picture().digest.as_str();
    let place = format!("posts.jsonl.pictures/{digest}.png");
    let line = fs::read_to_string(file.path()).unwrap();
    let said =
        format!("\"pictures\":[{{\"file\":\"{place}\",\"media_type\":\"image/png\",\"alt\":\"Plan du quartier\"}}]");
    assert!(line.contains(&said), "{line}");
    assert_eq!(fs::read(file.folder.path().join(place)).unwrap(), **picture.bytes());
}

#[tokio::test]
async fn a_picture_stays_as_long_as_a_standing_post_shows_it() {
    let file = file().await;
    let (shared, own) = (drawing("Plan", 3), photograph("Sac", 4));
    let first = file.network.publish(&with(&[&shared, &own], 1)).await.unwrap();
    let second = file.network.publish(&with(&[&shared], 2)).await.unwrap();
    let left = || {
        let folder = fs::read_dir(file.folder.path().join("posts.jsonl.pictures")).unwrap();
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>()
    };

    file.network.delete(&first).await.unwrap();
    assert_eq!(left(), [format!("{}.png", shared.picture().digest)]);
    file.restarted().await.delete(&second).await.unwrap();
    assert_eq!(left(), [""; 0]);
    assert_eq!(file.public().await, [""; 0]);
}

#[tokio::test]
async fn a_deletion_torn_anywhere_is_none_and_is_done_again() {
    let post = Wanted::text("Première").approved();
    let whole = {
        let file = file().await;
        let receipt = file.network.publish(&post).await.unwrap();
        file.network.delete(&receipt).await.unwrap();
        fs::read_to_string(file.path()).unwrap().lines().last().unwrap().to_owned()
    };
    for length in 1..=whole.len() {
        let file = file().await;
        let receipt = file.network.publish(&post).await.unwrap();
        file.something_else_writes(&whole.as_bytes()[..length]);

        let network = file.restarted().await;
        assert_eq!(network.find(&post, Timestamp::now()).await, Ok(Found::Online(receipt.clone())));
        network.delete(&receipt).await.unwrap();

        assert_eq!(file.public().await, [""; 0], "torn after {length} bytes");
        assert_eq!(file.read().len(), 2, "torn after {length} bytes");
    }
}

#[tokio::test]
async fn two_processes_see_each_others_deletions() {
    let file = file().await;
    let other = file.restarted().await;
    let post = with(&[&drawing("Plan", 3)], 1);
    let receipt = file.network.publish(&post).await.unwrap();

    other.delete(&receipt).await.unwrap();

    assert_eq!(file.network.find(&post, Timestamp::now()).await, Ok(Found::Absent));
}

#[tokio::test]
async fn a_line_that_something_else_wrote_removes_no_file_of_others() {
    let file = file().await;
    let outside = file.folder.path().join("precieux.txt");
    fs::write(&outside, "à garder").unwrap();
    for place in ["precieux.txt", "posts.jsonl.pictures/../precieux.txt", outside.to_str().unwrap()] {
        let line = format!(
            "{{\"key\":\"k\",\"account\":\"a\",\"text\":\"t\",\"language\":\"fr\",\"visibility\":\"public\",\
             \"decided_at\":\"2026-07-01T10:00:00Z\",\"pictures\":[{{\"file\":\"{place}\",\"media_type\":\"image/png\",\"alt\":\"\"}}]}}\n"
        );
        file.something_else_writes(line.as_bytes());
        file.network.delete(&Receipt { id: "k".to_owned(), url: None }).await.unwrap();
    }
    assert_eq!(fs::read_to_string(outside).unwrap(), "à garder");
}

#[tokio::test]
async fn a_post_of_another_file_can_be_shown_on() {
    let file = file().await;
    let elsewhere = Receipt { id: "publish/67-3/1/journal".to_owned(), url: None };

    let receipt = file.network.repost(&elsewhere, Timestamp::now()).await.unwrap();

    let repost = |line: Value| line["repost"].as_str().map(str::to_owned);
    assert_eq!(file.read().into_iter().filter_map(repost).collect::<Vec<_>>(), [elsewhere.id]);
    file.network.delete(&receipt).await.unwrap();
    assert_eq!(file.read().last().unwrap()["deleted"], true);
}
