//! Who may do what, as a table to be read, every cell of which is played through the whole engine.

use std::fmt::Write;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use portevoix::chat::practice::record::Author;
use portevoix::domain::draft::Draft;
use portevoix::domain::name::MessageId;

use crate::approval::APPEAL;
use crate::harness::photo::photo;
use crate::harness::scene::{Room, scene};
use crate::harness::scripted_network::Trouble;
use crate::lifting::WITH_A_PLATE;

/// The people, one a column. There is one draft, 44-1, and the room is 44's.
///
/// - stranger: in the room, on no team
/// - member: on the team, without a role
/// - approver: on the team, with the role that may approve (`valideur`)
/// - author: wrote the draft, without a role
/// - author who approves: wrote the draft, with the role
/// - co-author: changed the draft that another wrote, with the role
/// - elsewhere: an approver of 67, in 44's room
const PEOPLE: [(&str, &str); 7] = [
    ("stranger", "passant"),
    ("member", "petit"),
    ("approver", "durand"),
    ("author", "martin"),
    ("author who approves", "moreau"),
    ("co-author", "lefevre"),
    ("elsewhere", "kieffer"),
];

/// What happens:
///
/// - done: it is done, or answered with what was asked for
/// - told: nothing changes, and they are told why, each time
/// - once: nothing changes, and they are told why, the first time only
/// - `-`: nothing changes, and nothing is said
const TABLE: &str = "
                                              | stranger | member | approver | author | author who approves | co-author | elsewhere
    open a draft                              | once     | done   | done     | done   | done                | done      | once
    list the drafts                           | once     | done   | done     | done   | done                | done      | once
    show a draft                              | once     | done   | done     | done   | done                | done      | once
    ask for help                              | once     | done   | done     | done   | done                | done      | once
    change a field by command                 | once     | done   | done     | done   | done                | done      | once
    edit the message that opened it           | -        | -      | -        | done   | done                | -         | -
    edit own talk into a command              | -        | done   | done     | done   | done                | done      | -
    answer the question for a field           | -        | -      | -        | done   | done                | done      | -
    name a field in the thread                | -        | done   | done     | done   | done                | done      | -
    talk in the room                          | -        | -      | -        | -      | -                   | -         | -
    talk in the thread                        | -        | -      | -        | -      | -                   | -         | -
    send a photo in the thread                | -        | -      | -        | done   | done                | done      | -
    send a photo with a command               | once     | done   | done     | done   | done                | done      | once
    answer what a photo shows                 | -        | -      | -        | done   | done                | done      | -
    say by command what a photo shows         | once     | done   | done     | done   | done                | done      | once
    remove the message of a photo             | done     | done   | done     | done   | done                | done      | done
    remove the message that opened it         | once     | once   | once     | once   | once                | once      | once
    remove the card                           | told     | told   | told     | told   | told                | told      | told
    set the hour                              | once     | done   | done     | done   | done                | done      | once
    take the hour away                        | once     | done   | done     | done   | done                | done      | once
    set the hour once it is going out         | once     | told   | told     | told   | told                | told      | once
    close it before it is out                 | once     | told   | told     | told   | told                | told      | once
    close it                                  | once     | done   | done     | done   | done                | done      | once
    close it twice                            | once     | told   | told     | told   | told                | told      | once
    rectify it                                | once     | done   | done     | done   | done                | done      | once
    approve own closing                       | -        | once   | once     | once   | once                | once      | -
    approve another's closing                 | once     | once   | done     | once   | done                | done      | once
    ask for a relay before it is out          | once     | told   | told     | told   | told                | told      | once
    ask for a relay                           | once     | done   | done     | done   | done                | done      | once
    withdraw it                               | once     | told   | done     | done   | done                | done      | once
    lift its warnings                         | once     | told   | done     | told   | told                | told      | once
    approve                                   | once     | once   | done     | once   | once                | once      | once
    approve on an older card                  | once     | once   | once     | once   | once                | once      | once
    approve an incomplete draft               | once     | once   | once     | once   | once                | once      | once
    approve by reaction where words count     | once     | once   | once     | once   | once                | once      | once
    approve by word where words count         | once     | told   | done     | told   | told                | told      | once
    approve by word where reactions count     | -        | -      | -        | -      | -                   | -         | -
    type the word in the room                 | -        | told   | told     | told   | told                | told      | -
    take back own approval                    | -        | -      | done     | -      | -                   | -         | -
    take back own word                        | -        | -      | done     | -      | -                   | -         | -
    edit own word                             | -        | -      | done     | -      | -                   | -         | -
    veto                                      | once     | once   | done     | once   | once                | once      | once
    say why one said no                       | -        | -      | done     | -      | -                   | -         | -
    say why another said no                   | -        | -      | -        | -      | -                   | -         | -
    take back own veto                        | -        | -      | done     | -      | -                   | -         | -
    take back another's veto                  | -        | -      | -        | -      | -                   | -         | -
    hold                                      | once     | done   | done     | done   | done                | done      | once
    take back own hold                        | -        | done   | done     | done   | done                | done      | -
    say that it is online                     | once     | once   | done     | done   | done                | done      | once
    have it sent again                        | once     | once   | done     | done   | done                | done      | once
    change it once it is going out            | once     | told   | told     | told   | told                | told      | once
    veto it once it is going out              | once     | once   | once     | once   | once                | once      | once
