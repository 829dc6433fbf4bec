//! All tests in one binary, because linking is slow.

mod harness;
mod practice;
mod review;
