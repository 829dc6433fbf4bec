//! Approved posts for tests: they go through the same vote as any other, because there is no other way to make one.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use jiff::{SignedDuration, Timestamp};
use portevoix::domain::ballot::{Ballot, Choice, Given, Vote, Voter};
use portevoix::domain::directorate::{NetworkKind, Visibility};
use portevoix::domain::draft::{Draft, Phase, Revision, Target};
use portevoix::domain::name::{AccountName, DirectorateCode, DraftNumber, RevisionNumber};
use portevoix::domain::picture::{Developed, Digest, Picture, PictureKind};
use portevoix::domain::policy::{Confirm, Glyphs, Policy, Reminders, Verdict, judge};
use portevoix::domain::post::Post;
use portevoix::domain::seal::Seal;
use portevoix::domain::text::Length;
use portevoix::domain::watch::Watch;

/// What a test wants to see approved; change what matters to it.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Second part of the draft's number.
    pub serial: u32,
    /// Where it goes.
    pub account: &'static str,
    /// By whose rules.
    pub network: NetworkKind,
    /// The exact text.
    pub text: String,
    /// What goes with it, in this order.
    pub pictures: Vec<Developed>,
    /// ISO 639-1.
    pub language: &'static str,
    /// For whose eyes.
    pub visibility: Visibility,
    /// When publication was decided.
    pub decided_at: Timestamp,
}

impl Wanted {
    /// A public French post of draft 44-12.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            serial: 12,
            account: "compte",
            network: NetworkKind::File,
            text: text.into(),
            pictures: Vec::new(),
            language: "fr",
            visibility: Visibility::Public,
            decided_at: "2026-07-01T10:00:00.25Z".parse().unwrap(),
        }
    }

    /// The same wish for another draft.
    pub fn serial(self, serial: u32) -> Self {
        Self { serial, ..self }
    }

    /// The same wish with pictures.
    pub fn pictures(self, pictures: impl Into<Vec<Developed>>) -> Self {
        Self { pictures: pictures.into(), ..self }
    }

    /// The post, after a vote.
    pub fn approved(&self) -> Post {
        let account = AccountName::from(self.account);
        let number = DraftNumber { directorate: DirectorateCode::from("44"), serial: self.serial };
        let targets = vec![Target {
            account: account.clone(),
            network: self.network,
            visibility: self.visibility,
            language: self.language.to_owned(),
            text: self.text.clone(),
            length: Length { used: 0, limit: 0, over: 0 },
            cost: None,
        }];
        let pictures = self.pictures.iter().map(|developed| developed.picture().clone()).collect();
        let draft = draft(number, targets, pictures, self.decided_at);
        let ballot = Ballot::default().with(Vote {
            by: Voter { id: "@durand:example.org".into(), roles: BTreeSet::new() },
            choice: Choice::Approve,
            reaction: "$reaction".into(),
            given: Given::ByReaction,
        });
        let Verdict::Carried(mandate) = judge(&draft, &ballot) else { panic!("the vote does not carry") };
        let files =
            self.pictures.iter().map(|developed| (developed.picture().digest.clone(), developed.bytes().clone()));
        Post::under(&mandate, &draft, &account, &files.collect(), self.decided_at).unwrap()
    }
}

/// A photograph (JPEG) of four by three pixels; each shade is another file.
pub fn photograph(alt: &str, shade: u8) -> Developed {
    let pixels = RgbImage::from_pixel(4, 3, Rgb([shade, 60, 90]));
    developed(pixels, PictureKind::Jpeg, alt)
}

/// A drawing (PNG) of two by five pixels; each shade is another file.
pub fn drawing(alt: &str, shade: u8) -> Developed {
    let pixels = RgbImage::from_pixel(2, 5, Rgb([200, shade, 20]));
    developed(pixels, PictureKind::Png, alt)
}

fn developed(pixels: RgbImage, kind: PictureKind, alt: &str) -> Developed {
    let (width, height) = pixels.dimensions();
    let format = match kind {
        PictureKind::Jpeg => ImageFormat::Jpeg,
        PictureKind::Png => ImageFormat::Png,
    };
    let mut file = Cursor::new(Vec::new());
    pixels.write_to(&mut file, format).unwrap();
    from_bytes(file.into_inner(), kind, (width, height), alt)
}

/// A file that says of itself to be such a picture, whatever is in it.
pub fn from_bytes(bytes: Vec<u8>, kind: PictureKind, (width, height): (u32, u32), alt: &str) -> Developed {
    let length = u32::try_from(bytes.len()).unwrap();
    let digest = Digest::of(&bytes);
    let (alt, from) = (alt.to_owned(), "$message".into());
    let picture = Picture { digest, kind, width, height, bytes: length, alt, from };
    Developed::new(picture, bytes.into()).unwrap()
}

fn draft(number: DraftNumber, targets: Vec<Target>, pictures: Vec<Picture>, opened_at: Timestamp) -> Draft {
    Draft {
        command: "appel".into(),
        room: "!brigade:example.org".into(),
        origin: "$message".into(),
        authors: BTreeSet::from(["@martin:example.org".into()]),
        opened_at,
        expires_at: opened_at + SignedDuration::from_hours(24),
        policy: Policy {
            quorum: 1,
            required_roles: BTreeSet::new(),
            approver_roles: BTreeSet::new(),
            open_for_seconds: 86_400,
            grace_seconds: 0,
            glyphs: Glyphs::default(),
            is_urgent: false,
            confirm: Confirm::Reaction,
            reminders: Reminders::default(),
        },
        revision: Revision {
            number: RevisionNumber::FIRST,
            fields: BTreeMap::new(),
            seal: Seal::of(&number, &targets, &pictures),
            targets,
            pictures,
            coming: Vec::new(),
            blockers: Vec::new(),
            warnings: Vec::new(),
            lifted: Vec::new(),
            planned_at: None,
            happens_at: None,
            succession: None,
            relay: None,
        },
        watch: Watch::default(),
        follower: None,
        relays: Vec::new(),
        replaced: BTreeMap::new(),
        phase: Phase::Review(Ballot::default()),
        number,
    }
}
