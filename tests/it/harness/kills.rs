//! The binary is killed again and again while drafts are made and approved; then everything is counted.
//!
//! The seed chooses when each life ends and what goes wrong on the networks; the servers and the machine add their own
//! chance, so the same seed is the same plan, not the same run.

use std::collections::BTreeMap;
use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fastrand::Rng;
use portevoix::domain::draft::{Draft, Phase, Progress};
use tokio::process::Child;
use tokio::time::{interval, timeout};

use crate::harness::fake_mastodon::Trouble as MastodonTrouble;
use crate::harness::fake_x::{Door, Trouble as XTrouble};
use crate::harness::kills::brigade::{Brigade, Seen, Tally, mark};
use crate::harness::kills::machine::Machine;
use crate::harness::synapse::Synapse;

mod brigade;
mod machine;

/// A life that is to end at a moment ends within that many milliseconds: enough to start, and to do something.
const LONGEST_MOMENT: u64 = 6_000;

/// A life that is to end at a step ends at one of so many.
const MOST_STEPS: usize = 12;

/// A life whose step does not come ends then.
const LONGEST_LIFE: Duration = Duration::from_secs(30);

/// How often it is looked whether a step has come, or everything has settled.
const GLANCE: Duration = Duration::from_millis(5);
const LONG_GLANCE: Duration = Duration::from_millis(500);

/// How long after the last kill everything must have settled: a network that was in doubt is looked at for minutes.
const SETTLES_WITHIN: Duration = Duration::from_secs(420);

/// What was counted.
pub struct Figures {
    seed: u64,
    kills: usize,
    typed: usize,
    approved: usize,
    published: BTreeMap<&'static str, usize>,
    seconds: u64,
    seen: Seen,
    /// Each post, card or draft that is there twice.
    pub doubled: Vec<String>,
    /// Whatever was typed, approved or owed, and neither came to be nor was told to a person.
    pub lost: Vec<String>,
}

/// The bot works, is killed that often, and then may finish.
pub async fn killed(kills: usize, seed: u64) -> Figures {
    let (begun, mut dice) = (Instant::now(), Rng::with_seed(seed));
    std::fs::remove_file(Machine::log()).ok();
    let synapse = Synapse::from_environment();
    let bot = synapse.register("portevoix").await;
    let mut brigade = Brigade::gather(&synapse, &bot).await;
    let machine = Arc::new(Machine::new(&synapse, &bot, &brigade).await);
    let mut process = machine.start();
    let (room, bot) = (brigade.room.clone(), brigade.bot().to_owned());
    brigade.martin.until_joined(&room, &bot).await;

    let tally = Arc::new(Tally::default());
    let published = {
        let machine = machine.clone();
        move || machine.x.texts().len().min(machine.mastodon.texts().len())
    };
    let working = tokio::spawn(brigade.work(tally.clone(), published));
    for _ in 0..kills {
        makes_trouble(&machine, &mut dice);
        until_the_end_of_a_life(&machine, &tally, &mut dice).await;
        assert!(!working.is_finished(), "the team stopped working");
        is_killed(&mut process).await;
        process = machine.start();
    }
    tally.is_enough.store(true, Ordering::SeqCst);
    timeout(SETTLES_WITHIN, until_settled(&machine, &tally)).await.ok();
    tally.is_over.store(true, Ordering::SeqCst);
    let seen = working.await.unwrap();
    machine.stop(process).await;

    let mut figures = Figures {
        seed,
        kills,
        typed: tally.typed.load(Ordering::SeqCst),
        approved: 0,
        published: BTreeMap::new(),
        seconds: 0,
        seen,
        doubled: Vec::new(),
        lost: Vec::new(),
    };
    figures.count(&machine).await;
    figures.seconds = begun.elapsed().as_secs();
    figures
}

async fn is_killed(process: &mut Child) {
    assert_eq!(process.try_wait().unwrap(), None, "it ended by itself: see {}", Machine::log().display());
    process.kill().await.unwrap();
}

/// Now and then a network takes a post and says nothing, or breaks off.
fn makes_trouble(machine: &Machine, dice: &mut Rng) {
    match dice.u8(0..8) {
        0 => machine.x.next(Door::Post, XTrouble::AcceptThenTimeout),
        1 => machine.x.next(Door::Post, XTrouble::AcceptThenCut),
        2 => machine.mastodon.next_post(MastodonTrouble::AcceptThenTimeout),
        3 => machine.mastodon.next_post(MastodonTrouble::AcceptThenCut),
        _ => {}
    }
}

/// Half of all lives end at a moment that has nothing to do with the work, half at a step of it.
async fn until_the_end_of_a_life(machine: &Machine, tally: &Tally, dice: &mut Rng) {
    if dice.bool() {
        let moment = Duration::from_millis(dice.u64(0..LONGEST_MOMENT));
        timeout(moment, pending::<()>()).await.ok();
        return;
    }
    let last = steps(machine, tally) + dice.usize(1..=MOST_STEPS);
    let mut glances = interval(GLANCE);
    let reached = async {
        while steps(machine, tally) < last {
            glances.tick().await;
        }
    };
    timeout(LONGEST_LIFE, reached).await.ok();
}

