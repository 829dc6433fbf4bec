//! A room on a real Synapse as a stage for the chat contract: the bot, and officers with clients of their own.

use std::fs;
use std::sync::Arc;

use async_trait::async_trait;
use matrix_sdk::config::SyncSettings;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedRoomId};
use matrix_sdk::{Client, reqwest};
use portevoix::chat::matrix::chat::MatrixChat;
use portevoix::chat::matrix::login::login;
use portevoix::chat::matrix::settings::MatrixSettings;
use portevoix::domain::fault::Fault;
use portevoix::domain::name::{MessageId, PersonId, ReactionId, RoomId};
use portevoix::port::chat::Chat;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::contract::chat::{Person, Seen, Stage};
use crate::harness::matrix_view::seen;
use crate::harness::notebook::Notebook;
use crate::harness::synapse::{Account, Officer, Synapse};

/// Martin's room with Durand and the bot, whose chat is not started yet.
pub async fn synapse_stage() -> SynapseStage {
    SynapseStage::new().await
}

/// A room on a real Synapse.
pub struct SynapseStage {
    pub synapse: Synapse,
    pub bot: Account,
    pub recovery_key: String,
    pub settings: MatrixSettings,
    pub room: OwnedRoomId,
    martin: Officer,
    durand: Officer,
    running: Option<Running>,
    machines: Vec<TempDir>,
}

/// A chat that listens.
struct Running {
    chat: Arc<MatrixChat>,
    stop: CancellationToken,
    listening: JoinHandle<Result<(), Fault>>,
}

impl SynapseStage {
    async fn new() -> Self {
        let synapse = Synapse::from_environment();
        let bot = synapse.register("portevoix").await;
        let (mut martin, mut durand) = tokio::join!(Officer::new(&synapse, "martin"), Officer::new(&synapse, "durand"));
        let room = martin.make_room("Brigade de Nantes", &[&bot.user, durand.id()]).await;
        durand.join(&room).await;
        let directory = TempDir::new().unwrap();
        let settings = MatrixSettings {
            homeserver: synapse.url.clone(),
            user: bot.user.to_string(),
            state_directory: directory.path().join("matrix"),
            rooms: vec![RoomId(room.to_string())],
            key_patience: MatrixSettings::USUAL_KEY_PATIENCE,
        };
        let logged_in = login(&settings, &bot.password, None).await.unwrap();
        let recovery_key = logged_in.new_recovery_key.unwrap().reveal().to_owned();
        Self { synapse, bot, recovery_key, settings, room, martin, durand, running: None, machines: vec![directory] }
    }

    pub fn officer(&mut self, person: Person) -> &mut Officer {
        match person {
            Person::Martin => &mut self.martin,
            Person::Durand => &mut self.durand,
        }
    }

    /// Sends an event as it is, which a client would have encrypted.
    pub async fn send_unencrypted(&mut self, person: Person, kind: &str, content: Value) -> MessageId {
        let room = self.room.clone();
        MessageId(self.officer(person).send_unencrypted(&room, kind, content).await.to_string())
    }

    /// Logs the bot in on another machine, with the recovery key; the chat that is started next is that one's.
    pub async fn move_to_a_new_machine(&mut self) {
        let directory = TempDir::new().unwrap();
        self.settings.state_directory = directory.path().join("matrix");
        self.machines.push(directory);
        login(&self.settings, &self.bot.password, Some(&self.recovery_key)).await.unwrap();
    }

