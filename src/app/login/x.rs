//! `portevoix login x`: a person opens X's page, agrees, and the bot keeps the tokens that come back.

use std::io::{BufRead, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::build;
use crate::app::stopped::Stopped;
use crate::config::load::load_believing;
use crate::config::secret::SecretSource;
use crate::config::settings::{Config, Connection, DirectorateConfig, XAccess};
use crate::domain::fault::{Cause, Fault};
use crate::domain::name::AccountName;
use crate::domain::secret::Secret;
use crate::network::http::DEFAULT_TIMEOUT;
use crate::network::x::login::{Login, Outcome, Returned, returned};
use crate::network::x::token_file::{TokenFile, Tokens};
use crate::network::x::tokens::Application;
use crate::port::clock::SystemClock;
use crate::wording::speaker::Speaker;

/// How long a person has to agree: to find the account's password and a second factor takes a while.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// Whom to let in, and how the answer comes back.
pub struct Wish<'w> {
    /// The directorate's code.
    pub directorate: &'w str,
    /// The account's name in the file; may be left out where the directorate has one account on X.
    pub account: Option<&'w str>,
    /// The port on this machine that X sends the browser back to.
    pub port: u16,
    /// The answer is pasted on standard input: the browser is on another machine.
    pub is_pasted: bool,
    /// How long to wait for the browser.
    pub patience: Duration,
}

/// The account of the file that someone logs in to.
struct Wanted {
    name: AccountName,
    api: String,
    login_page: String,
    application: Application,
    file: TokenFile,
    handle: Option<String>,
}

/// Logs in, and writes the tokens to the account's file.
///
/// # Errors
/// What a person must mend.
pub async fn x(config: &Path, wish: Wish<'_>, out: &mut (impl Write + Send)) -> Result<(), Stopped> {
    let config = load_believing(config)?;
    let wanted = wanted(&config, &wish)?;
    // Before the page is opened: another program may have the port.
    let listener = match wish.is_pasted {
        true => None,
        false => Some(listener(wish.port).await?),
    };
    let port = match &listener {
        Some(listener) => listener.local_addr()?.port(),
        None => wish.port,
    };
    let redirect = format!("http://127.0.0.1:{port}/callback");
    let login = Login::begin(
        &wanted.api,
        &wanted.login_page,
        wanted.application.clone(),
        redirect,
        DEFAULT_TIMEOUT,
        Arc::new(SystemClock),
    )
    .map_err(|trouble| Stopped::Outside(trouble.to_string()))?;
    writeln!(out, "Ouvrez cette adresse dans un navigateur connecté au compte X de la direction, et acceptez :\n")?;
    writeln!(out, "{}\n", login.page())?;
    let code = match listener {
        Some(listener) => {
            out.flush()?;
            agreed(&login, called_back(listener, wish.patience).await?)?
        }
        None => {
            writeln!(
                out,
                "Le navigateur finira sur une page introuvable : copiez ici son adresse entière, puis Entrée."
            )?;
            out.flush()?;
            pasted(&login).await?
        }
    };
    let tokens = login.finish(&code).await.map_err(|fault| not_finished(&fault, &config))?;
    keep(&wanted, &tokens).await.map_err(|trouble| match trouble {
        NotKept::Wrong(words) => Stopped::Outside(words),
        NotKept::Disk(fault) => not_finished(&fault, &config),
    })?;
    writeln!(out, "✓ Connecté à X : @{}, pour le compte « {} ».", tokens.owner.username, wanted.name)?;
    writeln!(out, "  Son accès est gardé dans {}, et se renouvelle tout seul.", wanted.file.path().display())?;
    for scope in tokens.missing_scopes() {
        writeln!(out, "⚠ X n'a pas accordé « {scope} » : vérifiez les droits de l'application, puis recommencez.")?;
    }
    Ok(())
}

