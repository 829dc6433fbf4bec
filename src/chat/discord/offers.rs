//! Tells Discord which slash commands there are on a server, and reads what was filled in
//! (<https://docs.discord.com/developers/interactions/application-commands>).

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::chat::discord::fault::Trouble;
use crate::chat::discord::id::Snowflake;
use crate::chat::discord::rest::Rest;
use crate::port::offer::{Offer, OfferedField, OfferedKind};

/// The most commands of a server.
const MOST_COMMANDS: usize = 100;

/// The most fields of a command, and the most values of a field that are listed.
const MOST: usize = 25;

/// The longest name, in characters.
const LONGEST_NAME: usize = 32;

/// The longest description and the longest value, in characters.
const LONGEST_TEXT: usize = 100;

/// What the keys of a command, a field or a value are worth when Discord leaves them out.
const DEFAULTS: [(&str, Value); 2] = [("required", Value::Bool(false)), ("autocomplete", Value::Bool(false))];

/// Makes a server's slash commands these, all at once, unless they are already.
///
/// # Errors
/// What Discord says.
pub async fn register(rest: &Rest, application: Snowflake, guild: Snowflake, offers: &[Offer]) -> Result<(), Trouble> {
    let path = format!("/applications/{application}/guilds/{guild}/commands");
    let wanted: Vec<Value> = offers.iter().filter_map(command).take(MOST_COMMANDS).collect();
    let there = rest.get(&path).await?;
    let there: Vec<Value> = there.as_array().into_iter().flatten().map(essence).collect();
    let is_there = |command: &Value| there.contains(&essence(command));
    if there.len() == wanted.len() && wanted.iter().all(is_there) {
        return Ok(());
    }
    rest.call(Method::PUT, &path, Some(&Value::Array(wanted))).await?;
    tracing::info!(guild, commands = offers.len(), "Discord: slash commands were registered");
    Ok(())
}

/// The values that were filled in, as they would be typed.
pub fn given(offer: &Offer, interaction: &Value) -> Vec<(String, String)> {
    let mut given = Vec::new();
    for option in options(interaction) {
        let Some(name) = option.get("name").and_then(Value::as_str) else { continue };
        if !offer.fields.iter().any(|field| field.name == name) {
            continue;
        }
        let value = match option.get("value") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Bool(true)) => "oui".to_owned(),
            Some(Value::Bool(false)) => "non".to_owned(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => continue,
        };
        given.push((name.to_owned(), value));
    }
    given
}

/// The fields of an interaction.
pub fn options(interaction: &Value) -> impl Iterator<Item = &Value> {
    interaction.pointer("/data/options").and_then(Value::as_array).into_iter().flatten()
}

/// A command as Discord wants it; `None` where its word can't be a command's name there.
fn command(offer: &Offer) -> Option<Value> {
    let mut fields: Vec<&OfferedField> = offer.fields.iter().filter(|field| is_name(&field.name)).collect();
    fields.sort_by_key(|field| !field.required);
    let options: Vec<Value> = fields.into_iter().take(MOST).map(option).collect();
    is_name(offer.word.as_str()).then(
        || json!({ "type": 1, "name": offer.word.as_str(), "description": about(&offer.about), "options": options }),
    )
}

fn option(field: &OfferedField) -> Value {
    let kind = match &field.kind {
        OfferedKind::YesNo => 5,
        OfferedKind::Prose
        | OfferedKind::Word
        | OfferedKind::Fields
        | OfferedKind::Choice(_)
        | OfferedKind::DraftNumber => 3,
    };
    let mut option =
        json!({ "type": kind, "name": field.name, "description": about(&field.about), "required": field.required });
    match &field.kind {
        OfferedKind::Choice(values) if values.len() <= MOST && values.iter().all(|value| fits(value)) => {
            option["choices"] = values.iter().map(|value| json!({ "name": value, "value": value })).collect();
        }
        OfferedKind::Choice(_) | OfferedKind::DraftNumber => option["autocomplete"] = json!(true),
        OfferedKind::Prose | OfferedKind::Word | OfferedKind::Fields | OfferedKind::YesNo => {}
    }
    option
}

/// What can be a name: lower-case letters, digits, `-` and `_`.
fn is_name(name: &str) -> bool {
    let is_part = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || matches!(c, '-' | '_' | '\'');
    (1..=LONGEST_NAME).contains(&name.chars().count()) && name.chars().all(is_part)
}

fn fits(value: &str) -> bool {
    (1..=LONGEST_TEXT).contains(&value.chars().count())
}

/// A description, which Discord wants to be there.
fn about(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return "…".to_owned();
    }
    if fits(text) {
        return text.to_owned();
    }
    format!("{}…", text.chars().take(LONGEST_TEXT - 1).collect::<String>().trim_end())
}

/// What of a command counts when it is compared: what we say of it, without what Discord adds.
fn essence(command: &Value) -> Value {
    let mut kept = Map::new();
    for key in ["type", "name", "description", "required", "autocomplete", "value"] {
        if let Some(value) = command.get(key).filter(|value| !value.is_null()) {
            kept.insert(key.to_owned(), value.clone());
        }
    }
    kept.retain(|key, value| !DEFAULTS.iter().any(|(name, default)| key == name && value == default));
    for key in ["options", "choices"] {
        let inner: Vec<Value> = command.get(key).and_then(Value::as_array).into_iter().flatten().map(essence).collect();
        if !inner.is_empty() {
            kept.insert(key.to_owned(), Value::Array(inner));
        }
    }
    Value::Object(kept)
}
