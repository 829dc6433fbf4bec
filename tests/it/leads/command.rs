//! `portevoix leads sort` at the terminal: files in, cards out, and what is said of broken lines.

use std::fs;
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use tempfile::TempDir;

const APPEAL: &str = r#"{"ids":{"x":"1","mastodon":2},"at":"2026-03-12T10:00:00Z","account":"PNationale44","directorate":"44","text":"Disparition de Manon, 14 ans, à Nantes."}"#;

/// Sorts these bytes; returns standard output, standard error and the exit code.
fn sorts(appeal: &str, answers: &[u8]) -> (String, String, i32) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("appeal.json"), appeal).unwrap();
    fs::write(folder.path().join("answers.jsonl"), answers).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portevoix"));
    command
        .args(["leads", "sort", "--appeal", "appeal.json", "answers.jsonl"])
        .current_dir(folder.path())
        .stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

#[test]
fn cards_come_out_best_first_one_a_line() {
    let answers = r#"{"id":"a","at":"2026-03-12T10:01:00Z","author":"u1","author_created_days":3,"kind":"reply","in_reply_to":"1","text":"Merci !","has_image":false}
{"id":"b","text":"J'ai vu Manon à la gare hier vers 18h, appelez moi au 06 39 98 41 27"}
{"id":7,"at":null,"author":null,"kind":null,"in_reply_to":null,"text":null,"has_image":null}
{"id":"a","text":"Merci beaucoup !"}
"#;
    let (out, says, code) = sorts(APPEAL, answers.as_bytes());
    assert_eq!(code, 0);
    assert_snapshot!(out, @r#"
    {"rank":1,"members":["b"],"reasons":["témoin direct : « j'ai vu »","lieu : gare","heure : 18h00","moment : hier"],"marks":["pii"],"new_facts":[]}
    {"rank":2,"members":["a"],"reasons":["1 remerciement"],"marks":[],"new_facts":[]}
    {"rank":3,"members":["7"],"reasons":["1 réaction"],"marks":[],"new_facts":[]}
    "#);
    assert_snapshot!(says, @"✓ 3 réponse(s), 1 modification(s), 3 carte(s)");
}

#[test]
fn broken_lines_are_counted_and_named_and_the_rest_is_sorted() {
    let mut answers =
        b"{\"id\":\"1\",\"text\":\"merci\"}\nnon\n{\"text\":\"sans id\"}\n\n{\"id\":\"2\",\"text\":\"\xff\"}\n"
            .to_vec();
    answers.extend(format!("{{\"id\":\"3\",\"text\":\"{}\"}}\n", "a".repeat(2 << 20)).bytes());
    answers.extend(b"[1]\n{\"id\":\"4\",\"text\":\"bravo\"}");
    let (out, says, code) = sorts(APPEAL, &answers);
    assert_eq!(code, 0);
    assert_eq!(out.matches("\"rank\"").count(), 1);
    assert_snapshot!(says, @"
    ✓ 2 réponse(s), 1 carte(s)
    ✗ 5 ligne(s) laissée(s) de côté :
      ligne 2 : pas un objet JSON
      ligne 3 : pas d'« id »
      ligne 5 : octets qui ne sont pas de l'UTF-8
      ligne 6 : ligne trop longue
      ligne 7 : pas un objet JSON
    ");
}

#[test]
fn a_file_that_is_no_appeal_says_what_to_write() {
    let (_, says, code) = sorts("[]", b"");
    assert_eq!(code, 1);
    assert_snapshot!(says, @r#"appeal.json : pas un appel (pas un objet JSON). Écrire par exemple : {"ids":{"x":"1"},"account":"PNationale44","text":"…"}"#);
}

#[test]
fn no_answers_are_no_cards() {
    let (out, _, code) = sorts(APPEAL, b"");
    assert_eq!((out.as_str(), code), ("", 0));
}
