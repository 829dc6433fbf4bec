//! The demonstration in a terminal: what a newcomer reads in 80 columns.

use std::sync::Arc;

use jiff::Timestamp;
use portevoix::chat::practice::public::PublicPost;
use portevoix::chat::practice::terminal::Terminal;
use portevoix::chat::practice::{Person, Practice, PracticeRoom};
use portevoix::domain::prose::{Block, Prose};
use portevoix::port::chat::Chat;
use portevoix::port::clock::SystemClock;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn a_scene_is_printed_as_it_happens() {
    insta::assert_snapshot!(printed(false).await, @r"

    Martin
      !appel lieu: place du Bouffay, Nantes ; date: hier vers 23 h ; faits: vol avec
      violence ; tel_service: 02 40 00 00 00

    Portevoix
      │ Brouillon 44-1
      │ Il manque deux validations.
      │ > Appel à témoins
      │ > place du Bouffay

    Durand réagit ✅
      sous « Brouillon 44-1 »

    Portevoix met à jour
      │ Il manque une validation.

    Portevoix, dans le fil
      │ Validé par Durand.

    Durand retire ✅
      sous « Brouillon 44-1 »

    Martin corrige
      �[2J

    Le message de Martin est supprimé.

    Vu par le public · mastodon
      ┃ Appel à témoins
      ┃ place du Bouffay
    ");
}

#[tokio::test]
async fn colours_change_nothing_else() {
    let coloured = printed(true).await;
    assert!(coloured.contains("\u{1b}[1;36mMartin\u{1b}[0m"));
    let mut plain = String::new();
    for piece in coloured.split('\u{1b}') {
        plain += piece.strip_prefix('[').and_then(|code| code.split_once('m')).map_or(piece, |(_, text)| text);
    }
    assert_eq!(plain, printed(false).await);
}

async fn printed(colours: bool) -> String {
    let people = ["Martin", "Durand"].map(|name| Person { id: name.into(), name: name.to_owned() }).to_vec();
    let room = PracticeRoom { id: "brigade".into(), name: "Brigade".to_owned(), people };
    let practice = Practice::new("terminal", vec![room], Arc::new(SystemClock));
    let changes = practice.subscribe();
    let public = watch::Sender::new(Vec::new());
    let posts = public.subscribe();
    play(&practice, &public).await;

    let mut out = Vec::new();
    let stop = CancellationToken::new();
    stop.cancel();
    Terminal::new(&mut out, colours).follow(&practice, changes, posts, stop).await.unwrap();
    String::from_utf8(out).unwrap()
}

async fn play(practice: &Practice, public: &watch::Sender<Vec<PublicPost>>) {
    let (room, martin, durand) = ("brigade".into(), "Martin".into(), "Durand".into());
    let appeal = "!appel lieu: place du Bouffay, Nantes ; date: hier vers 23 h ; faits: vol avec violence ; \
                  tel_service: 02 40 00 00 00";
    let typed = practice.says(&martin, &room, appeal, None).await.unwrap();
    let card = practice.say(&"card".into(), &room, None, &card("Il manque deux validations.")).await.unwrap();
    practice.react(&"glyph".into(), &room, &card, "✅").await.unwrap();
    let vote = practice.reacts(&durand, &card, "✅").await.unwrap();
    practice.edit(&"update".into(), &room, &card, &self::card("Il manque une validation.")).await.unwrap();
    practice.say(&"tell".into(), &room, Some(&card), &Prose::text("Validé par Durand.")).await.unwrap();
    practice.takes_back(&durand, &vote).await.unwrap();
    practice.edits(&martin, &typed, "\u{1b}[2J").await.unwrap();
    practice.removes(&martin, &typed).await.unwrap();
    public.send_modify(|posts| {
        posts.push(PublicPost {
            directorate: "44".into(),
            account: "mastodon".into(),
            id: "1".to_owned(),
            pictures: Vec::new(),
            text: "Appel à témoins\nplace du Bouffay".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            url: None,
        });
    });
}

fn card(state: &str) -> Prose {
    Prose {
        blocks: vec![
            Block::Title("Brouillon 44-1".to_owned()),
            Block::Text(state.to_owned()),
            Block::Quote("Appel à témoins\nplace du Bouffay".to_owned()),
        ],
    }
}
