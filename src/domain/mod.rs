//! The rules, pure: no I/O, no clock, no randomness; everything is handed in and everything owed is handed back.

pub mod ballot;
pub mod cost;
pub mod directorate;
pub mod draft;
pub mod effect;
pub mod fault;
pub mod fold;
pub mod help;
pub mod journal;
pub mod name;
pub mod notice;
pub mod picture;
pub mod plan_notice;
pub mod policy;
pub mod post;
pub mod prose;
pub mod publication;
pub mod relay;
pub mod review;
pub mod schedule;
pub mod seal;
mod sealed;
pub mod secret;
pub mod sequel;
pub mod text;
pub mod voting;
pub mod watch;
