//! Reads a TOML table key by key and keeps every problem with its line, so that a bad file is explained at once and
//! in full.

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::command::problem::SpecProblem;

/// A file under reading and what was found wrong with it.
pub struct Page<'a> {
    file: &'a str,
    text: &'a str,
    problems: RefCell<Vec<SpecProblem>>,
}

/// A value and the line that it is on.
#[derive(Clone, Debug)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Counts from 1. For a text in triple quotes, the line on which its first character stands.
    pub line: usize,
}

/// One table of a file.
pub struct Section<'a> {
    page: &'a Page<'a>,
    table: &'a DeTable<'a>,
    /// Where it starts.
    pub line: usize,
    /// As a person would call it (`[[field]]`).
    name: &'static str,
    /// Every key that was asked for: the others are unknown.
    asked: RefCell<Vec<&'static str>>,
}

/// An item of a list that may hold both.
pub enum Item<'a> {
    /// A text.
    Text(Located<String>),
    /// A table.
    Section(Section<'a>),
}

impl<'a> Page<'a> {
    /// Starts on a file.
    pub fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: RefCell::default() }
    }

    /// Adds a problem.
    pub fn report(&self, line: usize, message: impl Into<String>) {
        self.problems.borrow_mut().push(SpecProblem { file: self.file.to_owned(), line, message: message.into() });
    }

    /// The name of the file.
    pub fn file(&self) -> &str {
        self.file
    }

    /// Whether nothing was found wrong so far.
    pub fn is_sound(&self) -> bool {
        self.problems.borrow().is_empty()
    }

    /// Everything that was found wrong.
    pub fn into_problems(self) -> Vec<SpecProblem> {
        self.problems.into_inner()
    }

    /// The line of a byte; what is missing at the end of the file is missing on its last line.
    pub fn line_of(&self, byte: usize) -> usize {
        let written = self.text.strip_suffix('\n').unwrap_or(self.text);
        let before = written.get(..byte).unwrap_or(written);
        1 + before.bytes().filter(|byte| *byte == b'\n').count()
    }

    fn line_of_text(&self, span: &Range<usize>) -> usize {
        let quoted = self.text.get(span.clone()).unwrap_or_default();
        let starts_below = ["\"\"\"", "'''"]
            .iter()
            .any(|quotes| quoted.strip_prefix(quotes).is_some_and(|rest| rest.starts_with(['\n', '\r'])));
        self.line_of(span.start) + usize::from(starts_below)
    }
}

impl<'a> Section<'a> {
    /// The whole of a file.
    pub fn root(page: &'a Page<'a>, table: &'a DeTable<'a>) -> Self {
        Self { page, table, line: 1, name: "le fichier", asked: RefCell::default() }
    }

    /// Adds a problem to the page.
    pub fn report(&self, line: usize, message: impl Into<String>) {
        self.page.report(line, message);
    }

    /// The text of a key that must be there and not be empty.
    pub fn text(&self, key: &'static str, example: &str) -> Option<Located<String>> {
        if !self.has(key) {
            let name = self.name;
            self.report(self.line, format!("il manque « {key} » dans {name} : ajoutez par exemple {key} = {example}"));
        }
        self.optional_text(key)
    }

    /// The text of a key, if it is there; it must not be empty then.
    pub fn optional_text(&self, key: &'static str) -> Option<Located<String>> {
        let value = self.find(key)?;
        let line = self.page.line_of_text(&value.span());
        let Some(text) = value.get_ref().as_str() else {
            let found = french_type(value.get_ref());
            return self.refuse(line, format!("« {key} » attend un texte entre guillemets, pas {found}"));
        };
        if text.trim().is_empty() {
            return self.refuse(line, format!("« {key} » est vide : écrivez son texte entre guillemets"));
        }
        Some(Located { value: text.to_owned(), line })
    }

