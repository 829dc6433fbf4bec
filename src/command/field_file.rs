//! Reads the fields of a command file.

use std::collections::BTreeSet;

use crate::command::field::{Choice, Condition, Field, FieldKind, Need, fold_label};
use crate::command::section::{Item, Located, Section};
use crate::domain::name::FieldName;

/// The types, as they are written.
const TYPES: [&str; 9] = ["text", "long_text", "place", "choice", "datetime", "date", "phone", "age", "yes_no"];
/// Names that mean something else in a template.
const RESERVED: [&str; 12] =
    ["directorate", "if", "else", "for", "in", "and", "or", "not", "is", "true", "false", "none"];
/// The longest value that a field may ask for: what the bot reads of a message.
const MOST_CHARACTERS: u32 = 4_000;

/// The fields of a file.
pub struct Fields {
    /// Those that could be read, in the order of the file.
    pub sound: Vec<Field>,
    /// Every name and alias, also of those that could not.
    pub declared: BTreeSet<FieldName>,
    /// Whether all could be read.
    pub all_sound: bool,
}

/// Reads every `[[field]]`.
pub fn read(root: &Section<'_>) -> Fields {
    let mut declared = BTreeSet::new();
    let mut conditions = Vec::new();
    let read: Vec<Option<Field>> = root
        .sections("field", "[[field]]")
        .into_iter()
        .map(|section| field(section, &mut declared, &mut conditions))
        .collect();
    let all_sound = read.iter().all(Option::is_some);
    let fields = Fields { sound: read.into_iter().flatten().collect(), declared, all_sound };
    for condition in &conditions {
        check_condition(root, condition, &fields);
    }
    fields
}

fn field(
    section: Section<'_>,
    taken: &mut BTreeSet<FieldName>,
    conditions: &mut Vec<Located<Condition>>,
) -> Option<Field> {
    let name = section.text("name", "\"lieu\"").and_then(|name| field_name(&section, &name, taken));
    let aliases = section.texts("aliases").iter().filter_map(|alias| field_name(&section, alias, taken)).collect();
    let kind = kind(&section);
    let need = need(&section);
    if let Need::When(given) = &need {
        conditions.extend(given.iter().map(|condition| Located { value: condition.clone(), line: section.line }));
    }
    let (internal, main) = (section.flag("internal"), section.flag("main"));
    let ask = section.optional_text("ask").map(|ask| ask.value);
    if ask.is_none() && need != Need::Never {
        section.report(section.line, "il manque « ask » : écrivez la question à poser, par exemple ask = \"Où ?\"");
    }
    let about = section.text("about", "\"Où les faits ont eu lieu\"").map(|about| about.value);
    let most = section.number("max_characters", 1..=MOST_CHARACTERS);
    if main && internal {
        section.report(
            section.line,
            "un champ principal (main) ne peut pas être interne (internal) : retirez l'un des deux",
        );
    }
    let default_most = if kind == Some(FieldKind::LongText) { 1_000 } else { 280 };
    section.end();
    Some(Field {
        name: name?,
        aliases,
        kind: kind?,
        need,
        internal,
        main,
        ask: ask.unwrap_or_default(),
        about: about?,
        most_characters: most.and_then(|most| usize::try_from(most).ok()).unwrap_or(default_most),
    })
}

fn field_name(section: &Section<'_>, given: &Located<String>, taken: &mut BTreeSet<FieldName>) -> Option<FieldName> {
    let name = fold_label(&given.value);
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_name || RESERVED.contains(&name.as_str()) {
        let advice = "prenez des lettres, des chiffres et « _ », et un mot qui ne sert pas déjà dans les modèles";
        section.report(given.line, format!("« {} » ne peut pas être un nom de champ : {advice}", given.value));
        return None;
    }
    let name = FieldName(name);
    if !taken.insert(name.clone()) {
        section.report(
            given.line,
            format!("le nom de champ « {name} » sert deux fois dans ce fichier : changez l'un des deux"),
        );
        return None;
    }
    Some(name)
}

