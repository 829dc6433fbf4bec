//! Makes of what was typed and attached what would be published.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::command::alt;
use crate::command::foreseen::happens_at;
use crate::command::render::{Album, Content, Destination, render};
use crate::command::spec::Spec;
use crate::command::template::Speaker;
use crate::domain::draft::{Blocker, Filled, Revision};
use crate::domain::name::{AccountName, FieldName, MessageId};
use crate::domain::picture::{Coming, Picture};
use crate::domain::review::Proposal;
use crate::domain::sequel::{Kind, Step, Succession};
use crate::engine::desk::Desk;

/// What goes into a draft, before it is rendered.
#[derive(Clone, Debug, Default)]
pub struct Material {
    /// What was typed.
    pub fields: BTreeMap<FieldName, Filled>,
    /// The pictures, in the order in which they are shown; the fields say what they show.
    pub pictures: Vec<Picture>,
    /// The pictures on their way.
    pub coming: Vec<Coming>,
    /// The draft that it closes or rectifies, if it does.
    pub succession: Option<Succession>,
}

impl Material {
    /// What a revision was made of.
    pub fn of(revision: &Revision) -> Self {
        Self {
            fields: revision.fields.clone(),
            pictures: revision.pictures.clone(),
            coming: revision.coming.clone(),
            succession: revision.succession.clone(),
        }
    }

    /// Puts values from a message in place of what that message said before. What it says of its pictures stays, unless
    /// it is said anew.
    pub fn put(&mut self, message: &MessageId, values: BTreeMap<FieldName, Filled>) {
        let own_alts: Vec<FieldName> = (1..)
            .zip(&self.pictures)
            .filter(|(_, picture)| picture.from == *message)
            .map(|(place, _)| alt::name(place))
            .collect();
        self.fields.retain(|name, filled| filled.from != *message || own_alts.contains(name));
        self.fields.extend(values);
        self.fields.retain(|_, filled| !filled.value.is_empty());
    }

    /// A picture that was on its way is there.
    pub fn developed(&mut self, coming: &Coming, picture: Picture) {
        self.coming.retain(|other| other != coming);
        self.pictures.push(picture);
        if let Some(alt) = &coming.alt {
            let filled = Filled { value: alt.clone(), from: coming.from.clone(), is_internal: false };
            self.fields.insert(alt::name(self.pictures.len()), filled);
        }
    }

    /// Takes out the pictures that came with a message, and what was said of them. Returns whether there were any.
    pub fn take_out(&mut self, message: &MessageId) -> bool {
        let before = (self.pictures.len(), self.coming.len());
        self.coming.retain(|coming| coming.from != *message);
        let said: Vec<Option<Filled>> =
            (1..=self.pictures.len()).map(|place| self.fields.remove(&alt::name(place))).collect();
        let pictures = std::mem::take(&mut self.pictures);
        for (picture, said) in pictures.into_iter().zip(said).filter(|(picture, _)| picture.from != *message) {
            self.pictures.push(picture);
            if let Some(said) = said {
                self.fields.insert(alt::name(self.pictures.len()), said);
            }
        }
        before != (self.pictures.len(), self.coming.len())
    }

    /// Whether a revision was made of the same words and pictures.
    pub fn says_the_same_as(&self, revision: &Revision) -> bool {
        let said = |fields: &BTreeMap<FieldName, Filled>| {
            fields.iter().map(|(name, filled)| (name.clone(), filled.value.clone())).collect::<Vec<_>>()
        };
        said(&self.fields) == said(&revision.fields) && self.pictures == revision.pictures
    }

    /// Renders it for every account of a desk; what follows another draft, for those on which that one is.
    pub fn proposed(self, desk: &Desk, spec: &Spec, now: Timestamp) -> Proposal {
        let speaker = Speaker { name: &desk.directorate.name, code: &desk.directorate.code };
        let album = Album { pictures: &self.pictures, coming: &self.coming };
        let content = match &self.succession {
            None => render(spec, &self.fields, album, speaker, &desk.destinations),
            Some(succession) => {
                let is_there = |there: &&Destination| succession.steps.contains_key(&there.account.name);
                let destinations: Vec<Destination> = desk.destinations.iter().filter(is_there).cloned().collect();
                with_or_without_words(render(spec, &self.fields, album, speaker, &destinations))
            }
        };
        let succession = self.succession.map(|succession| stepped(succession, &content, desk));
        Proposal {
            succession,
            relay: None,
            happens_at: happens_at(spec, &self.fields, &desk.local(now)),
            fields: self.fields,
            targets: content.targets,
            pictures: content.pictures,
            coming: self.coming,
            blockers: content.blockers,
            warnings: content.warnings,
        }
    }
}

/// Where an old post is taken down, an empty text is one: nothing is put in its place.
fn with_or_without_words(mut content: Content) -> Content {
    content.targets.retain(|target| !target.text.trim().is_empty());
    content.blockers.retain(|blocker| !matches!(blocker, Blocker::Empty { .. } | Blocker::NoAccount));
    content
}

/// What becomes of each old post, now that it is known what would be put in its place.
fn stepped(succession: Succession, content: &Content, desk: &Desk) -> Succession {
    let kind = succession.kind;
    let step = |account: &AccountName| {
        let has_words = content.targets.iter().any(|target| target.account == *account);
        let can_edit = desk.networks.get(account).is_some_and(|network| network.edits());
        match (has_words, kind) {
            (false, _) => Step::TakeDown,
            // What was closed must not stay in the history of an edit, which anyone can look at.
            (true, Kind::Close) => Step::Replace,
            (true, Kind::Rectify) if can_edit => Step::Edit,
            (true, Kind::Rectify) => Step::Replace,
        }
    };
    let steps = succession.steps.into_keys().map(|account| (account.clone(), step(&account))).collect();
    Succession { steps, ..succession }
}
