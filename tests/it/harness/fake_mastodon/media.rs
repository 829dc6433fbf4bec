//! The pictures of the fake Mastodon: what is taken, how long it is worked on, to which status it belongs.

use image::ImageReader;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::io::Cursor;

use crate::harness::fake_mastodon::server::Server;
use crate::harness::multipart::Part;

/// How many uploads an account has in half an hour (<https://docs.joinmastodon.org/api/rate-limits/#media>).
const UPLOADS_A_WINDOW: usize = 30;

/// An uploaded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// A number.
    pub id: String,
    /// As the upload said.
    pub media_type: String,
    /// The alt text.
    pub description: String,
    /// As they were sent.
    pub bytes: Vec<u8>,
    /// The status that it belongs to.
    pub status: Option<String>,
    /// How many more looks find it unfinished.
    pub looks_left: u32,
}

/// What a server takes.
#[derive(Clone, Copy, Debug)]
pub struct MediaRules {
    /// Pictures a status.
    pub most: usize,
    /// Bytes a picture.
    pub bytes: usize,
    /// Width times height.
    pub pixels: u64,
    /// Characters of an alt text.
    pub description: usize,
    /// How many looks find a fresh upload unfinished: 0 for none, then the upload itself answers 200.
    pub looks: u32,
    /// Working on it fails in the end.
    pub fails: bool,
}

impl Default for MediaRules {
    fn default() -> Self {
        Self { most: 4, bytes: 16_777_216, pixels: 33_177_600, description: 1_500, looks: 0, fails: false }
    }
}

impl Server {
    /// Takes an upload. Status and body of the answer.
    pub fn upload(&mut self, parts: Option<Vec<Part>>) -> (u16, Value) {
        let now = self.now();
        self.uploads.retain(|at| now.duration_since(*at) < SignedDuration::from_mins(30));
        if self.uploads.len() >= UPLOADS_A_WINDOW {
            return (429, json!({ "error": "Too many requests" }));
        }
        self.uploads.push(now);
        match self.checked(parts) {
            Err(words) => (422, json!({ "error": format!("Validation failed: {words}") })),
            Ok(media) => {
                let shown = self.show_media(&media);
                let status = if media.looks_left > 0 { 202 } else { 200 };
                self.media.push(media);
                (status, shown)
            }
        }
    }

    fn checked(&self, parts: Option<Vec<Part>>) -> Result<Media, String> {
        let parts = parts.unwrap_or_default();
        let field = |name: &str| parts.iter().find(|part| part.name == name);
        let file = field("file").filter(|part| part.file_name.is_some()).ok_or("File can't be blank")?;
        let media_type = file.content_type.clone().unwrap_or_default();
        let description = field("description").map(Part::text).unwrap_or_default();
        let reader = ImageReader::new(Cursor::new(&file.bytes)).with_guessed_format().unwrap();
        let is_as_said = reader.format().is_some_and(|format| format.to_mime_type() == media_type);
        let size = reader.into_dimensions().ok().filter(|_| is_as_said);
        let (width, height) = size.ok_or("File content type is invalid, File is invalid")?;
        if file.bytes.len() > self.rules.bytes {
            return Err(format!("File file size must be less than {} MB", self.rules.bytes / 1_048_576));
        }
        if u64::from(width) * u64::from(height) > self.rules.pixels {
            return Err(format!("{width}x{height} images are not supported"));
        }
        if description.chars().count() > self.rules.description {
            return Err(format!("Description is too long (maximum is {} characters)", self.rules.description));
        }
        Ok(Media {
            id: (22_348_641 + self.media.len()).to_string(),
            media_type,
            description,
            bytes: file.bytes.clone(),
            status: None,
            looks_left: self.rules.looks,
        })
    }

    /// Looks whether an upload is ready. Status and body of the answer.
    pub fn look_at_media(&mut self, id: &str) -> (u16, Value) {
        let fails = self.rules.fails;
        let Some(media) = self.media.iter_mut().find(|media| media.id == id && media.status.is_none()) else {
            return (404, json!({ "error": "Record not found" }));
        };
        media.looks_left = media.looks_left.saturating_sub(1);
        if media.looks_left == 0 && fails {
            return (422, json!({ "error": "Error processing thumbnail for uploaded media" }));
        }
        let media = media.clone();
        (if media.looks_left > 0 { 206 } else { 200 }, self.show_media(&media))
    }

    /// Whether these may go with a new status.
    ///
    /// # Errors
    /// The words of the 422.
    pub fn may_attach(&self, ids: &[String]) -> Result<(), String> {
        if ids.len() > self.rules.most {
            return Err(format!("Cannot attach more than {} files", self.rules.most));
        }
        let free = |id: &&String| !self.media.iter().any(|media| media.id == **id && media.status.is_none());
        let taken: Vec<&str> = ids.iter().filter(free).map(String::as_str).collect();
        if !taken.is_empty() {
            return Err(format!("Media {} not found or already attached to another post", taken.join(", ")));
        }
        if self.media.iter().any(|media| ids.contains(&media.id) && media.looks_left > 0) {
            return Err("Cannot attach files that have not finished processing. Try again in a moment!".to_owned());
        }
        Ok(())
    }

    /// The pictures of a status, in its order.
    pub fn media_of(&self, media_ids: &[String]) -> Vec<Media> {
        media_ids.iter().filter_map(|id| self.media.iter().find(|media| media.id == *id).cloned()).collect()
    }

    /// A picture as JSON.
    pub fn show_media(&self, media: &Media) -> Value {
        let is_ready = media.looks_left == 0;
        let url = |size: &str| format!("http://{}/system/media_attachments/{}/{size}", self.host, media.id);
        json!({
            "id": media.id, "type": "image", "url": is_ready.then(|| url("original")), "preview_url": url("small"),
            "remote_url": null, "text_url": null, "meta": {}, "blurhash": null,
            "description": (!media.description.is_empty()).then_some(&media.description),
        })
    }
}
