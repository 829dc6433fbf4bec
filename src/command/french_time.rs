//! Reads days and hours as French people type them, and says them so that they are still true tomorrow:
//! `hier vers 22h` becomes `vendredi 13 mars vers 22 h`.

use jiff::ZonedDateTime;
use jiff::civil::{Date, Weekday};

use crate::command::french_reader;

/// The months, as they are written.
pub const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// The days of the week, from Monday.
pub const WEEKDAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// A day, with the hour if it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: Day,
    /// The hour.
    pub time: Option<Time>,
}

/// A day, a night or a few days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// One day.
    On(Date),
    /// The night from that day to the next.
    Night(Date),
    /// From the first to the last of these days.
    Between(Date, Date),
}

/// A part of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// In the morning.
    Morning,
    /// In the afternoon.
    Afternoon,
    /// In the evening.
    Evening,
    /// At that hour.
    At(Clock),
    /// At about that hour.
    About(Clock),
    /// From the first to the second of these hours.
    Between(Clock, Clock),
}

/// An hour of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock {
    /// 0 to 23.
    pub hour: i8,
    /// 0 to 59.
    pub minute: i8,
}

impl Moment {
    /// Reads all of a text, counting relative words from `now`. None if any word of it is not understood, or if the
    /// day does not exist (31/02, or `lundi 14 mars` when the 14th is a Saturday), or if it does not say which day
    /// (`samedi`: the last one or the next?).
    pub fn read(text: &str, now: &ZonedDateTime) -> Option<Self> {
        french_reader::moment(text, now)
    }

    /// Whether it is just one day.
    pub fn is_day(&self) -> bool {
        self.time.is_none() && matches!(self.day, Day::On(_))
    }

    /// In words that [`read`](Self::read) reads back. The year is said where it is not this year.
    pub fn say(&self, now: &ZonedDateTime) -> String {
        let day = self.day.say(now.year());
        match self.time {
            Some(time) => format!("{day} {}", time.say()),
            None => day,
        }
    }
}

impl Day {
    fn say(self, this_year: i16) -> String {
        let year = |date: Date| if date.year() == this_year { String::new() } else { format!(" {}", date.year()) };
        let month = |date: Date| MONTHS[usize::from(date.month().unsigned_abs()) - 1];
        match self {
            Self::On(date) => {
                let weekday = WEEKDAYS[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())];
                format!("{weekday} {} {}{}", number(date), month(date), year(date))
            }
            Self::Night(evening) => {
                let morning = evening.tomorrow().unwrap_or(evening);
                format!("dans la nuit {}", span(evening, morning, month, year))
            }
            Self::Between(first, last) => span(first, last, month, year),
        }
    }
}

/// `du 13 au 14 mars`, `du 31 mars au 1er avril`.
fn span(first: Date, last: Date, month: impl Fn(Date) -> &'static str, year: impl Fn(Date) -> String) -> String {
    let first_year = if first.year() == last.year() { String::new() } else { year(first) };
    let first_month = if (first.year(), first.month()) == (last.year(), last.month()) {
        String::new()
    } else {
        format!(" {}{first_year}", month(first))
    };
    format!("du {}{first_month} au {} {}{}", number(first), number(last), month(last), year(last))
}

fn number(date: Date) -> String {
    if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() }
}

impl Time {
    fn say(self) -> String {
        match self {
            Self::Morning => "au matin".to_owned(),
            Self::Afternoon => "dans l'après-midi".to_owned(),
            Self::Evening => "au soir".to_owned(),
            Self::At(clock) => format!("à {}", clock.say()),
            Self::About(clock) => format!("vers {}", clock.say()),
            Self::Between(first, last) => format!("entre {} et {}", first.say(), last.say()),
        }
    }
}

impl Clock {
    /// `22 h 30`, with no-break spaces, so that no line ends within an hour.
    fn say(self) -> String {
        match (self.hour, self.minute) {
            (0, 0) => "minuit".to_owned(),
            (12, 0) => "midi".to_owned(),
            (hour, 0) => format!("{hour}\u{A0}h"),
            (hour, minute) => format!("{hour}\u{A0}h\u{A0}{minute:02}"),
        }
    }
}

/// The weekday of that name, folded.
pub fn weekday(folded: &str) -> Option<Weekday> {
    let place = WEEKDAYS.iter().position(|name| *name == folded)?;
    Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()
}
