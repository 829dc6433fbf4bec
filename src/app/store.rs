//! `portevoix store`: what an administrator does with the database as a whole.

pub mod backup;
#[cfg(feature = "postgres")]
pub mod copy;
