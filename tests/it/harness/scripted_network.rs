//! A network that does what the scene tells it to: takes posts, refuses them, takes them and does not say so.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use portevoix::domain::directorate::NetworkKind;
use portevoix::domain::fault::{Cause, Fault, Receipt};
use portevoix::domain::name::EffectKey;
use portevoix::domain::picture::Developed;
use portevoix::domain::post::Post;
use portevoix::domain::sequel::Left;
use portevoix::domain::text::Limits;
use portevoix::port::network::{Found, Network};
use tokio::sync::Notify;

/// What becomes of the next post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is published, but the answer is lost.
    AcceptThenCut,
    /// Nothing is published, and the answer is lost as well.
    CutBefore,
    /// The server can't be reached.
    Unreachable,
    /// The token is refused.
    Refused,
    /// The post is refused, with these words.
    RefusedWith(&'static str),
    /// Too many requests, it says, until then.
    LimitedUntil(Timestamp),
    /// It is published, and the process is killed before the answer: see `Room::killed_while`.
    AcceptThenKill,
    /// The process is killed before the request leaves.
    KillBefore,
    /// The server can't be reached, and until that was known so much time went by that another process, over the database in
    /// that file, has taken the post over.
    TakenOver(PathBuf),
}

/// One post as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    pub key: EffectKey,
    pub text: String,
    pub pictures: Vec<PublicPicture>,
}

/// One picture as the public sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicPicture {
    pub alt: String,
    bytes: Arc<[u8]>,
}

impl PublicPicture {
    /// Whether these bytes are somewhere in its file.
    pub fn contains(&self, words: &[u8]) -> bool {
        self.bytes.windows(words.len()).any(|window| window == words)
    }
}

#[derive(Default)]
pub struct ScriptedNetwork {
    public: Mutex<Vec<Public>>,
    script: Mutex<VecDeque<Trouble>>,
    deletion_script: Mutex<VecDeque<Fault>>,
    deletions: Mutex<usize>,
    reposts: Mutex<Vec<String>>,
    repost_script: Mutex<VecDeque<Fault>>,
    blind: Mutex<bool>,
    edits: Mutex<bool>,
    lingers: Mutex<bool>,
    looked_since: Mutex<Option<Timestamp>>,
    /// Rings when a request hangs until the process is killed.
    pub hanging: Notify,
}

impl ScriptedNetwork {
    /// What becomes of the next post that is sent.
    pub fn next_post(&self, trouble: Trouble) {
        self.script.lock().unwrap().push_back(trouble);
    }

    /// From now on, or no longer, it can't be told from outside whether a post is online.
    pub fn is_blind(&self, blind: bool) {
        *self.blind.lock().unwrap() = blind;
    }

    /// What becomes of the next post that is taken down or changed.
    pub fn next_deletion(&self, fault: Fault) {
        self.deletion_script.lock().unwrap().push_back(fault);
    }

    fn deletion_trouble(&self) -> Result<(), Fault> {
        self.deletion_script.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }

    /// What it shows on of others' posts.
    pub fn reposts(&self) -> Vec<String> {
        self.reposts.lock().unwrap().clone()
    }

    /// What becomes of the next post that is shown on.
    pub fn next_repost(&self, fault: Fault) {
        self.repost_script.lock().unwrap().push_back(fault);
    }

    /// How often something was taken down.
    pub fn deletions(&self) -> usize {
        *self.deletions.lock().unwrap()
    }

    /// Posts can be changed in place.
    pub fn can_edit(&self) {
        *self.edits.lock().unwrap() = true;
    }

    /// From now on, or no longer, pictures can be reached whose post is gone.
    pub fn keeps_pictures(&self, lingers: bool) {
        *self.lingers.lock().unwrap() = lingers;
    }

    /// Somebody takes everything down by hand.
    pub fn delete_all(&self) {
        self.public.lock().unwrap().clear();
    }

    /// A post that was taken down shows again.
    pub fn shows_again(&self, post: Public) {
        self.public.lock().unwrap().push(post);
    }

    /// From when on it was asked last whether a post is online.
    pub fn looked_since(&self) -> Option<Timestamp> {
        *self.looked_since.lock().unwrap()
    }

    /// Everything that the public sees.
    pub fn posts(&self) -> Vec<Public> {
        self.public.lock().unwrap().clone()
    }

    /// # Panics
    /// When the public sees another number of posts.
    #[track_caller]
    pub fn expect_posts(&self, count: usize) {
        assert_eq!(self.posts().len(), count, "{:#?}", self.posts());
    }

    fn show(&self, post: &Post) {
        let shown =
            |picture: &Developed| PublicPicture { alt: picture.picture().alt.clone(), bytes: picture.bytes().clone() };
        let pictures = post.pictures().iter().map(shown).collect();
        self.public.lock().unwrap().push(Public { key: post.key().clone(), text: post.text().to_owned(), pictures });
    }
}

