//! What the Matrix adapter makes of events and of prose, without a server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use matrix_sdk::deserialized_responses::{
    AlgorithmInfo, DecryptedRoomEvent, DeviceLinkProblem, EncryptionInfo, TimelineEvent, UnableToDecryptInfo,
    UnableToDecryptReason, VerificationLevel, VerificationState,
};
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{OwnedRoomId, room_id, user_id};
use portevoix::chat::matrix::lanes::Lanes;
use portevoix::chat::matrix::place::Place;
use portevoix::chat::matrix::render::{calls_for_attention, html};
use portevoix::chat::matrix::sift::{News, Sifted, sift, since_entering};
use portevoix::domain::ballot::Assurance;
use portevoix::domain::name::{ArrivalId, MessageId, PersonId, ReactionId, RoomId};
use portevoix::domain::prose::{Block, Prose};
use portevoix::port::chat::{Arrival, Attachment, Happening};
use serde_json::{Value, json};
use tokio::time::Instant;

/// An event by Martin, with these fields in addition or instead.
fn event(fields: Value) -> TimelineEvent {
    let mut event = json!({
        "type": "m.room.message",
        "event_id": "$event",
        "sender": "@martin:example.org",
        "origin_server_ts": 1_700_000_000_000_i64,
        "content": {},
    });
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    TimelineEvent::from_plaintext(Raw::new(&event).unwrap().cast_unchecked())
}

fn sifted(event: &TimelineEvent) -> Option<Sifted> {
    sift(event, room_id!("!room:example.org"), user_id!("@portevoix:example.org"))
}

fn happening(fields: Value) -> Option<Happening> {
    let Sifted::News(News::Readable(arrival)) = sifted(&event(fields))? else { panic!("it is readable news") };
    Some(arrival.what)
}

#[track_caller]
fn check_said(content: Value, text: &str, thread: Option<&str>) {
    let expected = Happening::Said {
        message: "$event".into(),
        text: text.to_owned(),
        thread: thread.map(MessageId::from),
        attachments: Vec::new(),
    };
    assert_eq!(happening(json!({ "content": content })), Some(expected));
}

#[test]
fn a_message_says_who_where_and_when() {
    let Some(Sifted::News(News::Readable(arrival))) =
        sifted(&event(json!({ "content": { "msgtype": "m.text", "body": "bonjour" } })))
    else {
        panic!("it is news");
    };
    assert_eq!(arrival.id, ArrivalId::from("$event"));
    assert_eq!(arrival.room, RoomId::from("!room:example.org"));
    assert_eq!(arrival.by, PersonId::from("@martin:example.org"));
    assert_eq!(arrival.at, "2023-11-14T22:13:20Z".parse::<Timestamp>().unwrap());
}

#[test]
fn the_text_is_as_typed_without_what_clients_add() {
    check_said(json!({ "msgtype": "m.text", "body": "!appel" }), "!appel", None);
    check_said(json!({ "msgtype": "m.emote", "body": "salue" }), "salue", None);
    let reply = json!({ "m.in_reply_to": { "event_id": "$root" } });
    let quoted = "> <@durand:example.org> quel lieu ?\n> et quand ?\n\nplace du Bouffay\n> hier";
    let content = json!({ "msgtype": "m.text", "body": quoted, "m.relates_to": reply });
    check_said(content, "place du Bouffay\n> hier", Some("$root"));
    let content = json!({ "msgtype": "m.text", "body": "> cité par moi\noui", "m.relates_to": reply });
    check_said(content, "> cité par moi\noui", Some("$root"));
    let content = json!({ "msgtype": "m.text", "body": "> <@durand:example.org> x\n\ny" });
    check_said(content, "> <@durand:example.org> x\n\ny", None);
}

#[test]
fn a_photo_is_handed_over_with_what_was_written_beside_it() {
    let file = json!({ "url": "mxc://x/y", "key": {}, "iv": "iv", "hashes": {}, "v": "v2" });
    let photo = |body: &str, filename: Option<&str>| {
        happening(json!({ "content": {
            "msgtype": "m.image", "body": body, "filename": filename, "file": file, "info": { "size": 182_000 },
        } }))
    };
    let sent = |text: &str| {
        Some(Happening::Said {
            message: "$event".into(),
            text: text.to_owned(),
            thread: None,
            attachments: vec![Attachment {
                reference: file.to_string(),
                name: "rue.jpg".to_owned(),
                bytes: Some(182_000),
                alt: None,
            }],
        })
    };
    assert_eq!(photo("rue.jpg", None), sent(""), "older clients call the file in the body");
    assert_eq!(photo("rue.jpg", Some("rue.jpg")), sent(""));
    assert_eq!(photo("!appel vol", Some("rue.jpg")), sent("!appel vol"));
}

