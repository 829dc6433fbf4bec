//! What must survive a crash: drafts, journal, arrivals and owed effects, in one SQL database.

pub mod arrivals;
pub mod audit;
pub mod backup;
pub mod chaining;
pub mod database;
pub mod drafts;
pub mod journal;
pub mod messages;
pub mod outbox;
pub mod people;
pub mod pictures;
pub mod restores;
pub mod row;
pub mod sqlite;
pub mod trouble;
