//! A full disk: what is typed meanwhile waits, and is taken once when there is room again.

use serde_json::json;

use crate::approval::APPEAL;
use crate::harness::http::request;
use crate::harness::small_disk::start_on_a_small_disk;

#[tokio::test]
async fn what_is_typed_while_the_disk_is_full_is_taken_once_there_is_room() {
    let mut bot = start_on_a_small_disk().await;
    bot.fills_the_disk().await;
    let server = bot.server.clone();
    let mut typed = tokio::spawn(async move {
        let headers = [("Content-Type", "application/json"), ("Origin", &*format!("http://{server}"))];
        let appeal = json!({ "person": "martin", "room": "brigade-44", "text": APPEAL }).to_string();
        request(&server, "POST", "/say", &headers, &appeal).await.status
    });
    tokio::select! {
        answer = &mut typed => panic!("answered while the disk was full: {answer:?}"),
        () = bot.logs("could not record an arrival; trying again") => {}
    }
    assert_eq!((bot.count("arrivals"), bot.count("drafts")), (0, 0), "nothing of it is half there");
    bot.frees_the_disk().await;
    assert_eq!(typed.await.unwrap(), 200);
    assert_eq!((bot.count("arrivals"), bot.count("drafts")), (1, 1));
}
