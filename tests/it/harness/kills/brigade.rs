//! The people around a bot that is killed: one types without end, two approve whatever card they are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::ruma::{OwnedRoomId, UserId};
use serde_json::{Value, json};

use crate::harness::synapse::{Account, Officer, Synapse};

/// How many drafts are on their way at once.
const AT_ONCE: usize = 4;

/// For how long one look at the room waits for something new.
const LOOK: Duration = Duration::from_secs(1);

/// What everybody may look at while the team works.
#[derive(Default)]
pub struct Tally {
    /// How many commands were typed.
    pub typed: AtomicUsize,
    /// How many messages and edits of the bot's were seen.
    pub said: AtomicUsize,
    /// Nothing more is to be typed.
    pub is_enough: AtomicBool,
    /// Nothing more is to be done.
    pub is_over: AtomicBool,
}

/// Martin, Durand and Lefèvre in an encrypted room on a real Synapse.
pub struct Brigade {
    pub martin: Officer,
    pub durand: Officer,
    pub lefevre: Officer,
    pub room: OwnedRoomId,
    bot: Account,
    /// What Durand can't read yet.
    unread: Vec<TimelineEvent>,
    seen: Seen,
}

/// What Durand saw.
#[derive(Default)]
pub struct Seen {
    /// The cards of each draft, by its number; an edit of a card is no other one.
    pub cards: BTreeMap<String, BTreeSet<String>>,
    /// How often somebody was asked to send something again that could not be read.
    pub asked_to_resend: usize,
    /// How often a person was asked about an account.
    pub asked_about_accounts: usize,
    /// How many events could not be read to the end.
    pub unreadable: usize,
}

impl Brigade {
    /// Makes the accounts and the room; the bot is invited.
    pub async fn gather(synapse: &Synapse, bot: &Account) -> Self {
        let (mut martin, mut durand, mut lefevre) = tokio::join!(
            Officer::new(synapse, "martin"),
            Officer::new(synapse, "durand"),
            Officer::new(synapse, "lefevre")
        );
        let room = martin.make_room("Brigade de Nantes", &[&bot.user, durand.id(), lefevre.id()]).await;
        durand.join(&room).await;
        lefevre.join(&room).await;
        let (bot, unread, seen) = (bot.clone(), Vec::new(), Seen::default());
        Self { martin, durand, lefevre, room, bot, unread, seen }
    }

    /// The bot's account.
    pub fn bot(&self) -> &UserId {
        &self.bot.user
    }

    /// Types and approves until it is over. `published` says how many drafts came out.
    pub async fn work(mut self, tally: Arc<Tally>, published: impl Fn() -> usize) -> Seen {
        while !tally.is_over.load(Ordering::SeqCst) {
            let typed = tally.typed.load(Ordering::SeqCst);
            if !tally.is_enough.load(Ordering::SeqCst) && typed < published() + AT_ONCE {
                self.type_command(typed + 1).await;
                tally.typed.fetch_add(1, Ordering::SeqCst);
            }
            for event in self.look().await {
                tally.said.fetch_add(1, Ordering::SeqCst);
                self.take_in(&event).await;
            }
        }
        self.seen.unreadable = self.unread.len();
        self.seen
    }

    async fn type_command(&mut self, number: usize) {
        let body = format!("!info Circulation dense près du pont de Cheviré, {} ; sujet: trafic", mark(number));
        let message = json!({ "msgtype": "m.text", "body": body });
        self.martin.send(&self.room, "m.room.message", message).await;
    }

    /// What the bot said since Durand looked last. What can't be read at first is looked at again: its key may be late.
    async fn look(&mut self) -> Vec<Value> {
        self.durand.sync(LOOK).await;
        let mut events = take(&mut self.unread);
        events.append(&mut self.durand.timeline);
        let room = self.durand.client.get_room(&self.room).unwrap();
        let mut news = Vec::new();
        for event in events {
            let readable = match &event.kind {
                TimelineEventKind::UnableToDecrypt { event: raw, .. } => room
                    .decrypt_event(raw.cast_ref_unchecked(), None)
                    .await
                    .ok()
                    .filter(|again| !matches!(again.kind, TimelineEventKind::UnableToDecrypt { .. })),
                TimelineEventKind::Decrypted(_) | TimelineEventKind::PlainText { .. } => Some(event.clone()),
            };
            match readable {
                Some(readable) => news.push(serde_json::from_str(readable.raw().json().get()).unwrap()),
                None => self.unread.push(event),
            }
        }
        news.retain(|event: &Value| event["sender"] == self.bot().as_str() && event["type"] == "m.room.message");
        news
    }

    /// Counts what is said, and approves what is shown for the first time.
    async fn take_in(&mut self, event: &Value) {
        let body = event["content"]["body"].as_str().unwrap_or_default();
        if event["content"]["m.relates_to"]["rel_type"] == "m.replace" {
            return;
        }
        self.seen.asked_to_resend += usize::from(body.contains("je n'arrive pas à déchiffrer"));
        self.seen.asked_about_accounts +=
            usize::from(body.contains("Je ne peux pas savoir si c'est en ligne") || body.contains("pas publié."));
        let Some((before, _)) = body.split_once(" · !info · version") else { return };
        let number = before.rsplit(char::is_whitespace).next().unwrap_or_default().to_owned();
        let card = event["event_id"].as_str().unwrap().to_owned();
        if !self.seen.cards.entry(number).or_default().insert(card.clone()) {
            return;
        }
        for officer in [&mut self.durand, &mut self.lefevre] {
            let relation = json!({ "rel_type": "m.annotation", "event_id": card, "key": "✅" });
            officer.send(&self.room, "m.reaction", json!({ "m.relates_to": relation })).await;
        }
    }
}

/// By what a command's text is known everywhere.
pub fn mark(number: usize) -> String {
    format!("avis numéro {number}.")
}
