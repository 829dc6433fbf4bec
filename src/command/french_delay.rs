//! The grammar of delays in French: `dans 2 h`, `dans une demi-heure`, `dans 1h30`, `dans 3 jours`.

use crate::command::french_tokens::Cursor;

/// How long from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// By the clock, whatever is done to the hour meanwhile.
    Seconds(i64),
    /// By the calendar.
    Days(i64),
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

/// Numbers that people write out.
const NUMBERS: [(&str, i64); 18] = [
    ("un", 1),
    ("une", 1),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("six", 6),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("douze", 12),
    ("quinze", 15),
    ("vingt", 20),
    ("trente", 30),
    ("quarante", 40),
    ("quarante-cinq", 45),
    ("quarante-huit", 48),
];

/// A delay, after its `dans`; call it within [`attempt`](Cursor::attempt).
pub fn delay(cursor: &mut Cursor) -> Option<Delay> {
    if !cursor.eat(&["dans"]) {
        return None;
    }
    if cursor.eat(&["une", "demi-heure"]) || cursor.eat(&["une", "demie", "heure"]) {
        return Some(Delay::Seconds(HOUR / 2));
    }
    if cursor.eat(&["un", "quart", "d'heure"]) {
        return Some(Delay::Seconds(HOUR / 4));
    }
    if cursor.eat(&["trois", "quarts", "d'heure"]) {
        return Some(Delay::Seconds(3 * HOUR / 4));
    }
    let number = number(cursor)?;
    if eat_minutes(cursor) {
        return Some(Delay::Seconds(number * MINUTE));
    }
    if ["h", "heure", "heures", "hrs"].iter().any(|word| cursor.eat(&[word])) {
        return Some(Delay::Seconds(number * HOUR + beyond(cursor)));
    }
    if ["jour", "jours", "j"].iter().any(|word| cursor.eat(&[word])) {
        return Some(Delay::Days(number));
    }
    (cursor.eat(&["semaine"]) || cursor.eat(&["semaines"])).then_some(Delay::Days(7 * number))
}

/// What is said after whole hours, in seconds: `1h30`, `1 h 30 min`, `une heure et demie`.
fn beyond(cursor: &mut Cursor) -> i64 {
    if cursor.eat(&["et", "demie"]) || cursor.eat(&["et", "demi"]) {
        return HOUR / 2;
    }
    if cursor.eat(&["et", "quart"]) {
        return HOUR / 4;
    }
    let minutes = cursor.attempt(|cursor| {
        cursor.eat(&["et"]);
        number(cursor).filter(|minutes| *minutes < 60)
    });
    if minutes.is_some() {
        eat_minutes(cursor);
    }
    minutes.unwrap_or(0) * MINUTE
}

/// Goes over the word for minutes, if it comes next.
fn eat_minutes(cursor: &mut Cursor) -> bool {
    ["min", "mn", "minute", "minutes"].iter().any(|word| cursor.eat(&[word]))
}

fn number(cursor: &mut Cursor) -> Option<i64> {
    let digits = [1, 2, 3].into_iter().find_map(|digits| cursor.attempt(|cursor| cursor.exactly(digits)));
    digits.map(i64::from).or_else(|| NUMBERS.iter().find(|(word, _)| cursor.eat(&[word])).map(|(_, number)| *number))
}
