//! How a turn of phrase is written in a file: `(homme|femme) … coupable`, `<nombre> [bis] <voie>`, `menott*`, `=plaque`.

use std::collections::BTreeMap;

use crate::command::check::phrase::{Part, Phrase, Thing};
use crate::command::check::reading::Reading;
use crate::domain::fold::fold;

/// Lists of turns that others name in angle brackets.
pub type Lists = BTreeMap<String, Vec<Phrase>>;

/// Shorter words are taken as they are: `un` must not find `une`.
const SHORTEST_INFLECTED: usize = 4;

/// The deepest that brackets may stand in brackets.
const DEEPEST: usize = 6;

/// Reads a turn of phrase.
///
/// # Errors
/// In French, what to write instead.
pub fn read(text: &str, lists: &Lists) -> Result<Phrase, String> {
    let mut reader = Reader { rest: text, lists };
    let mut turns = reader.turns(0)?;
    if !reader.rest.is_empty() {
        return Err(format!("« {text} » : une parenthèse ou un crochet se ferme sans s'être ouvert"));
    }
    match (turns.pop(), turns.is_empty()) {
        (Some(turn), true) if !turn.parts.is_empty() => Ok(turn),
        (Some(last), false) => Ok(Phrase { parts: vec![Part::Any(turns.into_iter().chain([last]).collect())] }),
        (Some(_) | None, _) => Err(format!("« {text} » ne dit rien à chercher : écrivez au moins un mot")),
    }
}

/// These very words, with nothing between; `None` where there are none.
pub fn literal(text: &str) -> Option<Phrase> {
    let words = Reading::of(text).tokens.into_iter().map(|token| Part::Word(vec![token.word]));
    let parts: Vec<Part> = words.collect();
    (!parts.is_empty()).then_some(Phrase { parts })
}

struct Reader<'a> {
    rest: &'a str,
    lists: &'a Lists,
}

impl Reader<'_> {
    /// Turns between `|`, up to a closing bracket or the end.
    fn turns(&mut self, depth: usize) -> Result<Vec<Phrase>, String> {
        if depth > DEEPEST {
            return Err("trop de parenthèses l'une dans l'autre : faites plusieurs phrases".to_owned());
        }
        let mut turns = vec![Phrase { parts: Vec::new() }];
        while let Some(c) = self.rest.chars().next() {
            let part = match c {
                ')' | ']' => break,
                '|' => {
                    self.rest = &self.rest[1..];
                    turns.push(Phrase { parts: Vec::new() });
                    continue;
                }
                '(' | '[' => self.bracket(c, depth)?,
                '<' => self.thing()?,
                '…' => {
                    self.rest = &self.rest['…'.len_utf8()..];
                    Part::Gap
                }
                c if c.is_alphanumeric() || c == '=' => self.word(),
                c => {
                    self.rest = &self.rest[c.len_utf8()..];
                    continue;
                }
            };
            if let Some(turn) = turns.last_mut() {
                turn.parts.push(part);
            }
        }
        Ok(turns)
    }

    fn bracket(&mut self, open: char, depth: usize) -> Result<Part, String> {
        self.rest = &self.rest[1..];
        let turns = self.turns(depth + 1)?;
        let close = if open == '(' { ')' } else { ']' };
        let Some(rest) = self.rest.strip_prefix(close) else {
            return Err(format!("il manque « {close} » : chaque « {open} » doit se fermer"));
        };
        self.rest = rest;
        if turns.iter().any(|turn| turn.parts.is_empty()) {
            return Err(format!("« {open}{close} » a une place vide : mettez un mot de chaque côté de « | »"));
        }
        Ok(if open == '(' { Part::Any(turns) } else { Part::Perhaps(turns) })
    }

    /// `<nom>`, `<0-17>`, or a list of the file.
    fn thing(&mut self) -> Result<Part, String> {
        let Some((name, rest)) = self.rest[1..].split_once('>') else {
            return Err("il manque « > » : chaque « < » doit se fermer, comme dans <nom>".to_owned());
        };
        self.rest = rest;
        let (is_digits, name) = name.strip_prefix('#').map_or((false, name), |rest| (true, rest));
        let bounds = name.split_once('-').and_then(|(least, most)| Some((least.parse().ok()?, most.parse().ok()?)));
        if let Some((least, most)) = bounds {
            return Ok(Part::Thing(if is_digits { Thing::Digits(least, most) } else { Thing::Number(least, most) }));
        }
        let thing = match name {
            "nom" => Thing::Name,
            "tiers" => Thing::OtherName,
            "prénom" => Thing::FirstName,
            "majuscule" => Thing::Capital,
            "mot" => Thing::Anything,
            "nombre" => Thing::Number(0, u32::MAX),
            list => {
                return self.lists.get(list).map(|turns| Part::Any(turns.clone())).ok_or_else(|| {
                    let known: Vec<&str> = self.lists.keys().map(String::as_str).collect();
                    format!(
                        "<{list}> n'est pas connu : écrivez <nom>, <tiers>, <prénom>, <majuscule>, <mot>, <nombre>, <0-17>, ou \
                         une liste de [lists] écrite plus haut ({})",
                        known.join(", ")
                    )
                });
            }
        };
        Ok(Part::Thing(thing))
    }

    fn word(&mut self) -> Part {
        let exact = self.rest.starts_with('=');
        let text = self.rest.trim_start_matches('=');
        let is_number = text.starts_with(|c: char| c.is_ascii_digit());
        let in_word = |c: char| c.is_alphanumeric() && c.is_ascii_digit() == is_number;
        let end = text.find(|c: char| !in_word(c)).unwrap_or(text.len());
        let word = fold(&text[..end]);
        self.rest = &text[end..];
        if let Some(rest) = self.rest.strip_prefix('*') {
            self.rest = rest;
            return Part::Beginning(word);
        }
        Part::Word(if exact || is_number { vec![word] } else { inflected(&word) })
    }
}

/// A word with its plural and its feminine, folded: `voleur`, `voleurs`, `voleuse`, `voleuses`.
pub fn inflected(word: &str) -> Vec<String> {
    if word.chars().count() < SHORTEST_INFLECTED {
        return vec![word.to_owned()];
    }
    let mut stems = vec![word.to_owned(), format!("{word}e")];
    let endings = [
        ("eur", "euse"),
        ("teur", "trice"),
        ("eux", "euse"),
        ("f", "ve"),
        ("er", "ere"),
        ("el", "elle"),
        ("en", "enne"),
        ("on", "onne"),
    ];
    for (masculine, feminine) in endings {
        stems.extend(word.strip_suffix(masculine).map(|stem| format!("{stem}{feminine}")));
    }
    let mut words: Vec<String> = stems.iter().flat_map(|stem| [stem.clone(), format!("{stem}s")]).collect();
    words.extend(word.strip_suffix("al").map(|stem| format!("{stem}aux")));
    words.push(format!("{word}x"));
    words
}
