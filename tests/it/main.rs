//! Every test that needs more than one module, in one binary: linking is slow.

mod contract;
mod harness;
#[cfg(feature = "matrix")]
mod matrix;
