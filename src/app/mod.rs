//! Puts the house together: the only place that names every adapter, and what each word of the command line does.

pub mod audit;
pub mod build;
pub mod check;
pub mod database;
pub mod demo;
#[cfg(feature = "discord")]
pub mod discord;
pub mod leads;
pub mod lint;
pub mod login;
pub mod practice;
pub mod run;
pub mod scene;
pub mod stopped;
pub mod store;
pub mod store_words;
pub mod wrong_clock;
