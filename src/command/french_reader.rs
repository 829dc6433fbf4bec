//! The grammar of days and hours in French: small, written by hand, and all or nothing: a word that is not
//! understood makes the whole unreadable, so that nothing that an officer typed is dropped.

use jiff::civil::Date;
use jiff::{ToSpan, ZonedDateTime};

use crate::command::french_time::{Clock, Day, MONTHS, Moment, Time, weekday};
use crate::domain::fold::fold;

/// Years that a day can be in: nobody's age or case lies outside.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Goes over what was typed, token by token.
pub struct Reader {
    tokens: Vec<Token>,
    at: usize,
    today: Date,
    hour: i8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// Digits: their value and how many there are.
    Number(i16, usize),
    /// Letters, with the apostrophes and hyphens between them.
    Word(String),
    /// Any other sign.
    Sign(char),
}

impl Reader {
    /// Starts on a text; relative words are counted from `now`.
    pub fn new(text: &str, now: &ZonedDateTime) -> Self {
        Self { tokens: tokens(&fold(text)), at: 0, today: now.date(), hour: now.hour() }
    }

    /// The moment that the whole text says: a day and at most one hour, in either order, and a part of the day.
    pub fn moment(mut self) -> Option<Moment> {
        let (mut day, mut time, mut part) = (None, None, None);
        while self.at < self.tokens.len() {
            if let Some(read) = self.attempt(Self::time) {
                keep(&mut time, read)?;
            } else if let Some(read) = self.attempt(Self::day) {
                keep(&mut day, read)?;
            } else if let Some((read, today)) = self.attempt(Self::part) {
                keep(&mut part, read)?;
                if today {
                    keep(&mut day, Day::On(self.today))?;
                }
            } else if !self.eat(&["le"]) && !self.eat_sign(',') {
                return None;
            }
        }
        let time = match (time, part) {
            (Some(time), Some(part)) => Some(in_part(time, part)?),
            (time, part) => time.or(part),
        };
        // «Dans la nuit au matin» says nothing.
        let day = day.filter(|day| !matches!((day, part), (Day::Night(_) | Day::Between(..), Some(_))))?;
        Some(Moment { day, time })
    }

