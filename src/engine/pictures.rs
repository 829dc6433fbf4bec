//! A picture's way into a draft: attached to a message, fetched, developed, and then part of a revision like any word.

use tokio::task::spawn_blocking;
use tracing::{error, info};

use crate::command::clean::clean;
use crate::command::parse;
use crate::command::spec::Spec;
use crate::darkroom::develop::{LARGEST_FILE, Print, develop};
use crate::domain::directorate::Member;
use crate::domain::draft::Draft;
use crate::domain::fault::Fault;
use crate::domain::name::{DraftNumber, EffectKey, MessageId, PersonId};
use crate::domain::notice::Notice;
use crate::domain::picture::{Coming, Digest, Picture, Unfit};
use crate::domain::review::Event;
use crate::engine::desk::Desk;
use crate::engine::ledger;
use crate::engine::outbox::Outbox;
use crate::engine::owed::{Owed, Place};
use crate::engine::proposal::Material;
use crate::engine::turn::Turn;
use crate::port::chat::{Attachment, Happening};
use crate::store::database::StoreError;
use crate::store::outbox::{Again, Claim};

/// A picture that is owed to a draft.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Commission<'a> {
    /// Whose.
    pub number: &'a DraftNumber,
    /// Who attached it, and so becomes an author.
    pub by: &'a PersonId,
    /// Its place in the draft.
    pub coming: &'a Coming,
    /// What the chat needs to fetch it.
    pub attachment: &'a Attachment,
}

impl Turn<'_> {
    /// The files of the message that arrived.
    pub(in crate::engine) fn attachments(&self) -> &[Attachment] {
        if let Happening::Said { attachments, .. } = &self.arrival.what { attachments } else { &[] }
    }

    /// The files of this message as pictures to come. `caption` is what was said with them: of a single picture it says
    /// what it shows.
    pub(in crate::engine) fn coming(&self, message: &MessageId, caption: Option<&str>) -> Vec<Coming> {
        let attachments = self.attachments();
        let caption = caption.filter(|caption| attachments.len() == 1 && !caption.is_empty());
        let alt = |attachment: &Attachment| {
            let words = attachment.alt.as_deref().or(caption)?;
            clean(words).ok().map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        (0..)
            .zip(attachments)
            .map(|(place, attachment)| Coming {
                from: message.clone(),
                place,
                name: attachment.name.clone(),
                alt: alt(attachment).filter(|alt| !alt.is_empty()),
            })
            .collect()
    }

    /// Owes the fetching and developing of the pictures that came with this message.
    pub(in crate::engine) async fn owe_pictures(
        &mut self,
        member: &Member,
        number: &DraftNumber,
        coming: &[Coming],
    ) -> Result<(), StoreError> {
        let attachments = self.attachments().to_vec();
        for (coming, attachment) in coming.iter().zip(attachments) {
            let key = EffectKey(format!("picture/{number}/{}/{}", coming.from, coming.place));
            let owed = Owed::Picture {
                room: self.arrival.room.clone(),
                number: number.clone(),
                by: member.id(),
                coming: Box::new(coming.clone()),
                attachment: Box::new(attachment),
            };
            self.transaction.owe(&owed.debt(key, self.now)?, Again::Unheard).await?;
        }
        Ok(())
    }

    /// An author sent files in the draft's thread. What was typed with them are fields, or says what the picture shows.
    pub(in crate::engine) async fn illustrated(
        &mut self,
        member: &Member,
        message: &MessageId,
        text: &str,
        draft: &Draft,
        spec: &Spec,
    ) -> Result<(), StoreError> {
        let named = clean(text)
            .map_err(|problem| vec![problem])
            .and_then(|text| parse::named_fields(spec, &text, &self.desk.local(self.now)));
        match named {
            Ok(values) => {
                let caption = values.is_empty().then_some(text);
                let coming = self.coming(message, caption);
                self.revise(member, message, draft, spec, (spec.filled(values, message), coming), None).await
            }
            Err(problems) => self.bad_input(message, problems).await,
        }
    }

    /// A message was removed: its pictures leave the draft.
    pub(in crate::engine) async fn pictures_removed(&mut self, draft: &Draft, id: &str) -> Result<(), StoreError> {
        let Some(spec) = self.catalog.by_word(&draft.command).filter(|_| draft.is_open()) else { return Ok(()) };
        let mut material = Material::of(&draft.revision);
        if !material.take_out(&MessageId(id.to_owned())) {
            return Ok(());
        }
        let proposal = material.proposed(self.desk, spec, self.now);
        let event = match self.member() {
            Some(member) => Event::Revised { by: member.id(), proposal },
            None => Event::PicturesRemoved { proposal },
        };
        // An open draft without some of its pictures is another one: nothing refuses that.
        let _ = ledger::happen(self.transaction, draft, event, self.now).await?;
        Ok(())
    }
}

