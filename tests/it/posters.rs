//! Posters, held against pictures of what they should look like, and against words that do not fit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use portevoix::poster::draw::{Filling, Photo, Unfit, draw};
use portevoix::poster::sheet::Sheet;

/// Set to draw the pictures anew that posters are held against; look at each of them.
const REDRAW: &str = "PORTEVOIX_REDRAW";

/// How much a pixel may differ on average, of 255: another machine rounds the edges of letters another way.
const TOLERANCE: f64 = 1.0;

const APPEAL: [(&str, &str); 4] = [
    ("titre", "Appel à témoins"),
    (
        "faits",
        "Vol avec violence sur un passant.\nPlace du Bouffay, Nantes, vendredi 13 mars vers 22 h.\nSignalement : homme, \
         1,80 m, veste rouge, casquette noire, sac à dos gris.",
    ),
    ("appel", "Vous avez vu quelque chose ? 02 61 91 44 17"),
    ("direction", "Police nationale de la Loire-Atlantique"),
];

const FOUND: [(&str, &str); 3] = [
    ("titre", "Personne retrouvée"),
    ("faits", "Merci à toutes et à tous. N'appelez plus, et cessez de diffuser la photo."),
    ("direction", "Police nationale de la Loire-Atlantique"),
];

fn words(words: &[(&str, &str)]) -> BTreeMap<String, String> {
    words.iter().map(|(name, words)| ((*name).to_owned(), (*words).to_owned())).collect()
}

fn sheet(name: &str) -> Sheet {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("commands").join(name);
    Sheet::read(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Draws it, and holds it against the picture of that name.
#[track_caller]
fn looks_like(golden: &str, look: &str, of: &[(&str, &str)], photo: Option<&[u8]>) {
    let words = words(of);
    let photo = photo.map(|bytes| Photo { bytes, media_type: "image/jpeg" });
    let drawn = draw(&sheet(look), Filling { words: &words, photo }).unwrap();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/posters").join(golden);
    if std::env::var_os(REDRAW).is_some() {
        std::fs::write(&path, &drawn.bytes).unwrap();
    }
    let (one, other) = (pixels(&drawn.bytes), pixels(&std::fs::read(&path).unwrap()));
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    assert_eq!((one.width(), one.height()), (drawn.width, drawn.height));
    let sum: u64 = one.as_raw().iter().zip(other.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = sum as f64 / one.as_raw().len() as f64;
    assert!(mean <= TOLERANCE, "{golden} looks otherwise: {mean:.2} of 255 a pixel on average");
}

fn pixels(file: &[u8]) -> RgbImage {
    image::load_from_memory(file).unwrap().to_rgb8()
}

/// A face that nobody has, as a photo.
fn portrait() -> Vec<u8> {
    let face = RgbImage::from_fn(600, 800, |x, y| {
        let (x, y) = (f64::from(x) - 300.0, f64::from(y) - 330.0);
        let inside = |cx: f64, cy: f64, rx: f64, ry: f64| ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0;
        if inside(-60.0, -20.0, 18.0, 12.0) || inside(60.0, -20.0, 18.0, 12.0) {
            image::Rgb([40, 30, 30])
        } else if inside(0.0, 0.0, 150.0, 200.0) {
            image::Rgb([214, 170, 140])
        } else if inside(0.0, 420.0, 280.0, 220.0) {
            image::Rgb([170, 40, 50])
        } else {
            image::Rgb([120, 150, 170])
        }
    });
    let mut file = Vec::new();
    face.write_with_encoder(JpegEncoder::new_with_quality(&mut file, 90)).unwrap();
    file
}

#[test]
fn an_appeal_is_told_from_afar() {
    looks_like("appel-paysage.png", "affiche-paysage.svg", &APPEAL, None);
    looks_like("appel-portrait.png", "affiche-portrait.svg", &APPEAL, None);
}

#[test]
fn a_missing_person_is_shown_with_a_photo() {
    let missing = [
        ("titre", "Disparition inquiétante"),
        (
            "faits",
            "Jeannine, 81 ans.\n1,65 m, cheveux gris courts, manteau beige, marche avec une canne.\nDernier lieu connu : CHU de \
             Nantes, vendredi 13 mars vers 18 h.",
        ),
        ("appel", "Une information ? 02 61 91 44 17"),
        ("direction", "Police nationale de la Loire-Atlantique"),
    ];
    looks_like("disparition-paysage.png", "affiche-paysage.svg", &missing, Some(&portrait()));
    looks_like("disparition-portrait.png", "affiche-portrait.svg", &missing, Some(&portrait()));
}

#[test]
fn a_closing_shows_no_number_and_nobody() {
    looks_like("retrouvee-paysage.png", "affiche-paysage.svg", &FOUND, None);
}

#[test]
fn many_words_are_set_smaller_and_too_many_are_refused() {
    let long = |count: usize| words(&[("titre", "Appel"), ("faits", &"une voiture grise très abîmée ".repeat(count))]);
    let draw = |words: &BTreeMap<String, String>| draw(&sheet("affiche-paysage.svg"), Filling { words, photo: None });
    assert!(draw(&long(16)).is_ok());
    assert_eq!(draw(&long(60)), Err(Unfit::TooLong { name: "faits".to_owned() }));
    let one_word = words(&[("titre", "Appel"), ("faits", &"a".repeat(200))]);
    assert_eq!(draw(&one_word), Err(Unfit::TooLong { name: "faits".to_owned() }));
}

#[test]
fn emoji_stay_in_the_post_and_unknown_letters_are_named() {
    let draw = |text: &str| {
        draw(
            &sheet("affiche-paysage.svg"),
            Filling { words: &words(&[("titre", "Appel"), ("faits", text)]), photo: None },
        )
    };
    assert_eq!(draw("Un chat 🐈‍⬛ roux."), draw("Un chat  roux."));
    assert_eq!(draw("写真").unwrap_err(), Unfit::NoSuchLetter { name: "faits".to_owned(), letter: '写' });
}

#[test]
fn what_is_typed_is_never_read_as_svg() {
    let typed = "<image href=\"file:///etc/passwd\"/> & </text> \"citation\"";
    let drawn = draw(&sheet("affiche-paysage.svg"), Filling { words: &words(&[("faits", typed)]), photo: None });
    assert!(drawn.is_ok(), "{drawn:?}");
}

#[test]
fn a_look_with_a_mistake_is_named_with_its_line() {
    let problem = |svg: &str| Sheet::read(svg).unwrap_err();
    assert_eq!(problem("<svg width=\"10\" height=\"10\">\n<text data-words=\"faits\" x=\"1\"/>\n</svg>").line, 2);
    assert!(problem("<svg width=\"10\" height=\"10\">").message.contains("balises"));
    assert!(problem("<svg width=\"10\" height=\"99999\"/>").message.contains("height"));
    assert!(problem("<svg width=\"10\" height=\"10\"/>").message.contains("data-words"));
}
