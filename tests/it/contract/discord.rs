//! The chat contract on a fake Discord, and what only Discord has: threads, buttons, slash commands, resuming.

use std::sync::Arc;

use portevoix::domain::ballot::Assurance;
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::name::{ArrivalId, GroupId, MessageId, RoomId};
use portevoix::domain::prose::{Block, Prose};
use portevoix::port::chat::{Arrival, Attachment, Chat, Happening};
use serde_json::json;

use crate::contract::chat::{Person, Stage, card, key, said};
use crate::harness::discord_stage::{DiscordStage, discord_stage, number};
use crate::harness::fake_discord::Trouble;
use crate::harness::fake_discord::server::{
    ADD_REACTIONS, CREATE_PUBLIC_THREADS, Out, SEND_MESSAGES, Server, VIEW_CHANNEL,
};
use crate::harness::notebook::Notebook;

chat_contract!(discord_stage, doc = "On the fake: it needs nothing.");

async fn started() -> (DiscordStage, Arc<Notebook>) {
    let (mut stage, notebook) = (discord_stage().await, Notebook::new());
    stage.start(notebook.clone()).await;
    (stage, notebook)
}

fn whats(taken: Vec<Arrival>) -> Vec<Happening> {
    taken.into_iter().map(|one| one.what).collect()
}

#[tokio::test]
async fn what_is_said_in_a_thread_belongs_to_the_room_and_to_the_message_that_began_it() {
    let (mut stage, notebook) = started().await;
    let root = stage.says(Person::Martin, "!appel").await;
    let reply = stage.replies(Person::Martin, &root, "place Royale").await;
    assert_eq!(reply.as_str(), format!("{root}/{}", number(&reply)));

    stage.edits(Person::Martin, &reply, "place Royale, Nantes").await;
    let reaction = stage.reacts(Person::Durand, &reply, "👍").await;
    stage.removes(Person::Durand, reaction.as_str()).await;
    stage.removes(Person::Martin, reply.as_str()).await;

    let taken = notebook.until(6).await;
    assert!(taken.iter().all(|one| one.room == stage.room()), "{taken:#?}");
    let thread = Some(root.clone());
    let expected = [
        said(&root, "!appel"),
        Happening::Said { message: reply.clone(), text: "place Royale".to_owned(), thread, attachments: Vec::new() },
        Happening::Edited { message: reply.clone(), text: "place Royale, Nantes".to_owned() },
        Happening::Reacted { message: reply.clone(), reaction: reaction.clone(), glyph: "👍".to_owned() },
        Happening::Removed { id: reaction.to_string() },
        Happening::Removed { id: reply.to_string() },
    ];
    assert_eq!(whats(taken), expected);
}

#[tokio::test]
async fn an_answer_in_the_channel_names_the_message_it_answers() {
    let (mut stage, notebook) = started().await;
    let root = stage.says(Person::Martin, "!appel").await;
    let answer = stage.discord.answers(stage.durand, number(&root), "c'est où ?");
    let taken = notebook.until(2).await;
    let message = stage.name(answer);
    let text = "c'est où ?".to_owned();
    assert_eq!(taken[1].what, Happening::Said { message, text, thread: Some(root), attachments: Vec::new() });
}

