//! What X answers, and whether a text is recognised in the form in which X shows it: else it would be sent twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portevoix::command::clean::clean;
use portevoix::network::http::Stakes;
use portevoix::network::x::wire::{Entities, Page, Shown, Stored, Upload, data, owner};
use portevoix::network::x::words::{Likeness, compare};
use portevoix_fuzz::{answer, look_at};

fuzz_target!(|bytes: &[u8]| {
    if let Some(text) = std::str::from_utf8(bytes).ok().and_then(|text| clean(text).ok()) {
        let shown = Shown {
            id: "1".to_owned(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            text: text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
            entities: Entities::default(),
            note_tweet: None,
        };
        for has_pictures in [false, true] {
            assert_ne!(
                compare(&shown, &text, has_pictures),
                Likeness::Other,
                "our own text is not recognised: {text:?}"
            );
        }
    }
    let Some(answer) = answer(bytes) else { return };
    look_at(&answer);
    if let Ok(page) = answer.read::<Page>(Stakes::Nothing) {
        for shown in &page.data {
            let _ = compare(shown, &shown.text, false);
            let _ = compare(shown, "Appel à témoins https://example.org/1", true);
        }
    }
    let _ = data::<Stored>(&answer, Stakes::APost);
    let _ = data::<Upload>(&answer, Stakes::Nothing);
    let _ = owner(&answer);
});