fn wanted(config: &Config, wish: &Wish<'_>) -> Result<Wanted, Stopped> {
    let outside = |words: String| Stopped::Outside(words);
    let of_code =
        |settings: &&DirectorateConfig| settings.directorate.code.as_str().eq_ignore_ascii_case(wish.directorate);
    let settings = config
        .directorates
        .iter()
        .find(of_code)
        .ok_or_else(|| outside(format!("La configuration n'a pas de direction « {} ».", wish.directorate)))?;
    let named: Vec<_> = settings
        .accounts
        .iter()
        .filter(|account| match wish.account {
            Some(name) => account.name.as_str() == name,
            None => matches!(account.connection, Connection::X { access: XAccess::Granted { .. }, .. }),
        })
        .collect();
    let account = match (named.as_slice(), wish.account) {
        ([account], _) => *account,
        ([], Some(name)) => {
            return Err(outside(format!("La direction {} n'a pas de compte « {name} ».", wish.directorate)));
        }
        ([], None) => {
            return Err(outside(format!("La direction {} n'a pas de compte X à connecter.", wish.directorate)));
        }
        (several, _) => {
            let names: Vec<&str> = several.iter().map(|account| account.name.as_str()).collect();
            return Err(outside(format!("Quel compte ? Ajoutez --account, avec l'un de : {}.", names.join(", "))));
        }
    };
    let name = &account.name;
    let Connection::X { api, login_page, access } = &account.connection else {
        return Err(outside(format!("Le compte « {name} » ne publie pas sur X : il n'y a rien à connecter.")));
    };
    let XAccess::Granted { client_id, client_secret, state_directory, handle } = access else {
        let why = "entre par ses quatre clés, qui durent : il n'y a rien à connecter";
        return Err(outside(format!("Le compte « {name} » {why}.")));
    };
    let secret = client_secret.as_ref().map(SecretSource::read).transpose();
    let secret = secret.map_err(|trouble| outside(format!("compte {name} : {trouble}")))?;
    Ok(Wanted {
        name: name.clone(),
        api: api.clone(),
        login_page: login_page.clone(),
        application: Application { id: client_id.clone(), secret },
        file: TokenFile::new(state_directory, settings.directorate.code.as_str(), name.as_str()),
        handle: handle.clone(),
    })
}

async fn listener(port: u16) -> Result<TcpListener, Stopped> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|error| {
        Stopped::Outside(format!(
            "Le port {port} de cette machine n'est pas libre ({error}) : choisissez-en un autre par --port, et ajoutez \
             http://127.0.0.1:PORT/callback aux adresses de retour de l'application X."
        ))
    })
}

/// Waits for the browser to come back.
async fn called_back(listener: TcpListener, patience: Duration) -> Result<Returned, Stopped> {
    let heard: Arc<Mutex<Option<Returned>>> = Arc::default();
    let stop = CancellationToken::new();
    let router = Router::new().route("/callback", get(callback)).with_state((Arc::clone(&heard), stop.clone()));
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    match tokio::time::timeout(patience, serving).await {
        Ok(served) => served?,
        Err(_) => {
            let words = "Personne n'a répondu sur la page de X à temps. Recommencez ; si le navigateur est sur une autre \
                         machine, ajoutez --paste.";
            return Err(Stopped::Outside(words.to_owned()));
        }
    }
    let returned = heard.lock().unwrap_or_else(PoisonError::into_inner).take();
    returned.ok_or_else(|| Stopped::Outside("X n'a rien renvoyé. Recommencez.".to_owned()))
}

/// The page that the browser ends on.
async fn callback(
    State((heard, stop)): State<(Arc<Mutex<Option<Returned>>>, CancellationToken)>,
    RawQuery(query): RawQuery,
) -> (StatusCode, Html<&'static str>) {
    let page = |words| Html(words);
    match query.and_then(|query| returned(&query)) {
        Some(returned) => {
            heard.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(returned);
            stop.cancel();
            (
                StatusCode::OK,
                page(
                    "<!doctype html><html lang=fr><meta charset=utf-8><title>Portevoix</title><p>Réponse reçue : la suite est dans le terminal. Vous pouvez fermer cette page.</p>",
                ),
            )
        }
        None => (
            StatusCode::BAD_REQUEST,
            page(
                "<!doctype html><html lang=fr><meta charset=utf-8><title>Portevoix</title><p>Cette adresse n'est pas une réponse de X.</p>",
            ),
        ),
    }
}

