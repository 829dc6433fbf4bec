//! Reads what an officer typed: the command's word, then its fields in any of the ways people type on a phone.
//!
//! A field starts at the start of a line or after a `;`, with its name and a colon; its text goes on until the next
//! one. What belongs to no field goes to the main field. Any other colon (`22:30`, `https://`) is text. What comes in
//! here was made [`clean`](crate::command::clean::clean), and so has a bounded length.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::ZonedDateTime;

use crate::command::field::{Field, fold_label};
use crate::command::spec::Spec;
use crate::command::value;
use crate::domain::name::{DraftNumber, FieldName};
use crate::domain::notice::Problem;

/// No field name is longer, in characters.
const LONGEST_NAME: usize = 40;

/// A command as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typed<'t> {
    /// The word after `!`, as typed.
    pub word: &'t str,
    /// What follows it.
    pub rest: &'t str,
}

/// The command that a message is, or none if it is ordinary talk: a command starts with `!` (or the full-width `！`)
/// and, right after it, a letter. `!!!` and `! attention` are talk.
pub fn command_line(text: &str) -> Option<Typed<'_>> {
    let text = text.trim_start().strip_prefix(['!', '！'])?;
    let word_end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(text.len());
    let (word, rest) = text.split_at(word_end);
    let rest = rest.trim();
    word.starts_with(char::is_alphabetic)
        .then(|| Typed { word, rest: rest.strip_prefix([':', ',']).unwrap_or(rest).trim_start() })
}

/// The number of a draft at the start of a text (`44-12`, `n° 44-12`, `44 – 12`) and what follows it.
///
/// # Errors
/// Nothing was typed, or it does not start with a number of that form.
pub fn draft_number(rest: &str) -> Result<(DraftNumber, &str), Problem> {
    let rest = rest.trim();
    if rest.is_empty() {
        return Err(Problem::Empty);
    }
    let ends = rest.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).chain([rest.len()]);
    let read = |end: usize| {
        let number = DraftNumber::from_str(rest[..end].trim_end_matches([':', ',', ';', '.'])).ok()?;
        Some((number, rest[end..].trim_start()))
    };
    // `n° 44 – 12` is the longest way to say it: four words.
    ends.take(4).find_map(read).ok_or_else(|| {
        let first = rest.split_whitespace().next().unwrap_or_default();
        Problem::NotADraftNumber(first.chars().take(LONGEST_NAME).collect())
    })
}

/// The fields that a command gives, each valid and in the form in which it is published. A field with nothing after
/// its colon is not given. `now` is what relative dates are counted from.
///
/// # Errors
/// Every problem of the text, at least one.
pub fn fields(spec: &Spec, rest: &str, now: &ZonedDateTime) -> Result<BTreeMap<FieldName, String>, Vec<Problem>> {
    let mut given = read(spec, spec.main_field(), rest, now)?;
    given.retain(|_, value| !value.is_empty());
    if given.is_empty() { Err(vec![Problem::Empty]) } else { Ok(given) }
}

/// The fields that an answer gives: named ones, or the bare value of the field that was asked for (of the main field
/// if none was). A field with nothing after its colon is given as the empty text: it is to be taken out.
///
/// # Errors
/// Every problem of the text, at least one.
pub fn answer(
    spec: &Spec,
    asked: Option<&FieldName>,
    text: &str,
    now: &ZonedDateTime,
) -> Result<BTreeMap<FieldName, String>, Vec<Problem>> {
    let asked = asked.and_then(|name| spec.fields.iter().find(|field| field.name == *name));
    let given = read(spec, asked.or(spec.main_field()), text, now)?;
    if given.is_empty() { Err(vec![Problem::Empty]) } else { Ok(given) }
}

/// The fields that a text names; everything else in it is talk.
///
/// # Errors
/// Every problem of the named fields.
pub fn named_fields(spec: &Spec, text: &str, now: &ZonedDateTime) -> Result<BTreeMap<FieldName, String>, Vec<Problem>> {
    read(spec, None, text, now)
}

/// A text cut where a field starts, nothing of it changed: each stretch with its field, the main one where there is no
/// label. A misspelt label's text counts as the main field's.
pub fn stretches<'s, 't>(spec: &'s Spec, text: &'t str) -> Vec<(Option<&'s Field>, &'t str)> {
    let parts = parts(spec, text).into_iter().filter(|part| !part.text.is_empty());
    let field = |label: &Label<'s, 't>| match label {
        Label::Field(field) => Some(*field),
        Label::Misspelt { .. } | Label::None => spec.main_field(),
    };
    parts.map(|part| (field(&part.label), part.text)).collect()
}

