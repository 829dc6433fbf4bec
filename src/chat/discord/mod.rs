//! Discord: channels of a server, heard over its gateway and spoken to over its HTTP API (v10).
//!
//! - [`chat`] is the bot at work; [`settings`] is what it needs to know.
//! - In: [`gateway`] keeps a [`session`], over a [`socket`]; [`hand_over`] and [`reactions`] pass on what came, in order,
//!   as [`sift`] reads it; [`catch_up`] reads from the rooms what was missed, page by page of their [`history`];
//!   [`interactions`] answers buttons and slash commands at once; [`attached`] fetches files.
//! - Out: [`say`] says once per effect, in [`threads`], [`render`] writes prose as Discord shows it, [`react`] puts glyphs
//!   and [`buttons`] under it, [`offers`] tells Discord which commands there are.
//! - [`rest`] makes the requests, within the limits of [`pace`]; [`fault`] puts refusals in the engine's terms.
//! - [`memory`] is what has to survive a restart; [`channels`] knows which thread belongs to which room.
//! - [`probe`] tries a room, with the [`permissions`] that the bot has there.
//!
//! # What is known after an absence
//! While the process is up, a broken connection is resumed and nothing is missed. After a restart, or where Discord does
//! not let the connection be resumed, the rooms and their threads are read:
//! - Every message since is handed over, as it reads now: one that was edited meanwhile arrives once, in its last form,
//!   and one that was removed meanwhile does not arrive.
//! - Edits of messages that were handed over before, among the newest hundred of each room and thread.
//! - Under the last cards and questions: reactions that were put or taken back. Both in one absence leave no trace, nor
//!   does taking one back and putting it again. When it happened is not known: it counts from the bot's return.
//! - A card that was removed, and a message that may be a card's word. That any other message of a person's was removed
//!   is only known if the bot was there.
//! - A slash command that was answered but not taken before a crash: the answer stands in the room, and is read there.
//! - A button that was pressed while the bot was away did nothing, and Discord said so to whoever pressed it.

pub mod attached;
pub mod buttons;
pub mod catch_up;
pub mod channels;
pub mod chat;
pub mod fault;
pub mod gateway;
pub mod hand_over;
pub mod history;
pub mod id;
pub mod interactions;
pub mod listen;
pub mod memory;
pub mod offers;
pub mod pace;
pub mod patience;
pub mod permissions;
pub mod probe;
pub mod react;
pub mod reactions;
pub mod render;
pub mod rest;
pub mod say;
pub mod session;
pub mod settings;
pub mod sift;
pub mod socket;
pub mod threads;
