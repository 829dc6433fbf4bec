//! What the scenes stand on.

pub mod browser;
pub mod http;
pub mod notebook;
pub mod practice_room;
