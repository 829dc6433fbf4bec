//! A real Synapse: registers accounts, and gives people who use it as careful officers would.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use matrix_sdk::attachment::AttachmentConfig;
use matrix_sdk::config::SyncSettings;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::encryption::CrossSigningResetAuthType;
use matrix_sdk::ruma::api::client::message::send_message_event;
use matrix_sdk::ruma::api::client::room::create_room;
use matrix_sdk::ruma::api::client::state::get_state_event_for_key;
use matrix_sdk::ruma::api::client::uiaa;
use matrix_sdk::ruma::events::room::message::TextMessageEventContent;
use matrix_sdk::ruma::events::{AnyMessageLikeEventContent, StateEventType};
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, TransactionId, UserId};
use matrix_sdk::{Client, reqwest};
use matrix_sdk_base::crypto::{CollectStrategy, DecryptionSettings, TrustRequirement};
use serde_json::{Value, json};
use sha1::Sha1;

/// How long a person looks at the room before what should be there is called missing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Synapse, started by tests/run.
pub struct Synapse {
    pub url: String,
    secret: String,
}

/// An account that was just made.
#[derive(Clone)]
pub struct Account {
    pub user: OwnedUserId,
    pub password: String,
}

impl Synapse {
    /// The one that the environment names.
    pub fn from_environment() -> Self {
        let named = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: use tests/run"));
        Self { url: named("PORTEVOIX_TEST_SYNAPSE"), secret: named("PORTEVOIX_TEST_SYNAPSE_SECRET") }
    }

    /// Makes an account whose name begins so (<https://element-hq.github.io/synapse/latest/admin_api/register_api.html>).
    pub async fn register(&self, name: &str) -> Account {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let (user, password) = (format!("{name}-{count}-{now:x}"), format!("{now:x}"));
        let url = format!("{}/_synapse/admin/v1/register", self.url);
        let http = reqwest::Client::new();
        let nonce: Value = http.get(&url).send().await.unwrap().json().await.unwrap();
        let nonce = nonce["nonce"].as_str().unwrap();
        let mut mac = Hmac::<Sha1>::new_from_slice(self.secret.as_bytes()).unwrap();
        mac.update([nonce, &user, &password, "notadmin"].join("\0").as_bytes());
        let mac: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        // Without `inhibit_login` the account would begin with a device that nobody has.
        let request = json!({
            "nonce": nonce, "username": user, "password": password, "admin": false, "mac": mac, "inhibit_login": true,
        });
        let answer = http.post(&url).json(&request).send().await.unwrap();
        let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
        Account { user: UserId::parse(answer["user_id"].as_str().unwrap()).unwrap(), password }
    }
}

/// A person with a Matrix client of their own, set as Tchap's is: it neither trusts nor writes to unsigned devices.
pub struct Officer {
    pub client: Client,
    account: Account,
    /// Everything that the client showed of the room so far.
    pub timeline: Vec<TimelineEvent>,
}

impl Officer {
    /// Makes an account with a signed device.
    pub async fn new(synapse: &Synapse, name: &str) -> Self {
        let account = synapse.register(name).await;
        let client = Client::builder()
            .homeserver_url(&synapse.url)
            .with_decryption_settings(DecryptionSettings {
                sender_device_trust_requirement: TrustRequirement::CrossSigned,
            })
            .with_room_key_recipient_strategy(CollectStrategy::IdentityBasedStrategy)
            .build()
            .await
            .unwrap();
        client.matrix_auth().login_username(&account.user, &account.password).send().await.unwrap();
        let mut officer = Self { client, account, timeline: Vec::new() };
        officer.signs_the_device().await;
        officer.sync(Duration::ZERO).await;
        officer
    }

    /// Makes cross-signing keys, as on a first login, and signs this device with them.
    async fn signs_the_device(&self) {
        let encryption = self.client.encryption();
        if let Err(error) = encryption.bootstrap_cross_signing(None).await {
            let asked = error.as_uiaa_response().unwrap();
            encryption.bootstrap_cross_signing(Some(self.password(asked.session.clone()))).await.unwrap();
        }
    }

