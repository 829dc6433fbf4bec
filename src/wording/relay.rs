//! What is said of relays, to those who asked and to those who are asked.

use crate::domain::draft::Draft;
use crate::domain::prose::{Block, Prose};
use crate::domain::relay::{RelayAnswer, RelayNotice};
use crate::wording::speaker::{Audience, Speaker};

impl Speaker {
    /// One thing about a relay.
    pub(in crate::wording) fn relay(&self, notice: &RelayNotice, audience: &Audience<'_>) -> Prose {
        Prose::text(match notice {
            RelayNotice::Sent { to } => self.sentence(audience, "relay-sent", &[("to", &to.join(", "))]),
            RelayNotice::Answered { relay, answer } => {
                let name = match answer {
                    RelayAnswer::Accepted => "relay-accepted",
                    RelayAnswer::Refused => "relay-refused",
                    RelayAnswer::Withdrawn => "relay-withdrawn",
                    RelayAnswer::Lapsed => "relay-lapsed",
                    RelayAnswer::Done => "relay-done",
                    RelayAnswer::Undone => "relay-undone",
                };
                self.sentence(audience, name, &[("relay", relay)])
            }
            RelayNotice::NoAccount { directorate } => {
                self.sentence(audience, "relay-no-account", &[("directorate", directorate)])
            }
            RelayNotice::Over { of } => self.sentence(audience, "relay-over", &[("of", of)]),
            RelayNotice::Undone { account } => self.sentence(audience, "relay-undone-here", &[("account", account)]),
        })
    }

    /// Whose post a card would show on, and where it is.
    pub(in crate::wording) fn relayed(&self, draft: &Draft, audience: &Audience<'_>) -> Vec<Block> {
        let Some(relay) = &draft.revision.relay else { return Vec::new() };
        let mut blocks = vec![Block::Text(self.sentence(audience, "card-relays", &[("of", &relay.of)]))];
        for (account, receipt) in &relay.originals {
            if let Some(url) = &receipt.url {
                let label = self.sentence(audience, "card-relayed-post", &[("account", account)]);
                blocks.push(Block::Link { label, url: url.clone() });
            }
        }
        blocks
    }
}
