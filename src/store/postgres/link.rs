//! One connection to PostgreSQL: how it is made, asked, and thrown away.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use bytes::BytesMut;
use futures_util::StreamExt;
use futures_util::stream::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::tls::{MakeTlsConnect, NoTls};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{AsyncMessage, Client, Connection, Socket, Statement};

use crate::store::database::StoreError;
use crate::store::postgres::place::Place;
use crate::store::postgres::trouble::{fault, silence, unreached, unready};
use crate::store::row::{Field, Row, Value};
use crate::store::server::ServerFault;

/// How long an answer may take. The server itself gives up earlier (see [`MANNERS`]): past this it is gone.
const ANSWER: Duration = Duration::from_secs(30);

/// What each connection asks of the server. A commit that returned has reached the disk, also when the power fails (a
/// server that waits for others as well goes on doing so). Nobody waits for ever; who begins and goes away without
/// closing the connection holds nothing up for more than half a minute.
const MANNERS: &str = "
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') <> 'remote_apply';
    SET statement_timeout = '20s';
    SET lock_timeout = '10s';
    SET idle_in_transaction_session_timeout = '30s';
    SET tcp_keepalives_idle = 10;
    SET tcp_keepalives_interval = 5;
    SET tcp_keepalives_count = 3;
    SET client_min_messages = 'error';
    SET standard_conforming_strings = on;
";

/// A connection. Dropping it closes it, whatever is under way: the server then undoes what was not committed.
pub(in crate::store::postgres) struct Link {
    client: Client,
    statements: HashMap<&'static str, Statement>,
    carrying: JoinHandle<()>,
}

impl Link {
    /// Connects. `heard` is given what the server says by itself.
    ///
    /// # Errors
    /// [`StoreError::Unreached`].
    pub async fn open(
        place: &Place,
        called: &str,
        heard: impl Fn(AsyncMessage) + Send + 'static,
    ) -> Result<Self, StoreError> {
        let mut config = place.config.clone();
        config.application_name(called);
        let connecting = async {
            match &place.tls {
                Some(tls) => connect(&config, tls.clone(), heard).await,
                None => connect(&config, NoTls, heard).await,
            }
        };
        let connected = timeout(ANSWER, connecting).await.map_err(|_| unready(&place.name, silence()))?;
        let (client, carrying) = connected.map_err(|error| unreached(&place.name, &error))?;
        let link = Self { client, statements: HashMap::new(), carrying };
        link.batch(MANNERS).await.map_err(|fault| unready(&place.name, fault))?;
        Ok(link)
    }

    /// Whether the connection is known to be gone.
    pub fn is_gone(&self) -> bool {
        self.client.is_closed()
    }

    /// Returns when the connection is gone.
    pub async fn until_gone(&mut self) {
        // What it ends with was told where it was asked.
        let _ = (&mut self.carrying).await;
    }

    /// Runs statements without values.
    ///
    /// # Errors
    /// What the server says.
    pub async fn batch(&self, sql: &str) -> Result<(), ServerFault> {
        in_time(self.client.batch_execute(sql)).await
    }

    /// Runs two things with one wait for both: the second is sent before the first is answered.
    ///
    /// # Errors
    /// What the server says of the first that failed.
    pub async fn batch_then_rows(
        &mut self,
        batch: &str,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<(), ServerFault> {
        let statement = self.prepared(sql, values).await?;
        let (client, values) = (&self.client, parameters(values));
        let both = async { tokio::join!(biased; client.batch_execute(batch), client.query(&statement, &values)) };
        let (first, second) = timeout(ANSWER, both).await.map_err(|_| silence())?;
        first.and(second.map(|_| ())).map_err(|error| fault(&error))
    }

    /// Runs a statement, then what ends it all, with one wait for both.
    ///
    /// # Errors
    /// What the server says of the first that failed.
    pub async fn rows_then_batch(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        batch: &str,
    ) -> Result<(), ServerFault> {
        let statement = self.prepared(sql, values).await?;
        let (client, values) = (&self.client, parameters(values));
        let both = async { tokio::join!(biased; client.query(&statement, &values), client.batch_execute(batch)) };
        let (first, second) = timeout(ANSWER, both).await.map_err(|_| silence())?;
        first.map(|_| ()).and(second).map_err(|error| fault(&error))
    }

    /// Runs a statement and returns how many rows it changed.
    ///
    /// # Errors
    /// What the server says.
    pub async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, ServerFault> {
        let statement = self.prepared(sql, values).await?;
        let changed = in_time(self.client.execute(&statement, &parameters(values))).await?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// Runs a statement and returns its rows.
    ///
    /// # Errors
    /// What the server says.
    pub async fn rows(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<tokio_postgres::Row>, ServerFault> {
        let statement = self.prepared(sql, values).await?;
        in_time(self.client.query(&statement, &parameters(values))).await
    }

    /// A statement is prepared once on each connection. Its parameters are of the values' types, also where the server
    /// would guess a shorter number from a literal beside them.
    async fn prepared(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Statement, ServerFault> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let types: Vec<Type> = values.iter().map(kind).collect();
        let statement = in_time(self.client.prepare_typed(sql, &types)).await?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

/// Connects, and carries on a task of its own what goes to and fro.
async fn connect<T>(
    config: &tokio_postgres::Config,
    tls: T,
    heard: impl Fn(AsyncMessage) + Send + 'static,
) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    Ok((client, tokio::spawn(carry(connection, heard))))
}

async fn carry<S, T>(mut connection: Connection<S, T>, heard: impl Fn(AsyncMessage) + Send)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut messages = poll_fn(move |context| connection.poll_message(context));
    // Its end, good or bad, is told to whoever waits for an answer.
    while let Some(Ok(message)) = messages.next().await {
        heard(message);
    }
}

async fn in_time<T>(asking: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, ServerFault> {
    timeout(ANSWER, asking).await.map_err(|_| silence())?.map_err(|error| fault(&error))
}

/// The store's row, from the server's.
///
/// # Errors
/// [`StoreError::Column`] for a field that is neither a number, a text nor bytes.
pub(in crate::store::postgres) fn read(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let field = |(column, kind): (usize, &Type)| {
        let field = match *kind {
            Type::INT8 => row.try_get(column).map(Field::Number),
            Type::INT4 => row.try_get::<_, i32>(column).map(|number| Field::Number(number.into())),
            Type::TEXT => row.try_get(column).map(Field::Text),
            Type::BYTEA => row.try_get(column).map(Field::Bytes),
            _ => return Err(StoreError::Column { column }),
        };
        field.map_err(|_| StoreError::Column { column })
    };
    row.columns().iter().map(tokio_postgres::Column::type_).enumerate().map(field).collect::<Result<_, _>>().map(Row)
}

fn parameters<'v>(values: &'v [Value<'v>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn kind(value: &Value<'_>) -> Type {
    match value {
        Value::Number(_) => Type::INT8,
        Value::Text(_) => Type::TEXT,
        Value::Bytes(_) => Type::BYTEA,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Number(number) => number.to_sql(kind, out),
            // The only character that a TEXT can't hold. No id and no name has it unless somebody tries what happens;
            // the sign for it takes its place.
            Value::Text(text) if text.contains('\0') => text.replace('\0', "\u{2400}").to_sql(kind, out),
            Value::Text(text) => text.to_sql(kind, out),
            Value::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}