    /// Makes other cross-signing keys, as after all was lost, and signs this device with them.
    pub async fn takes_a_new_identity(&self) {
        let Some(reset) = self.client.encryption().reset_cross_signing().await.unwrap() else { return };
        let CrossSigningResetAuthType::Uiaa(asked) = reset.auth_type() else { panic!("no password is asked for") };
        reset.auth(Some(self.password(asked.session.clone()))).await.unwrap();
    }

    fn password(&self, session: Option<String>) -> uiaa::AuthData {
        let user = uiaa::MatrixUserIdentifier::new(self.account.user.localpart().to_owned());
        let user = uiaa::UserIdentifier::Matrix(user);
        let mut password = uiaa::Password::new(user, self.account.password.clone());
        password.session = session;
        uiaa::AuthData::Password(password)
    }

    /// Sends something, encrypted, from another device of theirs, which they never signed. Returns its id.
    pub async fn send_from_an_unsigned_device(&self, room: &RoomId, kind: &str, content: Value) -> OwnedEventId {
        let client = Client::builder().homeserver_url(self.client.homeserver()).build().await.unwrap();
        client.matrix_auth().login_username(&self.account.user, &self.account.password).send().await.unwrap();
        client.sync_once(SyncSettings::new()).await.unwrap();
        client.get_room(room).unwrap().send_raw(kind, content).await.unwrap().response.event_id
    }

    /// The next message is encrypted under a new key.
    pub async fn begins_a_new_key(&self, room: &RoomId) {
        self.client.get_room(room).unwrap().discard_room_key().await.unwrap();
    }

    /// The person's id.
    pub fn id(&self) -> &UserId {
        self.client.user_id().unwrap()
    }

    /// Makes an encrypted room and invites.
    pub async fn make_room(&mut self, name: &str, invited: &[&UserId]) -> OwnedRoomId {
        let encryption = json!({
            "type": "m.room.encryption",
            "state_key": "",
            "content": { "algorithm": "m.megolm.v1.aes-sha2" },
        });
        let mut request = create_room::v3::Request::new();
        request.name = Some(name.to_owned());
        request.preset = Some(create_room::v3::RoomPreset::PrivateChat);
        request.invite = invited.iter().map(|user| (*user).to_owned()).collect();
        request.initial_state = vec![serde_json::from_value(encryption).unwrap()];
        let room = self.client.create_room(request).await.unwrap();
        room.room_id().to_owned()
    }

    /// Accepts an invitation.
    pub async fn join(&mut self, room: &RoomId) {
        self.client.join_room_by_id(room).await.unwrap();
        self.sync(Duration::ZERO).await;
    }

    /// Looks until somebody is in the room.
    pub async fn until_joined(&mut self, room: &RoomId, user: &UserId) {
        let is_entry = |event: &TimelineEvent| {
            let event: Value = serde_json::from_str(event.raw().json().get()).unwrap();
            event["type"] == "m.room.member"
                && event["state_key"] == user.as_str()
                && event["content"]["membership"] == "join"
        };
        self.until(room, |officer| officer.timeline.iter().any(is_entry)).await;
    }

    /// Sends something, encrypted for whoever is there now. Returns its id.
    pub async fn send(&mut self, room: &RoomId, kind: &str, content: Value) -> OwnedEventId {
        self.sync(Duration::ZERO).await;
        let room = self.client.get_room(room).unwrap();
        room.send_raw(kind, content).await.unwrap().response.event_id
    }

    /// Sends a photo with some words, encrypted as the room is. Returns its id.
    pub async fn send_photo(&mut self, room: &RoomId, name: &str, photo: &[u8], words: &str) -> OwnedEventId {
        self.sync(Duration::ZERO).await;
        let room = self.client.get_room(room).unwrap();
        let words = TextMessageEventContent::plain(words);
        let details = AttachmentConfig::new().caption(Some(words));
        let jpeg = "image/jpeg".parse().unwrap();
        room.send_attachment(name, &jpeg, photo.to_vec(), details).await.unwrap().event_id
    }

