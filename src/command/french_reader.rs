//! The grammar of days and hours in French: small, written by hand, and all or nothing: a word that is not
//! understood makes the whole unreadable, so that nothing that an officer typed is dropped.

use jiff::civil::Date;
use jiff::{ToSpan, ZonedDateTime};

use crate::command::french_hours::{in_part, part, time};
use crate::command::french_time::{Day, MONTHS, Moment, weekday};
use crate::command::french_tokens::Cursor;
use crate::domain::fold::fold;

/// Years that a day can be in: nobody's age or case lies outside.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// The moment that the whole text says: a day and at most one hour, in either order, and a part of the day. Relative
/// words are counted from `now`.
pub fn moment(text: &str, now: &ZonedDateTime) -> Option<Moment> {
    let mut cursor = Cursor::new(&fold(text));
    let today = now.date();
    let (mut day_said, mut time_said, mut part_said) = (None, None, None);
    while !cursor.is_at_end() {
        if let Some(time) = cursor.attempt(time) {
            keep(&mut time_said, time)?;
        } else if let Some(day) = cursor.attempt(|cursor| day(cursor, today, now.hour())) {
            keep(&mut day_said, day)?;
        } else if let Some((part, is_today)) = cursor.attempt(part) {
            keep(&mut part_said, part)?;
            if is_today {
                keep(&mut day_said, Day::On(today))?;
            }
        } else if !cursor.eat(&["le"]) && !cursor.eat_sign(',') {
            return None;
        }
    }
    let time = match (time_said, part_said) {
        (Some(time), Some(part)) => Some(in_part(time, part)?),
        (time, part) => time.or(part),
    };
    // «Dans la nuit au matin» says nothing.
    let day = day_said.filter(|day| !matches!((day, part_said), (Day::Night(_) | Day::Between(..), Some(_))))?;
    Some(Moment { day, time })
}

fn day(cursor: &mut Cursor, today: Date, hour: i8) -> Option<Day> {
    if cursor.eat(&["cette", "nuit"]) {
        // Said before the evening it is the night that is over, said in the evening the one that begins.
        let evening = if hour < 18 { today.yesterday().ok()? } else { today };
        return Some(Day::Night(evening));
    }
    if cursor.eat(&["la", "nuit", "derniere"]) {
        return Some(Day::Night(today.yesterday().ok()?));
    }
    if cursor.eat(&["dans", "la", "nuit"]) || cursor.eat(&["la", "nuit"]) || cursor.eat(&["nuit"]) {
        let (evening, morning) = span(cursor, today)?;
        return (evening.tomorrow().ok()? == morning).then_some(Day::Night(evening));
    }
    if let Some((first, last)) = cursor.attempt(|cursor| span(cursor, today)) {
        return Some(Day::Between(first, last));
    }
    date(cursor, today).map(Day::On)
}

/// `du 13 au 14 mars`, `du 31 mars au 1er avril 2026`.
fn span(cursor: &mut Cursor, today: Date) -> Option<(Date, Date)> {
    if !cursor.eat(&["du"]) {
        return None;
    }
    let said_first = said_date(cursor)?;
    let last = cursor.then(&["au"], |cursor| date(cursor, today))?;
    let first = match said_first.month {
        Some(_) => said_first.nearest(today, said_first.year.or(Some(last.year())))?,
        None => SaidDate { month: Some(last.month()), ..said_first }.nearest(today, Some(last.year()))?,
    };
    // From the end of one year to the start of the next, the year is said once: of the last day.
    let first = if first > last && said_first.year.is_none() { said_first.in_year(last.year() - 1)? } else { first };
    (first < last).then_some((first, last))
}

fn date(cursor: &mut Cursor, today: Date) -> Option<Date> {
    relative_date(cursor, today).or_else(|| {
        let said = said_date(cursor)?;
        said.nearest(today, said.year)
    })
}

