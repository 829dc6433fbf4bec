//! What the configuration says about the bot's place on Discord.

use std::path::PathBuf;

use crate::domain::name::RoomId;
use crate::domain::secret::Secret;
use crate::port::offer::Offer;

/// The bot's application, and where it works.
#[derive(Clone, Debug)]
pub struct DiscordSettings {
    /// The bot's token, without `Bot ` before it.
    pub token: Secret,
    /// The base URL of the API without `/api/v10`, and without a slash at its end.
    pub api: String,
    /// The application's id; asked for if it is not known.
    pub application: Option<String>,
    /// The only channels that the bot hears, by their ids. Their threads belong to them.
    pub rooms: Vec<RoomId>,
    /// A directory for this bot alone. Made if it is missing, for its owner only.
    pub state_directory: PathBuf,
    /// What can be picked as slash commands.
    pub offers: Vec<Offer>,
    /// What only the person reads who asked for something that the bot can't do.
    pub words: Words,
}

/// Sentences that only one person sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// A slash command was used in a channel that is no room of ours.
    pub elsewhere: String,
    /// A slash command is longer than Discord shows.
    pub too_long: String,
}

impl DiscordSettings {
    /// Discord itself.
    pub const DISCORD: &'static str = "https://discord.com";
}
