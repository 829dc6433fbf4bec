//! The fields that say what a draft's pictures show: every command that drafts has them, without its file saying so.

use crate::command::field::{Field, FieldKind, Need};
use crate::domain::name::FieldName;

/// The most pictures of a draft: none of the networks takes more.
pub const MOST_PICTURES: usize = 4;

/// No network takes a longer alt text, in characters (Bluesky 2,000, Mastodon 1,500, X 1,000).
const LONGEST_ALT: usize = 1_000;

/// The field of the picture at that place, counted from 1: `photo_alt`, `photo_alt_2` and so on.
pub fn name(place: usize) -> FieldName {
    FieldName(if place == 1 { "photo_alt".to_owned() } else { format!("photo_alt_{place}") })
}

/// Whether a field says something of a picture: what it shows (`photo_alt`), or what stands below it
/// (`photo_legende`).
pub fn is_alt(field: &FieldName) -> bool {
    field.as_str().starts_with("photo_") || matches!(field.as_str(), "alt" | "legende")
}

/// One field a picture. The rule that an image has its words is art. 47 of loi 2005-102 (RGAA, criterion 1.1).
pub fn fields() -> impl Iterator<Item = Field> {
    (1..=MOST_PICTURES).map(|place| {
        let which = if place == 1 { "la photo".to_owned() } else { format!("la photo {place}") };
        Field {
            name: name(place),
            aliases: if place == 1 { vec![FieldName::from("alt"), FieldName::from("photo_alt_1")] } else { Vec::new() },
            kind: FieldKind::Text,
            need: Need::Picture(place),
            internal: false,
            main: false,
            ask: format!("Que montre {which} ? Une phrase, pour qui ne la voit pas."),
            about: format!("Si vous joignez une photo : ce que montre {which}, pour qui ne la voit pas"),
            most_characters: LONGEST_ALT,
        }
    })
}