fn relative_date(cursor: &mut Cursor, today: Date) -> Option<Date> {
    let days = [("aujourd'hui", 0), ("hier", -1), ("avant-hier", -2), ("demain", 1), ("apres-demain", 2)];
    for (word, offset) in days {
        if cursor.eat(&[word]) {
            return today.checked_add(offset.days()).ok();
        }
    }
    cursor.attempt(|cursor| {
        let weekday = weekday(&cursor.word()?)?;
        let past = cursor.eat(&["dernier"]) || cursor.eat(&["passe"]);
        let nth = if past { -1 } else { i32::from(cursor.eat(&["prochain"])) };
        today.nth_weekday(nth, weekday).ok().filter(|_| nth != 0)
    })
}

/// `2026-03-12`, `12/03`, `12/03/2026`, `samedi 14 mars`, `1er avril 2026`; just `13` where a span goes on.
pub(in crate::command) fn said_date(cursor: &mut Cursor) -> Option<SaidDate> {
    let weekday = cursor.attempt(|cursor| weekday(&cursor.word()?));
    if let Some(year) = cursor.attempt(|cursor| cursor.number(4)) {
        let month = cursor.eat_sign('-').then(|| cursor.number(2)).flatten()?;
        let day = cursor.eat_sign('-').then(|| cursor.number(2)).flatten()?;
        cursor.eat(&["t"]);
        return SaidDate { weekday, day, month: Some(i8::try_from(month).ok()?), year: Some(year) }.checked();
    }
    let day = cursor.number(2)?;
    cursor.eat(&["er"]);
    for sign in ['/', '.', '-'] {
        if cursor.eat_sign(sign) {
            let month = Some(i8::try_from(cursor.number(2)?).ok()?);
            let year = if cursor.eat_sign(sign) { Some(year(cursor)?) } else { None };
            return SaidDate { weekday, day, month, year }.checked();
        }
    }
    let month = cursor.attempt(month);
    let year = if month.is_some() { cursor.attempt(|cursor| cursor.number(4)) } else { None };
    SaidDate { weekday, day, month, year }.checked()
}

/// The name of a month, or its first letters (`sept.`).
fn month(cursor: &mut Cursor) -> Option<i8> {
    let word = cursor.word()?;
    let is_meant =
        |name: &&str| fold(name) == word || (word.len() >= 3 && word != "jui" && fold(name).starts_with(&word));
    let place = MONTHS.iter().position(is_meant)?;
    cursor.eat_sign('.');
    i8::try_from(place + 1).ok()
}

fn year(cursor: &mut Cursor) -> Option<i16> {
    cursor.attempt(|cursor| cursor.number(4)).or_else(|| cursor.attempt(|cursor| Some(2000 + cursor.exactly(2)?)))
}

/// A date as it was said, which may leave things out.
#[derive(Clone, Copy)]
pub(in crate::command) struct SaidDate {
    weekday: Option<jiff::civil::Weekday>,
    day: i16,
    month: Option<i8>,
    /// The year, if it was said.
    pub year: Option<i16>,
}

impl SaidDate {
    fn checked(self) -> Option<Self> {
        let is_year = self.year.is_none_or(|year| YEARS.contains(&year));
        ((1..=31).contains(&self.day) && is_year).then_some(self)
    }

    /// The day in that year, or, if none is known, in the year that brings it nearest to today.
    fn nearest(self, today: Date, year: Option<i16>) -> Option<Date> {
        match year {
            Some(year) => self.in_year(year),
            None => (-1..=1)
                .filter_map(|offset| self.in_year(today.year() + offset))
                .min_by_key(|date| date.duration_since(today).abs()),
        }
    }

    /// The day in that year, if there is one.
    pub fn in_year(self, year: i16) -> Option<Date> {
        let date = Date::new(year, self.month?, i8::try_from(self.day).ok()?).ok()?;
        self.weekday.is_none_or(|weekday| weekday == date.weekday()).then_some(date)
    }
}

/// Puts a value where there is none yet.
pub(in crate::command) fn keep<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}
