//! Matrix: encrypted rooms, spoken to with matrix-sdk as one device that is signed by its own account.
//!
//! - [`login`] makes the device, once; [`session`] keeps it; [`chat`] is the device at work.
//! - In: [`listen`] syncs, [`backfill`] fills what a sync left out, [`sift`] turns events into arrivals, [`lanes`] keeps
//!   each room's order while keys are missing, [`deliver`] hands over, [`identity`] tells
//!   how sure we are of who wrote it, [`place`] remembers how far that went.
//! - Out: [`say`] sends once per effect, [`render`] writes prose as Matrix shows it.
//! - [`probe`] tries a room for `portevoix check`; [`fault`] puts the SDK's errors in the engine's terms.

pub mod attached;
pub mod backfill;
pub mod chat;
pub mod deliver;
pub mod fault;
pub mod identity;
pub mod lanes;
pub mod listen;
pub mod login;
pub mod place;
pub mod probe;
pub mod render;
pub mod say;
pub mod session;
pub mod settings;
pub mod sift;
