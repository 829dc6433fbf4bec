//! Photos as phones make them: with a place, a camera and a tilt written beside the pixels.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};

/// What a photo says about its maker, which must never be published.
pub const WHERE_IT_WAS_TAKEN: &[u8] = b"47.2184N 1.5536W iPhone de Martin";

/// A JPEG of that size, red above and blue below, held upright.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    tilted(width, height, 1)
}

/// The same, with Exif's number for how the camera was held (6: turn right to see it upright).
pub fn tilted(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let picture =
        RgbImage::from_fn(width, height, |_, y| if y < height / 2 { Rgb([200, 30, 30]) } else { Rgb([30, 30, 200]) });
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(Cursor::new(&mut file), 90);
    encoder.set_exif_metadata(exif(orientation)).unwrap();
    encoder.write_image(&picture, width, height, ExtendedColorType::Rgb8).unwrap();
    file
}

/// The least Exif with an orientation and a comment: a TIFF header, one directory of two entries, and the comment.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    let length = u32::try_from(WHERE_IT_WAS_TAKEN.len()).unwrap();
    exif.extend([0x01, 0x0E, 0, 2]);
    exif.extend(length.to_be_bytes());
    exif.extend(38_u32.to_be_bytes());
    exif.extend([0; 4]);
    exif.extend(WHERE_IT_WAS_TAKEN);
    exif
}