fn receipt(key: &EffectKey) -> Receipt {
    Receipt { id: key.to_string(), url: Some(format!("https://reseau.example/{key}")) }
}

#[async_trait]
impl Network for ScriptedNetwork {
    async fn limits(&self) -> Result<Limits, Fault> {
        Ok(Limits::default_of(NetworkKind::Mastodon))
    }

    async fn publish(&self, post: &Post) -> Result<Receipt, Fault> {
        let trouble = self.script.lock().unwrap().pop_front();
        let cut = Fault::Uncertain { cause: Cause::ConnectionCut };
        match trouble {
            None => {
                self.show(post);
                Ok(receipt(post.key()))
            }
            Some(Trouble::AcceptThenCut) => {
                self.show(post);
                Err(cut)
            }
            Some(Trouble::CutBefore) => Err(cut),
            Some(Trouble::Unreachable) => {
                Err(Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None })
            }
            Some(Trouble::Refused) => Err(Fault::Permanent { cause: Cause::CredentialsRefused }),
            Some(Trouble::RefusedWith(words)) => Err(Fault::Permanent { cause: Cause::Refused(Cause::quote(words)) }),
            Some(Trouble::LimitedUntil(time)) => {
                Err(Fault::Transient { cause: Cause::RateLimited, retry_at: Some(time) })
            }
            Some(Trouble::AcceptThenKill) => {
                self.show(post);
                self.hanging.notify_one();
                std::future::pending().await
            }
            Some(Trouble::TakenOver(database)) => {
                let database = rusqlite::Connection::open(database).unwrap();
                let sql = "UPDATE owed SET claimed_by = 'another' WHERE key = $1";
                assert_eq!(database.execute(sql, [post.key().as_str()]).unwrap(), 1);
                Err(Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None })
            }
            Some(Trouble::KillBefore) => {
                self.hanging.notify_one();
                std::future::pending().await
            }
        }
    }

    async fn find(&self, post: &Post, since: Timestamp) -> Result<Found, Fault> {
        *self.looked_since.lock().unwrap() = Some(since);
        if *self.blind.lock().unwrap() {
            return Ok(Found::Unclear);
        }
        let is_online = self.posts().iter().any(|public| public.key == *post.key());
        Ok(if is_online { Found::Online(receipt(post.key())) } else { Found::Absent })
    }

    async fn delete(&self, receipt: &Receipt) -> Result<(), Fault> {
        if receipt.id.is_empty() {
            return Err(Fault::Permanent { cause: Cause::Refused("no id".to_owned()) });
        }
        self.deletion_trouble()?;
        *self.deletions.lock().unwrap() += 1;
        self.reposts.lock().unwrap().retain(|repost| *repost != receipt.id);
        self.public.lock().unwrap().retain(|public| public.key.as_str() != receipt.id);
        Ok(())
    }

    fn edits(&self) -> bool {
        *self.edits.lock().unwrap()
    }

    async fn edit(&self, old: &Receipt, post: &Post) -> Result<Option<Receipt>, Fault> {
        self.deletion_trouble()?;
        let mut public = self.public.lock().unwrap();
        let Some(shown) = public.iter_mut().find(|public| public.key.as_str() == old.id) else { return Ok(None) };
        shown.text = post.text().to_owned();
        Ok(Some(old.clone()))
    }

    async fn traces(&self, receipt: &Receipt) -> Result<Vec<String>, Fault> {
        let public = self.public.lock().unwrap();
        let pictures = public.iter().filter(|public| public.key.as_str() == receipt.id).map(|one| one.pictures.len());
        Ok((0..pictures.sum()).map(|place| format!("{}/{place}", receipt.id)).collect())
    }

    async fn left(&self, receipt: &Receipt, traces: &[String]) -> Result<Left, Fault> {
        if *self.blind.lock().unwrap() {
            return Err(Fault::Transient { cause: Cause::Unreachable(String::new()), retry_at: None });
        }
        if self.public.lock().unwrap().iter().any(|public| public.key.as_str() == receipt.id) {
            return Ok(Left::Post);
        }
        let lingers = *self.lingers.lock().unwrap() && !traces.is_empty();
        Ok(if lingers { Left::Picture } else { Left::Nothing })
    }

    async fn repost(&self, original: &Receipt, _: Timestamp) -> Result<Receipt, Fault> {
        let receipt = Receipt { id: format!("repost/{}", original.id), url: None };
        let trouble = self.repost_script.lock().unwrap().pop_front();
        if trouble.as_ref().is_none_or(|fault| matches!(fault, Fault::Uncertain { .. })) {
            let mut reposts = self.reposts.lock().unwrap();
            if !reposts.contains(&receipt.id) {
                reposts.push(receipt.id.clone());
            }
        }
        trouble.map_or(Ok(receipt), Err)
    }

    async fn probe(&self) -> Result<String, Fault> {
        Ok("@scene".to_owned())
    }
}
