//! A day and an hour as French people type them, past or planned: what is said of it must mean the same when it is read again.
#![no_main]

use jiff::SignedDuration;
use libfuzzer_sys::fuzz_target;
use portevoix::command::french_plan::{self, Plan};
use portevoix::command::french_time::Moment;
use portevoix_fuzz::now;

fuzz_target!(|input: (u32, &str)| {
    let (hours, text) = input;
    // Within thirty years, at any hour, through both changes of the clock.
    let Ok(now) = now().checked_add(SignedDuration::from_hours(i64::from(hours) % 262_800)) else { return };
    if let Ok(Plan::At(at)) = french_plan::read(text, &now) {
        let said = french_plan::say(&at.to_zoned_datetime(now.time_zone().clone()));
        assert_eq!(french_plan::read(&said, &now), Ok(Plan::At(at)), "{text:?} at {now} is planned as {said:?}");
    }
    let Some(moment) = Moment::read(text, &now) else { return };
    let said = moment.say(&now);
    let again = Moment::read(&said, &now);
    assert_eq!(again.as_ref(), Some(&moment), "{text:?} at {now} is said as {said:?}");
    assert_eq!(moment.say(&now), said);
});