";

/// How many cells are played side by side: what they wait for is mostly the disk.
const AT_ONCE: usize = 8;

/// A row and a column, and what must happen there.
#[derive(Clone, Copy)]
struct Cell {
    action: &'static str,
    person: &'static str,
    who: &'static str,
    must: &'static str,
}

fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for line in TABLE.trim_matches('\n').lines().skip(1) {
        let mut parts = line.split('|').map(str::trim);
        let action = parts.next().unwrap();
        let row: Vec<&str> = parts.collect();
        assert_eq!(row.len(), PEOPLE.len(), "a cell is missing: {line}");
        cells.extend(row.into_iter().zip(PEOPLE).map(|(must, (person, who))| Cell { action, person, who, must }));
    }
    cells
}

#[tokio::test]
async fn everyone_may_do_what_the_table_says_and_nothing_else() {
    let header: Vec<&str> =
        TABLE.trim_matches('\n').lines().next().unwrap().split('|').skip(1).map(str::trim).collect();
    assert_eq!(header, PEOPLE.map(|(person, _)| person));
    let mut wrong: Vec<String> = stream::iter(cells())
        .map(async |cell| {
            let (happened, said) = played(cell).await;
            (happened != cell.must).then(|| {
                let mut told = String::new();
                write!(told, "{} · {}: {happened}, not {}; the bot said: {said}", cell.action, cell.person, cell.must)
                    .unwrap();
                told
            })
        })
        .buffered(AT_ONCE)
        .filter_map(async |wrong| wrong)
        .collect()
        .await;
    wrong.sort();
    assert!(wrong.is_empty(), "{} cells of the table are not so:\n{}", wrong.len(), wrong.join("\n"));
}

/// What happens in a cell, and what the bot says to it.
async fn played(cell: Cell) -> (&'static str, String) {
    let mut outcome = ("", String::new());
    scene(async |room| {
        prepare(room, cell).await;
        let before = (drafts(room).await, said(room));
        act(room, cell, 1).await;
        let (after, first) = (drafts(room).await, said(room)[before.1.len()..].join(" / "));
        let is_asked_for = answer_to(cell.action).is_some_and(|answer| first.contains(answer));
        let happened = if after != before.0 || is_asked_for {
            "done"
        } else if first.is_empty() {
            "-"
        } else {
            let count = said(room).len();
            act(room, cell, 2).await;
            assert_eq!(drafts(room).await, before.0, "{}, {}: the second time it is done", cell.action, cell.person);
            if said(room).len() == count { "once" } else { "told" }
        };
        outcome = (happened, first);
    })
    .await;
    outcome
}

