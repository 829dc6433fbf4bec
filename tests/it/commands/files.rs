//! Command files of one's own: a bad one is refused with its line and what to write.

use insta::assert_snapshot;
use portevoix::command::catalog::{Catalog, Lookup};

use crate::commands::lines;

/// A good command file, to spoil in one place.
const GOOD: &str = r#"word = "alerte"
aliases = ["urgence"]
about = "Prévenir d'un danger"
action = "draft"

[[field]]
name = "danger"
type = "text"
required = true
main = true
ask = "Quel danger ?"
about = "Le danger"

[[field]]
name = "lieu"
type = "place"
about = "L'endroit"

[[field]]
name = "source"
type = "text"
internal = true
about = "Qui l'a dit"

[template]
default = """
Attention : {{ danger | sentence }}
{{ lieu }}
"""
bluesky = "{{ danger }} {{ lieu }}"

[policy]
quorum = 2

[[warning]]
words = ["panique"]
why = "Restez calme."

[[example]]
says = "!alerte chute de tuiles ; lieu: rue Crébillon"
expect = { mastodon = "Attention : Chute de tuiles.\nrue Crébillon", bluesky = "chute de tuiles rue Crébillon" }
"#;

fn catalog(text: &str) -> Result<Catalog, String> {
    Catalog::from_files(&[("alerte.toml".to_owned(), text.to_owned())]).map_err(|problems| lines(&problems))
}

