//! The engine at work: listens to every chat and carries out what is owed, until told to stop.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use crate::domain::fault::Fault;
use crate::engine::inbox::Inbox;
use crate::engine::outbox::Outbox;
use crate::port::chat::Chat;

/// Runs until `stop`, or until a chat can't go on. Either way nothing new is taken and what is under way is settled
/// before it returns.
///
/// # Errors
/// The fault of a chat that only a person can mend.
pub async fn run(
    inbox: &Inbox,
    outbox: &Arc<Outbox>,
    chats: &[Arc<dyn Chat>],
    stop: &CancellationToken,
) -> Result<(), Fault> {
    let listening = async {
        let mut listeners: FuturesUnordered<_> = chats.iter().map(|chat| chat.listen(inbox, stop.clone())).collect();
        let mut outcome = Ok(());
        while let Some(ended) = listeners.next().await {
            if ended.is_err() {
                outcome = ended;
                stop.cancel();
            }
        }
        outcome
    };
    let (outcome, ()) = tokio::join!(listening, outbox.run(stop));
    outcome
}
