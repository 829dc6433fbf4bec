//! A headless Chromium, driven over WebDriver (<https://www.w3.org/TR/webdriver2/>).

use std::env;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures_util::FutureExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use unicode_segmentation::UnicodeSegmentation;

use crate::harness::http;

/// The most that a page may take for what a test waits for, in milliseconds; far more than it needs on a busy machine.
const LONGEST_WAIT: u32 = 30_000;

/// What WebDriver calls keys that are no letters.
pub const TAB: &str = "\u{E004}";
pub const ENTER: &str = "\u{E007}";
pub const SHIFT: &str = "\u{E008}";
pub const DOWN: &str = "\u{E015}";
pub const SPACE: &str = " ";

/// A browser with one page.
pub struct Browser {
    server: String,
    session: String,
    _driver: Child,
    _output: BufReader<ChildStdout>,
    _profile: TempDir,
}

/// Plays a scene in a fresh browser, and closes it however the scene ends.
pub async fn in_browser(scene: impl AsyncFnOnce(&Browser)) {
    let browser = Browser::start().await;
    let played = AssertUnwindSafe(scene(&browser)).catch_unwind().await;
    browser.close().await;
    if let Err(panic) = played {
        resume_unwind(panic);
    }
}

impl Browser {
    async fn start() -> Self {
        let chromedriver = env::var("PORTEVOIX_TEST_CHROMEDRIVER").expect("tests/run names it");
        let chromium = env::var("PORTEVOIX_TEST_CHROMIUM").expect("tests/run names it");
        let mut driver = Command::new(chromedriver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(driver.stdout.take().unwrap());
        let port = loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).await.unwrap() > 0, "chromedriver ended before it was ready");
            if let Some((_, port)) = line.trim_end().trim_end_matches('.').rsplit_once("successfully on port ") {
                break port.to_owned();
            }
        };
        let profile = tempfile::tempdir().unwrap();
        let flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=fr",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let wish = json!({
            "browserName": "chrome",
            "timeouts": { "script": LONGEST_WAIT },
            "goog:chromeOptions": { "binary": chromium, "args": flags },
        });
        let mut browser = Self {
            server: format!("127.0.0.1:{port}"),
            session: String::new(),
            _driver: driver,
            _output: output,
            _profile: profile,
        };
        let session = browser.ask("POST", "/session", json!({ "capabilities": { "alwaysMatch": wish } })).await;
        browser.session = session["sessionId"].as_str().unwrap().to_owned();
        browser
    }

    /// Opens a page.
    pub async fn open(&self, url: &str) {
        self.post("url", json!({ "url": url })).await;
    }

    /// Makes the window that many CSS pixels wide and high, in the light or the dark scheme.
    pub async fn look(&self, width: u32, height: u32, is_dark: bool) {
        let scheme = if is_dark { "dark" } else { "light" };
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", size).await;
        let feature = |name: &str, value: &str| json!({ "name": name, "value": value });
        // Without motion a picture shows the page as it comes to rest.
        let still = feature("prefers-reduced-motion", "reduce");
        let media = json!({ "features": [feature("prefers-color-scheme", scheme), still] });
        self.command("Emulation.setEmulatedMedia", media).await;
    }

    /// What an expression of the page's language is worth now.
    pub async fn value(&self, expression: &str) -> Value {
        self.post("execute/sync", json!({ "script": format!("return ({expression})"), "args": [] })).await
    }

    /// Waits until an expression holds. Looks again whenever the page changes.
    pub async fn until(&self, expression: &str) {
        let script = format!(
            "const [done] = arguments;
            const watch = new MutationObserver(look);
            function look() {{ if ({expression}) {{ watch.disconnect(); done(true); }} }}
            watch.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
            look();"
        );
        self.post("execute/async", json!({ "script": script, "args": [] })).await;
    }

    /// Clicks the first element that a CSS selector finds.
    pub async fn click(&self, selector: &str) {
        let element = self.find(selector).await;
        self.post(&format!("element/{element}/click"), json!({})).await;
    }

    /// Picks the option of a select that begins with a text.
    pub async fn pick(&self, selector: &str, beginning: &str) {
        let script = format!(
            "[...document.querySelector({selector:?}).options].findIndex((option) => option.text.startsWith({beginning:?})) + 1"
        );
        let place = self.value(&script).await;
        self.click(&format!("{selector} option:nth-child({place})")).await;
    }

    /// Chooses a file of this machine for the first file input that a CSS selector finds.
    pub async fn choose_file(&self, selector: &str, file: &Path) {
        let element = self.find(selector).await;
        self.post(&format!("element/{element}/value"), json!({ "text": file.to_str().unwrap() })).await;
    }

    /// Types text or keys into whatever has the focus.
    pub async fn press(&self, keys: &str) {
        let strokes = keys
            .graphemes(true)
            .flat_map(|key| [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]);
        self.strokes(strokes.collect()).await;
    }

    /// Presses a key while another is held down.
    pub async fn press_with(&self, held: &str, key: &str) {
        let stroke = |kind: &str, key: &str| json!({ "type": kind, "value": key });
        let strokes = [stroke("keyDown", held), stroke("keyDown", key), stroke("keyUp", key), stroke("keyUp", held)];
        self.strokes(strokes.to_vec()).await;
    }

    /// Presses a key (Tab, say) until the element that a CSS selector finds has the focus.
    pub async fn walk_to(&self, selector: &str, held: Option<&str>) {
        /// More stops than the page has.
        const MOST_STOPS: usize = 60;
        for _ in 0..MOST_STOPS {
            if self.has_focus(selector).await {
                return;
            }
            match held {
                Some(held) => self.press_with(held, TAB).await,
                None => self.press(TAB).await,
            }
        }
        panic!("the keyboard does not reach {selector}");
    }

    /// Whether the element with the focus is one that a CSS selector finds.
    pub async fn has_focus(&self, selector: &str) -> bool {
        self.value(&format!("document.activeElement.matches({selector:?})")).await == true
    }

    /// Keeps a picture of the window under `target/`.
    pub async fn keep_picture(&self, name: &str) -> PathBuf {
        let picture = self.ask("GET", &format!("/session/{}/screenshot", self.session), Value::Null).await;
        let picture = BASE64_STANDARD.decode(picture.as_str().unwrap()).unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, picture).unwrap();
        path
    }

    async fn find(&self, selector: &str) -> String {
        let element = self.post("element", json!({ "using": "css selector", "value": selector })).await;
        let id = element.as_object().and_then(|element| element.values().next()?.as_str());
        id.unwrap_or_else(|| panic!("nothing on the page is {selector}")).to_owned()
    }

    async fn strokes(&self, strokes: Vec<Value>) {
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.post("actions", json!({ "actions": [keyboard] })).await;
    }

    async fn command(&self, name: &str, parameters: Value) {
        self.post("goog/cdp/execute", json!({ "cmd": name, "params": parameters })).await;
    }

    async fn post(&self, what: &str, wish: Value) -> Value {
        self.ask("POST", &format!("/session/{}/{what}", self.session), wish).await
    }

    async fn close(&self) {
        self.ask("DELETE", &format!("/session/{}", self.session), Value::Null).await;
    }

    async fn ask(&self, method: &str, path: &str, wish: Value) -> Value {
        let body = if wish.is_null() { String::new() } else { wish.to_string() };
        let answer = http::request(&self.server, method, path, &[("Content-Type", "application/json")], &body).await;
        let value: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{method} {path} {body}: {}", value["value"]["message"]);
        value["value"].clone()
    }
}
