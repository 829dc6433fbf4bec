//! The texts of a command with holes for its fields (minijinja). What an officer typed only ever fills a hole: it is
//! never read as a template.

use std::collections::BTreeMap;
use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, context};

use crate::domain::directorate::NetworkKind;
use crate::domain::name::DirectorateCode;

/// Stands at the end of each line of a template that has a tag, so that a line whose tags came out empty can be told
/// from a blank line that was meant. Not a character: nobody can type it.
const TAGGED_LINE: char = '\u{FFFF}';

/// How many steps a template may take: a hundred times what the longest of ours takes, and done in milliseconds.
const MOST_STEPS: u64 = 100_000;

/// The longest text that a template may make, in bytes: more than every network takes, of what the longest message gives.
const LONGEST_TEXT: usize = 65_536;

/// The name of the template for every network that has none of its own.
const DEFAULT: &str = "default";

/// What a template may say of the directorate.
#[derive(Clone, Copy, Debug)]
pub struct Speaker<'a> {
    /// `directorate.name`.
    pub name: &'a str,
    /// `directorate.code`.
    pub code: &'a DirectorateCode,
}

/// The templates of one command.
#[derive(Clone, Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

/// What is wrong with a template or with filling it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateProblem {
    /// Counts from 1 within the template.
    pub line: usize,
    /// In French.
    pub message: String,
}

impl Templates {
    /// No template yet.
    pub fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(SyntaxConfig::default());
        environment.set_fuel(Some(MOST_STEPS));
        environment.add_filter("sentence", |text: String| sentence(&text));
        environment.add_filter("capital", |text: String| capital(&text));
        Self { environment }
    }

    /// Adds the template of a network, or of all the others.
    ///
    /// # Errors
    /// It is no template: a tag that is not closed, say.
    pub fn add(&mut self, network: Option<NetworkKind>, source: &str) -> Result<(), TemplateProblem> {
        self.environment
            .add_template_owned(network.map_or(DEFAULT, key), prepared(source))
            .map_err(|error| problem(&error))
    }

    /// Every name that the template of a network looks up (`lieu`, `directorate.name`).
    pub fn names(&self, network: Option<NetworkKind>) -> Vec<String> {
        let template = self.environment.get_template(network.map_or(DEFAULT, key));
        let mut names: Vec<String> =
            template.map(|template| template.undeclared_variables(true).into_iter().collect()).unwrap_or_default();
        names.sort();
        names
    }

    /// The text for a network. A field that is not in `values` is an error; one that was not given is empty.
    ///
    /// # Errors
    /// The template can't be filled with these values.
    pub fn fill(
        &self,
        network: NetworkKind,
        values: &BTreeMap<&str, String>,
        speaker: Speaker<'_>,
    ) -> Result<String, TemplateProblem> {
        let own = self.environment.get_template(key(network));
        let template = own.or_else(|_| self.environment.get_template(DEFAULT)).map_err(|error| problem(&error))?;
        let directorate = context! { name => speaker.name, code => speaker.code.as_str() };
        let mut context: BTreeMap<&str, Value> =
            values.iter().map(|(name, value)| (*name, Value::from(value.as_str()))).collect();
        context.insert("directorate", directorate);
        let mut page = Page(Vec::new());
        template.render_captured_to(Value::from(context), &mut page).map_err(|error| problem(&error))?;
        Ok(without_empty_lines(&String::from_utf8_lossy(&page.0)))
    }
}

/// Takes a text until it is too long.
struct Page(Vec<u8>);

impl Write for Page {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.0.len() + part.len() > LONGEST_TEXT {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Default for Templates {
    fn default() -> Self {
        Self::new()
    }
}

/// The word for a network in a command file.
pub fn key(network: NetworkKind) -> &'static str {
    match network {
        NetworkKind::X => "x",
        NetworkKind::Mastodon => "mastodon",
        NetworkKind::Bluesky => "bluesky",
        NetworkKind::File => "file",
    }
}

/// Every network that a command file can name.
pub const NETWORKS: [NetworkKind; 4] = [NetworkKind::X, NetworkKind::Mastodon, NetworkKind::Bluesky, NetworkKind::File];

/// The template as it is compiled: lines with tags are marked, and the spaces that French sets before `? ! : ; »` and
/// after `«` do not break, so that no line begins with a question mark. Tags are left as they are.
fn prepared(source: &str) -> String {
    let mut prepared = String::with_capacity(source.len() + 16);
    let (mut inside_tag, mut has_tag) = (false, false);
    let mut signs = source.trim_end().chars().peekable();
    while let Some(c) = signs.next() {
        match (c, signs.peek()) {
            ('{', Some('{' | '%' | '#')) => (inside_tag, has_tag) = (true, true),
            ('}' | '%' | '#', Some('}')) => inside_tag = false,
            ('\n', _) if has_tag && !inside_tag => {
                prepared.push(TAGGED_LINE);
                has_tag = false;
            }
            (' ', Some('?' | '!' | ':' | ';' | '»')) if !inside_tag => {
                prepared.push('\u{A0}');
                continue;
            }
            (' ', _) if !inside_tag && prepared.ends_with('«') => {
                prepared.push('\u{A0}');
                continue;
            }
            _ => {}
        }
        prepared.push(c);
    }
    if has_tag {
        prepared.push(TAGGED_LINE);
    }
    prepared
}

/// Drops the lines whose tags came out empty, and the space at the ends of the others.
fn without_empty_lines(filled: &str) -> String {
    let kept = filled.lines().filter_map(|line| {
        let text = line.replace(TAGGED_LINE, "");
        let text = text.trim_end();
        (!text.is_empty() || !line.contains(TAGGED_LINE)).then(|| text.to_owned())
    });
    kept.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// `vol avec violence` → `Vol avec violence.`
fn sentence(text: &str) -> String {
    let text = text.trim_end();
    let is_closed = text.is_empty() || text.ends_with(['.', '!', '?', '…', '»', ')', '"']);
    let stop = if is_closed { "" } else { "." };
    format!("{}{stop}", capital(text))
}

/// The first letter as a capital, the rest as it is.
fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

fn problem(error: &minijinja::Error) -> TemplateProblem {
    let detail = error.detail().unwrap_or_default();
    let unknown = detail.trim_start_matches("filter ").trim_end_matches(" is unknown");
    let kind = error.kind();
    let message = if kind == ErrorKind::SyntaxError {
        let advice = "vérifiez que chaque {{ … }} et chaque {% … %} est fermé";
        format!("le modèle n'est pas lisible ({detail}) : {advice}")
    } else if kind == ErrorKind::UnknownFilter {
        format!("filtre inconnu « {unknown} » : utilisez par exemple sentence, capital ou upper")
    } else if matches!(kind, ErrorKind::OutOfFuel | ErrorKind::WriteFailure) {
        "le modèle n'en finit pas : retirez sa boucle, ou raccourcissez-la".to_owned()
    } else {
        format!("le modèle ne peut pas être rempli ({error}) : simplifiez-le")
    };
    TemplateProblem { line: error.line().unwrap_or(1), message }
}
