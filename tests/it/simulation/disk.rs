//! A database that is slow, fails now and then, and under which the process may die at every statement and every commit.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use portevoix::store::backend::{Backend, Session};
use portevoix::store::database::StoreError;
use portevoix::store::row::{Row, Value};
use tokio::sync::Notify;

use crate::simulation::life::Life;
use crate::simulation::timeline::{Timeline, happens, roll, time};
use crate::simulation::world::World;

/// The store as one life of one process sees it.
pub struct Disk {
    pub beneath: Arc<dyn Backend>,
    pub world: Arc<World>,
    pub life: Arc<Life>,
    /// What the process is called among others, if there are others.
    pub name: Option<String>,
    /// Rings when another process owes something.
    pub elsewhere: Arc<Notify>,
}

struct DiskSession {
    beneath: Box<dyn Session>,
    world: Arc<World>,
    life: Arc<Life>,
    is_shared: bool,
    /// Whether others are to know of it.
    is_announced: bool,
}

#[async_trait]
impl Backend for Disk {
    async fn begin(&self, scope: Option<&str>) -> Result<Box<dyn Session>, StoreError> {
        self.life.step().await;
        if self.world.fails(8) {
            return Err(StoreError::Busy);
        }
        let beneath = self.beneath.begin(scope).await?;
        let (world, life) = (self.world.clone(), self.life.clone());
        Ok(Box::new(DiskSession { beneath, world, life, is_shared: self.name.is_some(), is_announced: false }))
    }

    fn shares_as(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn time(&self) -> Option<Timestamp> {
        self.name.as_ref().map(|_| time(self.world.timeline.now()))
    }

    async fn owed_elsewhere(&self) {
        self.elsewhere.notified().await;
    }

    async fn close(&self) {}
}

#[async_trait]
impl Session for DiskSession {
    async fn run(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        if self.world.fails(2) {
            return Err(StoreError::Undone);
        }
        self.beneath.run(sql, values).await
    }

    async fn rows(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        if self.world.fails(1) {
            return Err(StoreError::Undone);
        }
        self.beneath.rows(sql, values).await
    }

    fn announce(&mut self) {
        self.is_announced = true;
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.life.step().await;
        let timeline: &Timeline = &self.world.timeline;
        timeline.passes(if happens(30) { roll(20..900) } else { roll(0..3) }).await;
        self.life.step().await;
        if self.world.fails(8) {
            return Err(StoreError::Undone);
        }
        self.beneath.commit().await?;
        if self.is_announced && self.is_shared {
            self.world.listeners.lock().unwrap().iter().for_each(|owed: &Arc<Notify>| owed.notify_one());
        }
        self.life.step().await;
        // The answer to a commit can only get lost on a way between two machines.
        if self.is_shared && self.world.fails(8) {
            return Err(StoreError::MayBeCommitted);
        }
        Ok(())
    }
}
