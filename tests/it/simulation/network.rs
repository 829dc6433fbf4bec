//! The public side: networks that take a post, refuse it, lose it, or take it and do not say so; and what the public sees.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::domain::directorate::NetworkKind;
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::name::{AccountName, DirectorateCode, EffectKey};
use portevoix::domain::post::Post;
use portevoix::domain::text::Limits;
use portevoix::port::network::{Found, Network};

use crate::simulation::life::Life;
use crate::simulation::timeline::{Moment, happens, roll, time};
use crate::simulation::world::World;

/// How a network keeps the same post from appearing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// By the key, for ever (Bluesky).
    Keyed,
    /// By the key, for an hour (Mastodon).
    Hourly,
    /// Not at all; its timeline lags (X).
    Forgetful,
    /// Not at all, and it shows nobody what is there.
    Blind,
}

/// How long a request may be under way before it is stored.
const LONGEST_WAY: Moment = 38_000;

/// How long after it was stored a post may not be shown.
const LAG: Moment = 9_000;

/// How long an hourly network knows a key.
const HOUR: Moment = 3_600_000;

/// One post as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub directorate: DirectorateCode,
    pub account: AccountName,
    pub key: EffectKey,
    pub text: String,
    pub at: Moment,
}

/// An account, as one life of one process reaches it.
pub struct SimulatedNetwork {
    pub world: Arc<World>,
    pub life: Arc<Life>,
    pub directorate: DirectorateCode,
    pub account: AccountName,
    pub nature: Nature,
}

impl SimulatedNetwork {
    /// A request leaves; nothing that becomes of the process can call it back.
    fn leaves(&self, post: &Post, way: Moment) {
        let (world, nature) = (self.world.clone(), self.nature);
        let seen = Seen {
            directorate: self.directorate.clone(),
            account: self.account.clone(),
            key: post.key().clone(),
            text: post.text().to_owned(),
            at: 0,
        };
        tokio::spawn(async move {
            world.timeline.passes(way).await;
            let seen = Seen { at: world.timeline.now(), ..seen };
            let is_known = |other: &Seen| {
                other.directorate == seen.directorate
                    && other.account == seen.account
                    && other.key == seen.key
                    && match nature {
                        Nature::Keyed => true,
                        Nature::Hourly => seen.at - other.at < HOUR,
                        Nature::Forgetful | Nature::Blind => false,
                    }
            };
            let is_new = !world.public.lock().unwrap().iter().any(is_known);
            if is_new {
                world.appears(seen);
            }
        });
    }

    fn receipt(&self, key: &EffectKey) -> Receipt {
        Receipt { id: format!("{}/{key}", self.account), url: None }
    }

    async fn takes(&self, milliseconds: i64) {
        self.world.timeline.passes(milliseconds).await;
        self.life.step().await;
    }
}

#[async_trait]
impl Network for SimulatedNetwork {
    async fn limits(&self) -> Result<Limits, Fault> {
        Ok(Limits::default_of(NetworkKind::Mastodon))
    }

    async fn publish(&self, post: &Post) -> Result<Receipt, Fault> {
        self.life.step().await;
        let way = roll(20..600);
        if !self.world.is_troubled() || !happens(400) {
            self.leaves(post, way);
            self.takes(way + roll(5..300)).await;
            return Ok(self.receipt(post.key()));
        }
        let uncertain = Err(Fault::Uncertain { cause: Cause::TimedOut });
        match roll(0..7) {
            0 => {
                self.takes(roll(1..3_000)).await;
                Err(Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None })
            }
            1 => {
                self.takes(roll(1..500)).await;
                let retry_at = Some(time(self.world.timeline.now() + roll(1_000..90_000)));
                Err(Fault::Transient { cause: Cause::RateLimited, retry_at })
            }
            2 => {
                self.takes(roll(1..500)).await;
                Err(Fault::Permanent { cause: Cause::Refused("no".to_owned()) })
            }
            3 => {
                self.leaves(post, way);
                self.takes(way + roll(1..20_000)).await;
                uncertain
            }
            4 | 5 => {
                self.leaves(post, roll(1_000..LONGEST_WAY));
                self.takes(roll(1..20_000)).await;
                uncertain
            }
            _ => {
                self.takes(roll(1..20_000)).await;
                uncertain
            }
        }
    }

    async fn find(&self, post: &Post, _since: Timestamp) -> Result<Found, Fault> {
        self.life.step().await;
        self.takes(roll(20..600)).await;
        if self.world.is_troubled() && happens(150) {
            return Err(Fault::Transient { cause: Cause::ServerError(503), retry_at: None });
        }
        if self.nature == Nature::Blind {
            return Ok(Found::Unclear);
        }
        let lag = if self.nature == Nature::Forgetful { roll(0..LAG) } else { 0 };
        let is_there = self.world.public.lock().unwrap().iter().any(|seen| {
            seen.directorate == self.directorate
                && seen.account == self.account
                && seen.key == *post.key()
                && seen.at + lag <= self.world.timeline.now()
        });
        Ok(if is_there { Found::Online(self.receipt(post.key())) } else { Found::Absent })
    }

    fn patience(&self) -> SignedDuration {
        match self.nature {
            Nature::Keyed => SignedDuration::ZERO,
            Nature::Hourly => SignedDuration::from_secs(40),
            Nature::Forgetful | Nature::Blind => SignedDuration::from_secs(50),
        }
    }

    async fn delete(&self, _: &Receipt) -> Result<(), Fault> {
        Ok(())
    }

    async fn repost(&self, original: &Receipt, _: Timestamp) -> Result<Receipt, Fault> {
        Ok(original.clone())
    }

    async fn probe(&self) -> Result<String, Fault> {
        Ok(self.account.to_string())
    }
}
