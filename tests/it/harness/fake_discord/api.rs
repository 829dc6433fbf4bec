//! The HTTP API of the fake Discord, as strict as the documentation.

use axum::http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::fake_discord::server::{
    ADD_REACTIONS, CREATE_PUBLIC_THREADS, Message, READ_MESSAGE_HISTORY, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS,
    Server, VIEW_CHANNEL,
};

/// What is answered: status and body.
pub type Answer = (u16, Value);

/// A request.
pub struct Call {
    pub method: Method,
    /// Below `/api/v10/`, decoded.
    pub path: Vec<String>,
    pub query: Vec<(String, String)>,
    pub token: Option<String>,
    pub body: Value,
}

pub fn error(status: u16, code: u64, message: &str) -> Answer {
    (status, json!({ "code": code, "message": message }))
}

fn invalid(field: &str, code: &str) -> Answer {
    let errors = json!({ field: { "_errors": [{ "code": code, "message": "…" }] } });
    (400, json!({ "code": 50035, "message": "Invalid Form Body", "errors": errors }))
}

fn nothing() -> Answer {
    (204, Value::Null)
}

/// Carries a request out.
pub fn answer(server: &mut Server, call: &Call) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["interactions", id, token, "callback"] => return interaction_callback(server, call, id, token),
        ["webhooks", application, token, "messages", "@original"] => return original(server, application, token),
        _ => {}
    }
    if call.token.as_deref() != Some(format!("Bot {}", server.token).as_str()) {
        return error(401, 0, "401: Unauthorized");
    }
    let get = call.method == Method::GET;
    match path.as_slice() {
        ["gateway", "bot"] if get => {
            let limit = json!({ "total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1 });
            (200, json!({ "url": server.address.replacen("http", "ws", 1), "shards": 1, "session_start_limit": limit }))
        }
        ["users", "@me"] if get => (200, server.user_json(server.own)),
        ["applications", application, "guilds", _, "commands"] if **application == server.application.to_string() => {
            if get {
                return (200, server.commands.clone());
            }
            if call.method != Method::PUT {
                return error(405, 0, "405: Method Not Allowed");
            }
            if let Some(wrong) = wrong_commands(&call.body) {
                return invalid(&wrong, "APPLICATION_COMMAND_INVALID");
            }
            server.commands = call.body.clone();
            for command in server.commands.as_array_mut().unwrap() {
                command["id"] = json!("1");
                command["nsfw"] = json!(false);
            }
            server.registrations += 1;
            (200, server.commands.clone())
        }
        ["guilds", guild, rest @ ..] if get && **guild == server.guild.to_string() => guild_answer(server, rest),
        ["channels", channel, rest @ ..] => match channel.parse() {
            Ok(channel) if server.channels.contains_key(&channel) => channel_answer(server, call, channel, rest),
            _ => error(404, 10003, "Unknown Channel"),
        },
        _ => error(404, 0, "404: Not Found"),
    }
}

fn guild_answer(server: &Server, rest: &[&str]) -> Answer {
    match rest {
        [] => (200, server.guild_json()),
        ["members", id] => match id.parse().ok().filter(|id| server.accounts.contains_key(id)) {
            Some(id) => (200, server.member_json(id, true)),
            None => error(404, 10007, "Unknown Member"),
        },
        ["threads", "active"] => {
            let open = server.channels.iter().filter(|(_, channel)| channel.parent.is_some() && !channel.archived);
            let open: Vec<Value> = open.map(|(id, _)| server.channel_json(*id)).collect();
            (200, json!({ "threads": open, "members": [] }))
        }
        _ => error(404, 0, "404: Not Found"),
    }
}

fn channel_answer(server: &mut Server, call: &Call, channel: u64, rest: &[&str]) -> Answer {
    if !server.may(channel, VIEW_CHANNEL) {
        return error(403, 50001, "Missing Access");
    }
    let missing = |server: &Server, permission| !server.may(channel, permission);
    let refused = || error(403, 50013, "Missing Permissions");
    let is_thread = server.channels[&channel].parent.is_some();
    match (call.method.as_str(), rest) {
        ("GET", []) => (200, server.channel_json(channel)),
        ("PATCH", []) if is_thread => {
            let archived = call.body["archived"].as_bool().unwrap_or(server.channels[&channel].archived);
            server.channels.get_mut(&channel).unwrap().archived = archived;
            (200, server.channel_json(channel))
        }
        ("GET", ["threads", "archived", "public"]) => {
            let put_away = server.channels.iter().filter(|(_, one)| one.parent == Some(channel) && one.archived);
            let put_away: Vec<Value> = put_away.map(|(id, _)| server.channel_json(*id)).collect();
            (200, json!({ "threads": put_away, "members": [], "has_more": false }))
        }
        ("GET", ["messages"]) => {
            if missing(server, READ_MESSAGE_HISTORY) {
                return (200, json!([]));
            }
            let query =
                |name: &str| call.query.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.parse().ok());
            let limit = query("limit").unwrap_or(50_u64);
            if !(1..=100).contains(&limit) {
                return invalid("limit", "NUMBER_TYPE_MAX");
            }
            let before = query("before").unwrap_or(u64::MAX);
            let ids: Vec<u64> =
                server.channels[&channel].messages.keys().rev().copied().filter(|id| *id < before).collect();
            let page = ids.into_iter().take(usize::try_from(limit).unwrap());
            (200, page.map(|id| server.message_json(channel, id)).collect())
        }
        ("POST", ["messages"]) => {
            let permission = if is_thread { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES };
            if missing(server, permission) { refused() } else { create_message(server, channel, &call.body) }
        }
        (_, ["messages", id, rest @ ..]) => match id.parse() {
            Ok(id) if server.channels[&channel].messages.contains_key(&id) => {
                message_answer(server, call, channel, id, rest)
            }
            _ => error(404, 10008, "Unknown Message"),
        },
        _ => error(404, 0, "404: Not Found"),
    }
}

