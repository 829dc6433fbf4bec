//! What scenes are played with.

pub mod desk_of_rules;
