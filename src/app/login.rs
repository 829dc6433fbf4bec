//! `portevoix login …`: lets the bot into a service, one file for each.

#[cfg(feature = "matrix")]
pub mod matrix;
#[cfg(feature = "x")]
pub mod x;
