//! How the fake Mastodon lets applications in: registered, allowed by the account's owner, given a token.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::harness::fake_mastodon::server::Server;

/// Shows the code to the person instead of redirecting.
const OUT_OF_BAND: &str = "urn:ietf:wg:oauth:2.0:oob";

/// A registered application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Names it.
    pub client_id: String,
    /// Proves it.
    pub client_secret: String,
    /// What it may ever ask for.
    pub scopes: BTreeSet<String>,
}

/// Scopes as a form has them.
fn scopes(text: Option<&String>) -> BTreeSet<String> {
    text.map_or("read", String::as_str).split(' ').map(str::to_owned).collect()
}

impl Server {
    /// `POST /api/v1/apps`.
    pub fn register(&mut self, form: &HashMap<String, String>) -> (u16, Value) {
        let redirect = form.get("redirect_uris").map(String::as_str);
        if form.get("client_name").is_none_or(String::is_empty) || redirect != Some(OUT_OF_BAND) {
            return (422, json!({ "error": "Validation failed: Redirect URI must be an absolute URI." }));
        }
        let number = self.applications.len();
        let application = Application {
            client_id: format!("portevoix-client-{number}"),
            client_secret: format!("secret-du-client-{number}-9d2e"),
            scopes: scopes(form.get("scopes")),
        };
        let shown = json!({
            "id": number.to_string(), "name": form["client_name"], "website": null, "scopes": application.scopes,
            "redirect_uri": OUT_OF_BAND, "redirect_uris": [OUT_OF_BAND], "client_id": application.client_id,
            "client_secret": application.client_secret, "client_secret_expires_at": 0,
        });
        self.applications.push(application);
        (200, shown)
    }

    /// The account's owner opens that address and agrees: the code that the page shows.
    ///
    /// # Panics
    /// When the address does not ask as the documentation has it.
    pub fn agrees(&mut self, address: &str) -> String {
        let url = reqwest::Url::parse(address).unwrap();
        assert_eq!((url.path(), url.authority()), ("/oauth/authorize", self.host.as_str()));
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!((asked["response_type"].as_str(), asked["redirect_uri"].as_str()), ("code", OUT_OF_BAND));
        let application = self.applications.iter().find(|known| known.client_id == asked["client_id"]).unwrap();
        let granted = scopes(asked.get("scope"));
        assert!(granted.is_subset(&application.scopes), "{granted:?}");
        let code = format!("code-{}-5b7a", self.codes.len());
        self.codes.insert(code.clone(), (application.client_id.clone(), granted));
        code
    }

    /// `POST /oauth/token`.
    pub fn exchange(&mut self, form: &HashMap<String, String>) -> (u16, Value) {
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let is_known = self.applications.iter().any(|application| {
            application.client_id == field("client_id") && application.client_secret == field("client_secret")
        });
        if !is_known {
            return (
                401,
                json!({ "error": "invalid_client", "error_description": "Client authentication failed due to \
                unknown client, no client authentication included, or unsupported authentication method." }),
            );
        }
        let is_right = field("grant_type") == "authorization_code" && field("redirect_uri") == OUT_OF_BAND;
        // A code opens once.
        let granted = self.codes.remove(field("code")).filter(|(client, _)| is_right && client == field("client_id"));
        let Some((_, granted)) = granted else {
            return (
                400,
                json!({ "error": "invalid_grant", "error_description": "The provided authorization grant is \
                invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was \
                issued to another client." }),
            );
        };
        let scope = granted.iter().cloned().collect::<Vec<_>>().join(" ");
        self.scopes = granted;
        (
            200,
            json!({ "access_token": self.token, "token_type": "Bearer", "scope": scope, "created_at": 1_573_979_017 }),
        )
    }
}
