//! Everything that is special about PostgreSQL: connections, how a transaction begins and ends, who else works on the tables.

mod link;
mod migrate;
pub mod place;
mod pool;
mod trouble;
mod watch;

use std::cmp::Ordering;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::warn;

use crate::store::backend::{Backend, Session};
use crate::store::database::StoreError;
use crate::store::migrations::MIGRATIONS;
use crate::store::postgres::link::{Link, read};
use crate::store::postgres::migrate::migrate;
use crate::store::postgres::place::Place;
use crate::store::postgres::pool::{Loan, Pool};
use crate::store::postgres::trouble::unready;
use crate::store::postgres::watch::{CHANNEL, Heard, watch};
use crate::store::row::Value::{Number, Text};
use crate::store::row::{Row, Value};
use crate::store::server::{ServerFault, Unreached};

/// A PostgreSQL database that this process may share with others like it.
pub struct Postgres {
    pool: Pool,
    name: Arc<str>,
    heard: Arc<Heard>,
    /// Hears what others owe; whoever only reads does not.
    watching: Option<JoinHandle<()>>,
}

/// What a look at a database found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is: `host:port/database`.
    pub place: String,
    /// The server's version, as it says it.
    pub server: String,
    /// The version of the schema; 0 where there is none yet.
    pub schema: usize,
    /// Whether what was committed survives a power failure.
    pub is_durable: bool,
}

/// A transaction on a connection of its own.
struct PostgresSession {
    /// Taken when the session ends.
    loan: Option<Loan>,
    /// Whether every statement so far was carried out: otherwise the server has undone the transaction, or it is not
    /// known, and the connection is thrown away.
    is_sound: bool,
    is_announced: bool,
    only_reads: bool,
    name: Arc<str>,
}

/// What a connection that waits for work is called in the server's list.
const CALLED: &str = "portevoix";

/// Each statement sees all that was committed before it began; which decisions come one after the other is said by scopes.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Everything that is read is of one moment; nothing is written. A person may read it page by page.
const BEGIN_TO_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
                             SET LOCAL idle_in_transaction_session_timeout = '10min'";

/// The oldest version of the server whose words the store uses, as it counts them itself.
const OLDEST_SERVER: i64 = 130_000;

impl Postgres {
    /// Connects, and brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Unreached`], [`StoreError::Newer`], [`StoreError::ServerMigration`].
    pub async fn open(place: Place) -> Result<Self, StoreError> {
        Self::open_at(place, &MIGRATIONS).await
    }

    /// As [`open`](Self::open), with another history of the schema: that of another version of this program.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_at(place: Place, migrations: &[&'static str]) -> Result<Self, StoreError> {
        let mut link = Link::open(&place, CALLED, |_| {}).await?;
        if !look_at(&mut link, &place).await?.is_durable {
            warn!("fsync is off on this server: a power failure can lose what was approved and published");
        }
        migrate(&mut link, &place.name, migrations).await?;
        let name = answer(&mut link, &place, "SELECT CAST(gen_random_uuid() AS TEXT)").await?;
        let heard = Arc::new(Heard::default());
        heard.read_time(&mut link, &place.name).await?;
        let name: Arc<str> = Arc::from(name.text(0)?);
        let watching = tokio::spawn(watch(place.clone(), name.to_string(), heard.clone()));
        Ok(Self { pool: Pool::new(place, CALLED), name, heard, watching: Some(watching) })
    }

    /// Opens the database only to read it, also while bots run on it: nothing is made or brought up to date. Its sessions
    /// see one state of the database, however long they take, and commit nothing.
    ///
    /// # Errors
    /// [`StoreError::Older`] and [`StoreError::Newer`]; otherwise as [`open`](Self::open).
    pub async fn open_to_read(place: Place) -> Result<Self, StoreError> {
        let mut link = Link::open(&place, CALLED, |_| {}).await?;
        let (version, known) = (look_at(&mut link, &place).await?.schema, MIGRATIONS.len());
        let at = format!("PostgreSQL {}", place.name);
        match version.cmp(&known) {
            Ordering::Less => return Err(StoreError::Older { place: at, version, known }),
            Ordering::Greater => return Err(StoreError::Newer { place: at, version, known }),
            Ordering::Equal => {}
        }
        let heard = Arc::new(Heard::default());
        heard.read_time(&mut link, &place.name).await?;
        Ok(Self { pool: Pool::new(place, CALLED), name: Arc::from("reader"), heard, watching: None })
    }

    /// Looks at the database and changes nothing.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn probe(place: Place) -> Result<Found, StoreError> {
        let mut link = Link::open(&place, CALLED, |_| {}).await?;
        let found = look_at(&mut link, &place).await?;
        let known = MIGRATIONS.len();
        if found.schema > known {
            return Err(StoreError::Newer {
                place: format!("PostgreSQL {}", place.name),
                version: found.schema,
                known,
            });
        }
        Ok(found)
    }

    async fn begin_on(&self, mut loan: Loan, scope: Option<&str>) -> Result<PostgresSession, ServerFault> {
        let only_reads = self.watching.is_none();
        match scope {
            _ if only_reads => loan.link().batch(BEGIN_TO_READ).await?,
            None => loan.link().batch(BEGIN).await?,
            Some(scope) => {
                // The first statement: all later ones see what the session before in this scope has committed.
                let lock = "SELECT 1 FROM pg_advisory_xact_lock($1)";
                loan.link().batch_then_rows(BEGIN, lock, &[Number(lock_of(scope))]).await?;
            }
        }
        let name = self.name.clone();
        Ok(PostgresSession { loan: Some(loan), is_sound: true, is_announced: false, only_reads, name })
    }
}

