//! What can go wrong with a database that is a server of its own, in words without anything that people typed.

use std::fmt;

/// Why a database server could not be worked with from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreached {
    /// The address can't be understood.
    Address,
    /// No connection: nobody listens there, the name is unknown, a firewall is between, it is starting.
    Connection,
    /// The certificate is not one that this machine trusts, or there is no TLS.
    Tls,
    /// The password is wrong or missing, or the role may not log in from here.
    Login,
    /// There is no database of that name.
    NoDatabase,
    /// The role may not do there what it must.
    NotPermitted,
    /// It takes no more connections.
    Full,
    /// The server's version is older than what the store needs, or something else that the words tell.
    Other,
}

/// A statement that a database server did not carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFault {
    /// The server's code (<https://www.postgresql.org/docs/current/errcodes-appendix.html>); empty where no answer came.
    pub code: String,
    /// Its words, where they are sure not to quote a row; never its details, which do.
    pub words: String,
}

impl fmt::Display for ServerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code.as_str(), self.words.as_str()) {
            ("", words) => f.write_str(words),
            (code, "") => write!(f, "error {code}"),
            (code, words) => write!(f, "{words} (error {code})"),
        }
    }
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "the address can't be understood",
            Self::Connection => "no connection",
            Self::Tls => "no connection that is encrypted and trusted",
            Self::Login => "the login was refused",
            Self::NoDatabase => "there is no such database",
            Self::NotPermitted => "the role may not do what it must",
            Self::Full => "it takes no more connections",
            Self::Other => "it can't be used",
        })
    }
}
