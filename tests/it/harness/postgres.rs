//! A real PostgreSQL: databases of one's own on the server that tests/run starts, and a whole server to be mistreated.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use portevoix::store::database::Database;
use portevoix::store::postgres::Postgres;
use portevoix::store::postgres::place::Place;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_postgres::{Client, NoTls};

/// The address of an empty database that no other test knows.
pub async fn fresh_database() -> String {
    let server = std::env::var("PORTEVOIX_TEST_POSTGRES")
        .unwrap_or_else(|_| panic!("PORTEVOIX_TEST_POSTGRES is not set: use tests/run"));
    fresh_database_on(&server).await
}

async fn fresh_database_on(server: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let name = format!("test_{}_{count}_{now:x}", std::process::id());
    let shell = shell(server).await;
    shell.client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

/// Opens a database as production does.
pub async fn open(url: &str) -> Database {
    Database::over(Arc::new(Postgres::open(Place::new(url, None).unwrap()).await.unwrap()))
}

/// What a person with `psql` can do.
pub struct Shell {
    pub client: Client,
    carrying: JoinHandle<()>,
}

/// Connects as a person would.
pub async fn shell(url: &str) -> Shell {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let carrying = tokio::spawn(async move {
        let _ = connection.await;
    });
    Shell { client, carrying }
}

impl Shell {
    /// Runs statements.
    pub async fn does(&self, sql: &str) {
        self.client.batch_execute(sql).await.unwrap();
    }

    /// The number that a statement answers with.
    pub async fn number(&self, sql: &str) -> i64 {
        self.client.query_one(sql, &[]).await.unwrap().get(0)
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}

/// A server that one test has for itself. Dropping it stops it.
pub struct OwnServer {
    folder: TempDir,
    process: Option<Child>,
    /// Its own first database.
    pub url: String,
}

impl OwnServer {
    /// Makes a cluster and starts it.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (process, url) = serve(folder.path(), "0").await;
        Self { folder, process: Some(process), url }
    }

    /// Makes a database on it.
    pub async fn fresh_database(&self) -> String {
        fresh_database_on(&self.url).await
    }

    /// Stops it as an administrator does who does not wait for whoever is connected.
    pub async fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        drop(process.stdin.take());
        spawn_blocking(move || process.wait()).await.unwrap().unwrap();
    }

    /// Starts it again on the same port.
    pub async fn start_again(&mut self) {
        let port = self.url.rsplit(':').next().unwrap().split('/').next().unwrap().to_owned();
        let (process, _) = serve(self.folder.path(), &port).await;
        self.process = Some(process);
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin.take());
            let _ = process.wait();
        }
    }
}

async fn serve(folder: &Path, port: &str) -> (Child, String) {
    // Whoever is not root, and runs the server for whoever is, must be able to get there.
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/postgres/start.py");
    let mut command = Command::new("python3");
    command.arg(script).arg("--directory").arg(folder.join("data")).args(["--port", port, "--until-input-closes"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let output = process.stdout.take().unwrap();
    let line = spawn_blocking(move || BufReader::new(output).lines().next()).await.unwrap();
    let line = line.expect("PostgreSQL did not start").unwrap();
    let url = line.strip_prefix("READY ").unwrap().to_owned();
    (process, url)
}
