//! One table of the file, read key by key; whatever is wrong with a key is noted with its line.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::findings::Findings;
use crate::config::keys::{TABLES, TableKeys};
use crate::config::nearest::nearest;
use crate::domain::cost::Price;

/// A value and the line that it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Counts from 1.
    pub line: u32,
}

/// A table of the file with the keys that it may have.
#[derive(Clone, Copy, Debug)]
pub struct Section<'t> {
    table: &'t DeTable<'t>,
    keys: &'static TableKeys,
    /// The line of its header.
    pub line: u32,
}

/// Keys that people give a secret with, and that must not be in the file.
const INLINE_SECRETS: [&str; 7] =
    ["database_password", "token", "app_password", "client_secret", "api_key", "api_secret", "access_secret"];

/// Words that are secrets wherever they stand; none of them is a key of ours.
const SECRET_WORDS: [&str; 5] = ["password", "mot_de_passe", "access_token", "secret", "jeton"];

impl<'t> Section<'t> {
    /// Takes a table and notes every key that it may not have.
    pub fn new(table: &'t DeTable<'t>, keys: &'static TableKeys, line: u32, findings: &mut Findings) -> Self {
        for key in table.keys() {
            let line = findings.line_of(key.span().start);
            let name: &str = key.get_ref();
            if !keys.keys.iter().any(|known| known.name == name) {
                findings.wrong(line, unknown_key(name, keys));
            }
        }
        Self { table, keys, line }
    }

