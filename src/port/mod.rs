//! What the engine needs of the outside, as traits; each says what holds if we crash in the middle.

pub mod chat;
pub mod clock;
pub mod network;
pub mod offer;
pub mod private_file;
