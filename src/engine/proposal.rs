//! Makes of what was typed and attached what would be published.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::command::alt;
use crate::command::foreseen::happens_at;
use crate::command::render::{Album, render};
use crate::command::spec::Spec;
use crate::command::template::Speaker;
use crate::domain::draft::{Filled, Revision};
use crate::domain::name::{FieldName, MessageId};
use crate::domain::picture::{Coming, Picture};
use crate::domain::review::Proposal;
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
}

impl Material {
    /// What a revision was made of.
    pub fn of(revision: &Revision) -> Self {
        Self { fields: revision.fields.clone(), pictures: revision.pictures.clone(), coming: revision.coming.clone() }
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

    /// Renders it for every account of a desk.
    pub fn proposed(self, desk: &Desk, spec: &Spec, now: Timestamp) -> Proposal {
        let speaker = Speaker { name: &desk.directorate.name, code: &desk.directorate.code };
        let album = Album { pictures: &self.pictures, coming: &self.coming };
        let content = render(spec, &self.fields, album, speaker, &desk.destinations);
        Proposal {
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
