//! Reads when something is to be done, as French people type it, and says it back in full: `demain 8h30` becomes
//! `mercredi 25 novembre 2026 à 8 h 30`. All or nothing, as with the moments of a case; only here time lies ahead.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan, ZonedDateTime};

use crate::command::french_delay::{Delay, delay};
use crate::command::french_hours::{in_part, part, time};
use crate::command::french_reader::{SaidDate, keep, said_date};
use crate::command::french_time::{Clock, MONTHS, Time, WEEKDAYS, weekday};
use crate::command::french_tokens::Cursor;
use crate::domain::fold::fold;
use crate::domain::schedule::Unplannable;

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Not before that time.
    At(Timestamp),
    /// At no time in particular.
    Unplanned,
}

/// How far ahead anything is planned: the same day a year later can still be said without a mistake about the year.
const FARTHEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A day of this month or the last that is said without its year was meant as it is, and has passed.
const JUST_PASSED_DAYS: i64 = 31;

/// The time that the whole text says, counted from when it was typed.
///
/// # Errors
/// Why nothing can be planned for it.
pub fn read(text: &str, typed: &ZonedDateTime) -> Result<Plan, Unplannable> {
    let unread = || Unplannable::Unread(text.trim().chars().take(60).collect());
    let folded = fold(text);
    let undone = ["annuler", "annule", "annulee", "maintenant", "tout de suite", "des que valide", "immediatement"];
    if undone.contains(&folded.as_str()) {
        return Ok(Plan::Unplanned);
    }
    let said = said(&folded, typed).ok_or_else(unread)?;
    let at = match said {
        Said::After(seconds) => {
            // A plan is for a whole minute: rather some seconds late than early.
            let at = typed.timestamp().saturating_add(SignedDuration::from_secs(seconds)).map_err(|_| unread())?;
            Timestamp::from_second(at.as_second().saturating_add(59).div_euclid(60) * 60).map_err(|_| unread())?
        }
        Said::On { day, clock, season } => on(day, clock.ok_or(Unplannable::NoHour)?, season, typed)?,
    };
    if at <= typed.timestamp() {
        return Err(Unplannable::Past(at));
    }
    if at.duration_since(typed.timestamp()) > FARTHEST {
        return Err(Unplannable::TooFar(at));
    }
    Ok(Plan::At(at))
}

/// A time in full, in words that [`read`] reads back to the minute: `vendredi 27 novembre 2026 à 18 h 00`.
pub fn say(at: &ZonedDateTime) -> String {
    let date = at.date();
    let weekday = WEEKDAYS[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())];
    let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
    let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    let season = match twice(at) {
        Some(Twice::First) => " (heure d'été)",
        Some(Twice::Second) => " (heure d'hiver)",
        None => "",
    };
    let (year, hour, minute) = (date.year(), at.hour(), at.minute());
    format!("{weekday} {day} {month} {year} à {hour}\u{A0}h\u{A0}{minute:02}{season}")
}

/// One of two times that have the same hour and minute on a day, because clocks are set back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twice {
    /// Before they are.
    First,
    /// After.
    Second,
}

/// Which of two equally named times it is, if there are two.
pub fn twice(at: &ZonedDateTime) -> Option<Twice> {
    match at.time_zone().to_ambiguous_timestamp(at.datetime()).offset() {
        AmbiguousOffset::Fold { before, .. } if before == at.offset() => Some(Twice::First),
        AmbiguousOffset::Fold { .. } => Some(Twice::Second),
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => None,
    }
}

/// Which of the two hours is meant that have the same number in the night when clocks are set back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Season {
    Summer,
    Winter,
}

/// A time as it was said.
enum Said {
    /// So many seconds after it was typed.
    After(i64),
    /// At that hour of that day; today where none was said.
    On { day: SaidDay, clock: Option<SaidClock>, season: Option<Season> },
}

#[derive(Clone, Copy)]
enum SaidDay {
    /// None.
    Unsaid,
    /// That day.
    On(Date),
    /// The next day of that name: today, if the hour is still to come.
    Next(jiff::civil::Weekday),
}

#[derive(Clone, Copy)]
enum SaidClock {
    At(Clock),
    /// «Minuit», which of a day is said of its beginning and of its end.
    Midnight,
}

