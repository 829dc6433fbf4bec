//! What scenes are played with.

pub mod desk_of_rules;
#[cfg(feature = "matrix")]
pub mod synapse;