#[test]
fn the_root_of_the_thread_counts_before_the_message_replied_to() {
    let relation = json!({
        "rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": { "event_id": "$last" }, "is_falling_back": true,
    });
    check_said(json!({ "msgtype": "m.text", "body": "oui", "m.relates_to": relation }), "oui", Some("$root"));
}

#[test]
fn an_edit_is_its_new_text() {
    let content = json!({
        "msgtype": "m.text",
        "body": "* nouveau",
        "m.new_content": { "msgtype": "m.text", "body": "nouveau" },
        "m.relates_to": { "rel_type": "m.replace", "event_id": "$original" },
    });
    let edited = Happening::Edited { message: "$original".into(), text: "nouveau".to_owned() };
    assert_eq!(happening(json!({ "content": content })), Some(edited));
}

#[test]
fn reactions_and_removals_name_what_they_are_about() {
    let content = json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": "$card", "key": "✅" } });
    let reacted =
        Happening::Reacted { message: "$card".into(), reaction: ReactionId::from("$event"), glyph: "✅".to_owned() };
    assert_eq!(happening(json!({ "type": "m.reaction", "content": content })), Some(reacted));
    let removed = Some(Happening::Removed { id: "$reaction".to_owned() });
    let newer = json!({ "type": "m.room.redaction", "content": { "redacts": "$reaction" } });
    let older = json!({ "type": "m.room.redaction", "redacts": "$reaction" });
    assert_eq!((happening(newer), happening(older)), (removed.clone(), removed));
}

#[test]
fn what_is_not_a_persons_word_is_left_out() {
    let text = json!({ "msgtype": "m.text", "body": "x" });
    for fields in [
        json!({ "sender": "@portevoix:example.org", "content": text }),
        json!({ "content": { "msgtype": "m.notice", "body": "je suis un robot" } }),
        json!({ "content": { "msgtype": "m.image", "body": "photo.jpg" } }),
        json!({ "content": { "msgtype": "m.location", "body": "ici", "geo_uri": "geo:47.2,-1.5" } }),
        json!({ "content": {}, "unsigned": { "redacted_because": {} } }),
        json!({ "content": { "msgtype": "m.text", "body": 12 } }),
        json!({ "content": { "msgtype": "m.text" } }),
        json!({ "content": "text" }),
        json!({ "content": { "msgtype": "m.text", "body": "* x", "m.relates_to": { "rel_type": "m.replace" } } }),
        json!({ "type": "m.reaction", "content": { "m.relates_to": { "rel_type": "m.annotation", "key": "✅" } } }),
        json!({ "type": "m.room.redaction", "content": {} }),
        json!({ "type": "m.room.topic", "state_key": "", "content": { "topic": "x" } }),
        json!({ "type": 12 }),
    ] {
        assert!(sifted(&event(fields.clone())).is_none(), "{fields}");
    }
}

#[test]
fn only_what_came_after_the_bot_entered_is_for_it() {
    let said =
        |id: &str| sifted(&event(json!({ "event_id": id, "content": { "msgtype": "m.text", "body": "x" } }))).unwrap();
    let own_membership = |before: Option<&str>| {
        let content = json!({ "membership": "join" });
        let unsigned = before.map_or(json!({}), |before| json!({ "prev_content": { "membership": before } }));
        event(json!({
            "type": "m.room.member", "sender": "@portevoix:example.org", "state_key": "@portevoix:example.org",
            "content": content, "unsigned": unsigned,
        }))
    };
    for entry in [own_membership(None), own_membership(Some("invite"))] {
        let history = [said("$before"), sifted(&entry).unwrap(), said("$after")];
        let ids: Vec<String> = since_entering(history).iter().map(|news| news.id().to_string()).collect();
        assert_eq!(ids, ["$after"]);
    }
    assert!(sifted(&own_membership(Some("join"))).is_none(), "a new display name is not an entry");
}

