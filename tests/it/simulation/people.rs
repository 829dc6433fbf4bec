//! The people: officers who type, change their minds and edit, supervisors who tap, strangers, and those who answer the bot.

use std::sync::Arc;

use jiff::tz::TimeZone;
use portevoix::command::french_plan;
use portevoix::domain::name::{DraftNumber, MessageId, PersonId};
use portevoix::port::chat::Happening;

use crate::simulation::room::SimulatedRoom;
use crate::simulation::timeline::{happens, pick, roll, time};
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
        world.timeline.passes(pause).await;
        let Some(room) = pick(&world.rooms) else { return };
        one_deed(&world, room);
    }
    world.timeline.passes(roll(20_000..60_000)).await;
    // What is out has a life of its own.
    for _ in 0..roll(4..16) {
        let pause = if happens(400) { roll(0..90) } else { roll(500..25_000) };
        world.timeline.passes(pause).await;
        let Some(room) = pick(&world.rooms) else { return };
        afterwards(&world, room);
    }
}

/// Somebody closes, rectifies or has shown on what is out, and supervisors approve that.
fn afterwards(world: &World, room: &SimulatedRoom) {
    let out: Vec<DraftNumber> = {
        let public = world.public.lock().unwrap();
        let ours = public.iter().filter(|seen| seen.directorate.as_str() == room.code);
        ours.filter_map(|seen| seen.key.as_str().split('/').nth(1)?.parse().ok()).collect()
    };
    if world.public.lock().unwrap().is_empty() {
        return;
    }
    let (now, who) = (world.timeline.now(), person(&room.code, pick(&TEAM).unwrap().0));
    match (pick(&out), cards(room).last()) {
        (Some(number), _) if happens(150) => follows(world, room, &who, number),
        (Some(number), _) if happens(150) => {
            room.says(now, &who, format!("!relais {number} {}", if room.code == "44" { "67" } else { "44" }), None);
        }
        (_, Some((card, _))) => {
            let supervisor = person(&room.code, pick(&["durand", "lefevre", "moreau"]).unwrap());
            room.reacts(now, &supervisor, card, "✅");
        }
        (_, None) => {}
    }
    answer_questions(world, room, 300);
}

