//! What the public wrote under an appeal, and the appeal itself, as they are handed to the sorting.

use jiff::Timestamp;

/// The appeal whose answers are sorted.
#[derive(Debug, Clone, Default)]
pub struct Appeal {
    /// The ids of the published posts, on every network.
    pub ids: Vec<String>,
    /// When it was published.
    pub at: Option<Timestamp>,
    /// The account that published it, with or without `@`.
    pub account: String,
    /// Its text, as published.
    pub text: String,
}

/// How an answer stands to what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Written under the appeal or under another answer.
    #[default]
    Reply,
    /// Shows another post below words of its own.
    Quote,
    /// Names the account.
    Mention,
    /// Passes another post on; usually without words of its own.
    Repost,
}

/// One answer of the public.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The network's id of it. The same id again is an edit.
    pub id: String,
    /// When it was written.
    pub at: Option<Timestamp>,
    /// Who wrote it, as the network names them.
    pub author: Option<String>,
    /// How many days that account existed then.
    pub author_created_days: Option<u32>,
    /// How it stands to what it answers.
    pub kind: Kind,
    /// The id of what it answers or passes on: the appeal, or another answer.
    pub in_reply_to: Option<String>,
    /// Its text; empty for a bare repost.
    pub text: String,
    /// Whether a picture is attached.
    pub has_image: bool,
}
