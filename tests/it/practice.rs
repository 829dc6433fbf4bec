//! The practice room keeps what the chat port promises, and what people may do there.

use std::sync::Arc;

use futures_util::FutureExt;
use portevoix::chat::practice::handover::MOST_WAITING;
use portevoix::chat::practice::{NotDone, Person, Practice, PracticeRoom};
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::name::{ArrivalId, EffectKey, PersonId, RoomId};
use portevoix::domain::prose::{Block, Prose};
use portevoix::port::chat::{Chat, Happening};
use portevoix::port::clock::SystemClock;
use tokio_util::sync::CancellationToken;

use crate::harness::doorkeeper::Doorkeeper;

#[tokio::test]
async fn what_people_do_is_taken_in_order_before_they_go_on() {
    let (practice, room) = brigade();
    let (martin, durand) = people();
    let intake = Doorkeeper::open();
    listening(&practice, &intake, async {
        let message = practice.says(&martin, &room, "!appel lieu: Nantes", None).await.unwrap();
        assert_eq!(intake.taken().len(), 1);
        practice.edits(&martin, &message, "!appel lieu: Rezé").await.unwrap();
        let reaction = practice.reacts(&durand, &message, "✅").await.unwrap();
        practice.takes_back(&durand, &reaction).await.unwrap();
        practice.removes(&martin, &message).await.unwrap();

        let taken = intake.taken();
        let whats: Vec<Happening> = taken.iter().map(|arrival| arrival.what.clone()).collect();
        let text = "!appel lieu: Nantes".to_owned();
        assert_eq!(
            whats,
            [
                Happening::Said { message: message.clone(), text, thread: None, attachments: Vec::new() },
                Happening::Edited { message: message.clone(), text: "!appel lieu: Rezé".to_owned() },
                Happening::Reacted { message: message.clone(), reaction: reaction.clone(), glyph: "✅".to_owned() },
                Happening::Removed { id: reaction.0.clone() },
                Happening::Removed { id: message.0.clone() },
            ]
        );
        let mut ids: Vec<&ArrivalId> = taken.iter().map(|arrival| &arrival.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5, "each arrival has its own id");
    })
    .await;
}

#[tokio::test]
async fn what_happens_while_the_bot_is_away_waits_for_it() {
    let (practice, room) = brigade();
    let (martin, durand) = people();
    let message = practice.says(&martin, &room, "!aide", None).await.unwrap();
    practice.reacts(&durand, &message, "👍").await.unwrap();

    let intake = Doorkeeper::open();
    listening(&practice, &intake, async {
        practice.says(&martin, &room, "!brouillons", None).await.unwrap();
        assert_eq!(intake.texts(), ["!aide", "", "!brouillons"]);
    })
    .await;
}

#[tokio::test]
async fn an_arrival_whose_taking_was_cut_short_is_handed_over_again() {
    let (practice, room) = brigade();
    let (martin, _) = people();
    let crashing = Doorkeeper::shut();
    let listener = practice.listen(&crashing, CancellationToken::new());
    let speaker = practice.says(&martin, &room, "!appel", None);
    tokio::select! {
        biased;
        _ = listener => unreachable!("nobody stopped it"),
        _ = speaker => unreachable!("nothing was taken yet"),
        () = crashing.was_called() => {}
    }
    let intake = Doorkeeper::open();
    listening(&practice, &intake, async {
        practice.says(&martin, &room, "!aide", None).await.unwrap();
    })
    .await;
    assert_eq!(intake.texts(), ["!appel", "!aide"]);
}

#[tokio::test]
async fn when_told_to_stop_it_finishes_what_is_under_way_and_takes_nothing_new() {
    let (practice, room) = brigade();
    let (martin, _) = people();
    practice.says(&martin, &room, "premier", None).await.unwrap();
    practice.says(&martin, &room, "second", None).await.unwrap();
    let intake = Doorkeeper::shut();
    let stop = CancellationToken::new();
    let stopping = async {
        intake.was_called().await;
        stop.cancel();
        intake.let_pass(2);
    };
    let (listened, ()) = tokio::join!(practice.listen(&intake, stop.clone()), stopping);
    listened.unwrap();
    assert_eq!(intake.texts(), ["premier"]);
}

