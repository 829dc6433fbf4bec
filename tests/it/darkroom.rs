//! What becomes of the files that people send: pixels go out, nothing else does, and what is no still picture is refused.

use std::io::Cursor;

use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use portevoix::darkroom::develop::{LARGEST_FILE, Print, develop};
use portevoix::domain::picture::{PictureKind, Unfit};

use crate::harness::photo::{WHERE_IT_WAS_TAKEN, photo, tilted};

fn is_in(words: &[u8], file: &[u8]) -> bool {
    file.windows(words.len()).any(|window| window == words)
}

fn pixel(print: &Print, x: u32, y: u32) -> [u8; 3] {
    image::load_from_memory(&print.bytes).unwrap().to_rgb8().get_pixel(x, y).0
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut file = Vec::new();
    picture.write_to(&mut Cursor::new(&mut file), image::ImageFormat::Png).unwrap();
    file
}

/// A picture without any order in it, which no format makes small.
fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 1_u32;
    RgbImage::from_fn(width, height, |_, _| {
        Rgb(std::array::from_fn(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            u8::try_from(state >> 24).unwrap()
        }))
    })
}

#[test]
fn where_and_with_what_a_photo_was_taken_does_not_go_out() {
    let file = photo(64, 48);
    assert!(is_in(WHERE_IT_WAS_TAKEN, &file), "the photo says nothing of its maker: the test is worth nothing");
    let print = develop(&file).unwrap();
    assert!(!is_in(WHERE_IT_WAS_TAKEN, &print.bytes));
    assert!(!is_in(b"Exif", &print.bytes));
    assert_eq!((print.kind, print.width, print.height), (PictureKind::Jpeg, 64, 48));
}

#[test]
fn a_photo_is_published_as_the_phone_showed_it() {
    let print = develop(&tilted(64, 48, 6)).unwrap();
    assert_eq!((print.width, print.height), (48, 64), "turned to the right");
    assert!(pixel(&print, 40, 32)[0] > 150, "what was above is on the right: {:?}", pixel(&print, 40, 32));
    assert!(pixel(&print, 8, 32)[2] > 150, "what was below is on the left: {:?}", pixel(&print, 8, 32));
}

#[test]
fn a_large_photo_is_made_to_fit_every_network() {
    let print = develop(&photo(4_000, 3_000)).unwrap();
    assert_eq!((print.width, print.height), (2_048, 1_536));
    let print = develop(&png(&noise(1_400, 1_400))).unwrap();
    assert!(print.bytes.len() <= 976_000, "{}", print.bytes.len());
}

#[test]
fn a_drawing_stays_sharp_and_loses_its_transparency_on_white() {
    let mut file = Vec::new();
    let black_and_nothing = [0, 0, 0, 255, 0, 0, 0, 0];
    image::codecs::png::PngEncoder::new(&mut file)
        .write_image(&black_and_nothing, 2, 1, ExtendedColorType::Rgba8)
        .unwrap();
    let print = develop(&file).unwrap();
    assert_eq!(print.kind, PictureKind::Png);
    assert_eq!((pixel(&print, 0, 0), pixel(&print, 1, 0)), ([0, 0, 0], [255, 255, 255]));
}

#[test]
fn what_is_no_still_picture_is_refused_with_the_reason() {
    let whole = photo(64, 48);
    assert_eq!(develop(b""), Err(Unfit::UnknownKind));
    assert_eq!(develop(b"%PDF-1.7 proces-verbal"), Err(Unfit::UnknownKind));
    assert_eq!(develop(&whole[..whole.len() / 2]), Err(Unfit::Damaged));
    assert_eq!(develop(b"GIF89a\x01\0\x01\0\0\0\0;"), Err(Unfit::Animated));
    assert_eq!(develop(&vec![0xff; LARGEST_FILE as usize + 1]), Err(Unfit::TooLarge { most: LARGEST_FILE }));
}

#[test]
fn an_animated_png_is_refused() {
    let mut file = png(&noise(4, 4));
    let header = 8 + 25;
    let mut animation = 8_u32.to_be_bytes().to_vec();
    animation.extend(b"acTL\0\0\0\x02\0\0\0\0");
    animation.extend([0; 4]);
    file.splice(header..header, animation);
    assert_eq!(develop(&file), Err(Unfit::Animated));
}

/// A file of some kilobytes that would fill gigabytes of memory.
#[test]
fn a_decompression_bomb_is_refused_before_it_goes_off() {
    let mut file = png(&RgbImage::new(1, 1));
    // IHDR's width and height, then its checksum.
    file[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    let checksum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert!(matches!(develop(&file), Err(Unfit::TooManyPixels { .. })), "{:?}", develop(&file));
}

/// The checksum of PNG's chunks (<https://www.w3.org/TR/png-3/#5CRC-algorithm>).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// Found by fuzzing: a WebP of a hundred bytes whose Exif says that it is 4 GB long, and for which the decoder took them.
#[test]
fn a_file_that_claims_more_than_it_has_is_damaged() {
    let mut file = include_bytes!("../../fuzz/corpus/picture/lossless.webp").to_vec();
    assert!(develop(&file).is_ok());
    let exif = file.windows(4).position(|four| four == b"EXIF").unwrap();
    file[exif + 4..exif + 8].fill(0xff);
    assert_eq!(develop(&file), Err(Unfit::Damaged));
}
