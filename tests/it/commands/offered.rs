//! Commands that are filled in field by field: the line that comes of them says the same, whatever stands in a value.

use std::collections::BTreeMap;

use portevoix::app::discord::offers;
use portevoix::command::action::Action;
use portevoix::command::catalog::Lookup;
use portevoix::command::parse;
use portevoix::domain::directorate::{Directorate, Language};
use portevoix::domain::name::FieldName;
use portevoix::domain::notice::Problem;
use portevoix::port::offer::{Offer, OfferedKind};
use portevoix::wording::offered::{OfferedWords, offered_words};
use portevoix::wording::speaker::Speaker;
use proptest::prelude::*;

use crate::commands::{command, now, shipped};

fn words() -> OfferedWords {
    let directorate = Directorate {
        code: "44".into(),
        name: String::new(),
        language: Language::Fr,
        time_zone: String::new(),
        rooms: Vec::new(),
        team: Vec::new(),
        groups: BTreeMap::new(),
        accounts: Vec::new(),
    };
    offered_words(&Speaker::default(), &directorate)
}

fn offer(word: &str) -> Offer {
    offers(&shipped(), &words()).into_iter().find(|offer| offer.word.as_str() == word).unwrap()
}

fn given(values: &[(&str, &str)]) -> Vec<(String, String)> {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn every_command_is_offered_and_its_line_is_that_command() {
    let catalog = shipped();
    for offer in offers(&catalog, &words()) {
        let filled = offer.fields.iter().map(|field| {
            let value = match &field.kind {
                OfferedKind::DraftNumber => "44-12",
                OfferedKind::Choice(values) => values[0].as_str(),
                OfferedKind::YesNo => "oui",
                OfferedKind::Fields => "lieu: place Royale",
                OfferedKind::Prose | OfferedKind::Word => "12",
            };
            (field.name.as_str(), value)
        });
        let line = offer.line(&given(&filled.collect::<Vec<_>>()));
        let typed = parse::command_line(&line).unwrap_or_else(|| panic!("{line} is no command"));
        let Lookup::Found(spec) = catalog.find(typed.word) else { panic!("{line} is no command of ours") };
        assert_eq!(spec.word, offer.word);
        match spec.action {
            Action::ShowDraft
            | Action::WithdrawDraft
            | Action::EditDraft
            | Action::LiftWarnings
            | Action::CloseDraft
            | Action::RectifyDraft
            | Action::RelayDraft
            | Action::PlanDraft => {
                assert_eq!(parse::draft_number(typed.rest).unwrap().0.to_string(), "44-12", "{line}");
            }
            Action::Draft | Action::ListDrafts | Action::Help => {}
        }
    }
}

#[test]
fn what_is_filled_in_reads_as_if_typed() {
    let line =
        offer("appel").line(&given(&[("lieu", "place du Bouffay"), ("faits", "vol ; deux auteurs"), ("date", "")]));
    assert_eq!(line, "!appel faits: vol ; deux auteurs ; lieu: place du Bouffay");
    assert_eq!(offer("brouillons").line(&[]), "!brouillons");
    assert_eq!(offer("aide").line(&given(&[("commande", "appel")])), "!aide appel");
    let edit = given(&[("champs", "lieu: place Royale ; date: hier"), ("numero", "44-12 ; faits: rien")]);
    assert_eq!(offer("modifier").line(&edit), "!modifier 44-12 lieu: place Royale ; date: hier");
}

/// Pieces of what could start a field.
const PIECES: [&str; 14] =
    [";", "；", "\n", ":", "：", "lieu", "faits", "Tél. service", "parquet", " ", "-", "x", "22:30", "!"];

proptest! {
    #[test]
    fn no_value_passes_for_another_field(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..12),
        has_date in any::<bool>(),
    ) {
        let value = format!("a{}", pieces.concat());
        let date = if has_date { value.as_str() } else { "" };
        let line = offer("appel").line(&given(&[("faits", &value), ("lieu", &value), ("date", date)]));
        match parse::fields(&command("appel"), parse::command_line(&line).unwrap().rest, &now()) {
            Ok(fields) => {
                let names: Vec<&str> = fields.keys().map(FieldName::as_str).collect();
                prop_assert_eq!(names, ["faits", "lieu"], "{}", line);
            }
            // What is wrong is wrong with the date, which this is none, and with no other field.
            Err(problems) => for problem in problems {
                let is_date = matches!(&problem, Problem::NotADate { field, .. } if field.as_str() == "date");
                prop_assert!(is_date && has_date, "{}: {:?}", line, problem);
            },
        }
    }
}
