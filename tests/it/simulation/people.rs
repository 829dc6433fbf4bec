//! The people: officers who type, change their minds and edit, supervisors who tap, strangers, and those who answer the bot.

use std::sync::Arc;

use portevoix::domain::name::{MessageId, PersonId};
use portevoix::port::chat::Happening;

use crate::simulation::room::{Note, SimulatedRoom};
use crate::simulation::timeline::{happens, pick, roll};
use crate::simulation::world::World;

/// Everyone on the team of a directorate, with their roles.
pub const TEAM: [(&str, &[&str]); 5] = [
    ("martin", &["redacteur"]),
    ("petit", &["redacteur"]),
    ("durand", &["valideur"]),
    ("lefevre", &["valideur"]),
    ("moreau", &["valideur"]),
];

/// Whether somebody may approve.
pub fn is_approver(code: &str, who: &PersonId) -> bool {
    TEAM.iter().any(|(name, roles)| roles.contains(&"valideur") && *who == person(code, name).as_str().into())
}

/// What somebody of a directorate is called in the chat.
pub fn person(code: &str, name: &str) -> String {
    format!("{name}{code}")
}

/// Somebody in the room, now and then one who is not on its team.
fn somebody(room: &SimulatedRoom) -> String {
    if happens(60) {
        let elsewhere = if room.code == "44" { "67" } else { "44" };
        return pick(&["passant".to_owned(), person(elsewhere, "durand")]).unwrap().clone();
    }
    person(&room.code, pick(&TEAM).unwrap().0)
}

/// A mark that only this text of this person's carries: who wrote part of a post can be read off it.
pub fn mark(room: &SimulatedRoom, who: &str) -> String {
    let count = room.deeds.lock().unwrap().len();
    format!("#f{count}x{who}")
}

/// Lets people act for a while.
pub async fn act(world: Arc<World>, deeds: i64) {
    for _ in 0..deeds {
        let pause = if happens(400) { roll(0..90) } else { roll(500..25_000) };
        world.timeline.sleep(pause).await;
        let Some(room) = pick(&world.rooms) else { return };
        one_deed(&world, room);
    }
}

fn one_deed(world: &World, room: &SimulatedRoom) {
    let (now, who) = (world.timeline.now(), somebody(room));
    let notes = room.notes.lock().unwrap().clone();
    let cards: Vec<&Note> = notes.iter().filter(|note| note.card().is_some() && !note.is_removed).collect();
    let newest = |place: usize| cards.len().checked_sub(1 + place).and_then(|place| cards.get(place)).copied();
    let card = if happens(750) { newest(0) } else { pick(&cards).copied() };
    let (Some(card), true) = (card, happens(870)) else { return opens(room, now, &who) };
    let Some((number, _)) = card.card() else { return };
    match roll(0..100) {
        0..62 => {
            let glyph = if happens(850) { "✅" } else { pick(&["⏸", "⏸", "❌", "👀"]).unwrap() };
            let supervisor = person(&room.code, pick(&["durand", "lefevre", "moreau"]).unwrap());
            room.reacts(now, if happens(800) { &supervisor } else { &who }, &card.id, glyph);
        }
        62..70 => takes_back(room, now),
        70..78 => {
            let text =
                format!("!modifier {number} texte: Travaux {} ; faits: Vol {}", mark(room, &who), mark(room, &who));
            let text = if happens(500) {
                text.replace(" ; faits", " ;faits")
            } else {
                format!("!modifier {number} lieu: quai {}", mark(room, &who))
            };
            room.says(now, &who, text, Some(card.id.clone()));
        }
        78..84 => edits(room, now),
        84..92 => {
            let text = format!(
                "date: hier 22h ; tel: 02 40 37 21 21 ; parquet: accord de Mme Morel à 21h ; signalement: veste {}",
                mark(room, &who)
            );
            room.says(now, &who, text, Some(card.id.clone()));
        }
        92..94 => room.removes(now, &who, card.id.as_str()),
        94..96 => {
            room.says(now, &who, format!("!retirer {number}"), None);
        }
        96..98 => {
            room.says(now, &who, "la photo du radar est prise de trop loin".to_owned(), Some(card.id.clone()));
        }
        _ => {
            room.says(
                now,
                &who,
                pick(&["!brouillons", "!aide appel", "!apel x", "!voir 44-1"]).unwrap().to_string(),
                None,
            );
        }
    }
    answer_questions(world, room, 300);
}

fn opens(room: &SimulatedRoom, now: i64, who: &str) {
    let mark = mark(room, who);
    let text = match roll(0..3) {
        0 => format!("!info Travaux {mark} ; sujet: trafic"),
        1 => format!("!appel Vol à main armée {mark} ; lieu: place du Bouffay"),
        _ => format!(
            "!appel Vol à main armée {mark} ; lieu: place du Bouffay ; date: hier 22h ; tel: 02 40 37 21 21 ; \
             parquet: accord de Mme Morel à 21h"
        ),
    };
    room.says(now, who, text, None);
}

fn takes_back(room: &SimulatedRoom, now: i64) {
    let deeds = room.deeds.lock().unwrap().clone();
    let reactions: Vec<_> =
        deeds.iter().filter(|deed| matches!(deed.arrival.what, Happening::Reacted { .. })).collect();
    if let Some(deed) = pick(&reactions) {
        room.removes(now, deed.arrival.by.as_str(), deed.arrival.id.as_str());
    }
}

fn edits(room: &SimulatedRoom, now: i64) {
    let deeds = room.deeds.lock().unwrap().clone();
    let openings: Vec<_> = deeds
        .iter()
        .filter_map(|deed| match &deed.arrival.what {
            Happening::Said { message, text, .. } if text.starts_with("!info") => Some((&deed.arrival.by, message)),
            _ => None,
        })
        .collect();
    if let Some((by, message)) = pick(&openings) {
        let text = format!("!info Travaux terminés {} ; sujet: trafic", mark(room, by.as_str()));
        room.does(now, by.as_str(), |_| Happening::Edited { message: (*message).clone(), text });
    }
}

/// Somebody who may answer looks at the public page of an account and answers what the bot asks about it.
pub fn answer_questions(world: &World, room: &SimulatedRoom, in_a_thousand: i64) {
    let notes = room.notes.lock().unwrap().clone();
    for note in notes.iter().filter(|note| note.is_question() && happens(in_a_thousand)) {
        let Some(number) = note.told_of() else { continue };
        let says = note.prose.plain();
        let is_it = |account: &str| says.contains(account);
        let is_online = world.public.lock().unwrap().iter().any(|seen| {
            seen.directorate == number.directorate
                && is_it(seen.account.as_str())
                && seen.key.as_str().contains(&format!("/{number}/"))
        });
        let glyph = if is_online { "✅" } else { "🔁" };
        room.reacts(world.timeline.now(), &person(&room.code, "moreau"), &MessageId::from(note.id.as_str()), glyph);
    }
}