#[tokio::test]
async fn the_bot_speaks_in_threads_whatever_became_of_them() {
    let (mut stage, _) = started().await;
    let room = stage.room();
    let root = stage.says(Person::Martin, "!appel").await;
    let say = async |stage: &DiscordStage, name: &str, root: &MessageId| {
        let said = stage.chat().say(&key(name), &room, Some(root), &Prose::text(name)).await;
        said.unwrap()
    };
    let first = say(&stage, "un", &root).await;
    assert!(first.as_str().starts_with(&format!("{root}/")), "{first}");

    // It was put away meanwhile: it is opened again, also to edit and to react.
    let archive = |stage: &DiscordStage| {
        stage.discord.with(|server| server.channels.get_mut(&number(&root)).unwrap().archived = true);
    };
    archive(&stage);
    stage.chat().edit(&key("un bis"), &room, &first, &Prose::text("un bis")).await.unwrap();
    archive(&stage);
    stage.chat().react(&key("glyphe"), &room, &first, "✅").await.unwrap();

    // A new process does not know that it is there.
    stage.stop().await;
    stage.start(Notebook::new()).await;
    say(&stage, "deux", &root).await;

    // What is said under a message of a thread goes into that thread.
    let asked = stage.replies(Person::Martin, &root, "!voir 44-1").await;
    let shown = say(&stage, "trois", &asked).await;
    assert!(shown.as_str().starts_with(&format!("{root}/")), "{shown}");
    stage.discord.with(|server| {
        let message = &server.channels[&number(&root)].messages[&number(&shown)];
        assert_eq!(message.reference, Some(number(&asked)));
    });

    // And where the message is gone there is no thread any more.
    let gone = stage.says(Person::Martin, "!info").await;
    stage.removes(Person::Martin, gone.as_str()).await;
    let answer = say(&stage, "quatre", &gone).await;
    assert!(!answer.as_str().contains('/'), "{answer}");
    stage.discord.with(|server| server.channels.remove(&number(&root)));
    let answer = say(&stage, "cinq", &root).await;
    assert!(!answer.as_str().contains('/'), "{answer}");
}

#[tokio::test]
async fn a_glyph_is_a_reaction_and_a_button_and_edits_leave_it_there() {
    let (stage, notebook) = started().await;
    let room = stage.room();
    let card_id = stage.chat().say(&key("card"), &room, None, &card("Brouillon 44-1")).await.unwrap();
    for glyph in ["✅", "❌", "⏸️"] {
        stage.chat().react(&key(glyph), &room, &card_id, glyph).await.unwrap();
    }
    stage.chat().edit(&key("edit"), &room, &card_id, &card("Brouillon 44-1 : une voix")).await.unwrap();
    let buttons = stage.discord.with(|server| server.buttons(number(&card_id)));
    assert_eq!(buttons.iter().map(|(glyph, _)| glyph.as_str()).collect::<Vec<_>>(), ["✅", "❌", "⏸️"]);

    let presses = [0; 2].map(|_| stage.discord.presses(stage.durand, number(&card_id), "✅"));
    let taken = notebook.until(2).await;
    let reaction = format!("button/{card_id}/{}/✅", stage.durand);
    for (press, arrival) in presses.iter().zip(&taken) {
        assert_eq!(arrival.id, ArrivalId(press.to_string()));
        assert_eq!(arrival.by, stage.id_of(Person::Durand));
        assert_eq!(arrival.standing.name.as_deref(), Some("Durand"));
        let (message, glyph) = (card_id.clone(), "✅".to_owned());
        assert_eq!(arrival.what, Happening::Pressed { message, reaction: reaction.as_str().into(), glyph });
        stage.discord.with(|server| assert_eq!(server.interactions[press].answer, Some(6), "it was told to be heard"));
    }
}

#[tokio::test]
async fn a_press_is_answered_although_nothing_is_taken() {
    let (stage, notebook) = started().await;
    let room = stage.room();
    let message = stage.chat().say(&key("card"), &room, None, &card("Brouillon 44-1")).await.unwrap();
    stage.chat().react(&key("glyph"), &room, &message, "✅").await.unwrap();
    notebook.jam();
    stage.discord.says(stage.martin, stage.channel, "bonjour");
    let press = stage.discord.presses(stage.durand, number(&message), "✅");
    stage.discord.until("it is answered", |server| server.interactions[&press].answer.is_some()).await;
}