#[async_trait]
impl Backend for Postgres {
    async fn begin(&self, scope: Option<&str>) -> Result<Box<dyn Session>, StoreError> {
        let loan = self.pool.lend(scope).await?;
        let was_used = loan.is_used();
        match self.begin_on(loan, scope).await {
            Ok(session) => Ok(Box::new(session)),
            // Nothing has been said on it yet: the server may just have been started anew since it was last used.
            Err(fault) if was_used && fault.code.is_empty() || fault.code.starts_with("57P") => {
                self.pool.forget_idle();
                let loan = self.pool.lend(scope).await?;
                Ok(Box::new(self.begin_on(loan, scope).await.map_err(StoreError::Server)?))
            }
            Err(fault) => Err(StoreError::Server(fault)),
        }
    }

    fn shares_as(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn time(&self) -> Option<Timestamp> {
        self.heard.time()
    }

    async fn owed_elsewhere(&self) {
        self.heard.owed.notified().await;
    }

    async fn close(&self) {
        self.watching.iter().for_each(JoinHandle::abort);
        self.pool.forget_idle();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.watching.iter().for_each(JoinHandle::abort);
    }
}

impl PostgresSession {
    /// The connection, for one statement: unless that ends well and is waited for, the session does not.
    fn begin_statement(&mut self) -> Result<&mut Link, StoreError> {
        if !std::mem::replace(&mut self.is_sound, false) {
            return Err(StoreError::Undone);
        }
        self.loan.as_mut().map(Loan::link).ok_or(StoreError::Undone)
    }
}

#[async_trait]
impl Session for PostgresSession {
    async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let changed = self.begin_statement()?.run(sql, values).await.map_err(StoreError::Server)?;
        self.is_sound = true;
        Ok(changed)
    }

    async fn rows(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let rows = self.begin_statement()?.rows(sql, values).await.map_err(StoreError::Server)?;
        self.is_sound = true;
        rows.iter().map(read).collect()
    }

    fn announce(&mut self) {
        self.is_announced = true;
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.only_reads {
            return Err(StoreError::Undone);
        }
        let (name, is_announced) = (self.name.clone(), self.is_announced);
        let link = self.begin_statement()?;
        let committed = if is_announced {
            // Told by the server when it is true, and not at all if it never is.
            let values = [Text(CHANNEL), Text(&name)];
            link.rows_then_batch("SELECT 1 FROM pg_notify($1, $2)", &values, "COMMIT").await
        } else {
            link.batch("COMMIT").await
        };
        match committed {
            Ok(()) => {
                if let Some(loan) = self.loan.take() {
                    loan.give_back();
                }
                Ok(())
            }
            // The server has said no; without an answer, or where it was being stopped, nobody knows.
            Err(fault) if !fault.code.is_empty() && !fault.code.starts_with("57P") => Err(StoreError::Server(fault)),
            Err(_) => Err(StoreError::MayBeCommitted),
        }
    }
}

impl Drop for PostgresSession {
    fn drop(&mut self) {
        // A connection that is not sound is closed with its loan, and the server undoes what was under way.
        let Some(mut loan) = self.loan.take().filter(|_| self.is_sound) else { return };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if loan.link().batch("ROLLBACK").await.is_ok() {
                    loan.give_back();
                }
            });
        }
    }
}

/// Looks whether the server is one to work with.
async fn look_at(link: &mut Link, place: &Place) -> Result<Found, StoreError> {
    let sql = "SELECT CAST(current_setting('server_version_num') AS BIGINT), current_setting('server_encoding'), \
               current_setting('fsync'), current_setting('server_version'), \
               CAST(COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS INTEGER), \
               CAST(to_regclass('portevoix_schema') IS NOT NULL AS INTEGER)";
    let server = answer(link, place, sql).await?;
    let unfit = |why, words: &str| StoreError::Unreached { place: place.name.clone(), why, words: words.to_owned() };
    if server.number(0)? < OLDEST_SERVER || server.text(1)? != "UTF8" {
        return Err(unfit(Unreached::Other, "PostgreSQL 13 or newer and a database with the encoding UTF8 are needed"));
    }
    let has_tables = server.number(5)? == 1;
    if server.number(4)? == 0 && !has_tables {
        return Err(unfit(Unreached::NotPermitted, "no table can be made in the schema public"));
    }
    let schema = match has_tables {
        true => answer(link, place, "SELECT COALESCE(MAX(version), 0) FROM portevoix_schema").await?.number(0)?,
        false => 0,
    };
    Ok(Found {
        place: place.name.clone(),
        server: server.text(3)?.to_owned(),
        schema: usize::try_from(schema).unwrap_or_default(),
        is_durable: server.text(2)? == "on",
    })
}

async fn answer(link: &mut Link, place: &Place, sql: &'static str) -> Result<Row, StoreError> {
    let rows = link.rows(sql, &[]).await.map_err(|fault| unready(&place.name, fault))?;
    read(rows.first().ok_or(StoreError::Undone)?)
}

/// The number of the lock that stands for a scope. Two scopes of one number would only wait for each other.
fn lock_of(scope: &str) -> i64 {
    let digest = Sha256::digest(format!("portevoix/{scope}"));
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | i64::from(*byte))
}
