//! Where a PostgreSQL database is, and how it is connected to: address, TLS, patience.

use std::fmt::Write;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::domain::secret::Secret;
use crate::store::database::StoreError;
use crate::store::server::Unreached;

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a silent connection is believed before it is asked whether it still is one.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// A database on a server, and all that is needed to connect to it.
#[derive(Clone)]
pub struct Place {
    /// As `tokio-postgres` wants it, password included.
    pub(in crate::store::postgres) config: Config,
    /// The machine's own certificates, as for every other connection; not looked for where TLS is not asked for.
    pub(in crate::store::postgres) tls: Option<MakeRustlsConnect>,
    /// What it is called in errors: `host:port/database`.
    pub(in crate::store::postgres) name: String,
}

impl Place {
    /// The database at an address like `postgres://user@host/database?sslmode=require`. Without `sslmode` the connection
    /// is encrypted unless the server is on this machine; where it is encrypted the certificate is always verified,
    /// whether `require`, `verify-ca` or `verify-full` is written.
    ///
    /// # Errors
    /// [`StoreError::Unreached`] when the address can't be understood, or this machine's certificates can't be used.
    pub fn new(url: &str, password: Option<&Secret>) -> Result<Self, StoreError> {
        // The words of the cause may quote the address, and with it a password that does not belong there.
        let unreached = |why, words: &str| StoreError::Unreached { place: String::new(), why, words: words.to_owned() };
        let verified =
            url.replace("sslmode=verify-ca", "sslmode=require").replace("sslmode=verify-full", "sslmode=require");
        let mut config: Config = verified.parse().map_err(|_| unreached(Unreached::Address, ""))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(unreached(Unreached::Address, "it names no host"));
        }
        if let Some(password) = password {
            config.password(password.expose());
        }
        if !url.contains("sslmode=") {
            let is_here = config.get_hosts().iter().all(is_this_machine)
                && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
            config.ssl_mode(if is_here { SslMode::Disable } else { SslMode::Require });
        }
        config.connect_timeout(CONNECT).tcp_user_timeout(KEEPALIVE * 3);
        config.keepalives_idle(KEEPALIVE).keepalives_interval(KEEPALIVE).keepalives_retries(2);
        if config.get_hosts().len() > 1 {
            // One of them is written to, the others follow.
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let tls = if config.get_ssl_mode() == SslMode::Disable { None } else { Some(tls()) };
        let tls = tls.transpose().map_err(|error| unreached(Unreached::Tls, &error.to_string()))?;
        let name = name(&config);
        Ok(Self { config, tls, name })
    }
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        Host::Unix(_) => true,
    }
}

fn tls() -> Result<MakeRustlsConnect, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(MakeRustlsConnect::new(builder.with_platform_verifier()?.with_no_client_auth()))
}

/// `host:port/database`, as somebody would look for it in a configuration.
fn name(config: &Config) -> String {
    let mut name = String::new();
    for (at, host) in config.get_hosts().iter().enumerate() {
        let port = config.get_ports().get(at).or(config.get_ports().first()).copied().unwrap_or(5432);
        let host = match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        };
        // Writing to a text can't fail.
        let _ = write!(name, "{}{host}:{port}", if at == 0 { "" } else { "," });
    }
    let _ = write!(name, "/{}", config.get_dbname().or(config.get_user()).unwrap_or_default());
    name
}
