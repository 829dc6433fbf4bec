//! Tries again until it works, or until there is no point or no time.

use tokio_util::sync::CancellationToken;

use crate::chat::backoff::Backoff;
use crate::chat::discord::fault::Trouble;
use crate::domain::fault::Fault;

/// Asks Discord until it answers; `None` when it says that it is not there, or when stopped before.
pub async fn patiently<T, F: Future<Output = Result<T, Trouble>>>(
    what: &str,
    stop: &CancellationToken,
    mut ask: impl FnMut() -> F,
) -> Option<T> {
    let mut backoff = Backoff::new("Discord");
    while !stop.is_cancelled() {
        match ask().await {
            Ok(answer) => return Some(answer),
            Err(trouble) if trouble.is_not_there() => return None,
            Err(trouble) => backoff.wait(what, &trouble.fault(), stop).await,
        }
    }
    None
}

/// Tries until it works; `None` when stopped before.
pub async fn keep<T, F: Future<Output = Result<T, Fault>>>(
    what: &str,
    stop: &CancellationToken,
    mut attempt: impl FnMut() -> F,
) -> Option<T> {
    let mut backoff = Backoff::new("Discord");
    while !stop.is_cancelled() {
        match attempt().await {
            Ok(done) => return Some(done),
            Err(fault) => backoff.wait(what, &fault, stop).await,
        }
    }
    None
}
