//! What scenes are played with.

pub mod browser;
pub mod desk_of_rules;
pub mod http;
pub mod practice_room;
#[cfg(feature = "matrix")]
pub mod synapse;
