//! What the scenes are played with.

#[cfg(feature = "matrix")]
pub mod matrix_stage;
#[cfg(feature = "matrix")]
pub mod synapse;
