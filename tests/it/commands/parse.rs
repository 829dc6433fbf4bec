//! What was typed, in all the ways people type on a phone.

use std::collections::BTreeMap;

use portevoix::command::catalog::Lookup;
use portevoix::command::parse::{Typed, answer, command_line, draft_number, fields};
use portevoix::domain::name::FieldName;
use portevoix::domain::notice::Problem;
use proptest::prelude::*;

use crate::commands::{command, lines, now, shipped};

fn plain(fields: BTreeMap<FieldName, String>) -> Vec<(String, String)> {
    fields.into_iter().map(|(name, value)| (name.to_string(), value.replace('\u{A0}', " "))).collect()
}

fn check(word: &str, typed: &str, expected: &[(&str, &str)]) {
    let given =
        fields(&command(word), typed, &now()).unwrap_or_else(|problems| panic!("{typed}: {}", lines(&problems)));
    let expected: Vec<(String, String)> =
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(plain(given), expected, "{typed}");
}

fn problems(word: &str, typed: &str) -> Vec<Problem> {
    fields(&command(word), typed, &now()).unwrap_err()
}

#[test]
fn a_command_is_an_exclamation_mark_and_a_letter() {
    let table = [
        ("!appel vol", Some(("appel", "vol"))),
        ("  !Appel\nlieu: ici", Some(("Appel", "lieu: ici"))),
        ("！appel: vol", Some(("appel", "vol"))),
        ("!bilan-affaire", Some(("bilan-affaire", ""))),
        ("!récit…", Some(("récit", "…"))),
        ("! appel", None),
        ("! attention", None),
        ("!!!", None),
        ("!", None),
        ("!12", None),
        ("bonjour !appel", None),
        ("", None),
    ];
    for (text, expected) in table {
        assert_eq!(command_line(text), expected.map(|(word, rest)| Typed { word, rest }), "{text}");
    }
}

#[test]
fn accents_and_capitals_do_not_matter_and_a_slip_finds_the_nearest_command() {
    let catalog = shipped();
    for (typed, word) in
        [("RÉCIT", "recit"), ("Prévention", "prevention"), ("bilan_affaire", "bilan-affaire"), ("help", "aide")]
    {
        assert!(matches!(catalog.find(typed), Lookup::Found(spec) if spec.word.as_str() == word), "{typed}");
    }
    let long = "appel".repeat(10_000);
    for (typed, expected) in [
        ("apel", Some("appel")),
        ("appell", Some("appel")),
        ("dispariton", Some("disparition")),
        ("disp", Some("disparition")),
        ("brouilon", Some("brouillons")),
        ("retiré", Some("retirer")),
        ("cafe", None),
        ("ab", None),
        ("", None),
        (long.as_str(), None),
    ] {
        let Lookup::Unknown { nearest } = catalog.find(typed) else { panic!("{typed} is a command") };
        assert_eq!(nearest.as_ref().map(portevoix::domain::name::CommandWord::as_str), expected, "{typed}");
    }
}

#[test]
fn one_line_of_free_text_goes_to_the_main_field() {
    check(
        "appel",
        "Vol avec violence vers 22:30, voir https://exemple.fr/a;b",
        &[("faits", "Vol avec violence vers 22:30, voir https://exemple.fr/a;b")],
    );
}

#[test]
fn fields_on_one_line_or_one_a_line_are_the_same() {
    let expected = [
        ("date", "vendredi 13 mars vers 22 h"),
        ("faits", "vol avec violence"),
        ("lieu", "place du Bouffay"),
        ("parquet", "Mme Morel, ce jour"),
        ("tel_service", "02 61 91 44 17"),
    ];
    for typed in [
        "faits: vol avec violence ; lieu: place du Bouffay ; date: hier vers 22h ; tel_service: 0261914417 ; parquet: Mme Morel, ce jour",
        "faits: vol avec violence\nlieu: place du Bouffay\ndate: hier vers 22h\ntel_service: 0261914417\nparquet: Mme Morel, ce jour",
        "vol avec violence ; Lieu : place du Bouffay ; QUAND : hier vers 22h ; Tél. service : 0261914417 ; accord parquet : Mme Morel, ce jour ;",
        "- faits： vol avec violence；\n- lieu ： place du Bouffay\n• date: hier vers 22h\n* tél: 0261914417\nparquet: Mme Morel, ce jour",
        "lieu: place du Bouffay ; date: hier vers 22h ; vol avec violence ; tel: 0261914417 ; parquet: Mme Morel, ce jour",
    ] {
        check("appel", typed, &expected);
    }
}

#[test]
fn a_value_goes_on_until_the_next_field() {
    check(
        "recit",
        "texte: Il était une fois\nun chat ; un toit\n\nFin: vraiment",
        &[("texte", "Il était une fois\nun chat ; un toit\n\nFin: vraiment")],
    );
    check(
        "appel",
        "signalement:\npetite taille\nveste bleue\nlieu: ici",
        &[("lieu", "ici"), ("signalement", "petite taille veste bleue")],
    );
}

