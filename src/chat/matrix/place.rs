//! Remembers how far the intake has taken what the server sent, so that nothing is lost between the SDK and us: the SDK
//! saves its own place in the stream before we have handed anything over.

use matrix_sdk::Client;

use crate::chat::matrix::fault::transient;
use crate::domain::fault::{Cause, Fault};

const KEY: &[u8] = b"portevoix.taken";

/// A place in the server's stream of events (`next_batch` of a sync), before which everything was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(pub String);

impl Place {
    /// The place that was kept last; `None` before the first.
    ///
    /// # Errors
    /// `Disk` when the store fails.
    pub async fn kept(client: &Client) -> Result<Option<Self>, Fault> {
        let bytes = client.state_store().get_custom_value(KEY).await.map_err(disk)?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(Self))
    }

    /// Keeps this place.
    ///
    /// # Errors
    /// `Disk` when the store fails. Nothing is lost then: more is handed over twice at the next start.
    pub async fn keep(&self, client: &Client) -> Result<(), Fault> {
        client.state_store().set_custom_value_no_read(KEY, self.0.clone().into_bytes()).await.map_err(disk)
    }
}

fn disk(error: impl std::fmt::Display) -> Fault {
    transient(Cause::Disk(Cause::quote(&error.to_string())))
}