/// What the bot was seen to do so far: requests that X got, posts that Mastodon has, messages in the room.
fn steps(machine: &Machine, tally: &Tally) -> usize {
    let requests = machine.x.with(|server| server.requests.len());
    requests + machine.mastodon.with(|server| server.statuses.len()) + tally.said.load(Ordering::SeqCst)
}

/// Every command is a draft, and nothing more becomes of any draft without a person.
async fn until_settled(machine: &Machine, tally: &Tally) {
    let mut glances = interval(LONG_GLANCE);
    loop {
        glances.tick().await;
        let Ok(drafts) = machine.drafts() else { continue };
        if drafts.len() >= tally.typed.load(Ordering::SeqCst) && drafts.iter().all(is_settled) {
            return;
        }
    }
}

fn is_settled(draft: &Draft) -> bool {
    let Phase::Publishing(publication) = &draft.phase else { return matches!(draft.phase, Phase::Published(_)) };
    publication.progress.values().all(|progress| match progress {
        Progress::Owed | Progress::Retrying { .. } => false,
        Progress::Uncertain(_)
        | Progress::Refused(_)
        | Progress::Online(_)
        | Progress::Stopped
        | Progress::TakenDown => true,
    })
}

impl Figures {
    async fn count(&mut self, machine: &Machine) {
        let drafts = machine.drafts().unwrap();
        let posts = [
            ("x", machine.x.texts()),
            ("mastodon", machine.mastodon.texts()),
            ("bluesky", machine.bluesky.texts().await),
        ];
        let mut missing = Vec::new();
        for number in 1..=self.typed {
            let mark = mark(number);
            let is_about = |draft: &&Draft| draft.revision.targets.iter().any(|target| target.text.contains(&mark));
            let made: Vec<&Draft> = drafts.iter().filter(is_about).collect();
            match made[..] {
                [] => missing.push(format!("{mark} is no draft")),
                [draft] => self.count_draft(draft, &posts),
                _ => self.doubled.push(format!("{mark} is {} drafts", made.len())),
            }
        }
        // What could not be read, and of which its writer was told so, is not lost.
        self.lost.extend(missing.into_iter().skip(self.seen.asked_to_resend));
        for (account, texts) in &posts {
            let approved = |text: &&String| {
                drafts.iter().any(|draft| draft.revision.targets.iter().any(|target| target.text == **text))
            };
            let strange = texts.iter().filter(|text| !approved(text));
            self.doubled.extend(strange.map(|text| format!("{account} has what nobody approved: {text}")));
        }
        for (number, cards) in self.seen.cards.iter().filter(|(_, cards)| cards.len() > 1) {
            self.doubled.push(format!("{number} has {} cards", cards.len()));
        }
    }

    /// What became of one draft that both supervisors were to approve.
    fn count_draft(&mut self, draft: &Draft, posts: &[(&'static str, Vec<String>)]) {
        let (Phase::Publishing(publication) | Phase::Published(publication)) = &draft.phase else {
            self.lost.push(format!("{}: {:?}, with the votes {:?}", draft.number, draft.state(), draft.ballot()));
            return;
        };
        self.approved += 1;
        for (account, texts) in posts {
            let target = draft.revision.targets.iter().find(|target| target.account.as_str() == *account).unwrap();
            let progress = &publication.progress[&target.account];
            match (texts.iter().filter(|text| **text == target.text).count(), progress) {
                (1, _) => *self.published.entry(account).or_default() += 1,
                (0, Progress::Uncertain(_) | Progress::Refused(_)) => {}
                (0, _) => self.lost.push(format!("{} is not on {account}: {progress:?}", draft.number)),
                (times, _) => self.doubled.push(format!("{} is {times} times on {account}", draft.number)),
            }
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "kills        {} in {} s (seed {})", self.kills, self.seconds, self.seed)?;
        writeln!(f, "typed        {}", self.typed)?;
        writeln!(f, "approved     {}", self.approved)?;
        let published: Vec<String> =
            self.published.iter().map(|(account, count)| format!("{account} {count}")).collect();
        writeln!(f, "published    {}", published.join(", "))?;
        writeln!(f, "doubled      {}", self.doubled.len())?;
        writeln!(f, "lost         {}", self.lost.len())?;
        writeln!(
            f,
            "asked        {} times about an account, {} times to send again; {} events unreadable",
            self.seen.asked_about_accounts, self.seen.asked_to_resend, self.seen.unreadable
        )?;
        for trouble in self.doubled.iter().chain(&self.lost) {
            writeln!(f, "  {trouble}")?;
        }
        Ok(())
    }
}
