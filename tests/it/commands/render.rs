//! What comes of a draft's fields.

use insta::assert_snapshot;
use portevoix::command::catalog::Catalog;
use portevoix::command::parse::fields;
use portevoix::command::render::{Album, Content, Destination, render};
use portevoix::command::spec::Spec;
use portevoix::command::template::Speaker;
use portevoix::domain::directorate::{Account, NetworkKind, Visibility};
use portevoix::domain::draft::Blocker;
use portevoix::domain::name::{AccountName, DirectorateCode, FieldName};
use portevoix::domain::text::Limits;
use proptest::prelude::*;

use crate::commands::{command, filled, lines, now};

fn destination(network: NetworkKind) -> Destination {
    let account = Account {
        name: AccountName(network.label().to_lowercase()),
        network,
        visibility: Visibility::Unlisted,
        language: "fr".to_owned(),
    };
    Destination { account, limits: Limits::default_of(network), prices: None }
}

fn rendered_for(spec: &Spec, typed: &str, networks: &[NetworkKind]) -> Content {
    let given = fields(spec, typed, &now()).unwrap_or_else(|problems| panic!("{typed}: {}", lines(&problems)));
    let code = DirectorateCode::from("44");
    let speaker = Speaker { name: "DDSP de la Loire-Atlantique", code: &code };
    let destinations: Vec<Destination> = networks.iter().copied().map(destination).collect();
    render(spec, &filled(given), Album::default(), speaker, &destinations)
}

fn rendered(word: &str, typed: &str) -> Content {
    rendered_for(&command(word), typed, &[NetworkKind::Mastodon, NetworkKind::Bluesky])
}

fn missing(content: &Content) -> Vec<&str> {
    content.blockers.iter().filter_map(|blocker| blocker.missing().map(|(field, _)| field.as_str())).collect()
}

const APPEAL: &str =
    "Vol avec violence ; lieu: place du Bouffay ; date: hier 22h ; tel: 0261914417 ; parquet: Mme Morel";

