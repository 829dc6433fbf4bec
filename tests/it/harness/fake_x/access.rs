//! Who may do what on the fake X: tokens that end and rotate, and signatures, checked by the book.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha1::Sha1;

use crate::harness::fake_x::Call;

/// What lets someone in.
pub struct Accesses {
    /// The application's client id.
    pub client_id: String,
    /// Its secret, where it is a confidential one.
    pub client_secret: Option<String>,
    /// Access tokens, with their scopes and their end.
    pub tokens: BTreeMap<String, (BTreeSet<String>, Timestamp)>,
    /// Refresh tokens that were not used yet, each with the access token that it came with.
    pub refreshes: BTreeMap<String, String>,
    /// How often tokens were renewed.
    pub renewals: usize,
    /// What a person who agrees gives.
    pub scopes: BTreeSet<String>,
    /// Codes that were not exchanged yet: challenge, redirect address, end.
    pub codes: BTreeMap<String, (String, String, Timestamp)>,
    /// OAuth 1.0a: API key, its secret, access token, its secret.
    pub keys: [String; 4],
    /// Nonces that were used.
    nonces: BTreeSet<String>,
    serial: usize,
}

impl Default for Accesses {
    fn default() -> Self {
        let scopes = ["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"];
        Self {
            client_id: "cG9ydGV2b2l4OjE6Y2k".to_owned(),
            client_secret: None,
            tokens: BTreeMap::new(),
            refreshes: BTreeMap::new(),
            renewals: 0,
            scopes: scopes.map(str::to_owned).into(),
            codes: BTreeMap::new(),
            keys: ["cle-api", "secret-api+/=", "2262347611-jeton", "secret-jeton"].map(str::to_owned),
            nonces: BTreeSet::new(),
            serial: 0,
        }
    }
}

impl Accesses {
    /// A new pair of tokens.
    pub fn grant(&mut self, now: Timestamp) -> (String, String) {
        self.serial += 1;
        let (access, refresh) = (format!("jeton-acces-{}", self.serial), format!("jeton-suite-{}", self.serial));
        self.tokens.insert(access.clone(), (self.scopes.clone(), now + SignedDuration::from_hours(2)));
        self.refreshes.insert(refresh.clone(), access.clone());
        (access, refresh)
    }

    /// Uses a refresh token up.
    pub fn renew(&mut self, refresh: &str, now: Timestamp) -> Option<(String, String)> {
        let access = self.refreshes.remove(refresh)?;
        self.tokens.remove(&access);
        self.renewals += 1;
        Some(self.grant(now))
    }

    /// A new code for a person who agreed.
    pub fn code(&mut self, challenge: String, redirect: String, now: Timestamp) -> String {
        self.serial += 1;
        let code = format!("code-{}", self.serial);
        self.codes.insert(code.clone(), (challenge, redirect, now + SignedDuration::from_secs(30)));
        code
    }

    /// What the request's `Authorization` lets it do; none if X does not know it.
    pub fn scopes_of(&mut self, call: &Call, host: &str, now: Timestamp) -> Option<BTreeSet<String>> {
        let header = call.header("authorization");
        if let Some(token) = header.strip_prefix("Bearer ") {
            return self.tokens.get(token).filter(|(_, end)| now < *end).map(|(scopes, _)| scopes.clone());
        }
        let pairs = header.strip_prefix("OAuth ")?;
        let pairs: BTreeMap<String, String> = pairs
            .split(',')
            .filter_map(|pair| {
                let (name, value) = pair.trim().split_once('=')?;
                Some((name.to_owned(), decoded(value.trim_matches('"'))))
            })
            .collect();
        self.is_signed(call, host, now, pairs).then(|| self.scopes.clone())
    }

    /// RFC 5849, section 3.2.
    fn is_signed(&mut self, call: &Call, host: &str, now: Timestamp, mut pairs: BTreeMap<String, String>) -> bool {
        let Some(signature) = pairs.remove("oauth_signature") else { return false };
        let is = |name: &str, value: &str| pairs.get(name).is_some_and(|given| given == value);
        let timestamp: Option<i64> = pairs.get("oauth_timestamp").and_then(|text| text.parse().ok());
        let is_timely = timestamp.is_some_and(|time| (now.as_second() - time).abs() <= 300);
        let is_known = is("oauth_consumer_key", &self.keys[0]) && is("oauth_token", &self.keys[2]);
        let is_plain = is("oauth_signature_method", "HMAC-SHA1") && is("oauth_version", "1.0");
        let is_new = pairs.get("oauth_nonce").is_some_and(|nonce| self.nonces.insert(nonce.clone()));
        let query = call.query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
        });
        let mut parameters: Vec<String> =
            query.chain(pairs.clone()).map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value))).collect();
        parameters.sort();
        let address = format!("http://{host}{}", call.path);
        let base = [call.method.clone(), encoded(&address), encoded(&parameters.join("&"))].join("&");
        let key = format!("{}&{}", encoded(&self.keys[1]), encoded(&self.keys[3]));
        let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(base.as_bytes());
        is_timely && is_known && is_plain && is_new && STANDARD.encode(mac.finalize().into_bytes()) == signature
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hexadecimal = |byte: Option<u8>| char::from(byte.unwrap()).to_digit(16).unwrap();
        bytes.push(match byte {
            b'%' => u8::try_from(hexadecimal(rest.next()) * 16 + hexadecimal(rest.next())).unwrap(),
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
