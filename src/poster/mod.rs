//! Draws posters: an SVG of the command folder, filled with words that are set as large as they fit, and with a photo.
//!
//! The police's own appeals are recognised by their look before they are read. The look is a file (`commands/affiche-*.svg`,
//! replaceable like every command file); this module only fills it. Text that does not fit is set smaller, down to a
//! smallest size, and then refused: it is never cut.

pub mod draw;
pub mod fonts;
pub mod lines;
pub mod sheet;