fn one_deed(world: &World, room: &SimulatedRoom) {
    let (now, who) = (world.timeline.now(), somebody(room));
    let cards = cards(room);
    let card = if happens(750) { cards.last() } else { pick(&cards) };
    let (Some((card, number)), true) = (card, happens(870)) else { return opens(room, now, &who) };
    match roll(0..100) {
        0..62 => {
            let glyph = if happens(850) { "✅" } else { pick(&["⏸", "⏸", "❌", "👀"]).unwrap() };
            let supervisor = person(&room.code, pick(&["durand", "lefevre", "moreau"]).unwrap());
            room.reacts(now, if happens(800) { &supervisor } else { &who }, card, glyph);
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
            room.says(now, &who, text, Some(card.clone()));
        }
        78 => edits(room, now),
        79 => {
            let other = if room.code == "44" { "67" } else { "44" };
            room.says(now, &who, format!("!relais {number} {other}"), None);
        }
        80..82 => follows(world, room, &who, number),
        82..85 => plans(world, room, &who, number),
        85..92 => {
            let text = format!(
                "date: hier 22h ; tel: 02 40 37 21 21 ; parquet: accord de Mme Morel à 21h ; signalement: veste {}",
                mark(room, &who)
            );
            room.says(now, &who, text, Some(card.clone()));
        }
        92 => follows(world, room, &who, number),
        93 => room.removes(now, &who, card.as_str()),
        94..96 => {
            room.says(now, &who, format!("!retirer {number}"), None);
        }
        96 => plans(world, room, &who, number),
        97 => {
            room.says(now, &who, "la photo du radar est prise de trop loin".to_owned(), Some(card.clone()));
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

/// The bot's cards that are in the room, oldest first, each with its draft.
fn cards(room: &SimulatedRoom) -> Vec<(MessageId, DraftNumber)> {
    let notes = room.notes.lock().unwrap();
    let cards = notes.iter().filter(|note| !note.is_removed);
    cards.filter_map(|note| note.card().map(|(number, _)| (note.id.clone(), number))).collect()
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

/// Somebody sets an hour for a draft, in one of the ways that people say it, or takes it away.
fn plans(world: &World, room: &SimulatedRoom, who: &str, number: &DraftNumber) {
    let now = world.timeline.now();
    let later = time(now + roll(-300_000..2_400_000)).to_zoned_datetime(TimeZone::get("Europe/Paris").unwrap());
    let hour = match roll(0..5) {
        0 => format!("dans {} min", roll(0..40)),
        1 => "dans un quart d'heure".to_owned(),
        2 => later.strftime("%Hh%M").to_string(),
        3 => french_plan::say(&later),
        _ => "annuler".to_owned(),
    };
    room.says(now, who, format!("!programmer {number} {hour}"), None);
}

/// Somebody closes or rectifies a draft, whether it is out or not.
fn follows(world: &World, room: &SimulatedRoom, who: &str, number: &DraftNumber) {
    let text = match roll(0..5) {
        0 => format!("!clore {number} retrouvée"),
        1 => format!("!clore {number} retrait"),
        2 => format!("!clore {number} élucidée ; mot: non"),
        3 => format!("!rectifier {number} texte: Travaux corrigés {}", mark(room, who)),
        _ => format!("!rectifier {number} lieu: quai corrigé {}", mark(room, who)),
    };
    room.says(world.timeline.now(), who, text, None);
}

fn takes_back(room: &SimulatedRoom, now: i64) {
    let deeds = room.deeds.lock().unwrap();
    let reactions: Vec<_> =
        deeds.iter().filter(|deed| matches!(deed.arrival.what, Happening::Reacted { .. })).collect();
    let reaction = pick(&reactions).map(|deed| (deed.arrival.by.to_string(), deed.arrival.id.to_string()));
    drop(deeds);
    if let Some((by, id)) = reaction {
        room.removes(now, &by, &id);
    }
}

fn edits(room: &SimulatedRoom, now: i64) {
    let deeds = room.deeds.lock().unwrap();
    let openings: Vec<_> = deeds
        .iter()
        .filter_map(|deed| match &deed.arrival.what {
            Happening::Said { message, text, .. } if text.starts_with("!info") => {
                Some((deed.arrival.by.clone(), message.clone()))
            }
            Happening::Said { .. }
            | Happening::Edited { .. }
            | Happening::Reacted { .. }
            | Happening::Pressed { .. }
            | Happening::Removed { .. }
            | Happening::Unreadable { .. } => None,
        })
        .collect();
    drop(deeds);
    if let Some((by, message)) = pick(&openings) {
        let text = format!("!info Travaux terminés {} ; sujet: trafic", mark(room, by.as_str()));
        room.does(now, by.as_str(), |_| Happening::Edited { message: message.clone(), text });
    }
}

/// Somebody who may answer looks at the public page of an account and answers what the bot asks about it.
pub fn answer_questions(world: &World, room: &SimulatedRoom, in_a_thousand: i64) {
    let questions: Vec<(MessageId, DraftNumber, String)> = {
        let notes = room.notes.lock().unwrap();
        let asked = notes.iter().filter(|note| note.is_question());
        asked.filter_map(|note| Some((note.id.clone(), note.told_of()?, note.prose.plain()))).collect()
    };
    for (question, number, says) in questions.into_iter().filter(|_| happens(in_a_thousand)) {
        let is_it = |account: &str| says.contains(account);
        let is_online = world.public.lock().unwrap().iter().any(|seen| {
            seen.directorate == number.directorate
                && seen.gone_at.is_none()
                && is_it(seen.account.as_str())
                && seen.key.as_str().contains(&format!("/{number}/"))
        });
        // Asked to take the old post down by hand, they do.
        if says.contains("retirez-le à la main") {
            let now = world.timeline.now();
            let of = room.closes(&number);
            let mut public = world.public.lock().unwrap();
            let old = public.iter_mut().filter(|seen| {
                seen.directorate == number.directorate
                    && is_it(seen.account.as_str())
                    && of.as_ref().is_some_and(|of| seen.key.as_str().contains(&format!("/{of}/")))
            });
            old.for_each(|seen| seen.gone_at = seen.gone_at.or(Some(now)));
        }
        let glyph = if is_online { "✅" } else { "🔁" };
        room.reacts(world.timeline.now(), &person(&room.code, "moreau"), &question, glyph);
    }
}
