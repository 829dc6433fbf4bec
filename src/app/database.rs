//! Opens the database that the configuration names, a file or on a server, and tells what time it is there.

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
use crate::port::clock::{Clock, SystemClock, wait_until};
use crate::store::database::Database;
#[cfg(feature = "postgres")]
use crate::store::postgres::Postgres;
#[cfg(feature = "postgres")]
use crate::store::postgres::place::Place;

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
        wait_until(self, time, LONGEST_WAIT).await;
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
            let postgres = Postgres::open(server(url, password.as_ref())?).await?;
            Ok(Arc::new(Database::over(Arc::new(postgres))))
        }
        #[cfg(not(feature = "postgres"))]
        DatabasePlace::Server { .. } => Err(left_out("postgres")),
    }
}

/// Opens it only to read it, also while bots work on it: nothing is made, locked or brought up to date, and every
/// transaction sees one state.
///
/// # Errors
/// What a person must mend.
pub async fn open_to_read(place: &DatabasePlace) -> Result<Arc<Database>, Stopped> {
    match place {
        DatabasePlace::File(path) => Ok(Arc::new(Database::open_to_read(path).await?)),
        #[cfg(feature = "postgres")]
        DatabasePlace::Server { url, password } => {
            let postgres = Postgres::open_to_read(server(url, password.as_ref())?).await?;
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
            let found = Postgres::probe(server(url, password.as_ref())?).await?;
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
    Ok(Place::new(url, password.as_ref())?)
}
