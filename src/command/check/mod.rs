//! What a draft is checked for before anyone votes on it: privacy, the presumption of innocence, what only a magistrate
//! may say. The rules, their words and their sources are in `commands/verifications.toml`; here is how they are read
//! and found. Pure.

pub mod book;
pub mod draft;
pub mod finding;
pub mod phrase;
pub mod phrase_syntax;
pub mod rule_file;
pub mod trial;

mod book_file;
mod layout;
mod names;
mod number;
mod phone;

mod plate;
mod reading;

mod search;