/// Reads a text; what stands before the first named field is the value of `bare`.
fn read(
    spec: &Spec,
    bare: Option<&Field>,
    text: &str,
    now: &ZonedDateTime,
) -> Result<BTreeMap<FieldName, String>, Vec<Problem>> {
    let mut given = BTreeMap::new();
    let mut problems = Vec::new();
    for part in parts(spec, text) {
        let field = match part.label {
            Label::Field(field) => Some(field),
            Label::None if part.text.is_empty() => continue,
            Label::None => bare,
            Label::Misspelt { typed, nearest } => {
                problems.push(Problem::UnknownField { typed: typed.to_owned(), nearest: Some(nearest.clone()) });
                continue;
            }
        };
        let Some(field) = field else { continue };
        if given.contains_key(&field.name) {
            problems.push(Problem::GivenTwice(field.name.clone()));
            continue;
        }
        let value = if part.text.is_empty() { Ok(String::new()) } else { value::read(field, part.text, now) };
        // A value that can't be read counts as given, so that a second one is told as such.
        given.insert(
            field.name.clone(),
            value.unwrap_or_else(|problem| {
                problems.push(problem);
                String::new()
            }),
        );
    }
    if problems.is_empty() { Ok(given) } else { Err(problems) }
}

/// A stretch of text and the field that it is labelled with.
struct Part<'s, 't> {
    label: Label<'s, 't>,
    text: &'t str,
}

/// What stands before a colon.
enum Label<'s, 't> {
    /// The name of a field.
    Field(&'s Field),
    /// Almost the name of a field.
    Misspelt { typed: &'t str, nearest: &'s FieldName },
    /// Nothing, or something that is text.
    None,
}

/// Cuts a text where a field starts. Nothing is lost but the labels and the separators before them.
fn parts<'s, 't>(spec: &'s Spec, text: &'t str) -> Vec<Part<'s, 't>> {
    let mut parts = Vec::new();
    let (mut label, mut from) = (Label::None, 0);
    let starts = text.char_indices().filter(|(_, c)| matches!(c, '\n' | ';' | '；'));
    for start in std::iter::once(0).chain(starts.map(|(at, c)| at + c.len_utf8())) {
        let (next, length) = label_at(spec, &text[start..]);
        if length > 0 {
            push(&mut parts, label, &text[from..start]);
            (label, from) = (next, start + length);
        }
    }
    push(&mut parts, label, &text[from..]);
    parts
}

/// Adds a part. A field that takes no prose (a date, a number) ends at the end of its line or at a `;`: what follows
/// is text without a label.
fn push<'s, 't>(parts: &mut Vec<Part<'s, 't>>, label: Label<'s, 't>, text: &'t str) {
    let text = value_text(text);
    let takes_prose = match &label {
        Label::Field(field) => field.kind.takes_prose(),
        Label::Misspelt { .. } | Label::None => true,
    };
    match text.split_once(['\n', ';', '；']) {
        Some((value, rest)) if !takes_prose => {
            parts.push(Part { label, text: value_text(value) });
            parts.push(Part { label: Label::None, text: value_text(rest) });
        }
        Some(_) | None => parts.push(Part { label, text }),
    }
}

fn value_text(text: &str) -> &str {
    text.trim().trim_end_matches([';', '；']).trim_end()
}

/// The label at the start of a text and its length with the colon; 0 if there is none.
fn label_at<'s, 't>(spec: &'s Spec, text: &'t str) -> (Label<'s, 't>, usize) {
    let head = text.split(['\n', ';', '；']).next().unwrap_or_default();
    let colon = head.char_indices().take(LONGEST_NAME).find(|(_, c)| matches!(c, ':' | '：'));
    let Some((end, colon)) = colon else { return (Label::None, 0) };
    let typed = head[..end].trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '•' | '*' | '·'));
    let length = end + colon.len_utf8();
    if let Some(field) = spec.field(typed) {
        return (Label::Field(field), length);
    }
    // `https://` and `22:30` are no labels, whatever they resemble.
    let is_plain = head[length..].starts_with(|c: char| c.is_whitespace()) || head[length..].is_empty();
    match nearest(spec, typed).filter(|_| is_plain) {
        Some(nearest) => (Label::Misspelt { typed, nearest }, length),
        None => (Label::None, 0),
    }
}

/// The field whose name is one slip away, or two if it is long.
fn nearest<'s>(spec: &'s Spec, typed: &str) -> Option<&'s FieldName> {
    let typed = fold_label(typed);
    let slips = |field: &Field| field.names().map(|name| strsim::damerau_levenshtein(name.as_str(), &typed)).min();
    let (slips, field) =
        spec.fields.iter().filter_map(|field| Some((slips(field)?, field))).min_by_key(|(slips, _)| *slips)?;
    let bound = match typed.chars().count() {
        0..=3 => 0,
        4..=6 => 1,
        _ => 2,
    };
    (slips <= bound).then_some(&field.name)
}
