//! What the public sees during practice: posts as they came out on the directorates' accounts.

use jiff::Timestamp;

use crate::domain::name::{AccountName, DirectorateCode};
use crate::domain::picture::{Developed, Picture};

/// What a page asks for to see a picture: its content's name, which says nothing of where it is kept.
pub fn file_name(picture: &Picture) -> String {
    format!("{}.{}", picture.digest, picture.kind.extension())
}

/// A post that is out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicPost {
    /// Whose.
    pub directorate: DirectorateCode,
    /// Where; the directorate knows its network.
    pub account: AccountName,
    /// The network's id of it.
    pub id: String,
    /// Exactly as published.
    pub text: String,
    /// What goes with it, in this order.
    pub pictures: Vec<Developed>,
    /// When.
    pub at: Timestamp,
    /// Its public page, if the network has pages.
    pub url: Option<String>,
}