#[tokio::test]
async fn a_slash_command_is_shown_to_all_and_arrives_as_if_typed() {
    let (mut stage, notebook) = started().await;
    let options = [
        ("faits", json!("vol ; lieu: ailleurs")),
        ("lieu", json!("place du Bouffay\nfaits: rien")),
        ("urgent", json!(true)),
        ("date", json!("hier 22h ; faits: x")),
    ];
    let asked = stage.discord.slashes(stage.martin, stage.channel, "appel", &options);
    let taken = notebook.until(1).await;
    let line = "!appel faits: vol , lieu: ailleurs ; lieu: place du Bouffay faits: rien ; urgent: oui ; date: hier 22h   faits: x";
    let shown = stage.discord.with(|server| server.interactions[&asked].message.unwrap());
    assert_eq!(taken[0].what, said(&stage.name(shown), line));
    assert_eq!(taken[0].id, ArrivalId(asked.to_string()));
    assert_eq!(taken[0].by, stage.id_of(Person::Martin));
    let seen = stage.sees(Person::Durand, &stage.name(shown)).await.pop().unwrap();
    assert_eq!(seen.text, format!("<@{}> :\n{line}", stage.martin));
    assert!(!seen.pings && seen.links.is_empty(), "{seen:?}");
    // The card's questions stand in the thread of that message.
    let room = stage.room();
    let answer = stage.chat().say(&key("ask"), &room, Some(&stage.name(shown)), &Prose::text("Quand ?")).await.unwrap();
    assert_eq!(answer.as_str().split('/').next(), Some(shown.to_string().as_str()));
    // The room tells it as well; it is one arrival.
    let after = stage.says(Person::Durand, "vu").await;
    assert_eq!(notebook.until(2).await[1].what, said(&after, "vu"));
}

#[tokio::test]
async fn a_slash_command_that_was_answered_before_a_crash_is_found_in_the_room() {
    let (mut stage, notebook) = started().await;
    let before = stage.says(Person::Martin, "bonjour").await;
    notebook.until(1).await;
    notebook.jam();
    let blocks = stage.says(Person::Martin, "encore").await;
    notebook.until_offered(&blocks).await;
    let asked =
        stage.discord.slashes(stage.martin, stage.channel, "appel", &[("faits", json!("vol à l'arraché *hier*"))]);
    stage.discord.until("it is answered", |server| server.interactions[&asked].message.is_some()).await;
    stage.crash().await;
    notebook.mend();
    stage.start(notebook.clone()).await;

    let taken = notebook.until(3).await;
    let shown = stage.discord.with(|server| server.interactions[&asked].message.unwrap());
    assert_eq!(taken[2].id, ArrivalId(asked.to_string()));
    assert_eq!(taken[2].by, stage.id_of(Person::Martin));
    assert_eq!(taken[2].standing.name.as_deref(), Some("Martin"));
    let line = "!appel faits: vol à l'arraché *hier*";
    assert_eq!(whats(taken), [said(&before, "bonjour"), said(&blocks, "encore"), said(&stage.name(shown), line)]);
}

#[tokio::test]
async fn values_are_proposed_while_they_are_typed() {
    let (stage, notebook) = started().await;
    notebook.suggests(&[("44-12", "Appel à témoins : vol"), ("44-3", "Info : neige")]);
    let proposed = stage.discord.types(stage.martin, stage.channel, "modifier", "numero", "44-1").await;
    assert_eq!(proposed, [("44-12 · Appel à témoins : vol".to_owned(), "44-12".to_owned())]);
    let proposed = stage.discord.types(stage.martin, stage.channel, "modifier", "numero", "NEIGE").await;
    assert_eq!(proposed, [("44-3 · Info : neige".to_owned(), "44-3".to_owned())]);

    let options = [("numero", json!("44-12 lieu: x")), ("champs", json!("lieu: place Royale ; date: hier"))];
    stage.discord.slashes(stage.martin, stage.channel, "modifier", &options);
    let taken = notebook.until(1).await;
    let Happening::Said { text, .. } = &taken[0].what else { panic!("{taken:?}") };
    assert_eq!(text, "!modifier 44-12 lieu lieu: place Royale ; date: hier");
}

#[tokio::test]
async fn a_slash_command_elsewhere_is_answered_to_that_person_alone() {
    let (mut stage, notebook) = started().await;
    let elsewhere = stage.discord.with(Server::new_channel);
    let asked = stage.discord.slashes(stage.martin, elsewhere, "appel", &[("faits", json!("vol"))]);
    stage.discord.until("it is answered", |server| server.interactions[&asked].answer.is_some()).await;
    stage.discord.with(|server| assert_eq!(server.interactions[&asked].ephemeral.as_deref(), Some("Pas ici.")));
    stage.discord.says(stage.martin, elsewhere, "!info un");
    let fence = stage.says(Person::Martin, "!info deux").await;
    assert_eq!(whats(notebook.until(1).await), [said(&fence, "!info deux")]);
}

