//! What an instance answers: JSON, a web page in its place, or anything else.
#![no_main]

use libfuzzer_sys::fuzz_target;
use portevoix::network::http::Stakes;
use portevoix::network::mastodon::status::{Instance, Owner, Status, StatusSource};
use portevoix_fuzz::{answer, look_at};

fuzz_target!(|data: &[u8]| {
    let Some(answer) = answer(data) else { return };
    look_at(&answer);
    let statuses: Vec<Status> = answer.read(Stakes::Nothing).unwrap_or_default();
    for status in statuses.iter().chain(answer.read(Stakes::APost).as_ref().ok()) {
        if let Some(url) = status.receipt().url {
            assert!(url.starts_with("http") && url.len() <= 2_000 && !url.contains([' ', '\n', '<', '>']), "{url:?}");
        }
        let _ = status.stands_alone();
    }
    let _ = answer.read::<StatusSource>(Stakes::Nothing);
    let _ = answer.read::<Owner>(Stakes::Nothing);
    let _ = answer.read::<Instance>(Stakes::Nothing);
});
