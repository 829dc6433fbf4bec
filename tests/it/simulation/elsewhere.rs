//! A real store under a simulation: what waits for a disk or a server does so on another thread, while simulated time stands.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use portevoix::store::backend::{Backend, Session};
use portevoix::store::database::StoreError;
use portevoix::store::row::{Row, Value};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// A store that lives on a runtime of its own.
pub struct Elsewhere {
    runtime: Arc<Runtime>,
    beneath: Arc<dyn Backend>,
    /// One transaction after the other: whoever waited in the real world for another would wait for ever.
    turn: Arc<Mutex<()>>,
}

struct ElsewhereSession {
    runtime: Arc<Runtime>,
    /// Taken when it ends.
    beneath: Option<Box<dyn Session>>,
    _turn: OwnedMutexGuard<()>,
}

impl Elsewhere {
    /// Opens a store on a runtime of its own.
    pub fn open<S: Backend + 'static>(opened: impl Future<Output = S> + Send) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let beneath = at_once(&runtime, opened);
        Self { runtime: Arc::new(runtime), beneath: Arc::new(beneath), turn: Arc::default() }
    }
}

/// Does it on that runtime. Nothing simulated goes on meanwhile.
fn at_once<T: Send>(runtime: &Runtime, future: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| scope.spawn(|| runtime.block_on(future)).join().unwrap())
}

#[async_trait]
impl Backend for Elsewhere {
    async fn begin(&self, scope: Option<&str>) -> Result<Box<dyn Session>, StoreError> {
        let turn = self.turn.clone().lock_owned().await;
        let beneath = at_once(&self.runtime, self.beneath.begin(scope))?;
        Ok(Box::new(ElsewhereSession { runtime: self.runtime.clone(), beneath: Some(beneath), _turn: turn }))
    }

    /// Who shares it is said by whoever simulates the processes.
    fn shares_as(&self) -> Option<&str> {
        None
    }

    fn time(&self) -> Option<Timestamp> {
        None
    }

    async fn owed_elsewhere(&self) {
        std::future::pending::<()>().await;
    }

    async fn close(&self) {}
}

impl ElsewhereSession {
    fn beneath(&mut self) -> &mut Box<dyn Session> {
        self.beneath.as_mut().expect("it is taken only when the session ends")
    }
}

#[async_trait]
impl Session for ElsewhereSession {
    async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let runtime = self.runtime.clone();
        at_once(&runtime, self.beneath().run(sql, values))
    }

    async fn rows(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let runtime = self.runtime.clone();
        at_once(&runtime, self.beneath().rows(sql, values))
    }

    fn announce(&mut self) {}

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        let beneath = self.beneath.take().expect("it is taken only when the session ends");
        at_once(&self.runtime, beneath.commit())
    }
}

impl Drop for ElsewhereSession {
    fn drop(&mut self) {
        if let Some(beneath) = self.beneath.take() {
            at_once(&self.runtime, async { drop(beneath) });
        }
    }
}