    /// Whether the key is there, whatever its value.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A text that may be left out. Leading and trailing white space does not count.
    pub fn text(&self, key: &str, findings: &mut Findings) -> Option<At<&'t str>> {
        let value = self.table.get(key)?;
        let line = findings.line_of(value.span().start);
        match value.get_ref().as_str().map(str::trim) {
            None => self.not_a(key, "un texte entre guillemets", line, findings),
            Some("") => {
                findings.wrong(line, format!("`{key}` est vide ; écrivez par exemple : {}", self.keys.example(key)));
                None
            }
            Some(text) if text.chars().any(char::is_control) => {
                findings
                    .wrong(line, format!("`{key}` contient un saut de ligne ou un caractère invisible ; retirez-le"));
                None
            }
            Some(value) => Some(At { value, line }),
        }
    }

    /// A text that must be there.
    pub fn needed_text(&self, key: &str, findings: &mut Findings) -> Option<At<&'t str>> {
        self.need(key, findings);
        self.text(key, findings)
    }

    /// Notes that a key is missing, with a line that could stand for it.
    pub fn need(&self, key: &str, findings: &mut Findings) {
        let is_misspelt = |name: &str| {
            let known = || self.keys.keys.iter().map(|key| key.name);
            !known().any(|known| known == name) && nearest(name, known()) == Some(key)
        };
        // A misspelt key is told on its own line, with this one as the nearest.
        if !self.has(key) && !self.table.keys().any(|name| is_misspelt(name.get_ref())) {
            let (place, example) = (self.keys.place(), self.keys.example(key));
            findings.missing(self.line, format!("il manque `{key}` {place} ; écrivez par exemple : {example}"));
        }
    }

    /// A whole number within a range, that may be left out. `unit` is what it counts, in the plural.
    pub fn number(&self, key: &str, unit: &str, range: RangeInclusive<u32>, findings: &mut Findings) -> Option<u32> {
        let value = self.table.get(key)?;
        let line = findings.line_of(value.span().start);
        let Some(integer) = value.get_ref().as_integer() else {
            return self.not_a(key, "un nombre entier, sans guillemets", line, findings);
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            findings.wrong(line, format!("`{key}` va de {least} à {most} ({unit}), pas {}", integer.as_str()));
        }
        number
    }

    /// Yes or no, that may be left out.
    pub fn flag(&self, key: &str, findings: &mut Findings) -> Option<At<bool>> {
        let value = self.table.get(key)?;
        let line = findings.line_of(value.span().start);
        match value.get_ref().as_bool() {
            Some(flag) => Some(At { value: flag, line }),
            None => self.not_a(key, "true ou false, sans guillemets", line, findings),
        }
    }

    /// An amount of US dollars to the thousandth (`0.015`), at most `most` of them, that may be left out.
    pub fn dollars(&self, key: &str, most: u32, findings: &mut Findings) -> Option<Price> {
        let value = self.table.get(key)?;
        let line = findings.line_of(value.span().start);
        let written = match value.get_ref() {
            DeValue::Float(float) => float.as_str(),
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::Integer(_)
            | DeValue::String(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => return self.not_a(key, "un montant en dollars, sans guillemets", line, findings),
        };
        let price = thousandths(written).filter(|price| *price <= most.saturating_mul(1_000)).map(Price);
        if price.is_none() {
            let example = self.keys.example(key);
            findings.wrong(
                line,
                format!("`{key}` va de 0 à {most} dollars, au millième près, pas {written} ; écrivez par exemple : {example}"),
            );
        }
        price
    }

    /// One of a few words, that may be left out.
    pub fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)], findings: &mut Findings) -> Option<At<T>> {
        let At { value: typed, line } = self.text(key, findings)?;
        let found = choices.iter().find(|(word, _)| *word == typed).map(|(_, value)| At { value: *value, line });
        if found.is_none() {
            let words: Vec<String> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            let words = match words.split_last() {
                Some((last, others)) if !others.is_empty() => format!("{} ou {last}", others.join(", ")),
                Some(_) | None => words.concat(),
            };
            let guess = guess(typed, choices.iter().map(|(word, _)| *word));
            findings.wrong(line, format!("`{key}` vaut {words}, pas « {typed} »{guess}"));
        }
        found
    }

    /// A list of texts, that may be left out. One that is given twice is noted.
    pub fn texts(&self, key: &str, findings: &mut Findings) -> Option<Vec<At<&'t str>>> {
        let value = self.table.get(key)?;
        let line = findings.line_of(value.span().start);
        let Some(items) = value.get_ref().as_array() else {
            return self.not_a(key, "une liste entre crochets", line, findings);
        };
        let mut texts = Vec::new();
        let mut seen = BTreeSet::new();
        for item in items.iter() {
            let line = findings.line_of(item.span().start);
            match item.get_ref().as_str().map(str::trim) {
                None | Some("") => {
                    self.not_a::<()>(key, "une liste de textes entre guillemets", line, findings);
                }
                Some(text) if !seen.insert(text) => findings.wrong(line, format!("`{key}` donne « {text} » deux fois")),
                Some(value) => texts.push(At { value, line }),
            }
        }
        Some(texts)
    }

    /// A table below this one (`[matrix]`), that may be left out.
    pub fn table(&self, key: &str, keys: &'static TableKeys, findings: &mut Findings) -> Option<Section<'t>> {
        let value = self.table.get(key)?;
        let line = findings.line_of(value.span().start);
        match value.get_ref().as_table() {
            Some(table) => Some(Section::new(table, keys, line, findings)),
            None => {
                findings.wrong(line, format!("`{key}` s'écrit comme un titre, seul sur sa ligne : {}", keys.header));
                None
            }
        }
    }

    /// The tables below this one (`[[directorate]]`), each with a header of its own.
    pub fn tables(&self, key: &str, keys: &'static TableKeys, findings: &mut Findings) -> Vec<Section<'t>> {
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let items: Vec<&Spanned<DeValue<'t>>> =
            value.get_ref().as_array().into_iter().flat_map(|items| items.iter()).collect();
        let tables: Vec<(&DeTable<'t>, u32)> = items
            .iter()
            .filter_map(|item| Some((item.get_ref().as_table()?, findings.line_of(item.span().start))))
            .collect();
        if tables.is_empty() || tables.len() < items.len() {
            let line = findings.line_of(value.span().start);
            let header = keys.header;
            findings.wrong(line, format!("`{key}` s'écrit avec deux paires de crochets, seul sur sa ligne : {header}"));
            return Vec::new();
        }
        tables.into_iter().map(|(table, line)| Section::new(table, keys, line, findings)).collect()
    }

    /// Notes the keys that are there although they have no meaning here, and why they have none.
    pub fn reject(&self, names: &[&str], why: &str, findings: &mut Findings) {
        for key in self.table.keys().filter(|key| names.contains(&key.get_ref().as_ref())) {
            let line = findings.line_of(key.span().start);
            findings.wrong(line, format!("`{}` n'a pas de sens ici : {why} ; retirez cette ligne", key.get_ref()));
        }
    }

    fn not_a<T>(&self, key: &str, kind: &str, line: u32, findings: &mut Findings) -> Option<T> {
        findings.wrong(line, format!("`{key}` attend {kind}, par exemple : {}", self.keys.example(key)));
        None
    }
}

/// A decimal number that is not negative, in thousandths.
fn thousandths(written: &str) -> Option<u32> {
    let (whole, decimals) = written.split_once('.').unwrap_or((written, ""));
    let decimals = decimals.trim_end_matches('0');
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if decimals.len() > 3 || !are_digits(whole) || !are_digits(decimals) {
        return None;
    }
    let decimals: u32 = format!("{decimals:0<3}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(1_000)?.checked_add(decimals)
}

/// A question that proposes the nearest word, or nothing.
pub fn guess<'c>(typed: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    nearest(typed, candidates).map(|word| format!(" ; vouliez-vous dire « {word} » ?")).unwrap_or_default()
}

/// Says what to do about a key that the table does not have. Values are never shown: one could be a secret.
fn unknown_key(name: &str, keys: &TableKeys) -> String {
    let place = keys.place();
    if INLINE_SECRETS.contains(&name) {
        return format!(
            "`{name}` met un secret dans ce fichier, que d'autres peuvent lire ; mettez-le seul dans un fichier à part \
             et écrivez `{name}_file = \"…\"` (ou `{name}_env = \"…\"`), puis révoquez ce secret et faites-en un autre"
        );
    }
    if SECRET_WORDS.contains(&name) {
        return format!(
            "`{name}` n'existe pas {place}, et un secret ne s'écrit jamais dans ce fichier : seulement dans un \
             fichier à part (`token_file`, `app_password_file`) ; révoquez ce secret et faites-en un autre"
        );
    }
    let known = || keys.keys.iter().map(|key| key.name);
    if let Some(near) = nearest(name, known()) {
        return format!("`{name}` n'existe pas {place} ; vouliez-vous dire `{near}` ?");
    }
    let has_it = |table: &&&TableKeys| table.keys.iter().any(|key| key.name == name);
    let homes: Vec<String> = TABLES.iter().filter(has_it).map(|table| table.place()).collect();
    if !homes.is_empty() {
        return format!("`{name}` n'existe pas {place} ; cette clé va {}", homes.join(" ou "));
    }
    let known: Vec<String> = known().map(|key| format!("`{key}`")).collect();
    format!("`{name}` n'existe pas {place} ; on peut y écrire {}", known.join(", "))
}
