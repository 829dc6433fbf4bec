//! What an officer can type: command files, how what is typed is read, and the texts that come of it. Pure.

pub mod action;
pub mod alt;
pub mod catalog;
pub mod check;
pub mod clean;
pub mod examples;
pub mod field;
pub mod foreseen;
pub mod french_time;
pub mod help;
pub mod parse;
pub mod problem;
pub mod render;
pub mod spec;
pub mod template;
pub mod value;
pub mod words;

mod field_file;
mod french_delay;
mod french_hours;
pub mod french_plan;
mod french_reader;
mod french_tokens;
mod policy_file;
mod section;
mod spec_file;
mod template_file;
