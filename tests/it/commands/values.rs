//! The types of fields.

use portevoix::command::field::{Choice, Field, FieldKind, Need};
use portevoix::command::value::{read, years};
use portevoix::domain::name::FieldName;
use portevoix::domain::notice::Problem;

use crate::commands::now;

fn field(kind: FieldKind) -> Field {
    Field {
        name: FieldName::from("champ"),
        aliases: Vec::new(),
        kind,
        need: Need::Always,
        internal: false,
        main: false,
        ask: "?".to_owned(),
        about: "?".to_owned(),
        most_characters: 40,
    }
}

fn check(kind: FieldKind, table: &[(&str, &str)]) {
    let field = field(kind);
    for (typed, published) in table {
        assert_eq!(read(&field, typed, &now()).as_deref(), Ok(*published), "{typed}");
    }
}

fn check_refused(kind: FieldKind, table: &[&str], problem: impl Fn(FieldName, String) -> Problem) {
    let field = field(kind);
    for typed in table {
        assert_eq!(read(&field, typed, &now()), Err(problem(field.name.clone(), (*typed).to_owned())), "{typed}");
    }
}

#[test]
fn phone_numbers_are_said_in_pairs() {
    check(
        FieldKind::Phone,
        &[
            ("0261914417", "02 61 91 44 17"),
            ("02.61.91.44.17", "02 61 91 44 17"),
            ("02-61-91-44-17", "02 61 91 44 17"),
            ("02\u{A0}61\u{A0}91\u{A0}44\u{A0}17", "02 61 91 44 17"),
            ("+33 2 61 91 44 17", "02 61 91 44 17"),
            ("+33 (0)2 61 91 44 17", "02 61 91 44 17"),
            ("0033261914417", "02 61 91 44 17"),
            ("17", "17"),
            ("112", "112"),
            ("116000", "116 000"),
            ("3919", "39 19"),
            ("+32 2 123 45 67", "+32 21 23 45 67"),
            ("17 ou 02 61 91 44 17", "17 ou 02 61 91 44 17"),
            ("17, 0261914417", "17 ou 02 61 91 44 17"),
        ],
    );
    let problem = |field, value| Problem::NotAPhone { field, value };
    check_refused(
        FieldKind::Phone,
        &[
            "",
            "0240",
            "02 61 91 44 1",
            "00 61 91 44 17",
            "2",
            "commissariat",
            "02 61 91 44 17 poste 4",
            "+0",
            "17 ou",
            "ou",
        ],
        problem,
    );
}

#[test]
fn ages_are_said_with_their_unit() {
    check(
        FieldKind::Age,
        &[
            ("12", "12 ans"),
            ("12 ans", "12 ans"),
            ("12ans", "12 ans"),
            ("1", "1 an"),
            ("18 mois", "18 mois"),
            ("environ 30 ans", "environ 30 ans"),
        ],
    );
    let problem = |field, value| Problem::NotAnAge { field, value };
    check_refused(FieldKind::Age, &["", "vieux", "-3", "121", "40 mois", "12 ans et demi", "99999999999"], problem);
    assert_eq!(years("environ 30 ans"), Some(30));
    assert_eq!(years("18 mois"), Some(1));
    assert_eq!(years("1 an"), Some(1));
    assert_eq!(years("jeune"), None);
}

#[test]
fn yes_and_no_are_understood_as_people_say_them() {
    check(
        FieldKind::YesNo,
        &[("OUI", "oui"), ("o", "oui"), ("✅", "oui"), ("ok", "oui"), ("Non", "non"), ("n", "non"), ("❌", "non")],
    );
    check_refused(FieldKind::YesNo, &["", "peut-être"], |field, value| Problem::NotYesOrNo { field, value });
}

#[test]
fn a_choice_is_one_of_its_words() {
    let choices = vec![
        Choice { value: "majeur protégé".to_owned(), synonyms: vec!["tutelle".to_owned()] },
        Choice { value: "âge".to_owned(), synonyms: Vec::new() },
    ];
    check(
        FieldKind::Choice(choices.clone()),
        &[("Majeur  PROTEGE", "majeur protégé"), ("tutelle", "majeur protégé"), ("age", "âge")],
    );
    let known = vec!["majeur protégé".to_owned(), "âge".to_owned()];
    check_refused(FieldKind::Choice(choices), &["", "mineur"], |field, value| Problem::NotAChoice {
        field,
        value,
        choices: known.clone(),
    });
}

#[test]
fn a_date_is_a_day_and_no_hour() {
    check(FieldKind::Date, &[("12/03", "jeudi 12 mars"), ("hier", "vendredi 13 mars")]);
    let problem = |field, value| Problem::NotADate { field, value };
    check_refused(FieldKind::Date, &["hier 22h", "31/02", "du 12 au 14 mars"], problem);
    check_refused(FieldKind::DateTime, &["bientôt"], problem);
}

#[test]
fn text_is_put_on_one_line_and_long_text_keeps_its_own() {
    check(FieldKind::Text, &[("  deux   hommes\n en fuite ", "deux hommes en fuite"), ("22\u{A0}h", "22\u{A0}h")]);
    check(FieldKind::LongText, &[("\n un  \n\n\n\ndeux\n", "un\n\ndeux")]);
}

#[test]
fn a_value_has_a_longest_length() {
    let field = field(FieldKind::Text);
    assert!(read(&field, &"é".repeat(40), &now()).is_ok());
    let problem = Problem::ValueTooLong { field: field.name.clone(), most: 40 };
    assert_eq!(read(&field, &"é".repeat(41), &now()), Err(problem));
}

#[test]
fn a_long_value_that_cannot_be_read_is_quoted_by_its_start() {
    let Err(Problem::NotAPhone { value, .. }) = read(&field(FieldKind::Phone), &"é".repeat(4_000), &now()) else {
        panic!("a number");
    };
    assert_eq!(value, format!("{}…", "é".repeat(60)));
}
