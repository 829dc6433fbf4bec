//! What a draft is checked for: each kind with what it finds, what it leaves alone, and how it is changed by a file.

use portevoix::command::catalog::Catalog;
use portevoix::command::check::finding::{Finding, Severity};
use portevoix::command::check::trial::{Trial, Untried, run};
use proptest::prelude::*;

use crate::harness::labelled::{Part, Score, drafts, noon, score, wrong};

/// An agreement and a criterion, so that nothing is missing.
const SETTLED: [(&str, &str); 2] = [("parquet", "Mme Morel, ce jour 9h"), ("critere_disparition", "circonstances")];

fn found_with(command: &str, text: &str, fields: &[(&str, &str)]) -> Vec<Finding> {
    let fields = SETTLED.iter().chain(fields).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let trial = Trial { command: Some(command.to_owned()), text: text.to_owned(), fields: fields.collect() };
    run(&Catalog::builtin().unwrap(), &trial, &noon()).unwrap()
}

/// The findings as `code: quote`, with `!` before what blocks.
fn told(command: &str, text: &str, fields: &[(&str, &str)]) -> Vec<String> {
    let line = |finding: Finding| {
        let mark = if finding.severity == Severity::Block { "!" } else { "" };
        format!("{mark}{}: {}", finding.code, finding.words)
    };
    found_with(command, text, fields).into_iter().map(line).collect()
}

#[track_caller]
fn check(command: &str, text: &str, expected: &[&str]) {
    assert_eq!(told(command, text, &[]), expected, "{text}");
}

#[test]
fn an_agreement_that_is_only_awaited_is_none() {
    for awaited in ["en attente", "demandé ce matin", "?", "le proc doit rappeler"] {
        let found = told("appel", "Vol de vélo", &[("accord", awaited)]);
        assert!(found.iter().any(|line| line.starts_with("!parquet_agreement")), "{awaited}: {found:?}");
    }
    check("appel", "Vol de vélo", &[]);
    assert_eq!(told("appel", "Vol", &[("parquet", "demandé hier, accord donné par Mme Morel à 9h")]), [""; 0]);
}

#[test]
fn nobody_is_called_guilty_before_the_judgement() {
    check("bilan-affaire", "Le coupable a été arrêté.", &["presumption_of_innocence: Le coupable"]);
    check("bilan-affaire", "Le Voleur, 30 ans, dort en cellule", &["presumption_of_innocence: Le Voleur"]);
    for harmless in [
        "L'auteur des faits est recherché.",
        "Le ou les auteurs ont pris la fuite.",
        "L'homme a été reconnu coupable et condamné.",
        "L'auteur de ce livre dédicace samedi.",
    ] {
        check("bilan-affaire", harmless, &[]);
    }
}

#[test]
fn nobody_is_shown_in_handcuffs() {
    let shown = |alt: &str| told("bilan-affaire", "Une interpellation cette nuit.", &[("photo_alt", alt)]);
    assert_eq!(shown("Un homme menotté, de dos"), ["restrained_person: menotté"]);
    assert_eq!(shown("Une paire de menottes sur une table"), [""; 0]);
    assert_eq!(told("bilan-affaire", "Un homme en garde à vue.", &[("photo_alt", "Six vélos")]), [""; 0]);
}

#[test]
fn a_minor_is_named_only_if_somebody_asked_for_it() {
    check("recit", "Tom, quinze ans, en fugue", &["!minor_identity: quinze ans"]);
    assert_eq!(
        told("disparition", "roux", &[("nom", "Malo"), ("age", "15")]),
        ["!minor_identity: ", "!minor_identity: 15"]
    );
    let asked = [("nom", "Malo"), ("age", "15"), ("mineur_demandeur", "ses parents")];
    assert_eq!(told("disparition", "roux", &asked), [""; 0]);
    for harmless in
        ["Une fillette va bien.", "D'anciens mineurs de fond", "Accident mineur", "La brigade fête ses 15 ans"]
    {
        check("info", harmless, &[]);
    }
}

#[test]
fn a_victim_is_named_only_with_her_word() {
    check("bilan-affaire", "Laura, violée en mai", &["!sexual_offence_victim: violée"]);
    let consent = [("consentement_victime", "écrit du 10 mars")];
    assert_eq!(told("bilan-affaire", "Laura, violée en mai", &consent), [""; 0]);
    check("appel", "Viol dans un parc cette nuit", &[]);
}

