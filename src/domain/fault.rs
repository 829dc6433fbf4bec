//! How an attempt at something outside ended: a receipt, or a fault that says truly whether anything went out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Proof that a post is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The network's own id of the post (a status id, an at:// URI); empty when a person vouched for it.
    pub id: String,
    /// Where the public sees it, if the network has pages.
    pub url: Option<String>,
}

impl Receipt {
    /// The longest address that is kept, in characters: what every browser takes.
    const LONGEST_PAGE: usize = 2_000;

    /// A receipt with the page that a server names. What is no plain address of a web page is left out: the room gets a
    /// link from it, which must lead there and nowhere else.
    pub fn with_page(id: String, page: Option<&str>) -> Self {
        let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '`');
        let is_web = |page: &&str| page.starts_with("https://") || page.starts_with("http://");
        let page = page.filter(is_web).filter(|page| page.len() <= Self::LONGEST_PAGE && page.chars().all(is_plain));
        Self { id, url: page.map(str::to_owned) }
    }
}

/// A network's or a chat's no. The variant says what is known of the world, the cause says why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// Nothing went out; trying again later may work.
    #[error("transient: {cause}")]
    Transient {
        /// Why.
        cause: Cause,
        /// When the platform said to come back.
        retry_at: Option<Timestamp>,
    },
    /// Nothing went out; trying again as it is will not work.
    #[error("permanent: {cause}")]
    Permanent {
        /// Why.
        cause: Cause,
    },
    /// It may have gone out. Never tried again without looking first.
    #[error("uncertain: {cause}")]
    Uncertain {
        /// Why.
        cause: Cause,
    },
}

/// Why an attempt failed, in terms that a person can act on; the wording puts each in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Cause {
    /// No connection could be made.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// The request left, no answer came in time.
    #[error("no answer in time")]
    TimedOut,
    /// The connection broke after the request left.
    #[error("connection cut")]
    ConnectionCut,
    /// The process stopped between the attempt and its outcome.
    #[error("interrupted")]
    Interrupted,
    /// The database was put back to an older state, and the post may have gone out before that.
    #[error("the database was restored")]
    Restored,
    /// Too many requests.
    #[error("rate limited")]
    RateLimited,
    /// 401: the token or password is not accepted.
    #[error("credentials refused")]
    CredentialsRefused,
    /// 403: accepted, but not allowed to do this. The platform's words.
    #[error("forbidden: {0}")]
    Forbidden(String),
    /// The platform refused what was sent (400, 404, 422). Its words.
    #[error("refused: {0}")]
    Refused(String),
    /// The platform says that it has this very text already (X's 403 for duplicate content): a hint to look.
    #[error("duplicate content")]
    Duplicate,
    /// 402: the contract's credit is used up. The platform's words.
    #[error("payment required: {0}")]
    PaymentRequired(String),
    /// The access that a person gave the bot has ended: that person must log it in again.
    #[error("login needed")]
    LoginNeeded,
    /// A picture is not one that the platform takes. Its words, or ours.
    #[error("picture refused: {0}")]
    PictureRefused(String),
    /// The chat does not tell the bot what it needs to hear. The name of the missing intent.
    #[error("missing intent: {0}")]
    MissingIntent(String),
    /// The chat does not let the bot do what it must. The name of the missing permission.
    #[error("missing permission: {0}")]
    MissingPermission(String),
    /// The platform failed (5xx).
    #[error("server error {0}")]
    ServerError(u16),
    /// The answer was not the API's (a web page, say).
    #[error("not the API: {0}")]
    NotTheApi(String),
    /// The local disk failed. The system's words.
    #[error("disk: {0}")]
    Disk(String),
    /// The account is not in the configuration any more.
    #[error("no such account")]
    NoSuchAccount,
    /// The bot does not know which post it is: a person vouched for it.
    #[error("the post's id is not known")]
    IdUnknown,
    /// Whether the old post is out is not known yet.
    #[error("the old post is still in doubt")]
    OldUnsettled,
    /// Another draft is carried out in its place.
    #[error("superseded")]
    Superseded,
    /// What would be sent is not what was approved.
    #[error("the seal does not match")]
    SealBroken,
    /// The bot is not in the room.
    #[error("not in the room")]
    NotInRoom,
    /// The room is not encrypted: what is said there of an inquiry could be read on the server.
    #[error("the room is not encrypted")]
    NotEncrypted,
    /// The chat has no session on this machine yet: the bot was never logged in.
    #[error("not logged in")]
    NotLoggedIn,
    /// Another process uses the chat's session; two would break each other's encryption.
    #[error("the session is in use by another process")]
    SessionInUse,
    /// The bot's device is not signed by its own account: careful clients neither hear it nor are heard.
    #[error("the device is not cross-signed")]
    DeviceNotSigned,
    /// The account has an identity already, which can only be taken over with its recovery key.
    #[error("the account's identity needs its recovery key")]
    RecoveryKeyNeeded,
}

impl Cause {
    /// The longest text of a platform's that a cause keeps, in characters: enough to act on, too short for a web page.
    pub const LONGEST_QUOTE: usize = 200;

    /// A platform's words, cut to [`Self::LONGEST_QUOTE`], on one line.
    pub fn quote(words: &str) -> String {
        let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().take(Self::LONGEST_QUOTE).collect()
    }
}

impl Fault {
    /// Why.
    pub fn cause(&self) -> &Cause {
        match self {
            Self::Transient { cause, .. } | Self::Permanent { cause } | Self::Uncertain { cause } => cause,
        }
    }
}