    /// A list of texts; empty if the key is not there.
    pub fn texts(&self, key: &'static str) -> Vec<Located<String>> {
        let text = |item: &Spanned<DeValue<'_>>| {
            let line = self.page.line_of(item.span().start);
            let text = item.get_ref().as_str().map(str::trim).filter(|text| !text.is_empty());
            let text = text.map(|text| Located { value: text.to_owned(), line });
            text.or_else(|| self.refuse(line, format!("« {key} » attend une liste de textes : {key} = [\"…\", \"…\"]")))
        };
        self.items(key).filter_map(text).collect()
    }

    /// A yes or no; no if the key is not there.
    pub fn flag(&self, key: &'static str) -> bool {
        let Some(value) = self.find(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.report(self.page.line_of(value.span().start), format!("« {key} » attend true (oui) ou false (non)"));
            false
        })
    }

    /// A whole number within a range, if the key is there.
    pub fn number(&self, key: &'static str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let value = self.find(key)?;
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|integer| u32::from_str_radix(integer.as_str(), integer.radix()).ok());
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            let line = self.page.line_of(value.span().start);
            self.report(line, format!("« {key} » attend un nombre entier de {} à {}", range.start(), range.end()));
        }
        number
    }

    /// A table inside this one, if it is there.
    pub fn section(&self, key: &'static str, name: &'static str) -> Option<Section<'a>> {
        let value = self.find(key)?;
        let line = self.page.line_of(value.span().start);
        if value.get_ref().is_array() {
            return self.refuse(line, format!("écrivez {name} avec un seul crochet de chaque côté, et une seule fois"));
        }
        self.as_section(value, name)
    }

    /// A list of tables (`[[field]]`); empty if the key is not there.
    pub fn sections(&self, key: &'static str, name: &'static str) -> Vec<Section<'a>> {
        self.items(key).filter_map(|item| self.as_section(item, name)).collect()
    }

    /// A list of texts and tables; empty if the key is not there.
    pub fn texts_or_sections(&self, key: &'static str, name: &'static str) -> Vec<Item<'a>> {
        let item = |item: &'a Spanned<DeValue<'a>>| {
            let line = self.page.line_of(item.span().start);
            match item.get_ref().as_str() {
                Some(text) => Some(Item::Text(Located { value: text.to_owned(), line })),
                None => self.as_section(item, name).map(Item::Section),
            }
        };
        self.items(key).filter_map(item).collect()
    }

    /// Whether the key is there, whatever it holds.
    pub fn has(&self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    /// Whether the key holds a text.
    pub fn is_text(&self, key: &'static str) -> bool {
        self.find(key).is_some_and(|value| value.get_ref().is_str())
    }

    /// Reports every key that was not asked for.
    pub fn end(self) {
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if asked.contains(&name) {
                continue;
            }
            let nearest = asked.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
            let near = nearest.filter(|known| strsim::damerau_levenshtein(known, name) <= 2);
            let advice = match near {
                Some(known) => format!("vouliez-vous écrire « {known} » ?"),
                None => format!("retirez cette ligne ; les clés possibles ici : {}", asked.join(", ")),
            };
            self.report(
                self.page.line_of(key.span().start),
                format!("clé inconnue « {name} » dans {} : {advice}", self.name),
            );
        }
    }

    /// Adds a problem and reads nothing.
    fn refuse<T>(&self, line: usize, message: String) -> Option<T> {
        self.report(line, message);
        None
    }

    fn as_section(&self, value: &'a Spanned<DeValue<'a>>, name: &'static str) -> Option<Section<'a>> {
        let line = self.page.line_of(value.span().start);
        let Some(table) = value.get_ref().as_table() else {
            let found = french_type(value.get_ref());
            return self.refuse(line, format!("{name} attend une section, pas {found}"));
        };
        Some(Section { page: self.page, table, line, name, asked: RefCell::default() })
    }

    fn find(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        if !self.asked.borrow().contains(&key) {
            self.asked.borrow_mut().push(key);
        }
        self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(_, value)| value)
    }

    fn items(&self, key: &'static str) -> impl Iterator<Item = &'a Spanned<DeValue<'a>>> {
        let value = self.find(key);
        let list = value.and_then(|value| value.get_ref().as_array());
        if let (Some(value), None) = (value, list) {
            let line = self.page.line_of(value.span().start);
            let message = if value.get_ref().is_table() {
                format!("écrivez [[{key}]], avec deux crochets de chaque côté")
            } else {
                format!("« {key} » attend une liste entre crochets, pas {}", french_type(value.get_ref()))
            };
            self.report(line, message);
        }
        list.into_iter().flat_map(|list| list.iter())
    }
}

fn french_type(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "un texte",
        DeValue::Integer(_) | DeValue::Float(_) => "un nombre",
        DeValue::Boolean(_) => "true ou false",
        DeValue::Datetime(_) => "une date",
        DeValue::Array(_) => "une liste",
        DeValue::Table(_) => "une section",
    }
}
