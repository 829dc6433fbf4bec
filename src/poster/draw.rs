//! Fills a look with words and a photo, and draws it.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};
use unicode_properties::UnicodeEmoji;

use crate::poster::fonts::{DATABASE, FAMILY, Face};
use crate::poster::lines::{LINE, height, set};
use crate::poster::sheet::{Anchor, Kind, PHOTO, Part, Sheet, Words, escaped};

/// What a poster is filled with.
#[derive(Clone, Copy)]
pub struct Filling<'a> {
    /// The words, by the name of their box; a box without words is left empty.
    pub words: &'a BTreeMap<String, String>,
    /// A developed photo.
    pub photo: Option<Photo<'a>>,
}

/// A developed photo. The whole of it is shown: what is at its edge may be what somebody recognises.
#[derive(Clone, Copy)]
pub struct Photo<'a> {
    /// The file.
    pub bytes: &'a [u8],
    /// What it is: `image/jpeg` or `image/png`.
    pub media_type: &'a str,
}

/// A poster as it may be published.
#[derive(Clone, PartialEq, Eq)]
pub struct Drawn {
    /// A PNG.
    pub bytes: Vec<u8>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drawn").field("width", &self.width).field("height", &self.height).finish_non_exhaustive()
    }
}

/// Why a poster can't be drawn with these words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// They are too many for their box, also at its smallest size.
    #[error("the words of {name} do not fit")]
    TooLong {
        /// The box.
        name: String,
    },
    /// The fonts lack a letter.
    #[error("the fonts have no {letter:?}, in {name}")]
    NoSuchLetter {
        /// The box.
        name: String,
        /// Which.
        letter: char,
    },
    /// The look, or the photo, can't be drawn.
    #[error("the poster cannot be drawn: {0}")]
    Undrawable(String),
}

/// Draws a poster. Takes some tens of milliseconds: not for a thread that others wait for.
///
/// # Errors
/// Why these words make no poster.
pub fn draw(sheet: &Sheet, filling: Filling<'_>) -> Result<Drawn, Unfit> {
    let svg = filled(sheet, filling)?;
    let options = Options {
        fontdb: DATABASE.clone(),
        font_family: FAMILY.to_owned(),
        // Only what is in the file itself is drawn: no path, no address.
        image_href_resolver: ImageHrefResolver {
            resolve_data: ImageHrefResolver::default_data_resolver(),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let undrawable = |words: &dyn ToString| Unfit::Undrawable(words.to_string());
    let tree = Tree::from_str(&svg, &options).map_err(|error| undrawable(&error))?;
    let mut page = Pixmap::new(sheet.width, sheet.height).ok_or_else(|| undrawable(&"no memory"))?;
    resvg::render(&tree, Transform::identity(), &mut page.as_mut());
    let bytes = page.encode_png().map_err(|error| undrawable(&error))?;
    Ok(Drawn { bytes, width: sheet.width, height: sheet.height })
}

/// The file with everything in its place.
fn filled(sheet: &Sheet, filling: Filling<'_>) -> Result<String, Unfit> {
    let is_given = |name: &str| match name {
        PHOTO => filling.photo.is_some(),
        name => filling.words.get(name).is_some_and(|words| !words.trim().is_empty()),
    };
    let mut svg = String::with_capacity(sheet.svg.len() * 2);
    let mut from = 0;
    for Part { range, kind } in &sheet.parts {
        // In a part that was left out.
        if range.start < from {
            continue;
        }
        let put = match kind {
            Kind::With(name) if is_given(name) => continue,
            Kind::Without(name) if !is_given(name) => continue,
            Kind::With(_) | Kind::Without(_) => String::new(),
            Kind::Words(words) => match filling.words.get(&words.name).filter(|_| is_given(&words.name)) {
                Some(text) => lines(words, text)?,
                None => String::new(),
            },
            Kind::Photo(attributes) => match filling.photo {
                Some(Photo { bytes, media_type }) => {
                    let data = STANDARD.encode(bytes);
                    format!(
                        "<image{attributes} preserveAspectRatio=\"xMidYMid meet\" \
                         href=\"data:{media_type};base64,{data}\"/>"
                    )
                }
                None => String::new(),
            },
        };
        svg.push_str(&sheet.svg[from..range.start]);
        svg.push_str(&put);
        from = range.end;
    }
    svg.push_str(&sheet.svg[from..]);
    Ok(svg)
}

/// A text set in its box.
fn lines(words: &Words, text: &str) -> Result<String, Unfit> {
    let name = || words.name.clone();
    let face = Face::of_weight(words.weight).ok_or_else(|| Unfit::Undrawable("no font".to_owned()))?;
    let text = drawable(text, &face).map_err(|letter| Unfit::NoSuchLetter { name: name(), letter })?;
    let setting = set(&text, &face, &words.frame).ok_or_else(|| Unfit::TooLong { name: name() })?;
    let size = setting.size;
    let free = words.frame.height - height(setting.lines.len(), size, &face);
    let top = if words.is_centred { words.y + free / 2.0 } else { words.y };
    let (x, anchor) = match words.anchor {
        Anchor::Start => (words.x, "start"),
        Anchor::Middle => (words.x + words.frame.width / 2.0, "middle"),
        Anchor::End => (words.x + words.frame.width, "end"),
    };
    let mut baseline = top + face.reach(size).0;
    let mut drawn = format!("<text{} font-size=\"{size}\" text-anchor=\"{anchor}\">", words.attributes);
    for line in &setting.lines {
        let line = escaped(line);
        write!(drawn, "<tspan x=\"{x}\" y=\"{baseline}\">{line}</tspan>")
            .map_err(|error| Unfit::Undrawable(error.to_string()))?;
        baseline += size * LINE;
    }
    drawn.push_str("</text>");
    Ok(drawn)
}

/// A text without its emoji, which the post itself keeps; the letter that the font lacks, if there is one.
fn drawable(text: &str, face: &Face) -> Result<String, char> {
    // From the arrows on; before them are signs that are text first (©, ™).
    let is_part_of_emoji = |c: char| {
        matches!(c, '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' | '\u{20E3}') || c >= '\u{2190}' && c.is_emoji_char()
    };
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Fonts seldom have it, and it is drawn as wide as any other space.
            '\u{202F}' => kept.push('\u{A0}'),
            c if is_part_of_emoji(c) => {}
            c if c.is_whitespace() || face.has(c) => kept.push(c),
            c => return Err(c),
        }
    }
    Ok(kept.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned())
}
