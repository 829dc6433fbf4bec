//! A police directorate: its rooms, its team, its accounts; the wall between two of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::name::{AccountName, DirectorateCode, GroupId, PersonId, RoleName, RoomId};

/// All that the engine knows of one directorate, as the configuration said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directorate {
    /// Leads every draft number (`44` in `44-12`).
    pub code: DirectorateCode,
    /// As people call it (`DDSP de la Loire-Atlantique`).
    pub name: String,
    /// The language that the bot speaks in its rooms.
    pub language: Language,
    /// IANA name of the time zone in which its people say hours (`Europe/Paris`).
    pub time_zone: String,
    /// Where drafts are typed and discussed.
    pub rooms: Vec<RoomId>,
    /// Who may draft and approve.
    pub team: Vec<Member>,
    /// The roles of whoever is in a group that a chat keeps.
    pub groups: BTreeMap<GroupId, BTreeSet<RoleName>>,
    /// Where approved posts come out, in the order in which a card shows them.
    pub accounts: Vec<Account>,
}

/// A person of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// As colleagues call them (`Durand`); unique in the team, and who they are in votes and journals.
    pub name: String,
    /// The same person in each chat.
    pub ids: BTreeSet<PersonId>,
    /// What they may stand for in a vote.
    pub roles: BTreeSet<RoleName>,
}

/// An account on a network, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Unique in its directorate.
    pub name: AccountName,
    /// Whose rules it follows.
    pub network: NetworkKind,
    /// Who sees what is published there (networks without the notion ignore it).
    pub visibility: Visibility,
    /// ISO 639-1 code of the language that posts are marked with (`fr`).
    pub language: String,
}

/// The networks whose rules Portevoix knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkKind {
    /// X, which bills every post.
    X,
    /// Any server that speaks Mastodon's API.
    Mastodon,
    /// Any atproto PDS.
    Bluesky,
    /// One JSON line a post in a local file.
    File,
}

impl NetworkKind {
    /// The name as the public knows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::X => "X",
            Self::Mastodon => "Mastodon",
            Self::Bluesky => "Bluesky",
            Self::File => "Fichier",
        }
    }
}

/// Who sees a post, in Mastodon's words (<https://docs.joinmastodon.org/entities/Status/#visibility>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everyone, and in public timelines.
    #[default]
    Public,
    /// Everyone, but not in public timelines.
    Unlisted,
    /// Followers only.
    Private,
}

/// A language that the bot speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

impl Member {
    /// The one id that stands for this person in votes and journals, whichever chat they use: their name, because ids
    /// in chats come and go, and an author who got a new one must not be able to approve their own text.
    pub fn id(&self) -> PersonId {
        PersonId(self.name.clone())
    }
}

impl Directorate {
    /// The member behind a chat's person, if they are on the team.
    pub fn member(&self, person: &PersonId) -> Option<&Member> {
        self.team.iter().find(|member| member.ids.contains(person))
    }

    /// The member who acts: someone of the team, with the roles of their groups as well, or whoever is on the team by a
    /// group alone. The latter are who their chat says they are, by id: what they are called there they can change.
    pub fn acting(&self, person: &PersonId, groups: &BTreeSet<GroupId>) -> Option<Member> {
        let given = || groups.iter().filter_map(|group| self.groups.get(group));
        let roles: BTreeSet<RoleName> = given().flatten().cloned().collect();
        match self.member(person) {
            Some(member) => Some(Member { roles: &member.roles | &roles, ..member.clone() }),
            None if given().next().is_some() => {
                Some(Member { name: person.0.clone(), ids: BTreeSet::from([person.clone()]), roles })
            }
            None => None,
        }
    }

    /// The account of that name.
    pub fn account(&self, name: &AccountName) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == *name)
    }
}

impl Visibility {
    /// Mastodon's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
        }
    }
}