fn message_answer(server: &mut Server, call: &Call, channel: u64, id: u64, rest: &[&str]) -> Answer {
    let is_archived = server.channels[&channel].archived;
    if is_archived && call.method != Method::GET {
        return error(400, 50083, "Thread is archived");
    }
    match (call.method.as_str(), rest) {
        ("GET", []) => (200, server.message_json(channel, id)),
        ("PATCH", []) => {
            if server.channels[&channel].messages[&id].author != server.own {
                return error(403, 50005, "Cannot edit a message authored by another user");
            }
            if let Some(wrong) = wrong_message(&call.body) {
                return wrong;
            }
            let message = server.channels.get_mut(&channel).unwrap().messages.get_mut(&id).unwrap();
            write(message, &call.body);
            if call.body.get("content").is_some() {
                message.edited = Some(Timestamp::now().to_string());
            }
            server.tell_of_message("MESSAGE_UPDATE", channel, id);
            (200, server.message_json(channel, id))
        }
        ("POST", ["threads"]) => {
            if !server.may(channel, CREATE_PUBLIC_THREADS) {
                return error(403, 50013, "Missing Permissions");
            }
            if server.channels[&channel].parent.is_some() {
                return error(400, 50024, "Cannot execute action on this channel type");
            }
            let name = call.body["name"].as_str().unwrap_or_default().chars().count();
            if !(1..=100).contains(&name) {
                return invalid("name", "BASE_TYPE_BAD_LENGTH");
            }
            if ![60, 1440, 4320, 10080].contains(&call.body["auto_archive_duration"].as_u64().unwrap_or(60)) {
                return invalid("auto_archive_duration", "BASE_TYPE_CHOICES");
            }
            if server.channels.contains_key(&id) {
                return error(400, 160_004, "A thread has already been created for this message");
            }
            server.start_thread(channel, id);
            (201, server.channel_json(id))
        }
        ("PUT", ["reactions", glyph, "@me"]) => {
            if !server.may(channel, ADD_REACTIONS) || !server.may(channel, READ_MESSAGE_HISTORY) {
                return error(403, 50013, "Missing Permissions");
            }
            if glyph.chars().any(|c| c.is_ascii_alphabetic()) {
                return error(400, 10014, "Unknown Emoji");
            }
            server.react(channel, id, server.own, glyph);
            nothing()
        }
        ("GET", ["reactions", glyph]) => {
            let reactions = &server.channels[&channel].messages[&id].reactions;
            let by = reactions.iter().find(|(known, _)| known == glyph).map(|(_, by)| by.clone()).unwrap_or_default();
            (200, by.into_iter().map(|user| server.user_json(user)).collect())
        }
        _ => error(404, 0, "404: Not Found"),
    }
}

