//! What a Matrix client shows of a room's events: strict about markup, so that what is hostile can't pass unseen.

use portevoix::domain::name::{MessageId, PersonId};
use serde_json::{Value, json};

use crate::contract::chat::Seen;

/// What a client makes of a timeline.
pub fn seen(timeline: &[Value]) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    for event in timeline {
        let (relation, content) = (&event["content"]["m.relates_to"], &event["content"]);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let target = seen.iter_mut().find(|message| message.id.as_str() == relation["event_id"]);
        match (event["type"].as_str().unwrap(), relation["rel_type"].as_str()) {
            ("m.reaction", _) => {
                target.unwrap().reactions.push((PersonId(text(&event["sender"])), text(&relation["key"])));
            }
            ("m.room.message", Some("m.replace")) => {
                let target = target.unwrap();
                (target.text, target.links, target.pings) = shown(&content["m.new_content"]);
                target.edited = true;
            }
            ("m.room.message", kind) => {
                let (shown_text, links, pings) = shown(content);
                seen.push(Seen {
                    id: MessageId(text(&event["event_id"])),
                    by: PersonId(text(&event["sender"])),
                    text: shown_text,
                    edited: false,
                    thread: (kind == Some("m.thread")).then(|| MessageId(text(&relation["event_id"]))),
                    reactions: Vec::new(),
                    links,
                    pings,
                });
            }
            _ => {}
        }
    }
    seen
}

/// What is shown of a message, where it leads, and whether it pings. Clients make links of bare addresses, save in code.
fn shown(content: &Value) -> (String, Vec<String>, bool) {
    let pings = content["m.mentions"] != json!({});
    let Some(html) = content["formatted_body"].as_str() else {
        return (content["body"].as_str().unwrap_or_default().to_owned(), Vec::new(), pings);
    };
    let (mut text, mut links, mut in_code) = (String::new(), Vec::new(), false);
    let mut rest = html;
    while let Some((before, tag_and_rest)) = rest.split_once('<') {
        let (tag, after) = tag_and_rest.split_once('>').expect("a tag ends");
        let words = unescaped(before);
        if !in_code {
            links.extend(linkify::LinkFinder::new().links(&words).map(|link| link.as_str().to_owned()));
            links.extend(words.split_whitespace().filter(|word| is_linked_by_element(word)).map(str::to_owned));
        }
        text.push_str(&words);
        match tag {
            "br" => text.push('\n'),
            "code" => in_code = true,
            "/code" => in_code = false,
            "p" | "/p" | "strong" | "/strong" | "blockquote" | "/blockquote" | "ul" | "/ul" | "li" | "/li" | "/a" => {}
            other => {
                let target = other.strip_prefix("a href=\"").and_then(|rest| rest.strip_suffix('"'));
                links.push(unescaped(target.unwrap_or_else(|| panic!("an element that must not be there: <{other}>"))));
            }
        }
        rest = after;
    }
    text.push_str(&unescaped(rest));
    (text, links, pings)
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&amp;", "&")
}

/// People, rooms and servers by their Matrix ids, and addresses without `//`.
fn is_linked_by_element(word: &str) -> bool {
    let is_id = |id: &str| id.split_once(':').is_some_and(|(name, server)| !name.is_empty() && !server.is_empty());
    ["@", "#", "matrix:", "tel:", "geo:", "xmpp:"]
        .iter()
        .any(|lead| word.strip_prefix(lead).is_some_and(|rest| lead.ends_with(':') && !rest.is_empty() || is_id(rest)))
}