    /// Reads with one rule, or goes back to where it was.
    fn attempt<T>(&mut self, rule: impl Fn(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let read = rule(self);
        if read.is_none() {
            self.at = start;
        }
        read
    }

    // Hours.

    fn time(&mut self) -> Option<Time> {
        if self.eat(&["entre"]) {
            let first = self.clock()?;
            let last = self.then(&["et"], Self::clock)?;
            return Some(Time::Between(first, last));
        }
        if self.eat(&["de"]) {
            let first = self.clock()?;
            let last = self.then(&["a"], Self::clock)?;
            return Some(Time::Between(first, last));
        }
        let about: [&[&str]; 5] =
            [&["vers", "les"], &["vers"], &["environ"], &["autour", "de"], &["aux", "alentours", "de"]];
        if about.iter().any(|words| self.eat(words)) {
            return self.clock().map(Time::About);
        }
        self.eat(&["a"]);
        let clock = self.clock()?;
        Some(if self.eat(&["environ"]) { Time::About(clock) } else { Time::At(clock) })
    }

    /// `22h`, `22h30`, `22 h 30`, `22:30`, `22 heures`, `midi`, `minuit`.
    fn clock(&mut self) -> Option<Clock> {
        if self.eat(&["midi"]) {
            return Some(Clock { hour: 12, minute: 0 });
        }
        if self.eat(&["minuit"]) {
            return Some(Clock { hour: 0, minute: 0 });
        }
        let hour = self.number(2)?;
        let minute = if self.eat_sign(':') {
            let minute = self.number(2)?;
            // The seconds of an ISO time say nothing to the public.
            self.attempt(|reader| reader.eat_sign(':').then(|| reader.number(2)).flatten());
            minute
        } else {
            if !["h", "heures", "heure", "hrs"].iter().any(|word| self.eat(&[word])) {
                return None;
            }
            let minute = self.attempt(|reader| reader.number(2)).unwrap_or(0);
            self.attempt(|reader| (reader.eat(&["min"]) || reader.eat(&["mn"])).then_some(()));
            minute
        };
        let is_hour = (0..24).contains(&hour) && (0..60).contains(&minute);
        is_hour.then_some(Clock { hour: i8::try_from(hour).ok()?, minute: i8::try_from(minute).ok()? })
    }

    /// A part of the day, and whether it is said of today (`ce matin`).
    fn part(&mut self) -> Option<(Time, bool)> {
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
        said.into_iter().find(|(words, ..)| self.eat(words)).map(|(_, part, today)| (part, today))
    }

    // Days.

    fn day(&mut self) -> Option<Day> {
        if self.eat(&["cette", "nuit"]) {
            // Said before the evening it is the night that is over, said in the evening the one that begins.
            let evening = if self.hour < 18 { self.today.yesterday().ok()? } else { self.today };
            return Some(Day::Night(evening));
        }
        if self.eat(&["la", "nuit", "derniere"]) {
            return Some(Day::Night(self.today.yesterday().ok()?));
        }
        if self.eat(&["dans", "la", "nuit"]) || self.eat(&["la", "nuit"]) || self.eat(&["nuit"]) {
            let (evening, morning) = self.span()?;
            return (evening.tomorrow().ok()? == morning).then_some(Day::Night(evening));
        }
        if let Some((first, last)) = self.attempt(Self::span) {
            return Some(Day::Between(first, last));
        }
        self.date().map(Day::On)
    }

    /// `du 13 au 14 mars`, `du 31 mars au 1er avril 2026`.
    fn span(&mut self) -> Option<(Date, Date)> {
        if !self.eat(&["du"]) {
            return None;
        }
        let said_first = self.said_date()?;
        let last = self.then(&["au"], Self::date)?;
        let first = match said_first.month {
            Some(_) => said_first.nearest(self.today, said_first.year.or(Some(last.year())))?,
            None => SaidDate { month: Some(last.month()), ..said_first }.nearest(self.today, Some(last.year()))?,
        };
        // From the end of one year to the start of the next, the year is said once: of the last day.
        let first =
            if first > last && said_first.year.is_none() { said_first.in_year(last.year() - 1)? } else { first };
        (first < last).then_some((first, last))
    }

    fn date(&mut self) -> Option<Date> {
        self.relative_date().or_else(|| {
            let said = self.said_date()?;
            said.nearest(self.today, said.year)
        })
    }

    fn relative_date(&mut self) -> Option<Date> {
        let days = [("aujourd'hui", 0), ("hier", -1), ("avant-hier", -2), ("demain", 1), ("apres-demain", 2)];
        for (word, offset) in days {
            if self.eat(&[word]) {
                return self.today.checked_add(offset.days()).ok();
            }
        }
        self.attempt(|reader| {
            let weekday = weekday(&reader.word()?)?;
            let past = reader.eat(&["dernier"]) || reader.eat(&["passe"]);
            let nth = if past { -1 } else { i32::from(reader.eat(&["prochain"])) };
            reader.today.nth_weekday(nth, weekday).ok().filter(|_| nth != 0)
        })
    }

    /// `2026-03-12`, `12/03`, `12/03/2026`, `samedi 14 mars`, `1er avril 2026`; just `13` where a span goes on.
    fn said_date(&mut self) -> Option<SaidDate> {
        let weekday = self.attempt(|reader| weekday(&reader.word()?));
        if let Some(year) = self.attempt(|reader| reader.number(4)) {
            let month = self.eat_sign('-').then(|| self.number(2)).flatten()?;
            let day = self.eat_sign('-').then(|| self.number(2)).flatten()?;
            self.eat(&["t"]);
            return SaidDate { weekday, day, month: Some(i8::try_from(month).ok()?), year: Some(year) }.checked();
        }
        let day = self.number(2)?;
        self.eat(&["er"]);
        for sign in ['/', '.', '-'] {
            if self.eat_sign(sign) {
                let month = Some(i8::try_from(self.number(2)?).ok()?);
                let year = if self.eat_sign(sign) { Some(self.year()?) } else { None };
                return SaidDate { weekday, day, month, year }.checked();
            }
        }
        let month = self.attempt(Self::month);
        let year = if month.is_some() { self.attempt(|reader| reader.number(4)) } else { None };
        SaidDate { weekday, day, month, year }.checked()
    }

    /// The name of a month, or its first letters (`sept.`).
    fn month(&mut self) -> Option<i8> {
        let word = self.word()?;
        let is_meant =
            |name: &&str| fold(name) == word || (word.len() >= 3 && word != "jui" && fold(name).starts_with(&word));
        let place = MONTHS.iter().position(|name| is_meant(&name))?;
        self.eat_sign('.');
        i8::try_from(place + 1).ok()
    }

    fn year(&mut self) -> Option<i16> {
        self.attempt(|reader| reader.number(4)).or_else(|| self.attempt(|reader| Some(2000 + reader.exactly(2)?)))
    }

    // Tokens.

    /// What a rule reads after these words.
    fn then<T>(&mut self, words: &[&str], rule: impl Fn(&mut Self) -> Option<T>) -> Option<T> {
        if self.eat(words) { rule(self) } else { None }
    }

    fn eat(&mut self, words: &[&str]) -> bool {
        let ahead = self.tokens[self.at..].iter().take(words.len());
        let found = ahead.zip(words).filter(|(token, word)| matches!(token, Token::Word(own) if own == *word)).count();
        let all = found == words.len();
        self.at += if all { words.len() } else { 0 };
        all
    }

    fn eat_sign(&mut self, sign: char) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    fn word(&mut self) -> Option<String> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else { return None };
        self.at += 1;
        Some(word.clone())
    }

