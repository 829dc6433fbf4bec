//! Chats: where officers type and supervisors react.

pub mod practice;
