//! Every test, in one binary: linking is slow.
#![expect(clippy::unwrap_used, reason = "a test that unwraps says what it expected")]

mod approval;
mod bad_input;
mod browser;
#[cfg(feature = "mastodon")]
mod check;
mod commands;
mod config;
mod contract;
mod darkroom;
#[cfg(all(feature = "matrix", feature = "bluesky"))]
mod everything_real;
mod examples;
mod harness;
mod logging;
#[cfg(feature = "mastodon")]
mod login;
#[cfg(feature = "matrix")]
mod matrix;
mod outbox;
mod pictures;
mod practice;
mod practice_page;
mod practice_terminal;
mod review;
mod store;
mod text;
mod tidy;
#[cfg(feature = "mastodon")]
mod troubled_instance;
mod wording;