/// What answers a question; anything else that the bot says is a no.
fn answer_to(action: &str) -> Option<&'static str> {
    match action {
        "list the drafts" => Some("44-1 · !appel"),
        "show a draft" => Some("Pour voter, allez sur la carte"),
        "ask for help" => Some("Tapez une commande"),
        "ask for a relay" => Some("Relais demandé : 67"),
        _ => None,
    }
}

/// What must be so before they act: the draft, and what it takes for the act to be possible at all.
async fn prepare(room: &mut Room, cell: Cell) {
    if cell.action.contains("word") && !cell.action.contains("where reactions count") {
        room.asks_for_the_word().await;
    }
    let author = if cell.person == "author who approves" { cell.who } else { "martin" };
    let incomplete = "!appel lieu: place du Bouffay ; faits: vol avec violence";
    let text = match cell.action {
        "answer the question for a field" | "name a field in the thread" | "approve an incomplete draft" => incomplete,
        "lift its warnings" => WITH_A_PLATE,
        _ => APPEAL,
    };
    match cell.action {
        "answer what a photo shows" | "say by command what a photo shows" | "remove the message of a photo" => {
            room.sends(author, text, ("rue.jpg", &photo(8, 6))).await;
        }
        _ => {
            room.says(author, text).await;
        }
    }
    if cell.person == "co-author" {
        room.says(cell.who, "!modifier 44-1 lieu: quai de la Fosse").await;
    }
    let (other, third) = match cell.person {
        "approver" => ("lefevre", "moreau"),
        "author who approves" => ("durand", "lefevre"),
        _ => ("durand", "moreau"),
    };
    match cell.action {
        "close it"
        | "rectify it"
        | "ask for a relay"
        | "close it twice"
        | "approve another's closing"
        | "approve own closing" => published(room, cell, [other, third]).await,
        "take the hour away" => {
            room.says(author, "!programmer 44-1 demain 8h").await;
        }
        "edit own talk into a command" => {
            room.says(cell.who, "bonjour").await;
        }
        "approve on an older card" => {
            room.says(author, "!modifier 44-1 lieu: rue Kervégan").await;
        }
        "take back own approval" => {
            room.reacts(cell.who, "✅").await;
        }
        "take back own word" | "edit own word" => {
            let word = room.word("44-1").await;
            room.answers(cell.who, &word).await;
        }
        "say why one said no" | "take back own veto" => {
            room.reacts(cell.who, "❌").await;
        }
        "say why another said no" | "take back another's veto" => {
            room.reacts(other, "❌").await;
        }
        "take back own hold" => {
            room.reacts(cell.who, "⏸").await;
        }
        "say that it is online"
        | "have it sent again"
        | "change it once it is going out"
        | "set the hour once it is going out"
        | "veto it once it is going out" => in_doubt(room, [other, third]).await,
        _ => {}
    }
}

/// It may be out on an account, and a person is asked.
async fn in_doubt(room: &Room, approvers: [&str; 2]) {
    room.network("mastodon").is_blind(true);
    room.network("mastodon").next_post(Trouble::AcceptThenCut);
    for approver in approvers {
        room.reacts(approver, "✅").await;
    }
    room.waits(Duration::from_secs(30)).await;
    for _ in 0..6 {
        room.waits(Duration::from_secs(60)).await;
    }
}

/// It is out, and where that takes it somebody closes it.
async fn published(room: &Room, cell: Cell, approvers: [&str; 2]) {
    for approver in approvers {
        room.reacts(approver, "✅").await;
    }
    room.waits(Duration::from_secs(30)).await;
    match cell.action {
        "approve own closing" => drop(room.says(cell.who, "!clore 44-1 retrait").await),
        "close it twice" | "approve another's closing" => drop(room.says("petit", "!clore 44-1 retrait").await),
        _ => {}
    }
}

