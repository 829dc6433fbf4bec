//! The chats in which teams work, each behind [`Chat`](crate::port::chat::Chat).

#[cfg(feature = "matrix")]
pub mod matrix;
pub mod practice;
