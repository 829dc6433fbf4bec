//! Brings the pictures of a post to the server, and remembers them so that another try need not bring them again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reqwest::multipart::{Form, Part};
use serde::Deserialize;

use crate::domain::fault::{Cause, Fault};
use crate::domain::name::EffectKey;
use crate::domain::picture::Developed;
use crate::domain::post::Post;
use crate::network::answer::Answer;
use crate::network::http::Stakes;
use crate::network::mastodon::MastodonNetwork;

/// How many posts' pictures are remembered: whatever is tried again is among the latest.
const MOST_POSTS: usize = 100;

/// How long an uploaded picture is counted on, in hours: servers throw away what no status took within a day.
const LIFETIME_HOURS: i64 = 12;

/// How long is waited between two looks at a picture that the server works on, in seconds, and so how often is looked:
/// pictures are ready at once or within a few seconds, and what takes half a minute is better tried again later.
const PAUSES_SECONDS: [i64; 6] = [1, 2, 4, 6, 8, 10];

/// How many times the usual patience an upload has: it may be sixteen megabytes, and nothing is at stake yet.
const UPLOAD_TIMEOUTS: u32 = 3;

/// The pictures that were brought, for each post.
#[derive(Default)]
pub struct Uploads {
    known: Mutex<VecDeque<(EffectKey, Vec<Upload>)>>,
}

/// A picture on the server.
#[derive(Clone, Debug)]
struct Upload {
    id: String,
    at: Timestamp,
    is_ready: bool,
}

#[derive(Deserialize)]
struct Uploaded {
    id: String,
}

impl Uploads {
    /// What was brought for a post so far, in its order.
    fn of(&self, key: &EffectKey, now: Timestamp) -> Vec<Upload> {
        let known = self.lock();
        let uploads = known.iter().find(|(known, _)| known == key).map(|(_, uploads)| uploads.clone());
        let is_fresh = |upload: &Upload| now.duration_since(upload.at) < SignedDuration::from_hours(LIFETIME_HOURS);
        uploads.filter(|uploads| uploads.iter().all(is_fresh)).unwrap_or_default()
    }

    fn note(&self, key: &EffectKey, uploads: &[Upload]) {
        let mut known = self.lock();
        known.retain(|(known, _)| known != key);
        known.push_back((key.clone(), uploads.to_vec()));
        if known.len() > MOST_POSTS {
            known.pop_front();
        }
    }

    /// Forgets what was brought for a post, so that the next try brings it again.
    pub fn forget(&self, key: &EffectKey) {
        self.lock().retain(|(known, _)| known != key);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(EffectKey, Vec<Upload>)>> {
        // Every change is complete once made, so what a panicking thread left is whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MastodonNetwork {
    /// Brings the pictures of a post, each with its alt text, and waits until they can go with a status. Returns their
    /// ids in order. What an earlier try brought is not brought again.
    ///
    /// # Errors
    /// Nothing was published: `Transient` while the server works on one, [`Cause::PictureRefused`] where it won't.
    pub async fn bring_pictures(&self, post: &Post) -> Result<Vec<String>, Fault> {
        let mut uploads = self.uploads.of(post.key(), self.http.clock().now());
        for picture in post.pictures().iter().skip(uploads.len()) {
            uploads.push(self.upload(picture).await?);
            self.uploads.note(post.key(), &uploads);
        }
        while let Some(place) = uploads.iter().position(|upload| !upload.is_ready) {
            if let Err(fault) = self.await_picture(&uploads[place].id).await {
                if matches!(fault, Fault::Permanent { .. }) {
                    self.uploads.forget(post.key());
                }
                return Err(fault);
            }
            uploads[place].is_ready = true;
            self.uploads.note(post.key(), &uploads);
        }
        Ok(uploads.into_iter().map(|upload| upload.id).collect())
    }

    /// <https://docs.joinmastodon.org/methods/media/#v2>
    async fn upload(&self, developed: &Developed) -> Result<Upload, Fault> {
        let picture = developed.picture();
        // The name shows in nothing but the server's files.
        let name = format!("image.{}", picture.kind.extension());
        let file = Part::bytes(developed.bytes().to_vec()).file_name(name).mime_str(picture.kind.media_type());
        let file = file.map_err(|_| Fault::Permanent { cause: Cause::PictureRefused("media type".to_owned()) })?;
        let form = Form::new().part("file", file).text("description", picture.alt.clone());
        let request = self.authorized(self.http.client().post(self.url("api/v2/media"))).multipart(form);
        let request = request.timeout(self.timeout * UPLOAD_TIMEOUTS);
        let answer = self.http.send(request, Stakes::Nothing, &[&self.token]).await?;
        let uploaded: Uploaded = answer.read(Stakes::Nothing).map_err(|fault| of_picture(&answer, fault))?;
        let is_ready = answer.status.as_u16() != 202;
        Ok(Upload { id: uploaded.id, at: self.http.clock().now(), is_ready })
    }

    /// <https://docs.joinmastodon.org/methods/media/#get>
    async fn await_picture(&self, id: &str) -> Result<(), Fault> {
        for pause in PAUSES_SECONDS {
            let clock = self.http.clock();
            clock.sleep_until(clock.now() + SignedDuration::from_secs(pause)).await;
            let request = self.authorized(self.http.client().get(self.url_of(&["api", "v1", "media", id])));
            let answer = self.http.send(request, Stakes::Nothing, &[&self.token]).await?;
            match answer.status.as_u16() {
                206 => {}
                _ if answer.status.is_success() => return Ok(()),
                _ => return Err(of_picture(&answer, answer.fault(Stakes::Nothing))),
            }
        }
        Err(Fault::Transient { cause: Cause::TimedOut, retry_at: None })
    }
}

/// The fault of an answer about a picture. A server behind a proxy with a limit of its own says 413 with a page.
fn of_picture(answer: &Answer, fault: Fault) -> Fault {
    let cause = match (answer.status.as_u16(), &answer.error) {
        (413 | 415 | 422, Some(error)) => Cause::PictureRefused(error.words.clone()),
        (status @ (413 | 415), None) => Cause::PictureRefused(format!("HTTP {status}")),
        _ => return fault,
    };
    Fault::Permanent { cause }
}
