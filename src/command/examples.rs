//! Runs the examples of the command files through the code that officers use, so that help never shows what does not
//! work.

use jiff::ZonedDateTime;
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::command::action::Action;
use crate::command::catalog::{Catalog, Lookup};
use crate::command::clean::clean;
use crate::command::french_plan;
use crate::command::parse;
use crate::command::problem::SpecProblem;
use crate::command::render::{Album, Content, Destination, render};
use crate::command::spec::{Example, Spec};
use crate::command::template::{NETWORKS, Speaker, key};
use crate::domain::directorate::{Account, NetworkKind, Visibility};
use crate::domain::draft::Blocker;
use crate::domain::name::{AccountName, DirectorateCode, FieldName, MessageId};
use crate::domain::notice::Problem;
use crate::domain::text::Limits;

/// What is wrong with the examples of one command.
pub fn check(catalog: &Catalog, spec: &Spec) -> Vec<SpecProblem> {
    let problem = |example: &Example, message| SpecProblem { file: spec.file.clone(), line: example.line, message };
    spec.examples
        .iter()
        .flat_map(|example| run(catalog, spec, example).into_iter().map(|message| problem(example, message)))
        .collect()
}

/// When the examples are typed: Saturday 14 March 2026 at 10:00.
fn example_time() -> ZonedDateTime {
    TimeZone::UTC.to_zoned_datetime(date(2026, 3, 14).at(10, 0, 0, 0)).expect("every civil time exists in UTC")
}

/// Types one example and says what came out wrong.
fn run(catalog: &Catalog, spec: &Spec, example: &Example) -> Vec<String> {
    let text = match clean(&example.says) {
        Ok(text) => text,
        Err(problem) => return vec![explained(&problem)],
    };
    let typed = parse::command_line(&text);
    let Some(typed) =
        typed.filter(|typed| matches!(catalog.find(typed.word), Lookup::Found(found) if found.word == spec.word))
    else {
        return vec![format!("l'exemple doit commencer par « !{} »", spec.word)];
    };
    match spec.action {
        Action::Draft => draft(spec, example, typed.rest),
        Action::ShowDraft
        | Action::EditDraft
        | Action::WithdrawDraft
        | Action::LiftWarnings
        | Action::RectifyDraft
        | Action::RelayDraft => match parse::draft_number(typed.rest) {
            Ok(_) => Vec::new(),
            Err(_) => vec![format!("l'exemple doit donner un numéro de brouillon : « !{} 44-12 »", spec.word)],
        },
        Action::CloseDraft => match parse::draft_number(typed.rest) {
            Ok((_, rest)) => draft(spec, example, rest),
            Err(_) => vec![format!("l'exemple doit donner un numéro de brouillon : « !{} 44-12 »", spec.word)],
        },
        Action::PlanDraft => {
            match parse::draft_number(typed.rest).map(|(_, rest)| french_plan::read(rest, &example_time())) {
                Ok(Ok(_)) => Vec::new(),
                Ok(Err(why)) => {
                    vec![format!("l'heure de l'exemple n'en est pas une ({why}) : « demain 8h30 », par exemple")]
                }
                Err(_) => {
                    vec![format!("l'exemple doit donner un numéro de brouillon : « !{} 44-12 demain 8h30 »", spec.word)]
                }
            }
        }
        Action::Help => match typed.rest.split_whitespace().next().map(|word| catalog.find(word)) {
            Some(Lookup::Unknown { .. }) => vec![format!("il n'y a pas de commande « !{} »", typed.rest)],
            Some(Lookup::Found(_)) | None => Vec::new(),
        },
        Action::ListDrafts => Vec::new(),
    }
}

