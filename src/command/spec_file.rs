//! Reads one command file: everything that is wrong with it is found at once, with its line.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use crate::command::action::Action;
use crate::command::field::Field;
use crate::command::problem::SpecProblem;
use crate::command::section::{Located, Page, Section};
use crate::command::spec::{Example, Spec, WarningRule};
use crate::command::template::{NETWORKS, Speaker, TemplateProblem, Templates, key};
use crate::command::{field, field_file};
use crate::domain::directorate::NetworkKind;
use crate::domain::fold::fold;
use crate::domain::name::{CommandWord, DirectorateCode, FieldName, RoleName};
use crate::domain::policy::{Glyphs, Policy, bare};

/// More persons than any duty team has.
const MOST_APPROVERS: u32 = 20;
/// A draft can wait from a minute to thirty days.
const OPEN_FOR_SECONDS: std::ops::RangeInclusive<u32> = 60..=2_592_000;
/// A day, unless the file says otherwise.
const DEFAULT_OPEN_FOR_SECONDS: u32 = 86_400;
/// Up to a day.
const GRACE_SECONDS: std::ops::RangeInclusive<u32> = 0..=86_400;
/// Time to see a slip and tap ⏸, unless the file says otherwise.
const DEFAULT_GRACE_SECONDS: u32 = 30;

/// Reads a command file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(file: &str, text: &str) -> Result<Spec, Vec<SpecProblem>> {
    let page = Page::new(file, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map_or(1, |span| page.line_of(span.start));
        let advice = "vérifiez les guillemets, les crochets et le signe = de cette ligne";
        page.report(line, format!("ce n'est pas du TOML ({}) : {advice}", error.message().trim()));
    }
    let spec = if errors.is_empty() { spec(&page, table.get_ref()) } else { None };
    match spec {
        Some(spec) if page.is_sound() => Ok(spec),
        Some(_) | None => Err(page.into_problems()),
    }
}