/// What is said of the good file with some of its text replaced.
fn spoilt(changes: &[(&str, &str)]) -> String {
    let text = changes.iter().fold(GOOD.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    match catalog(&text) {
        Ok(catalog) => lines(&catalog.check_examples()),
        Err(problems) => problems,
    }
}

#[test]
fn a_good_file_is_a_command_and_its_examples_hold() {
    let catalog = catalog(GOOD).unwrap();
    assert_eq!(lines(&catalog.check_examples()), "");
    assert!(matches!(catalog.find("Urgence"), Lookup::Found(spec) if spec.word.as_str() == "alerte"));
}

#[test]
fn invalid_toml_is_told_line_by_line() {
    assert_snapshot!(spoilt(&[("about = \"Prévenir d'un danger\"", "about = \"Prévenir\nx y"), ("quorum = 2", "quorum 2")]), @r##"
    alerte.toml, ligne 3 : ce n'est pas du TOML : il manque un guillemet autour d'un texte
    alerte.toml, ligne 4 : ce n'est pas du TOML : il manque le signe = après la clé
    alerte.toml, ligne 34 : ce n'est pas du TOML : il manque le signe = après la clé
    "##);
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_or_all_possible_ones() {
    assert_snapshot!(spoilt(&[("about = \"Prévenir", "abuot = \"Prévenir"), ("quorum = 2", "quorum = 2\ncouleur = 3")]), @r##"
    alerte.toml, ligne 1 : il manque « about » dans le fichier : ajoutez par exemple about = "Lancer un appel à témoins"
    alerte.toml, ligne 3 : clé inconnue « abuot » dans le fichier : vouliez-vous écrire « about » ?
    alerte.toml, ligne 34 : clé inconnue « couleur » dans [policy] : retirez cette ligne ; les clés possibles ici : quorum, required_roles, approver_roles, open_for_seconds, grace_seconds, urgent, confirm, remind_roles, remind_after_seconds, deadline_near_seconds, glyphs
    "##);
}

#[test]
fn a_value_of_the_wrong_type_is_told_with_the_right_one() {
    assert_snapshot!(spoilt(&[("quorum = 2", "quorum = \"deux\""), ("words = [\"panique\"]", "words = \"panique\""), ("main = true", "main = \"oui\""), ("word = \"alerte\"", "word = 3"), ("[[example]]", "[example]")]), @r##"
    alerte.toml, ligne 1 : aucun champ n'est principal : mettez main = true à un seul champ, celui qui reçoit le texte libre
    alerte.toml, ligne 1 : il manque un exemple : ajoutez [[example]] avec says = "!…" ; l'aide le montre
    alerte.toml, ligne 1 : « word » attend un texte entre guillemets, pas un nombre
    alerte.toml, ligne 10 : « main » attend true (oui) ou false (non)
    alerte.toml, ligne 33 : « quorum » attend un nombre entier de 1 à 20
    alerte.toml, ligne 36 : « words » attend une liste entre crochets, pas un texte
    alerte.toml, ligne 39 : écrivez [[example]], avec deux crochets de chaque côté
    "##);
    assert_snapshot!(spoilt(&[("[template]", "[[template]]")]), @r##"alerte.toml, ligne 25 : écrivez [template] avec un seul crochet de chaque côté, et une seule fois"##);
}

#[test]
fn an_unknown_type_of_field_is_told_with_the_known_ones() {
    assert_snapshot!(spoilt(&[("type = \"place\"", "type = \"endroit\"")]), @r##"alerte.toml, ligne 16 : type inconnu « endroit » : écrivez l'un de ceux-ci : text, long_text, place, choice, datetime, date, phone, age, yes_no"##);
}

#[test]
fn an_unknown_action_is_told_with_the_known_ones() {
    assert_snapshot!(spoilt(&[("action = \"draft\"", "action = \"publier\"")]), @r##"alerte.toml, ligne 4 : action inconnue « publier » : écrivez l'une de celles-ci : draft, list_drafts, show_draft, edit_draft, withdraw_draft, lift_warnings, plan_draft, close_draft, rectify_draft, relay_draft, help"##);
}

#[test]
fn a_word_that_cannot_be_typed_is_refused() {
    assert_snapshot!(spoilt(&[("word = \"alerte\"", "word = \"!alerte rouge\"")]), @r##"alerte.toml, ligne 1 : « !alerte rouge » ne peut pas être un mot de commande : écrivez un seul mot, sans « ! », fait de lettres, de chiffres et de traits d'union"##);
}

#[test]
fn a_template_that_is_not_closed_is_refused_at_its_line() {
    assert_snapshot!(spoilt(&[("{{ danger | sentence }}", "{{ danger | sentence")]), @r##"alerte.toml, ligne 28 : le modèle n'est pas lisible (unexpected `{`, expected end of variable block) : vérifiez que chaque {{ … }} et chaque {% … %} est fermé"##);
    assert_snapshot!(spoilt(&[("{{ lieu }}\n", "{% if lieu %}{{ lieu }}\n")]), @r##"alerte.toml, ligne 28 : le modèle n'est pas lisible (unexpected end of input, expected end of block) : vérifiez que chaque {{ … }} et chaque {% … %} est fermé"##);
}

/// Found by fuzzing: what is missing was said to be on a line that the file does not have.
#[test]
fn what_is_missing_at_the_end_is_told_on_the_last_line() {
    assert_snapshot!(catalog("word = \"voir\"\nabout\n").unwrap_err(), @"alerte.toml, ligne 2 : ce n'est pas du TOML : il manque le signe = après la clé");
}

#[test]
fn a_template_that_never_ends_is_refused() {
    let long = "{% for a in [1] * 9999 %}{% for b in [1] * 9999 %}{{ lieu }}{% endfor %}{% endfor %}";
    let wide = "{% for a in [1] * 9999 %}{{ lieu * 9999 }}{% endfor %}";
    for endless in [long, wide] {
        let told = spoilt(&[("{{ lieu }}\n", &format!("{endless}\n"))]);
        assert!(told.contains("le modèle n'en finit pas : retirez sa boucle, ou raccourcissez-la"), "{told}");
    }
}

#[test]
fn a_template_may_only_use_fields_that_exist() {
    assert_snapshot!(spoilt(&[("{{ lieu }}\n", "{{ liue }}\n{{ couleur }}\n")]), @r##"
    alerte.toml, ligne 28 : le modèle parle de « liue », qui n'est pas un champ : vouliez-vous écrire {{ lieu }} ?
    alerte.toml, ligne 29 : le modèle parle de « couleur », qui n'est pas un champ : les noms possibles : danger, lieu, directorate.name, directorate.code
    "##);
    assert_snapshot!(spoilt(&[("{{ lieu }}\n", "{% if lieu %}{{ lieu | majuscule }}{% endif %}\n")]), @r##"alerte.toml, ligne 28 : filtre inconnu « majuscule » : utilisez par exemple sentence, capital ou upper"##);
}

#[test]
fn a_template_may_not_publish_an_internal_field() {
    assert_snapshot!(spoilt(&[("{{ lieu }}\n", "{{ lieu }} {{ source }}\n")]), @r##"alerte.toml, ligne 28 : le champ « source » est interne, il ne doit pas être publié : retirez {{ source }} du modèle"##);
}

#[test]
fn a_published_field_must_be_in_a_template() {
    assert_snapshot!(spoilt(&[("{{ lieu }}\n", ""), (" {{ lieu }}\"", "\"")]), @r##"alerte.toml, ligne 25 : le champ « lieu » n'est dans aucun modèle : écrivez {{ lieu }} dans [template], ou internal = true dans le champ"##);
}

#[test]
fn exactly_one_field_receives_free_text() {
    assert_snapshot!(spoilt(&[("main = true\n", "")]), @r##"alerte.toml, ligne 1 : aucun champ n'est principal : mettez main = true à un seul champ, celui qui reçoit le texte libre"##);
    assert_snapshot!(spoilt(&[("type = \"place\"", "type = \"place\"\nmain = true")]), @r##"alerte.toml, ligne 1 : 2 champs sont principaux : mettez main = true à un seul champ, celui qui reçoit le texte libre"##);
    assert_snapshot!(spoilt(&[("main = true", "main = true\ninternal = true")]), @r##"
    alerte.toml, ligne 6 : un champ principal (main) ne peut pas être interne (internal) : retirez l'un des deux
    alerte.toml, ligne 28 : le champ « danger » est interne, il ne doit pas être publié : retirez {{ danger }} du modèle
    alerte.toml, ligne 31 : le champ « danger » est interne, il ne doit pas être publié : retirez {{ danger }} du modèle
    "##);
}

#[test]
fn a_policy_needs_at_least_one_person() {
    assert_snapshot!(spoilt(&[("quorum = 2", "quorum = 0\ngrace_seconds = 100000")]), @r##"
    alerte.toml, ligne 33 : « quorum » attend un nombre entier de 1 à 20
    alerte.toml, ligne 34 : « grace_seconds » attend un nombre entier de 0 à 86400
    "##);
    assert_snapshot!(spoilt(&[("quorum = 2", "quorum = 2\nconfirm = \"mot\"")]), @r##"alerte.toml, ligne 34 : « confirm » ne peut pas valoir « mot » : écrivez "reaction" (un signe suffit) ou "word" (l'empreinte de la carte, tapée en réponse)"##);
    assert_snapshot!(spoilt(&[("[policy]\nquorum = 2\n", "")]), @r##"alerte.toml, ligne 1 : il manque la section [policy] : ajoutez quorum = 2 (le nombre de personnes qui approuvent)"##);
    assert_snapshot!(spoilt(&[("quorum = 2", "grace_seconds = 0")]), @r##"alerte.toml, ligne 32 : il manque « quorum » : écrivez le nombre de personnes qui approuvent, quorum = 2"##);
    assert_snapshot!(spoilt(&[("quorum = 2", "quorum = 2\nglyphs = { approve = \"👍\", veto = \"👍🏽\" }")]), @r##"alerte.toml, ligne 34 : deux symboles sont les mêmes : choisissez-en trois différents"##);
}

#[test]
fn a_field_has_a_name_of_its_own_that_a_template_can_use() {
    assert_snapshot!(spoilt(&[("name = \"source\"", "name = \"Lieu\"")]), @r##"alerte.toml, ligne 20 : le nom de champ « lieu » sert deux fois dans ce fichier : changez l'un des deux"##);
    assert_snapshot!(spoilt(&[("name = \"source\"", "name = \"la source !\"")]), @r##"alerte.toml, ligne 20 : « la source ! » ne peut pas être un nom de champ : prenez des lettres, des chiffres et « _ », et un mot qui ne sert pas déjà dans les modèles"##);
    assert_snapshot!(spoilt(&[("name = \"source\"", "name = \"directorate\"")]), @r##"alerte.toml, ligne 20 : « directorate » ne peut pas être un nom de champ : prenez des lettres, des chiffres et « _ », et un mot qui ne sert pas déjà dans les modèles"##);
}

#[test]
fn a_required_field_has_a_question_and_a_choice_its_choices() {
    assert_snapshot!(spoilt(&[("ask = \"Quel danger ?\"\n", ""), ("type = \"place\"", "type = \"choice\""), ("internal = true", "internal = true\nchoices = [\"a\"]")]), @r##"
    alerte.toml, ligne 6 : il manque « ask » : écrivez la question à poser, par exemple ask = "Où ?"
    alerte.toml, ligne 15 : un champ de type « choice » a besoin de choix : choices = ["oui", "peut-être"]
    alerte.toml, ligne 18 : « choices » ne va qu'avec type = "choice"
    "##);
}

#[test]
fn a_condition_must_be_able_to_hold() {
    assert_snapshot!(spoilt(&[("internal = true", "internal = true\nask = \"?\"\nrequired_when = [{ field = \"lieu\", under = 3 }, { field = \"rien\", is = \"x\" }, { field = \"lieu\" }]")]), @r##"
    alerte.toml, ligne 19 : « required_when » parle d'un champ « rien » qui n'existe pas dans ce fichier
    alerte.toml, ligne 19 : « under » ne va qu'avec un champ de type « age », pas avec « lieu »
    alerte.toml, ligne 24 : une condition de « required_when » : écrivez une seule de ces trois : under = 18, is = "mineur" ou says = ["fugue"]
    "##);
}

#[test]
fn a_warning_has_words_and_a_reason() {
    assert_snapshot!(spoilt(&[("words = [\"panique\"]\nwhy = \"Restez calme.\"", "words = []")]), @r##"
    alerte.toml, ligne 35 : il manque « why » dans [[warning]] : ajoutez par exemple why = "Toute personne est présumée innocente."
    alerte.toml, ligne 35 : il manque « words » : écrivez les mots à signaler, words = ["coupable"]
    "##);
}

#[test]
fn an_example_is_required_and_says_what_comes_of_it() {
    assert_snapshot!(spoilt(&[("[[example]]\n", ""), ("says = ", "#"), ("expect = ", "#")]), @r##"alerte.toml, ligne 1 : il manque un exemple : ajoutez [[example]] avec says = "!…" ; l'aide le montre"##);
    assert_snapshot!(spoilt(&[("expect = ", "#")]), @r##"alerte.toml, ligne 39 : l'exemple ne dit pas ce qu'il donne : ajoutez expect = """…""" ou missing = ["lieu"]"##);
}

#[test]
fn an_example_that_fails_is_told_with_what_came_out() {
    assert_snapshot!(spoilt(&[("lieu: rue Crébillon\"", "lieu: rue Scribe\"")]), @r##"
    alerte.toml, ligne 39 : sur Mastodon, l'exemple donne un autre texte ; si c'est le bon, recopiez-le :
    Attention : Chute de tuiles.
    rue Scribe
    alerte.toml, ligne 39 : sur Bluesky, l'exemple donne un autre texte ; si c'est le bon, recopiez-le :
    chute de tuiles rue Scribe
    "##);
    assert_snapshot!(spoilt(&[("expect = ", "missing = [\"lieu\"]\nexpect = ")]), @r##"alerte.toml, ligne 39 : après l'exemple, il reste à demander : rien ; corrigez « missing » ou l'exemple"##);
    assert_snapshot!(spoilt(&[("says = \"!alerte", "says = \"!autre")]), @r##"alerte.toml, ligne 39 : l'exemple doit commencer par « !alerte »"##);
    assert_snapshot!(spoilt(&[("lieu: rue Crébillon\"", "lieu: a ; lieu: b\"")]), @r##"alerte.toml, ligne 39 : l'exemple n'est pas bon : le champ « lieu » y est deux fois"##);
}

#[test]
fn no_two_commands_share_a_word() {
    let other = GOOD.replace("\"alerte\"", "\"danger\"").replace("\"urgence\"", "\"Alerte\", \"danger\"");
    let files = [("a.toml".to_owned(), GOOD.to_owned()), ("b.toml".to_owned(), other)];
    assert_snapshot!(lines(&Catalog::from_files(&files).unwrap_err()), @r##"
    b.toml, ligne 1 : le mot « !danger » est deux fois dans ce fichier : retirez l'un des deux
    b.toml, ligne 2 : le mot « !alerte » est déjà pris par a.toml : changez l'un des deux
    "##);
}

#[test]
fn a_folder_needs_a_command() {
    assert_snapshot!(lines(&Catalog::from_files(&[]).unwrap_err()), @r##"commands, ligne 1 : il n'y a aucun fichier de commande (.toml) : mettez-en au moins un"##);
}

#[test]
fn only_a_command_that_drafts_has_fields_templates_and_a_policy() {
    let text = "word = \"voir\"\nabout = \"Voir\"\naction = \"show_draft\"\n[policy]\nquorum = 1\n\
                [[example]]\nsays = \"!voir\"\nmissing = [\"x\"]";
    assert_snapshot!(catalog(text).unwrap_err(), @r##"
    alerte.toml, ligne 1 : une commande d'action « show_draft » n'a pas de « policy » : retirez « policy » ou écrivez action = "draft"
    alerte.toml, ligne 6 : « expect » et « missing » ne vont qu'avec action = "draft" : retirez-les
    "##);
}

#[test]
fn the_problems_of_all_files_are_told() {
    let files = [("a.toml", "x ="), ("b.toml", "")].map(|(file, text)| (file.to_owned(), text.to_owned()));
    assert_snapshot!(lines(&Catalog::from_files(&files).unwrap_err()), @r##"
    a.toml, ligne 1 : ce n'est pas du TOML : il manque un guillemet autour d'un texte
    b.toml, ligne 1 : il manque « about » dans le fichier : ajoutez par exemple about = "Lancer un appel à témoins"
    b.toml, ligne 1 : il manque « action » dans le fichier : ajoutez par exemple action = "draft"
    b.toml, ligne 1 : il manque « word » dans le fichier : ajoutez par exemple word = "appel"
    "##);
}
