//! Signs a request with OAuth 1.0a's HMAC-SHA1 (RFC 5849), for accounts that have the four keys of it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use reqwest::{Method, Url};
use sha1::Sha1;

use crate::domain::secret::Secret;

/// The keys of an application and of an account that let it in.
#[derive(Clone, Debug)]
pub struct UserKeys {
    /// The application's «API key».
    pub api_key: Secret,
    /// Its «API key secret».
    pub api_secret: Secret,
    /// The account's «access token».
    pub access_token: Secret,
    /// Its «access token secret».
    pub access_secret: Secret,
}

impl UserKeys {
    /// The `Authorization` header of a request whose body is no form: JSON and multipart bodies are not signed
    /// (section 3.4.1.3.1). `nonce` must be another one for each request of the same second.
    pub fn authorization(&self, method: &Method, url: &Url, nonce: &str, now: Timestamp) -> String {
        let seconds = now.as_second().to_string();
        let ours = [
            ("oauth_consumer_key", self.api_key.expose()),
            ("oauth_nonce", nonce),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", &seconds),
            ("oauth_token", self.access_token.expose()),
            ("oauth_version", "1.0"),
        ];
        let base = base_string(method, url, &ours);
        let signature = sign(&base, self.api_secret.expose(), self.access_secret.expose());
        let parts = ours.iter().copied().chain([("oauth_signature", signature.as_str())]);
        let parts: Vec<String> = parts.map(|(name, value)| format!("{name}=\"{}\"", encoded(value))).collect();
        format!("OAuth {}", parts.join(", "))
    }

    /// What must not be in any text.
    pub fn secrets(&self) -> [&Secret; 4] {
        [&self.api_key, &self.api_secret, &self.access_token, &self.access_secret]
    }
}

/// The signature base string (section 3.4.1): the method, the address without its query, and every parameter of the
/// query and of the header, sorted.
pub fn base_string(method: &Method, url: &Url, oauth: &[(&str, &str)]) -> String {
    let mut parameters: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (encoded(&name), encoded(&value)))
        .chain(oauth.iter().map(|(name, value)| (encoded(name), encoded(value))))
        .collect();
    parameters.sort();
    let parameters: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut address = url.clone();
    address.set_query(None);
    address.set_fragment(None);
    format!("{method}&{}&{}", encoded(address.as_str()), encoded(&parameters.join("&")))
}

/// HMAC-SHA1 of a base string in base64 (section 3.4.2).
///
/// # Panics
/// Never: HMAC takes a key of any length.
pub fn sign(base: &str, api_secret: &str, access_secret: &str) -> String {
    let key = format!("{}&{}", encoded(api_secret), encoded(access_secret));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(base.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Section 3.6: everything but RFC 3986's unreserved characters is written as `%XX`.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string never fails.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
