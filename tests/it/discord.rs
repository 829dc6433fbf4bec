//! The whole engine on a fake Discord: typed there, approved there by buttons, published; and `check` when it can't work.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use insta::assert_snapshot;
use portevoix::app::check::check;
use portevoix::app::run::House;
use portevoix::app::stopped::Stopped;
use portevoix::config::load::load;
use serde_json::json;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::harness::fake_discord::FakeDiscord;
use crate::harness::fake_discord::server::{ADD_REACTIONS, SEND_MESSAGES_IN_THREADS, VIEW_CHANNEL};
use crate::harness::photo::{WHERE_IT_WAS_TAKEN, photo};

/// A directorate whose room is on the fake, and whose account is a file.
struct Brigade {
    discord: FakeDiscord,
    folder: TempDir,
    channel: u64,
    people: [u64; 3],
}

impl Brigade {
    async fn new() -> Self {
        let discord = FakeDiscord::start().await;
        let (channel, people) = discord.with(|server| {
            (server.new_channel(), ["martin", "durand", "lefevre"].map(|name| server.arrives(name, false)))
        });
        let brigade = Self { folder: tempfile::tempdir().unwrap(), discord, channel, people };
        brigade.writes_the_configuration(&brigade.discord.url(), &channel.to_string());
        brigade
    }

    fn writes_the_configuration(&self, api: &str, channel: &str) {
        let [martin, durand, lefevre] = self.people;
        let token = self.folder.path().join("jeton");
        fs::write(&token, self.discord.token()).unwrap();
        fs::set_permissions(&token, fs::Permissions::from_mode(0o600)).unwrap();
        let text = format!(
            r#"
database = "portevoix.db"
[discord]
token_file = "jeton"
state_directory = "discord"
api = "{api}"
[[directorate]]
code = "44"
name = "Police nationale de la Loire-Atlantique"
[[directorate.room]]
chat = "discord"
id = "{channel}"
[[directorate.member]]
name = "Martin"
discord = "{martin}"
[[directorate.member]]
name = "Durand"
discord = "{durand}"
roles = ["valideur"]
[[directorate.member]]
name = "Lefèvre"
discord = "{lefevre}"
roles = ["valideur"]
[[directorate.account]]
name = "journal"
network = "file"
path = "journal.jsonl"
[[directorate.policy]]
command = "info"
quorum = 2
grace_seconds = 0
"#
        );
        fs::write(self.folder.path().join("portevoix.toml"), text).unwrap();
    }

    /// The text of the newest message of the bot's in the channel, once it says that.
    async fn reads(&self, words: &str) -> u64 {
        let mut found = None;
        self.discord
            .until(words, |server| {
                let (own, channel) = (server.own, &server.channels[&self.channel]);
                let says = |message: &str| message.replace('\\', "").contains(words);
                let newest = channel.messages.iter().rfind(|(_, message)| message.author == own && message.kind != 20);
                found = newest.filter(|(_, message)| says(&message.content)).map(|(id, _)| *id);
                found.is_some()
            })
            .await;
        found.unwrap()
    }

