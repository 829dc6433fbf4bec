//! Measures a photo's way to what may be published, and a poster's: one core, beside decoding alone.
//!
//! `cargo bench --bench pictures --no-default-features`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its figures, and stops where it can't")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use portevoix::darkroom::develop::develop;
use portevoix::poster::draw::{Filling, Photo, draw};
use portevoix::poster::sheet::Sheet;

/// What a phone makes: 12 million pixels.
const PHONE: (u32, u32) = (4_000, 3_000);

/// How often each is done; the median counts.
const ROUNDS: usize = 9;

fn main() {
    let photo = photo();
    let decoding = median(|| drop(black_box(image::load_from_memory(&photo).unwrap())));
    let developing = median(|| drop(black_box(develop(&photo).unwrap())));
    println!("A 12-megapixel JPEG of {} kB, on one core:", photo.len() / 1_000);
    println!("  developed for every network: {developing:.1?} (aim: under 400 ms)");
    let ratio = developing.as_secs_f64() / decoding.as_secs_f64();
    println!("  decoded alone, which nothing can do without: {decoding:.1?}; {ratio:.2} times that");
    let print = develop(&photo).unwrap();
    let words = words();
    let looks = [
        ("landscape", include_str!("../commands/affiche-paysage.svg")),
        ("portrait", include_str!("../commands/affiche-portrait.svg")),
    ];
    for (name, svg) in looks {
        let sheet = Sheet::read(svg).unwrap();
        let picture = Photo { bytes: &print.bytes, media_type: print.kind.media_type() };
        for (photo, what) in [(None, "without a photo"), (Some(picture), "with a photo of 2,048 pixels")] {
            let filling = Filling { words: &words, photo };
            let time = median(|| drop(black_box(draw(&sheet, filling).unwrap())));
            println!("A poster, {name}, {what}: {time:.1?} (aim: under 60 ms)");
        }
    }
}

/// Light, shade and grain, as in a street at dusk.
fn photo() -> Vec<u8> {
    let mut dice = fastrand::Rng::with_seed(44);
    let picture = RgbImage::from_fn(PHONE.0, PHONE.1, |x, y| {
        let light = u8::try_from((x / 25 + y / 40) % 200).unwrap();
        let grain = dice.u8(0..24);
        Rgb([light.saturating_add(grain), light / 2 + grain, 90 + grain])
    });
    let mut file = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut file, 90)).unwrap();
    file
}

fn words() -> BTreeMap<String, String> {
    let words = [
        ("titre", "Disparition inquiétante"),
        (
            "faits",
            "Jeannine, 81 ans.\n1,65 m, cheveux gris courts, manteau beige.\nDernier lieu connu : CHU de Nantes.",
        ),
        ("appel", "Une information ? 02 61 91 44 17"),
        ("direction", "Police nationale de la Loire-Atlantique"),
    ];
    words.map(|(name, words)| (name.to_owned(), words.to_owned())).into()
}

fn median(mut act: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            act();
            begun.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}
