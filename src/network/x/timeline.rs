//! Looks for a post in the account's own timeline, and says «absent» only when it could not have been overlooked.

use jiff::{SignedDuration, Timestamp};

use crate::domain::fault::{Cause, Fault, Receipt};
use crate::domain::post::Post;
use crate::network::http::Stakes;
use crate::network::tries::LastTry;
use crate::network::x::wire::{Page, Shown};
use crate::network::x::words::{Likeness, compare};
use crate::network::x::{XNetwork, receipt};
use crate::port::network::Found;

/// The most that X hands out at once (<https://docs.x.com/x-api/users/get-posts>).
const POSTS_A_PAGE: &str = "100";

/// How many pages are read: 300 posts are more than a directorate publishes while one is in doubt, and each costs.
const MOST_PAGES: usize = 3;

/// How far before the first try a post with the same text leaves us in doubt: a clock that was set in between may show
/// our own post as older than it is. In minutes.
const DOUBT_MINUTES: i64 = 10;

/// How long a post may be stored and not yet in the timeline, in seconds: mostly one or two. X promises nothing; where
/// it takes longer, X itself refuses the same text a second time, and that leads back to a look.
const LAG_SECONDS: i64 = 10;

/// How far back a post is looked for that X calls ours a duplicate of, in hours: X does not say how long it remembers.
const DUPLICATE_HOURS: i64 = 24;

/// How much before its decision a post may seem to be stored, in seconds: X's times are cut to the second, and what is
/// known of its clock is as old as a request.
const SKEW_SECONDS: i64 = 5;

/// A post of the timeline that may be the one looked for.
struct Sighting {
    id: String,
    /// By our clock.
    at: Timestamp,
    likeness: Likeness,
}

/// What a look through the timeline saw.
struct Sightings {
    /// Those that are like the text, or may be, and are not known to be another post of ours; newest first.
    candidates: Vec<Sighting>,
    /// The one that is known to be the post.
    ours: Option<String>,
    /// Whether another post of ours has the same text.
    has_twin: bool,
    /// Whether all of the time asked for was seen.
    is_complete: bool,
}

impl XNetwork {
    /// See [`Network::find`](crate::port::network::Network::find).
    ///
    /// A post of the timeline is the post when it is the only one of the same text since the first try, other posts of
    /// this process set aside. X shows nothing else of ours to tell two posts of one text apart, and takes no two of
    /// them in a row: where there are two, or the bounds are reached, the answer is `Unclear`.
    ///
    /// # Errors
    /// When X can't be asked.
    pub async fn search(&self, post: &Post, since: Timestamp) -> Result<Found, Fault> {
        let from = since.saturating_sub(SignedDuration::from_mins(DOUBT_MINUTES)).unwrap_or(since);
        let Sightings { candidates, ours, has_twin: _, is_complete } = self.look(post, from).await?;
        if let Some(id) = ours {
            return Ok(Found::Online(receipt(&id)));
        }
        let begins = since.saturating_sub(SignedDuration::from_secs(SKEW_SECONDS)).unwrap_or(since);
        let mut are_clear = candidates.iter().all(|seen| seen.likeness == Likeness::Same && seen.at >= begins);
        are_clear &= is_complete;
        Ok(match candidates.as_slice() {
            [one] if are_clear => Found::Online(receipt(&one.id)),
            [] if are_clear && self.is_settled(post, since) => Found::Absent,
            _ => Found::Unclear,
        })
    }