    /// A number of one or two digits, or of exactly four.
    fn number(&mut self, digits: usize) -> Option<i16> {
        if digits == 4 { self.exactly(4) } else { self.attempt(|r| r.exactly(1)).or_else(|| self.exactly(digits)) }
    }

    fn exactly(&mut self, digits: usize) -> Option<i16> {
        let Some(Token::Number(number, length)) = self.tokens.get(self.at) else { return None };
        self.at += 1;
        (*length == digits).then_some(*number)
    }
}

/// A date as it was said, which may leave things out.
#[derive(Clone, Copy)]
struct SaidDate {
    weekday: Option<jiff::civil::Weekday>,
    day: i16,
    month: Option<i8>,
    year: Option<i16>,
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

    fn in_year(self, year: i16) -> Option<Date> {
        let date = Date::new(year, self.month?, i8::try_from(self.day).ok()?).ok()?;
        self.weekday.is_none_or(|weekday| weekday == date.weekday()).then_some(date)
    }
}

/// An hour that was said with a part of the day: `11h du soir` is 23 h. None if they do not go together.
fn in_part(time: Time, part: Time) -> Option<Time> {
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

/// Puts a value where there is none yet.
fn keep<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

/// Cuts folded text into tokens. Numbers of more than four digits can't be part of a date and are cut as signs.
fn tokens(folded: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = folded;
    while let Some(c) = rest.chars().next() {
        let length = if c.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        } else if c.is_alphabetic() {
            let end = rest.find(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '-'))).unwrap_or(rest.len());
            rest[..end].trim_end_matches(['\'', '-']).len()
        } else {
            c.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        if c.is_ascii_digit() {
            tokens.push(token.parse().map_or(Token::Sign('#'), |number| Token::Number(number, length)));
        } else if c.is_alphabetic() {
            tokens.push(Token::Word(token.to_owned()));
        } else if c != ' ' {
            tokens.push(Token::Sign(c));
        }
    }
    tokens
}
