//! The darkroom: makes of a file that someone sent a picture that may be published, and nothing else that was in it.

pub mod develop;
