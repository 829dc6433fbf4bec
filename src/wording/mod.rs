//! Every sentence that the bot says, in French and in English.

pub mod card;
pub mod notice;
pub mod offered;
pub mod planned;
pub mod reason;
pub mod relay;
pub mod sequel;
pub mod speaker;