fn create_message(server: &mut Server, channel: u64, body: &Value) -> Answer {
    if let Some(wrong) = wrong_message(body) {
        return wrong;
    }
    let nonce = body["nonce"].as_str().map(str::to_owned);
    if let Some(nonce) = nonce.as_ref().filter(|_| body["enforce_nonce"] == true) {
        if nonce.chars().count() > 25 {
            return invalid("nonce", "NONCE_TYPE_TOO_LONG");
        }
        if let Some((channel, id)) = server.nonces.get(nonce) {
            return (200, server.message_json(*channel, *id));
        }
    }
    let mut message = Message { author: server.own, nonce: nonce.clone(), ..Message::default() };
    write(&mut message, body);
    if message.content.is_empty() && message.embeds.as_array().is_none_or(Vec::is_empty) {
        return error(400, 50006, "Cannot send an empty message");
    }
    if let Some(answered) = body.pointer("/message_reference/message_id").and_then(Value::as_str) {
        message.reference = answered.parse().ok();
        message.kind = 19;
    }
    let id = server.put_message(channel, message);
    if let Some(nonce) = nonce {
        server.nonces.insert(nonce, (channel, id));
    }
    (200, server.message_json(channel, id))
}

/// Takes over what a body says of a message.
fn write(message: &mut Message, body: &Value) {
    if let Some(content) = body["content"].as_str() {
        message.content = content.trim().to_owned();
    }
    for (key, value) in [("embeds", &mut message.embeds), ("components", &mut message.components)] {
        if let Some(given) = body.get(key) {
            *value = given.clone();
        }
    }
    if let Some(flags) = body["flags"].as_u64() {
        message.flags = flags;
    }
    if body.get("content").is_some() {
        message.may_ping = body["allowed_mentions"]["parse"].as_array().is_none_or(|parse| !parse.is_empty());
    }
}

fn wrong_message(body: &Value) -> Option<Answer> {
    let known =
        ["content", "nonce", "enforce_nonce", "embeds", "allowed_mentions", "message_reference", "components", "flags"];
    let unknown = body.as_object().and_then(|body| body.keys().find(|key| !known.contains(&key.as_str())));
    assert_eq!(unknown, None, "no key of a message");
    if body["content"].as_str().is_some_and(|content| content.chars().count() > 2_000) {
        return Some(invalid("content", "BASE_TYPE_BAD_LENGTH"));
    }
    // Only these may be set (<https://docs.discord.com/developers/resources/message#create-message>).
    if body["flags"].as_u64().is_some_and(|flags| flags & !(1 << 2 | 1 << 6 | 1 << 12 | 1 << 15) != 0) {
        return Some(invalid("flags", "MESSAGE_FLAGS_INVALID"));
    }
    let embeds = body["embeds"].as_array().cloned().unwrap_or_default();
    let lengths = embeds.iter().map(|embed| embed["description"].as_str().unwrap_or_default().chars().count());
    if embeds.len() > 10 || lengths.clone().any(|length| length > 4_096) {
        return Some(invalid("embeds", "BASE_TYPE_BAD_LENGTH"));
    }
    if lengths.sum::<usize>() > 6_000 {
        return Some(invalid("embeds", "MAX_EMBED_SIZE_EXCEEDED"));
    }
    let rows = body["components"].as_array().cloned().unwrap_or_default();
    let mut ids = Vec::new();
    for row in &rows {
        let buttons = row["components"].as_array().cloned().unwrap_or_default();
        if row["type"] != 1 || !(1..=5).contains(&buttons.len()) {
            return Some(invalid("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"));
        }
        for button in buttons {
            let id = button["custom_id"].as_str().unwrap_or_default().to_owned();
            let shows = button.get("label").is_some() || button.get("emoji").is_some();
            if button["type"] != 2 || id.is_empty() || id.chars().count() > 100 || ids.contains(&id) || !shows {
                return Some(invalid("components", "COMPONENT_CUSTOM_ID_DUPLICATED"));
            }
            ids.push(id);
        }
    }
    (rows.len() > 5).then(|| invalid("components", "BASE_TYPE_BAD_LENGTH"))
}

