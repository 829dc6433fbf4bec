//! The practice page in a real browser: what an officer and two supervisors see and press.

use crate::harness::browser::{Browser, DOWN, ENTER, SHIFT, SPACE, TAB, in_browser};
use crate::harness::demonstration::start_demonstration;
use crate::harness::photo::photo;

/// What an officer types; nothing is missing.
const APPEAL: &str = "!appel lieu: place du Bouffay, Nantes ; date: hier vers 22h ; faits: vol avec violence ; \
    tel_service: 02 61 91 44 17 ; parquet: accord du parquet de Nantes, 9h10";

const CARD: &str = "#messages > li[data-by=bot] > article";
const APPROVE: &str = "#messages > li[data-by=bot] > article .reaction[data-glyph=✅]";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Chromium: tests/run starts one"]
async fn a_draft_is_approved_by_two_and_seen_by_the_public() {
    let room = start_demonstration().await;
    in_browser(async |browser| {
        browser.look(1280, 900, false).await;
        browser.open(&room.url).await;
        browser.until("document.querySelectorAll('#person option').length === 3").await;
        browser.keep_picture("practice-room-empty").await;

        browser.pick("#person", "Martin").await;
        browser.click("#composer-text").await;
        browser.press(APPEAL).await;
        browser.press(ENTER).await;
        browser.until(&shows_reactions("✅ ❌ ⏸")).await;
        assert_eq!(browser.value("document.querySelectorAll('.post').length").await, 0);
        browser.keep_picture("practice-room-draft").await;
        browser.look(360, 740, false).await;
        browser.keep_picture("practice-room-phone-draft").await;
        browser.look(1280, 900, false).await;

        browser.pick("#person", "Durand").await;
        browser.click(APPROVE).await;
        browser.until(&pressed(true)).await;
        browser.pick("#person", "Lefèvre").await;
        browser.until(&pressed(false)).await;
        browser.click(APPROVE).await;
        browser.until(&card_says("✅ Publié")).await;
        let who = browser.value(&format!("document.querySelector('{APPROVE}').getAttribute('aria-label')")).await;
        assert_eq!(who, "Réaction ✅ : Durand, Lefèvre");
        published_as_on_the_card(browser).await;
        keep_pictures(browser).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Chromium: tests/run starts one"]
async fn the_keyboard_is_enough() {
    let room = start_demonstration().await;
    in_browser(async |browser| {
        browser.open(&room.url).await;
        browser.until("document.querySelectorAll('#person option').length === 3").await;

        browser.press(TAB).await;
        assert!(browser.has_focus(".skip").await, "the first stop skips to where one writes");
        browser.press(ENTER).await;
        browser.walk_to("#composer-text", None).await;
        let lines: Vec<&str> = APPEAL.split(" ; ").collect();
        for (place, line) in lines.iter().enumerate() {
            if place > 0 {
                browser.press_with(SHIFT, ENTER).await;
            }
            browser.press(line).await;
        }
        assert_eq!(browser.value("document.getElementById('composer-text').value").await, lines.join("\n"));
        browser.press(ENTER).await;
        browser.until(&shows_reactions("✅ ❌ ⏸")).await;

        for _supervisor in ["Durand", "Lefèvre"] {
            browser.walk_to("#person", Some(SHIFT)).await;
            browser.press(DOWN).await;
            browser.walk_to(APPROVE, None).await;
            browser.press(SPACE).await;
            browser.until(&pressed(true)).await;
            assert!(browser.has_focus(APPROVE).await, "voting leaves the focus where it was");
        }
        browser.until("document.querySelectorAll('.post').length === 2").await;
        let heard = browser.value("document.getElementById('spoken').textContent").await;
        assert!(heard.as_str().unwrap().contains("Un message vient d’être publié."), "{heard}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Chromium: tests/run starts one"]
async fn a_second_click_takes_the_reaction_back() {
    let room = start_demonstration().await;
    in_browser(async |browser| {
        browser.open(&room.url).await;
        browser.until("document.querySelectorAll('#person option').length === 3").await;
        browser.click("#composer-text").await;
        browser.press(APPEAL).await;
        browser.click("#composer button[type=submit]").await;
        browser.until(&shows_reactions("✅ ❌ ⏸")).await;
        browser.pick("#person", "Durand").await;
        browser.click(APPROVE).await;
        browser.until(&format!("{} && {}", pressed(true), card_says("Il manque 1 voix"))).await;
        browser.click(APPROVE).await;
        browser.until(&format!("{} && {}", pressed(false), card_says("Il manque 2 voix"))).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a real Chromium: tests/run starts one"]
async fn a_photo_is_attached_described_and_on_the_card() {
    let room = start_demonstration().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rue.jpg");
    std::fs::write(&file, photo(640, 400)).unwrap();
    in_browser(async |browser| {
        browser.look(1280, 1100, false).await;
        browser.open(&room.url).await;
        browser.until("document.querySelectorAll('#person option').length === 3").await;
        browser.pick("#person", "Martin").await;
        browser.choose_file("#composer-files", &file).await;
        browser.click("#composer-text").await;
        browser.press(APPEAL).await;
        browser.press(ENTER).await;
        browser.until("document.querySelector('img.file')?.naturalWidth === 640").await;
        browser.until("document.body.textContent.includes('Que montre la photo ?')").await;
        browser.click("#messages > li[data-by=bot] > .quiet").await;
        browser.press("La place du Bouffay, de nuit.").await;
        browser.press(ENTER).await;
        browser.until("document.body.textContent.includes('« La place du Bouffay, de nuit. »')").await;
        browser.keep_picture("practice-room-photo").await;
        browser.look(360, 740, false).await;
        browser.keep_picture("practice-room-phone-photo").await;
    })
    .await;
}

/// What came out is, sign by sign, what the card showed.
async fn published_as_on_the_card(browser: &Browser) {
    let on_card = browser.value(&format!("document.querySelector('{CARD} blockquote').textContent")).await;
    let posts = browser.value("[...document.querySelectorAll('.post .text')].map((post) => post.textContent)").await;
    assert_eq!(posts, serde_json::json!([on_card, on_card]));
}

/// Keeps the page as it looks on a desk and on a phone, by day and by night, and checks that nothing is cut off.
async fn keep_pictures(browser: &Browser) {
    for (name, is_dark) in [("light", false), ("dark", true)] {
        // High enough for the whole scene: the light one is the picture in the README.
        browser.look(1280, 1100, is_dark).await;
        browser.keep_picture(&format!("practice-room-{name}")).await;
        browser.look(360, 740, is_dark).await;
        browser.keep_picture(&format!("practice-room-phone-{name}")).await;
    }
    let overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.value(overflow).await, 0, "nothing is wider than a phone");
    browser.click(".sides button[data-side=public]").await;
    browser.until("document.getElementById('public').checkVisibility()").await;
    assert_eq!(browser.value(overflow).await, 0, "nor on the public's side");
    browser.keep_picture("practice-room-phone-public").await;
}

fn shows_reactions(glyphs: &str) -> String {
    format!(
        "[...document.querySelectorAll('{CARD} .reaction .glyph')].map((it) => it.textContent).join(' ') === '{glyphs}'"
    )
}

fn pressed(is_pressed: bool) -> String {
    format!("document.querySelector('{APPROVE}').getAttribute('aria-pressed') === '{is_pressed}'")
}

fn card_says(words: &str) -> String {
    format!("document.querySelector('{CARD}').textContent.includes('{words}')")
}
