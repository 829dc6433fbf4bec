//! What a PDS answers, and the links, tags and mentions that are found in a text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portevoix::network::bluesky::facets::detect;
use portevoix::network::bluesky::record::Standing;
use portevoix::network::http::Stakes;
use portevoix_fuzz::{answer, look_at};

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let mut end = 0;
        for facet in detect(text) {
            let bytes = facet.bytes;
            assert!(bytes.start >= end && bytes.start < bytes.end, "facets lie over each other in {text:?}");
            assert!(text.get(bytes.clone()).is_some(), "a facet cuts a sign in two: {text:?}");
            end = bytes.end;
        }
    }
    let Some(answer) = answer(data) else { return };
    look_at(&answer);
    if let Ok(standing) = answer.read::<Standing>(Stakes::Nothing) {
        assert!(standing.is(&standing.value.text.clone(), &[]) || !standing.value.embed["images"].is_null());
    }
});
