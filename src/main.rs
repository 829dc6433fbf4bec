//! The command line of Portevoix: arguments, logging, exit code.

#[cfg(any(feature = "mastodon", feature = "bluesky"))]
use std::io::stdin;
use std::io::{BufWriter, IsTerminal, Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use portevoix::app::demo::Demo;
#[cfg(any(feature = "mastodon", feature = "bluesky"))]
use portevoix::app::login::secret_place;
#[cfg(feature = "x")]
use portevoix::app::login::x;
use portevoix::app::stopped::Stopped;
use portevoix::app::wrong_clock::Trust;
use portevoix::app::{audit, check, demo, leads, lint, run, store};
use tracing::error;
use tracing_subscriber::EnvFilter;

/// La voix publique d'une direction de police : un brouillon dans le salon, l'accord des valideurs, une publication.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Met le bot au travail, jusqu'à SIGTERM ou Ctrl-C.
    Run {
        /// Le fichier portevoix.toml.
        #[arg(long)]
        config: PathBuf,
        /// L'horloge est juste : c'est la main courante qui a des lignes d'une heure à venir.
        #[arg(long)]
        clock_is_right: bool,
    },
    /// Vérifie la configuration, puis essaie chaque salon et chaque compte, sans rien publier.
    Check {
        /// Le fichier portevoix.toml.
        #[arg(long)]
        config: PathBuf,
    },
    /// Essaie les contrôles sur beaucoup de brouillons : une ligne JSON par brouillon, une réponse par ligne.
    Lint {
        /// Les brouillons : {"id", "command", "text", "fields": {…}} ; « - » : l'entrée standard.
        file: PathBuf,
        /// Un dossier de commandes à la place de celles du programme.
        #[arg(long)]
        commands: Option<PathBuf>,
    },
    /// Prouve la main courante : tout ce qui a été tapé, voté, publié.
    #[command(subcommand)]
    Audit(Audit),
    /// Sauvegarde la base, y remet une sauvegarde, ou la copie sur un serveur.
    #[command(subcommand)]
    Store(Store),
    /// Trie ce que le public répond à un appel.
    #[command(subcommand)]
    Leads(Leads),
    /// Connecte le bot à un service.
    #[cfg(any(feature = "matrix", feature = "mastodon", feature = "bluesky", feature = "x"))]
    #[command(subcommand)]
    Login(Service),
    /// Joue une scène dans le terminal, puis ouvre un salon d'entraînement dans le navigateur.
    Demo {
        /// Joue la scène et s'arrête.
        #[arg(long, conflicts_with = "no_play")]
        play: bool,
        /// Ouvre le salon sans jouer la scène.
        #[arg(long)]
        no_play: bool,
        /// Le port du salon ; 0 : le premier libre.
        #[arg(long, default_value_t = 4477)]
        port: u16,
    },
}

