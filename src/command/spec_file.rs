//! Reads one command file: everything that is wrong with it is found at once, with its line.

use std::sync::Arc;

use toml::de::DeTable;

use crate::command::action::Action;
use crate::command::check::book::{Book, Check, Rule};
use crate::command::check::draft::Overrides;
use crate::command::check::finding::Severity;
use crate::command::check::phrase::Phrase;
use crate::command::check::phrase_syntax::literal;
use crate::command::check::rule_file;
use crate::command::field::Field;
use crate::command::problem::SpecProblem;
use crate::command::section::{Located, Page, Section};
use crate::command::spec::{Example, Spec};
use crate::command::template::{NETWORKS, key};
use crate::command::{alt, field, field_file, policy_file, template_file};
use crate::domain::fold::fold;
use crate::domain::name::{CommandWord, FieldName};

/// The code of what a command's own words find, unless the file gives one.
const WATCHED: &str = "watched_words";

/// Reads a command file; `shared` are the checks of every command.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(file: &str, text: &str, shared: &Arc<Book>) -> Result<Spec, Vec<SpecProblem>> {
    parsed(file, text, |page, root| spec(page, root, shared))
}

/// Reads a file of commands or checks with `read`, once it is TOML.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parsed<T>(
    file: &str,
    text: &str,
    read: impl FnOnce(&Page<'_>, Section<'_>) -> Option<T>,
) -> Result<T, Vec<SpecProblem>> {
    let page = Page::new(file, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map_or(1, |span| page.line_of(span.start));
        page.report(line, format!("ce n'est pas du TOML : {}", french_syntax(error.message().trim())));
    }
    let found = if errors.is_empty() { read(&page, Section::root(&page, table.get_ref())) } else { None };
    match found {
        Some(found) if page.is_sound() => Ok(found),
        Some(_) | None => Err(page.into_problems()),
    }
}

/// What to mend, for the slips that happen; the rest keeps the reader's own words.
fn french_syntax(message: &str) -> String {
    let known = [
        ("string", "il manque un guillemet autour d'un texte"),
        ("key with no value", "il manque le signe = après la clé"),
        ("duplicate key", "cette clé est déjà donnée plus haut, retirez l'une des deux"),
        ("table", "vérifiez les crochets de la section, [policy] ou [[field]]"),
        ("array", "vérifiez les crochets et les virgules de la liste"),
    ];
    match known.into_iter().find(|(part, _)| message.contains(part)) {
        Some((_, advice)) => advice.to_owned(),
        None => format!("vérifiez les guillemets, les crochets et le signe = de cette ligne ({message})"),
    }
}

fn spec(page: &Page<'_>, root: Section<'_>, shared: &Arc<Book>) -> Option<Spec> {
    let word = root.text("word", "\"appel\"").and_then(|word| command_word(&root, &word));
    let aliases: Vec<CommandWord> =
        root.texts("aliases").iter().filter_map(|alias| command_word(&root, alias)).collect();
    let about = root.text("about", "\"Lancer un appel à témoins\"").map(|about| about.value);
    let action = root.text("action", "\"draft\"").and_then(|action| known_action(&root, &action));
    let order = root.number("order", 0..=10_000).unwrap_or(1_000);
    let fields = field_file::read(&root);
    let templates = template_file::read(&root, &fields);
    let policy = policy_file::read(&root);
    let warnings: Vec<Check> = root.sections("warning", "[[warning]]").into_iter().filter_map(warning).collect();
    let overrides = overrides(&root, shared);
    let examples: Vec<Example> = root.sections("example", "[[example]]").into_iter().filter_map(example).collect();
    match action {
        Some(Action::Draft | Action::CloseDraft) => check_draft(&root, &fields.sound, &examples),
        Some(other) => check_other(&root, other, &examples),
        None => {}
    }
    root.end();
    Some(Spec {
        file: page.file().to_owned(),
        word: word?,
        aliases,
        about: about?,
        action: action?,
        order,
        fields: with_alt_fields(action?, fields.sound),
        policy,
        templates,
        books: vec![shared.clone(), Arc::new(Book::of(warnings))],
        overrides,
        examples,
    })
}

/// The fields of the file, and those that say what pictures show.
fn with_alt_fields(action: Action, mut fields: Vec<Field>) -> Vec<Field> {
    if action == Action::Draft {
        let missing: Vec<Field> = alt::fields()
            .filter(|alt| !fields.iter().any(|field| field.names().any(|name| *name == alt.name)))
            .collect();
        fields.extend(missing);
    }
    fields
}

fn command_word(root: &Section<'_>, given: &Located<String>) -> Option<CommandWord> {
    let word = fold(&given.value);
    let is_word = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_word {
        let advice = "un seul mot, sans « ! », fait de lettres, de chiffres et de traits d'union";
        root.report(given.line, format!("« {} » ne peut pas être un mot de commande : écrivez {advice}", given.value));
    }
    is_word.then_some(CommandWord(word))
}

fn known_action(root: &Section<'_>, given: &Located<String>) -> Option<Action> {
    let action = Action::from_word(&given.value);
    if action.is_none() {
        let words = Action::ALL.map(Action::word).join(", ");
        root.report(given.line, format!("action inconnue « {} » : écrivez l'une de celles-ci : {words}", given.value));
    }
    action
}