fn kind(section: &Section<'_>) -> Option<FieldKind> {
    let word = section.text("type", "\"text\"")?;
    let choices = choices(section);
    if word.value != "choice" && section.has("choices") {
        section.report(section.line, "« choices » ne va qu'avec type = \"choice\"");
    }
    Some(match word.value.as_str() {
        "text" => FieldKind::Text,
        "long_text" => FieldKind::LongText,
        "place" => FieldKind::Place,
        "choice" => {
            if choices.is_empty() {
                section.report(
                    word.line,
                    "un champ de type « choice » a besoin de choix : choices = [\"oui\", \"peut-être\"]",
                );
            }
            FieldKind::Choice(choices)
        }
        "datetime" => FieldKind::DateTime,
        "date" => FieldKind::Date,
        "phone" => FieldKind::Phone,
        "age" => FieldKind::Age,
        "yes_no" => FieldKind::YesNo,
        other => {
            let types = TYPES.join(", ");
            section.report(word.line, format!("type inconnu « {other} » : écrivez l'un de ceux-ci : {types}"));
            return None;
        }
    })
}

/// `choices = ["mineur", { value = "âge", synonyms = ["vieillesse"] }]`
fn choices(section: &Section<'_>) -> Vec<Choice> {
    let items = section.texts_or_sections("choices", "un choix");
    let read = |item: Item<'_>| match item {
        Item::Text(text) => Some(Choice { value: text.value, synonyms: Vec::new() }),
        Item::Section(section) => {
            let value = section.text("value", "\"mineur\"").map(|value| value.value);
            let synonyms = section.texts("synonyms").into_iter().map(|synonym| synonym.value).collect();
            section.end();
            value.map(|value| Choice { value, synonyms })
        }
    };
    items.into_iter().filter_map(read).collect()
}

/// `required = true`, or `required_when = [{ field = "age", under = 18 }]`.
fn need(section: &Section<'_>) -> Need {
    let always = section.flag("required");
    let conditions: Vec<Condition> =
        section.sections("required_when", "required_when").into_iter().filter_map(condition).collect();
    if always && section.has("required_when") {
        section.report(section.line, "« required » et « required_when » s'excluent : gardez l'un des deux");
    }
    match (always, conditions.is_empty()) {
        (true, _) => Need::Always,
        (false, true) => Need::Never,
        (false, false) => Need::When(conditions),
    }
}

fn condition(section: Section<'_>) -> Option<Condition> {
    let field = section.text("field", "\"age\"").map(|field| FieldName(fold_label(&field.value)));
    let under = section.number("under", 1..=120);
    let is = section.optional_text("is").map(|is| is.value);
    let says: Vec<String> = section.texts("says").into_iter().map(|word| word.value).collect();
    let line = section.line;
    let condition = match (field?, under, is, says.is_empty()) {
        (field, Some(years), None, true) => Some(Condition::Under { field, years }),
        (field, None, Some(value), true) => Some(Condition::Is { field, value }),
        (field, None, None, false) => Some(Condition::Says { field, words: says }),
        _ => {
            let advice = "écrivez une seule de ces trois : under = 18, is = \"mineur\" ou says = [\"fugue\"]";
            section.report(line, format!("une condition de « required_when » : {advice}"));
            None
        }
    };
    section.end();
    condition
}

fn check_condition(root: &Section<'_>, condition: &Located<Condition>, fields: &Fields) {
    let named = condition.value.field();
    let Some(field) = fields.sound.iter().find(|field| field.name == *named) else {
        if fields.declared.contains(named) {
            return;
        }
        root.report(
            condition.line,
            format!("« required_when » parle d'un champ « {named} » qui n'existe pas dans ce fichier"),
        );
        return;
    };
    match (&condition.value, &field.kind) {
        (Condition::Under { .. }, kind) if *kind != FieldKind::Age => {
            root.report(
                condition.line,
                format!("« under » ne va qu'avec un champ de type « age », pas avec « {named} »"),
            );
        }
        (Condition::Is { value, .. }, FieldKind::Choice(choices))
            if !choices.iter().any(|choice| choice.value == *value) =>
        {
            root.report(
                condition.line,
                format!("« {value} » n'est pas un choix de « {named} » : recopiez l'un de ses choix"),
            );
        }
        (Condition::Under { .. } | Condition::Is { .. } | Condition::Says { .. }, _) => {}
    }
}