/// The code, if the answer is this login's and the person agreed.
fn agreed(login: &Login, returned: Returned) -> Result<Secret, Stopped> {
    if !login.is_answered_by(&returned) {
        let words = "Cette réponse n'est pas celle de cette connexion (« state » différent) : c'est une page d'un essai \
                     précédent, ou quelqu'un d'autre l'a ouverte. Rien n'est enregistré ; recommencez.";
        return Err(Stopped::Outside(words.to_owned()));
    }
    match returned.outcome {
        Outcome::Code(code) => Ok(code),
        Outcome::Error(word) if word == "access_denied" => {
            let words = "L'accès a été refusé sur la page de X : rien n'est enregistré.";
            Err(Stopped::Outside(words.to_owned()))
        }
        Outcome::Error(word) => {
            let word = Cause::quote(&word);
            let words = "vérifiez `client_id`, les droits de l'application et son adresse de retour";
            Err(Stopped::Outside(format!("X n'a pas donné accès (« {word} ») : {words}.")))
        }
    }
}

/// The code that a person pastes, alone or in the whole address.
async fn pasted(login: &Login) -> Result<Secret, Stopped> {
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let line = line.await.map_err(std::io::Error::other)??;
    let line = line.trim();
    match returned(line) {
        Some(returned) => agreed(login, returned),
        // The code alone: without the verifier, which never left this process, it is worth nothing to anyone else.
        None if !line.is_empty() && !line.contains(['/', '?', '=', ' ']) => Ok(Secret::new(line)),
        None => {
            let words = "Ceci n'est pas l'adresse d'une réponse de X : elle contient « ?state=…&code=… ». Recommencez.";
            Err(Stopped::Outside(words.to_owned()))
        }
    }
}

/// Why tokens that X gave were not kept.
enum NotKept {
    /// They are another account's.
    Wrong(String),
    /// The disk does not take them.
    Disk(Fault),
}

/// Writes the tokens, unless they are another account's than the one that was meant.
async fn keep(wanted: &Wanted, tokens: &Tokens) -> Result<(), NotKept> {
    let is = &tokens.owner.username;
    if let Some(handle) = wanted.handle.as_ref().filter(|handle| !handle.eq_ignore_ascii_case(is)) {
        return Err(NotKept::Wrong(format!(
            "Ce navigateur est connecté à X comme @{is}, et le compte « {} » est @{handle} : rien n'est enregistré. \
             Changez de compte dans le navigateur et recommencez.",
            wanted.name
        )));
    }
    let hold = wanted.file.hold().await.map_err(NotKept::Disk)?;
    // What can't be read is replaced: that is what one logs in again for.
    if let Ok(Some(earlier)) = wanted.file.read().await
        && earlier.owner.id != tokens.owner.id
    {
        let file = wanted.file.path().display();
        return Err(NotKept::Wrong(format!(
            "Ce navigateur est connecté à X comme @{is}, et le compte « {} » était @{} : rien n'est enregistré. Changez de \
             compte dans le navigateur et recommencez ; si le changement est voulu, effacez d'abord {file}.",
            wanted.name, earlier.owner.username
        )));
    }
    hold.write(tokens).await.map_err(NotKept::Disk)
}

fn not_finished(fault: &Fault, config: &Config) -> Stopped {
    let cause = fault.cause();
    let words = if *cause == Cause::LoginNeeded {
        "X refuse ce code : il ne sert qu'une fois et pendant trente secondes. Recommencez.".to_owned()
    } else if *cause == Cause::CredentialsRefused {
        "X ne reconnaît pas l'application : vérifiez `client_id` et son secret (`client_secret_file`).".to_owned()
    } else if *cause == Cause::Forbidden("scope offline.access".to_owned()) {
        "X n'a pas accordé « offline.access », sans quoi l'accès cesserait dans deux heures : vérifiez les droits de \
         l'application, puis recommencez."
            .to_owned()
    } else {
        build::in_words(fault, config, &Speaker::default())
    };
    Stopped::Outside(words)
}
