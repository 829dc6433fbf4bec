//! Opens the database that the configuration names, and says in French what keeps it from opening.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

#[cfg(not(feature = "postgres"))]
use crate::app::build::left_out;
use crate::app::stopped::Stopped;
#[cfg(feature = "postgres")]
use crate::config::secret::SecretSource;
use crate::config::settings::DatabasePlace;
use crate::port::clock::{Clock, SystemClock};
use crate::store::database::{Database, StoreError};
#[cfg(feature = "postgres")]
use crate::store::postgres::Postgres;
#[cfg(feature = "postgres")]
use crate::store::postgres::place::Place;
use crate::store::server::Unreached;

/// Time as all see it who share a database: the database's. Where nobody else can use it, the machine's.
pub struct HouseClock {
    database: Arc<Database>,
}

impl HouseClock {
    /// The clock of whoever works on that database.
    pub fn of(database: Arc<Database>) -> Arc<dyn Clock> {
        Arc::new(Self { database })
    }
}

#[async_trait]
impl Clock for HouseClock {
    fn now(&self) -> Timestamp {
        self.database.time().unwrap_or_else(|| SystemClock.now())
    }

    fn uptime(&self) -> SignedDuration {
        SystemClock.uptime()
    }

    async fn sleep_until(&self, time: Timestamp) {
        /// The longest single wait: what the database says of the time may have changed meanwhile.
        const LONGEST_WAIT: Duration = Duration::from_secs(10);
        loop {
            let left = Duration::try_from(time.duration_since(self.now())).unwrap_or_default();
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_WAIT)).await;
        }
    }
}

/// Opens it, makes it if it is a file that is not there, and brings its schema up to date.
///
/// # Errors
/// What a person must mend.
pub async fn open(place: &DatabasePlace) -> Result<Arc<Database>, Stopped> {
    match place {
        DatabasePlace::File(path) => Ok(Arc::new(Database::open(path).await?)),
        #[cfg(feature = "postgres")]
        DatabasePlace::Server { url, password } => {
            let postgres = Postgres::open(server(url, password.as_ref())?).await.map_err(in_words)?;
            Ok(Arc::new(Database::over(Arc::new(postgres))))
        }
        #[cfg(not(feature = "postgres"))]
        DatabasePlace::Server { .. } => Err(left_out("postgres")),
    }
}

/// Tries to reach it, and changes nothing. Returns what was found; nothing to say of a file.
///
/// # Errors
/// In words, what keeps it from being used.
pub async fn probe(place: &DatabasePlace) -> Result<Option<String>, Stopped> {
    match place {
        DatabasePlace::File(_) => Ok(None),
        #[cfg(feature = "postgres")]
        DatabasePlace::Server { url, password } => {
            let found = Postgres::probe(server(url, password.as_ref())?).await.map_err(in_words)?;
            let schema = match found.schema {
                0 => "vide, les tables seront créées au démarrage".to_owned(),
                version => format!("schéma {version}"),
            };
            let fsync = if found.is_durable {
                ""
            } else {
                " ; attention, `fsync` y est coupé : une panne de courant peut faire perdre ce qui a été validé"
            };
            Ok(Some(format!("base PostgreSQL {} : version {}, {schema}{fsync}", found.place, found.server)))
        }
        #[cfg(not(feature = "postgres"))]
        DatabasePlace::Server { .. } => Err(left_out("postgres")),
    }
}

/// A server's place, with the password fetched.
///
/// # Errors
/// In words, when the password can't be had or the address can't be understood.
#[cfg(feature = "postgres")]
pub fn server(url: &str, password: Option<&SecretSource>) -> Result<Place, Stopped> {
    let password = password.map(SecretSource::read).transpose();
    let password = password.map_err(|trouble| Stopped::Outside(format!("base de données : {trouble}")))?;
    Place::new(url, password.as_ref()).map_err(in_words)
}

/// What keeps a server from being used, with what to do.
pub fn in_words(trouble: StoreError) -> Stopped {
    let StoreError::Unreached { place, why, words } = trouble else { return Stopped::Store(trouble) };
    let advice = match why {
        Unreached::Address => "l'adresse dans `database` n'est pas comprise",
        Unreached::Connection => {
            "pas de connexion. Vérifiez l'adresse et le port, que le serveur tourne, et qu'aucun pare-feu n'est entre les \
             deux"
        }
        Unreached::Tls => {
            "la connexion ne peut pas être chiffrée et vérifiée. Le certificat du serveur doit porter le nom écrit dans \
             `database` et venir d'une autorité que cette machine connaît ; sur un réseau sûr, ajoutez `?sslmode=disable`"
        }
        Unreached::Login => {
            "le serveur refuse cette identité. Vérifiez l'utilisateur écrit dans `database`, le mot de passe donné par \
             `database_password_file`, et que `pg_hba.conf` le laisse entrer depuis cette machine"
        }
        Unreached::NoDatabase => "cette base n'existe pas. Créez-la : CREATE DATABASE … OWNER …",
        Unreached::NotPermitted => {
            "cet utilisateur n'a pas les droits qu'il faut. Faites-en le propriétaire de la base : ALTER DATABASE … OWNER \
             TO …"
        }
        Unreached::Full => {
            "le serveur n'accepte plus de connexions. Chaque processus en prend jusqu'à 17 : augmentez `max_connections`"
        }
        Unreached::Other => "la base ne convient pas",
    };
    let quoted =
        if words.is_empty() { String::new() } else { format!(" ; le serveur ou le système dit : « {words} »") };
    let place = if place.is_empty() { String::new() } else { format!(" {place}") };
    Stopped::Outside(format!("base PostgreSQL{place} : {advice}{quoted}."))
}
