//! The shell around the rules: takes what arrives, records what is decided, carries out what is owed.

pub mod answers;
pub mod claims;
pub mod commands;
pub mod confirming;
pub mod desk;
pub mod inbox;
pub mod ledger;
pub mod outbox;
pub mod owed;
pub mod pictures;
pub mod planning;
pub mod proposal;
pub mod publishing;
pub mod relaying;
pub mod removing;
pub mod restored;
pub mod run;
pub mod sequels;
pub mod speaking;
pub mod strays;
pub mod tries;
pub mod turn;
