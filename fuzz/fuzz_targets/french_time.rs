//! A day and an hour as French people type them: what is said of it must mean the same when it is read again.
#![no_main]

use jiff::SignedDuration;
use libfuzzer_sys::fuzz_target;
use portevoix::command::french_time::Moment;
use portevoix_fuzz::now;

fuzz_target!(|input: (u32, &str)| {
    let (hours, text) = input;
    // Within thirty years, at any hour, through both changes of the clock.
    let Ok(now) = now().checked_add(SignedDuration::from_hours(i64::from(hours) % 262_800)) else { return };
    let Some(moment) = Moment::read(text, &now) else { return };
    let said = moment.say(&now);
    let again = Moment::read(&said, &now);
    assert_eq!(again.as_ref(), Some(&moment), "{text:?} at {now} is said as {said:?}");
    assert_eq!(moment.say(&now), said);
});
