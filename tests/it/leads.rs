//! Sorting what the public answers: what becomes a card, why, and that nothing is ever lost.

mod cards;
mod command;
mod floods;
mod properties;
mod stage;
