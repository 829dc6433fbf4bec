//! Listens: the gateway, the handing over and the answers to interactions, side by side.

use std::collections::HashMap;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::chat::discord::channels::Channels;
use crate::chat::discord::gateway::{Way, keep};
use crate::chat::discord::hand_over::HandOver;
use crate::chat::discord::interactions::Desk;
use crate::chat::discord::memory::Memory;
use crate::chat::discord::rest::Rest;
use crate::chat::discord::settings::DiscordSettings;
use crate::domain::fault::Fault;
use crate::port::chat::Intake;

/// The most events that wait to be handed over before nothing more is heard: hours of a busy room.
const MOST_WAITING: usize = 10_000;

/// The most interactions that wait for their answer: more would not be answered in time.
const MOST_INTERACTIONS: usize = 200;

/// Hands over what happens until stopped.
///
/// # Errors
/// What only a person can mend: a refused token, a missing intent.
pub async fn listen(
    rest: &Rest,
    settings: &DiscordSettings,
    channels: &Channels,
    memory: &Memory,
    intake: &dyn Intake,
    stop: &CancellationToken,
) -> Result<(), Fault> {
    let over = stop.child_token();
    let (items, to_take) = mpsc::channel(MOST_WAITING);
    let (interactions, to_answer) = mpsc::channel(MOST_INTERACTIONS);
    let desk = Desk { rest, settings, channels, intake, items: items.clone() };
    let mut hand_over =
        HandOver { rest, settings, channels, memory, intake, stop: &over, own: 0, counts: HashMap::new() };
    let way = Way { items, interactions };
    let hearing = async {
        let outcome = keep(rest, &way, &over).await;
        over.cancel();
        outcome
    };
    let (outcome, (), ()) = tokio::join!(hearing, hand_over.run(to_take), desk.run(to_answer, &over));
    outcome
}
