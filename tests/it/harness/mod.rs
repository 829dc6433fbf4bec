//! What the scenes stand on.

pub mod browser;
pub mod http;
pub mod practice_room;