#[tokio::test]
async fn the_commands_are_registered_when_they_change() {
    let (mut stage, _) = started().await;
    stage.stop().await;
    stage.start(Notebook::new()).await;
    let after = stage.says(Person::Martin, "bonjour").await;
    stage.sees(Person::Martin, &after).await;
    stage.stop().await;
    assert_eq!(stage.discord.with(|server| server.registrations), 1);
    stage.settings.offers.pop();
    let notebook = Notebook::new();
    stage.start(notebook).await;
    stage.discord.until("they are new", |server| server.registrations == 2).await;
}

#[tokio::test]
async fn a_file_is_fetched_from_the_platform_alone_and_up_to_a_bound() {
    let (stage, notebook) = started().await;
    stage.discord.attaches(stage.martin, stage.channel, "!appel", ("scene.png", b"une image", "La place, vide"));
    let taken = notebook.until(1).await;
    let Happening::Said { attachments, .. } = &taken[0].what else { panic!("{taken:?}") };
    let [file] = attachments.as_slice() else { panic!("{attachments:?}") };
    assert_eq!((file.name.as_str(), file.bytes, file.alt.as_deref()), ("scene.png", Some(9), Some("La place, vide")));
    let (room, chat) = (stage.room(), stage.chat());
    assert_eq!(chat.fetch(&room, file, 9).await.unwrap(), b"une image");
    let unsized_file = Attachment { bytes: None, ..file.clone() };
    for file in [file, &unsized_file] {
        let fault = chat.fetch(&room, file, 8).await.unwrap_err();
        assert!(matches!(fault, Fault::Permanent { cause: Cause::PictureRefused(_) }), "{fault:?}");
    }
    for elsewhere in
        ["https://evil.example/a.png", "http://cdn.discordapp.com/a.png", "https://cdn.discordapp.com.evil.example/"]
    {
        let mut reference: serde_json::Value = serde_json::from_str(&file.reference).unwrap();
        reference["url"] = json!(elsewhere);
        let fault = chat.fetch(&room, &Attachment { reference: reference.to_string(), ..file.clone() }, 100).await;
        assert!(matches!(fault, Err(Fault::Permanent { cause: Cause::Refused(_) })), "{fault:?}");
    }
    // An address that ran out is asked for anew.
    stage.discord.with(|server| {
        let (path, bytes) = server.files.pop_first().unwrap();
        let new = format!("{path}.2");
        server.files.insert(new.clone(), bytes);
        let url = format!("{}{new}", server.address);
        let message = server.channels.get_mut(&stage.channel).unwrap().messages.values_mut().last().unwrap();
        message.attachments[0]["url"] = json!(url);
    });
    // The fake says 404 for a file that is not there, as Discord does.
    assert_eq!(chat.fetch(&room, file, 9).await.unwrap(), b"une image");
}

#[tokio::test]
async fn whoever_acts_comes_with_their_name_and_their_groups() {
    let (mut stage, notebook) = started().await;
    stage.discord.with(|server| server.accounts.get_mut(&stage.durand).unwrap().roles = vec![1234]);
    let message = stage.says(Person::Durand, "bonjour").await;
    stage.reacts(Person::Durand, &message, "✅").await;
    stage.edits(Person::Durand, &message, "bonsoir").await;
    notebook.until(3).await;
    stage.stop().await;
    stage.says(Person::Durand, "pendant l'absence").await;
    stage.start(notebook.clone()).await;
    for arrival in notebook.until(4).await {
        assert_eq!(arrival.standing.name.as_deref(), Some("Durand"), "{arrival:?}");
        assert_eq!(arrival.standing.groups.into_iter().collect::<Vec<_>>(), [GroupId::from("1234")]);
    }
}