#[test]
fn a_complete_draft_has_one_text_an_account_and_nothing_in_the_way() {
    let content = rendered("appel", APPEAL);
    assert_eq!(content.blockers, []);
    assert_eq!(content.warnings, []);
    let accounts: Vec<&str> = content.targets.iter().map(|target| target.account.as_str()).collect();
    assert_eq!(accounts, ["mastodon", "bluesky"]);
    let bluesky = &content.targets[1];
    assert_eq!(
        (bluesky.visibility, bluesky.language.as_str(), bluesky.length.limit),
        (Visibility::Unlisted, "fr", 300)
    );
    assert_snapshot!(bluesky.text.replace('\u{A0}', "_"), @r"
    #AppelÀTémoins Vol avec violence.
    Place du Bouffay, vendredi 13 mars à 22_h.
    Un témoignage_? Appelez le 02 61 91 44 17, n'écrivez pas ici.
    Urgence_: composez le 17. 📞
    ");
}

#[test]
fn what_is_missing_leaves_a_gap_and_is_asked_in_the_order_of_the_file() {
    let content = rendered("appel", "vol ; tel: 17");
    assert_eq!(missing(&content), ["lieu", "date", "parquet"]);
    let Blocker::Missing { ask, .. } = &content.blockers[0] else { panic!("nothing missing") };
    assert_eq!(ask, "Où ? Par exemple : place du Bouffay, Nantes.");
    assert_snapshot!(content.targets[0].text.replace('\u{A0}', " "), @r"
    #AppelÀTémoins Vol.
    «lieu ?», «date ?».
    Un témoignage ? Appelez le 17, n'écrivez pas ici.
    Urgence : composez le 17. 📞
    ");
}

#[test]
fn a_minor_is_named_only_with_a_word_on_who_asked_for_it() {
    let person = "nom: Malo ; roux, veste bleue ; lieu: gare ; date: hier 18h ; tel: 17 ; parquet: x";
    let asked =
        |rest: &str| missing(&rendered("disparition", &format!("{person} ; {rest}"))).contains(&"mineur_demandeur");
    assert!(asked("age: 17 ans ; critere: circonstances"));
    assert!(asked("age: 18 mois ; critere: santé"));
    assert!(asked("age: 30 ans ; critere: mineur"));
    assert!(!asked("age: 18 ans ; critere: santé"));
    assert!(!asked("age: 17 ans ; critere: mineur ; demandeur: les parents"));
    // Somebody of the age who is named, but not anybody.
    assert!(missing(&rendered("appel", "Lina Perrin, 14 ans, en fugue")).contains(&"mineur_demandeur"));
    assert!(!missing(&rendered("appel", "Fugue d'une adolescente")).contains(&"mineur_demandeur"));
    assert!(missing(&rendered("appel", "Viol de Lina Perrin dans un parc")).contains(&"consentement_victime"));
    assert!(!missing(&rendered("appel", "Viol dans un parc")).contains(&"consentement_victime"));
}

#[test]
fn x_is_published_to_like_any_other_network() {
    let content = rendered_for(&command("recit"), &"📞".repeat(150), &[NetworkKind::X]);
    let target = &content.targets[0];
    assert_eq!((target.network, target.length.limit), (NetworkKind::X, 280));
    let over = target.length.used - 280;
    assert_eq!(content.blockers, [Blocker::TooLong { account: "x".into(), over }]);
    assert_eq!(content.warnings, []);
}

#[test]
fn without_an_account_nobody_can_vote() {
    assert_eq!(rendered_for(&command("recit"), "Un chat.", &[]).blockers, [Blocker::NoAccount]);
    assert_eq!(rendered_for(&command("recit"), "Un chat.", &[NetworkKind::X]).blockers, []);
}

#[test]
fn a_text_that_is_too_long_says_by_how_much() {
    let content =
        rendered("appel", &format!("{} ; signalement: {} ; {}", "é".repeat(200), "e".repeat(200), &APPEAL[20..]));
    let account = AccountName::from;
    let over = |length: usize| u32::try_from(length).unwrap();
    let text = content.targets[1].text.chars().count();
    assert_eq!(
        content.blockers,
        [
            Blocker::TooLong { account: account("mastodon"), over: over(text - 500) },
            Blocker::TooLong { account: account("bluesky"), over: over(text - 300) },
        ]
    );
}

#[test]
fn words_to_look_at_twice_are_quoted_as_they_stand_with_the_rule() {
    let content = rendered("appel", "Nous avons interpellé  l’Auteur  du vol, C’EST lui le voleur");
    let words: Vec<&str> = content.warnings.iter().map(|warning| warning.words.as_str()).collect();
    assert_eq!(words, ["interpellé l’Auteur", "le voleur"]);
    assert!(content.warnings[0].why.ends_with("(art. 9-1 du Code civil)"), "{}", content.warnings[0].why);
    assert_eq!(rendered("appel", "vol ; parquet: le coupable").warnings, [], "what is internal is not published");
}

#[test]
fn what_is_internal_is_in_no_text() {
    for word in ["appel", "disparition", "bilan-affaire"] {
        let content = rendered(word, "parquet: Mme Sesame-Ouvre-Toi ; un fait ; lieu: ici");
        assert!(!content.targets.iter().any(|target| target.text.contains("Sesame")), "{word}");
    }
}

#[test]
fn template_syntax_typed_by_an_officer_comes_out_as_typed() {
    let content = rendered("recit", "{{ 7*7 }} {% for x in y %} {{ parquet }} <b> &amp; {# rien #}");
    assert!(content.targets[0].text.starts_with("{{ 7*7 }} {% for x in y %} {{ parquet }} <b> &amp; {# rien #}"));
}

#[test]
fn blank_lines_stay_where_they_were_meant_and_nowhere_else() {
    let file = r#"
word = "essai"
about = "Essai"
action = "draft"
[[field]]
name = "texte"
type = "long_text"
main = true
required = true
ask = "?"
about = "?"
[[field]]
name = "lieu"
type = "place"
about = "?"
[template]
default = """

{{ texte }}

{% if lieu %}
Lieu : {{ lieu }}
{% endif %}
{{ lieu }}
{% if lieu %}Là : {{ lieu }}{% endif %} {# rien #}
Fin.
"""
[policy]
quorum = 1
[[example]]
says = "!essai x"
expect = "x\n\nFin."
"#;
    let catalog = Catalog::from_files(&[("essai.toml".to_owned(), file.to_owned())]).unwrap();
    assert_eq!(lines(&catalog.check_examples()), "");
    let spec = catalog.specs().next().unwrap();
    let text = |typed: &str| rendered_for(spec, typed, &[NetworkKind::File]).targets[0].text.replace('\u{A0}', "_");
    assert_eq!(text("un\n\ndeux"), "un\n\ndeux\n\nFin.");
    assert_eq!(text("un ; lieu: ici"), "un\n\nLieu_: ici\nici\nLà_: ici\nFin.");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_makes_rendering_panic_or_change_it(text in "\\PC{1,60}") {
        let spec = command("recit");
        let given = [(FieldName::from("texte"), text.clone())].into();
        let code = DirectorateCode::from("44");
        let speaker = Speaker { name: "x", code: &code };
        let content = render(&spec, &filled(given), Album::default(), speaker, &[destination(NetworkKind::File)]);
        let tail: String = text.trim().chars().skip(3).collect();
        prop_assert!(content.targets[0].text.contains(tail.trim()), "{:?}", content.targets[0].text);
    }
}
