//! What `!aide` shows.

use portevoix::command::help::help;
use portevoix::domain::help::Help;
use portevoix::domain::name::CommandWord;
use portevoix::domain::notice::Notice;

use crate::commands::shipped;

#[test]
fn the_help_lists_every_command_with_its_summary() {
    let Notice::Help(Help::All(commands)) = help(&shipped(), None) else { panic!("no list") };
    assert_eq!(commands.first(), Some(&(CommandWord::from("appel"), "Lancer un appel à témoins".to_owned())));
    assert_eq!(commands.len(), 16);
    assert_eq!(help(&shipped(), Some("  ")), Notice::Help(Help::All(commands)));
}

#[test]
fn the_help_of_one_command_has_its_fields_and_examples() {
    for typed in ["appel", "!Appel", "témoins", "appel s'il te plaît"] {
        let Notice::Help(Help::One { word, fields, examples, .. }) = help(&shipped(), Some(typed)) else {
            panic!("{typed}")
        };
        assert_eq!(word, CommandWord::from("appel"));
        assert!(examples.iter().all(|example| example.contains("!appel")));
        let internal: Vec<&str> =
            fields.iter().filter(|field| field.internal).map(|field| field.name.as_str()).collect();
        assert_eq!(internal, ["parquet", "mineur_demandeur", "consentement_victime"]);
        let required: Vec<&str> =
            fields.iter().filter(|field| field.required).map(|field| field.name.as_str()).collect();
        assert_eq!(required, ["faits", "lieu", "date", "tel_service", "parquet"]);
    }
}

#[test]
fn the_help_of_an_unknown_command_names_the_nearest() {
    let expected = Notice::UnknownCommand { typed: "apel".to_owned(), nearest: Some(CommandWord::from("appel")) };
    assert_eq!(help(&shipped(), Some("!apel")), expected);
}