/// A message in the lane test's room, encrypted if its key is missing.
fn news(id: &str, has_key: bool) -> News {
    if has_key {
        let sifted =
            sifted(&event(json!({ "event_id": id, "content": { "msgtype": "m.text", "body": "x" } }))).unwrap();
        let Sifted::News(news) = sifted else { panic!("it is news") };
        return news;
    }
    let event = json!({
        "type": "m.room.encrypted", "event_id": id, "sender": "@martin:example.org", "origin_server_ts": 0,
        "content": { "algorithm": "m.megolm.v1.aes-sha2" },
    });
    let info = UnableToDecryptInfo {
        session_id: Some("session".to_owned()),
        reason: UnableToDecryptReason::MissingMegolmSession { withheld_code: None },
    };
    let event = TimelineEvent::from_utd(Raw::new(&event).unwrap().cast_unchecked(), info);
    let Some(Sifted::News(news)) = sifted(&event) else { panic!("it is news") };
    news
}

/// Hands over all that is due. Returns the ids.
fn hand_over(lanes: &mut Lanes, now: Instant) -> Vec<String> {
    let mut ids = Vec::new();
    while let Some(due) = lanes.next(now) {
        ids.push(due.news.id().to_string());
        lanes.settle(&due);
    }
    ids
}

fn rooms() -> (OwnedRoomId, OwnedRoomId) {
    (room_id!("!one:example.org").to_owned(), room_id!("!two:example.org").to_owned())
}

#[test]
fn a_missing_key_holds_up_its_own_room_until_it_comes() {
    let (now, (one, two)) = (Instant::now(), rooms());
    let later = now + Duration::from_secs(10);
    let mut lanes = Lanes::default();
    let first = vec![(one, vec![news("$1", true), news("$2", false), news("$3", true)]), (two, vec![news("$4", true)])];
    lanes.add(Place("after first".to_owned()), first, later);

    assert_eq!(hand_over(&mut lanes, now), ["$1", "$4"]);
    assert_eq!(lanes.reached(), None);
    assert_eq!(lanes.next_deadline(), Some(later));

    lanes.unlock(&ArrivalId::from("$2"), Some(news("$2", true)));
    assert_eq!(hand_over(&mut lanes, now), ["$2", "$3"]);
    assert_eq!(lanes.reached(), Some(Place("after first".to_owned())));
    assert_eq!((lanes.next_deadline(), lanes.len()), (None, 0));
}

#[test]
fn patience_ends_for_all_that_came_together() {
    let (now, (one, _)) = (Instant::now(), rooms());
    let later = now + Duration::from_secs(10);
    let mut lanes = Lanes::default();
    lanes.add(Place("a".to_owned()), vec![(one.clone(), vec![news("$1", false), news("$2", false)])], later);
    lanes.add(Place("b".to_owned()), vec![(one, vec![news("$3", true)])], later + Duration::from_secs(5));

    assert!(hand_over(&mut lanes, now).is_empty());
    assert_eq!(hand_over(&mut lanes, later), ["$1", "$2", "$3"]);
    assert_eq!(lanes.reached(), Some(Place("b".to_owned())));
}

#[test]
fn what_turns_out_to_be_nothing_for_us_holds_nothing_up() {
    let (now, (one, _)) = (Instant::now(), rooms());
    let mut lanes = Lanes::default();
    let place = Place("a".to_owned());
    lanes.add(
        place.clone(),
        vec![(one, vec![news("$picture", false), news("$2", true)])],
        now + Duration::from_secs(10),
    );

    lanes.unlock(&ArrivalId::from("$picture"), None);
    assert_eq!(hand_over(&mut lanes, now), ["$2"]);
    assert_eq!(lanes.reached(), Some(place));
}

#[test]
fn a_sync_without_news_is_taken_in_its_turn() {
    let (now, (one, _)) = (Instant::now(), rooms());
    let later = now + Duration::from_secs(10);
    let mut lanes = Lanes::default();
    lanes.add(Place("a".to_owned()), vec![(one, vec![news("$1", false)])], later);
    lanes.add(Place("b".to_owned()), Vec::new(), later);

    assert!(hand_over(&mut lanes, now).is_empty());
    assert_eq!(lanes.reached(), None, "what came before is not taken yet");
    hand_over(&mut lanes, later);
    assert_eq!(lanes.reached(), Some(Place("b".to_owned())));
}

#[test]
fn the_locked_are_known_with_their_session() {
    let (now, (one, _)) = (Instant::now(), rooms());
    let mut lanes = Lanes::default();
    lanes.add(Place("a".to_owned()), vec![(one.clone(), vec![news("$1", false), news("$2", true)])], now);
    let locked = lanes.locked();
    assert_eq!(locked.len(), 1);
    assert_eq!((&locked[0].0, locked[0].1.session.as_deref()), (&one, Some("session")));
    let unreadable = Happening::Unreadable { message: "$1".into() };
    assert!(matches!(&locked[0].1.arrival, Arrival { what, .. } if *what == unreadable));
}