impl Outbox {
    /// Fetches and develops a picture, and puts it into its draft.
    pub(in crate::engine) async fn picture(
        &self,
        claim: &Claim,
        desk: &Desk,
        commission: Commission<'_>,
    ) -> Result<(), StoreError> {
        let Some(draft) = self.database.begin().await?.draft(commission.number).await? else {
            return self.settle(claim).await;
        };
        if !awaits(&draft, commission.coming) {
            return self.settle(claim).await;
        }
        let Some(chat) = desk.chats.get(&draft.room) else { return self.put_off(claim, None).await };
        let attachment = commission.attachment;
        if attachment.bytes.is_some_and(|bytes| bytes > u64::from(LARGEST_FILE)) {
            return self.put_in(claim, desk, commission, Err(Unfit::TooLarge { most: LARGEST_FILE })).await;
        }
        let outcome = match chat.fetch(&draft.room, attachment, LARGEST_FILE).await {
            Ok(file) => match spawn_blocking(move || develop(&file)).await {
                Ok(outcome) => outcome,
                Err(panicked) => {
                    // What a panic says may quote the file.
                    error!(task = %panicked.id(), "a picture failed in a way that nobody foresaw");
                    Err(Unfit::Damaged)
                }
            },
            Err(Fault::Permanent { cause }) => Err(Unfit::NotFetched(cause)),
            Err(Fault::Transient { cause, retry_at }) => {
                info!(effect = %claim.debt.key, %cause, "a picture could not be fetched; trying again");
                return self.put_off(claim, retry_at).await;
            }
            Err(Fault::Uncertain { cause }) => {
                info!(effect = %claim.debt.key, %cause, "a picture could not be fetched; trying again");
                return self.put_off(claim, None).await;
            }
        };
        self.put_in(claim, desk, commission, outcome).await
    }

    async fn put_in(
        &self,
        claim: &Claim,
        desk: &Desk,
        commission: Commission<'_>,
        outcome: Result<Print, Unfit>,
    ) -> Result<(), StoreError> {
        let Commission { number, by, coming, .. } = commission;
        let now = self.clock.now();
        let mut transaction = self.database.begin_for(&number.directorate).await?;
        transaction.settle(claim).await?;
        let draft = transaction.draft(number).await?.filter(|draft| awaits(draft, coming));
        let spec = draft.as_ref().and_then(|draft| self.catalog.by_word(&draft.command));
        if let (Some(draft), Some(spec)) = (draft, spec) {
            let mut material = Material::of(&draft.revision);
            let refused = match outcome {
                Ok(print) => {
                    let picture = picture(&print, coming);
                    transaction.put_picture(&picture.digest, &print.bytes).await?;
                    material.developed(coming, picture);
                    None
                }
                Err(why) => {
                    material.coming.retain(|other| other != coming);
                    Some(why)
                }
            };
            let event = Event::Revised { by: by.clone(), proposal: material.proposed(desk, spec, now) };
            // An open draft that waited for a picture is another one without that wait: nothing refuses that.
            let _ = ledger::happen(&mut transaction, &draft, event, now).await?;
            if let Some(why) = refused {
                let notice = Box::new(Notice::PictureRefused { name: coming.name.clone(), why });
                let owed = Owed::Say { room: draft.room.clone(), place: Place::Draft(number.clone()), notice };
                let key = EffectKey(format!("{}/refused", claim.debt.key));
                transaction.owe(&owed.debt(key, now)?, Again::Unheard).await?;
            }
        }
        transaction.commit().await
    }
}

/// Whether a draft still waits for that picture: its message may have been removed, or the draft ended.
fn awaits(draft: &Draft, coming: &Coming) -> bool {
    draft.is_open() && draft.revision.coming.contains(coming)
}

fn picture(print: &Print, coming: &Coming) -> Picture {
    Picture {
        digest: Digest::of(&print.bytes),
        kind: print.kind,
        width: print.width,
        height: print.height,
        bytes: u32::try_from(print.bytes.len()).unwrap_or(u32::MAX),
        alt: String::new(),
        from: coming.from.clone(),
    }
}