/// They do something by a command to a draft that has its number already.
async fn command(room: &Room, cell: Cell) -> bool {
    let line = match cell.action {
        "set the hour" | "set the hour once it is going out" => "!programmer 44-1 demain 9h",
        "take the hour away" => "!programmer 44-1 annuler",
        "close it" | "close it twice" | "close it before it is out" => "!clore 44-1 retrait",
        "rectify it" => "!rectifier 44-1 lieu: rue Kervégan",
        "ask for a relay" | "ask for a relay before it is out" => "!relais 44-1",
        "withdraw it" => "!retirer 44-1",
        "change a field by command" | "change it once it is going out" => "!modifier 44-1 lieu: rue Kervégan",
        "say by command what a photo shows" => "!modifier 44-1 alt: La place, vide",
        _ => return false,
    };
    room.says(cell.who, line).await;
    true
}

/// They act, for the first or the second time.
async fn act(room: &Room, cell: Cell, time: u32) {
    if command(room, cell).await {
        return;
    }
    let who = cell.who;
    match cell.action {
        "open a draft" => drop(room.says(who, APPEAL).await),
        "list the drafts" => drop(room.says(who, "!brouillons").await),
        "show a draft" => drop(room.says(who, "!voir 44-1").await),
        "ask for help" => drop(room.says(who, "!aide").await),
        "edit the message that opened it" => {
            let origin = room.draft("44-1").await.origin;
            edit(room, who, &origin, &APPEAL.replace("Bouffay", "Commerce")).await;
        }
        "edit own talk into a command" => edit_newest(room, who, "!modifier 44-1 lieu: rue Kervégan").await,
        "answer the question for a field" => drop(room.answers(who, "12/03 à 20h").await),
        "name a field in the thread" => drop(room.answers(who, "date: 12/03 à 20h").await),
        "talk in the room" => drop(room.says(who, "bien reçu").await),
        "talk in the thread" => drop(room.answers(who, "je demande au parquet").await),
        "send a photo in the thread" => drop(room.answers_with(who, "Un vélo", ("velo.jpg", &photo(8, 6))).await),
        "send a photo with a command" => {
            drop(room.sends(who, "!modifier 44-1", ("velo.jpg", &photo(8, 6))).await);
        }
        "answer what a photo shows" => drop(room.answers(who, "La place, vide").await),
        "remove the message of a photo" | "remove the message that opened it" => {
            let origin = room.draft("44-1").await.origin;
            remove(room, who, &origin).await;
        }
        "remove the card" => remove(room, who, &room.newest_card().id).await,
        "lift its warnings" => drop(room.says(who, "!lever 44-1").await),
        "approve"
        | "approve an incomplete draft"
        | "approve by reaction where words count"
        | "approve own closing"
        | "approve another's closing" => {
            taps(room, who, &room.newest_card().id, "✅", time).await;
        }
        "approve on an older card" => {
            let timeline = room.practice.timeline(&"!44".into());
            let oldest = timeline.iter().find(|message| message.by == Author::Bot && message.thread.is_none()).unwrap();
            taps(room, who, &oldest.id, "✅", time).await;
        }
        "approve by word where words count" | "approve by word where reactions count" => {
            drop(room.answers(who, &room.word("44-1").await).await);
        }
        "type the word in the room" => drop(room.says(who, &room.word("44-1").await).await),
        "take back own approval" => take_back(room, who, who, "✅").await,
        "take back own veto" => take_back(room, who, who, "❌").await,
        "take back own hold" => take_back(room, who, who, "⏸").await,
        "take back own word" => {
            let word = newest_of(room, who);
            remove(room, who, &word).await;
        }
        "edit own word" => edit_newest(room, who, "pardon").await,
        "veto" | "veto it once it is going out" => taps(room, who, &room.newest_card().id, "❌", time).await,
        "say why one said no" | "say why another said no" => drop(room.answers(who, "sans accord du parquet").await),
        "take back another's veto" => {
            let other = if who == "durand" { "lefevre" } else { "durand" };
            take_back(room, who, other, "❌").await;
        }
        "hold" => taps(room, who, &room.newest_card().id, "⏸", time).await,
        "say that it is online" | "have it sent again" => {
            let glyph = if cell.action == "have it sent again" { "🔁" } else { "✅" };
            let question = room.message_saying("Je ne peux pas savoir si c'est en ligne").id;
            taps(room, who, &question, glyph, time).await;
        }
        other => panic!("nobody knows how to {other}"),
    }
}

