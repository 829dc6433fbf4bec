//! Looks for a post among the account's own statuses, and says «absent» only when it could not have been overlooked.

use jiff::{SignedDuration, Timestamp};

use crate::domain::fault::{Fault, Receipt};
use crate::domain::post::Post;
use crate::network::answer::Answer;
use crate::network::http::Stakes;
use crate::network::mastodon::MastodonNetwork;
use crate::network::mastodon::status::{Status, StatusSource};
use crate::network::tries::LastTry;
use crate::port::network::Found;

/// The most that Mastodon hands out at once (<https://docs.joinmastodon.org/methods/accounts/#statuses>).
const STATUSES_A_PAGE: usize = 40;

/// How many pages are read: 120 statuses are more than a directorate publishes while one post is in doubt.
const MOST_PAGES: usize = 3;

/// How many texts are read, each a request: a sixth of what a server allows in five minutes.
const MOST_TEXTS: usize = 50;

/// How far before the first try a status with the same text leaves us in doubt: a clock that was set in between may
/// show our own post as older than it is. In minutes.
const DOUBT_MINUTES: i64 = 10;

/// What speaks for and against the post being out.
#[derive(Default)]
struct Evidence {
    /// Statuses of the same text that appeared since the first try and are no other post of ours.
    matches: Vec<Receipt>,
    /// One like them appeared shortly before it, by a clock that may be wrong.
    has_older_twin: bool,
    /// Something that may be our post could not be compared: it was edited since, or its text is not shown.
    has_unreadable: bool,
    /// How many texts were read.
    texts: usize,
}

/// Where a look through the statuses stands.
enum Reach {
    /// Everything since the first try was seen.
    Complete,
    /// Older statuses than this id remain to be looked at.
    Before(String),
    /// One of them is known to be the post.
    Ours(Receipt),
}

impl MastodonNetwork {
    /// See [`Network::find`](crate::port::network::Network::find).
    ///
    /// A status is the post when it is the only one of the same text since the first try, other posts of this process
    /// set aside. The network shows nothing else of ours to tell two posts of one text apart: where there are two, or
    /// the bounds are reached, the answer is `Unclear`.
    ///
    /// # Errors
    /// When the server can't be asked.
    pub async fn search(&self, post: &Post, since: Timestamp) -> Result<Found, Fault> {
        let mut evidence = Evidence::default();
        let mut before = None;
        for _ in 0..MOST_PAGES {
            match self.look_at_page(post, since, before, &mut evidence).await? {
                Reach::Ours(receipt) => return Ok(Found::Online(receipt)),
                Reach::Complete => return Ok(self.judge(post, since, evidence)),
                Reach::Before(id) => before = Some(id),
            }
        }
        Ok(Found::Unclear)
    }

    fn judge(&self, post: &Post, since: Timestamp, evidence: Evidence) -> Found {
        let Evidence { mut matches, has_older_twin, has_unreadable, texts: _ } = evidence;
        match (matches.pop(), matches.is_empty()) {
            (Some(receipt), true) if !has_older_twin => Found::Online(receipt),
            (None, _) if !has_older_twin && !has_unreadable && self.is_settled(post, since) => Found::Absent,
            _ => Found::Unclear,
        }
    }

    /// Whether the server is done with every try. One that did not answer in time is given as long again to store
    /// what it has; of tries before a restart only the first one's time is known.
    fn is_settled(&self, post: &Post, since: Timestamp) -> bool {
        let began = match self.tries.last(post.key()) {
            Some(LastTry::Done | LastTry::Stored(_)) => return true,
            Some(LastTry::Unanswered(began)) => began,
            None => since,
        };
        self.http.clock().now().duration_since(began) >= self.settles_within()
    }

    /// How long after a try began the server may still store what it has.
    pub(in crate::network) fn settles_within(&self) -> SignedDuration {
        SignedDuration::try_from(self.timeout * 2).unwrap_or(SignedDuration::MAX)
    }

    async fn look_at_page(
        &self,
        post: &Post,
        since: Timestamp,
        before: Option<String>,
        evidence: &mut Evidence,
    ) -> Result<Reach, Fault> {
        let (statuses, server_ahead) = self.page(before).await?;
        let Some(last) = statuses.last().map(|status| status.id.clone()) else { return Ok(Reach::Complete) };
        for status in statuses {
            let age = since.duration_since(status.created_at).saturating_add(server_ahead);
            if age > SignedDuration::from_mins(DOUBT_MINUTES) {
                return Ok(Reach::Complete);
            }
            match self.tries.owner(&status.id) {
                Some(key) if key == *post.key() => return Ok(Reach::Ours(status.receipt())),
                Some(_) => continue,
                None => {}
            }
            if status.stands_alone() {
                self.compare(post, &status, age.is_positive(), evidence).await?;
            }
        }
        Ok(Reach::Before(last))
    }

    async fn page(&self, before: Option<String>) -> Result<(Vec<Status>, SignedDuration), Fault> {
        let mut url = self.url(&format!("api/v1/accounts/{}/statuses", self.owner().await?.id));
        url.query_pairs_mut().append_pair("limit", &STATUSES_A_PAGE.to_string()).append_pair("exclude_reblogs", "true");
        if let Some(id) = before {
            url.query_pairs_mut().append_pair("max_id", &id);
        }
        let request = self.authorized(self.http.client().get(url));
        let answer = self.http.send(request, Stakes::Nothing, &[&self.token]).await?;
        Ok((answer.read(Stakes::Nothing)?, answer.server_ahead))
    }

    /// Holds a status against the post: its text, its pictures' number and their alt texts.
    async fn compare(
        &self,
        post: &Post,
        status: &Status,
        is_older: bool,
        evidence: &mut Evidence,
    ) -> Result<(), Fault> {
        let Some(text) = self.text_of(status, evidence).await? else {
            evidence.has_unreadable = true;
            return Ok(());
        };
        if stripped(&text) != stripped(post.text()) {
            evidence.has_unreadable |= status.edited_at.is_some();
        } else if !shows(status, post) {
            // Another post of the same text, unless the server shows pictures in a way of its own.
            evidence.has_unreadable = true;
        } else if is_older {
            evidence.has_older_twin = true;
        } else {
            evidence.matches.push(status.receipt());
        }
        Ok(())
    }

    /// The text of a status as it was sent, unless it was deleted meanwhile, the server has no such thing (before
    /// Mastodon 3.5), or enough were read.
    async fn text_of(&self, status: &Status, evidence: &mut Evidence) -> Result<Option<String>, Fault> {
        if evidence.texts >= MOST_TEXTS {
            return Ok(None);
        }
        evidence.texts += 1;
        let request = self.http.client().get(self.url(&format!("api/v1/statuses/{}/source", status.id)));
        let answer: Answer = self.http.send(self.authorized(request), Stakes::Nothing, &[&self.token]).await?;
        if answer.status.as_u16() == 404 {
            return Ok(None);
        }
        answer.read::<StatusSource>(Stakes::Nothing).map(|source| Some(source.text))
    }
}

/// Whether a status has as many pictures as a post, with its alt texts, in its order.
fn shows(status: &Status, post: &Post) -> bool {
    let mut pictures = status.media_attachments.iter().zip(post.pictures());
    let is_as_many = status.media_attachments.len() == post.pictures().len();
    is_as_many
        && pictures.all(|(attachment, developed)| {
            stripped(attachment.description.as_deref().unwrap_or_default()) == stripped(&developed.picture().alt)
        })
}

/// A text as Mastodon keeps it: it takes white space off both ends.
fn stripped(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r', '\0'])
}