fn spec(page: &Page<'_>, table: &DeTable<'_>) -> Option<Spec> {
    let root = Section::root(page, table);
    let word = root.text("word", "\"appel\"").and_then(|word| command_word(&root, &word));
    let aliases: Vec<CommandWord> =
        root.texts("aliases").iter().filter_map(|alias| command_word(&root, alias)).collect();
    let about = root.text("about", "\"Lancer un appel à témoins\"").map(|about| about.value);
    let action = root.text("action", "\"draft\"").and_then(|action| known_action(&root, &action));
    let order = root.number("order", 0..=10_000).unwrap_or(1_000);
    let fields = field_file::read(&root);
    let templates = templates(&root, &fields);
    let policy = policy(&root);
    let warnings: Vec<WarningRule> = root.sections("warning", "[[warning]]").into_iter().filter_map(warning).collect();
    let examples: Vec<Example> = root.sections("example", "[[example]]").into_iter().filter_map(example).collect();
    match action {
        Some(Action::Draft) => check_draft(&root, &fields, &examples),
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
        fields,
        policy,
        templates,
        warnings,
        examples,
    })
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
    for key in ["field", "template", "policy", "warning"] {
        if root.has(key) {
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

fn templates(root: &Section<'_>, fields: &[Field]) -> Templates {
    let mut templates = Templates::new();
    let Some(section) = root.section("template", "[template]") else { return templates };
    let mut used = BTreeSet::new();
    let default = section.text("default", "\"\"\"{{ faits }}\"\"\"");
    let own = NETWORKS.map(|network| (Some(network), section.optional_text(key(network))));
    for (network, source) in [(None, default)].into_iter().chain(own) {
        let Some(source) = source else { continue };
        match templates.add(network, &source.value) {
            Err(problem) => report(&section, &source, &problem),
            Ok(()) => {
                let names = templates.names(network);
                let known = names.iter().filter(|name| check_name(&section, &source, name, fields)).count();
                if known == names.len() {
                    try_out(&section, &source, &templates, network, fields);
                }
                used.extend(names);
            }
        }
    }
    for field in fields.iter().filter(|field| !field.internal && !used.contains(field.name.as_str())) {
        let advice = format!("écrivez {{{{ {} }}}} dans [template], ou internal = true dans le champ", field.name);
        section.report(section.line, format!("le champ « {} » n'est dans aucun modèle : {advice}", field.name));
    }
    section.end();
    templates
}

fn report(section: &Section<'_>, source: &Located<String>, problem: &TemplateProblem) {
    section.report(source.line + problem.line - 1, problem.message.clone());
}

/// Whether a template may use that name.
fn check_name(section: &Section<'_>, source: &Located<String>, name: &str, fields: &[Field]) -> bool {
    let problem = match fields.iter().find(|field| field.name.as_str() == name) {
        Some(field) if field.internal => {
            format!("le champ « {name} » est interne, il ne doit pas être publié : retirez {{{{ {name} }}}} du modèle")
        }
        Some(_) => return true,
        None if matches!(name, "directorate.name" | "directorate.code") => return true,
        None => {
            let known: Vec<&str> =
                fields.iter().filter(|field| !field.internal).map(|field| field.name.as_str()).collect();
            let nearest = known.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
            let near = nearest.filter(|known| strsim::damerau_levenshtein(known, name) <= 2);
            let advice = match near {
                Some(known) => format!("vouliez-vous écrire {{{{ {known} }}}} ?"),
                None => format!("les noms possibles : {}, directorate.name, directorate.code", known.join(", ")),
            };
            format!("le modèle parle de « {name} », qui n'est pas un champ : {advice}")
        }
    };
    let is_in =
        |line: &&str| line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).any(|word| word == name);
    let line = source.value.lines().position(|line| is_in(&line)).unwrap_or(0);
    section.report(source.line + line, problem);
    false
}

/// Fills the template with everything, with nothing, and with each field left out, to find what only shows then.
fn try_out(
    section: &Section<'_>,
    source: &Located<String>,
    templates: &Templates,
    network: Option<NetworkKind>,
    fields: &[Field],
) {
    let published: Vec<&Field> = fields.iter().filter(|field| !field.internal).collect();
    let sample = |given: &dyn Fn(&Field) -> bool| -> BTreeMap<&str, String> {
        let value = |field: &Field| if given(field) { "12 exemple".to_owned() } else { String::new() };
        published.iter().map(|field| (field.name.as_str(), value(field))).collect()
    };
    let mut samples = vec![sample(&|_| true), sample(&|_| false)];
    samples.extend(published.iter().map(|left_out| sample(&|field| field.name != left_out.name)));
    let code = DirectorateCode("44".to_owned());
    let speaker = Speaker { name: "DDSP de la Loire-Atlantique", code: &code };
    let fill = |values: &BTreeMap<&str, String>| templates.fill(network.unwrap_or(NetworkKind::File), values, speaker);
    if let Some(problem) = samples.iter().find_map(|values| fill(values).err()) {
        report(section, source, &problem);
    }
}

fn policy(root: &Section<'_>) -> Policy {
    let mut policy = Policy {
        quorum: 1,
        required_roles: BTreeSet::new(),
        approver_roles: BTreeSet::new(),
        open_for_seconds: DEFAULT_OPEN_FOR_SECONDS,
        grace_seconds: DEFAULT_GRACE_SECONDS,
        glyphs: Glyphs::default(),
    };
    let Some(section) = root.section("policy", "[policy]") else { return policy };
    if !section.has("quorum") {
        section
            .report(section.line, "il manque « quorum » : écrivez le nombre de personnes qui approuvent, quorum = 2");
    }
    let roles = |key| section.texts(key).into_iter().map(|role| RoleName(role.value)).collect();
    policy.quorum = section.number("quorum", 1..=MOST_APPROVERS).unwrap_or(1);
    policy.required_roles = roles("required_roles");
    policy.approver_roles = roles("approver_roles");
    policy.open_for_seconds = section.number("open_for_seconds", OPEN_FOR_SECONDS).unwrap_or(DEFAULT_OPEN_FOR_SECONDS);
    policy.grace_seconds = section.number("grace_seconds", GRACE_SECONDS).unwrap_or(DEFAULT_GRACE_SECONDS);
    if let Some(glyphs) = section.section("glyphs", "[policy.glyphs]") {
        let own =
            |key, glyph: &mut String| *glyph = glyphs.optional_text(key).map_or_else(|| glyph.clone(), |own| own.value);
        own("approve", &mut policy.glyphs.approve);
        own("veto", &mut policy.glyphs.veto);
        own("hold", &mut policy.glyphs.hold);
        let distinct: BTreeSet<String> =
            [&policy.glyphs.approve, &policy.glyphs.veto, &policy.glyphs.hold].map(|glyph| bare(glyph)).into();
        if distinct.len() < 3 {
            glyphs.report(glyphs.line, "deux symboles sont les mêmes : choisissez-en trois différents");
        }
        glyphs.end();
    }
    section.end();
    policy
}

fn warning(section: Section<'_>) -> Option<WarningRule> {
    let words: Vec<String> = section.texts("words").into_iter().map(|word| word.value).collect();
    if words.is_empty() {
        section.report(section.line, "il manque « words » : écrivez les mots à signaler, words = [\"coupable\"]");
    }
    let why = section.text("why", "\"Toute personne est présumée innocente.\"").map(|why| why.value);
    let source = section.optional_text("source").map(|source| source.value);
    section.end();
    Some(WarningRule { words, why: why?, source })
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
