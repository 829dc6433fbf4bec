//! Sets a text in a box: broken into lines between words, as large as it fits.

use crate::poster::fonts::Face;

/// A box for text, in the units of its drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// How wide.
    pub width: f32,
    /// How high.
    pub height: f32,
    /// The size of letters that is tried first.
    pub largest: f32,
    /// Below that size nobody reads it on a phone: the text is refused.
    pub smallest: f32,
}

/// A text as it is set.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its lines, from the top.
    pub lines: Vec<String>,
    /// The size of its letters.
    pub size: f32,
}

/// From one line to the next, in sizes of letters.
pub const LINE: f32 = 1.22;

/// By how much the size goes down from one try to the next.
const STEP: f32 = 1.0;

/// The largest setting of a text that fits; `None` if it does not fit at the smallest size.
pub fn set(text: &str, face: &Face, frame: &Frame) -> Option<Setting> {
    let mut size = frame.largest;
    while size >= frame.smallest {
        if let Some(lines) = broken(text, face, size, frame.width)
            && height(lines.len(), size, face) <= frame.height
        {
            return Some(Setting { lines, size });
        }
        size -= STEP;
    }
    None
}

/// How high so many lines are.
pub fn height(lines: usize, size: f32, face: &Face) -> f32 {
    let (above, below) = face.reach(size);
    let between = u16::try_from(lines.saturating_sub(1)).unwrap_or(u16::MAX);
    above + below + f32::from(between) * size * LINE
}

/// The lines of a text, each as full as it can be; `None` if a word alone is wider than a line. Lines that were typed stay
/// apart. No-break spaces hold words together.
fn broken(text: &str, face: &Face, size: f32, width: f32) -> Option<Vec<String>> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split([' ', '\t']).filter(|word| !word.is_empty()) {
            if face.width(word, size) > width {
                return None;
            }
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if face.width(&longer, size) <= width {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    Some(lines)
}
