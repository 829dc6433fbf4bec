//! Every test, in one binary: linking is slow.
#![expect(clippy::unwrap_used, reason = "a test that unwraps says what it expected")]

#[cfg(all(feature = "bluesky", feature = "discord", feature = "mastodon", feature = "x"))]
mod all_five;
mod approval;
mod bad_input;
mod browser;
#[cfg(feature = "mastodon")]
mod check;
#[cfg(feature = "postgres")]
mod check_postgres;
#[cfg(feature = "x")]
mod check_x;
mod checks;
mod closing;
mod commands;
mod config;
mod confirm;
mod contract;
mod damaged_store;
mod darkroom;
#[cfg(feature = "discord")]
mod discord;
#[cfg(all(feature = "matrix", feature = "bluesky"))]
mod everything_real;
mod examples;
mod floods;
mod full_disk;
mod harness;
mod inert;
mod journal;
#[cfg(all(feature = "matrix", feature = "mastodon", feature = "bluesky", feature = "x"))]
mod kills;
mod leads;
mod lifting;
mod lint;
mod logging;
#[cfg(feature = "mastodon")]
mod login;
#[cfg(feature = "x")]
mod login_x;
#[cfg(feature = "matrix")]
mod matrix;
mod outbox;
mod permissions;
mod pictures;
mod posters;
mod practice;
mod practice_page;
mod practice_terminal;
mod relays;
mod reminders;
#[cfg(feature = "postgres")]
mod replicas;
mod restore;
mod review;
mod schedule;
mod simulated;
mod simulation;
mod store_commands;
#[cfg(feature = "postgres")]
mod store_copy;
mod text;
mod tidy;
#[cfg(feature = "mastodon")]
mod troubled_instance;
#[cfg(feature = "x")]
mod troubled_x;
mod wording;
