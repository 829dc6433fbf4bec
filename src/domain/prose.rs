//! What the bot says, as blocks of plain text: no markup passes through, so what an officer or the public wrote can
//! never ping, format or link.

use serde::{Deserialize, Serialize};

use crate::domain::name::PersonId;

/// One thing that the bot says. Every string in it is plain text, to be shown exactly; a chat adapter escapes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prose {
    /// Shown one below the other.
    pub blocks: Vec<Block>,
}

/// A paragraph of [`Prose`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    /// A short heading, one line.
    Title(String),
    /// A sentence or two.
    Text(String),
    /// A text that was written by someone and is shown exactly as it stands, line breaks kept.
    Quote(String),
    /// A sentence that calls people by name: it pings them, and nobody else, whatever it says.
    Call {
        /// The sentence.
        text: String,
        /// Who, by every id that they have in any chat.
        people: Vec<PersonId>,
    },
    /// A list, one line an item.
    Items(Vec<String>),
    /// A link that the bot itself vouches for (a published post).
    Link {
        /// What the link is called.
        label: String,
        /// Where it leads: `http` or `https`.
        url: String,
    },
}

impl Prose {
    /// Prose of a single sentence.
    pub fn text(text: impl Into<String>) -> Self {
        Self { blocks: vec![Block::Text(text.into())] }
    }

    /// The same as plain text, for a notification, a log of the room or a terminal.
    pub fn plain(&self) -> String {
        let lines = self.blocks.iter().map(|block| match block {
            Block::Title(text) | Block::Text(text) | Block::Call { text, people: _ } => text.clone(),
            Block::Quote(text) => text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n"),
            Block::Items(items) => items.iter().map(|item| format!("• {item}")).collect::<Vec<_>>().join("\n"),
            Block::Link { label, url } => format!("{label} : {url}"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Everyone whom it calls, by every id that they have in any chat.
    pub fn called(&self) -> Vec<&PersonId> {
        let mut called = Vec::new();
        for block in &self.blocks {
            if let Block::Call { people, text: _ } = block {
                called.extend(people);
            }
        }
        called
    }
}
