//! Every test, in one binary: linking is slow.
#![expect(clippy::unwrap_used, reason = "a test that unwraps says what it expected")]

mod browser;
mod config;
mod contract;
mod harness;
mod practice;
mod review;
mod text;
mod tidy;