#[test]
fn a_field_with_nothing_in_it_is_not_given() {
    check("appel", "faits: vol ; lieu: ; date:\nsignalement:", &[("faits", "vol")]);
    for typed in ["", "  \n ", ";", "lieu:", "lieu: ; date:"] {
        assert_eq!(problems("appel", typed), [Problem::Empty], "{typed}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let name = FieldName::from;
    let typed = "vol ; date: 31/02 ; tel: 12345 ; leiu: ici ; faits: braquage ; parquet: x ; parquet: y";
    assert_eq!(
        problems("appel", typed),
        [
            Problem::NotADate { field: name("date"), value: "31/02".to_owned() },
            Problem::NotAPhone { field: name("tel_service"), value: "12345".to_owned() },
            Problem::UnknownField { typed: "leiu".to_owned(), nearest: Some(name("lieu")) },
            Problem::GivenTwice(name("faits")),
            Problem::GivenTwice(name("parquet")),
        ]
    );
    let twice = "date: 31/02 ; date: hier ; vol";
    assert_eq!(problems("appel", twice).last(), Some(&Problem::GivenTwice(name("date"))));
}

#[test]
fn a_word_before_a_colon_that_is_no_field_is_text() {
    check("recit", "La morale : sonnez toujours deux fois", &[("texte", "La morale : sonnez toujours deux fois")]);
    check("appel", "Rappel des faits : vol ; couleur: bleue", &[("faits", "Rappel des faits : vol ; couleur: bleue")]);
}

#[test]
fn template_syntax_is_text() {
    check("recit", "{{ 7*7 }} {% if x %} {# y", &[("texte", "{{ 7*7 }} {% if x %} {# y")]);
}

#[test]
fn an_answer_is_the_bare_value_of_what_was_asked_or_names_its_fields() {
    let spec = command("appel");
    let reply =
        |asked: Option<&str>, text: &str| answer(&spec, asked.map(FieldName::from).as_ref(), text, &now()).map(plain);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(reply(Some("date"), "hier 22:30"), Ok(vec![pair("date", "vendredi 13 mars à 22 h 30")]));
    assert_eq!(
        reply(Some("lieu"), "place du Bouffay ; tel: 17"),
        Ok(vec![pair("lieu", "place du Bouffay"), pair("tel_service", "17"),])
    );
    assert_eq!(reply(Some("date"), "lieu: Nantes"), Ok(vec![pair("lieu", "Nantes")]));
    assert_eq!(reply(None, "deux vols"), Ok(vec![pair("faits", "deux vols")]));
    assert_eq!(reply(None, "signalement:"), Ok(vec![pair("signalement", "")]), "taken out");
    assert_eq!(
        reply(Some("date"), "je ne sais pas"),
        Err(vec![Problem::NotADate { field: FieldName::from("date"), value: "je ne sais pas".to_owned() }])
    );
    assert_eq!(reply(Some("date"), " "), Err(vec![Problem::Empty]));
}

#[test]
fn a_draft_is_named_by_its_number() {
    for (typed, number, rest) in [
        ("44-12", "44-12", ""),
        ("44-12 lieu: ici", "44-12", "lieu: ici"),
        ("44-12: texte\nligne", "44-12", "texte\nligne"),
        ("n° 44-12", "44-12", ""),
        ("#44–12\nfaits: vol", "44-12", "faits: vol"),
        ("44 – 12 vol", "44-12", "vol"),
        ("2A-3.", "2A-3", ""),
    ] {
        let (read, after) = draft_number(typed).unwrap();
        assert_eq!((read.to_string().as_str(), after), (number, rest), "{typed}");
    }
    assert_eq!(draft_number(" "), Err(Problem::Empty));
    for typed in ["douze", "44", "44-0", "44-", "le brouillon 44-12", &"9".repeat(4_000)] {
        assert!(matches!(draft_number(typed), Err(Problem::NotADraftNumber(_))), "{typed}");
    }
}

proptest! {
    #[test]
    fn what_is_typed_in_a_field_comes_back(place in "[a-zA-Zéè'0-9]{1,12}( [a-zA-Zéè'0-9.,!?()/]{1,12}){0,6}") {
        let spec = command("appel");
        for typed in [format!("lieu: {place} ; signalement: x"), format!("signalement: x\nLIEU : {place}\n")] {
            let given = fields(&spec, &typed, &now()).unwrap();
            prop_assert_eq!(&given[&FieldName::from("lieu")], &place);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in any::<String>(), pieces in "([ ;:\n！!é]|lieu|date|tel|44-12|：|；|•){0,30}") {
        let spec = command("info");
        for text in [text, pieces] {
            command_line(&text);
            draft_number(&text).ok();
            fields(&spec, &text, &now()).ok();
            answer(&spec, Some(&FieldName::from("date")), &text, &now()).ok();
        }
    }
}
