//! A file that someone sent as a picture: refused, or developed into one that says nothing beside its pixels.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portevoix::darkroom::develop::develop;

fuzz_target!(|file: &[u8]| {
    let Ok(print) = develop(file) else { return };
    assert!(!print.bytes.windows(4).any(|four| four == b"Exif" || four == b"eXIf"), "the print says who made it");
    let again = develop(&print.bytes).expect("a print is a picture");
    assert_eq!((again.width, again.height), (print.width, print.height));
});