fn said(folded: &str, typed: &ZonedDateTime) -> Option<Said> {
    let mut cursor = Cursor::new(folded);
    let (mut day_said, mut time_said, mut part_said, mut season_said) = (None, None, None, None);
    let mut is_tonight = false;
    while !cursor.is_at_end() {
        if let Some(delay) = cursor.attempt(delay) {
            match delay {
                Delay::Seconds(seconds) => {
                    let is_all = cursor.is_at_end() && day_said.is_none() && time_said.is_none() && part_said.is_none();
                    return is_all.then_some(Said::After(seconds));
                }
                Delay::Days(days) => {
                    keep(&mut day_said, SaidDay::On(typed.date().checked_add(days.days()).ok()?))?;
                    let now = Clock { hour: typed.hour(), minute: typed.minute() };
                    // «Dans 3 jours», and nothing more: at this hour.
                    if cursor.is_at_end() && time_said.is_none() && part_said.is_none() {
                        keep(&mut time_said, SaidClock::At(now))?;
                    }
                }
            }
        } else if let Some(clock) = cursor.attempt(clock) {
            keep(&mut time_said, clock)?;
        } else if let Some(season) = cursor.attempt(season) {
            keep(&mut season_said, season)?;
        } else if let Some(day) = cursor.attempt(|cursor| day(cursor, typed.date())) {
            keep(&mut day_said, day)?;
        } else if let Some((part, is_today)) = cursor.attempt(part) {
            keep(&mut part_said, part)?;
            if is_today {
                keep(&mut day_said, SaidDay::On(typed.date()))?;
                is_tonight = part == Time::Evening;
            }
        } else if cursor.eat(&["ce", "midi"]) {
            keep(&mut day_said, SaidDay::On(typed.date()))?;
            keep(&mut time_said, SaidClock::At(Clock { hour: 12, minute: 0 }))?;
        } else if !["le", "pour", "des", "a"].iter().any(|word| cursor.eat(&[word])) && !cursor.eat_sign(',') {
            return None;
        }
    }
    let mut day = day_said.unwrap_or(SaidDay::Unsaid);
    let clock = match (time_said, part_said) {
        (Some(SaidClock::At(clock)), Some(part)) => match in_part(Time::At(clock), part)? {
            Time::At(clock) => Some(SaidClock::At(clock)),
            Time::Morning | Time::Afternoon | Time::Evening | Time::About(_) | Time::Between(..) => return None,
        },
        (Some(SaidClock::Midnight), Some(_)) if is_tonight => {
            day = SaidDay::On(typed.date().tomorrow().ok()?);
            Some(SaidClock::At(Clock { hour: 0, minute: 0 }))
        }
        (Some(SaidClock::Midnight), Some(_)) => return None,
        (clock, None) => clock,
        (None, Some(_)) => None,
    };
    let is_anything = day_said.is_some() || clock.is_some();
    is_anything.then_some(Said::On { day, clock, season: season_said })
}

fn clock(cursor: &mut Cursor) -> Option<SaidClock> {
    cursor.eat(&["a"]);
    if cursor.eat(&["minuit"]) {
        return Some(SaidClock::Midnight);
    }
    match time(cursor)? {
        Time::At(clock) => Some(SaidClock::At(clock)),
        // «Vers 18 h» is no time to publish at.
        Time::Morning | Time::Afternoon | Time::Evening | Time::About(_) | Time::Between(..) => None,
    }
}

/// `(heure d'été)`.
fn season(cursor: &mut Cursor) -> Option<Season> {
    let is_bracketed = cursor.eat_sign('(');
    if !cursor.eat(&["heure"]) {
        return None;
    }
    let season = if cursor.eat(&["d'ete"]) {
        Season::Summer
    } else if cursor.eat(&["d'hiver"]) {
        Season::Winter
    } else {
        return None;
    };
    (!is_bracketed || cursor.eat_sign(')')).then_some(season)
}

fn day(cursor: &mut Cursor, today: Date) -> Option<SaidDay> {
    for (word, offset) in [("aujourd'hui", 0), ("demain", 1), ("apres-demain", 2)] {
        if cursor.eat(&[word]) {
            return today.checked_add(offset.days()).ok().map(SaidDay::On);
        }
    }
    let date = cursor.attempt(|cursor| {
        cursor.eat(&["le"]);
        ahead(said_date(cursor)?, today)
    });
    if let Some(date) = date {
        return Some(SaidDay::On(date));
    }
    if let Some(date) = cursor.attempt(|cursor| day_of_month(cursor, today)) {
        return Some(SaidDay::On(date));
    }
    let weekday = weekday(&cursor.word()?)?;
    if cursor.eat(&["prochain"]) {
        return today.nth_weekday(1, weekday).ok().map(SaidDay::On);
    }
    if cursor.eat(&["en", "huit"]) {
        return today.nth_weekday(1, weekday).ok()?.checked_add(7.days()).ok().map(SaidDay::On);
    }
    Some(SaidDay::Next(weekday))
}

