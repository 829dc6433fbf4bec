//! A practice room with its page, served on loopback for one test.

use std::sync::Arc;

use portevoix::chat::practice::page::{self, Page};
use portevoix::chat::practice::public::PublicPost;
use portevoix::chat::practice::{Person, Practice, PracticeRoom};
use portevoix::domain::directorate::{Account, Directorate, Language, Member, NetworkKind, Visibility};
use portevoix::port::clock::SystemClock;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A page that is served within the test, with nobody behind it who answers; dropping this closes it.
pub struct ServedRoom {
    /// Where it is (`http://127.0.0.1:…`).
    pub url: String,
    /// The chat behind it.
    pub practice: Arc<Practice>,
    /// What is out.
    pub public: watch::Sender<Vec<PublicPost>>,
    _stop: DropGuard,
}

/// Serves a practice room of the Loire-Atlantique directorate.
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
        examples: vec!["!aide appel".to_owned()],
        public: public.subscribe(),
    };
    tokio::spawn(page::serve(listener, page, stop.clone()));
    ServedRoom { url, practice, public, _stop: stop.drop_guard() }
}

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
        groups: std::collections::BTreeMap::new(),
        accounts: vec![account("mastodon", NetworkKind::Mastodon), account("bluesky", NetworkKind::Bluesky)],
    }
}