/// The name of the first command that Discord would refuse.
fn wrong_commands(commands: &Value) -> Option<String> {
    let is_name = |value: &Value| {
        let name = value["name"].as_str().unwrap_or_default();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '\'');
        (1..=32).contains(&name.chars().count()) && name.chars().all(is_part) && name.to_lowercase() == name
    };
    let is_about =
        |value: &Value| (1..=100).contains(&value["description"].as_str().unwrap_or_default().chars().count());
    let is_good = |command: &Value| {
        let options = command["options"].as_array().cloned().unwrap_or_default();
        let required: Vec<bool> = options.iter().map(|option| option["required"] == true).collect();
        let choices = options.iter().all(|option| {
            let choices = option["choices"].as_array().cloned().unwrap_or_default();
            choices.len() <= 25 && (choices.is_empty() || option["autocomplete"] != true)
        });
        is_name(command)
            && is_about(command)
            && options.len() <= 25
            && options.iter().all(|option| is_name(option) && is_about(option) && option["type"].is_u64())
            && required.is_sorted_by(|earlier, later| earlier >= later)
            && choices
    };
    let commands = commands.as_array()?;
    commands.iter().find(|command| !is_good(command)).map(|command| command["name"].to_string())
}

fn interaction_callback(server: &mut Server, call: &Call, id: &str, token: &str) -> Answer {
    let found = id.parse().ok().and_then(|id: u64| Some((id, server.interactions.get(&id)?.clone())));
    let Some((id, mut interaction)) = found.filter(|(_, interaction)| interaction.token == token) else {
        return error(404, 10062, "Unknown interaction");
    };
    if interaction.answer.is_some() {
        return error(400, 40060, "Interaction has already been acknowledged.");
    }
    let kind = call.body["type"].as_u64().unwrap_or_default();
    let data = &call.body["data"];
    match (interaction.kind, kind) {
        (3, 6) => {}
        (2, 4) if data["flags"].as_u64().unwrap_or_default() & 64 != 0 => {
            interaction.ephemeral = data["content"].as_str().map(str::to_owned);
        }
        (2, 4) => {
            if let Some(wrong) = wrong_message(data) {
                return wrong;
            }
            let mut message = Message { author: server.own, kind: 20, ..Message::default() };
            write(&mut message, data);
            message.interaction = Some(json!({
                "id": id.to_string(), "type": 2, "user": server.user_json(interaction.user),
                "authorizing_integration_owners": {},
            }));
            interaction.message = Some(server.put_message(interaction.channel, message));
        }
        (4, 8) => {
            let choices = data["choices"].as_array().cloned().unwrap_or_default();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            if choices.len() > 25
                || choices.iter().any(|choice| !(1..=100).contains(&text(&choice["name"]).chars().count()))
            {
                return invalid("choices", "BASE_TYPE_BAD_LENGTH");
            }
            interaction.choices =
                Some(choices.iter().map(|choice| (text(&choice["name"]), text(&choice["value"]))).collect());
        }
        _ => return invalid("type", "INTERACTION_CALLBACK_TYPE_INVALID"),
    }
    interaction.answer = Some(kind);
    server.interactions.insert(id, interaction);
    nothing()
}

fn original(server: &Server, application: &str, token: &str) -> Answer {
    let found = server.interactions.values().find(|interaction| interaction.token == token);
    let message = found.filter(|_| application == server.application.to_string()).and_then(|found| found.message);
    match message {
        Some(message) => (200, server.message_json(server.channel_of(message), message)),
        None => error(404, 10015, "Unknown Webhook"),
    }
}
