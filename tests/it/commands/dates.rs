//! Days and hours as French people type them.

use portevoix::command::french_time::Moment;
use proptest::prelude::*;

use crate::commands::now;

/// What is published for each of these, typed on Saturday 14 March 2026 at 23:30.
fn check(table: &[(&str, &str)]) {
    for (typed, published) in table {
        let moment = Moment::read(typed, &now()).map(|moment| moment.say(&now()).replace('\u{A0}', " "));
        assert_eq!(moment.as_deref(), Some(*published), "{typed}");
    }
}

fn check_unreadable(table: &[&str]) {
    for typed in table {
        assert_eq!(Moment::read(typed, &now()), None, "{typed}");
    }
}

#[test]
fn figures_become_a_day_with_its_name() {
    check(&[
        ("12/03/2026 22h30", "jeudi 12 mars à 22 h 30"),
        ("12/03 à 22h", "jeudi 12 mars à 22 h"),
        ("12/03 22H", "jeudi 12 mars à 22 h"),
        ("12-03-2026", "jeudi 12 mars"),
        ("12.03.26 vers 9:05", "jeudi 12 mars vers 9 h 05"),
        ("1/4", "mercredi 1er avril"),
        ("2026-03-12T22:30", "jeudi 12 mars à 22 h 30"),
        ("2026-03-12 22:30:15", "jeudi 12 mars à 22 h 30"),
        ("28/12", "dimanche 28 décembre 2025"),
        ("14/07/2024", "dimanche 14 juillet 2024"),
    ]);
}

#[test]
fn words_become_a_day_with_its_name() {
    check(&[
        ("le 12 mars vers 22 h 30", "jeudi 12 mars vers 22 h 30"),
        ("Jeudi 12 Mars, vers les 22 heures", "jeudi 12 mars vers 22 h"),
        ("1er avril", "mercredi 1er avril"),
        ("12 févr. à midi", "jeudi 12 février à midi"),
        ("le 3 août 2025", "dimanche 3 août 2025"),
        ("vers 22h le 12 mars", "jeudi 12 mars vers 22 h"),
        ("12 mars 22h environ", "jeudi 12 mars vers 22 h"),
        ("12 mars aux alentours de 22h", "jeudi 12 mars vers 22 h"),
        ("12 mars entre 22h et 23h30", "jeudi 12 mars entre 22 h et 23 h 30"),
        ("12 mars de 9h à midi", "jeudi 12 mars entre 9 h et midi"),
    ]);
}

#[test]
fn yesterday_is_said_so_that_it_is_still_true_tomorrow() {
    check(&[
        ("hier 22h", "vendredi 13 mars à 22 h"),
        ("HIER vers 22h", "vendredi 13 mars vers 22 h"),
        ("hier soir vers 23h", "vendredi 13 mars vers 23 h"),
        ("hier soir vers 11h", "vendredi 13 mars vers 23 h"),
        ("hier à 3h de l’après-midi", "vendredi 13 mars à 15 h"),
        ("hier soir", "vendredi 13 mars au soir"),
        ("hier après-midi", "vendredi 13 mars dans l'après-midi"),
        ("avant-hier matin", "jeudi 12 mars au matin"),
        ("aujourd'hui", "samedi 14 mars"),
        ("aujourd’hui à 8h", "samedi 14 mars à 8 h"),
        ("ce matin", "samedi 14 mars au matin"),
        ("ce matin vers 7h45", "samedi 14 mars vers 7 h 45"),
        ("ce soir 20h", "samedi 14 mars à 20 h"),
        ("demain à 14h", "dimanche 15 mars à 14 h"),
        ("samedi dernier", "samedi 7 mars"),
        ("vendredi dernier vers 18h", "vendredi 13 mars vers 18 h"),
        ("samedi prochain à 10h", "samedi 21 mars à 10 h"),
    ]);
}

#[test]
fn a_night_belongs_to_two_days() {
    check(&[
        ("dans la nuit du 13 au 14 mars", "dans la nuit du 13 au 14 mars"),
        ("nuit du 28 février au 1er mars vers 3h", "dans la nuit du 28 février au 1er mars vers 3 h"),
        ("nuit du 31 décembre 2025 au 1er janvier 2026", "dans la nuit du 31 décembre 2025 au 1er janvier"),
        ("cette nuit", "dans la nuit du 14 au 15 mars"),
        ("la nuit dernière entre minuit et 2h", "dans la nuit du 13 au 14 mars entre minuit et 2 h"),
    ]);
}

#[test]
fn several_days_are_said_as_such() {
    check(&[
        ("du 21 au 23 mars", "du 21 au 23 mars"),
        ("du 30 mars au 2 avril à 9h", "du 30 mars au 2 avril à 9 h"),
        ("du 12/03 au 14/03", "du 12 au 14 mars"),
        ("du 28 décembre au 3 janvier 2027", "du 28 décembre au 3 janvier 2027"),
    ]);
}

#[test]
fn days_and_hours_that_do_not_exist_are_refused() {
    check_unreadable(&[
        "31/02",
        "30 février",
        "29/02/2026",
        "32/01",
        "00/03",
        "12/13",
        "12/03/2026 25h",
        "hier 24h",
        "hier 22h60",
        "hier 9:75",
        "lundi 14 mars",
        "nuit du 13 au 15 mars",
        "du 14 au 12 mars",
        "12/03/1850",
        "hier matin à 22h",
        "99999999999/03",
    ]);
}

#[test]
fn what_does_not_say_which_day_is_refused() {
    check_unreadable(&[
        "",
        "22h",
        "vers 22h",
        "samedi",
        "samedi soir",
        "le 13",
        "un de ces jours",
        "récemment",
        "jui 2026",
        "soir",
    ]);
}

#[test]
fn nothing_that_was_typed_is_dropped() {
    check_unreadable(&[
        "hier 22h place Graslin",
        "hier hier",
        "hier 22h 23h",
        "hier, je crois",
        "12 mars ou 13 mars",
        "hier 22",
        "12/03/",
    ]);
}

proptest! {
    #[test]
    fn what_is_published_is_read_back_as_the_same_moment(
        offset in -500_i64..500, hour in 0_i8..24, minute in 0_i8..60, about in any::<bool>(), form in 0..4,
    ) {
        let day = now().date().checked_add(jiff::Span::new().days(offset)).unwrap();
        let clock = format!("{hour}h{minute:02}");
        let typed = match form {
            0 => day.to_string(),
            1 => format!("{day} {} {clock}", if about { "vers" } else { "à" }),
            2 => format!("{day} entre {clock} et 23h59"),
            _ => format!("{day} au soir"),
        };
        let moment = Moment::read(&typed, &now()).unwrap();
        prop_assert_eq!(Moment::read(&moment.say(&now()), &now()), Some(moment), "{}", moment.say(&now()));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "([0-9a-z/:. '-]|hier|nuit|du|au|mars|h|12){0,12}", other in "\\PC{0,40}") {
        Moment::read(&text, &now());
        Moment::read(&other, &now());
    }
}
