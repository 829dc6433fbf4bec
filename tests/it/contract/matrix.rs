//! The chat contract on a real Synapse, in an encrypted room whose people trust signed devices only; and what only
//! Matrix has: sessions, invitations, keys.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use portevoix::chat::matrix::chat::MatrixChat;
use portevoix::chat::matrix::listen::listen;
use portevoix::chat::matrix::login::login;
use portevoix::domain::ballot::Assurance;
use portevoix::domain::fault::{Cause, Fault};
use portevoix::domain::name::{MessageId, RoomId};
use portevoix::domain::prose::Prose;
use portevoix::port::chat::{Chat, Happening};
use serde_json::json;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::contract::chat::{Person, Stage, key, said};
use crate::harness::matrix_stage::synapse_stage;
use crate::harness::notebook::Notebook;

chat_contract!(synapse_stage, ignore = "needs a real Synapse: tests/run starts one");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn the_device_is_signed_as_others_see_it() {
    let mut stage = synapse_stage().await;
    stage.start(Notebook::new()).await;
    let bot = stage.bot.user.clone();

    let martin = stage.officer(Person::Martin);
    let encryption = martin.client.encryption();
    let identity = encryption.request_user_identity(&bot).await.unwrap();
    assert!(identity.is_some(), "the account has an identity");
    let devices = encryption.get_user_devices(&bot).await.unwrap();
    assert_eq!(devices.devices().count(), 1);
    assert!(devices.devices().all(|device| device.is_cross_signed_by_owner()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn a_word_is_proven_by_a_signed_device_of_the_identity_known() {
    let mut stage = synapse_stage().await;
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let (word, room) = (json!({ "msgtype": "m.text", "body": "k7f2-9qd1" }), stage.room.clone());
    let assurance = async |message: &MessageId| {
        let taken = notebook.until_read(message).await;
        taken.into_iter().find(|one| one.id.as_str() == message.as_str()).unwrap().standing.assurance
    };

    let signed = stage.says(Person::Durand, "k7f2-9qd1").await;
    assert_eq!(assurance(&signed).await, Assurance::Proven);
    let clear = stage.send_unencrypted(Person::Durand, "m.room.message", word.clone()).await;
    assert_eq!(assurance(&clear).await, Assurance::Unencrypted);
    let durand = stage.officer(Person::Durand);
    let unsigned = durand.send_from_an_unsigned_device(&room, "m.room.message", word.clone()).await;
    assert_eq!(assurance(&MessageId(unsigned.to_string())).await, Assurance::UnverifiedDevice);

    // Another identity in Durand's name, as a server that lies could make one, and a device that it signed.
    let durand = stage.officer(Person::Durand);
    durand.takes_a_new_identity().await;
    let mut seen = Assurance::Proven;
    // Until the server has told the bot, it still reads Durand's device as the one it knows.
    for _ in 0..10 {
        durand.begins_a_new_key(&room).await;
        let changed = durand.send(&room, "m.room.message", word.clone()).await;
        seen = assurance(&MessageId(changed.to_string())).await;
        if seen != Assurance::Proven {
            break;
        }
    }
    assert_eq!(seen, Assurance::ChangedIdentity);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn only_configured_rooms_are_joined() {
    let mut stage = synapse_stage().await;
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let bot = stage.bot.user.clone();

    let martin = stage.officer(Person::Martin);
    let other = martin.make_room("Un autre salon", &[&bot]).await;
    let fence = stage.says(Person::Martin, "invité").await;
    notebook.until_read(&fence).await;
    stage.stop().await;

    assert_eq!(stage.officer(Person::Martin).membership(&other, &bot).await, "invite");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn more_than_a_sync_holds_arrives_in_order_once() {
    let mut stage = synapse_stage().await;
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    stage.says(Person::Martin, "avant").await;
    notebook.until(1).await;
    stage.stop().await;

    let mut expected = Vec::new();
    for number in 0..120 {
        let person = if number % 3 == 0 { Person::Durand } else { Person::Martin };
        let text = format!("!info numéro {number}");
        expected.push(said(&stage.says(person, &text).await, &text));
    }
    stage.start(notebook.clone()).await;

    let taken: Vec<Happening> = notebook.until(121).await.into_iter().skip(1).map(|one| one.what).collect();
    assert_eq!(taken, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn what_was_said_before_the_bot_came_is_not_for_it() {
    let mut stage = synapse_stage().await;
    let notebook = Notebook::new();
    stage.says(Person::Martin, "!info avant son arrivée").await;
    stage.start(notebook.clone()).await;

    let after = stage.says(Person::Martin, "!info après").await;

    let taken = notebook.until_read(&after).await;
    assert_eq!(taken.len(), 1, "{taken:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn an_unreadable_message_is_told_and_holds_nothing_up_for_long() {
    let mut stage = synapse_stage().await;
    stage.settings.key_patience = Duration::from_millis(500);
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;

    let unreadable = json!({
        "algorithm": "m.megolm.v1.aes-sha2",
        "ciphertext": "AwgAEpABm6r0AAAA",
        "session_id": "a session that nobody has",
        "sender_key": "nobody",
        "device_id": "NOBODY",
    });
    let unreadable = stage.send_unencrypted(Person::Martin, "m.room.encrypted", unreadable).await;
    let after = stage.says(Person::Martin, "!info lisible").await;

    let taken = notebook.until_read(&after).await;
    assert_eq!(taken[0].what, Happening::Unreadable { message: unreadable });
    assert_eq!(taken[0].by, stage.id_of(Person::Martin));
    assert_eq!(taken[1].what, said(&after, "!info lisible"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn a_new_device_reads_old_messages_from_the_backup() {
    let mut stage = synapse_stage().await;
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    let message = stage.says(Person::Martin, "!info ancien").await;
    notebook.until_read(&message).await;
    stage.until_backed_up().await;
    stage.crash().await;

    stage.move_to_a_new_machine().await;
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;

    assert_eq!(notebook.until_read(&message).await[0].what, said(&message, "!info ancien"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn a_key_that_comes_late_makes_a_message_readable() {
    let mut stage = synapse_stage().await;
    stage.start(Notebook::new()).await;
    stage.stop().await;
    // People who trust signed devices only do not give it their keys.
    let unsigned_device = stage.unsigned_device().await;
    let message = stage.says(Person::Martin, "!info tardif").await;

    let (notebook, rooms) = (Notebook::new(), [stage.room.clone()]);
    let stop = CancellationToken::new();
    let listening = listen(&unsigned_device, &rooms, Duration::ZERO, notebook.as_ref(), &stop);
    let scene = async {
        assert_eq!(notebook.until(1).await[0].what, Happening::Unreadable { message: message.clone() });
        let keys = stage.settings.state_directory.join("keys");
        stage
            .officer(Person::Martin)
            .client
            .encryption()
            .export_room_keys(keys.clone(), "mot", |_| true)
            .await
            .unwrap();
        unsigned_device.encryption().import_room_keys(keys, "mot").await.unwrap();
        notebook.until_read(&message).await
    };
    let taken = tokio::select! {
        outcome = listening => panic!("{outcome:?}"),
        taken = scene => taken,
    };
    assert_eq!(taken[0].what, said(&message, "!info tardif"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn an_unreadable_message_is_tried_again_at_the_next_start() {
    let mut stage = synapse_stage().await;
    stage.settings.key_patience = Duration::from_millis(500);
    stage.start(Notebook::new()).await;
    stage.stop().await;
    let message = stage.says(Person::Martin, "!info tardif").await;
    let first_device = stage.settings.clone();
    stage.move_to_a_new_machine().await;
    let notebook = Notebook::new();
    stage.start(notebook.clone()).await;
    notebook.until(1).await;
    stage.stop().await;

    // The first device takes the message, and with it puts the key into the backup.
    let second_device = std::mem::replace(&mut stage.settings, first_device);
    let elsewhere = Notebook::new();
    stage.start(elsewhere.clone()).await;
    elsewhere.until_read(&message).await;
    stage.until_backed_up().await;
    stage.stop().await;
    stage.settings = second_device;
    stage.start(notebook.clone()).await;

    assert_eq!(notebook.until_read(&message).await[0].what, said(&message, "!info tardif"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn logging_in_again_keeps_the_identity() {
    let mut stage = synapse_stage().await;
    let before = stage.identity_of_the_bot().await;
    let elsewhere = TempDir::new().unwrap();
    let mut settings = stage.settings.clone();
    settings.state_directory = elsewhere.path().join("matrix");

    for recovery_key in [None, Some("EsTc 5rr1 wrong")] {
        let refused = login(&settings, &stage.bot.password, recovery_key).await.unwrap_err();
        assert_eq!(refused, Fault::Permanent { cause: Cause::RecoveryKeyNeeded }, "{recovery_key:?}");
        assert!(!settings.state_directory.join("session.json").exists());
    }
    assert_eq!(stage.devices_of_the_bot().await, 1, "a device that could not be signed is not left behind");

    let logged_in = login(&settings, &stage.bot.password, Some(&stage.recovery_key)).await.unwrap();
    assert!(logged_in.new_recovery_key.is_none(), "the one given still holds");
    assert_eq!(stage.identity_of_the_bot().await, before);
    MatrixChat::restore(settings).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn logging_in_twice_on_one_machine_keeps_the_device() {
    let mut stage = synapse_stage().await;
    let before = stage.identity_of_the_bot().await;

    let logged_in = login(&stage.settings, &stage.bot.password, Some(&stage.recovery_key)).await.unwrap();
    assert!(logged_in.new_recovery_key.is_none());
    let logged_in = login(&stage.settings, &stage.bot.password, None).await.unwrap();
    let renewed = logged_in.new_recovery_key.expect("a lost recovery key is renewed");
    assert_ne!(renewed.reveal(), stage.recovery_key);

    assert_eq!((stage.identity_of_the_bot().await, stage.devices_of_the_bot().await), (before, 1));
    stage.recovery_key = renewed.reveal().to_owned();
    stage.move_to_a_new_machine().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn a_wrong_password_is_said_to_be_one() {
    let stage = synapse_stage().await;
    let elsewhere = TempDir::new().unwrap();
    let mut settings = stage.settings.clone();
    settings.state_directory = elsewhere.path().join("matrix");

    let refused = login(&settings, "not the password", None).await.unwrap_err();
    assert_eq!(refused, Fault::Permanent { cause: Cause::CredentialsRefused });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn the_session_is_for_one_process_and_its_owner_alone() {
    let mut stage = synapse_stage().await;
    stage.start(Notebook::new()).await;

    let second = MatrixChat::restore(stage.settings.clone()).await.err().unwrap();
    assert_eq!(*second.cause(), Cause::SessionInUse);

    let directory = stage.settings.state_directory.clone();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    assert_eq!(mode(&directory.join("session.json")), 0o600);
    assert_eq!(mode(&directory.join("store")), 0o700);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn a_device_that_was_logged_out_needs_a_person() {
    let mut stage = synapse_stage().await;
    stage.log_the_device_out().await;

    let chat = MatrixChat::restore(stage.settings.clone()).await.unwrap();
    let outcome = chat.listen(Notebook::new().as_ref(), CancellationToken::new()).await;
    assert_eq!(outcome, Err(Fault::Permanent { cause: Cause::CredentialsRefused }));
    drop(chat);

    // Logging in again makes a new device of the same identity.
    let (password, recovery_key) = (stage.bot.password.clone(), stage.recovery_key.clone());
    login(&stage.settings, &password, Some(&recovery_key)).await.unwrap();
    stage.start(Notebook::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn without_a_session_one_is_told_to_log_in() {
    let mut stage = synapse_stage().await;
    let elsewhere = TempDir::new().unwrap();
    stage.settings.state_directory = elsewhere.path().to_owned();
    let fault = MatrixChat::restore(stage.settings.clone()).await.err().unwrap();
    assert_eq!(fault, Fault::Permanent { cause: Cause::NotLoggedIn });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn a_room_that_does_not_work_is_told_why() {
    let mut stage = synapse_stage().await;
    stage.start(Notebook::new()).await;
    let bot = stage.bot.user.clone();
    let cause = |fault: Result<String, Fault>| fault.unwrap_err().cause().clone();

    let elsewhere = RoomId("!nowhere:localhost".to_owned());
    assert_eq!(cause(stage.chat().probe(&elsewhere).await), Cause::NotInRoom);
    let said_elsewhere = stage.chat().say(&key("elsewhere"), &elsewhere, None, &Prose::text("?")).await;
    assert_eq!(said_elsewhere, Err(Fault::Transient { cause: Cause::NotInRoom, retry_at: None }));

    stage.mute_the_bot().await;
    assert!(matches!(cause(stage.chat().probe(&stage.room()).await), Cause::Forbidden(_)));
    let muted = stage.chat().say(&key("muted"), &stage.room(), None, &Prose::text("?")).await.unwrap_err();
    assert!(matches!(muted, Fault::Transient { cause: Cause::Forbidden(_), .. }), "{muted:?}");

    let room = stage.room.clone();
    stage.officer(Person::Martin).kick(&room, &bot).await;
    assert_eq!(cause(stage.chat().probe(&stage.room()).await), Cause::NotInRoom);
    let kicked = stage.chat().say(&key("kicked"), &stage.room(), None, &Prose::text("?")).await.unwrap_err();
    assert!(matches!(kicked, Fault::Transient { .. }), "{kicked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn what_is_too_large_is_never_sent_again() {
    let mut stage = synapse_stage().await;
    stage.start(Notebook::new()).await;
    let large = Prose::text("é".repeat(40_000));
    let fault = stage.chat().say(&key("large"), &stage.room(), None, &large).await.unwrap_err();
    assert!(matches!(fault, Fault::Permanent { cause: Cause::Refused(_) }), "{fault:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Synapse: tests/run starts one"]
async fn what_one_device_has_said_is_found_by_the_bots_other_device() {
    let mut stage = synapse_stage().await;
    let here = Notebook::new();
    stage.start(here.clone()).await;
    let elsewhere = TempDir::new().unwrap();
    let mut settings = stage.settings.clone();
    settings.state_directory = elsewhere.path().join("matrix");
    login(&settings, &stage.bot.password, Some(&stage.recovery_key)).await.unwrap();
    let other = Arc::new(MatrixChat::restore(settings).await.unwrap());
    let (there, stop) = (Notebook::new(), CancellationToken::new());
    let listening = tokio::spawn({
        let (other, there, stop) = (other.clone(), there.clone(), stop.clone());
        async move { other.listen(there.as_ref(), stop).await }
    });
    let fence = stage.says(Person::Martin, "tous là ?").await;
    here.until_read(&fence).await;
    there.until_read(&fence).await;

    let room = stage.room();
    let words = Prose::text("Une carte");
    let card = stage.chat().say(&key("card"), &room, None, &words).await.unwrap();
    let answer = stage.chat().say(&key("answer"), &room, Some(&card), &words).await.unwrap();

    assert_eq!(other.said(&key("card"), &room).await, Ok(Some(card)));
    assert_eq!(other.said(&key("answer"), &room).await, Ok(Some(answer)));
    assert_eq!(other.said(&key("nothing"), &room).await, Ok(None));
    stop.cancel();
    listening.await.unwrap().unwrap();
}
