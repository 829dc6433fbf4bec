//! The rules of the fake Mastodon: what it stores, for how long it remembers a key, how it counts.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use linkify::{LinkFinder, LinkKind};
use portevoix::port::clock::Clock;
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

use crate::harness::fake_mastodon::media::{Media, MediaRules};
use crate::harness::fake_mastodon::oauth::Application;

/// How long an `Idempotency-Key` is remembered.
const KEY_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// How many requests an account has in five minutes.
pub const REQUESTS_A_WINDOW: u32 = 300;

/// A status as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// A snowflake: milliseconds and a counter.
    pub id: String,
    /// As typed, without white space at the ends.
    pub text: String,
    /// `public`, `unlisted`, `private` or `direct`.
    pub visibility: String,
    /// ISO 639-1.
    pub language: Option<String>,
    /// By the server's clock.
    pub created_at: Timestamp,
    /// By the server's clock.
    pub edited_at: Option<Timestamp>,
    /// The status it answers.
    pub in_reply_to: Option<String>,
    /// Its pictures, in order.
    pub media_ids: Vec<String>,
}

/// A status of somebody else, here or on another server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherStatus {
    /// With the id that this server gives it.
    pub status: Status,
    /// Who (`voisine`, or `voisine@ailleurs.example`).
    pub by: String,
    /// Its page, where it was posted.
    pub url: String,
    /// Whether this server has heard of it: a search that resolves makes it so.
    pub is_known: bool,
}

/// A status that the account shows on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reblog {
    /// Of the reblog itself.
    pub id: String,
    /// The id of the original.
    pub of: String,
}

/// One server with one account.
pub struct Server {
    /// Host and port.
    pub host: String,
    /// The only token that is accepted.
    pub token: String,
    /// What the token may do.
    pub scopes: BTreeSet<String>,
    /// The most characters of a status.
    pub max_characters: usize,
    /// Oldest first.
    pub statuses: Vec<Status>,
    /// How far the server's clock is ahead of the scene's.
    pub ahead: SignedDuration,
    /// Whether there is `/source` (since Mastodon 3.5).
    pub has_source: bool,
    /// When each request was made.
    pub requests: Vec<Timestamp>,
    /// When each upload was made.
    pub uploads: Vec<Timestamp>,
    /// Which pictures are taken.
    pub rules: MediaRules,
    /// Every picture, the first one first.
    pub media: Vec<Media>,
    /// What other people posted.
    pub others: Vec<OtherStatus>,
    /// What the account shows on, oldest first.
    pub reblogs: Vec<Reblog>,
    /// Every registered application.
    pub applications: Vec<Application>,
    /// Each code that was shown and not used: of which application, for what.
    pub codes: HashMap<String, (String, BTreeSet<String>)>,
    clock: Arc<dyn Clock>,
    keys: HashMap<String, (String, Timestamp)>,
}