fn check_draft(root: &Section<'_>, fields: &[Field], examples: &[Example]) {
    let mains = fields.iter().filter(|field| field.main).count();
    if mains != 1 {
        let found = if mains == 0 {
            "aucun champ n'est principal".to_owned()
        } else {
            format!("{mains} champs sont principaux")
        };
        root.report(
            root.line,
            format!("{found} : mettez main = true à un seul champ, celui qui reçoit le texte libre"),
        );
    }
    if !root.has("template") {
        root.report(root.line, "il manque la section [template] : ajoutez default = \"\"\"…\"\"\"");
    }
    if !root.has("policy") {
        root.report(
            root.line,
            "il manque la section [policy] : ajoutez quorum = 2 (le nombre de personnes qui approuvent)",
        );
    }
    if examples.is_empty() {
        root.report(root.line, "il manque un exemple : ajoutez [[example]] avec says = \"!…\" ; l'aide le montre");
    }
    for example in examples.iter().filter(|example| example.texts.is_empty() && example.missing.is_empty()) {
        root.report(
            example.line,
            "l'exemple ne dit pas ce qu'il donne : ajoutez expect = \"\"\"…\"\"\" ou missing = [\"lieu\"]",
        );
    }
}

fn check_other(root: &Section<'_>, action: Action, examples: &[Example]) {
    for key in ["field", "template", "policy", "warning", "checks"] {
        // What rectifies or relays another draft has its words, and a rule of its own.
        let is_own = matches!(action, Action::RectifyDraft | Action::RelayDraft) && key == "policy";
        if root.has(key) && !is_own {
            let advice = format!("retirez « {key} » ou écrivez action = \"draft\"");
            root.report(
                root.line,
                format!("une commande d'action « {} » n'a pas de « {key} » : {advice}", action.word()),
            );
        }
    }
    for example in examples.iter().filter(|example| !(example.texts.is_empty() && example.missing.is_empty())) {
        root.report(example.line, "« expect » et « missing » ne vont qu'avec action = \"draft\" : retirez-les");
    }
}

/// Words of one command alone that make a supervisor look twice.
fn warning(section: Section<'_>) -> Option<Check> {
    let turns: Vec<Phrase> = section.texts("words").iter().filter_map(|words| literal(&words.value)).collect();
    if turns.is_empty() && !section.is_text("words") {
        section.report(section.line, "il manque « words » : écrivez les mots à signaler, words = [\"coupable\"]");
    }
    let why = section.text("why", "\"Toute personne est présumée innocente.\"").map(|why| why.value);
    let source = section.optional_text("source").map(|source| source.value);
    let code = section.optional_text("code");
    if let Some(code) = code.as_ref().filter(|code| !rule_file::is_code(&code.value)) {
        section.report(
            code.line,
            format!(
                "« {} » ne peut pas être un code : écrivez des lettres minuscules sans accent et « _ »",
                code.value
            ),
        );
    }
    let must_be_lifted = section.flag("lift");
    section.end();
    Some(Check {
        code: code.map_or_else(|| WATCHED.to_owned(), |code| code.value),
        severity: Severity::Warn,
        must_be_lifted,
        why: rule_file::with_source(why?, source),
        field: None,
        rules: vec![Rule::of(turns)],
    })
}

/// `[checks]`: what the command changes in the checks that all commands share.
fn overrides(root: &Section<'_>, shared: &Book) -> Overrides {
    let mut overrides = Overrides::default();
    let Some(section) = root.section("checks", "[checks]") else { return overrides };
    let known: Vec<&str> = shared.checks.iter().map(|check| check.code.as_str()).collect();
    let codes = |key| -> Vec<String> {
        let codes = section.texts(key).into_iter();
        let is_known = |code: &Located<String>| {
            let is_known = known.contains(&code.value.as_str());
            if !is_known {
                let codes = known.join(", ");
                section.report(code.line, format!("aucun contrôle ne s'appelle « {} » : {codes}", code.value));
            }
            is_known
        };
        codes.filter(is_known).map(|code| code.value).collect()
    };
    overrides.off = codes("off").into_iter().collect();
    overrides.severity = codes("warn").into_iter().map(|code| (code, Severity::Warn)).collect();
    overrides.severity.extend(codes("block").into_iter().map(|code| (code, Severity::Block)));
    section.end();
    overrides
}

fn example(section: Section<'_>) -> Option<Example> {
    let says = section.text("says", "\"!appel …\"");
    let missing = section.texts("missing").iter().map(|name| FieldName(field::fold_label(&name.value))).collect();
    let mut texts = Vec::new();
    if section.is_text("expect") {
        let everywhere = section.optional_text("expect").map(|text| text.value).unwrap_or_default();
        texts.extend(NETWORKS.map(|network| (network, everywhere.clone())));
    } else if let Some(expected) = section.section("expect", "expect") {
        for network in NETWORKS {
            texts.extend(expected.optional_text(key(network)).map(|text| (network, text.value)));
        }
        expected.end();
    }
    let line = section.line;
    section.end();
    Some(Example { line, says: says?.value, texts, missing })
}
