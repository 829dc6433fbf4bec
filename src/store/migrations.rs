//! The history of the schema, in the words that SQLite and PostgreSQL share.

/// Every change of the schema, oldest first; the schema's version counts them. Never edit one that was released, and read
/// in CONTRIBUTING.md what a new one must leave to the programs that still run on the schema before it.
pub const MIGRATIONS: [&str; 6] = [
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_fewer_pages.sql"),
    include_str!("migrations/0003_pictures.sql"),
    include_str!("migrations/0004_people.sql"),
    include_str!("migrations/0005_owed.sql"),
    include_str!("migrations/0006_chained_journal.sql"),
];
