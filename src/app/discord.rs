//! Makes the bot's place on Discord from the configuration and the catalog.

use std::sync::Arc;

use crate::app::build::in_words;
use crate::app::stopped::Stopped;
use crate::chat::discord::chat::DiscordChat;
use crate::chat::discord::settings::{DiscordSettings, Words};
use crate::command::action::Action;
use crate::command::catalog::Catalog;
use crate::command::field::{Field, FieldKind, Need};
use crate::command::spec::Spec;
use crate::config::settings::{ChatKind, Config};
use crate::port::chat::Chat;
use crate::port::offer::{Offer, OfferedField, OfferedKind};
use crate::wording::offered::{OfferedWords, offered_words};
use crate::wording::speaker::Speaker;

/// Opens the bot's place on Discord, if a room needs it. Nothing is asked of Discord yet.
///
/// # Errors
/// In words, when its token or what it remembers can't be had.
pub fn open(config: &Config, catalog: &Catalog, speaker: &Speaker) -> Result<Option<Arc<dyn Chat>>, Stopped> {
    let rooms: Vec<_> = config.rooms_in(ChatKind::Discord).cloned().collect();
    let (Some(discord), Some(first)) = (&config.discord, config.directorates.first()) else { return Ok(None) };
    if rooms.is_empty() {
        return Ok(None);
    }
    let token = discord.token.read().map_err(|fault| Stopped::Outside(format!("Discord : {fault}")))?;
    let words = offered_words(speaker, &first.directorate);
    let settings = DiscordSettings {
        token,
        api: discord.api.clone().unwrap_or_else(|| DiscordSettings::DISCORD.to_owned()),
        application: discord.application.clone(),
        rooms,
        state_directory: discord.state_directory.clone(),
        offers: offers(catalog, &words),
        words: Words { elsewhere: words.elsewhere, too_long: words.too_long },
    };
    match DiscordChat::open(settings) {
        Ok(chat) => Ok(Some(Arc::new(chat))),
        Err(fault) => Err(Stopped::Outside(format!("Discord : {}", in_words(&fault, config, speaker)))),
    }
}

/// Every command as it can be filled in, in the order of the help.
pub fn offers(catalog: &Catalog, words: &OfferedWords) -> Vec<Offer> {
    let known: Vec<String> = catalog.specs().map(|spec| spec.word.to_string()).collect();
    catalog.specs().map(|spec| offer(spec, &known, words)).collect()
}

fn offer(spec: &Spec, known: &[String], words: &OfferedWords) -> Offer {
    let bare = |name: &str, about: &str, required, kind| OfferedField {
        name: name.to_owned(),
        about: about.to_owned(),
        required,
        bare: true,
        kind,
    };
    let number = || bare(&words.number.0, &words.number.1, true, OfferedKind::DraftNumber);
    let fields = match spec.action {
        Action::Draft => {
            // No form can send a picture: what it shows is asked for in the thread of whoever attaches one.
            let typed = spec.fields.iter().filter(|field| !matches!(field.need, Need::Picture(_)));
            let mut fields: Vec<OfferedField> = typed.map(field).collect();
            fields.sort_by_key(|field| !field.required);
            fields
        }
        Action::ListDrafts => Vec::new(),
        Action::ShowDraft | Action::WithdrawDraft | Action::LiftWarnings => vec![number()],
        Action::EditDraft => {
            vec![number(), bare(&words.fields.0, &words.fields.1, true, OfferedKind::Fields)]
        }
        Action::CloseDraft => {
            let typed = spec.fields.iter().map(field);
            std::iter::once(number()).chain(typed).collect()
        }
        Action::RectifyDraft => {
            vec![number(), bare(&words.fields.0, &words.fields.1, true, OfferedKind::Fields)]
        }
        Action::RelayDraft => {
            vec![number(), bare(&words.directorates.0, &words.directorates.1, false, OfferedKind::Word)]
        }
        Action::PlanDraft => vec![number(), bare(&words.hour.0, &words.hour.1, true, OfferedKind::Word)],
        Action::Help => {
            vec![bare(&words.command.0, &words.command.1, false, OfferedKind::Choice(known.to_vec()))]
        }
    };
    Offer { word: spec.word.clone(), about: spec.about.clone(), fields }
}

fn field(field: &Field) -> OfferedField {
    let kind = match &field.kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Place => OfferedKind::Prose,
        FieldKind::DateTime | FieldKind::Date | FieldKind::Phone | FieldKind::Age => OfferedKind::Word,
        FieldKind::YesNo => OfferedKind::YesNo,
        FieldKind::Choice(choices) => OfferedKind::Choice(choices.iter().map(|choice| choice.value.clone()).collect()),
    };
    let about = if field.about.is_empty() { &field.ask } else { &field.about };
    OfferedField {
        name: field.name.to_string(),
        about: about.clone(),
        required: field.need == Need::Always,
        bare: false,
        kind,
    }
}