    /// What `check` says of the room.
    async fn complaint(&self) -> String {
        let mut out = Vec::new();
        let ended = check(&self.folder.path().join("portevoix.toml"), &mut out).await;
        let written = String::from_utf8(out).unwrap();
        assert!(matches!(ended, Err(Stopped::CheckFailed)), "{ended:?}\n{written}");
        assert!(!written.contains(&self.discord.token()), "{written}");
        let line = written.lines().find(|line| line.contains('✗')).unwrap().trim().to_owned();
        line.replace(&self.channel.to_string(), "SALON")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filled_in_on_discord_and_approved_by_two_buttons_it_is_published_once() {
    let brigade = Brigade::new().await;
    let [martin, durand, lefevre] = brigade.people;
    let house = House::build(load(&brigade.folder.path().join("portevoix.toml")).unwrap()).await.unwrap();
    let stop = CancellationToken::new();
    let play = async {
        brigade.discord.until("the commands are known", |server| server.registrations > 0).await;
        let text = json!("pont fermé ; prenez patience");
        brigade.discord.slashes(martin, brigade.channel, "info", &[("texte", text), ("sujet", json!("circulation"))]);
        let card = brigade.reads("44-1").await;
        brigade.discord.until("there are buttons", |server| server.buttons(card).len() == 3).await;
        // Twice is taken back; the author's own counts for nothing.
        for who in [durand, durand, martin, durand, lefevre] {
            brigade.discord.presses(who, card, "✅");
        }
        let card_now = brigade.reads("Publié").await;
        assert_eq!(card_now, card, "it is still the same card");
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(
        async { tokio::time::timeout(Duration::from_secs(120), house.run(None, &stop)).await.unwrap() },
        play
    );
    ended.unwrap();
    let published = fs::read_to_string(brigade.folder.path().join("journal.jsonl")).unwrap();
    assert_eq!(published.lines().count(), 1, "{published}");
    assert!(published.contains("Pont fermé ; prenez patience"), "{published}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_is_described_where_it_is_sent_and_approved_by_a_role_of_the_server() {
    let brigade = Brigade::new().await;
    let [martin, durand, lefevre] = brigade.people;
    // Lefèvre is in no list: a role of the server's puts him on the team.
    let role = 1_180_000_000_000_000_044;
    let path = brigade.folder.path().join("portevoix.toml");
    let listed = format!("[[directorate.member]]\nname = \"Lefèvre\"\ndiscord = \"{lefevre}\"\n");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(&listed));
    fs::write(&path, text.replace(&listed, &format!("[[directorate.group]]\nid = \"{role}\"\n"))).unwrap();
    brigade.discord.with(|server| server.accounts.get_mut(&lefevre).unwrap().roles = vec![role]);
    let house = House::build(load(&path).unwrap()).await.unwrap();
    let stop = CancellationToken::new();
    let play = async {
        brigade.discord.until("the bot is there", |server| server.registrations > 0).await;
        let file = ("pont.jpg", &photo(64, 48)[..], "Le pont, barré");
        brigade.discord.attaches(martin, brigade.channel, "!info pont fermé ; sujet: circulation", file);
        let card = brigade.reads("À valider").await;
        brigade.discord.until("there are buttons", |server| server.buttons(card).len() == 3).await;
        brigade.discord.presses(durand, card, "✅");
        brigade.discord.presses(lefevre, card, "✅");
        brigade.reads("Publié").await;
        let shown = brigade.discord.with(|server| server.channels[&brigade.channel].messages[&card].content.clone());
        let shown = shown.replace('\\', "");
        assert!(shown.contains("Pour : Durand, Lefevre."), "in the order in which they pressed: {shown}");
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(
        async { tokio::time::timeout(Duration::from_secs(120), house.run(None, &stop)).await.unwrap() },
        play
    );
    ended.unwrap();
    let published = fs::read_to_string(brigade.folder.path().join("journal.jsonl")).unwrap();
    assert!(published.contains(r#""alt":"Le pont, barré""#), "{published}");
    let pictures: Vec<_> = fs::read_dir(brigade.folder.path().join("journal.jsonl.pictures")).unwrap().collect();
    assert_eq!(pictures.len(), 1);
    let picture = fs::read(pictures[0].as_ref().unwrap().path()).unwrap();
    assert!(!picture.windows(WHERE_IT_WAS_TAKEN.len()).any(|window| window == WHERE_IT_WAS_TAKEN));
}

#[tokio::test]
async fn each_trouble_of_a_room_is_a_line_to_act_on() {
    let brigade = Brigade::new().await;
    let deny = |denied| {
        brigade.discord.with(|server| server.channels.get_mut(&brigade.channel).unwrap().denied = denied);
    };
    let mut complaints = Vec::new();
    deny(ADD_REACTIONS | SEND_MESSAGES_IN_THREADS);
    complaints.push(brigade.complaint().await);
    deny(VIEW_CHANNEL);
    complaints.push(brigade.complaint().await);
    deny(0);
    brigade.discord.with(|server| server.has_message_content = false);
    complaints.push(brigade.complaint().await);
    brigade.discord.with(|server| {
        server.has_message_content = true;
        server.token.push('x');
    });
    complaints.push(brigade.complaint().await);
    brigade.writes_the_configuration(&brigade.discord.url(), "1180000000000000000");
    complaints.push(brigade.complaint().await);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    brigade.writes_the_configuration(&format!("http://{port}"), &brigade.channel.to_string());
    complaints.push(brigade.complaint().await);
    assert_snapshot!(complaints.join("\n"), @"
    ✗ salon SALON : Il manque au bot la permission « Send Messages in Threads, Add Reactions » dans ce salon.
    ✗ salon SALON : Il manque au bot la permission « View Channel » dans ce salon.
    ✗ salon SALON : Le bot n'entend pas tout : activez « Message Content Intent » sur la page Bot de l'application.
    ✗ salon SALON : Le réseau refuse nos identifiants : l'administrateur doit les renouveler.
    ✗ salon 1180000000000000000 : Je ne suis pas dans le salon. Vérifiez l'identifiant du salon, et invitez-y le bot.
    ✗ salon SALON : Serveur injoignable. Vérifiez l'adresse et le réseau de cette machine ; le système dit : « Connection refused (os error 111) ».
    ");
}
