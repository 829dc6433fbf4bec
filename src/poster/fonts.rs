//! The fonts of posters, compiled in: a poster looks the same on every machine, whatever is installed there.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::Database;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// What the fonts call themselves. IBM Plex Sans, SIL Open Font License 1.1 (`commands/fonts/OFL.txt`).
pub const FAMILY: &str = "IBM Plex Sans";

const REGULAR: &[u8] = include_bytes!("../../commands/fonts/IBMPlexSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../commands/fonts/IBMPlexSans-Bold.ttf");

/// The least weight that is set in bold, as CSS counts it.
const BOLD_FROM: u16 = 600;

/// Both fonts, as whoever draws wants them.
pub static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    database.load_font_data(REGULAR.to_vec());
    database.load_font_data(BOLD.to_vec());
    Arc::new(database)
});

/// One of the fonts, to be measured.
pub struct Face {
    font: FontRef<'static>,
}

impl Face {
    /// The font of that weight, as CSS counts it; `None` if the font that was compiled in is none.
    pub fn of_weight(weight: u16) -> Option<Self> {
        FontRef::new(if weight >= BOLD_FROM { BOLD } else { REGULAR }).ok().map(|font| Self { font })
    }

    /// How wide a text is at that size, in the same unit. Pairs that stand closer than their letters (kerning) make it
    /// narrower than that, never wider.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let metrics = self.font.glyph_metrics(Size::new(size), LocationRef::default());
        let letters = self.font.charmap();
        text.chars().filter_map(|c| metrics.advance_width(letters.map(c)?)).sum()
    }

    /// How far the letters of a line reach above the line that they stand on, and below it, at that size.
    pub fn reach(&self, size: f32) -> (f32, f32) {
        let metrics = self.font.metrics(Size::new(size), LocationRef::default());
        (metrics.ascent, -metrics.descent)
    }

    /// Whether the font has a letter.
    pub fn has(&self, c: char) -> bool {
        self.font.charmap().map(c).is_some()
    }
}
