//! What must survive a crash: drafts, journal, arrivals and owed effects, in one SQL database.

pub mod arrivals;
pub mod audit;
pub mod backend;
pub mod backup;
pub mod chaining;
pub mod copy;
pub mod database;
pub mod drafts;
pub mod embedded;
pub mod journal;
pub mod messages;
pub mod migrations;
pub mod outbox;
pub mod people;
pub mod pictures;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod remembered;
pub mod restores;
pub mod row;
pub mod server;
pub mod sqlite;
pub mod strays;
pub mod trouble;