/// `le 27`, `vendredi 27`: the next day of that number.
fn day_of_month(cursor: &mut Cursor, today: Date) -> Option<Date> {
    let is_the = cursor.eat(&["le"]);
    let weekday = cursor.attempt(|cursor| weekday(&cursor.word()?));
    if !is_the && weekday.is_none() {
        return None;
    }
    let number = cursor.number(2)?;
    if ["h", "heures", "heure", "hrs"].iter().any(|word| cursor.eat(&[word])) || cursor.eat_sign(':') {
        return None;
    }
    let days = today.series(1.day()).take(62);
    let is_it = |date: &Date| i16::from(date.day()) == number && weekday.is_none_or(|day| day == date.weekday());
    days.into_iter().find(is_it)
}

/// A date that lies ahead, unless its year says otherwise or it has passed only just: whoever is a day late must be told.
fn ahead(said: SaidDate, today: Date) -> Option<Date> {
    if let Some(year) = said.year {
        return said.in_year(year);
    }
    let just_passed = today.checked_sub(JUST_PASSED_DAYS.days()).ok()?;
    let years = (-1..=1).filter_map(|offset| said.in_year(today.year() + offset));
    years.filter(|date| *date >= just_passed).min()
}

/// The time of an hour on a day.
fn on(day: SaidDay, clock: SaidClock, season: Option<Season>, typed: &ZonedDateTime) -> Result<Timestamp, Unplannable> {
    let today = typed.date();
    let zone = typed.time_zone();
    let (date, clock) = match (day, clock) {
        (SaidDay::Unsaid, SaidClock::Midnight) => (today.tomorrow().unwrap_or(today), Clock { hour: 0, minute: 0 }),
        (SaidDay::Unsaid, SaidClock::At(clock)) => (today, clock),
        (SaidDay::On(date), SaidClock::At(clock)) => (date, clock),
        (SaidDay::Next(weekday), SaidClock::At(clock)) => {
            let is_ahead = at(today, clock, zone, season).is_ok_and(|at| at > typed.timestamp());
            let next = || today.nth_weekday(1, weekday).unwrap_or(today);
            (if today.weekday() == weekday && is_ahead { today } else { next() }, clock)
        }
        (SaidDay::On(date), SaidClock::Midnight) => return Err(midnight(date, zone)),
        (SaidDay::Next(weekday), SaidClock::Midnight) => {
            return Err(midnight(today.nth_weekday(1, weekday).unwrap_or(today), zone));
        }
    };
    at(date, clock, zone, season)
}

fn at(date: Date, clock: Clock, zone: &TimeZone, season: Option<Season>) -> Result<Timestamp, Unplannable> {
    let moment = date.at(clock.hour, clock.minute, 0, 0);
    let offset = zone.to_ambiguous_timestamp(moment).offset();
    let in_zone = |moment: DateTime, offset: jiff::tz::Offset| {
        offset.to_timestamp(moment).map_err(|_| Unplannable::Unread(moment.to_string()))
    };
    match (offset, season) {
        (AmbiguousOffset::Unambiguous { offset }, None) => in_zone(moment, offset),
        // Only where there are two hours can one of them be named.
        (AmbiguousOffset::Unambiguous { .. }, Some(_)) => Err(Unplannable::Unread(moment.to_string())),
        (AmbiguousOffset::Fold { before, .. }, None | Some(Season::Summer)) => in_zone(moment, before),
        (AmbiguousOffset::Fold { after, .. }, Some(Season::Winter)) => in_zone(moment, after),
        (AmbiguousOffset::Gap { before, after }, _) => {
            // Between the two readings of an hour that does not exist lies the moment at which clocks are set.
            let (early, late) = (in_zone(moment, after)?, in_zone(moment, before)?);
            let change = zone.following(early).find(|change| change.timestamp() <= late);
            let first = change.map_or(late, |change| change.timestamp());
            let last = first.saturating_sub(SignedDuration::from_mins(1)).unwrap_or(first);
            Err(Unplannable::Skipped { before: last, after: first })
        }
    }
}

/// Both midnights of a day.
fn midnight(date: Date, zone: &TimeZone) -> Unplannable {
    let start = |date: Date| {
        let start = zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible();
        start.unwrap_or(Timestamp::UNIX_EPOCH)
    };
    Unplannable::Midnight { first: start(date), second: start(date.tomorrow().unwrap_or(date)) }
}