    /// Waits until the bot's device has put a key into the backup.
    pub async fn until_backed_up(&self) {
        let backed_up = async {
            while self.as_the_bot("GET", "room_keys/version").await["count"].as_u64() < Some(1) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), backed_up).await.unwrap();
    }

    /// Another device of the bot's account, which nobody signed.
    pub async fn unsigned_device(&self) -> Client {
        let client = Client::builder().homeserver_url(&self.synapse.url).build().await.unwrap();
        client.matrix_auth().login_username(&self.bot.user, &self.bot.password).send().await.unwrap();
        client.sync_once(SyncSettings::new()).await.unwrap();
        client
    }

    /// The bot's public master key.
    pub async fn identity_of_the_bot(&mut self) -> String {
        let bot = self.bot.user.clone();
        let encryption = self.martin.client.encryption();
        let identity = encryption.request_user_identity(&bot).await.unwrap().unwrap();
        identity.master_key().get_first_key().unwrap().to_base64()
    }

    /// How many devices the bot's account has.
    pub async fn devices_of_the_bot(&self) -> usize {
        self.as_the_bot("GET", "devices").await["devices"].as_array().unwrap().len()
    }

    /// Somebody ends the bot's session on the server.
    pub async fn log_the_device_out(&self) {
        self.as_the_bot("POST", "logout").await;
    }

    /// Martin takes the bot's right to write.
    pub async fn mute_the_bot(&mut self) {
        let (room, bot) = (self.room.clone(), self.bot.user.clone());
        let room = self.martin.client.get_room(&room).unwrap();
        room.update_power_levels(vec![(&bot, (-1).into())]).await.unwrap();
    }

    /// A request with the access token that the bot's device has.
    async fn as_the_bot(&self, method: &str, what: &str) -> Value {
        let session = fs::read(self.settings.state_directory.join("session.json")).unwrap();
        let session: Value = serde_json::from_slice(&session).unwrap();
        let url = format!("{}/_matrix/client/v3/{what}", self.synapse.url);
        let request = reqwest::Client::new().request(method.parse().unwrap(), url);
        let request = request.bearer_auth(session["access_token"].as_str().unwrap());
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    async fn send(&mut self, person: Person, kind: &str, content: Value) -> OwnedEventId {
        let room = self.room.clone();
        self.officer(person).send(&room, kind, content).await
    }
}

#[async_trait]
impl Stage for SynapseStage {
    fn room(&self) -> RoomId {
        RoomId(self.room.to_string())
    }

    fn id_of(&self, person: Person) -> PersonId {
        PersonId(match person {
            Person::Martin => self.martin.id().to_string(),
            Person::Durand => self.durand.id().to_string(),
        })
    }

    async fn start(&mut self, intake: Arc<Notebook>) {
        let chat = Arc::new(MatrixChat::restore(self.settings.clone()).await.unwrap());
        let stop = CancellationToken::new();
        let listening = tokio::spawn({
            let (chat, stop) = (chat.clone(), stop.clone());
            async move { chat.listen(intake.as_ref(), stop).await }
        });
        self.running = Some(Running { chat, stop, listening });
        let (room, bot) = (self.room.clone(), self.bot.user.clone());
        self.martin.until_joined(&room, &bot).await;
    }

    fn chat(&self) -> &dyn Chat {
        self.running.as_ref().unwrap().chat.as_ref()
    }

    async fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.cancel();
        running.listening.await.unwrap().unwrap();
    }

    async fn crash(&mut self) {
        let running = self.running.take().unwrap();
        running.listening.abort();
        assert!(running.listening.await.unwrap_err().is_cancelled());
    }

    async fn says(&mut self, person: Person, text: &str) -> MessageId {
        let content = json!({ "msgtype": "m.text", "body": text });
        MessageId(self.send(person, "m.room.message", content).await.to_string())
    }

    async fn replies(&mut self, person: Person, root: &MessageId, text: &str) -> MessageId {
        let content = json!({
            "msgtype": "m.text",
            "body": text,
            "m.relates_to": {
                "rel_type": "m.thread",
                "event_id": root.as_str(),
                "is_falling_back": true,
                "m.in_reply_to": { "event_id": root.as_str() },
            },
        });
        MessageId(self.send(person, "m.room.message", content).await.to_string())
    }

    async fn sends(&mut self, person: Person, name: &str, photo: &[u8], words: &str) -> MessageId {
        let room = self.room.clone();
        MessageId(self.officer(person).send_photo(&room, name, photo, words).await.to_string())
    }

    async fn edits(&mut self, person: Person, message: &MessageId, text: &str) {
        let content = json!({
            "msgtype": "m.text",
            "body": format!("* {text}"),
            "m.new_content": { "msgtype": "m.text", "body": text },
            "m.relates_to": { "rel_type": "m.replace", "event_id": message.as_str() },
        });
        self.send(person, "m.room.message", content).await;
    }

    async fn reacts(&mut self, person: Person, message: &MessageId, glyph: &str) -> ReactionId {
        let content = json!({
            "m.relates_to": { "rel_type": "m.annotation", "event_id": message.as_str(), "key": glyph },
        });
        ReactionId(self.send(person, "m.reaction", content).await.to_string())
    }

    async fn removes(&mut self, person: Person, id: &str) {
        let room = self.room.clone();
        self.officer(person).redact(&room, &EventId::parse(id).unwrap()).await;
    }

    async fn sees(&mut self, person: Person, until: &MessageId) -> Vec<Seen> {
        let room = self.room.clone();
        let officer = self.officer(person);
        officer.until_event(&room, &EventId::parse(until.as_str()).unwrap()).await;
        seen(&officer.readable_timeline(&room).await)
    }
}
