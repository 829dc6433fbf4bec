//! `portevoix.toml`: read once, valid from then on, and every problem of the file told at once with its line.
//!
//! `load` starts here; `settings` is what comes out; `keys` is the one list of what may be written.

pub mod account;
pub mod account_x;
pub mod claims;
pub mod database;
pub mod directorate;
pub mod discord;
pub mod findings;
pub mod identifier;
pub mod keys;
pub mod load;
pub mod nearest;
pub mod outside;
pub mod policy;
pub mod secret;
pub mod section;
pub mod settings;
pub mod syntax;
pub mod team;
