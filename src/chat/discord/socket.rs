//! One connection to Discord's gateway: JSON messages over a websocket.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls_platform_verifier::BuilderVerifierExt;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use crate::chat::discord::fault::{permanent, transient};
use crate::domain::fault::{Cause, Fault};

/// How long making the connection may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest message, in bytes: what Discord says of a large server at the start stays well below.
const LONGEST_MESSAGE: usize = 32 * 1024 * 1024;

/// A connection.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What came, or that nothing will come any more.
#[derive(Debug)]
pub enum Heard {
    /// A message.
    Message(Value),
    /// The end, with Discord's code where it gave one.
    Closed(Option<u16>),
}

impl Socket {
    /// Connects.
    ///
    /// # Errors
    /// `Unreachable` or `TimedOut`; `Refused` when this machine can't make encrypted connections.
    pub async fn connect(url: &str) -> Result<Self, Fault> {
        let connector = match url.starts_with("wss://") {
            true => Connector::Rustls(Arc::new(tls()?)),
            false => Connector::Plain,
        };
        let config =
            WebSocketConfig::default().max_message_size(Some(LONGEST_MESSAGE)).max_frame_size(Some(LONGEST_MESSAGE));
        let connecting = connect_async_tls_with_config(url, Some(config), false, Some(connector));
        match tokio::time::timeout(PATIENCE, connecting).await {
            Ok(Ok((stream, _))) => Ok(Self(stream)),
            Ok(Err(error)) => Err(transient(Cause::Unreachable(Cause::quote(&error.to_string())))),
            Err(_) => Err(transient(Cause::TimedOut)),
        }
    }

    /// Waits for the next message. Nothing is lost when it is not waited for to the end.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(message) => return Heard::Message(message),
                    // Not shown: it may be what people say.
                    Err(_) => tracing::warn!("Discord: a message of the gateway is no JSON; left out"),
                },
                Some(Ok(Message::Close(frame))) => return Heard::Closed(frame.map(|frame| frame.code.into())),
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(Error::Capacity(_))) => tracing::warn!("Discord: a message of the gateway is too long"),
                Some(Err(_)) | None => return Heard::Closed(None),
            }
        }
    }

    /// Sends a message.
    ///
    /// # Errors
    /// `ConnectionCut`.
    pub async fn send(&mut self, message: &Value) -> Result<(), Fault> {
        let sent = self.0.send(Message::text(message.to_string()));
        match tokio::time::timeout(PATIENCE, sent).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(transient(Cause::ConnectionCut)),
        }
    }

    /// Says goodbye, if there is still someone to hear it.
    pub async fn close(mut self) {
        let closing = self.0.close(None);
        let _ = tokio::time::timeout(Duration::from_secs(1), closing).await;
    }
}

/// The machine's own certificates, as for every other connection.
fn tls() -> Result<ClientConfig, Fault> {
    let words = |error: rustls::Error| permanent(Cause::Refused(Cause::quote(&error.to_string())));
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(words)?;
    Ok(builder.with_platform_verifier().map_err(words)?.with_no_client_auth())
}
