//! What every chat and every network must do, whichever it is: the same scenes run against the fakes and the real ones.

#[macro_use]
pub mod chat;
#[cfg(feature = "discord")]
mod discord;
#[cfg(feature = "matrix")]
mod matrix;
pub mod network;
mod practice;
mod store;
