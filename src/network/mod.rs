//! The social networks: each speaks one network's own language and promises what `port::network` asks.

#[cfg(any(feature = "mastodon", feature = "bluesky"))]
pub mod answer;
#[cfg(feature = "bluesky")]
pub mod bluesky;
pub mod file;
#[cfg(any(feature = "mastodon", feature = "bluesky"))]
pub mod http;
#[cfg(feature = "mastodon")]
pub mod mastodon;
