//! The scene that the demonstration plays: an appeal, a question, two approvals, a post.

use tokio::sync::watch;

use crate::chat::practice::public::PublicPost;
use crate::chat::practice::record::{Author, Message};
use crate::chat::practice::{NotDone, Practice};
use crate::domain::name::{PersonId, RoomId};

/// Plays it in the first practice room, and returns once the public has seen the post.
///
/// # Errors
/// When someone could not act: the room is not set up as the scene needs it.
pub async fn play(practice: &Practice, mut public: watch::Receiver<Vec<PublicPost>>) -> Result<(), NotDone> {
    let room: RoomId = practice.rooms().next().ok_or(NotDone::NoSuchRoom)?.id.clone();
    let [martin, durand, lefevre] = ["martin", "durand", "lefevre"].map(PersonId::from);
    let command = "!appel lieu: place du Bouffay, Nantes ; date: hier vers 22h ; faits: vol avec violence ; \
                   parquet: accord du parquet de Nantes, 9h10";
    practice.says(&martin, &room, command, None).await?;
    let asked = practice.shown(&room, |message| says(message, "Répondez ici")).await;
    let thread = asked.thread.unwrap_or(asked.id);
    practice.says(&martin, &room, "02 61 91 44 17", Some(&thread)).await?;
    practice.shown(&room, |message| says(message, "Complet")).await;
    let card = practice.shown(&room, |message| message.thread.is_none() && message.reactions.len() >= 3).await;
    practice.reacts(&durand, &card.id, "✅").await?;
    practice.shown(&room, |message| says(message, "Durand a validé")).await;
    practice.reacts(&lefevre, &card.id, "✅").await?;
    // The sender lives as long as the house.
    let _ = public.wait_for(|posts| posts.len() >= 3).await;
    for account in ["pnationale44", "mastodon", "bluesky"] {
        practice.shown(&room, |message| says(message, &format!("En ligne sur {account}"))).await;
    }
    Ok(())
}

fn says(message: &Message, words: &str) -> bool {
    message.by == Author::Bot && message.content.plain().contains(words)
}
