//! What the public sees during practice: posts as they came out on the directorates' accounts.

use jiff::Timestamp;

use crate::domain::name::{AccountName, DirectorateCode};

/// A post that is out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicPost {
    /// Whose.
    pub directorate: DirectorateCode,
    /// Where; the directorate knows its network.
    pub account: AccountName,
    /// Exactly as published.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// Its public page, if the network has pages.
    pub url: Option<String>,
}
