//! Develops a picture: decodes it within bounds, turns it upright, and encodes it anew, so that nothing of the file
//! goes out but what can be seen.
//!
//! A photo says where it was taken and with whose phone (Exif, XMP, IPTC); what is encoded anew holds pixels only.

use std::io::Cursor;
use std::sync::Arc;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPDecoder;
use image::error::ImageError;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use crate::domain::picture::{PictureKind, Unfit};

/// The largest file that is looked at, in bytes: twice what a phone makes of 48 million pixels.
pub const LARGEST_FILE: u32 = 20_000_000;

/// The most pixels that are decoded: what phones take at most, and 200 MB in memory.
const MOST_PIXELS: u32 = 50_000_000;

/// The longer side of what is published, in pixels: no network shows more.
const LONGEST_SIDE: u32 = 2_048;

/// The largest file that is published, in bytes: the least that a network takes (Bluesky's 1,000,000), less a margin.
const LARGEST_DEVELOPED: usize = 976_000;

/// The qualities at which a photo is tried, best first; below the last one it is made smaller instead.
const QUALITIES: [u8; 3] = [88, 80, 70];

/// A picture as it may be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Print {
    /// The file.
    pub bytes: Arc<[u8]>,
    /// What it is.
    pub kind: PictureKind,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Develops a file. Takes up to some tenths of a second and a few hundred megabytes: not for a thread that others wait
/// for.
///
/// # Errors
/// Why the file is not taken.
pub fn develop(file: &[u8]) -> Result<Print, Unfit> {
    if u32::try_from(file.len()).map_or(true, |bytes| bytes > LARGEST_FILE) {
        return Err(Unfit::TooLarge { most: LARGEST_FILE });
    }
    let format = image::guess_format(file).map_err(|_| Unfit::UnknownKind)?;
    let picture = upright(file, format)?;
    let is_drawing = matches!(format, ImageFormat::Png);
    let mut longest = LONGEST_SIDE.min(picture.width().max(picture.height()));
    loop {
        let scaled = if longest < picture.width().max(picture.height()) {
            picture.resize(longest, longest, FilterType::CatmullRom)
        } else {
            picture.clone()
        };
        if let Some(print) = print(&scaled, is_drawing)? {
            return Ok(print);
        }
        // A noisy picture at its worst is a byte a pixel: this ends within a few rounds.
        longest = longest * 3 / 4;
    }
}

/// The pixels of a file, turned as the camera was held.
fn upright(file: &[u8], format: ImageFormat) -> Result<DynamicImage, Unfit> {
    let is_animated = if format == ImageFormat::Png {
        is_animated_png(file)
    } else if format == ImageFormat::WebP {
        if !are_chunks_whole(file) {
            return Err(Unfit::Damaged);
        }
        WebPDecoder::new(Cursor::new(file)).map_err(|error| unfit(&error))?.has_animation()
    } else {
        // Most of them move, and what does not is better sent as PNG.
        format == ImageFormat::Gif
    };
    if is_animated {
        return Err(Unfit::Animated);
    }
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(Unfit::UnknownKind);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(512 * 1024 * 1024);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| unfit(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > u64::from(MOST_PIXELS) {
        return Err(Unfit::TooManyPixels { most: MOST_PIXELS });
    }
    // A damaged note of how the camera was held is no reason to refuse the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| unfit(&error))?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Whether every chunk of a WebP is as long as it says (<https://developers.google.com/speed/webp/docs/riff_container>). The
/// decoder believes it, and would ask for up to 4 GB of memory.
fn are_chunks_whole(file: &[u8]) -> bool {
    const HEADER: usize = 12;
    let mut rest = file.get(HEADER..).unwrap_or_default();
    while let [_, _, _, _, a, b, c, d, content @ ..] = rest {
        let length = usize::try_from(u32::from_le_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        match content.get(length..) {
            // Chunks begin at even places.
            Some(after) => rest = after.get(length % 2..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

/// Whether a PNG has the chunk that announces an animation (`acTL`, which stands before the first `IDAT`).
fn is_animated_png(file: &[u8]) -> bool {
    const SIGNATURE: usize = 8;
    let mut at = SIGNATURE;
    while let Some(&[a, b, c, d, ref kind @ ..]) = file.get(at..at + 8) {
        match kind {
            b"acTL" => return true,
            b"IDAT" => return false,
            _ => {}
        }
        // Length, kind, content and checksum.
        let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        at = at.saturating_add(length).saturating_add(12);
    }
    false
}

/// The file of a picture, if it can be small enough at this size.
fn print(image: &DynamicImage, is_drawing: bool) -> Result<Option<Print>, Unfit> {
    let made = |bytes: Vec<u8>, kind| Print { bytes: bytes.into(), kind, width: image.width(), height: image.height() };
    let flat = flattened(image);
    if is_drawing {
        let mut bytes = Vec::new();
        flat.write_with_encoder(PngEncoder::new(&mut bytes)).map_err(|error| unfit(&error))?;
        if bytes.len() <= LARGEST_DEVELOPED {
            return Ok(Some(made(bytes, PictureKind::Png)));
        }
    }
    for quality in QUALITIES {
        let mut bytes = Vec::new();
        flat.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).map_err(|error| unfit(&error))?;
        if bytes.len() <= LARGEST_DEVELOPED {
            return Ok(Some(made(bytes, PictureKind::Jpeg)));
        }
    }
    Ok(None)
}

/// The picture on white, where it was transparent: networks show transparency on any colour, black text on black too.
fn flattened(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let transparent = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = transparent.get_pixel(x, y).0;
        let on_white = |value: u8| {
            let (value, alpha) = (u16::from(value), u16::from(alpha));
            u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        Rgb([on_white(red), on_white(green), on_white(blue)])
    })
}

fn unfit(error: &ImageError) -> Unfit {
    match error {
        ImageError::Limits(_) => Unfit::TooManyPixels { most: MOST_PIXELS },
        ImageError::Unsupported(_) => Unfit::UnknownKind,
        ImageError::Decoding(_) | ImageError::Encoding(_) | ImageError::Parameter(_) | ImageError::IoError(_) => {
            Unfit::Damaged
        }
    }
}
