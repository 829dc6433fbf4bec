//! The practice page's server: who may ask it for what, and what a page is told.

use std::sync::Arc;

use portevoix::app::practice::Showcase;
use portevoix::chat::practice::page::{self, Page};
use portevoix::domain::picture::PictureKind;
use portevoix::domain::prose::Prose;
use portevoix::network::file::FileNetwork;
use portevoix::port::chat::Chat;
use portevoix::port::clock::SystemClock;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::harness::http::{Answer, request};
use crate::harness::post::{Wanted, from_bytes};
use crate::harness::practice_room::{ServedRoom, start_practice_room};

#[tokio::test]
async fn only_our_own_page_may_act() {
    let room = start_practice_room().await;
    let server = server(&room);
    let wish = json!({ "person": "martin", "room": "brigade", "text": "!aide" }).to_string();
    let try_with = async |headers: &[(&str, &str)]| {
        let headers = [&[("Content-Type", "application/json")], headers].concat();
        request(server, "POST", "/say", &headers, &wish).await.status
    };
    assert_eq!(try_with(&[("Origin", &room.url)]).await, 200);
    assert_eq!(try_with(&[]).await, 403, "without an origin");
    assert_eq!(try_with(&[("Origin", "https://example.org")]).await, 403, "from a foreign site");
    assert_eq!(try_with(&[("Origin", "null")]).await, 403, "from nowhere");
    let rebound = [("Host", "example.org"), ("Origin", "http://example.org")];
    assert_eq!(try_with(&rebound).await, 403, "a foreign name that points at this machine");
    assert_eq!(room.practice.timeline(&"brigade".into()).len(), 1);
}

#[tokio::test]
async fn a_foreign_name_may_not_even_read() {
    let room = start_practice_room().await;
    let port = server(&room).rsplit(':').next().unwrap();
    for (host, status) in [("example.org", 403), ("127.0.0.1", 403), (&format!("localhost:{port}"), 200)] {
        assert_eq!(request(server(&room), "GET", "/", &[("Host", host)], "").await.status, status, "{host}");
    }
}

#[tokio::test]
async fn every_answer_forbids_what_is_not_ours() {
    let room = start_practice_room().await;
    for path in ["/", "/page.css", "/page.js", "/message.js", "/public.js", "/icon.svg"] {
        let answer = request(server(&room), "GET", path, &[], "").await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.head.contains("content-security-policy: default-src 'none'; script-src 'self'"), "{path}");
        assert!(answer.head.contains("x-content-type-options: nosniff"), "{path}");
        for forbidden in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "//cdn", "style="] {
            assert!(!answer.body.contains(forbidden), "{path} has {forbidden}");
        }
    }
}

#[tokio::test]
async fn what_can_not_be_done_is_said_in_a_word() {
    let room = start_practice_room().await;
    let own = room.practice.says(&"martin".into(), &"brigade".into(), "!aide", None).await.unwrap();
    let edit = |person: &str, message: &str| json!({ "person": person, "message": message, "text": "!voir" });
    assert_eq!(error(&act(&room, "/edit", &edit("durand", own.as_str())).await), "not-the-author");
    assert_eq!(error(&act(&room, "/edit", &edit("durand", "autre")).await), "no-such-message");
    assert_eq!(error(&act(&room, "/edit", &edit("inconnu", own.as_str())).await), "not-in-room");
    let say = json!({ "person": "martin", "room": "nulle-part", "text": "!aide" });
    assert_eq!(error(&act(&room, "/say", &say).await), "no-such-room");
    let take_back = json!({ "person": "martin", "reaction": "autre" });
    assert_eq!(error(&act(&room, "/take-back", &take_back).await), "no-such-reaction");
    let long = json!({ "person": "martin", "room": "brigade", "text": "a".repeat(70_000) });
    assert_eq!(act(&room, "/say", &long).await.status, 413);
    assert_eq!(act(&room, "/say", &json!({ "person": 1 })).await.status, 422);
}

