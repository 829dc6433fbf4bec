//! When something is to be published, as French people type it.

use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use portevoix::command::french_plan::{Plan, read, say};
use portevoix::domain::schedule::Unplannable;
use proptest::prelude::*;

/// In Paris.
fn paris(year: i16, month: i8, day: i8, hour: i8, minute: i8) -> ZonedDateTime {
    let zone = TimeZone::get("Europe/Paris").unwrap();
    zone.to_zoned_datetime(date(year, month, day).at(hour, minute, 0, 0)).unwrap()
}

/// Tuesday 24 November 2026, 12:10.
fn tuesday() -> ZonedDateTime {
    paris(2026, 11, 24, 12, 10)
}

fn said(at: Timestamp) -> String {
    say(&at.to_zoned_datetime(TimeZone::get("Europe/Paris").unwrap())).replace('\u{A0}', " ")
}

fn planned(typed: &str, now: &ZonedDateTime) -> String {
    match read(typed, now) {
        Ok(Plan::At(at)) => said(at),
        Ok(Plan::Unplanned) => "unplanned".to_owned(),
        Err(Unplannable::Past(at)) => format!("past: {}", said(at)),
        Err(Unplannable::Skipped { before, after }) => format!("skipped: {} / {}", said(before), said(after)),
        Err(Unplannable::Midnight { first, second }) => format!("midnight: {} / {}", said(first), said(second)),
        Err(other) => other.to_string(),
    }
}

