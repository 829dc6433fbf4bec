//! What the scenes are played with.

#[cfg(feature = "matrix")]
pub mod matrix_stage;
#[cfg(feature = "matrix")]
pub mod matrix_view;
pub mod notebook;
#[cfg(feature = "matrix")]
pub mod synapse;
