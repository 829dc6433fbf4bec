//! The social networks: each speaks one network's own language and promises what `port::network` asks.

#[cfg(any(feature = "mastodon", feature = "bluesky", feature = "x"))]
pub mod answer;
#[cfg(feature = "bluesky")]
pub mod bluesky;
pub mod file;
#[cfg(any(feature = "mastodon", feature = "bluesky", feature = "x"))]
pub mod http;
#[cfg(feature = "mastodon")]
pub mod mastodon;
#[cfg(any(feature = "mastodon", feature = "x"))]
pub mod tries;
#[cfg(feature = "x")]
pub mod x;
