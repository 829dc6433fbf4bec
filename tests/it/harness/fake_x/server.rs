//! What the fake X stores, and how it shows it: links wrapped, signs escaped, with a lag.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use linkify::{LinkFinder, LinkKind};
use portevoix::port::clock::Clock;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use crate::harness::fake_x::Door;
use crate::harness::fake_x::access::Accesses;
use crate::harness::fake_x::media::Upload;

/// For how long X refuses the same text.
const DUPLICATE_HOURS: i64 = 24;

/// A post as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// A snowflake: milliseconds and a counter.
    pub id: String,
    /// As typed.
    pub text: String,
    /// The id of the upload of each picture.
    pub pictures: Vec<String>,
    /// By X's clock.
    pub created_at: Timestamp,
    /// When it shows in the timeline.
    pub shown_at: Timestamp,
}

/// X with one account.
pub struct Server {
    /// Host and port.
    pub host: String,
    /// Who may do what.
    pub accesses: Accesses,
    /// Oldest first.
    pub posts: Vec<Post>,
    /// Another account's posts by id, which can be reposted.
    pub others: BTreeMap<String, String>,
    /// What this account reposted.
    pub reposts: Vec<String>,
    /// By id.
    pub uploads: BTreeMap<String, Upload>,
    /// How often the status of an upload says that it is not done yet.
    pub looks_needed: u32,
    /// What became of uploads that need such looks: a failure's words.
    pub processing_fails: Option<&'static str>,
    /// How long what is stored is not in the timeline.
    pub lag: SignedDuration,
    /// How far X's clock is ahead of the scene's.
    pub ahead: SignedDuration,
    /// Of which kind each request was, and its first line.
    pub requests: Vec<(Door, String)>,
    clock: Arc<dyn Clock>,
    ids: i64,
}

impl Server {
    /// The account's id.
    pub const OWNER: &str = "2262347611";

    /// The account's name.
    pub const USERNAME: &str = "Police44";

    /// An empty account.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            host: String::new(),
            accesses: Accesses::default(),
            posts: Vec::new(),
            others: BTreeMap::new(),
            reposts: Vec::new(),
            uploads: BTreeMap::new(),
            looks_needed: 0,
            processing_fails: None,
            lag: SignedDuration::ZERO,
            ahead: SignedDuration::ZERO,
            requests: Vec::new(),
            clock,
            ids: 0,
        }
    }

    /// X's own time.
    pub fn now(&self) -> Timestamp {
        self.clock.now() + self.ahead
    }

    /// A new id, greater than all before.
    pub fn id(&mut self) -> String {
        self.ids += 1;
        ((self.now().as_millisecond() - 1_288_834_974_657) << 22 | self.ids).to_string()
    }

    /// Stores a post and gives back its id.
    pub fn store(&mut self, text: &str, pictures: &[String]) -> String {
        let (id, created_at) = (self.id(), self.now());
        let shown_at = created_at + self.lag;
        let (text, pictures) = (text.to_owned(), pictures.to_vec());
        self.posts.push(Post { id: id.clone(), text, pictures, created_at, shown_at });
        id
    }

    /// Whether this very text was posted lately.
    pub fn is_duplicate(&self, text: &str) -> bool {
        let plain = |text: &str| text.trim().nfc().collect::<String>();
        let is_recent =
            |post: &Post| self.now().duration_since(post.created_at) < SignedDuration::from_hours(DUPLICATE_HOURS);
        self.posts.iter().any(|post| is_recent(post) && plain(&post.text) == plain(text))
    }

    /// A post as the API shows it: only the fields that were asked for.
    pub fn show(&self, post: &Post, fields: &[&str]) -> Value {
        let mut links = Vec::new();
        let mut text = String::new();
        for span in LinkFinder::new().spans(&post.text.nfc().collect::<String>()) {
            if span.kind() == Some(&LinkKind::Url) {
                self.wrap(&mut text, &mut links, &post.id, span.as_str(), None);
            } else {
                for word in span.as_str().split_inclusive(char::is_whitespace) {
                    if word.starts_with("www.") {
                        let host = word.trim_end();
                        self.wrap(&mut text, &mut links, &post.id, &format!("http://{host}"), None);
                        text.push_str(&word[host.len()..]);
                    } else {
                        text.push_str(&word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
                    }
                }
            }
        }
        text = text.trim().to_owned();
        if !post.pictures.is_empty() {
            text.push(' ');
            let page = format!("https://x.com/{}/status/{}/photo/1", Self::USERNAME, post.id);
            self.wrap(&mut text, &mut links, &post.id, &page, Some(&format!("3_{}", post.id)));
        }
        let mut shown = json!({ "id": post.id, "text": text, "edit_history_tweet_ids": [post.id] });
        if fields.contains(&"created_at") {
            shown["created_at"] = json!(post.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string());
        }
        if fields.contains(&"entities") && !links.is_empty() {
            shown["entities"] = json!({ "urls": links });
        }
        shown
    }

    fn wrap(&self, text: &mut String, links: &mut Vec<Value>, post: &str, to: &str, media: Option<&str>) {
        let url = format!("https://t.co/{}{:02}", &post[post.len() - 8..], links.len());
        let start = text.chars().count();
        text.push_str(&url);
        let shown = if media.is_some() { "pic.x.com/abc".to_owned() } else { to.chars().take(25).collect() };
        let mut link = json!({
            "start": start, "end": start + url.len(), "url": url, "expanded_url": to, "display_url": shown,
        });
        if let Some(key) = media {
            link["media_key"] = json!(key);
        }
        links.push(link);
    }

    /// A problem document.
    pub fn problem(&self, status: u16, title: &str, detail: &str) -> Response {
        self.respond(status, &json!({ "title": title, "detail": detail, "type": "about:blank", "status": status }))
    }

    /// A JSON answer with the headers that every answer has.
    pub fn respond(&self, status: u16, body: &Value) -> Response {
        self.respond_as(status, "application/json; charset=utf-8", body.to_string())
    }

    /// An answer with the headers that every answer has.
    pub fn respond_as(&self, status: u16, content_type: &str, body: String) -> Response {
        let now = self.now();
        Response::builder()
            .status(status)
            .header("content-type", content_type)
            .header("date", now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
            .header("x-rate-limit-limit", 100)
            .header("x-rate-limit-remaining", 99)
            .header("x-rate-limit-reset", (now + SignedDuration::from_mins(15)).as_second())
            .body(Body::from(body))
            .unwrap()
    }
}
