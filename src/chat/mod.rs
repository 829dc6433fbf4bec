//! The chats in which teams work, each behind [`Chat`](crate::port::chat::Chat).

#[cfg(any(feature = "matrix", feature = "discord"))]
pub mod backoff;
#[cfg(feature = "discord")]
pub mod discord;
#[cfg(feature = "matrix")]
pub mod matrix;
pub mod practice;
