//! The public side: networks that take a post, refuse it, lose it, or take it and do not say so; and what the public sees.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use portevoix::domain::directorate::NetworkKind;
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::name::{AccountName, DirectorateCode, EffectKey};
use portevoix::domain::post::Post;
use portevoix::domain::sequel::Left;
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
    /// When it was taken down.
    pub gone_at: Option<Moment>,
    /// What it was changed to.
    pub edited_to: Option<String>,
}

/// Another directorate's post that an account shows on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub directorate: DirectorateCode,
    pub account: AccountName,
    pub id: String,
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
            gone_at: None,
            edited_to: None,
        };
        tokio::spawn(async move {
            world.timeline.passes(way).await;
            let seen = Seen { at: world.timeline.now(), ..seen };
            let is_known = |other: &Seen| {
                other.directorate == seen.directorate
                    && other.account == seen.account
                    && other.key == seen.key
                    && other.gone_at.is_none()
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
                && seen.gone_at.is_none()
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

    async fn delete(&self, receipt: &Receipt) -> Result<(), Fault> {
        self.life.step().await;
        self.takes(roll(20..600)).await;
        let is_cut = self.world.is_troubled() && happens(250);
        if is_cut && happens(300) {
            return Err(Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None });
        }
        if is_cut && happens(100) {
            return Err(Fault::Permanent { cause: Cause::Refused("no".to_owned()) });
        }
        if !is_cut || happens(500) {
            let now = self.world.timeline.now();
            let mut public = self.world.public.lock().unwrap();
            let is_meant = |seen: &&mut Seen| {
                seen.directorate == self.directorate
                    && self.receipt(&seen.key).id == receipt.id
                    && seen.gone_at.is_none()
            };
            if let Some(seen) = public.iter_mut().find(is_meant) {
                seen.gone_at = Some(now);
            }
            let is_ours = |shown: &Shown| {
                shown.directorate == self.directorate && shown.account == self.account && shown.id == receipt.id
            };
            self.world.shown_on.lock().unwrap().retain(|shown| !is_ours(shown));
        }
        if is_cut { Err(Fault::Uncertain { cause: Cause::TimedOut }) } else { Ok(()) }
    }

    fn edits(&self) -> bool {
        self.nature == Nature::Hourly
    }

    async fn edit(&self, old: &Receipt, post: &Post) -> Result<Option<Receipt>, Fault> {
        self.life.step().await;
        self.takes(roll(20..600)).await;
        let is_cut = self.world.is_troubled() && happens(250);
        if is_cut && happens(500) {
            return Err(Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None });
        }
        let is_there = {
            let mut public = self.world.public.lock().unwrap();
            let is_meant = |seen: &&mut Seen| {
                seen.directorate == self.directorate && self.receipt(&seen.key).id == old.id && seen.gone_at.is_none()
            };
            public.iter_mut().find(is_meant).map(|seen| seen.edited_to = Some(post.text().to_owned())).is_some()
        };
        if is_cut {
            return Err(Fault::Uncertain { cause: Cause::TimedOut });
        }
        Ok(is_there.then(|| old.clone()))
    }

    async fn traces(&self, _: &Receipt) -> Result<Vec<String>, Fault> {
        self.takes(roll(20..600)).await;
        Ok(Vec::new())
    }

    async fn left(&self, receipt: &Receipt, _: &[String]) -> Result<Left, Fault> {
        self.takes(roll(20..600)).await;
        let is_there = self.world.public.lock().unwrap().iter().any(|seen| {
            seen.directorate == self.directorate && self.receipt(&seen.key).id == receipt.id && seen.gone_at.is_none()
        });
        Ok(if is_there { Left::Post } else { Left::Nothing })
    }

    async fn repost(&self, original: &Receipt, _: Timestamp) -> Result<Receipt, Fault> {
        self.life.step().await;
        self.takes(roll(20..600)).await;
        let is_cut = self.world.is_troubled() && happens(300);
        if is_cut && happens(400) {
            return Err(Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None });
        }
        let id = format!("repost/{}", original.id);
        if !is_cut || happens(500) {
            let shown = Shown { directorate: self.directorate.clone(), account: self.account.clone(), id: id.clone() };
            self.world.shows_on(shown);
        }
        if is_cut { Err(Fault::Uncertain { cause: Cause::TimedOut }) } else { Ok(Receipt { id, url: None }) }
    }

    async fn probe(&self) -> Result<String, Fault> {
        Ok(self.account.to_string())
    }
}
