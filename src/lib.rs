//! Portevoix: the public voice of a police directorate, drafted in the team's room, approved by reaction, published once.
//!
//! # The way of one post
//!
//! ```text
//! officer types !appel ──► chat ──► engine::inbox ──► command (parse) ──► domain (decide)
//!                                        │                                   │
//!                                        └── one transaction: arrival, draft, journal, owed effects ──► store
//!                                                                            │
//! room sees the card ◄── chat ◄── engine::outbox  (claims what is owed, does it, records how it ended)
//! supervisor reacts ✅ ──► the same way in ──► quorum ──► grace ──► owed: publish on each account ──► network
//! ```
//!
//! The rules ([`domain`], [`command`]) are pure: they are handed everything, time included, and hand back the new state
//! and what is owed for it. The shell ([`engine`]) does I/O and decides nothing. Nothing acts inside a handler: an effect
//! is first recorded, then carried out, and how it ended comes back as an event.
//!
//! # What always holds
//!
//! - A [`Post`](domain::post::Post) is made from a [`Mandate`](domain::policy::Mandate), and only
//!   [`judge`](domain::policy::judge) mints one: an unapproved post does not compile. The mandate is never stored; it is
//!   judged again from the stored votes right before a post is sent, and the seal is computed again from the texts.
//! - A vote names a revision, and whatever can be voted on has a revision and a card of its own. So a tap can only mean
//!   the text that stood above it.
//! - An arrival is taken once, an effect has one key for ever, and a try whose outcome is not known is looked into before
//!   anything is sent again.
//! - The journal is only ever added to, each line chained to the one before ([`Head`](domain::journal::Head)); replaying
//!   its lines gives each draft as it is stored.
//! - A room leads to one desk ([`Desk`](engine::desk::Desk)), and from a desk no other directorate can be reached, but to
//!   ask it to show on what was published ([`relaying`](engine::relaying)): its people decide, by its rule.
//!
//! # Who imports whom
//!
//! `domain` ← `command`, `port`, `store`, `darkroom`, `leads` ← `wording`, `config`, `chat`, `network` ← `engine` ← `app` ← `main`, downwards only
//! and by a table that is a test (`tests/it/tidy.rs`). Chats and networks do not know each other or the engine.
//!
//! # Absent on purpose
//!
//! No `pub use`: every thing has one path. No plug-ins: a chat or a network is one module and one arm in [`app`]. No
//! answering the public: what comes back is sorted for people, and people answer. No polling on the way of a post.

pub mod app;
pub mod chat;
pub mod command;
pub mod config;
pub mod darkroom;
pub mod domain;
pub mod engine;
pub mod leads;
pub mod network;
pub mod port;
pub mod poster;
pub mod store;
pub mod wording;
