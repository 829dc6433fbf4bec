//! All tests in one binary, because linking is slow.

mod contract;
mod harness;
