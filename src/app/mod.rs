//! Puts the house together: the only place that names every adapter, and what each word of the command line does.

pub mod build;
pub mod check;
pub mod database;
pub mod demo;
#[cfg(feature = "discord")]
pub mod discord;
pub mod login;
pub mod practice;
pub mod run;
pub mod scene;
pub mod stopped;
#[cfg(feature = "postgres")]
pub mod store;
