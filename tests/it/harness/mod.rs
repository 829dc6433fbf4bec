//! What scenes are played with.

pub mod browser;
pub mod cut_chat;
pub mod demonstration;
pub mod desk_of_rules;
#[cfg(feature = "discord")]
pub mod discord_stage;
pub mod doorkeeper;
#[cfg(feature = "discord")]
pub mod fake_discord;
#[cfg(feature = "mastodon")]
pub mod fake_mastodon;
#[cfg(feature = "x")]
pub mod fake_x;
#[cfg(feature = "bluesky")]
pub mod faulty_proxy;
pub mod hand_clock;
pub mod http;
pub mod installation;
#[cfg(all(feature = "matrix", feature = "mastodon", feature = "bluesky", feature = "x"))]
pub mod kills;
pub mod labelled;
#[cfg(any(feature = "mastodon", feature = "bluesky", feature = "x", feature = "discord"))]
pub mod loopback;
#[cfg(feature = "matrix")]
pub mod matrix_stage;
#[cfg(feature = "matrix")]
pub mod matrix_view;
#[cfg(feature = "mastodon")]
pub mod multipart;
pub mod notebook;
#[cfg(feature = "bluesky")]
pub mod pds;
pub mod photo;
pub mod post;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod practice_room;
#[cfg(feature = "postgres")]
pub mod replicas;
pub mod scene;
pub mod scripted_network;
#[cfg(feature = "postgres")]
pub mod shared_room;
pub mod small_disk;
#[cfg(feature = "matrix")]
pub mod synapse;