#[test]
fn an_abduction_alert_is_not_ours_but_may_be_explained() {
    check("info", "#AlerteEnlèvement à Nantes", &["!alerte_enlevement: AlerteEnlèvement"]);
    check("info", "L’alerte  enlèvement est levée.", &["alerte_enlevement: alerte  enlèvement"]);
    check("prevention", "Qu'est-ce que l'alerte enlèvement ?", &[]);
    check("info", "Enlèvement des ordures ; alerte météo", &[]);
}

#[test]
fn plates_of_every_kind_are_seen() {
    for (text, plate) in [
        ("Clio AB-123-CD", "AB-123-CD"),
        ("plaque ab 123 cd", "ab 123 cd"),
        ("Fourgon 1234 VB 44", "1234 VB 44"),
        ("belge 1-ABC-234", "1-ABC-234"),
        ("alpha bravo un deux trois charlie delta", "alpha bravo un deux trois charlie delta"),
    ] {
        check("appel", text, &[&format!("plate: {plate}")]);
    }
    for harmless in ["plaque d'égout", "ligne C6", "de 200 km", "perceuse GSB 183 LI", "verglas sur la N137 ce matin"]
    {
        check("appel", harmless, &[]);
    }
}

#[test]
fn private_numbers_are_seen_and_those_of_services_are_not() {
    for number in ["06 39 98 12 34", "+33 6 39 98 12 34", "0033639981234", "06.39.98.12.34"] {
        check(
            "appel",
            &format!("Appelez le {number}"),
            &[&format!("private_phone: {}", number.trim_start_matches('+'))],
        );
    }
    check(
        "appel",
        "zéro six trente-neuf quatre-vingt-dix-huit douze trente-quatre",
        &["private_phone: zéro six trente-neuf quatre-vingt-dix-huit douze trente-quatre"],
    );
    check("appel", "Le 17, le 112, le 3919, le 116 000, en 2017, au 02 61 91 44 17", &[]);
    assert_eq!(told("appel", "Appelez le 06 39 98 00 17", &[("tel_service", "06 39 98 00 17")]), [""; 0]);
}

#[test]
fn private_addresses_are_seen_and_public_places_are_not() {
    check("appel", "Vol au 12 rue de Strasbourg, appartement 3", &["private_address: 12 rue de Strasbourg"]);
    check("appel", "Vol rue de Strasbourg, à l'angle du quai", &[]);
    check("info", "Le commissariat, 6 place Waldeck-Rousseau", &[]);
}

#[test]
fn persons_are_seen_and_what_is_called_after_them_is_not() {
    check("appel", "Le témoin, Patrick Lemoine", &["third_party_name: Patrick Lemoine"]);
    check("appel", "mme besnard a vu", &["third_party_name: mme besnard"]);
    check("info", "Rue Jean-Jaurès, lycée Clemenceau, place Royale, pont Anne-de-Bretagne", &[]);
    assert_eq!(told("disparition", "Odile Renard a 54 ans", &[("nom", "Odile Renard")]), [""; 0]);
    check("recit", "Le brigadier-chef Picard", &["officer_name: brigadier-chef Picard"]);
    check("info", "Rue du Commandant-Charcot ; devenez gardien de la paix", &[]);
}

#[test]
fn what_is_planned_or_watched_stays_inside() {
    check("info", "Demain à 6h nous interpellerons", &["operational_secret: interpellerons"]);
    check("recit", "en planque depuis trois jours", &["operational_secret: en planque"]);
    check("prevention", "Opération Tranquillité vacances", &[]);
}

#[test]
fn health_and_origin_are_looked_at_twice() {
    assert_eq!(told("disparition", "Schizophrène", &[("nom", "Guy")]), ["health: Schizophrène"]);
    check("info", "Journée mondiale Alzheimer", &[]);
    check("appel", "Individu de type maghrébin", &["ethnicity: type maghrébin"]);
    check("appel", "Feu d'origine accidentelle, homme vêtu de noir", &[]);
}

#[test]
fn posts_can_be_listened_to() {
    check("info", "#appelatemoins #Nantes #police", &["hashtag_case: #appelatemoins"]);
    check("info", "🚨 Accident", &["emoji_position: 🚨"]);
    check("info", "Accident 🚨", &[]);
}

#[test]
fn nobody_is_asked_to_report_an_emergency_here() {
    check("appel", "Répondez en commentaire", &["emergency_here: en commentaire"]);
    check("appel", "N'écrivez rien en commentaire, appelez le 17", &[]);
}

