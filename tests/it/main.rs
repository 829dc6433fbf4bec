//! All tests in one binary, because linking is slow.

#![expect(clippy::unwrap_used, reason = "a test that unwraps says clearly enough what it expected")]

mod contract;
mod harness;