#[tokio::test]
async fn other_machines_are_not_heard() {
    let (mut stage, notebook) = started().await;
    let machine = stage.discord.with(|server| server.arrives("autre", true));
    let message = stage.says(Person::Martin, "bonjour").await;
    stage.discord.says(machine, stage.channel, "!info un");
    stage.discord.with(|server| server.react(stage.channel, number(&message), machine, "✅"));
    let fence = stage.says(Person::Martin, "!info deux").await;
    assert_eq!(whats(notebook.until(2).await), [said(&message, "bonjour"), said(&fence, "!info deux")]);
}

#[tokio::test]
async fn a_broken_connection_is_resumed_without_loss_or_double() {
    let (mut stage, notebook) = started().await;
    let mut expected = vec![said(&stage.says(Person::Martin, "un").await, "un")];
    notebook.until(1).await;
    for (breaks, text) in [(Out::Cut, "deux"), (Out::Send(json!({ "op": 7 })), "trois"), (Out::Close(4008), "quatre")] {
        let resumes = stage.discord.with(|server| server.resumes);
        let mut breaks = Some(breaks);
        stage.discord.with(|server| {
            let client = server.sessions.last_mut().unwrap().client.take().unwrap();
            let _ = client.send(breaks.take().unwrap());
        });
        expected.push(said(&stage.says(Person::Martin, text).await, text));
        stage.discord.until("it is resumed", |server| server.resumes > resumes).await;
        assert_eq!(whats(notebook.until(expected.len()).await), expected);
    }
    assert_eq!(stage.discord.with(|server| server.identifies), 1);
}

#[tokio::test]
async fn where_it_can_not_be_resumed_the_room_is_read() {
    let (mut stage, notebook) = started().await;
    let first = stage.says(Person::Martin, "un").await;
    notebook.until(1).await;
    stage.discord.with(|server| server.refuses_resume = true);
    stage.discord.cuts_the_gateway();
    let second = stage.says(Person::Martin, "deux").await;
    let reply = stage.replies(Person::Durand, &first, "trois").await;
    stage.discord.until("it has begun anew", |server| server.identifies == 2).await;
    let taken = notebook.until(3).await;
    let text = "trois".to_owned();
    let in_thread = Happening::Said { message: reply, text, thread: Some(first.clone()), attachments: Vec::new() };
    assert_eq!(whats(taken), [said(&first, "un"), said(&second, "deux"), in_thread]);
}

#[tokio::test]
async fn the_heart_beats() {
    let mut stage = discord_stage().await;
    stage.discord.with(|server| server.heartbeat = 100);
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    stage.discord.until("it has beaten for a while", |server| server.heartbeats >= 5).await;
    assert_eq!(stage.discord.with(|server| (server.identifies, server.resumes)), (1, 0));
}

#[tokio::test]
async fn a_word_that_is_removed_while_away_is_taken_back() {
    let (mut stage, notebook) = started().await;
    let room = stage.room();
    let card = stage.chat().say(&key("44-1"), &room, None, &card("44-1")).await.unwrap();
    let word = stage.replies(Person::Durand, &card, "k7f2-9qd1").await;
    assert_eq!(notebook.until_read(&word).await.last().unwrap().standing.assurance, Assurance::Proven);
    stage.stop().await;
    stage.removes(Person::Durand, word.as_str()).await;
    stage.start(notebook.clone()).await;
    assert_eq!(whats(notebook.until(2).await).last(), Some(&Happening::Removed { id: word.to_string() }));
}

