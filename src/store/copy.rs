//! Copies everything from one store into another that is empty, all or nothing, and holds the copy against the original.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::store::audit::Audited;
use crate::store::database::{Database, StoreError, Transaction};
use crate::store::row::Value::{Number, Text};
use crate::store::row::{Field, Row, Value};

/// A table: its columns, those of its key first.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    /// How many columns the key has.
    key: usize,
    /// How many rows are held at once: pictures have megabytes.
    page: usize,
}

/// How many rows are held, and written by one statement.
const PAGE: usize = 100;

/// Every table.
const TABLES: [Table; 14] = [
    Table { name: "arrivals", columns: &["id", "room", "at", "is_readable"], key: 1, page: PAGE },
    Table {
        name: "drafts",
        columns: &["directorate", "serial", "is_live", "body", "journal_position", "journal_hash"],
        key: 2,
        page: PAGE,
    },
    Table {
        name: "journal",
        columns: &["directorate", "position", "serial", "at", "hash", "entry"],
        key: 2,
        page: PAGE,
    },
    Table { name: "messages", columns: &["room", "id", "directorate", "serial", "meaning"], key: 2, page: PAGE },
    Table {
        name: "cards",
        columns: &["directorate", "serial", "revision", "message", "generation", "has_glyphs"],
        key: 3,
        page: PAGE,
    },
    Table { name: "pictures", columns: &["digest", "body"], key: 1, page: 4 },
    Table { name: "people", columns: &["id", "name"], key: 1, page: PAGE },
    Table {
        name: "owed",
        columns: &[
            "key",
            "lane",
            "position",
            "body",
            "version",
            "due_at",
            "attempts",
            "first_tried_at",
            "last_tried_at",
            "doubt",
            "claimed_by",
            "claimed_until",
        ],
        key: 1,
        page: PAGE,
    },
    Table { name: "told", columns: &["key"], key: 1, page: PAGE },
    Table { name: "strays", columns: &["arrival", "room", "position", "message", "undo", "body"], key: 1, page: PAGE },
    Table { name: "restores", columns: &["at", "since"], key: 1, page: PAGE },
    Table {
        name: "doubted_drafts",
        columns: &["directorate", "serial", "since", "was_publishing"],
        key: 2,
        page: PAGE,
    },
    Table { name: "cleared_posts", columns: &["key"], key: 1, page: PAGE },
    Table { name: "skipped_numbers", columns: &["directorate", "serial"], key: 1, page: PAGE },
];

/// What was copied, and proven where it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Each table.
    pub tables: Vec<Copied>,
    /// Each directorate's journal: nothing is wrong with any.
    pub journals: Vec<Audited>,
}

/// What was copied of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Which.
    pub table: &'static str,
    /// How many rows it has, here and there.
    pub rows: u64,
}

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyFault {
    /// There is something in the target.
    #[error("the target is not empty: its table {0} has rows")]
    NotEmpty(&'static str),
    /// What was written is not what was read.
    #[error("the copy of table {0} is not the same as the original; nothing was kept")]
    Different(&'static str),
    /// The journal that was copied does not verify.
    #[error("the journal of {} does not verify; nothing was kept", .0.head.directorate)]
    Unproven(Box<Audited>),
    /// One of the two failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the rows of a table come to, in whatever order they are read: how many, and the sum of their hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    hashes: u128,
}

/// Copies every row. Nobody may work on either meanwhile.
///
/// # Errors
/// [`CopyFault`]; nothing was changed then, but for a commit whose answer was lost.
pub async fn copy(from: &Database, to: &Database) -> Result<Copy, CopyFault> {
    let (mut from, mut to) = (from.begin().await?, to.begin().await?);
    for table in &TABLES {
        if !to.rows(table.first_page(), &[Number(1)]).await?.is_empty() {
            return Err(CopyFault::NotEmpty(table.name));
        }
    }
    let mut tables = Vec::new();
    for table in &TABLES {
        let mut read = Sum::default();
        let mut after = None;
        loop {
            let page = table.page(&mut from, after.as_deref()).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.0.iter().take(table.key).cloned().collect::<Vec<_>>());
            page.iter().for_each(|row| read.add(row));
            table.write(&mut to, &page).await?;
        }
        let written = table.sum(&mut to).await?;
        if written != read {
            return Err(CopyFault::Different(table.name));
        }
        tables.push(Copied { table: table.name, rows: read.rows });
    }
    let mut journals = Vec::new();
    for directorate in to.directorates().await? {
        let audited = to.audit(&directorate).await?;
        if audited.wrong.is_some() {
            return Err(CopyFault::Unproven(Box::new(audited)));
        }
        journals.push(audited);
    }
    to.commit().await?;
    Ok(Copy { tables, journals })
}

/// The names of the tables that are copied.
pub fn tables() -> Vec<&'static str> {
    TABLES.iter().map(|table| table.name).collect()
}

