//! Scenes on a Mastodon instance in trouble: the room reads what to do, nobody else waits, no post is doubled or
//! forgotten.

use std::sync::Arc;
use std::time::Duration;

use portevoix::domain::notice::State;
use portevoix::domain::secret::Secret;
use portevoix::network::http::DEFAULT_TIMEOUT;
use portevoix::network::mastodon::{MastodonNetwork, MastodonSettings};

use crate::approval::APPEAL;
use crate::harness::fake_mastodon::{FakeMastodon, Trouble};
use crate::harness::scene::{Room, scene};

/// What a person is asked only when nothing else helps.
const QUESTION: &str = "Je ne peux pas savoir si c'est en ligne";

/// Patience with a server that never answers; nothing but the machine's own clock ends such a wait.
const IMPATIENT: Duration = Duration::from_millis(300);

/// A room of 44 whose account «mastodon» is on an instance of its own.
struct Instance {
    server: FakeMastodon,
    timeout: Duration,
}

impl Instance {
    async fn behind(room: &mut Room, timeout: Duration) -> Self {
        let instance = Self { server: FakeMastodon::start_at(room.clock.clone()).await, timeout };
        instance.connects(room).await;
        instance
    }

    /// The process is started, and knows nothing of what an earlier one tried.
    async fn connects(&self, room: &mut Room) {
        let settings = MastodonSettings {
            server: self.server.url(),
            token: Secret::new(self.server.token()),
            timeout: self.timeout,
        };
        let network = MastodonNetwork::new(settings, room.clock.clone()).unwrap();
        room.puts_on("mastodon", Arc::new(network)).await;
    }

    #[track_caller]
    fn expect_posts(&self, count: usize, room: &Room) {
        assert_eq!(self.server.texts().len(), count, "{:?}\n{}", self.server.texts(), room.transcript());
    }
}

/// The appeal is approved and goes out; the account that is well is not held up by the other.
async fn goes_out(room: &Room) {
    room.says("martin", APPEAL).await;
    room.approves().await;
    room.network("bluesky").expect_posts(1);
}

/// Time passes second by second, as it does.
async fn seconds_pass(room: &Room, seconds: u32) {
    for _ in 0..seconds {
        room.waits(Duration::from_secs(1)).await;
    }
}

#[track_caller]
fn expect_said(room: &Room, words: &[&str]) {
    let said = room.transcript();
    for words in words {
        assert!(said.contains(words), "nobody says {words:?} in\n{said}");
    }
}

#[track_caller]
fn expect_not_asked(room: &Room) {
    assert!(!room.transcript().contains(QUESTION), "{}", room.transcript());
}

/// What is certainly not out waits for a person, who is told what to mend first.
#[tokio::test]
async fn a_refusal_says_what_to_mend_and_waits_for_a_word() {
    for (trouble, words) in [
        (Trouble::Error(401, "The access token is invalid"), ["identifiants", "l'administrateur doit les renouveler"]),
        (Trouble::Error(403, "This action is outside the authorized scopes"), ["droits", "l'administrateur"]),
        (Trouble::Error(422, "Validation failed: Text is bad"), ["refuse", "Validation failed: Text is bad"]),
        (Trouble::Page(404), ["page web", "vérifier l'adresse"]),
        (Trouble::Page(403), ["page web", "vérifier l'adresse"]),
        (Trouble::Redirect(301, "https://ailleurs.example/".to_owned()), ["pas par son API", "vérifier l'adresse"]),
    ] {
        scene(async |room| {
            let instance = Instance::behind(room, DEFAULT_TIMEOUT).await;
            instance.server.is_in(trouble.clone());
            goes_out(room).await;
            room.expect("44-1", State::Stuck).await;
            expect_said(room, &words);
            let question = room.message_saying("pas publié");
            assert!(question.content.plain().contains("touchez 🔁"), "{}", question.content.plain());
            room.waits(Duration::from_secs(3_600)).await;
            instance.server.is_in(None);
            room.waits(Duration::from_secs(3_600)).await;
            instance.expect_posts(0, room);
            room.reacts_to("durand", &question.id, "🔁").await;
            instance.expect_posts(1, room);
            room.expect("44-1", State::Published).await;
            room.waits(Duration::from_secs(3_600)).await;
            instance.expect_posts(1, room);
        })
        .await;
    }
}

#[tokio::test]
async fn an_instance_that_says_when_to_come_back_is_left_alone_until_then() {
    scene(async |room| {
        let instance = Instance::behind(room, DEFAULT_TIMEOUT).await;
        instance.server.next_post(Trouble::TooManyRequests { retry_after: "120" });
        goes_out(room).await;
        // Approved at 22:00:30 in Paris.
        expect_said(room, &["il faut patienter", "Je réessaie à 22 h 02 min 30", "vous n'avez rien à faire"]);
        let requests = instance.server.requests();
        seconds_pass(room, 119).await;
        assert_eq!(instance.server.requests(), requests, "it was not left alone");
        seconds_pass(room, 1).await;
        instance.expect_posts(1, room);
        room.expect("44-1", State::Published).await;
    })
    .await;
}

