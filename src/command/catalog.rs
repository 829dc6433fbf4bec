//! All the commands that can be typed: those that come with Portevoix, or those of a folder of one's own.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::command::check::book::{self, Book};
use crate::command::examples;
use crate::command::problem::SpecProblem;
use crate::command::spec::Spec;
use crate::command::spec_file;
use crate::domain::fold::fold;
use crate::domain::name::CommandWord;

/// `commands/*.toml`, listed by `build.rs`: name and text.
const BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/commands.rs"));

/// The longest word that is compared with the commands, in characters.
pub const LONGEST_WORD: usize = 40;

/// All commands, checked: no two share a word.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// In the order of the help.
    specs: Vec<Spec>,
}

/// What a typed word stands for.
#[derive(Clone, Debug)]
pub enum Lookup<'c> {
    /// This command.
    Found(&'c Spec),
    /// None.
    Unknown {
        /// The one that may have been meant.
        nearest: Option<CommandWord>,
    },
}

impl Catalog {
    /// The commands that come with Portevoix.
    ///
    /// # Errors
    /// What is wrong with their files; the tests see to it that nothing is.
    pub fn builtin() -> Result<Self, Vec<SpecProblem>> {
        let commands = BUILTIN.iter().filter(|(file, _)| !is_book(file));
        let files: Vec<(String, String)> =
            commands.map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
        Self::from_files(&files)
    }

    /// The commands of a folder of one's own: each file's name and text. They replace the built-in ones.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files.
    pub fn from_files(files: &[(String, String)]) -> Result<Self, Vec<SpecProblem>> {
        let mut specs: Vec<Spec> = Vec::new();
        let mut problems = Vec::new();
        let shared = shared_book(files).unwrap_or_else(|found| {
            problems.extend(found);
            Arc::default()
        });
        let files: Vec<&(String, String)> = files.iter().filter(|(file, _)| !is_book(file)).collect();
        for (file, text) in &files {
            match spec_file::read(file, text, &shared) {
                Ok(spec) => {
                    problems.extend(clashes(&spec, text, &specs));
                    specs.push(spec);
                }
                Err(found) => problems.extend(found),
            }
        }
        if files.is_empty() {
            let message = "il n'y a aucun fichier de commande (.toml) : mettez-en au moins un".to_owned();
            problems.push(SpecProblem { file: "commands".to_owned(), line: 1, message });
        }
        specs.sort_by(|a, b| (a.order, &a.word).cmp(&(b.order, &b.word)));
        problems.sort();
        if problems.is_empty() { Ok(Self { specs }) } else { Err(problems) }
    }

    /// What that word stands for, however it was typed (without its `!`).
    pub fn find(&self, typed: &str) -> Lookup<'_> {
        let typed: String = fold(&typed.chars().take(LONGEST_WORD).collect::<String>()).replace('_', "-");
        match self.specs.iter().find(|spec| spec.is_called(&typed)) {
            Some(spec) => Lookup::Found(spec),
            None => Lookup::Unknown { nearest: self.nearest(&typed) },
        }
    }

    /// The command of that word; aliases do not count.
    pub fn by_word(&self, word: &CommandWord) -> Option<&Spec> {
        self.specs.iter().find(|spec| spec.word == *word)
    }

    /// Every command, in the order of the help.
    pub fn specs(&self) -> impl Iterator<Item = &Spec> {
        self.specs.iter()
    }

    /// Runs every example of every file through the code that officers use. Nothing is wrong with a good catalog.
    pub fn check_examples(&self) -> Vec<SpecProblem> {
        self.specs.iter().flat_map(|spec| examples::check(self, spec)).collect()
    }

    /// The command whose word starts with what was typed, or differs from it by a slip or two: one letter in three.
    fn nearest(&self, typed: &str) -> Option<CommandWord> {
        let length = typed.chars().count();
        let distance = |word: &CommandWord| {
            if word.as_str().starts_with(typed) { 0 } else { strsim::damerau_levenshtein(word.as_str(), typed) }
        };
        let slips = |spec: &Spec| spec.words().map(distance).min().unwrap_or(usize::MAX);
        let (slips, spec) = self.specs.iter().map(|spec| (slips(spec), spec)).min_by_key(|(slips, _)| *slips)?;
        (length >= 3 && slips <= length.div_ceil(3)).then(|| spec.word.clone())
    }
}

/// The checks that come with Portevoix, read once.
static CHECKS: LazyLock<Result<Arc<Book>, Vec<SpecProblem>>> = LazyLock::new(|| {
    let builtin = BUILTIN.iter().find(|(file, _)| is_book(file));
    builtin.map_or_else(|| Ok(Arc::default()), |(file, text)| Book::read(file, text).map(Arc::new))
});

/// The checks of a folder of commands; those that come with Portevoix where the folder has none.
fn shared_book(files: &[(String, String)]) -> Result<Arc<Book>, Vec<SpecProblem>> {
    match files.iter().find(|(file, _)| is_book(file)) {
        Some((file, text)) => Book::read(file, text).map(Arc::new),
        None => CHECKS.clone(),
    }
}

fn is_book(file: &str) -> bool {
    Path::new(file).file_name().is_some_and(|name| name == book::FILE)
}

/// The words of a command that others have taken already.
fn clashes(spec: &Spec, text: &str, others: &[Spec]) -> Vec<SpecProblem> {
    let mut problems = Vec::new();
    for (place, word) in spec.words().enumerate() {
        let message = if spec.words().take(place).any(|earlier| earlier == word) {
            format!("le mot « !{word} » est deux fois dans ce fichier : retirez l'un des deux")
        } else if let Some(owner) = others.iter().find(|other| other.is_called(word.as_str())) {
            format!("le mot « !{word} » est déjà pris par {} : changez l'un des deux", owner.file)
        } else {
            continue;
        };
        let is_here = |line: &str| {
            let line = fold(line);
            (line.starts_with("word") || line.starts_with("aliases")) && line.contains(word.as_str())
        };
        problems.push(SpecProblem {
            file: spec.file.clone(),
            line: 1 + text.lines().position(is_here).unwrap_or(0),
            message,
        });
    }
    problems
}