fn check(now: &ZonedDateTime, table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(typed, expected)| planned(typed, now) != *expected)
        .map(|(typed, expected)| format!("{typed}: {}, not {expected}", planned(typed, now)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn days_and_hours_that_lie_ahead_are_said_back_in_full() {
    check(
        &tuesday(),
        &[
            ("demain 8h30", "mercredi 25 novembre 2026 à 8 h 30"),
            ("Demain à 8 h 30", "mercredi 25 novembre 2026 à 8 h 30"),
            ("demain matin 8h", "mercredi 25 novembre 2026 à 8 h 00"),
            ("demain soir à 8h", "mercredi 25 novembre 2026 à 20 h 00"),
            ("demain midi", "mercredi 25 novembre 2026 à 12 h 00"),
            ("après-demain 7:05", "jeudi 26 novembre 2026 à 7 h 05"),
            ("vendredi 18h", "vendredi 27 novembre 2026 à 18 h 00"),
            ("18h vendredi", "vendredi 27 novembre 2026 à 18 h 00"),
            ("vendredi à midi", "vendredi 27 novembre 2026 à 12 h 00"),
            ("vendredi 27 à 18h", "vendredi 27 novembre 2026 à 18 h 00"),
            ("le 27 à 18h", "vendredi 27 novembre 2026 à 18 h 00"),
            ("vendredi 27 novembre 18h", "vendredi 27 novembre 2026 à 18 h 00"),
            ("vendredi 27 novembre 2026 à 18 h 00", "vendredi 27 novembre 2026 à 18 h 00"),
            ("27/11 18h", "vendredi 27 novembre 2026 à 18 h 00"),
            ("2026-11-27T18:00", "vendredi 27 novembre 2026 à 18 h 00"),
            ("mardi 18h", "mardi 24 novembre 2026 à 18 h 00"),
            ("mardi 8h", "mardi 1er décembre 2026 à 8 h 00"),
            ("mardi prochain 18h", "mardi 1er décembre 2026 à 18 h 00"),
            ("lundi prochain à 9h", "lundi 30 novembre 2026 à 9 h 00"),
            ("vendredi en huit 9h", "vendredi 4 décembre 2026 à 9 h 00"),
            ("le 3 mars à 7h", "mercredi 3 mars 2027 à 7 h 00"),
            ("3 mars 7h", "mercredi 3 mars 2027 à 7 h 00"),
            ("le 15 juin à 7h", "mardi 15 juin 2027 à 7 h 00"),
            ("1er décembre 8h", "mardi 1er décembre 2026 à 8 h 00"),
            ("ce soir 20h", "mardi 24 novembre 2026 à 20 h 00"),
            ("ce soir à 8h", "mardi 24 novembre 2026 à 20 h 00"),
            ("cet après-midi 15h", "mardi 24 novembre 2026 à 15 h 00"),
            ("aujourd'hui 18h", "mardi 24 novembre 2026 à 18 h 00"),
            ("18h", "mardi 24 novembre 2026 à 18 h 00"),
            ("à 18 heures 15", "mardi 24 novembre 2026 à 18 h 15"),
            ("minuit", "mercredi 25 novembre 2026 à 0 h 00"),
            ("ce soir à minuit", "mercredi 25 novembre 2026 à 0 h 00"),
        ],
    );
}

#[test]
fn delays_are_counted_from_when_they_were_typed() {
    check(
        &tuesday(),
        &[
            ("dans 2 h", "mardi 24 novembre 2026 à 14 h 10"),
            ("dans 2h", "mardi 24 novembre 2026 à 14 h 10"),
            ("dans deux heures", "mardi 24 novembre 2026 à 14 h 10"),
            ("dans une heure", "mardi 24 novembre 2026 à 13 h 10"),
            ("dans une heure et demie", "mardi 24 novembre 2026 à 13 h 40"),
            ("dans 1h30", "mardi 24 novembre 2026 à 13 h 40"),
            ("dans une demi-heure", "mardi 24 novembre 2026 à 12 h 40"),
            ("dans un quart d'heure", "mardi 24 novembre 2026 à 12 h 25"),
            ("dans trois quarts d’heure", "mardi 24 novembre 2026 à 12 h 55"),
            ("dans 90 min", "mardi 24 novembre 2026 à 13 h 40"),
            ("dans vingt minutes", "mardi 24 novembre 2026 à 12 h 30"),
            ("dans 3 jours", "vendredi 27 novembre 2026 à 12 h 10"),
            ("dans 3 jours à 8h", "vendredi 27 novembre 2026 à 8 h 00"),
            ("dans une semaine", "mardi 1er décembre 2026 à 12 h 10"),
            ("dans 0 min", "past: mardi 24 novembre 2026 à 12 h 10"),
        ],
    );
    let almost = tuesday().saturating_add(jiff::Span::new().seconds(1));
    assert_eq!(planned("dans 2 h", &almost), "mardi 24 novembre 2026 à 14 h 11", "rather late than early");
}

#[test]
fn what_takes_the_hour_away_is_read_as_such() {
    for typed in ["annuler", "Annulé", "maintenant", "tout de suite", "dès que validé"] {
        assert_eq!(planned(typed, &tuesday()), "unplanned", "{typed}");
    }
}

#[test]
fn what_has_passed_or_says_no_hour_is_refused() {
    check(
        &tuesday(),
        &[
            ("8h30", "past: mardi 24 novembre 2026 à 8 h 30"),
            ("le 23 novembre à 7h", "past: lundi 23 novembre 2026 à 7 h 00"),
            ("ce matin 7h", "past: mardi 24 novembre 2026 à 7 h 00"),
            ("12h10", "past: mardi 24 novembre 2026 à 12 h 10"),
            ("3 mars 2025 à 7h", "past: lundi 3 mars 2025 à 7 h 00"),
            ("3 mars 2029 à 7h", "that is more than a year ahead"),
            ("demain", "no hour was given"),
            ("demain soir", "no hour was given"),
            ("vendredi", "no hour was given"),
            ("demain minuit", "midnight: mercredi 25 novembre 2026 à 0 h 00 / jeudi 26 novembre 2026 à 0 h 00"),
            ("", " is not a time"),
            ("bientôt", "bientôt is not a time"),
            ("demain 8h30 svp", "demain 8h30 svp is not a time"),
            ("demain vers 8h", "demain vers 8h is not a time"),
            ("demain 25h", "demain 25h is not a time"),
            ("hier 8h", "hier 8h is not a time"),
            ("jeudi 27 novembre 18h", "jeudi 27 novembre 18h is not a time"),
            ("31 février 8h", "31 février 8h is not a time"),
            ("demain dans 2 h", "demain dans 2 h is not a time"),
        ],
    );
}

#[test]
fn in_spring_an_hour_is_missing_and_the_nearest_ones_are_named() {
    let now = paris(2026, 3, 28, 12, 0);
    check(
        &now,
        &[
            ("demain 2h30", "skipped: dimanche 29 mars 2026 à 1 h 59 / dimanche 29 mars 2026 à 3 h 00"),
            ("demain 1h59", "dimanche 29 mars 2026 à 1 h 59"),
            ("demain 3h", "dimanche 29 mars 2026 à 3 h 00"),
        ],
    );
    check(&paris(2026, 3, 29, 1, 30), &[("dans 1 h", "dimanche 29 mars 2026 à 3 h 30")]);
    check(
        &paris(2026, 3, 28, 2, 30),
        &[("dans 1 jour", "skipped: dimanche 29 mars 2026 à 1 h 59 / dimanche 29 mars 2026 à 3 h 00")],
    );
}

#[test]
fn in_autumn_an_hour_comes_twice_and_the_first_is_taken_and_said() {
    let now = paris(2026, 10, 24, 12, 0);
    check(
        &now,
        &[
            ("demain 2h30", "dimanche 25 octobre 2026 à 2 h 30 (heure d'été)"),
            ("demain 2h30 heure d'hiver", "dimanche 25 octobre 2026 à 2 h 30 (heure d'hiver)"),
            ("demain 3h", "dimanche 25 octobre 2026 à 3 h 00"),
            ("demain 3h heure d'hiver", "2026-10-25T03:00:00 is not a time"),
        ],
    );
}

proptest! {
    #[test]
    fn any_time_said_back_is_read_as_itself(minutes in 1_i64..366 * 24 * 60, start in 0_i64..4_000) {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let now = Timestamp::from_second(1_767_225_600 + start * 86_400 + start * 60).unwrap();
        let at = Timestamp::from_second(now.as_second() + minutes * 60).unwrap();
        let said = say(&at.to_zoned_datetime(zone.clone()));
        prop_assert_eq!(read(&said, &now.to_zoned_datetime(zone)), Ok(Plan::At(at)), "{}", said);
    }

    #[test]
    fn no_text_makes_the_reader_panic(
        text in "([0-9a-z/:. '-]|dans|demain|vendredi|prochain|minuit|le|h|heures|jours|mars|12|999){0,12}", other in "\\PC{0,40}",
    ) {
        let _ = read(&text, &tuesday());
        let _ = read(&other, &tuesday());
    }

    #[test]
    fn whatever_is_planned_lies_ahead(
        text in "(demain|vendredi|mardi|le 3 mars|ce soir|dans 3 jours|25/10|29/03)? ?(à )?(2h30|18h|7:05|midi|minuit|0h)?",
        start in 0_i64..1_500,
    ) {
        let now = Timestamp::from_second(1_767_225_600 + start * 43_200).unwrap();
        if let Ok(Plan::At(at)) = read(&text, &now.to_zoned_datetime(TimeZone::get("Europe/Paris").unwrap())) {
            prop_assert!(at > now && at.as_second() % 60 == 0);
        }
    }
}