#[test]
fn a_whole_line_is_cut_into_its_fields() {
    let typed = |text: &str| {
        let trial = Trial { text: text.to_owned(), ..Trial::default() };
        run(&Catalog::builtin().unwrap(), &trial, &noon()).map(|found| found.len())
    };
    assert_eq!(typed("!appel vol ; tel: 06 39 98 00 17 ; parquet: Mme Morel, 9h"), Ok(0));
    assert_eq!(typed("!appel vol ; tel: 17 ; parquet: en attente"), Ok(1));
    assert_eq!(typed("bonjour"), Err(Untried::NoCommand));
    assert_eq!(typed("!aide"), Err(Untried::PublishesNothing("aide".to_owned())));
}

#[test]
fn a_command_may_switch_a_check_off_or_make_it_stricter() {
    let spec = |checks: &str| {
        let own = include_str!("../../commands/info.toml").replace("[policy]", &format!("{checks}\n[policy]"));
        Catalog::from_files(&[("info.toml".to_owned(), own)])
    };
    let found = |checks: &str| {
        let trial = Trial { command: Some("info".to_owned()), text: "🚨 AB-123-CD".to_owned(), fields: Vec::new() };
        let found = run(&spec(checks).unwrap(), &trial, &noon()).unwrap();
        found.into_iter().map(|finding| (finding.code, finding.severity)).collect::<Vec<_>>()
    };
    let (plate, emoji) = ("plate".to_owned(), "emoji_position".to_owned());
    assert_eq!(found(""), [(plate.clone(), Severity::Warn), (emoji, Severity::Warn)]);
    assert_eq!(found("[checks]\noff = [\"emoji_position\"]\nblock = [\"plate\"]\n"), [(plate, Severity::Block)]);
    let problem = spec("[checks]\noff = [\"plat\"]\n").unwrap_err();
    assert!(problem[0].message.starts_with("aucun contrôle ne s'appelle « plat »"), "{problem:?}");
}

#[test]
fn a_file_of_checks_is_explained_line_by_line() {
    let text = "
[[check]]
code = \"Plaque\"
severity = \"stop\"
why = \"…\"
[[check.rule]]
find = [\"(a|\", \"<inconnu>\"]
[[check.rule]]
detect = \"plaque\"
in = \"partout\"
[[check.rule]]
";
    let told = Catalog::from_files(&[("v/verifications.toml".to_owned(), text.to_owned())]).unwrap_err();
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_labelled_drafts_are_told_apart() {
    let (catalog, drafts) = (Catalog::builtin().unwrap(), drafts());
    assert!(drafts.len() >= 220, "{}", drafts.len());
    for part in [Part::Tuned, Part::KeptApart] {
        let all = score(&catalog, &drafts, part).into_values().fold(Score::default(), Score::and);
        let differs = if part == Part::Tuned { wrong(&catalog, &drafts, part).join("\n") } else { String::new() };
        assert!(all.precision() >= 0.95 && all.recall() >= 0.95, "{part:?}: {all:?}\n{differs}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_makes_the_checks_panic_and_every_quote_is_part_of_it(text in "\\PC{0,120}|.{0,60}", field in ".{0,30}") {
        quotes_are_parts("appel", &text, &field);
    }

    #[test]
    fn nor_do_words_that_they_look_for(
        words in prop::collection::vec(prop::sample::select(vec![
            "M.", "Mme", "Jean", "DUPONT", "12", "06", "rue", "de", "AB", "123", "CD", "coupable", "l'", "auteur", "est", "14", "ans",
            "#appelatemoins", "🚨", "…", "\u{301}", "\u{200D}", "alpha", "zéro", "six", "violée", "alerte", "enlèvement", "+33", ".", ";",
            "n'", "en", "commentaire", "d’origine", "\n", "brigadier", "G.A.V.", "menotté", "œ", "İ", "ﬁ",
        ]), 0..14),
        joint in prop::sample::select(vec![" ", "", "-", "\u{A0}", ", "]),
    ) {
        quotes_are_parts("disparition", &words.join(joint), &words.concat());
    }
}

fn quotes_are_parts(command: &str, text: &str, field: &str) {
    let fields = [("nom", field), ("photo_alt", text), ("parquet", field), ("age", field), ("tel_service", field)];
    for finding in found_with(command, text, &fields) {
        let typed = [text, field, SETTLED[0].1, SETTLED[1].1];
        assert!(typed.iter().any(|typed| typed.contains(&finding.words)), "{finding:?}");
    }
}
