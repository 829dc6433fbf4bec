//! Portevoix: the public voice of a police directorate, drafted in the team's room, approved by reaction, published once.

pub mod chat;
pub mod command;
pub mod config;
pub mod domain;
pub mod engine;
pub mod port;
pub mod store;
pub mod wording;