#[tokio::test]
async fn one_room_does_not_wait_for_another() {
    let (practice, room) = brigade();
    let (martin, durand) = people();
    let other = RoomId::from("bureau");
    practice.says(&martin, &room, "lent", None).await.unwrap();
    let intake = Doorkeeper::shut_for("lent");
    let listener = practice.listen(&intake, CancellationToken::new());
    tokio::select! {
        biased;
        _ = listener => unreachable!("nobody stopped it"),
        said = practice.says(&durand, &other, "rapide", None) => drop(said.unwrap()),
    }
    assert_eq!(intake.texts(), ["rapide"]);
}

#[tokio::test]
async fn saying_editing_and_reacting_twice_under_one_key_is_once() {
    let (practice, room) = brigade();
    let (first, second) = (Prose::text("Brouillon 44-1"), Prose::text("Brouillon 44-1, version 2"));
    let key = EffectKey::from("say/1");
    let card = practice.say(&key, &room, None, &first).await.unwrap();
    assert_eq!(practice.say(&key, &room, None, &first).await.unwrap(), card);
    for glyph in ["✅", "✅", "❌"] {
        practice.react(&EffectKey(format!("react/{glyph}")), &room, &card, glyph).await.unwrap();
    }
    practice.edit(&"edit/1".into(), &room, &card, &second).await.unwrap();
    practice.edit(&"edit/2".into(), &room, &card, &first).await.unwrap();
    practice.edit(&"edit/1".into(), &room, &card, &second).await.unwrap();
    assert_eq!(practice.transcript(&room), "Portevoix (modifié) : Brouillon 44-1\n    [✅] [❌]\n");
}

#[tokio::test]
async fn the_same_key_in_another_room_is_another_message() {
    let (practice, room) = brigade();
    let key = EffectKey::from("say/1");
    let one = practice.say(&key, &room, None, &Prose::text("ici")).await.unwrap();
    let other = practice.say(&key, &"bureau".into(), None, &Prose::text("là")).await.unwrap();
    assert_ne!(one, other);
}

#[tokio::test]
async fn a_message_removed_meanwhile_is_no_fault() {
    let (practice, room) = brigade();
    let (_, durand) = people();
    let card = practice.say(&"say/1".into(), &room, None, &Prose::text("Brouillon")).await.unwrap();
    practice.removes(&durand, &card).await.unwrap();
    practice.edit(&"edit/1".into(), &room, &card, &Prose::text("Validé")).await.unwrap();
    practice.react(&"react/1".into(), &room, &card, "✅").await.unwrap();
    assert!(practice.transcript(&room).starts_with("Portevoix : (supprimé)\n"));
}

#[tokio::test]
async fn a_room_that_is_not_there_is_a_transient_fault() {
    let (practice, _) = brigade();
    let nowhere = RoomId::from("nulle-part");
    let fault = practice.say(&"say/1".into(), &nowhere, None, &Prose::text("?")).await.unwrap_err();
    assert_eq!(fault, Fault::Transient { cause: Cause::NotInRoom, retry_at: None });
    assert_eq!(practice.probe(&"brigade".into()).await.unwrap(), "Brigade de Nantes");
}

#[tokio::test]
async fn a_reply_in_a_thread_joins_the_thread_of_its_first_message() {
    let (practice, room) = brigade();
    let (martin, durand) = people();
    let root = practice.says(&martin, &room, "!appel", None).await.unwrap();
    let question = practice.say(&"say/1".into(), &room, Some(&root), &Prose::text("Quel lieu ?")).await.unwrap();
    practice.says(&martin, &room, "Bouffay", Some(&question)).await.unwrap();
    practice.says(&durand, &room, "Bonjour", None).await.unwrap();
    practice.say(&"say/2".into(), &room, Some(&question), &Prose::text("Merci.")).await.unwrap();
    let expected = "Martin : !appel\n    Portevoix : Quel lieu ?\n    Martin : Bouffay\n    Portevoix : Merci.\n\
                    Durand : Bonjour\n";
    assert_eq!(practice.transcript(&room), expected);
}