/// Someone taps; the second time they take it back first, because a chat keeps one of each.
async fn taps(room: &Room, who: &str, message: &MessageId, glyph: &str, time: u32) {
    let reaction = room.reacts_to(who, message, glyph).await;
    if time > 1 {
        room.takes_back(who, &reaction).await;
        room.reacts_to(who, message, glyph).await;
    }
}

/// Someone takes a reaction back that another, or they themselves, put under the newest card; a chat lets nobody take
/// back another's.
async fn take_back(room: &Room, who: &str, whose: &str, glyph: &str) {
    let card = room.newest_card();
    let reaction = card.reactions.iter().find(|one| one.by == Author::Person(whose.into()) && one.glyph == glyph);
    let reaction = reaction.unwrap_or_else(|| panic!("{whose} did not put {glyph}")).id.clone();
    let _ = room.while_listening(room.practice.takes_back(&who.into(), &reaction)).await;
}

/// Someone edits a message; a chat lets nobody edit another's.
async fn edit(room: &Room, who: &str, message: &MessageId, text: &str) {
    let _ = room.while_listening(room.practice.edits(&who.into(), message, text)).await;
}

async fn edit_newest(room: &Room, who: &str, text: &str) {
    let message = newest_of(room, who);
    edit(room, who, &message, text).await;
}

/// Someone removes a message, as its author or as a moderator; one that is gone stays gone.
async fn remove(room: &Room, who: &str, message: &MessageId) {
    let _ = room.while_listening(room.practice.removes(&who.into(), message)).await;
}

fn newest_of(room: &Room, who: &str) -> MessageId {
    let timeline = room.practice.timeline(&"!44".into());
    timeline.iter().rfind(|message| message.by == Author::Person(who.into())).unwrap().id.clone()
}

/// Every draft of 44, as it is stored.
async fn drafts(room: &Room) -> Vec<Draft> {
    room.drafts("44").await
}

/// Everything that the bot said, without what it changed in place.
fn said(room: &Room) -> Vec<String> {
    let timeline = room.practice.timeline(&"!44".into());
    let by_bot = timeline.iter().filter(|message| message.by == Author::Bot);
    by_bot.map(|message| message.content.plain().replace('\n', " ")).collect()
}

#[tokio::test]
async fn whoever_looks_after_the_room_takes_a_photo_out_and_becomes_no_author() {
    scene(async |room| {
        room.says("martin", APPEAL).await;
        let message = room.answers_with("martin", "Un vélo", ("velo.jpg", &photo(8, 6))).await;
        room.reacts("durand", "✅").await;
        room.removes_from_room(&message).await;
        let draft = room.draft("44-1").await;
        assert!(draft.revision.pictures.is_empty() && draft.ballot().unwrap().votes.is_empty());
        assert_eq!(draft.authors, ["Martin".into()].into(), "a stranger wrote nothing");
        let said = room.message_saying("un message a été supprimé, et sa photo avec lui").content.plain();
        assert!(said.contains("Le vote donné à la version précédente ne compte plus"), "{said}");
        room.approves().await;
        room.network("mastodon").expect_posts(1);
    })
    .await;
}
