//! The simulation: the whole engine in a world made of dice, where everything that can go wrong does, and the same seed
//! goes wrong in the same way each time.
//!
//! People type, edit, tap and take back in two directorates' rooms; one machine, or several that share a store, crash at
//! any step and start again; clocks are set; the store, the chat and the networks fail, are slow, and lose answers. After
//! every post, and at the end, the [`rules`] must hold.

pub mod disk;
pub mod elsewhere;
pub mod life;
pub mod network;
pub mod people;
pub mod room;
pub mod rules;
pub mod stage;
pub mod timeline;
pub mod world;

use std::sync::Arc;

use portevoix::store::backend::Backend;
use portevoix::store::database::Database;
use portevoix::store::embedded::Embedded;

use crate::simulation::people::{act, answer_questions};
use crate::simulation::stage::Machine;
use crate::simulation::timeline::{BEGINNINGS, Moment, Timeline, begins_at, happens, roll, seed_dice};
use crate::simulation::world::World;

/// How far a clock is set wrong at most. What was approved while it was ahead goes out as much later once it is right again.
const FARTHEST_JUMP: Moment = 25 * 60_000;

/// How long everybody has, once nothing fails any more, until everything must have come to its end.
const AFTERMATH: Moment = 40 * 60_000;

/// A rule was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub rule: String,
    /// Everything that people, the bot and the public side did, in order.
    pub story: String,
}

/// What happened in one simulation that kept the rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub deeds: usize,
    pub posts: usize,
    /// Old posts that were taken down or changed.
    pub ended: usize,
    /// Posts that were shown on by another directorate, whether that was taken back or not.
    pub relays: usize,
    pub crashes: u32,
    /// When it ended, in milliseconds: two runs of one seed must agree.
    pub end: Moment,
}

/// Plays one seed.
///
/// # Errors
/// Which rule was broken.
pub fn play(seed: u64) -> Result<Tally, Broken> {
    play_over(seed, MEMORY.with(Arc::clone))
}

thread_local! {
    /// Made once: its statements stay prepared.
    static MEMORY: Arc<dyn Backend> = Arc::new(Embedded::in_memory().unwrap());
}

/// Every table of the store.
const TABLES: [&str; 12] = [
    "DELETE FROM arrivals",
    "DELETE FROM drafts",
    "DELETE FROM journal",
    "DELETE FROM messages",
    "DELETE FROM cards",
    "DELETE FROM owed",
    "DELETE FROM told",
    "DELETE FROM strays",
    "DELETE FROM restores",
    "DELETE FROM doubted_drafts",
    "DELETE FROM cleared_posts",
    "DELETE FROM skipped_numbers",
];

/// Plays one seed over that store, whatever was in it.
///
/// # Errors
/// Which rule was broken.
pub fn play_over(seed: u64, store: Arc<dyn Backend>) -> Result<Tally, Broken> {
    // Without drivers for time and sockets: nothing in it may wait for anything real.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    seed_dice(seed);
    begins_at(BEGINNINGS[usize::try_from(seed % 4).unwrap()]);
    // What it logs is of another world, and there is much of it.
    let _quiet = tracing::subscriber::set_default(tracing::subscriber::NoSubscriber::new());
    let world = World::new(Arc::new(Timeline::default()), &["44", "67"]);
    runtime.block_on(simulate(&world, store)).map_err(|rule| Broken { rule, story: world.story() })
}

async fn simulate(world: &Arc<World>, store: Arc<dyn Backend>) -> Result<Tally, String> {
    let mut session = store.begin(None).await.map_err(|error| error.to_string())?;
    for table in TABLES {
        session.run(table, &[]).await.map_err(|error| error.to_string())?;
    }
    session.commit().await.map_err(|error| error.to_string())?;
    let timeline = world.timeline.clone();
    let is_shared = happens(400);
    let count = if is_shared { usize::try_from(roll(2..4)).unwrap() } else { 1 };
    let mut machines: Vec<Machine> =
        (0..count).map(|place| Machine::new(world, &store, is_shared.then_some(place))).collect();
    machines.iter_mut().for_each(|machine| machine.starts(next_crash()));
    let crowd = tokio::spawn(act(world.clone(), roll(4..18)));
    let mut tally = Tally::default();
    let mut restarts: Vec<Option<Moment>> = vec![None; count];
    let mut end = Moment::MAX;
    let mut next_answer = Moment::MAX;
    loop {
        timeline.settles().await;
        if let Some(broken) = world.failure() {
            return Err(broken);
        }
        let now = timeline.now();
        if crowd.is_finished() && end == Moment::MAX {
            world.calms_down();
            (end, next_answer) = (now + AFTERMATH, now + 90_000);
            machines.iter().for_each(|machine| machine.clock.jumps(0));
        }
        for (machine, restart) in machines.iter_mut().zip(&mut restarts) {
            if machine.is_down() && restart.is_none() {
                machine.crashes();
                tally.crashes += 1;
                *restart = Some(now + if happens(700) { roll(1..5_000) } else { roll(5_000..200_000) });
            }
            if restart.is_some_and(|at| at <= now) {
                *restart = None;
                machine.starts(if world.is_troubled() { next_crash() } else { -1 });
            }
            if !is_shared && world.fails(1) {
                let wrong_by = roll(-FARTHEST_JUMP..FARTHEST_JUMP);
                world.sets_a_clock(wrong_by);
                machine.clock.jumps(wrong_by);
            }
        }
        if now >= next_answer {
            world.rooms.iter().for_each(|room| answer_questions(world, room, 1_000));
            next_answer = now + 150_000;
        }
        let soonest = restarts.iter().flatten().min().copied().unwrap_or(end).min(next_answer).min(end);
        if !timeline.advance(soonest) {
            if soonest >= end {
                break;
            }
            timeline.jumps_to(soonest);
        }
    }
    machines.iter_mut().for_each(Machine::crashes);
    timeline.settles().await;
    rules::at_the_end(world, &Database::over(store)).await?;
    tally.deeds = world.rooms.iter().map(|room| room.deeds.lock().unwrap().len()).sum();
    let is_ended = |seen: &&network::Seen| seen.gone_at.is_some() || seen.edited_to.is_some();
    tally.ended = world.public.lock().unwrap().iter().filter(is_ended).count();
    tally.relays = world.relays();
    (tally.posts, tally.end) = (world.public.lock().unwrap().len(), timeline.now());
    Ok(tally)
}

/// After how many steps a process crashes.
fn next_crash() -> i64 {
    if happens(300) { -1 } else { roll(1..700) }
}