#[derive(Subcommand)]
enum Store {
    /// Copie la base dans un nouveau fichier, que le bot travaille ou non.
    Backup {
        /// Le fichier à créer, lisible par ce compte seul.
        file: PathBuf,
        /// Le fichier portevoix.toml.
        #[arg(long)]
        config: PathBuf,
    },
    /// Remet une sauvegarde à la place de la base, qui est gardée à côté ; le bot doit être arrêté.
    Restore {
        /// La sauvegarde.
        file: PathBuf,
        /// Le fichier portevoix.toml.
        #[arg(long)]
        config: PathBuf,
    },
    /// Marque la base comme revenue en arrière par un autre moyen (pg_restore, instantané de la machine, copie à la main) ;
    /// bots arrêtés. Sans cela, ce qui est déjà en ligne pourrait partir une seconde fois.
    Restored {
        /// Le fichier portevoix.toml.
        #[arg(long)]
        config: PathBuf,
    },
    #[cfg(feature = "postgres")]
    /// Copie le fichier SQLite de portevoix.toml, bot arrêté, dans une base PostgreSQL vide, et vérifie la copie.
    Copy {
        /// Le fichier portevoix.toml.
        #[arg(long)]
        config: PathBuf,
        /// L'adresse de la base d'arrivée, sans mot de passe : postgres://utilisateur@serveur/base
        #[arg(long)]
        to: String,
        /// Un fichier qui contient le mot de passe de cet utilisateur (sinon : la variable PGPASSWORD, si elle est là).
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum Leads {
    /// Trie un fichier de réponses : une carte par témoignage, les plus prometteuses d'abord, sur la sortie standard.
    Sort {
        /// Les réponses, un objet JSON par ligne ; - : l'entrée standard.
        answers: PathBuf,
        /// L'appel : un objet JSON avec ids, at, account, directorate, text.
        #[arg(long)]
        appeal: PathBuf,
        /// Les communes, rues et lieux de la direction, un nom par ligne.
        #[arg(long)]
        places: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
enum Audit {
    /// Vérifie que rien n'a été modifié, retiré ou ajouté ; nomme la première ligne où c'est le cas.
    Verify {
        /// Le fichier portevoix.toml : vérifie sa base, que le bot travaille ou non.
        #[arg(long, required_unless_present = "file")]
        config: Option<PathBuf>,
        /// Une copie faite par `audit export` : la vérifie seule ; avec --config, compare aussi la base à elle.
        #[arg(long)]
        file: Option<PathBuf>,
        /// Une direction seulement (44) ; peut être répété.
        #[arg(long)]
        directorate: Vec<String>,
    },
    /// Copie la main courante, une ligne JSON par ligne avec son empreinte, pour qui veut la vérifier ailleurs.
    Export {
        /// Le fichier portevoix.toml.
        #[arg(long)]
        config: PathBuf,
        /// Le fichier à créer, lisible par ce compte seul (sinon : la sortie standard).
        file: Option<PathBuf>,
        /// Une direction seulement (44) ; peut être répété.
        #[arg(long)]
        directorate: Vec<String>,
    },
}

#[cfg(any(feature = "matrix", feature = "mastodon", feature = "bluesky", feature = "x"))]
#[derive(Subcommand)]
enum Service {
    #[cfg(feature = "matrix")]
    /// Crée l'appareil du bot sur son serveur Matrix, le certifie et donne sa clé de récupération.
    Matrix {
        /// Le fichier portevoix.toml.
        #[arg(long)]
        config: PathBuf,
        /// Un fichier qui contient le mot de passe du compte (sinon : l'entrée standard).
        #[arg(long)]
        password_file: Option<PathBuf>,
        /// Un fichier qui contient la clé de récupération d'un compte qui a déjà servi.
        #[arg(long)]
        recovery_key_file: Option<PathBuf>,
    },
    /// Donne au bot l'accès à un compte X, par une page que l'on ouvre dans un navigateur.
    #[cfg(feature = "x")]
    X {
        /// Le fichier portevoix.toml.
        #[arg(long)]
        config: PathBuf,
        /// Le code de la direction (44).
        #[arg(long)]
        directorate: String,
        /// Le nom du compte dans le fichier, s'il y en a plusieurs sur X.
        #[arg(long)]
        account: Option<String>,
        /// Le port de cette machine où X renvoie le navigateur : http://127.0.0.1:PORT/callback.
        #[arg(long, default_value_t = 4478)]
        port: u16,
        /// Colle l'adresse de retour dans le terminal : le navigateur est sur une autre machine.
        #[arg(long)]
        paste: bool,
    },
    /// Donne au bot l'accès à un compte Mastodon, par une page que l'on ouvre dans un navigateur.
    #[cfg(feature = "mastodon")]
    Mastodon(AccountOf),
    /// Essaie un mot de passe d'application de Bluesky, lu sur l'entrée standard, et le garde.
    #[cfg(feature = "bluesky")]
    Bluesky(AccountOf),
}

/// The account that someone logs in to.
#[cfg(any(feature = "mastodon", feature = "bluesky"))]
#[derive(clap::Args)]
struct AccountOf {
    /// Le fichier portevoix.toml.
    #[arg(long)]
    config: PathBuf,
    /// Le code de la direction (44).
    #[arg(long)]
    directorate: String,
    /// Le nom du compte dans le fichier, s'il y en a plusieurs sur ce réseau.
    #[arg(long)]
    account: Option<String>,
    /// Où écrire le secret, s'il n'est pas lu dans un fichier (systemd, variable d'environnement).
    #[arg(long)]
    secret_file: Option<PathBuf>,
}

#[cfg(any(feature = "mastodon", feature = "bluesky"))]
impl AccountOf {
    fn wish(&self) -> secret_place::Wish<'_> {
        let account = self.account.as_deref();
        secret_place::Wish { directorate: &self.directorate, account, secret_file: self.secret_file.as_deref() }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // RUST_LOG=portevoix=debug says more; other crates may log what people wrote, and stay at errors.
    // The demonstration prints what happens itself.
    let usual = if matches!(arguments.task, Task::Demo { .. }) { "error" } else { "error,portevoix=info" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let is_terminal = stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).with_ansi(is_terminal).init();
    // A panic's message may quote what an officer typed: only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        error!(place, "a mistake of the program itself; please report this line");
    }));
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(trouble) => return failed(&Stopped::Machine(trouble)),
    };
    match runtime.block_on(perform(arguments.task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(stopped) => failed(&stopped),
    }
}

async fn perform(task: Task) -> Result<(), Stopped> {
    match task {
        Task::Run { config, clock_is_right } => {
            run::run(&config, if clock_is_right { Trust::Clock } else { Trust::Journal }).await
        }
        Task::Check { config } => check::check(&config, &mut stdout()).await,
        Task::Lint { file, commands } => {
            lint::lint(&file, commands.as_deref(), &mut BufWriter::new(stdout()), &mut stderr())
        }
        Task::Store(Store::Backup { file, config }) => store::backup::back_up(&config, &file, &mut stdout()).await,
        Task::Store(Store::Restored { config }) => store::backup::restored(&config, &mut stdout()).await,
        #[cfg(feature = "postgres")]
        Task::Store(Store::Copy { config, to, password_file }) => {
            store::copy::copy(&config, &to, password_file.as_deref(), &mut stdout()).await
        }
        Task::Store(Store::Restore { file, config }) => store::backup::restore(&config, &file, &mut stdout()).await,
        Task::Audit(Audit::Verify { config, file, directorate }) => {
            let (config, file) = (config.as_deref(), file.as_deref());
            audit::verify(audit::Subject { config, file, directorates: &directorate }, &mut stdout()).await
        }
        Task::Audit(Audit::Export { config, file, directorate }) => {
            audit::export(&config, file.as_deref(), &directorate, &mut BufWriter::new(stdout())).await
        }
        Task::Leads(Leads::Sort { answers, appeal, places }) => {
            let export = leads::Export { appeal: &appeal, places: places.as_deref(), answers: &answers };
            leads::sort(export, &mut BufWriter::new(stdout().lock()), &mut stderr())
        }
        #[cfg(feature = "matrix")]
        Task::Login(Service::Matrix { config, password_file, recovery_key_file }) => {
            let (password, key) = (password_file.as_deref(), recovery_key_file.as_deref());
            portevoix::app::login::matrix::matrix(&config, password, key, &mut stdout()).await
        }
        #[cfg(feature = "x")]
        Task::Login(Service::X { config, directorate, account, port, paste }) => {
            let wish = x::Wish {
                directorate: &directorate,
                account: account.as_deref(),
                port,
                is_pasted: paste,
                patience: x::PATIENCE,
            };
            x::x(&config, wish, &mut stdout()).await
        }
        #[cfg(feature = "mastodon")]
        Task::Login(Service::Mastodon(of)) => {
            portevoix::app::login::mastodon::mastodon(&of.config, of.wish(), &mut stdin().lock(), &mut stdout()).await
        }
        #[cfg(feature = "bluesky")]
        Task::Login(Service::Bluesky(of)) => {
            portevoix::app::login::bluesky::bluesky(&of.config, of.wish(), &mut stdin().lock(), &mut stdout()).await
        }
        Task::Demo { play, no_play, port } => {
            let port = if play { 0 } else { port };
            demo::demo(Demo { plays: !no_play, serves: !play, port }).await
        }
    }
}

fn failed(stopped: &Stopped) -> ExitCode {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(stderr(), "{stopped}");
    ExitCode::FAILURE
}
