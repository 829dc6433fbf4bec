//! A practice room with its page, served on loopback for one test.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use portevoix::chat::practice::page::{self, Page};
use portevoix::chat::practice::public::PublicPost;
use portevoix::chat::practice::record::Author;
use portevoix::chat::practice::{Person, Practice, PracticeRoom};
use portevoix::domain::directorate::{Account, Directorate, Language, Member, NetworkKind, Visibility};
use portevoix::domain::name::{ArrivalId, MessageId, RoomId};
use portevoix::domain::prose::{Block, Prose};
use portevoix::port::chat::{Arrival, Chat, Happening, Intake};
use portevoix::port::clock::SystemClock;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A page that is being served; dropping this closes it.
pub struct ServedRoom {
    /// Where it is (`http://127.0.0.1:…`).
    pub url: String,
    /// The chat behind it.
    pub practice: Arc<Practice>,
    /// What is out.
    pub public: watch::Sender<Vec<PublicPost>>,
    _stop: DropGuard,
}

/// The room that the browser's scenes are played in.
///
/// THE REAL ENGINE GOES IN HERE: run `portevoix demo --port 0 --no-play`, which prints its address, and keep the child
/// for as long as the value lives. Until then the stand-in answers.
pub async fn start_room_for_browser() -> ServedRoom {
    start_practice_room().await
}

/// Starts a practice room of the Loire-Atlantique directorate: Martin drafts, Durand and Lefèvre approve. What answers
/// is no engine: a stand-in that knows one card and counts two approvals, enough for what the page itself must do.
pub async fn start_practice_room() -> ServedRoom {
    let directorate = loire_atlantique();
    let people = directorate
        .team
        .iter()
        .map(|member| Person { id: member.ids.first().unwrap().clone(), name: member.name.clone() });
    let room = PracticeRoom { id: "brigade".into(), name: "Brigade de Nantes".to_owned(), people: people.collect() };
    let practice = Practice::new("page", vec![room], Arc::new(SystemClock));
    let public = watch::Sender::new(Vec::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let page = Page {
        practice: practice.clone(),
        directorates: vec![directorate],
        examples: vec![APPEAL.to_owned(), "!aide appel".to_owned()],
        public: public.subscribe(),
    };
    tokio::spawn(page::serve(listener, page, stop.clone()));
    let engine = StandIn { practice: practice.clone(), public: public.clone() };
    tokio::spawn({
        let (practice, stop) = (practice.clone(), stop.clone());
        async move { practice.listen(&engine, stop).await }
    });
    ServedRoom { url, practice, public, _stop: stop.drop_guard() }
}

/// A line that an officer types.
pub const APPEAL: &str = "!appel lieu: place du Bouffay, Nantes ; date: hier vers 23 h ; faits: vol avec violence";

/// What it becomes.
const POST: &str = "🔎 Appel à témoins\n\nVol avec violence hier vers 23 h, place du Bouffay à Nantes.\n\nVous avez vu \
    quelque chose ? Appelez la brigade au 02 40 00 00 00. Même un détail compte.\n\n#AppelÀTémoins #Nantes";

fn loire_atlantique() -> Directorate {
    let member = |id: &str, name: &str, role: &str| Member {
        name: name.to_owned(),
        ids: [id.into()].into(),
        roles: [role.into()].into(),
    };
    let account = |name: &str, network| Account {
        name: name.into(),
        network,
        visibility: Visibility::Public,
        language: "fr".to_owned(),
    };
    Directorate {
        code: "44".into(),
        name: "DDSP de la Loire-Atlantique".to_owned(),
        language: Language::Fr,
        time_zone: "Europe/Paris".to_owned(),
        rooms: vec!["brigade".into()],
        team: vec![
            member("martin", "Martin", "rédacteur"),
            member("durand", "Durand", "chef_de_service"),
            member("lefevre", "Lefèvre", "communication"),
        ],
        accounts: vec![account("mastodon", NetworkKind::Mastodon), account("bluesky", NetworkKind::Bluesky)],
    }
}

/// Answers like the engine as far as the page is concerned.
struct StandIn {
    practice: Arc<Practice>,
    public: watch::Sender<Vec<PublicPost>>,
}

impl StandIn {
    async fn tell(&self, arrival: &Arrival, thread: &MessageId, text: &str) {
        let key = format!("tell/{}", arrival.id).as_str().into();
        self.practice.say(&key, &arrival.room, Some(thread), &Prose::text(text)).await.unwrap();
    }

    async fn card(&self, arrival: &Arrival) {
        let key = format!("card/{}", arrival.id);
        let card = self.practice.say(&key.as_str().into(), &arrival.room, None, &card(0)).await.unwrap();
        for glyph in ["✅", "❌", "⏸"] {
            let key = format!("{key}/{glyph}").as_str().into();
            self.practice.react(&key, &arrival.room, &card, glyph).await.unwrap();
        }
    }

    async fn count(&self, arrival: &Arrival, message: &MessageId) {
        let messages = self.practice.timeline(&arrival.room);
        let Some(voted) = messages.iter().find(|there| there.id == *message && there.by == Author::Bot) else { return };
        let votes = voted.reactions.iter().filter(|there| there.glyph == "✅" && there.by != Author::Bot).count();
        let key = format!("update/{}", arrival.id).as_str().into();
        self.practice.edit(&key, &arrival.room, message, &card(votes)).await.unwrap();
        self.tell(arrival, message, &format!("{votes} validation(s) sur 2.")).await;
        if votes == 2 {
            self.public.send_modify(|posts| {
                posts.extend(["mastodon", "bluesky"].map(|account| PublicPost {
                    directorate: "44".into(),
                    account: account.into(),
                    text: POST.to_owned(),
                    at: Timestamp::now(),
                    url: None,
                }));
            });
        }
    }
}

fn card(votes: usize) -> Prose {
    let state = match votes {
        0 => "À valider par deux personnes, dont un chef de service.",
        1 => "Encore une validation.",
        _ => "Validé. Publié sur mastodon et bluesky.",
    };
    Prose {
        blocks: vec![
            Block::Title("Brouillon 44-1 · version 1 · empreinte k7f2-9qd1".to_owned()),
            Block::Text(state.to_owned()),
            Block::Quote(POST.to_owned()),
            Block::Items(vec![
                "mastodon (Mastodon) : 168 caractères sur 500".to_owned(),
                "bluesky (Bluesky) : 168 caractères sur 300".to_owned(),
                "X : 169 caractères sur 280 (pas encore publié)".to_owned(),
            ]),
        ],
    }
}

#[async_trait]
impl Intake for StandIn {
    async fn take(&self, arrival: Arrival) {
        match &arrival.what {
            Happening::Said { text, .. } if text.starts_with("!appel") => self.card(&arrival).await,
            Happening::Said { message, .. } => {
                self.tell(&arrival, message, "Je ne connais pas cette commande. Vouliez-vous dire « !appel » ?").await;
            }
            Happening::Reacted { message, .. } => self.count(&arrival, message).await,
            Happening::Removed { .. } => {
                let messages = self.practice.timeline(&arrival.room);
                if let Some(card) = messages.iter().find(|there| there.by == Author::Bot && there.thread.is_none()) {
                    self.count(&arrival, &card.id).await;
                }
            }
            Happening::Edited { .. } | Happening::Unreadable { .. } => {}
        }
    }

    async fn has_seen(&self, _: &ArrivalId) -> bool {
        false
    }

    async fn unreadable(&self, _: &RoomId) -> Vec<ArrivalId> {
        Vec::new()
    }
}
