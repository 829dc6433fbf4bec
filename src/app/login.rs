//! `portevoix login …`: lets the bot into a service, one file for each.

#[cfg(feature = "bluesky")]
pub mod bluesky;
#[cfg(feature = "mastodon")]
pub mod mastodon;
#[cfg(feature = "matrix")]
pub mod matrix;
#[cfg(any(feature = "mastodon", feature = "bluesky"))]
pub mod secret_place;
#[cfg(feature = "x")]
pub mod x;