/// What may be out is looked into without bothering anyone, for as long as that may help.
#[tokio::test]
async fn a_post_in_doubt_clears_itself_up_and_nobody_is_asked() {
    for (trouble, words, timeout) in [
        (Trouble::CutBeforeStoring, "Connexion coupée", DEFAULT_TIMEOUT),
        (Trouble::AcceptThenCut, "Connexion coupée", DEFAULT_TIMEOUT),
        (Trouble::Error(500, "Internal Server Error"), "en panne (HTTP 500)", DEFAULT_TIMEOUT),
        (Trouble::ErrorAfterStoring, "en panne (HTTP 500)", DEFAULT_TIMEOUT),
        (Trouble::Page(502), "en panne (HTTP 502)", DEFAULT_TIMEOUT),
        (Trouble::Page(200), "page web", DEFAULT_TIMEOUT),
        (Trouble::Success("{}"), "pas par son API", DEFAULT_TIMEOUT),
        (Trouble::Silence, "Pas de réponse à temps", IMPATIENT),
        (Trouble::AcceptThenTimeout, "Pas de réponse à temps", IMPATIENT),
    ] {
        scene(async |room| {
            let instance = Instance::behind(room, timeout).await;
            instance.server.next_post(trouble.clone());
            goes_out(room).await;
            room.expect("44-1", State::Publishing).await;
            expect_said(room, &[words, "Je vérifie à 22 h 00 min 32 si c'est en ligne avant tout nouvel envoi"]);
            seconds_pass(room, 65).await;
            instance.expect_posts(1, room);
            room.expect("44-1", State::Published).await;
            expect_not_asked(room);
            room.waits(Duration::from_secs(3_600)).await;
            instance.expect_posts(1, room);
        })
        .await;
    }
}

#[tokio::test]
async fn a_kill_while_in_doubt_changes_nothing_about_that() {
    for trouble in [Trouble::CutBeforeStoring, Trouble::AcceptThenCut] {
        scene(async |room| {
            let instance = Instance::behind(room, DEFAULT_TIMEOUT).await;
            instance.server.next_post(trouble.clone());
            goes_out(room).await;
            instance.connects(room).await;
            seconds_pass(room, 65).await;
            instance.expect_posts(1, room);
            room.expect("44-1", State::Published).await;
            expect_not_asked(room);
        })
        .await;
    }
}

/// An earlier wait that had nothing to do with it does not cut the looking short.
#[tokio::test]
async fn after_an_outage_a_post_in_doubt_still_has_its_minute() {
    scene(async |room| {
        let instance = Instance::behind(room, DEFAULT_TIMEOUT).await;
        for _ in 0..4 {
            instance.server.next_post(Trouble::TooManyRequests { retry_after: "60" });
        }
        instance.server.next_post(Trouble::CutBeforeStoring);
        goes_out(room).await;
        for _ in 0..4 {
            room.waits(Duration::from_secs(60)).await;
        }
        expect_said(room, &["Connexion coupée", "Je vérifie"]);
        expect_not_asked(room);
        seconds_pass(room, 65).await;
        instance.expect_posts(1, room);
        room.expect("44-1", State::Published).await;
        expect_not_asked(room);
    })
    .await;
}

#[tokio::test]
async fn when_a_lost_answer_is_followed_by_a_blackout_a_person_is_asked_after_a_minute() {
    for (accepted, posts) in [(Trouble::AcceptThenCut, 1), (Trouble::CutBeforeStoring, 0)] {
        for blackout in [Trouble::Page(200), Trouble::Error(500, "Internal Server Error"), Trouble::CutBeforeStoring] {
            scene(async |room| {
                let instance = Instance::behind(room, DEFAULT_TIMEOUT).await;
                instance.server.next_post(accepted.clone());
                instance.server.is_in(blackout.clone());
                goes_out(room).await;
                seconds_pass(room, 55).await;
                expect_not_asked(room);
                seconds_pass(room, 10).await;
                expect_said(room, &[QUESTION]);
                room.expect("44-1", State::Stuck).await;
                instance.expect_posts(posts, room);
                // Nobody answers; the blackout ends; the bot, still looking, ends the question itself.
                instance.server.is_in(None);
                room.waits(Duration::from_secs(300)).await;
                instance.expect_posts(1, room);
                room.expect("44-1", State::Published).await;
                assert_eq!(room.transcript().matches(QUESTION).count(), 1, "{}", room.transcript());
            })
            .await;
        }
    }
}

#[tokio::test]
async fn sent_again_on_a_persons_word_it_is_out_once() {
    for accepted in [Trouble::AcceptThenCut, Trouble::CutBeforeStoring] {
        scene(async |room| {
            let instance = Instance::behind(room, DEFAULT_TIMEOUT).await;
            instance.server.next_post(accepted.clone());
            instance.server.is_in(Trouble::Page(200));
            goes_out(room).await;
            seconds_pass(room, 65).await;
            instance.server.is_in(None);
            let question = room.message_saying(QUESTION);
            room.reacts_to("durand", &question.id, "🔁").await;
            room.reacts_to("lefevre", &question.id, "🔁").await;
            instance.expect_posts(1, room);
            room.expect("44-1", State::Published).await;
            room.waits(Duration::from_secs(3_600)).await;
            instance.expect_posts(1, room);
        })
        .await;
    }
}
