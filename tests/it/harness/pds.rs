//! Accounts on the real Bluesky PDS that tests/run starts.

use std::env;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use serde_json::{Value, json};

/// A fresh account.
pub struct PdsAccount {
    /// The PDS.
    pub url: String,
    /// `….test`
    pub handle: String,
    /// `did:plc:…`
    pub did: String,
    /// The account's password, which does what an app password does.
    pub password: String,
    client: reqwest::Client,
}

impl PdsAccount {
    /// Makes an account on the PDS of `PORTEVOIX_TEST_PDS`.
    pub async fn create() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let url = env::var("PORTEVOIX_TEST_PDS").expect("PORTEVOIX_TEST_PDS is the address of a PDS");
        let url = url.trim_end_matches('/').to_owned();
        let now = Timestamp::now().as_millisecond() % 10_000_000_000;
        let handle = format!("p{now}-{}.test", COUNTER.fetch_add(1, Ordering::SeqCst));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let password = "mot-de-passe-de-police44".to_owned();
        let body = json!({ "handle": handle, "email": format!("{handle}@example.test"), "password": password });
        let place = format!("{url}/xrpc/com.atproto.server.createAccount");
        let answer = client.post(place).json(&body).send().await.unwrap();
        let made: Value = answer.error_for_status().unwrap().json().await.unwrap();
        Self { url, handle, did: made["did"].as_str().unwrap().to_owned(), password, client }
    }

    /// The posts that stand in the repository, oldest key first: uri and content.
    pub async fn records(&self) -> Vec<(String, Value)> {
        self.records_of("app.bsky.feed.post").await
    }

    /// The records of that kind that stand in the repository, oldest key first: uri and content.
    pub async fn records_of(&self, collection: &str) -> Vec<(String, Value)> {
        let place = format!("{}/xrpc/com.atproto.repo.listRecords", self.url);
        let mut query = vec![("repo", self.did.clone()), ("collection", collection.to_owned())];
        query.extend([("reverse", "true".to_owned()), ("limit", "100".to_owned())]);
        let mut records = Vec::new();
        loop {
            let answer = self.client.get(&place).query(&query).send().await.unwrap();
            let listed: Value = answer.error_for_status().unwrap().json().await.unwrap();
            let page = listed["records"].as_array().unwrap();
            records.extend(
                page.iter().map(|record| (record["uri"].as_str().unwrap().to_owned(), record["value"].clone())),
            );
            let Some(cursor) = listed["cursor"].as_str().filter(|_| !page.is_empty()) else { return records };
            query.retain(|(name, _)| *name != "cursor");
            query.push(("cursor", cursor.to_owned()));
        }
    }

    /// A file of the repository: its media type and its bytes.
    pub async fn blob(&self, cid: &str) -> (String, Vec<u8>) {
        let place = format!("{}/xrpc/com.atproto.sync.getBlob", self.url);
        let query = [("did", self.did.as_str()), ("cid", cid)];
        let answer = self.client.get(place).query(&query).send().await.unwrap().error_for_status().unwrap();
        let media_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (media_type, answer.bytes().await.unwrap().to_vec())
    }

    /// The texts of these records.
    pub async fn texts(&self) -> Vec<String> {
        let records = self.records().await;
        records.iter().map(|(_, record)| record["text"].as_str().unwrap().to_owned()).collect()
    }

    /// Writes a record by hand.
    pub async fn writes_by_hand(&self, key: &str, text: &str) {
        let record = json!({ "$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-07-01T09:00:00Z" });
        let body = json!({ "repo": self.did, "collection": "app.bsky.feed.post", "rkey": key, "record": record });
        self.by_hand("com.atproto.repo.putRecord", &body).await;
    }

    /// Takes a post down by hand.
    pub async fn deletes_by_hand(&self, uri: &str) {
        let key = uri.rsplit('/').next().unwrap();
        let body = json!({ "repo": self.did, "collection": "app.bsky.feed.post", "rkey": key });
        self.by_hand("com.atproto.repo.deleteRecord", &body).await;
    }

    /// Makes an app password.
    pub async fn app_password(&self) -> String {
        let made = self.by_hand("com.atproto.server.createAppPassword", &json!({ "name": "portevoix" })).await;
        made["password"].as_str().unwrap().to_owned()
    }

    async fn by_hand(&self, method: &str, body: &Value) -> Value {
        let login = json!({ "identifier": self.handle, "password": self.password });
        let place = format!("{}/xrpc/com.atproto.server.createSession", self.url);
        let session: Value = self.client.post(place).json(&login).send().await.unwrap().json().await.unwrap();
        let place = format!("{}/xrpc/{method}", self.url);
        let token = session["accessJwt"].as_str().unwrap();
        let answer = self.client.post(place).bearer_auth(token).json(body).send().await.unwrap();
        answer.error_for_status().unwrap().json().await.unwrap_or_default()
    }
}