fn draft(spec: &Spec, example: &Example, rest: &str) -> Vec<String> {
    let now = example_time();
    let fields = match parse::fields(spec, rest, &now) {
        Ok(fields) => fields,
        Err(problems) => {
            return problems.iter().map(explained).collect();
        }
    };
    let filled = spec.filled(fields, &MessageId("example".to_owned()));
    let code = DirectorateCode("44".to_owned());
    let speaker = Speaker { name: "DDSP de la Loire-Atlantique", code: &code };
    let content = render(spec, &filled, Album::default(), speaker, &NETWORKS.map(destination));
    let mut wrong: Vec<String> =
        example.texts.iter().filter_map(|(network, expected)| differs(&content, *network, expected)).collect();
    let missing: Vec<&str> =
        content.blockers.iter().filter_map(|blocker| blocker.missing().map(|(field, _)| field.as_str())).collect();
    let expected: Vec<&str> = example.missing.iter().map(FieldName::as_str).collect();
    if missing != expected {
        let asked = if missing.is_empty() { "rien".to_owned() } else { missing.join(", ") };
        wrong.push(format!("après l'exemple, il reste à demander : {asked} ; corrigez « missing » ou l'exemple"));
    }
    for blocker in &content.blockers {
        match blocker {
            Blocker::TooLong { account, over } => {
                wrong.push(format!("le texte de l'exemple est trop long de {over} sur {account}"));
            }
            Blocker::Empty { account } => wrong.push(format!("le texte de l'exemple est vide sur {account}")),
            Blocker::Check { words, why, .. } => {
                wrong.push(format!("un contrôle refuse « {words} » dans l'exemple : {why}"));
            }
            Blocker::Missing { .. }
            | Blocker::NoAccount
            | Blocker::PictureComing { .. }
            | Blocker::TooManyPictures { .. }
            | Blocker::PictureTooLarge { .. }
            | Blocker::AltTooLong { .. } => {}
        }
    }
    wrong
}

/// How the text for a network differs from the expected one, if it does.
fn differs(content: &Content, network: NetworkKind, expected: &str) -> Option<String> {
    let text = content.targets.iter().find(|target| target.network == network).map(|target| &target.text)?;
    let plain = |text: &str| text.replace('\u{A0}', " ").trim().to_owned();
    (plain(text) != plain(expected)).then(|| {
        format!(
            "sur {}, l'exemple donne un autre texte ; si c'est le bon, recopiez-le :\n{}",
            network.label(),
            plain(text)
        )
    })
}

fn destination(network: NetworkKind) -> Destination {
    Destination {
        prices: None,
        account: Account {
            name: AccountName(key(network).to_owned()),
            network,
            visibility: Visibility::Public,
            language: "fr".to_owned(),
        },
        limits: Limits::default_of(network),
    }
}

/// What is wrong with what an example types, for the person who wrote it.
fn explained(problem: &Problem) -> String {
    let what = match problem {
        Problem::Empty => "il ne donne aucun champ".to_owned(),
        Problem::TooLong { most, .. } => format!("il dépasse {most} caractères"),
        Problem::ForbiddenCharacter(number) => format!("il contient un caractère invisible, U+{number:04X}"),
        Problem::PiledMarks => "il empile des accents".to_owned(),
        Problem::GivenTwice(field) => format!("le champ « {field} » y est deux fois"),
        Problem::UnknownField { typed, .. } => format!("« {typed} » n'est pas un champ"),
        Problem::NotADate { field, value } => format!("« {value} » n'est pas une date pour « {field} »"),
        Problem::NotAPhone { field, value } => format!("« {value} » n'est pas un numéro pour « {field} »"),
        Problem::NotAnAge { field, value } => format!("« {value} » n'est pas un âge pour « {field} »"),
        Problem::NotYesOrNo { field, value } => format!("« {value} » n'est ni oui ni non pour « {field} »"),
        Problem::NotAChoice { field, value, .. } => format!("« {value} » n'est pas un choix de « {field} »"),
        Problem::ValueTooLong { field, most } => format!("« {field} » dépasse {most} caractères"),
        Problem::Unplannable(why) => format!("l'heure n'en est pas une ({why})"),
        Problem::NoSuchDirectorate(code) => format!("il n'y a pas de direction « {code} »"),
        Problem::NotADraftNumber(typed) => format!("« {typed} » n'est pas un numéro de brouillon"),
    };
    format!("l'exemple n'est pas bon : {what}")
}