#[tokio::test]
async fn what_happened_to_cards_while_away_is_handed_over() {
    let (mut stage, notebook) = started().await;
    let room = stage.room();
    let mut cards = Vec::new();
    for name in ["44-1", "44-2"] {
        let card = stage.chat().say(&key(name), &room, None, &card(name)).await.unwrap();
        stage.chat().react(&key(&format!("glyph {name}")), &room, &card, "✅").await.unwrap();
        cards.push(card);
    }
    let [first, second] = cards.as_slice() else { unreachable!() };
    let kept = stage.reacts(Person::Martin, first, "❌").await;
    let gone = stage.reacts(Person::Durand, first, "✅").await;
    notebook.until(2).await;

    stage.stop().await;
    stage.removes(Person::Durand, gone.as_str()).await;
    let new = stage.reacts(Person::Martin, first, "✅").await;
    stage.removes(Person::Durand, second.as_str()).await;
    stage.start(notebook.clone()).await;
    let taken = notebook.until(5).await;
    let reacted = |reaction: &portevoix::domain::name::ReactionId, glyph: &str| Happening::Reacted {
        message: first.clone(),
        reaction: reaction.clone(),
        glyph: glyph.to_owned(),
    };
    let expected = [
        reacted(&kept, "❌"),
        reacted(&gone, "✅"),
        reacted(&new, "✅"),
        Happening::Removed { id: gone.to_string() },
        Happening::Removed { id: second.to_string() },
    ];
    assert_eq!(whats(taken.clone()), expected);
    assert_eq!(taken[2].standing.name.as_deref(), Some("Martin"));

    // Put again, it counts again; and nothing of it comes twice after another restart.
    stage.reacts(Person::Durand, first, "✅").await;
    notebook.until(6).await;
    stage.stop().await;
    stage.start(notebook.clone()).await;
    let fence = stage.says(Person::Martin, "fini").await;
    let taken = whats(notebook.until(7).await);
    assert_eq!(taken[5..], [reacted(&gone, "✅"), said(&fence, "fini")]);
}

#[tokio::test]
async fn an_edit_while_away_of_what_was_taken_before_is_handed_over_once() {
    let (mut stage, notebook) = started().await;
    let message = stage.says(Person::Martin, "!info bouchon").await;
    notebook.until(1).await;
    stage.stop().await;
    let new = stage.says(Person::Durand, "!info neig").await;
    stage.edits(Person::Martin, &message, "!info bouchon A11").await;
    stage.edits(Person::Durand, &new, "!info neige").await;
    for _ in 0..2 {
        stage.start(notebook.clone()).await;
        notebook.until(3).await;
        stage.stop().await;
    }
    let edited = Happening::Edited { message: message.clone(), text: "!info bouchon A11".to_owned() };
    assert_eq!(whats(notebook.taken()), [said(&message, "!info bouchon"), said(&new, "!info neige"), edited]);
}

