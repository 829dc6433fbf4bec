//! `portevoix audit verify` and `audit export`: proves the journal, or hands it out with its hashes so that others can.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::app::database;
use crate::app::stopped::Stopped;
use crate::config::load::load_believing;
use crate::domain::journal::{Broken, Head, Unlawful};
use crate::domain::name::DirectorateCode;
use crate::port::private_file;
use crate::store::audit::{Audited, Finding, Wrong};
use crate::store::database::Transaction;

pub mod file;

/// What the last line of an export says that it is.
pub const FORMAT: &str = "portevoix journal 1";

/// How many lines are read at once: some hundred kilobytes.
const LINES_AT_ONCE: u32 = 200;

/// The last line of an export: where each journal in it ended. Kept apart, it proves what was there at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// [`FORMAT`].
    pub format: String,
    /// How many lines come before it.
    pub lines: u64,
    /// The end of each journal.
    pub heads: Vec<Head>,
}

/// What to verify.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// The configuration, for the database that it names.
    pub config: Option<&'s Path>,
    /// An export. Together with a configuration: whether the database still has all that is in it.
    pub file: Option<&'s Path>,
    /// Only these directorates; all if there is none.
    pub directorates: &'s [String],
}

/// Verifies a database, an export, or one against the other, and writes a line for each directorate.
///
/// # Errors
/// [`Stopped::CheckFailed`] when something is wrong; otherwise why it could not be looked at.
pub async fn verify(subject: Subject<'_>, out: &mut impl Write) -> Result<(), Stopped> {
    let mut is_well = true;
    let heads = match subject.file {
        Some(file) => Some(file::verify(file, subject.directorates, out, &mut is_well)?),
        None => None,
    };
    if let Some(config) = subject.config {
        let database = database::open_to_read(&load_believing(config)?.database).await?;
        let mut transaction = database.begin().await?;
        let codes = chosen(&mut transaction, subject.directorates).await?;
        is_well &= verify_each(&mut transaction, &codes, out).await?;
        for head in heads.unwrap_or_default() {
            let stored = transaction.hash_at(&head.directorate, head.position).await?;
            let (code, position) = (&head.directorate, head.position);
            if head.position == 0 || stored.as_ref() == Some(&head.hash) {
                writeln!(out, "✓ {code} : la base contient tout ce que contient le fichier (ligne {position})")?;
                continue;
            }
            is_well = false;
            let what = if stored.is_some() { "est une autre dans la base" } else { "n'est plus dans la base" };
            writeln!(
                out,
                "✗ {code} : la ligne {position} du fichier {what}. La main courante a été coupée ou réécrite depuis, \
                 ou la base remise dans un état plus ancien."
            )?;
        }
    }
    if is_well { Ok(()) } else { Err(Stopped::CheckFailed) }
}

/// Verifies every directorate of a database and writes a line for each. Returns whether all is well.
///
/// # Errors
/// What the database or the terminal says.
pub async fn verify_all(transaction: &mut Transaction, out: &mut impl Write) -> Result<bool, Stopped> {
    let codes = transaction.directorates().await?;
    verify_each(transaction, &codes, out).await
}

async fn verify_each(
    transaction: &mut Transaction,
    codes: &BTreeSet<DirectorateCode>,
    out: &mut impl Write,
) -> Result<bool, Stopped> {
    if codes.is_empty() {
        writeln!(out, "✓ La main courante est vide.")?;
    }
    let mut is_well = true;
    for code in codes {
        is_well &= line(out, &transaction.audit(code).await?)?;
    }
    Ok(is_well)
}

/// Writes the journal, a line a row with its hash, and at the end where each one ended: to a file for the eyes of this
/// account alone, or to `out`.
///
/// # Errors
/// Why it could not be done; there is no file then.
pub async fn export(
    config: &Path,
    file: Option<&Path>,
    directorates: &[String],
    out: &mut impl Write,
) -> Result<(), Stopped> {
    let database = database::open_to_read(&load_believing(config)?.database).await?;
    let mut transaction = database.begin().await?;
    let codes = chosen(&mut transaction, directorates).await?;
    let Some(file) = file else {
        write_out(&mut transaction, &codes, out).await?;
        return Ok(out.flush()?);
    };
    // What is written is bounded by the disk, not by the memory: the file grows line by line.
    let unfinished = private_file::Unfinished::begin(file).map_err(|error| not_written(file, &error))?;
    let mut writer = BufWriter::new(OpenOptions::new().write(true).open(unfinished.draft())?);
    let anchor = write_out(&mut transaction, &codes, &mut writer).await?;
    writer.flush().map_err(|error| not_written(file, &error))?;
    unfinished.finish().map_err(|error| not_written(file, &error))?;
    writeln!(out, "✓ {} : {} ligne(s), {} direction(s)", file.display(), anchor.lines, anchor.heads.len())?;
    Ok(out.flush()?)
}

