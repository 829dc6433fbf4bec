//! Sorts what the public answers to an appeal: one card for each independent account, the most promising first, and why.
//!
//! ```text
//! answer ─► normal (words) ─► ground (the appeal's own text taken out) ─► lexicon (phrases)
//!                                                                            │
//!     reading (kind, score) ◄─ voice (whose eyes) ◄─ facts (place, time, …) ◄┤─► marks (personal data, accusation)
//!         │
//!     sorter (copies: its group) ─► cards (best first, reasons, new facts)
//! ```
//!
//! Pure: no clock, disk, network or chance. The same answers in the same order give the same cards. Nothing is dropped: a
//! low rank is a place further down. How it was measured and where it is weak: docs/leads.md.

pub mod answer;
pub mod cards;
pub mod copies;
pub mod facts;
pub mod gazetteer;
pub mod ground;
pub mod letters;
pub mod lexicon;
pub mod lines;
pub mod marks;
pub mod normal;
pub mod reading;
pub mod reason;
pub mod record;
pub mod sorter;
pub mod thresholds;
pub mod times;
pub mod voice;
