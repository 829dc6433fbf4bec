//! What the scenes are played with.

#[cfg(feature = "matrix")]
pub mod synapse;
