//! Brings a post's pictures to X before the post itself: in pieces, with their alt texts
//! (<https://docs.x.com/x-api/media/quickstart/media-upload-chunked>).

use jiff::SignedDuration;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::domain::fault::{Cause, Fault};
use crate::domain::picture::Developed;
use crate::network::answer::Answer;
use crate::network::http::Stakes;
use crate::network::x::caller::Caller;
use crate::network::x::wire::{Processing, Upload, data};

/// How many bytes go at once: X takes five million, and what surrounds them needs some room.
const PIECE: usize = 4_000_000;

/// How often X is asked whether it is done with a picture, which it mostly is at once.
const MOST_LOOKS: usize = 10;

/// The longest wait between two looks, in seconds: an appeal waits for it.
const LONGEST_WAIT_SECONDS: i64 = 5;

impl Caller {
    /// Uploads a picture and gives back the id to post it by. Nothing is public by that, so whatever goes wrong, nothing
    /// went out.
    ///
    /// # Errors
    /// `Permanent` with [`Cause::PictureRefused`] when X does not take it; otherwise as [`Caller::send`].
    pub async fn upload(&self, picture: &Developed) -> Result<String, Fault> {
        let bytes = picture.bytes();
        let beginning = json!({
            "media_type": picture.picture().kind.media_type(), "media_category": "tweet_image", "total_bytes": bytes.len(),
        });
        let url = self.url("2/media/upload/initialize");
        let answer = self.send(Stakes::Nothing, |client| client.post(url.clone()).json(&beginning)).await?;
        let upload: Upload = taken(data(&answer, Stakes::Nothing))?;
        let id = digits(&upload.id)?;
        for (index, piece) in bytes.chunks(PIECE).enumerate() {
            self.append(id, index, piece, picture).await?;
        }
        let url = self.url(&format!("2/media/upload/{id}/finalize"));
        let answer = self.send(Stakes::Nothing, |client| client.post(url.clone())).await?;
        let finalized: Upload = taken(data(&answer, Stakes::Nothing))?;
        if let Some(processing) = finalized.processing_info {
            self.wait_for(id, processing).await?;
        }
        self.describe(id, &picture.picture().alt).await?;
        Ok(upload.id)
    }

    async fn append(&self, id: &str, index: usize, piece: &[u8], picture: &Developed) -> Result<(), Fault> {
        let url = self.url(&format!("2/media/upload/{id}/append"));
        let name = format!("image.{}", picture.picture().kind.extension());
        let answer = self
            .send(Stakes::Nothing, |client| {
                let form = Form::new()
                    .text("segment_index", index.to_string())
                    .part("media", Part::bytes(piece.to_vec()).file_name(name.clone()));
                client.post(url.clone()).multipart(form)
            })
            .await?;
        done(&answer)
    }

    /// Waits until X is done with the picture, as often and as long as it says, within bounds.
    async fn wait_for(&self, id: &str, mut processing: Processing) -> Result<(), Fault> {
        for _ in 0..MOST_LOOKS {
            match processing.state.as_str() {
                "succeeded" => return Ok(()),
                "failed" => {
                    let words = processing.error.and_then(|error| error.message.or(error.name));
                    let words = words.unwrap_or_else(|| "processing failed".to_owned());
                    return Err(Fault::Permanent { cause: Cause::PictureRefused(Cause::quote(&words)) });
                }
                _ => {}
            }
            let seconds = processing.check_after_secs.unwrap_or(1).clamp(1, LONGEST_WAIT_SECONDS);
            let clock = self.http().clock();
            let then = clock.now().saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(clock.now());
            clock.sleep_until(then).await;
            let mut url = self.url("2/media/upload");
            url.query_pairs_mut().append_pair("command", "STATUS").append_pair("media_id", id);
            let answer = self.send(Stakes::Nothing, |client| client.get(url.clone())).await?;
            match data::<Upload>(&answer, Stakes::Nothing)?.processing_info {
                Some(further) => processing = further,
                None => return Ok(()),
            }
        }
        Err(Fault::Transient { cause: Cause::TimedOut, retry_at: None })
    }

    async fn describe(&self, id: &str, alt: &str) -> Result<(), Fault> {
        if alt.is_empty() {
            return Ok(());
        }
        let url = self.url("2/media/metadata");
        let body = json!({ "id": id, "metadata": { "alt_text": { "text": alt } } });
        let answer = self.send(Stakes::Nothing, |client| client.post(url.clone()).json(&body)).await?;
        done(&answer)
    }
}

/// An answer of which only the status matters.
fn done(answer: &Answer) -> Result<(), Fault> {
    if answer.status.is_success() { Ok(()) } else { taken(Err(answer.fault(Stakes::Nothing))) }
}

/// What X refuses of an upload is the picture.
fn taken<T>(outcome: Result<T, Fault>) -> Result<T, Fault> {
    outcome.map_err(|fault| {
        if let Fault::Permanent { cause: Cause::Refused(words) } = fault {
            return Fault::Permanent { cause: Cause::PictureRefused(words) };
        }
        fault
    })
}

/// An id that can be part of an address.
///
/// # Errors
/// `Permanent` when it is none of X's.
pub fn digits(id: &str) -> Result<&str, Fault> {
    if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(id);
    }
    Err(Fault::Permanent { cause: Cause::Refused(Cause::quote(&format!("not an id: {id}"))) })
}
