//! The grammar of hours in French: `22h30`, `vers 22 h`, `entre midi et 14h`, `ce matin`.

use crate::command::french_time::{Clock, Time};
use crate::command::french_tokens::Cursor;

/// An hour, with the word that says how exact it is.
pub fn time(cursor: &mut Cursor) -> Option<Time> {
    if cursor.eat(&["entre"]) {
        let first = clock(cursor)?;
        let last = cursor.then(&["et"], clock)?;
        return Some(Time::Between(first, last));
    }
    if cursor.eat(&["de"]) {
        let first = clock(cursor)?;
        let last = cursor.then(&["a"], clock)?;
        return Some(Time::Between(first, last));
    }
    let about: [&[&str]; 5] =
        [&["vers", "les"], &["vers"], &["environ"], &["autour", "de"], &["aux", "alentours", "de"]];
    if about.iter().any(|words| cursor.eat(words)) {
        return clock(cursor).map(Time::About);
    }
    cursor.eat(&["a"]);
    let clock = clock(cursor)?;
    Some(if cursor.eat(&["environ"]) { Time::About(clock) } else { Time::At(clock) })
}

/// `22h`, `22h30`, `22 h 30`, `22:30`, `22 heures`, `midi`, `minuit`.
fn clock(cursor: &mut Cursor) -> Option<Clock> {
    if cursor.eat(&["midi"]) {
        return Some(Clock { hour: 12, minute: 0 });
    }
    if cursor.eat(&["minuit"]) {
        return Some(Clock { hour: 0, minute: 0 });
    }
    let hour = cursor.number(2)?;
    let minute = if cursor.eat_sign(':') {
        let minute = cursor.number(2)?;
        // The seconds of an ISO time say nothing to the public.
        cursor.attempt(|cursor| if cursor.eat_sign(':') { cursor.number(2) } else { None });
        minute
    } else {
        if !["h", "heures", "heure", "hrs"].iter().any(|word| cursor.eat(&[word])) {
            return None;
        }
        let minute = cursor.attempt(|cursor| cursor.number(2)).unwrap_or(0);
        cursor.attempt(|cursor| (cursor.eat(&["min"]) || cursor.eat(&["mn"])).then_some(()));
        minute
    };
    let is_hour = (0..24).contains(&hour) && (0..60).contains(&minute);
    is_hour.then_some(Clock { hour: i8::try_from(hour).ok()?, minute: i8::try_from(minute).ok()? })
}

/// A part of the day, and whether it is said of today (`ce matin`).
pub fn part(cursor: &mut Cursor) -> Option<(Time, bool)> {
    let said: [(&[&str], Time, bool); 13] = [
        (&["ce", "matin"], Time::Morning, true),
        (&["ce", "soir"], Time::Evening, true),
        (&["cet", "apres-midi"], Time::Afternoon, true),
        (&["au", "matin"], Time::Morning, false),
        (&["du", "matin"], Time::Morning, false),
        (&["matin"], Time::Morning, false),
        (&["dans", "l'apres-midi"], Time::Afternoon, false),
        (&["de", "l'apres-midi"], Time::Afternoon, false),
        (&["apres-midi"], Time::Afternoon, false),
        (&["au", "soir"], Time::Evening, false),
        (&["du", "soir"], Time::Evening, false),
        (&["en", "soiree"], Time::Evening, false),
        (&["soir"], Time::Evening, false),
    ];
    said.into_iter().find(|(words, ..)| cursor.eat(words)).map(|(_, part, today)| (part, today))
}

/// An hour that was said with a part of the day: `11h du soir` is 23 h. None if they do not go together.
pub fn in_part(time: Time, part: Time) -> Option<Time> {
    let later = |clock: Clock| {
        let hour = if part != Time::Morning && (1..12).contains(&clock.hour) { clock.hour + 12 } else { clock.hour };
        let fits = part != Time::Morning || hour < 13;
        fits.then_some(Clock { hour, ..clock })
    };
    Some(match time {
        Time::At(clock) => Time::At(later(clock)?),
        Time::About(clock) => Time::About(later(clock)?),
        Time::Between(first, last) => Time::Between(later(first)?, later(last)?),
        Time::Morning | Time::Afternoon | Time::Evening => return None,
    })
}
