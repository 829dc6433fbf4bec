//! Portevoix: the public voice of a police directorate, drafted in the team's room, approved by reaction, published once.

pub mod command;
pub mod domain;
pub mod port;
