//! Reads `portevoix.toml`: the text alone, or the text and what it promises about the machine.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::path::Path;

use toml::de::DeTable;

use crate::config::claims::Claims;
use crate::config::database;
use crate::config::directorate::{self, Surroundings};
use crate::config::discord;
use crate::config::findings::{Findings, Problem, Problems};
use crate::config::identifier::{base_url, matrix_user};
use crate::config::keys;
use crate::config::outside::Outside;
use crate::config::secret::{Environment, process_environment};
use crate::config::section::{At, Section};
use crate::config::settings::{ChatKind, Config, DirectorateConfig, Matrix, Practice};
use crate::config::syntax;
use crate::domain::name::PersonId;

/// The longest configuration, in bytes: a hundred directorates fit; a wrong path may lead to a file of gigabytes.
const LONGEST_FILE: u64 = 1024 * 1024;

/// Reads the file and looks whether the folders and secrets that it names are there. Relative paths start from the
/// file's own folder. Nothing is changed and no network is used.
///
/// # Errors
/// Every problem, with its line.
pub fn load(path: &Path) -> Result<Config, Problems> {
    load_with(path, &process_environment)
}

/// As [`load`], with the environment handed in.
///
/// # Errors
/// As [`load`].
pub fn load_with(path: &Path, environment: Environment<'_>) -> Result<Config, Problems> {
    let file = path.display().to_string();
    let Reading { config, outside, mut findings } = read(&file, &read_text(path, &file)?);
    outside.check(environment, &mut findings);
    findings.settle(config)
}

/// Reads the file and believes what it says of the machine. For `portevoix login`, which is run by hand, where the
/// secrets that systemd hands to the service are not there and not needed.
///
/// # Errors
/// Every problem, with its line.
pub fn load_believing(path: &Path) -> Result<Config, Problems> {
    let file = path.display().to_string();
    parse(&file, &read_text(path, &file)?)
}

/// Reads the text alone: what it says of the machine is believed.
///
/// # Errors
/// Every problem, with its line.
pub fn parse(file_name: &str, text: &str) -> Result<Config, Problems> {
    let Reading { config, outside: _, findings } = read(file_name, text);
    findings.settle(config)
}

/// The text of a file, if it can be had at all.
fn read_text(path: &Path, file: &str) -> Result<String, Problems> {
    let problem = |line, message| Problems(vec![Problem { file: file.to_owned(), line, message }]);
    let unreadable = |error: std::io::Error| {
        let is_absent = error.kind() == ErrorKind::NotFound;
        problem(
            1,
            if is_absent {
                "ce fichier n'existe pas".to_owned()
            } else {
                format!("ce fichier ne peut pas être lu ({error})")
            },
        )
    };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LONGEST_FILE + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST_FILE {
        let message = "ce fichier dépasse 1 Mo ; est-ce bien la configuration de Portevoix ?";
        return Err(problem(1, message.to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = u32::try_from(before.split(|byte| *byte == b'\n').count()).unwrap_or(u32::MAX);
        problem(line, "cette ligne n'est pas en UTF-8 ; enregistrez le fichier en UTF-8".to_owned())
    })
}

/// What reading a text gave.
struct Reading {
    /// Present unless something that everything else hangs on is missing.
    config: Option<Config>,
    outside: Outside,
    findings: Findings,
}

fn read(file_name: &str, text: &str) -> Reading {
    let mut findings = Findings::new(file_name, text);
    let mut outside = Outside::default();
    let document = syntax::read(text, &mut findings);
    let folder = Path::new(file_name).parent().unwrap_or(Path::new(""));
    let config = read_top(file_name, &document, folder, &mut outside, &mut findings);
    Reading { config, outside, findings }
}

fn read_top(
    file_name: &str,
    document: &DeTable<'_>,
    folder: &Path,
    outside: &mut Outside,
    findings: &mut Findings,
) -> Option<Config> {
    let top = Section::new(document, &keys::TOP, 1, findings);
    let database = database::read(&top, folder, outside, findings);
    let commands = top.text("commands", findings).map(|at| {
        let path = folder.join(at.value);
        outside.folders.push(At { value: path.clone(), line: at.line });
        path
    });
    let matrix = top.table("matrix", &keys::MATRIX, findings);
    // Known even when the rest of [matrix] is wrong, so that the bot in a team is noted in the same go.
    let bot = matrix.and_then(|section| section.needed_text("user", findings));
    let bot = bot.and_then(|at| matrix_user(&at, "user", findings));
    let matrix = matrix.and_then(|section| self::matrix(&section, bot.clone(), folder, outside, findings));
    let discord = top.table("discord", &keys::DISCORD, findings);
    let discord = discord.and_then(|section| discord::read(&section, folder, outside, findings));
    let practice = top.table("practice", &keys::PRACTICE, findings);
    let practice = practice.and_then(|section| self::practice(&section, findings));
    let chats: BTreeSet<ChatKind> = ChatKind::ALL.into_iter().filter(|chat| top.has(chat.word())).collect();
    let surroundings = Surroundings { folder, chats: &chats, bot: bot.as_ref() };

    let sections = top.tables("directorate", &keys::DIRECTORATE, findings);
    if sections.is_empty() {
        top.need("directorate", findings);
    }
    let mut claims = Claims::default();
    let directorates: Vec<Option<DirectorateConfig>> = sections
        .iter()
        .map(|section| directorate::read(section, &surroundings, &mut claims, outside, findings))
        .collect();
    let directorates = directorates.into_iter().collect::<Option<Vec<DirectorateConfig>>>();
    Some(Config {
        file: file_name.to_owned(),
        database: database?,
        commands,
        matrix,
        discord,
        practice,
        directorates: directorates?,
    })
}

fn matrix(
    section: &Section<'_>,
    user: Option<PersonId>,
    folder: &Path,
    outside: &mut Outside,
    findings: &mut Findings,
) -> Option<Matrix> {
    let homeserver = section.needed_text("homeserver", findings).and_then(|at| base_url(&at, "homeserver", findings));
    let state_directory = section.needed_text("state_directory", findings).map(|at| {
        let path = folder.join(at.value);
        outside.private_folders.push(At { value: path.clone(), line: at.line });
        path
    });
    Some(Matrix { homeserver: homeserver?, user: user?, state_directory: state_directory? })
}

fn practice(section: &Section<'_>, findings: &mut Findings) -> Option<Practice> {
    let At { value, line } = section.needed_text("address", findings)?;
    let example = keys::PRACTICE.example("address");
    match value.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Some(Practice { address }),
        Ok(_) => {
            let why = "ouvrirait la salle d'entraînement au réseau, où chacun pourrait jouer tous les rôles";
            findings.wrong(line, format!("`address` : « {value} » {why} ; écrivez par exemple : {example}"));
            None
        }
        Err(_) => {
            let why = "n'est pas une adresse de cette machine avec son port";
            findings.wrong(line, format!("`address` : « {value} » {why} ; écrivez par exemple : {example}"));
            None
        }
    }
}