#[track_caller]
fn check_html(block: Block, expected: &str) {
    assert_eq!(html(&Prose { blocks: vec![block] }), expected);
}

#[test]
fn prose_is_written_in_elements_that_every_client_shows() {
    check_html(Block::Title("Brouillon 44-1".into()), "<p><strong>Brouillon 44-1</strong></p>");
    check_html(Block::Text("Il manque\nle lieu.".into()), "<p>Il manque<br>le lieu.</p>");
    check_html(Block::Quote("Vol".into()), "<blockquote><p>Vol</p></blockquote>");
    check_html(Block::Items(vec!["un".into(), "deux".into()]), "<ul><li>un</li><li>deux</li></ul>");
    let link = |url: &str| Block::Link { label: "la <page>".into(), url: url.into() };
    check_html(
        link("https://x.fr/?a=1&b=\"2\""),
        "<p><a href=\"https://x.fr/?a=1&amp;b=&quot;2&quot;\">la &lt;page&gt;</a></p>",
    );
    check_html(link("javascript:alert(1)"), "<p>la &lt;page&gt; : javascript:alert(1)</p>");
}

#[test]
fn what_people_wrote_is_inert() {
    check_html(Block::Text("<b>&amp;'\"</b>".into()), "<p>&lt;b&gt;&amp;amp;&#39;&quot;&lt;/b&gt;</p>");
    check_html(
        Block::Text("voir https://evil.example/<x>, www.evil.example ou a@evil.example".into()),
        "<p>voir <code>https://evil.example/</code>&lt;x&gt;, <code>www.evil.example</code> ou \
         <code>a@evil.example</code></p>",
    );
    check_html(
        Block::Text(
            "@durand:example.org\n(#salon:example.org) matrix:r/x:evil.example tel:17 12:30 lieu: Nantes".into(),
        ),
        "<p><code>@durand:example.org</code><br><code>(#salon:example.org)</code> <code>matrix:r/x:evil.example</code> \
         <code>tel:17</code> 12:30 lieu: Nantes</p>",
    );
}

#[test]
fn what_encryption_proves_of_a_sender_is_what_the_device_says() {
    let state = |state: VerificationState| {
        let event = json!({
            "type": "m.room.message", "event_id": "$event", "sender": "@martin:example.org", "room_id": "!room:example.org",
            "origin_server_ts": 0, "content": { "msgtype": "m.text", "body": "k7f2-9qd1" },
        });
        let encryption = EncryptionInfo {
            sender: user_id!("@martin:example.org").to_owned(),
            sender_device: None,
            forwarder: None,
            algorithm_info: AlgorithmInfo::MegolmV1AesSha2 {
                curve25519_key: String::new(),
                sender_claimed_keys: BTreeMap::new(),
                session_id: None,
            },
            verification_state: state,
        };
        let decrypted = DecryptedRoomEvent {
            event: Raw::new(&event).unwrap().cast_unchecked(),
            encryption_info: Arc::new(encryption),
            unsigned_encryption_info: None,
        };
        let event = TimelineEvent::from_decrypted(decrypted, None);
        let Some(Sifted::News(News::Readable(arrival))) = sifted(&event) else { panic!("it is readable news") };
        arrival.standing.assurance
    };
    let doubt = VerificationState::Unverified;
    assert_eq!(state(VerificationState::Verified), Assurance::Proven);
    assert_eq!(state(doubt(VerificationLevel::UnverifiedIdentity)), Assurance::Proven);
    assert_eq!(state(doubt(VerificationLevel::VerificationViolation)), Assurance::ChangedIdentity);
    for level in [
        VerificationLevel::UnsignedDevice,
        VerificationLevel::MismatchedSender,
        VerificationLevel::None(DeviceLinkProblem::MissingDevice),
        VerificationLevel::None(DeviceLinkProblem::InsecureSource),
    ] {
        assert_eq!(state(doubt(level.clone())), Assurance::UnverifiedDevice, "{level:?}");
    }
    let clear = event(json!({ "content": { "msgtype": "m.text", "body": "k7f2-9qd1" } }));
    let Some(Sifted::News(News::Readable(arrival))) = sifted(&clear) else { panic!("it is readable news") };
    assert_eq!(arrival.standing.assurance, Assurance::Unencrypted);
}

#[test]
fn what_has_a_title_calls_for_attention() {
    assert!(calls_for_attention(&Prose { blocks: vec![Block::Title("x".into()), Block::Text("y".into())] }));
    assert!(!calls_for_attention(&Prose::text("y")));
}
