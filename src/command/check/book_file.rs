//! Reads the file of checks: everything that is wrong with it is found at once, with its line.

use std::collections::BTreeSet;

use crate::command::check::book::{Book, Check};
use crate::command::check::names::{NameWords, folded};
use crate::command::check::phone::{PhoneWords, national};
use crate::command::check::phrase_syntax::{Lists, inflected};
use crate::command::check::plate::PlateWords;
use crate::command::check::rule_file;
use crate::command::check::search::Index;
use crate::command::field::fold_label;
use crate::command::problem::SpecProblem;
use crate::command::section::Section;
use crate::command::spec_file::parsed;
use crate::domain::name::FieldName;

/// Reads the file.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read(file: &str, text: &str) -> Result<Book, Vec<SpecProblem>> {
    parsed(file, text, |_, root| Some(book(root)))
}

fn book(root: Section<'_>) -> Book {
    let mut book = Book::default();
    if let Some(words) = root.section("words", "[words]") {
        book = with_words(book, words);
    }
    let mut lists = Lists::new();
    for section in root.sections("list", "[[list]]") {
        list(&section, &mut lists);
        section.end();
    }
    let mut checks: Vec<Check> = Vec::new();
    for section in root.sections("check", "[[check]]") {
        let line = section.line;
        let Some(check) = rule_file::check(section, &lists) else { continue };
        if checks.iter().any(|other| other.code == check.code) {
            root.report(
                line,
                format!("le code « {} » sert deux fois : mettez ses règles ensemble, avec [[check.rule]]", check.code),
            );
        }
        checks.push(check);
    }
    root.end();
    book.index = Index::of(&checks);
    book.checks = checks;
    book
}

fn with_words(mut book: Book, words: Section<'_>) -> Book {
    let set = |key| -> BTreeSet<String> { words.texts(key).iter().map(|word| folded(&word.value)).collect() };
    book.names = NameWords {
        first_names: set("first_names"),
        titles: set("titles"),
        places: set("place_words"),
        offices: set("offices"),
        office_links: set("office_links"),
        public: set("public_names"),
        ranks: set("ranks"),
        not_names: set("not_names"),
    };
    book.plates = PlateWords {
        announcing: set("plate_words"),
        excluding: set("not_plate_words"),
        not_letters: set("not_plate_letters"),
        alphabet: set("alphabet"),
    };
    book.phones = PhoneWords {
        services: words
            .texts("service_numbers")
            .iter()
            .filter_map(|number| service_number(&words, &number.value, number.line))
            .collect(),
        excluding: set("not_phone_words"),
        private: set("private_phone_words"),
    };
    book.tag_words = set("tag_words").iter().flat_map(|word| inflected(word)).collect();
    book.kin = set("kin");
    book.person_fields = words.texts("person_fields").iter().map(|name| FieldName(fold_label(&name.value))).collect();
    words.end();
    book
}

fn service_number(words: &Section<'_>, typed: &str, line: usize) -> Option<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 2 {
        words.report(line, format!("« {typed} » n'est pas un numéro : écrivez ses chiffres, comme \"02 61 91 44 17\""));
        return None;
    }
    Some(national(&digits))
}

fn list(section: &Section<'_>, lists: &mut Lists) {
    let name = section.text("name", "\"personne\"");
    let turns = rule_file::phrases(section, "find", lists);
    if !section.has("find") {
        section
            .report(section.line, "il manque « find » : écrivez les mots de la liste, find = [\"homme\", \"femme\"]");
    }
    let Some(name) = name else { return };
    let is_name = name.value.chars().all(|c| c.is_lowercase() || matches!(c, '_' | ' '));
    if !is_name || lists.contains_key(&name.value) {
        section.report(
            name.line,
            format!(
                "« {} » ne peut pas nommer cette liste : prenez un mot en minuscules qui ne sert pas déjà",
                name.value
            ),
        );
        return;
    }
    lists.insert(name.value, turns);
}