impl Table {
    /// The sum of all its rows.
    async fn sum(&self, store: &mut Transaction) -> Result<Sum, StoreError> {
        let mut sum = Sum::default();
        let mut after = None;
        loop {
            let page = self.page(store, after.as_deref()).await?;
            let Some(last) = page.last() else { return Ok(sum) };
            after = Some(last.0.iter().take(self.key).cloned().collect::<Vec<_>>());
            page.iter().for_each(|row| sum.add(row));
        }
    }

    /// The rows after that key, in the order that this store has for keys.
    async fn page(&self, store: &mut Transaction, after: Option<&[Field]>) -> Result<Vec<Row>, StoreError> {
        let most = Number(i64::try_from(self.page).unwrap_or(i64::MAX));
        let Some(after) = after else { return store.rows(self.first_page(), &[most]).await };
        let mut values: Vec<Value<'_>> = after.iter().map(value).collect();
        values.push(most);
        let key = self.columns[..after.len()].join(", ");
        let sql = format!(
            "SELECT {} FROM {} WHERE ({key}) > ({}) ORDER BY {key} LIMIT ${}",
            self.columns.join(", "),
            self.name,
            numbered(1, after.len()),
            after.len() + 1
        );
        store.rows(for_good(sql), &values).await
    }

    fn first_page(&self) -> &'static str {
        let key = self.columns[..self.key].join(", ");
        for_good(format!("SELECT {} FROM {} ORDER BY {key} LIMIT $1", self.columns.join(", "), self.name))
    }

    async fn write(&self, store: &mut Transaction, rows: &[Row]) -> Result<(), StoreError> {
        let width = self.columns.len();
        let lines = (0..rows.len()).map(|line| format!("({})", numbered(line * width + 1, width)));
        let lines = lines.collect::<Vec<_>>().join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES {lines}", self.name, self.columns.join(", "));
        let values: Vec<Value<'_>> = rows.iter().flat_map(|row| &row.0).map(value).collect();
        store.run(for_good(sql), &values).await.map(|_| ())
    }
}

impl Sum {
    fn add(&mut self, row: &Row) {
        let mut hash = Sha256::new();
        for field in &row.0 {
            let (kind, bytes) = match field {
                Field::Number(number) => (1_u8, number.to_be_bytes().to_vec()),
                Field::Text(text) => (2, text.as_bytes().to_vec()),
                Field::Bytes(bytes) => (3, bytes.clone()),
            };
            hash.update([kind]);
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        }
        let first = hash.finalize().iter().take(16).fold(0, |number, byte| (number << 8) | u128::from(*byte));
        self.rows += 1;
        self.hashes = self.hashes.wrapping_add(first);
    }
}

fn value(field: &Field) -> Value<'_> {
    match field {
        Field::Number(number) => Number(*number),
        Field::Text(text) => Text(text),
        Field::Bytes(bytes) => Value::Bytes(bytes),
    }
}

/// A statement's text that is made from the lists above: there are few, and each is kept for the life of the program, as
/// those are that are written out.
fn for_good(sql: String) -> &'static str {
    static MADE: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    match made.get(sql.as_str()) {
        Some(known) => known,
        None => {
            let text: &'static str = Box::leak(sql.into_boxed_str());
            made.insert(text);
            text
        }
    }
}

/// `$first, $first+1, …`
fn numbered(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}
