//! What the scenes stand on.

#[cfg(feature = "mastodon")]
pub mod fake_mastodon;
#[cfg(feature = "bluesky")]
pub mod faulty_proxy;
pub mod hand_clock;
#[cfg(any(feature = "mastodon", feature = "bluesky"))]
pub mod loopback;
#[cfg(feature = "bluesky")]
pub mod pds;
pub mod post;
