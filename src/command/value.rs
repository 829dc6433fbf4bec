//! Reads the value of one field by its type, and puts it in the form in which it is published.

use jiff::ZonedDateTime;

use crate::command::field::{Choice, Field, FieldKind};
use crate::command::french_time::Moment;
use crate::domain::fold::fold;
use crate::domain::notice::Problem;

/// The most that is quoted of a value that can't be read, in characters.
const LONGEST_QUOTE: usize = 60;
/// The oldest age that is believed, in years.
const OLDEST: u32 = 120;
/// Ages of small children are said in months up to this many.
const MOST_MONTHS: u32 = 36;

/// The value to publish for what was typed; `now` is what relative dates (`hier`) are counted from.
///
/// # Errors
/// What was typed is not of the field's type, or is longer than the field takes.
pub fn read(field: &Field, typed: &str, now: &ZonedDateTime) -> Result<String, Problem> {
    let line = one_line(typed);
    let (name, value) = (field.name.clone(), quoted(&line));
    let read = match &field.kind {
        FieldKind::Text | FieldKind::Place => Ok(line),
        FieldKind::LongText => Ok(kept_lines(typed)),
        FieldKind::Choice(choices) => chosen(choices, &line).ok_or_else(|| Problem::NotAChoice {
            field: name,
            value,
            choices: choices.iter().map(|choice| choice.value.clone()).collect(),
        }),
        FieldKind::DateTime => {
            Moment::read(&line, now).map(|moment| moment.say(now)).ok_or(Problem::NotADate { field: name, value })
        }
        FieldKind::Date => Moment::read(&line, now)
            .filter(Moment::is_day)
            .map(|moment| moment.say(now))
            .ok_or(Problem::NotADate { field: name, value }),
        FieldKind::Phone => phones(&line).ok_or(Problem::NotAPhone { field: name, value }),
        FieldKind::Age => age(&line).ok_or(Problem::NotAnAge { field: name, value }),
        FieldKind::YesNo => yes_no(&line).map(str::to_owned).ok_or(Problem::NotYesOrNo { field: name, value }),
    }?;
    if read.chars().count() > field.most_characters {
        return Err(Problem::ValueTooLong { field: field.name.clone(), most: field.most_characters });
    }
    Ok(read)
}

/// What was typed, cut to what a person needs to find it again.
fn quoted(line: &str) -> String {
    let mut quoted: String = line.chars().take(LONGEST_QUOTE).collect();
    if quoted.len() < line.len() {
        quoted.push('…');
    }
    quoted
}

/// The age that a value of type age says, in whole years.
pub fn years(value: &str) -> Option<u32> {
    let folded = fold(value);
    let mut words = folded.trim_start_matches("environ ").split(' ');
    let number: u32 = words.next()?.parse().ok()?;
    match words.next()? {
        "an" | "ans" => Some(number),
        "mois" => Some(number / 12),
        _ => None,
    }
}

/// The same words on one line. No-break spaces are kept.
fn one_line(typed: &str) -> String {
    typed.split([' ', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The same lines, without space at their ends and without more than one blank line in a row.
fn kept_lines(typed: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for line in typed.trim().lines().map(str::trim_end) {
        if !line.is_empty() || kept.last().is_some_and(|last| !last.is_empty()) {
            kept.push(line);
        }
    }
    kept.join("\n")
}

fn chosen(choices: &[Choice], typed: &str) -> Option<String> {
    let typed = fold(typed);
    let is_meant =
        |choice: &&Choice| std::iter::once(&choice.value).chain(&choice.synonyms).any(|word| fold(word) == typed);
    choices.iter().find(is_meant).map(|choice| choice.value.clone())
}

fn yes_no(typed: &str) -> Option<&'static str> {
    match fold(typed).as_str() {
        "oui" | "o" | "yes" | "y" | "ok" | "✅" | "👍" => Some("oui"),
        "non" | "n" | "no" | "❌" | "👎" => Some("non"),
        _ => None,
    }
}

/// `12`, `12 ans`, `12ans`, `18 mois`, `environ 30 ans`.
fn age(typed: &str) -> Option<String> {
    let folded = fold(typed);
    let (about, rest) = ["environ ", "env. ", "vers "]
        .iter()
        .find_map(|word| folded.strip_prefix(word))
        .map_or(("", folded.as_str()), |rest| ("environ ", rest));
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number: u32 = rest[..digits].parse().ok()?;
    match rest[digits..].trim_start() {
        "" | "ans" | "an" if number <= OLDEST => {
            Some(format!("{about}{number} {}", if number < 2 { "an" } else { "ans" }))
        }
        "mois" if number <= MOST_MONTHS => Some(format!("{about}{number} mois")),
        _ => None,
    }
}

/// One number to call, or several joined by `ou`.
fn phones(typed: &str) -> Option<String> {
    let folded = fold(typed).replace(',', " ou ").replace(" / ", " ou ");
    let numbers: Option<Vec<String>> = folded.split(" ou ").map(phone).collect();
    Some(numbers?.join(" ou "))
}

/// A number as the French say it, in plain spaces: phones and screen readers know these groups, and some phones do
/// not make a number with no-break spaces one to tap.
fn phone(typed: &str) -> Option<String> {
    let mut number: String =
        typed.replace("(0)", "").chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '(' | ')')).collect();
    for abroad in ["+33", "0033"] {
        if let Some(rest) = number.strip_prefix(abroad) {
            number = format!("0{}", rest.trim_start_matches('0'));
        }
    }
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let grouped = |size: usize| {
        let groups: Vec<&str> =
            (0..digits.len()).step_by(size).map(|at| &digits[at..digits.len().min(at + size)]).collect();
        groups.join(" ")
    };
    match (number.starts_with('+'), digits.len()) {
        (true, 8..=15) if !digits.starts_with('0') => Some(format!("+{}", grouped(2))),
        (false, 10) if digits.starts_with('0') && !digits.starts_with("00") => Some(grouped(2)),
        // Harmonised numbers of social value (116 000: missing children; 116 006: victims).
        (false, 6) if digits.starts_with("116") => Some(grouped(3)),
        (false, 4) if digits.starts_with('3') => Some(grouped(2)),
        (false, 2 | 3) if digits.starts_with('1') => Some(digits.to_owned()),
        _ => None,
    }
}
