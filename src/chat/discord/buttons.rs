//! The buttons under a card: one for each glyph that can be tapped
//! (<https://docs.discord.com/developers/components/reference#button>).

use serde_json::{Value, json};

/// What leads the id of our buttons; the glyph follows.
const LEAD: &str = "portevoix/";

/// The most buttons in a row.
const MOST_IN_A_ROW: usize = 5;

/// The most rows.
const MOST_ROWS: usize = 5;

/// The glyph of the button that was pressed; `None` where it is none of ours.
pub fn glyph(custom_id: &str) -> Option<&str> {
    custom_id.strip_prefix(LEAD).filter(|glyph| !glyph.is_empty())
}

/// The rows of a message with a button for that glyph behind the others; `None` where it is there already, or where there
/// is no room. `as_emoji` shows the glyph as the picture that it is, which Discord refuses of what it does not know.
pub fn with_button(components: &Value, glyph: &str, as_emoji: bool) -> Option<Value> {
    let mut rows: Vec<Value> = components.as_array().cloned().unwrap_or_default();
    let custom_id = format!("{LEAD}{glyph}");
    let buttons = |row: &Value| row.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
    if rows.iter().flat_map(buttons).any(|button| button["custom_id"] == custom_id.as_str()) {
        return None;
    }
    let mut button = json!({ "type": 2, "style": 2, "custom_id": custom_id });
    if as_emoji {
        button["emoji"] = json!({ "name": glyph });
    } else {
        button["label"] = json!(glyph);
    }
    let is_full = rows.len() == MOST_ROWS;
    match rows.last_mut().filter(|row| buttons(row).len() < MOST_IN_A_ROW) {
        Some(row) => {
            let mut all = buttons(row);
            all.push(button);
            row["components"] = Value::Array(all);
        }
        None if is_full => return None,
        None => rows.push(json!({ "type": 1, "components": [button] })),
    }
    Some(Value::Array(rows))
}