#[tokio::test]
async fn a_page_is_told_everything_and_then_each_change() {
    let room = start_practice_room().await;
    let brigade = "brigade".into();
    room.practice.say(&"say/1".into(), &brigade, None, &Prose::text("<b>Bonjour</b>")).await.unwrap();
    let mut stream = EventStream::open(&room).await;

    let (name, snapshot) = stream.next().await;
    assert_eq!(name, "snapshot");
    assert_eq!(
        snapshot["rooms"][0]["people"][1],
        json!({ "id": "durand", "name": "Durand", "roles": ["chef de service"] })
    );
    let blocks = json!([{ "kind": "text", "text": "<b>Bonjour</b>" }]);
    assert_eq!(snapshot["rooms"][0]["messages"][0]["content"], json!({ "kind": "said", "blocks": blocks }));

    let said = room.practice.says(&"martin".into(), &brigade, "salut", None).await.unwrap();
    let (name, change) = stream.next().await;
    assert_eq!((name.as_str(), &change["room"]), ("message", &json!("brigade")));
    assert_eq!(change["message"]["id"], said.as_str());
    assert_eq!(change["message"]["by"], "martin");

    room.public.send_modify(Vec::clear);
    assert_eq!(stream.next().await, ("posts".to_owned(), json!([])));
}

#[tokio::test]
async fn it_is_served_to_this_machine_only() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let practice = start_practice_room().await.practice.clone();
    let public = watch::Sender::new(Vec::new()).subscribe();
    let page = Page { practice, directorates: Vec::new(), examples: Vec::new(), public };
    let refused = page::serve(listener, page, CancellationToken::new()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidInput);
}

fn server(room: &ServedRoom) -> &str {
    room.url.strip_prefix("http://").unwrap()
}

#[tokio::test]
async fn the_public_sees_pictures_with_their_words_until_they_are_taken_down() {
    let room = start_practice_room().await;
    let folder = TempDir::new().unwrap();
    let file = Arc::new(FileNetwork::open(folder.path().join("posts.jsonl")).await.unwrap());
    let showcase = Showcase::default();
    let network = showcase.show("44".into(), "journal".into(), file, Arc::new(SystemClock));
    // Text, as the few words of HTTP above can't read anything else.
    let picture = from_bytes(b"une image".to_vec(), PictureKind::Png, (20, 10), "Un sac \"rouge\" <b>");
    let place = format!("/pictures/{}.png", picture.picture().digest);
    let mut seen = showcase.public();
    let mut shows = || room.public.send_replace(seen.borrow_and_update().clone());
    let mut page = EventStream::open(&room).await;
    page.next().await;

    let receipt = network.publish(&Wanted::text("Avec image").pictures([picture]).approved()).await.unwrap();
    shows();
    let (_, posts) = page.next().await;
    let expected = json!([{ "file": place.trim_start_matches("/pictures/"), "width": 20, "height": 10, "alt": "Un sac \"rouge\" <b>" }]);
    assert_eq!(posts[0]["pictures"], expected);
    let answer = request(server(&room), "GET", &place, &[], "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "une image"));
    assert!(answer.head.contains("content-type: image/png"), "{}", answer.head);
    for stranger in ["/pictures/..%2F..%2Fetc%2Fpasswd", "/pictures/posts.jsonl", "/pictures/"] {
        assert_eq!(request(server(&room), "GET", stranger, &[], "").await.status, 404, "{stranger}");
    }

    network.delete(&receipt).await.unwrap();
    shows();
    assert_eq!(page.next().await.1, json!([]));
    assert_eq!(request(server(&room), "GET", &place, &[], "").await.status, 404);
}

async fn act(room: &ServedRoom, path: &str, wish: &Value) -> Answer {
    let headers = [("Content-Type", "application/json"), ("Origin", room.url.as_str())];
    request(server(room), "POST", path, &headers, &wish.to_string()).await
}

fn error(answer: &Answer) -> String {
    assert_eq!(answer.status, 409);
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["error"].as_str().unwrap().to_owned()
}

/// The stream of events, as a page hears it.
struct EventStream(Lines<BufReader<TcpStream>>);

impl EventStream {
    async fn open(room: &ServedRoom) -> Self {
        let mut stream = TcpStream::connect(server(room)).await.unwrap();
        let request = format!("GET /events HTTP/1.1\r\nHost: {}\r\n\r\n", server(room));
        stream.write_all(request.as_bytes()).await.unwrap();
        Self(BufReader::new(stream).lines())
    }

    /// The next event: its name and its data.
    async fn next(&mut self) -> (String, Value) {
        let mut name = String::new();
        while let Some(line) = self.0.next_line().await.unwrap() {
            if let Some(event) = line.strip_prefix("event: ") {
                name = event.to_owned();
            } else if let Some(data) = line.strip_prefix("data: ") {
                return (name, serde_json::from_str(data).unwrap());
            }
        }
        panic!("the stream ended");
    }
}
