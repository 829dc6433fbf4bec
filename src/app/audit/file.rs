//! Verifies an exported journal by itself: no database, no configuration, only the file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use crate::app::audit::{Anchor, FORMAT, chain_in_words};
use crate::app::stopped::Stopped;
use crate::domain::journal::{Head, Line};
use crate::domain::name::DirectorateCode;

/// The longest line that is read, in bytes: a draft with all its fields has some thousands.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Verifies the chain of each directorate in the file, and that the file is complete. Writes a line for each, and returns
/// where each chain ends.
///
/// # Errors
/// When the file can't be read at all; what is wrong with it is no error.
pub fn verify(
    path: &Path,
    directorates: &[String],
    out: &mut impl Write,
    is_well: &mut bool,
) -> Result<Vec<Head>, Stopped> {
    let unreadable = |error| Stopped::Outside(format!("{} ne peut pas être lu ({error}).", path.display()));
    let mut reader = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut chains: BTreeMap<DirectorateCode, Head> = BTreeMap::new();
    let mut lines = 0;
    let ended = loop {
        let mut text = Vec::new();
        reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text).map_err(unreadable)?;
        if text.is_empty() {
            break Err("il s'arrête avant sa dernière ligne, qui dit où finit chaque main courante".to_owned());
        }
        if let Ok(anchor) = serde_json::from_slice::<Anchor>(&text) {
            break Ok(anchor);
        }
        lines += 1;
        let Ok(line) = serde_json::from_slice::<Line>(&text) else {
            break Err(format!("sa {lines}e ligne n'est pas celle d'une main courante"));
        };
        let head = chains.entry(line.directorate.clone()).or_insert_with(|| Head::genesis(&line.directorate));
        match head.followed_by(&line) {
            Ok(next) => *head = next,
            Err(broken) => {
                let what = chain_in_words(broken, line.position, Some(&line.number()));
                break Err(format!("{} : {what}", line.directorate));
            }
        }
    };
    let ended = ended.and_then(|anchor| complete(&anchor, lines, &mut chains, &mut reader));
    if let Err(what) = ended {
        *is_well = false;
        writeln!(out, "✗ {} : {what}", path.display())?;
        return Ok(Vec::new());
    }
    let is_chosen = |head: &Head| directorates.is_empty() || directorates.contains(&head.directorate.0);
    let heads: Vec<Head> = chains.into_values().filter(is_chosen).collect();
    for Head { directorate, position, hash } in &heads {
        writeln!(out, "✓ {directorate} : {position} ligne(s) dans le fichier ; la dernière a l'empreinte {hash}")?;
    }
    Ok(heads)
}

/// Holds the last line against what came before it.
fn complete(
    anchor: &Anchor,
    lines: u64,
    chains: &mut BTreeMap<DirectorateCode, Head>,
    rest: &mut impl Read,
) -> Result<(), String> {
    if anchor.format != FORMAT {
        return Err(format!("son format (« {} ») n'est pas celui de cette version", anchor.format));
    }
    for head in &anchor.heads {
        // A directorate that never did anything has no line, only an end.
        let genesis = || Head::genesis(&head.directorate);
        if chains.entry(head.directorate.clone()).or_insert_with(genesis) != head {
            return Err(format!("{} : la fin n'est pas celle que dit la dernière ligne du fichier", head.directorate));
        }
    }
    if lines != anchor.lines || chains.len() != anchor.heads.len() {
        return Err("il n'a pas le nombre de lignes que dit sa dernière".to_owned());
    }
    match rest.read(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) | Err(_) => Err("quelque chose suit sa dernière ligne".to_owned()),
    }
}