#[tokio::test]
async fn what_was_said_before_the_bot_came_is_not_for_it() {
    let mut stage = discord_stage().await;
    stage.says(Person::Martin, "!info vieux").await;
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let new = stage.says(Person::Martin, "!info neuf").await;
    assert_eq!(whats(notebook.until(1).await), [said(&new, "!info neuf")]);
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_not_said_twice() {
    let (mut stage, _) = started().await;
    let room = stage.room();
    // Within minutes Discord itself knows the nonce; later the room is looked through.
    for (name, is_later) in [("tout de suite", false), ("bien plus tard", true)] {
        stage.discord.next("POST /channels/", Trouble::AcceptThenCut);
        let lost = stage.chat().say(&key(name), &room, None, &card("Brouillon 44-1")).await;
        assert_eq!(lost, Err(Fault::Transient { cause: Cause::ConnectionCut, retry_at: None }));
        if is_later {
            stage.crash().await;
            stage.discord.with(|server| server.nonces.clear());
            stage.start(Notebook::new()).await;
        }
        let count = |stage: &DiscordStage| stage.discord.with(|server| server.channels[&stage.channel].messages.len());
        let before = count(&stage);
        stage.chat().say(&key(name), &room, None, &card("Brouillon 44-1")).await.unwrap();
        assert_eq!(count(&stage), before, "{name}");
    }
    // What says the same for another reason is another message.
    let other = stage.chat().say(&key("autre"), &room, None, &card("Brouillon 44-1")).await.unwrap();
    assert_eq!(stage.sees(Person::Martin, &other).await.len(), 3);
}

#[tokio::test]
async fn a_limit_is_sat_out_or_told() {
    let (stage, _) = started().await;
    let room = stage.room();
    stage.discord.next("POST /channels/", Trouble::TooManyRequests(0.05));
    stage.chat().say(&key("court"), &room, None, &card("court")).await.unwrap();
    stage.discord.next("POST /channels/", Trouble::Error(503));
    let fault = stage.chat().say(&key("panne"), &room, None, &card("panne")).await;
    assert_eq!(fault, Err(Fault::Transient { cause: Cause::ServerError(503), retry_at: None }));
    stage.discord.next("POST /channels/", Trouble::TooManyRequests(120.0));
    let fault = stage.chat().say(&key("long"), &room, None, &card("long")).await.unwrap_err();
    let Fault::Transient { cause: Cause::RateLimited, retry_at: Some(at) } = fault else { panic!("{fault:?}") };
    let seconds = at.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((110..=120).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn what_can_not_be_done_has_a_name() {
    let (mut stage, _) = started().await;
    let room = stage.room();
    let probe = async |stage: &DiscordStage, room: &RoomId| {
        stage.chat().probe(room).await.map_err(|fault| fault.cause().clone())
    };
    let missing = |names: &str| Err(Cause::MissingPermission(names.to_owned()));
    let deny = |stage: &DiscordStage, denied| {
        stage.discord.with(|server| server.channels.get_mut(&stage.channel).unwrap().denied = denied);
    };
    assert_eq!(probe(&stage, &room).await, Ok("#brigade-nantes".to_owned()));
    deny(&stage, ADD_REACTIONS | CREATE_PUBLIC_THREADS);
    assert_eq!(probe(&stage, &room).await, missing("Create Public Threads, Add Reactions"));
    deny(&stage, SEND_MESSAGES);
    assert_eq!(probe(&stage, &room).await, missing("Send Messages"));
    let fault = stage.chat().say(&key("muet"), &room, None, &Prose::text("?")).await.unwrap_err();
    let cause = Cause::MissingPermission("Send Messages".to_owned());
    assert_eq!(fault, Fault::Transient { cause, retry_at: None });
    deny(&stage, VIEW_CHANNEL);
    assert_eq!(probe(&stage, &room).await, missing("View Channel"));
    assert_eq!(probe(&stage, &RoomId("1180000000000000000".to_owned())).await, Err(Cause::NotInRoom));
    deny(&stage, 0);
    stage.discord.with(|server| server.has_message_content = false);
    let intent = Cause::MissingIntent("Message Content Intent".to_owned());
    assert_eq!(probe(&stage, &room).await, Err(intent.clone()));

    // And while it listens.
    stage.stop().await;
    for (change, cause) in [(false, intent), (true, Cause::CredentialsRefused)] {
        if change {
            stage.discord.with(|server| server.token = "another".to_owned());
        }
        let chat = portevoix::chat::discord::chat::DiscordChat::open(stage.settings.clone()).unwrap();
        let ended = chat.listen(Notebook::new().as_ref(), tokio_util::sync::CancellationToken::new()).await;
        assert_eq!(ended, Err(Fault::Permanent { cause }));
    }
}

#[tokio::test]
async fn a_long_card_is_whole() {
    let (mut stage, _) = started().await;
    let room = stage.room();
    let long = |letter: char| format!("{}\n*fin* <@1> `{letter}`", letter.to_string().repeat(1_500));
    let texts = ['a', 'b', 'c'].map(long);
    let mut blocks = vec![Block::Title("Brouillon 44-1".to_owned())];
    blocks.extend(texts.iter().cloned().map(Block::Quote));
    let message = stage.chat().say(&key("long"), &room, None, &Prose { blocks }).await.unwrap();
    let seen = stage.sees(Person::Durand, &message).await.pop().unwrap();
    for text in &texts {
        assert!(seen.text.contains(text.as_str()), "{}", seen.text);
    }
    assert!(!seen.pings);

    let endless = Prose { blocks: vec![Block::Quote("é*".repeat(10_000))] };
    stage.chat().edit(&key("endless"), &room, &message, &endless).await.unwrap();
    let seen = stage.sees(Person::Durand, &message).await.pop().unwrap();
    assert!(seen.text.contains("✂ … (+"), "that something is left out is said: {}", seen.text.len());
    // And short again.
    stage.chat().edit(&key("short"), &room, &message, &card("Publié")).await.unwrap();
    assert_eq!(stage.sees(Person::Durand, &message).await.pop().unwrap().text, "Publié");
}
