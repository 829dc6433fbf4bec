//! `portevoix leads sort`: sorts a file of answers to an appeal into cards, the most promising first.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::app::stopped::Stopped;
use crate::leads::lines::{self, LineTrouble};
use crate::leads::sorter::Sorter;

/// The longest line that is read, in bytes: an answer of any network is far shorter.
const LONGEST_LINE: u64 = 1 << 20;

/// How many broken lines are named; the rest is counted.
const MOST_NAMED: usize = 20;

/// The bar moves once for so many lines: drawing it each time would cost more than sorting.
const LINES_A_STEP: usize = 256;

/// What to sort.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// The appeal, a JSON file.
    pub appeal: &'a Path,
    /// Names of places, one a line.
    pub places: Option<&'a Path>,
    /// The answers, one JSON object a line; `-` is standard input.
    pub answers: &'a Path,
}

/// Lines that are no answers.
#[derive(Debug, Default)]
struct Broken {
    named: Vec<(usize, LineTrouble)>,
    count: usize,
}

/// Sorts an export; cards go to `out`, what was counted to `says`.
///
/// # Errors
/// A file that can't be read or is no appeal, or an output that can't be written.
pub fn sort(export: Export<'_>, out: &mut impl Write, says: &mut impl Write) -> Result<(), Stopped> {
    let text = fs::read_to_string(export.appeal).map_err(|cause| unreadable(export.appeal, &cause))?;
    let file = lines::appeal(&text).map_err(|trouble| {
        let path = export.appeal.display();
        Stopped::Leads(format!("{path} : pas un appel ({trouble}). Écrire par exemple : {{\"ids\":{{\"x\":\"1\"}},\"account\":\"PNationale44\",\"text\":\"…\"}}"))
    })?;
    let named = match export.places {
        Some(path) => fs::read_to_string(path).map_err(|cause| unreadable(path, &cause))?,
        None => String::new(),
    };
    let places = file.places.iter().map(String::as_str).chain(named.lines());
    let mut sorter = Sorter::new(&file.appeal, places);
    let broken = if export.answers == Path::new("-") {
        take_all(io::stdin().lock(), &mut sorter, &spinner())?
    } else {
        let answers = File::open(export.answers).map_err(|cause| unreadable(export.answers, &cause))?;
        let length = answers.metadata().map_or(0, |metadata| metadata.len());
        take_all(BufReader::with_capacity(1 << 16, answers), &mut sorter, &bar(length))?
    };
    let cards = sorter.cards();
    match written(&cards, out) {
        // Whoever reads has seen enough: `| head`.
        Err(trouble) if trouble.kind() == ErrorKind::BrokenPipe => {}
        other => other?,
    }
    let edits = if sorter.edits() > 0 { format!(", {} modification(s)", sorter.edits()) } else { String::new() };
    writeln!(says, "✓ {} réponse(s){edits}, {} carte(s)", sorter.len(), cards.len())?;
    told(&broken, says)?;
    Ok(())
}

fn unreadable(path: &Path, cause: &io::Error) -> Stopped {
    Stopped::Leads(format!("{} : fichier illisible ({cause})", path.display()))
}

/// Hands every line to the sorter.
fn take_all(mut from: impl BufRead, sorter: &mut Sorter, bar: &ProgressBar) -> Result<Broken, Stopped> {
    let mut broken = Broken::default();
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        let mut length = from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            break;
        }
        number += 1;
        let is_too_long = length == LONGEST_LINE && line.last() != Some(&b'\n');
        if is_too_long {
            length += rest_of_line(&mut from)?;
        }
        bar.inc(length);
        if number % LINES_A_STEP == 0 {
            bar.set_message(format!("{number} réponses"));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match if is_too_long { Err(LineTrouble::Length) } else { lines::answer(&line) } {
            Ok(answer) => {
                sorter.take(&answer);
            }
            Err(trouble) => broken.note(number, trouble),
        }
    }
    bar.finish_and_clear();
    Ok(broken)
}

/// Skips to the next line; says how many bytes that were.
fn rest_of_line(from: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = from.fill_buf()?;
        let (length, is_end) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        from.consume(length);
        skipped += length as u64;
        if is_end {
            return Ok(skipped);
        }
    }
}

impl Broken {
    fn note(&mut self, number: usize, trouble: LineTrouble) {
        self.count += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push((number, trouble));
        }
    }
}

fn written(cards: &[crate::leads::cards::Card], out: &mut impl Write) -> io::Result<()> {
    for card in cards {
        writeln!(out, "{}", lines::card(card)?)?;
    }
    out.flush()
}

fn told(broken: &Broken, says: &mut impl Write) -> io::Result<()> {
    if broken.count == 0 {
        return Ok(());
    }
    writeln!(says, "✗ {} ligne(s) laissée(s) de côté :", broken.count)?;
    for (number, trouble) in &broken.named {
        writeln!(says, "  ligne {number} : {trouble}")?;
    }
    match broken.count - broken.named.len() {
        0 => Ok(()),
        more => writeln!(says, "  et {more} autre(s)"),
    }
}

/// A bar for a file of so many bytes; on a terminal only.
fn bar(length: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{wide_bar} {percent} % {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}

/// For standard input, whose length nobody knows.
fn spinner() -> ProgressBar {
    ProgressBar::new_spinner()
}
