//! `portevoix lint`: many drafts in, one answer a line out.

use std::fs;
use std::path::Path;

use portevoix::app::lint::lint;
use serde_json::{Value, json};

fn answers(lines: &str, commands: Option<&Path>) -> (Vec<Value>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("drafts.jsonl");
    fs::write(&file, lines).unwrap();
    let (mut out, mut trouble) = (Vec::new(), Vec::new());
    lint(&file, commands, &mut out, &mut trouble).unwrap();
    let lines = String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (lines, String::from_utf8(trouble).unwrap())
}

#[test]
fn every_line_has_its_answer_in_the_same_order() {
    let (answers, trouble) = answers(
        "{\"id\":\"a\",\"command\":\"info\",\"text\":\"Clio AB-123-CD\",\"fields\":{}}\n\
         {\"id\":2,\"text\":\"!disparition roux\",\"fields\":{\"nom\":\"Malo\",\"age\":15,\"parquet\":null}}\n\
         \n\
         {\"id\":\"c\",\"command\":\"inconnue\",\"text\":\"x\"}\n\
         pas du json\n\
         {\"id\":\"e\",\"command\":\"info\"}\n",
        None,
    );
    assert_eq!(answers.len(), 5);
    assert_eq!(answers[0]["warn"], json!(["plate"]));
    assert_eq!(answers[0]["words"], json!({"plate": "AB-123-CD"}));
    assert!(answers[0]["why"]["plate"].as_str().unwrap().contains("RGPD"), "{}", answers[0]);
    assert_eq!(answers[1]["id"], json!(2));
    assert_eq!(answers[1]["block"], json!(["critere_disparition", "parquet_agreement", "minor_identity"]));
    assert_eq!(answers[2], json!({"id": "c", "error": "je ne connais pas la commande « inconnue »"}));
    assert_eq!(answers[3]["id"], Value::Null);
    assert_eq!(answers[4], json!({"id": "e", "block": [], "warn": [], "words": {}, "why": {}}));
    assert!(trouble.starts_with("3 brouillon(s) contrôlé(s), 2 ligne(s) illisible(s)"), "{trouble}");
}

#[test]
fn a_folder_of_ones_own_may_have_checks_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("info.toml"), include_str!("../../commands/info.toml")).unwrap();
    let line = "{\"id\":1,\"command\":\"info\",\"text\":\"Un hérisson, AB-123-CD\"}\n";
    assert_eq!(
        answers(line, Some(folder.path())).0[0]["warn"],
        json!(["plate"]),
        "without a file, those of the program"
    );
    let own = "[[check]]\ncode = \"hedgehog\"\nseverity = \"block\"\nwhy = \"Pas de hérisson.\"\n[[check.rule]]\nfind = [\"hérisson\"]\n";
    fs::write(folder.path().join("verifications.toml"), own).unwrap();
    let answer = answers(line, Some(folder.path())).0.remove(0);
    assert_eq!((&answer["block"], &answer["warn"]), (&json!(["hedgehog"]), &json!([])));
}
