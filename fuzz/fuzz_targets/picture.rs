//! A file that someone sent as a picture: refused, or developed into one that says nothing beside its pixels.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portevoix::darkroom::develop::develop;
use portevoix::domain::picture::PictureKind;

fuzz_target!(|file: &[u8]| {
    let Ok(print) = develop(file) else { return };
    let parts = match print.kind {
        PictureKind::Png => png_chunks(&print.bytes),
        PictureKind::Jpeg => jpeg_segments(&print.bytes),
    };
    assert_eq!(parts, None, "the print says more than its pixels");
    let again = develop(&print.bytes).expect("a print is a picture");
    assert_eq!((again.width, again.height), (print.width, print.height));
});

/// A chunk that is not needed to show the pixels.
fn png_chunks(file: &[u8]) -> Option<String> {
    let mut rest = &file[8..];
    while let [a, b, c, d, kind @ ..] = rest {
        let (kind, after) = kind.split_at(4);
        if ![b"IHDR", b"IDAT", b"IEND"].contains(&kind.try_into().expect("four bytes")) {
            return Some(String::from_utf8_lossy(kind).into_owned());
        }
        rest = &after[usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).expect("it fits") + 4..];
    }
    None
}

/// A segment before the pixels that is not needed to show them: any APPn but JFIF's own, or a comment.
fn jpeg_segments(file: &[u8]) -> Option<String> {
    let mut rest = &file[2..];
    while let [0xFF, marker, high, low, ..] = rest {
        if *marker == 0xDA {
            return None;
        }
        if matches!(marker, 0xE1..=0xEF | 0xFE) {
            return Some(format!("{marker:02x}"));
        }
        rest = &rest[2 + usize::from(u16::from_be_bytes([*high, *low]))..];
    }
    Some("no pixels".to_owned())
}
