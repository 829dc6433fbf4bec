//! The file: the common suite, and what only a file can suffer.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use async_trait::async_trait;
use jiff::Timestamp;
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::picture::Digest;
use portevoix::network::file::FileNetwork;
use portevoix::network::file::line::Line;
use portevoix::port::network::{Found, Network};
use serde_json::Value;
use tempfile::TempDir;

use crate::contract::network::{Shown, Subject, an_hour_before, suite};
use crate::harness::post::Wanted;

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
