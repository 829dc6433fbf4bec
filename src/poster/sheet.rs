//! A poster's look, as its SVG file describes it: boxes for words, a place for a photo, parts that are shown only with it.
//!
//! ```xml
//! <text data-words="faits" x="60" y="200" width="640" height="260" font-size="48" data-smallest="26" font-weight="400"/>
//! <image data-photo="" x="760" y="120" width="380" height="460"/>
//! <g data-with="photo"> … </g>   <g data-without="photo"> … </g>   <g data-with="signalement"> … </g>
//! ```

use std::collections::BTreeSet;
use std::ops::Range;

use resvg::usvg::roxmltree::{Document, Node};

use crate::poster::lines::Frame;

/// A look that can be filled.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub(in crate::poster) svg: String,
    pub(in crate::poster) parts: Vec<Part>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A part of the file that filling changes, in the order of the file; inner parts come after the one that they are in.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::poster) struct Part {
    /// Its bytes in the file.
    pub range: Range<usize>,
    pub kind: Kind,
}

/// What becomes of a part.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::poster) enum Kind {
    /// Words are set there.
    Words(Box<Words>),
    /// The photo is put there, with these attributes.
    Photo(String),
    /// It is left out unless that is given.
    With(String),
    /// It is left out if that is given.
    Without(String),
}

/// A box for words.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::poster) struct Words {
    pub name: String,
    pub x: f32,
    pub y: f32,
    pub frame: Frame,
    pub weight: u16,
    pub anchor: Anchor,
    /// Whether it stands in the middle of its height, instead of at the top.
    pub is_centred: bool,
    /// The attributes that are handed on: colour and the like.
    pub attributes: String,
}

/// Where a line stands in its box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::poster) enum Anchor {
    Start,
    Middle,
    End,
}

/// Why a file is no look for a poster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetProblem {
    /// Counts from 1.
    pub line: u32,
    /// In French, with what to write.
    pub message: String,
}

/// The largest side of a poster, in pixels: no network shows more.
const LARGEST_SIDE: u32 = 2_048;

/// What stands for the photo among the names.
pub const PHOTO: &str = "photo";

/// Attributes of a box that are not handed on to what is drawn.
const OWN: [&str; 10] = [
    "data-words",
    "data-smallest",
    "data-valign",
    "data-photo",
    "x",
    "y",
    "width",
    "height",
    "font-size",
    "text-anchor",
];

impl Sheet {
    /// Reads a file.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(svg: &str) -> Result<Self, SheetProblem> {
        let document = Document::parse(svg).map_err(|error| SheetProblem {
            line: error.pos().row,
            message: format!("ce n'est pas du SVG ({error}) : vérifiez les balises et les guillemets"),
        })?;
        let root = document.root_element();
        let (width, height) = (side(&root, "width")?, side(&root, "height")?);
        let parts = root.descendants().filter(Node::is_element).filter_map(|node| part(&node).transpose());
        let parts = parts.collect::<Result<Vec<Part>, SheetProblem>>()?;
        if !parts.iter().any(|part| matches!(part.kind, Kind::Words(_))) {
            return Err(problem(&root, "il n'y a aucune place pour un texte : ajoutez <text data-words=\"titre\" …/>"));
        }
        Ok(Self { svg: svg.to_owned(), parts, width, height })
    }

    /// The names of all words that it shows.
    pub fn names(&self) -> BTreeSet<&str> {
        fn name(kind: &Kind) -> Option<&str> {
            match kind {
                Kind::Words(words) => Some(words.name.as_str()),
                Kind::With(_) | Kind::Without(_) | Kind::Photo(_) => None,
            }
        }
        self.parts.iter().filter_map(|part| name(&part.kind)).collect()
    }
}

fn part(node: &Node<'_, '_>) -> Result<Option<Part>, SheetProblem> {
    let kind = if let Some(name) = node.attribute("data-words") {
        Kind::Words(Box::new(words(node, name)?))
    } else if node.attribute("data-photo").is_some() {
        for key in ["x", "y", "width", "height"] {
            number(node, key, None)?;
        }
        let own = ["data-photo", "preserveAspectRatio"];
        Kind::Photo(attributes(node, |name| !own.contains(&name) && !name.ends_with("href")))
    } else if let Some(name) = node.attribute("data-with") {
        Kind::With(name.to_owned())
    } else if let Some(name) = node.attribute("data-without") {
        Kind::Without(name.to_owned())
    } else {
        return Ok(None);
    };
    Ok(Some(Part { range: node.range(), kind }))
}

fn words(node: &Node<'_, '_>, name: &str) -> Result<Words, SheetProblem> {
    let largest = number(node, "font-size", None)?;
    let frame = Frame {
        width: number(node, "width", None)?,
        height: number(node, "height", None)?,
        largest,
        smallest: number(node, "data-smallest", Some(largest))?,
    };
    if frame.smallest < 1.0 || frame.smallest > largest {
        return Err(problem(node, "data-smallest doit être entre 1 et font-size"));
    }
    let anchor = match node.attribute("text-anchor") {
        None | Some("start") => Anchor::Start,
        Some("middle") => Anchor::Middle,
        Some("end") => Anchor::End,
        Some(_) => return Err(problem(node, "text-anchor : écrivez start, middle ou end")),
    };
    let weight = node.attribute("font-weight").map_or(Ok(400), str::parse);
    Ok(Words {
        name: name.to_owned(),
        x: number(node, "x", None)?,
        y: number(node, "y", None)?,
        frame,
        weight: weight.map_err(|_| problem(node, "font-weight : écrivez un nombre, 400 ou 700"))?,
        anchor,
        is_centred: node.attribute("data-valign") == Some("middle"),
        attributes: attributes(node, |name| !OWN.contains(&name)),
    })
}

fn side(root: &Node<'_, '_>, name: &str) -> Result<u32, SheetProblem> {
    let side = root.attribute(name).and_then(|value| value.parse().ok());
    side.filter(|side| (1..=LARGEST_SIDE).contains(side))
        .ok_or_else(|| problem(root, &format!("<svg> : écrivez {name} en pixels, entre 1 et {LARGEST_SIDE}")))
}

fn number(node: &Node<'_, '_>, name: &str, otherwise: Option<f32>) -> Result<f32, SheetProblem> {
    let given = node.attribute(name).map(|value| value.parse::<f32>().ok().filter(|number| number.is_finite()));
    let missing = || problem(node, &format!("<{}> : écrivez {name} avec un nombre", node.tag_name().name()));
    given.unwrap_or(otherwise).ok_or_else(missing)
}

/// Attributes as they are written into a file.
fn attributes(node: &Node<'_, '_>, keep: impl Fn(&str) -> bool) -> String {
    let kept = node.attributes().filter(|attribute| keep(attribute.name()));
    kept.map(|attribute| format!(" {}=\"{}\"", attribute.name(), escaped(attribute.value()))).collect()
}

/// A text as it may stand in a file.
pub(in crate::poster) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn problem(node: &Node<'_, '_>, message: &str) -> SheetProblem {
    SheetProblem { line: node.document().text_pos_at(node.range().start).row, message: message.to_owned() }
}