#[tokio::test]
async fn the_transcript_shows_blocks_and_who_reacted() {
    let (practice, room) = brigade();
    let (martin, durand) = people();
    let card = Prose {
        blocks: vec![
            Block::Title("Brouillon 44-1".to_owned()),
            Block::Quote("Appel à témoins\nplace du Bouffay".to_owned()),
            Block::Items(vec!["Mastodon : 34/500".to_owned()]),
        ],
    };
    let card = practice.say(&"say/1".into(), &room, None, &card).await.unwrap();
    practice.react(&"react/1".into(), &room, &card, "✅").await.unwrap();
    practice.react(&"react/2".into(), &room, &card, "❌").await.unwrap();
    practice.reacts(&durand, &card, "✅").await.unwrap();
    practice.reacts(&martin, &card, "✅").await.unwrap();
    let expected = "Portevoix : Brouillon 44-1\n    > Appel à témoins\n    > place du Bouffay\n    \
                    • Mastodon : 34/500\n    [✅ Durand, Martin] [❌]\n";
    assert_eq!(practice.transcript(&room), expected);
}

#[tokio::test]
async fn people_act_only_where_they_are_and_on_what_is_theirs() {
    let (practice, room) = brigade();
    let (martin, durand) = people();
    let message = practice.says(&martin, &room, "!appel", None).await.unwrap();
    let reaction = practice.reacts(&martin, &message, "👍").await.unwrap();
    let stranger = PersonId::from("inconnu");

    assert_eq!(practice.says(&stranger, &room, "!aide", None).await, Err(NotDone::NotInRoom));
    assert_eq!(practice.says(&martin, &"nulle-part".into(), "!aide", None).await, Err(NotDone::NoSuchRoom));
    assert_eq!(practice.says(&martin, &room, "oui", Some(&"autre".into())).await, Err(NotDone::NoSuchMessage));
    assert_eq!(practice.edits(&durand, &message, "!aide").await, Err(NotDone::NotTheAuthor));
    assert_eq!(practice.takes_back(&durand, &reaction).await, Err(NotDone::NotTheAuthor));
    assert_eq!(practice.reacts(&martin, &message, "👍").await.as_ref(), Ok(&reaction), "once is enough");
    practice.takes_back(&martin, &reaction).await.unwrap();
    assert_eq!(practice.takes_back(&martin, &reaction).await, Err(NotDone::NoSuchReaction));
    practice.removes(&martin, &message).await.unwrap();
    assert_eq!(practice.edits(&martin, &message, "!aide").await, Err(NotDone::NoSuchMessage));
}

#[tokio::test]
async fn a_full_line_is_said_and_changes_nothing() {
    let (practice, room) = brigade();
    let (martin, _) = people();
    for _ in 0..MOST_WAITING {
        practice.says(&martin, &room, "!aide", None).await.unwrap();
    }
    let before = practice.timeline(&room);
    assert_eq!(practice.says(&martin, &room, "!aide", None).await, Err(NotDone::TooMuchWaiting));
    assert_eq!(practice.edits(&martin, &before[0].id, "!voir").await, Err(NotDone::TooMuchWaiting));
    assert_eq!(practice.timeline(&room), before);
}

#[tokio::test]
async fn a_reader_waits_for_what_the_room_will_show() {
    let (practice, room) = brigade();
    let shown = practice.shown(&room, |message| message.content.plain().contains("Validé"));
    let (key, other) = (EffectKey::from("say/1"), EffectKey::from("say/2"));
    let speaks = async {
        practice.say(&key, &room, None, &Prose::text("Brouillon")).await.unwrap();
        practice.say(&other, &room, None, &Prose::text("Validé")).await.unwrap()
    };
    let (shown, said) = tokio::join!(shown, speaks);
    assert_eq!(shown.id, said);
}

/// Two rooms: Martin and Durand are in both.
fn brigade() -> (Arc<Practice>, RoomId) {
    let person = |id: &str, name: &str| Person { id: id.into(), name: name.to_owned() };
    let people = vec![person("martin", "Martin"), person("durand", "Durand")];
    let room = |id: &str, name: &str| PracticeRoom { id: id.into(), name: name.to_owned(), people: people.clone() };
    let rooms = vec![room("brigade", "Brigade de Nantes"), room("bureau", "Bureau de la communication")];
    (Practice::new("essai", rooms, Arc::new(SystemClock)), "brigade".into())
}

fn people() -> (PersonId, PersonId) {
    ("martin".into(), "durand".into())
}

/// Lets the bot listen while something happens.
async fn listening<T>(practice: &Practice, intake: &Doorkeeper, happens: impl Future<Output = T>) -> T {
    let stop = CancellationToken::new();
    let (listened, done) = tokio::join!(practice.listen(intake, stop.clone()), happens.inspect(|_| stop.cancel()));
    listened.unwrap();
    done
}