    /// Sends an event as it is, which a client would have encrypted. Returns its id.
    pub async fn send_unencrypted(&mut self, room: &RoomId, kind: &str, content: Value) -> OwnedEventId {
        let content = serde_json::value::to_raw_value(&content).unwrap();
        let content = Raw::<AnyMessageLikeEventContent>::from_json(content);
        let transaction = TransactionId::new();
        let request = send_message_event::v3::Request::new_raw(room.to_owned(), transaction, kind.into(), content);
        self.client.send(request).await.unwrap().event_id
    }

    /// Throws somebody out.
    pub async fn kick(&mut self, room: &RoomId, user: &UserId) {
        self.client.get_room(room).unwrap().kick_user(user, None).await.unwrap();
    }

    /// What somebody's membership of a room is, asked of the server.
    pub async fn membership(&mut self, room: &RoomId, user: &UserId) -> String {
        let kind = StateEventType::RoomMember;
        let request = get_state_event_for_key::v3::Request::new(room.to_owned(), kind, user.to_string());
        let content = self.client.send(request).await.unwrap().into_content();
        let content: Value = serde_json::from_str(content.json().get()).unwrap();
        content["membership"].as_str().unwrap().to_owned()
    }

    /// Removes something.
    pub async fn redact(&mut self, room: &RoomId, event: &EventId) {
        self.client.get_room(room).unwrap().redact(event, None, None).await.unwrap();
    }

    /// Looks until the event is there.
    pub async fn until_event(&mut self, room: &RoomId, event: &EventId) {
        let is_it = |one: &TimelineEvent| one.event_id().as_deref() == Some(event);
        self.until(room, |officer| officer.timeline.iter().any(is_it)).await;
    }

    /// Everything that the client shows of the room, as JSON, decrypted; it fails on what can't be read.
    ///
    /// A client that sees a device for the first time learns only afterwards who signed it, and then looks again.
    pub async fn readable_timeline(&mut self, room: &RoomId) -> Vec<Value> {
        self.sync(Duration::ZERO).await;
        let room = self.client.get_room(room).unwrap();
        let mut readable = Vec::new();
        for event in &self.timeline {
            let event = match &event.kind {
                TimelineEventKind::UnableToDecrypt { event, .. } => {
                    room.decrypt_event(event.cast_ref_unchecked(), None).await.unwrap()
                }
                TimelineEventKind::Decrypted(_) | TimelineEventKind::PlainText { .. } => event.clone(),
            };
            if let TimelineEventKind::UnableToDecrypt { utd_info, .. } = &event.kind {
                panic!("{} can't read {:?}: {utd_info:?}", self.id(), event.event_id());
            }
            readable.push(serde_json::from_str(event.raw().json().get()).unwrap());
        }
        readable
    }

    /// Looks until something like that can be read, and returns it, decrypted.
    pub async fn until_readable(&mut self, room: &RoomId, is_it: impl Fn(&Value) -> bool) -> Value {
        let looked = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(found) = self.readable_timeline(room).await.into_iter().find(&is_it) {
                    return found;
                }
                self.sync(Duration::from_secs(5)).await;
            }
        });
        looked.await.unwrap_or_else(|_| panic!("looked in vain in {room}"))
    }

    async fn until(&mut self, room: &RoomId, mut found: impl FnMut(&Self) -> bool) {
        let looked = tokio::time::timeout(PATIENCE, async {
            while !found(self) {
                self.sync(Duration::from_secs(5)).await;
            }
        });
        assert!(looked.await.is_ok(), "looked in vain in {room}");
    }

    /// Looks once; waits that long for something new.
    pub async fn sync(&mut self, long_poll: Duration) {
        let response = self.client.sync_once(SyncSettings::new().timeout(long_poll)).await.unwrap();
        for update in response.rooms.joined.into_values() {
            self.timeline.extend(update.timeline.events);
        }
    }
}