    /// What became of a post that X refuses because it has this very text: an earlier try of it is out, or another post
    /// stands in its way.
    ///
    /// # Errors
    /// `Permanent` where only another post has the text, `Uncertain` where nothing that has it is seen.
    pub async fn look_for_duplicate(&self, post: &Post) -> Result<Receipt, Fault> {
        let hours = SignedDuration::from_hours(DUPLICATE_HOURS);
        let from = post.decided_at().saturating_sub(hours).unwrap_or(post.decided_at());
        let uncertain = Fault::Uncertain { cause: Cause::Duplicate };
        let Ok(Sightings { candidates, ours, has_twin, is_complete: _ }) = self.look(post, from).await else {
            return Err(uncertain);
        };
        if let Some(id) = ours {
            return Ok(receipt(&id));
        }
        let skew = SignedDuration::from_secs(SKEW_SECONDS);
        let decided = post.decided_at().saturating_sub(skew).unwrap_or(post.decided_at());
        let (since, before): (Vec<&Sighting>, Vec<&Sighting>) = candidates.iter().partition(|seen| seen.at >= decided);
        match since.as_slice() {
            [one] if one.likeness == Likeness::Same => Ok(receipt(&one.id)),
            [] if has_twin || before.iter().any(|seen| seen.likeness == Likeness::Same) => {
                Err(Fault::Permanent { cause: Cause::Duplicate })
            }
            _ => Err(uncertain),
        }
    }

    /// Whether X is done with every try, and what it stored would be seen. A try without an answer is given as long again
    /// as it had; of tries before a restart only the first one's time is known.
    fn is_settled(&self, post: &Post, since: Timestamp) -> bool {
        let began = match self.tries.last(post.key()) {
            Some(LastTry::Done) => return true,
            Some(LastTry::Unanswered(began)) => began,
            Some(LastTry::Stored(_)) | None => since,
        };
        self.caller.http().clock().now().duration_since(began) >= self.settles_within()
    }

    /// How long after a try began X may still store it, or not show it yet.
    pub(in crate::network::x) fn settles_within(&self) -> SignedDuration {
        let patience = SignedDuration::try_from(self.timeout * 2).unwrap_or(SignedDuration::MAX);
        patience.saturating_add(SignedDuration::from_secs(LAG_SECONDS))
    }

    async fn look(&self, post: &Post, from: Timestamp) -> Result<Sightings, Fault> {
        let mut sightings = Sightings { candidates: Vec::new(), ours: None, has_twin: false, is_complete: false };
        let mut token = None;
        for _ in 0..MOST_PAGES {
            let page = self.page(from, token).await?;
            for shown in &page.data {
                self.sight(post, shown, from, &mut sightings);
            }
            token = page.meta.next_token;
            if token.is_none() {
                sightings.is_complete = true;
                break;
            }
        }
        Ok(sightings)
    }

    fn sight(&self, post: &Post, shown: &Shown, from: Timestamp, sightings: &mut Sightings) {
        let at = shown.created_at.saturating_sub(self.caller.server_ahead()).unwrap_or(shown.created_at);
        let likeness = compare(shown, post.text(), !post.pictures().is_empty());
        match self.tries.owner(&shown.id) {
            Some(key) if key == *post.key() => sightings.ours = Some(shown.id.clone()),
            Some(_) => sightings.has_twin |= likeness == Likeness::Same,
            None if likeness == Likeness::Other || at < from => {}
            None => sightings.candidates.push(Sighting { id: shown.id.clone(), at, likeness }),
        }
    }

    async fn page(&self, from: Timestamp, token: Option<String>) -> Result<Page, Fault> {
        let owner = self.owner().await?;
        // By X's clock, which is asked to leave out what is older.
        let from = from.saturating_add(self.caller.server_ahead()).unwrap_or(from);
        let mut url = self.caller.url(&format!("2/users/{}/tweets", owner.id));
        url.query_pairs_mut()
            .append_pair("max_results", POSTS_A_PAGE)
            .append_pair("start_time", &from.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
            .append_pair("tweet.fields", "created_at,entities,note_tweet,text");
        if let Some(token) = token {
            url.query_pairs_mut().append_pair("pagination_token", &token);
        }
        let answer = self.caller.send(Stakes::Nothing, |client| client.get(url.clone())).await?;
        answer.read(Stakes::Nothing)
    }
}
