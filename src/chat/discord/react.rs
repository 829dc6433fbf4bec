//! Puts glyphs under a message: each as a reaction and as a button.

use reqwest::Method;
use serde_json::{Value, json};

use crate::chat::discord::buttons::with_button;
use crate::chat::discord::fault::{Trouble, code};
use crate::chat::discord::id::{Snowflake, Spot, encoded};
use crate::chat::discord::say::{Voice, number, unknown};
use crate::domain::fault::Fault;
use crate::domain::name::{MessageId, RoomId};

/// What is put in a glyph, or not, to ask for its coloured form; Discord knows each emoji in one of the two.
const COLOURED: char = '\u{FE0F}';

impl Voice<'_> {
    /// See [`Chat::react`](crate::port::chat::Chat::react). The glyph becomes a reaction and a button.
    ///
    /// # Errors
    /// As there.
    pub async fn react(&self, room: &RoomId, message: &MessageId, glyph: &str) -> Result<(), Fault> {
        let (name, room) = (room, number(room)?);
        let spot = Spot::of(room, message).ok_or_else(|| unknown(message))?;
        let card = (name.clone(), message.clone());
        self.memory
            .note(|noted| {
                if !noted.cards.contains(&card) {
                    noted.cards.push_back(card);
                }
            })
            .await?;
        let done = async {
            self.put_reaction(spot, room, glyph).await?;
            self.put_button(spot, room, glyph).await
        };
        match done.await {
            Err(trouble) if trouble.code() != Some(code::UNKNOWN_MESSAGE) => Err(self.explained(trouble, room).await),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn put_reaction(&self, spot: Spot, room: Snowflake, glyph: &str) -> Result<(), Trouble> {
        let path = |glyph: &str| {
            let Spot { channel, message } = spot;
            format!("/channels/{channel}/messages/{message}/reactions/{}/@me", encoded(glyph))
        };
        match self.in_thread(spot.channel, room, Method::PUT, &path(glyph), &Value::Null).await {
            Err(trouble) if trouble.code() == Some(code::UNKNOWN_EMOJI) => {
                let other = match glyph.strip_suffix(COLOURED) {
                    Some(bare) => bare.to_owned(),
                    None => format!("{glyph}{COLOURED}"),
                };
                self.in_thread(spot.channel, room, Method::PUT, &path(&other), &Value::Null).await.map(|_| ())
            }
            other => other.map(|_| ()),
        }
    }

    async fn put_button(&self, spot: Spot, room: Snowflake, glyph: &str) -> Result<(), Trouble> {
        let path = format!("/channels/{}/messages/{}", spot.channel, spot.message);
        let message = self.rest.get(&path).await?;
        for as_emoji in [true, false] {
            let Some(rows) = with_button(&message["components"], glyph, as_emoji) else { return Ok(()) };
            match self.in_thread(spot.channel, room, Method::PATCH, &path, &json!({ "components": rows })).await {
                Err(trouble) if as_emoji && trouble.code() == Some(code::INVALID_FORM) => {}
                other => return other.map(|_| ()),
            }
        }
        Ok(())
    }
}
