//! `portevoix lint`: tries the checks on many drafts, one JSON object a line, and says what they find.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use jiff::ZonedDateTime;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::app::build;
use crate::app::stopped::Stopped;
use crate::command::catalog::Catalog;
use crate::command::check::finding::{Finding, Severity};
use crate::command::check::trial::{self, Trial};

/// What is answered for a draft that was tried.
#[derive(Serialize)]
struct Answer {
    id: Value,
    block: Vec<String>,
    warn: Vec<String>,
    words: BTreeMap<String, String>,
    why: BTreeMap<String, String>,
}

/// What is answered for a line that could not be.
#[derive(Serialize)]
struct Unanswered {
    id: Value,
    error: String,
}

/// Tries every draft of a file (`-`: of standard input) and writes one line a draft, in the same order. `commands` is a
/// folder of commands of one's own. Lines that can't be tried are answered, and counted on `trouble`.
///
/// # Errors
/// The files cannot be read or are wrong, or nobody reads what is written.
pub fn lint(
    file: &Path,
    commands: Option<&Path>,
    out: &mut impl Write,
    trouble: &mut impl Write,
) -> Result<(), Stopped> {
    let catalog = match commands {
        None => Catalog::builtin(),
        Some(folder) => Catalog::from_files(&build::command_files(folder)?),
    }
    .map_err(Stopped::Commands)?;
    let input: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        let opened = File::open(file).map_err(|cause| {
            Stopped::Outside(format!("{} ne peut pas être lu ({cause}) : vérifiez le nom du fichier", file.display()))
        })?;
        Box::new(BufReader::new(opened))
    };
    let now = ZonedDateTime::now();
    let (mut tried, mut untried) = (0_usize, 0_usize);
    for line in input.split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_start_matches('\u{FEFF}').trim();
        if line.is_empty() {
            continue;
        }
        match answer(&catalog, line, &now) {
            Ok(answer) => {
                tried += 1;
                write_line(out, &answer)?;
            }
            Err(unanswered) => {
                untried += 1;
                write_line(out, &unanswered)?;
            }
        }
    }
    out.flush()?;
    if untried > 0 {
        writeln!(
            trouble,
            "{tried} brouillon(s) contrôlé(s), {untried} ligne(s) illisible(s) : voyez « error » dans la sortie"
        )?;
    }
    Ok(())
}

fn write_line(out: &mut impl Write, answer: &impl Serialize) -> Result<(), Stopped> {
    serde_json::to_writer(&mut *out, answer).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}

fn answer(catalog: &Catalog, line: &str, now: &ZonedDateTime) -> Result<Answer, Unanswered> {
    let unanswered = |id: Value, error: String| Unanswered { id, error };
    let read: Value = serde_json::from_str(line)
        .map_err(|_| unanswered(Value::Null, "cette ligne n'est pas du JSON : un objet {…} par ligne".to_owned()))?;
    let Value::Object(mut draft) = read else {
        return Err(unanswered(Value::Null, "cette ligne n'est pas un objet {…}".to_owned()));
    };
    let id = draft.remove("id").unwrap_or_default();
    let trial = trial(draft).map_err(|error| unanswered(id.clone(), error))?;
    match trial::run(catalog, &trial, now) {
        Ok(findings) => Ok(told(id, findings)),
        Err(untried) => Err(unanswered(id, untried.to_string())),
    }
}

/// A draft as the line has it.
fn trial(mut draft: Map<String, Value>) -> Result<Trial, String> {
    let command = match draft.remove("command") {
        None => None,
        Some(command) => Some(plain(&command).ok_or("« command » attend un mot")?).filter(|word| !word.is_empty()),
    };
    let text = match draft.remove("text") {
        None => String::new(),
        Some(text) => plain(&text).ok_or("« text » attend un texte")?,
    };
    let fields = match draft.remove("fields") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Object(fields)) => fields
            .into_iter()
            .map(|(name, value)| match plain(&value) {
                Some(value) => Ok((name, value)),
                None => Err(format!("le champ « {name} » attend un texte ou un nombre")),
            })
            .collect::<Result<_, _>>()?,
        Some(_) => return Err("« fields » attend un objet : {\"parquet\": \"…\"}".to_owned()),
    };
    Ok(Trial { command, text, fields })
}

/// A value as it would be typed; nothing for null.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(yes) => Some(if *yes { "oui" } else { "non" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => items.iter().map(plain).collect::<Option<Vec<_>>>().map(|items| items.join("\n")),
        Value::Object(_) => None,
    }
}

/// A check that both blocks and warns is told as what blocks.
fn told(id: Value, findings: Vec<Finding>) -> Answer {
    let mut answer = Answer { id, block: Vec::new(), warn: Vec::new(), words: BTreeMap::new(), why: BTreeMap::new() };
    for severity in [Severity::Block, Severity::Warn] {
        for finding in findings.iter().filter(|finding| finding.severity == severity) {
            let is_told = answer.block.contains(&finding.code) || answer.warn.contains(&finding.code);
            if !finding.words.is_empty() {
                answer.words.entry(finding.code.clone()).or_insert_with(|| finding.words.clone());
            }
            if is_told {
                continue;
            }
            answer.why.insert(finding.code.clone(), finding.why.clone());
            match severity {
                Severity::Block => answer.block.push(finding.code.clone()),
                Severity::Warn => answer.warn.push(finding.code.clone()),
            }
        }
    }
    answer
}