async fn write_out(
    transaction: &mut Transaction,
    codes: &BTreeSet<DirectorateCode>,
    out: &mut impl Write,
) -> Result<Anchor, Stopped> {
    let mut anchor = Anchor { format: FORMAT.to_owned(), lines: 0, heads: Vec::new() };
    for code in codes {
        let mut head = Head::genesis(code);
        loop {
            let lines = transaction.journal_after(code, head.position, LINES_AT_ONCE).await?;
            let Some(last) = lines.last() else { break };
            head = Head { directorate: code.clone(), position: last.position, hash: last.hash.clone() };
            for line in &lines {
                write_json(out, line)?;
                anchor.lines += 1;
            }
        }
        anchor.heads.push(head);
    }
    write_json(out, &anchor)?;
    Ok(anchor)
}

fn write_json(out: &mut impl Write, value: &impl Serialize) -> Result<(), Stopped> {
    serde_json::to_writer(&mut *out, value).map_err(io::Error::from)?;
    Ok(writeln!(out)?)
}

/// The directorates that were asked for, or all that the database has.
async fn chosen(transaction: &mut Transaction, asked: &[String]) -> Result<BTreeSet<DirectorateCode>, Stopped> {
    let all = transaction.directorates().await?;
    if let Some(unknown) = asked.iter().find(|code| !all.contains(&DirectorateCode::from(code.as_str()))) {
        let known: Vec<&str> = all.iter().map(DirectorateCode::as_str).collect();
        let known = if known.is_empty() { "aucune".to_owned() } else { known.join(", ") };
        return Err(Stopped::Outside(format!(
            "La base n'a pas de main courante d'une direction « {unknown} » ; elle a : {known}."
        )));
    }
    Ok(if asked.is_empty() { all } else { asked.iter().map(|code| DirectorateCode::from(code.as_str())).collect() })
}

/// Writes what was found of a directorate, and returns whether it is well.
///
/// # Errors
/// What the terminal says.
pub fn line(out: &mut impl Write, audited: &Audited) -> io::Result<bool> {
    writeln!(out, "{}", line_in_words(audited))?;
    Ok(audited.wrong.is_none())
}

/// What was found of a directorate.
pub fn line_in_words(audited: &Audited) -> String {
    let Audited { head, drafts, wrong } = audited;
    let code = &head.directorate;
    match wrong {
        None => format!(
            "✓ {code} : {} ligne(s), {drafts} brouillon(s) ; la dernière ligne a l'empreinte {}",
            head.position, head.hash
        ),
        Some(finding) => format!("✗ {code} : {} {} ligne(s) vérifiée(s) avant.", in_words(finding), head.position),
    }
}

fn in_words(finding: &Finding) -> String {
    let what = match finding.wrong {
        Wrong::Chain(broken) => return chain_in_words(broken, finding.position, finding.draft.as_ref()),
        Wrong::Replay(Unlawful::Unreadable) => "cette version du programme ne sait pas la lire",
        Wrong::Replay(Unlawful::OutOfPlace) => {
            "elle ne peut pas suivre les précédentes : ce brouillon a été ouvert deux fois, ou jamais"
        }
        Wrong::Replay(Unlawful::Forbidden) => {
            "les règles n'admettent pas ce qu'elle dit (la voix d'un rédacteur, par exemple)"
        }
        Wrong::LastLine => {
            "le brouillon a été enregistré avec une autre dernière ligne : la main courante ou le brouillon a été coupé ou \
             remplacé"
        }
        Wrong::NoDraft => "le brouillon n'est plus dans la base",
        Wrong::Draft => "le brouillon enregistré n'est pas celui que dit la main courante : il a été modifié sans elle",
        Wrong::UnreadableDraft => "le brouillon enregistré n'est pas lisible",
    };
    format!("{} : {what}.", place(finding.position, finding.draft.as_ref()))
}

/// Why a line is not the next of its chain.
pub fn chain_in_words(broken: Broken, position: i64, draft: Option<&impl std::fmt::Display>) -> String {
    match broken {
        Broken::OutOfOrder { expected: 1 } => format!("{} : ce qui était avant elle manque.", place(position, draft)),
        Broken::OutOfOrder { expected } if position > expected => {
            format!(
                "{} : elle suit la ligne {} ; ce qui était entre les deux manque.",
                place(position, draft),
                expected - 1
            )
        }
        Broken::OutOfOrder { expected } => {
            format!("{} : elle n'est pas à sa place, où l'on attend la ligne {expected}.", place(position, draft))
        }
        Broken::Changed => format!(
            "{} : son empreinte n'est pas celle de son contenu après la ligne précédente ; elle a été modifiée, ajoutée ou \
             déplacée.",
            place(position, draft)
        ),
    }
}

fn place(position: i64, draft: Option<&impl std::fmt::Display>) -> String {
    match draft {
        Some(draft) => format!("ligne {position}, brouillon {draft}"),
        None => format!("ligne {position}"),
    }
}

fn not_written(file: &Path, error: &io::Error) -> Stopped {
    let file = file.display();
    Stopped::Outside(if error.kind() == io::ErrorKind::AlreadyExists {
        format!("{file} existe déjà : donnez un autre nom, rien n'est remplacé.")
    } else {
        format!("{file} ne peut pas être écrit ({error}). Rien n'y est.")
    })
}