impl Server {
    /// An empty server.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            host: String::new(),
            token: "jeton-de-police44-7c1f".to_owned(),
            scopes: ["read:accounts", "read:search", "read:statuses", "write:media", "write:statuses"]
                .map(str::to_owned)
                .into(),
            max_characters: 500,
            statuses: Vec::new(),
            ahead: SignedDuration::ZERO,
            has_source: true,
            requests: Vec::new(),
            uploads: Vec::new(),
            rules: MediaRules::default(),
            media: Vec::new(),
            others: Vec::new(),
            reblogs: Vec::new(),
            applications: Vec::new(),
            codes: HashMap::new(),
            clock,
            keys: HashMap::new(),
        }
    }

    /// The server's own time.
    pub fn now(&self) -> Timestamp {
        self.clock.now() + self.ahead
    }

    /// Publishes, or gives back what was published under that key within the last hour; a status that was deleted
    /// since is `None` then.
    ///
    /// # Errors
    /// The words of the 422.
    pub fn publish(
        &mut self,
        form: &HashMap<String, String>,
        media_ids: Vec<String>,
        key: Option<&str>,
    ) -> Result<Option<Status>, String> {
        let now = self.now();
        self.keys.retain(|_, (_, at)| now.duration_since(*at) < KEY_LIFETIME);
        if let Some((id, _)) = key.and_then(|key| self.keys.get(key)) {
            return Ok(self.status(id).cloned());
        }
        self.may_attach(&media_ids)?;
        let text = form.get("status").map(|text| text.trim().to_owned()).unwrap_or_default();
        if text.is_empty() && media_ids.is_empty() {
            return Err("Validation failed: Text can't be blank".to_owned());
        }
        if characters(&text) > self.max_characters {
            return Err(format!("Validation failed: Text character limit of {} exceeded", self.max_characters));
        }
        let visibility = form.get("visibility").cloned().unwrap_or_else(|| "public".to_owned());
        if !["public", "unlisted", "private", "direct"].contains(&visibility.as_str()) {
            return Err("Validation failed: Visibility is not included in the list".to_owned());
        }
        let language = form.get("language").cloned();
        if language.as_ref().is_some_and(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_lowercase())) {
            return Err("Validation failed: Language is invalid".to_owned());
        }
        let status = self.store(text, visibility, language, media_ids).clone();
        if let Some(key) = key {
            self.keys.insert(key.to_owned(), (status.id.clone(), now));
        }
        Ok(Some(status))
    }

    /// Changes a status as its author asks; pictures that it has already may stay with it.
    ///
    /// # Errors
    /// The words of the 422.
    pub fn change(
        &mut self,
        id: &str,
        form: &HashMap<String, String>,
        media_ids: Vec<String>,
    ) -> Result<Option<Status>, String> {
        let Some(before) = self.status(id).cloned() else { return Ok(None) };
        let fresh: Vec<String> = media_ids.iter().filter(|id| !before.media_ids.contains(id)).cloned().collect();
        self.may_attach(&fresh)?;
        let text = form.get("status").map(|text| text.trim().to_owned()).unwrap_or_default();
        if text.is_empty() && media_ids.is_empty() {
            return Err("Validation failed: Text can't be blank".to_owned());
        }
        if characters(&text) > self.max_characters {
            return Err(format!("Validation failed: Text character limit of {} exceeded", self.max_characters));
        }
        for media in self.media.iter_mut().filter(|media| fresh.contains(&media.id)) {
            media.status = Some(id.to_owned());
        }
        self.edit(id, &text);
        let status = self.statuses.iter_mut().find(|status| status.id == id).unwrap();
        status.media_ids = media_ids;
        Ok(Some(status.clone()))
    }

    /// Stores a status.
    pub fn store(
        &mut self,
        text: String,
        visibility: String,
        language: Option<String>,
        media_ids: Vec<String>,
    ) -> &Status {
        let id = self.next_id();
        for media in self.media.iter_mut().filter(|media| media_ids.contains(&media.id)) {
            media.status = Some(id.clone());
        }
        let created_at = self.now();
        let status =
            Status { id, text, visibility, language, created_at, edited_at: None, in_reply_to: None, media_ids };
        self.statuses.push(status);
        self.statuses.last().unwrap()
    }

    fn next_id(&self) -> String {
        let others = self.others.iter().map(|other| &other.status.id);
        let known = self.statuses.iter().map(|status| &status.id).chain(others);
        let known = known.chain(self.reblogs.iter().map(|reblog| &reblog.id));
        let newest = known.filter_map(|id| id.parse::<i64>().ok()).max().unwrap_or_default();
        (self.now().as_millisecond() << 16).max(newest + 1).to_string()
    }

    /// Takes a status or a reblog of the account away, and shows what it was.
    pub fn delete(&mut self, id: &str, deletes_media: bool) -> Option<Value> {
        if let Some(place) = self.reblogs.iter().position(|reblog| reblog.id == id) {
            let reblog = self.reblogs.remove(place);
            return Some(json!({ "id": reblog.id }));
        }
        let place = self.statuses.iter().position(|status| status.id == id)?;
        let status = self.statuses.remove(place);
        let mut shown = self.show(&status);
        shown["text"] = status.text.into();
        self.media.retain(|media| !(deletes_media && status.media_ids.contains(&media.id)));
        for media in self.media.iter_mut().filter(|media| status.media_ids.contains(&media.id)) {
            media.status = None;
        }
        Some(shown)
    }

    /// Somebody else posts, here or on another server.
    pub fn neighbour_posts(&mut self, text: &str, elsewhere: Option<&str>) -> Status {
        let id = self.next_id();
        let status = Status {
            id: id.clone(),
            text: text.to_owned(),
            visibility: "public".to_owned(),
            language: None,
            created_at: self.now(),
            edited_at: None,
            in_reply_to: None,
            media_ids: Vec::new(),
        };
        let (by, url) = match elsewhere {
            Some(server) => (format!("voisine@{server}"), format!("https://{server}/@voisine/90{}", self.others.len())),
            None => ("voisine".to_owned(), format!("http://{}/@voisine/{id}", self.host)),
        };
        self.others.push(OtherStatus { status: status.clone(), by, url, is_known: elsewhere.is_none() });
        status
    }

    /// Shows another's status on, once. Nothing if this server does not know it.
    pub fn reblog(&mut self, id: &str) -> Option<Value> {
        let original = self.others.iter().find(|other| other.status.id == id && other.is_known)?.clone();
        let reblog = match self.reblogs.iter().find(|reblog| reblog.of == id) {
            Some(reblog) => reblog.clone(),
            None => {
                let reblog = Reblog { id: self.next_id(), of: id.to_owned() };
                self.reblogs.push(reblog.clone());
                reblog
            }
        };
        let mut shown = self.show(&Status { id: reblog.id, text: String::new(), ..original.status.clone() });
        shown["reblog"] = self.show_other(&original);
        Some(shown)
    }

    /// What a search for an address finds; only one that resolves asks other servers.
    pub fn search(&mut self, query: &HashMap<String, String>) -> Value {
        let asked = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        let resolves = asked("resolve") == "true";
        let is_it = |other: &&mut OtherStatus| other.url == asked("q") && (other.is_known || resolves);
        let found = self.others.iter_mut().find(is_it).map(|other| {
            other.is_known = true;
            other.clone()
        });
        let statuses: Vec<Value> = found.iter().map(|other| self.show_other(other)).collect();
        json!({ "accounts": [], "hashtags": [], "statuses": statuses })
    }

    fn show_other(&self, other: &OtherStatus) -> Value {
        let mut shown = self.show(&other.status);
        shown["url"] = other.url.clone().into();
        shown["uri"] = other.url.replace("/@voisine/", "/users/voisine/statuses/").into();
        shown["account"]["acct"] = other.by.clone().into();
        shown
    }

    /// Changes a status.
    pub fn edit(&mut self, id: &str, text: &str) {
        let now = self.now();
        let status = self.statuses.iter_mut().find(|status| status.id == id).unwrap();
        (status.text, status.edited_at) = (text.to_owned(), Some(now));
    }

    /// A status by its id.
    pub fn status(&self, id: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == id)
    }

    /// A JSON answer with the headers that every answer has.
    pub fn respond(&self, status: u16, body: &Value) -> Response {
        self.respond_as(status, "application/json; charset=utf-8", body.to_string())
    }

    /// An answer with the headers that every answer has.
    pub fn respond_as(&self, status: u16, content_type: &str, body: String) -> Response {
        let now = self.now();
        let used = u32::try_from(self.requests.len()).unwrap();
        Response::builder()
            .status(status)
            .header("content-type", content_type)
            .header("date", now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
            .header("x-ratelimit-limit", REQUESTS_A_WINDOW)
            .header("x-ratelimit-remaining", REQUESTS_A_WINDOW.saturating_sub(used))
            .header("x-ratelimit-reset", (now + SignedDuration::from_mins(5)).to_string())
            .body(Body::from(body))
            .unwrap()
    }

    /// The account as JSON.
    pub fn account(&self) -> Value {
        json!({
            "id": "1", "username": "police44", "acct": "police44", "display_name": "Police nationale 44",
            "locked": false, "bot": true, "created_at": "2013-12-23T00:00:00.000Z", "note": "",
            "url": format!("http://{}/@police44", self.host), "avatar": "", "avatar_static": "", "header": "",
            "header_static": "", "followers_count": 919, "following_count": 1, "statuses_count": self.statuses.len(),
            "last_status_at": null, "emojis": [], "fields": [],
        })
    }

    /// A status as JSON.
    pub fn show(&self, status: &Status) -> Value {
        let html = status.text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br />");
        let pictures: Vec<Value> =
            self.media_of(&status.media_ids).iter().map(|media| self.show_media(media)).collect();
        let time = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
        json!({
            "id": status.id, "created_at": time(status.created_at), "in_reply_to_id": status.in_reply_to,
            "in_reply_to_account_id": null, "sensitive": false, "spoiler_text": "", "visibility": status.visibility,
            "language": status.language, "uri": format!("http://{}/users/police44/statuses/{}", self.host, status.id),
            "url": format!("http://{}/@police44/{}", self.host, status.id), "replies_count": 0, "reblogs_count": 0,
            "favourites_count": 0, "edited_at": status.edited_at.map(time), "content": format!("<p>{html}</p>"),
            "reblog": null, "application": { "name": "Portevoix", "website": null }, "account": self.account(),
            "media_attachments": pictures, "mentions": [], "tags": [], "emojis": [], "card": null, "poll": null,
        })
    }
}

/// The length by Mastodon's rule: what a person sees as a character counts one, a URL 23, a remote mention without its
/// server.
fn characters(text: &str) -> usize {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let counted: String = finder
        .spans(text)
        .map(|span| if span.kind().is_some() { "x".repeat(23) } else { without_servers(span.as_str()) })
        .collect();
    counted.graphemes(true).count()
}

/// `@user@server` becomes `@user`.
fn without_servers(text: &str) -> String {
    let short = |word: &str| match word.strip_prefix('@').and_then(|rest| rest.split_once('@')) {
        Some((user, server)) => {
            let end = server.find(|c: char| !c.is_alphanumeric() && !".-".contains(c)).unwrap_or(server.len());
            format!("@{user}{}", &server[end..])
        }
        None => word.to_owned(),
    };
    text.split_inclusive(char::is_whitespace).map(short).collect()
}
