//! `audit` and `store` at the terminal: what an administrator types, what is answered, and what is on the disk then.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;
use rusqlite::Connection;

use crate::approval::APPEAL;
use crate::harness::installation::Installation;

/// An installation in which Martin typed so many appeals, and whose bot was stopped.
async fn with_appeals(count: usize) -> Installation {
    let installation = Installation::new();
    let bot = installation.starts().await;
    for _ in 0..count {
        installation.martin_types(APPEAL).await;
    }
    bot.stops().await;
    installation
}

fn tamper(installation: &Installation, sql: &str) {
    Connection::open(installation.database()).unwrap().execute_batch(sql).unwrap();
}

/// What was said, with the hashes left out: they differ from run to run.
fn without_hashes(says: &str) -> String {
    let words = says.split_inclusive([' ', '\n']);
    let is_hash = |word: &&str| word.trim().len() == 64 && word.trim().bytes().all(|byte| byte.is_ascii_hexdigit());
    words.map(|word| if is_hash(&word) { word.replace(word.trim(), "…") } else { word.to_owned() }).collect()
}

fn mode(installation: &Installation, name: &str) -> u32 {
    fs::metadata(installation.path(name)).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn the_journal_is_verified_beside_the_running_bot_and_after_it_was_killed() {
    let installation = Installation::new();
    let bot = installation.starts().await;
    installation.martin_types(APPEAL).await;
    let ran = installation.runs("audit verify …").await;
    assert_eq!(ran.code, 0);
    assert_snapshot!(without_hashes(&ran.says), @"✓ 44 : 1 ligne(s), 1 brouillon(s) ; la dernière ligne a l'empreinte …");
    bot.dies().await;
    let ran = installation.runs("audit verify …").await;
    assert_eq!((ran.code, ran.says.contains("✓ 44 : 1 ligne(s)")), (0, true), "{}", ran.says);
    // The look has changed nothing that would keep the bot from starting.
    installation.starts().await.stops().await;
}

#[tokio::test]
async fn the_first_broken_line_is_named_in_words_and_the_exit_code_says_so() {
    let installation = with_appeals(3).await;
    tamper(&installation, "UPDATE journal SET at = at - 1 WHERE position = 2");
    let ran = installation.runs("audit verify …").await;
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.says, @r"
    ✗ 44 : ligne 2, brouillon 44-2 : son empreinte n'est pas celle de son contenu après la ligne précédente ; elle a été modifiée, ajoutée ou déplacée. 1 ligne(s) vérifiée(s) avant.
    Des points sont à régler, ci-dessus.
    ");
    let ran = installation.runs("audit verify … --directorate 75").await;
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.says, @"La base n'a pas de main courante d'une direction « 75 » ; elle a : 44.");
}

#[tokio::test]
async fn an_export_is_for_its_owner_alone_and_proves_itself_and_the_database() {
    let installation = with_appeals(2).await;
    let ran = installation.runs("audit export copie.jsonl …").await;
    assert_snapshot!(ran.says, @"✓ copie.jsonl : 2 ligne(s), 1 direction(s)");
    assert_eq!(mode(&installation, "copie.jsonl"), 0o600);
    assert!(!installation.path("copie.jsonl.new").exists());
    let alone = installation.runs("audit verify --file copie.jsonl").await;
    assert_eq!(alone.code, 0);
    assert_snapshot!(without_hashes(&alone.says), @"✓ 44 : 2 ligne(s) dans le fichier ; la dernière a l'empreinte …");
    // The same on standard output, and never over another file.
    let printed = installation.runs("audit export …").await.says;
    assert_eq!(printed, fs::read_to_string(installation.path("copie.jsonl")).unwrap());
    let again = installation.runs("audit export copie.jsonl …").await;
    assert_eq!(again.code, 1);
    assert_snapshot!(again.says, @"copie.jsonl existe déjà : donnez un autre nom, rien n'est remplacé.");
    // Somebody rewrites all of the journal and hashes it well: the database alone can't tell.
    fs::remove_file(installation.database()).unwrap();
    let bot = installation.starts().await;
    for _ in 0..3 {
        installation.martin_types(APPEAL).await;
    }
    bot.stops().await;
    assert_eq!(installation.runs("audit verify …").await.code, 0);
    let held_against = installation.runs("audit verify … --file copie.jsonl").await;
    assert_eq!(held_against.code, 1);
    assert_snapshot!(without_hashes(&held_against.says), @r"
    ✓ 44 : 2 ligne(s) dans le fichier ; la dernière a l'empreinte …
    ✓ 44 : 3 ligne(s), 3 brouillon(s) ; la dernière ligne a l'empreinte …
    ✗ 44 : la ligne 2 du fichier est une autre dans la base. La main courante a été coupée ou réécrite depuis, ou la base remise dans un état plus ancien.
    Des points sont à régler, ci-dessus.
    ");
}

#[tokio::test]
async fn an_export_that_was_changed_is_found_out() {
    let installation = with_appeals(3).await;
    installation.runs("audit export copie.jsonl …").await;
    let whole = fs::read_to_string(installation.path("copie.jsonl")).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let mut said = String::new();
    let changes: [(&str, String); 7] = [
        ("with words beside a line", whole.replacen('{', "{\"remarque\":\"vu\",", 1)),
        ("changed", whole.replacen("Bouffay", "Commerce", 1)),
        ("without its last line", lines[..3].join("\n")),
        ("without the line before the last", [&lines[..2], &lines[3..]].concat().join("\n")),
        ("without the first", lines[1..].join("\n")),
        ("with something after it", format!("{whole}{}\n", lines[0])),
        ("cut in the middle of a line", whole[..whole.len() / 2].to_owned()),
    ];
    for (what, text) in changes {
        fs::write(installation.path("autre.jsonl"), text).unwrap();
        let ran = installation.runs("audit verify --file autre.jsonl").await;
        assert_eq!(ran.code, 1, "{what}: {}", ran.says);
        said.push_str(&format!("{what}: {}\n", ran.says.lines().next().unwrap()));
    }
    assert_snapshot!(said);
}

#[tokio::test]
#[ignore = "needs a real Python: tests/run has one"]
async fn the_python_of_the_manual_verifies_an_export() {
    let installation = with_appeals(3).await;
    installation.runs("audit export copie.jsonl …").await;
    let manual = include_str!("../../docs/administration.md");
    let script = manual.split("```python\n").nth(1).unwrap().split("```").next().unwrap();
    let verifies = |name: &str| {
        let mut python = std::process::Command::new("python3");
        python.args(["-c", script]).arg(installation.path(name)).status().unwrap().success()
    };
    assert!(verifies("copie.jsonl"));
    let whole = fs::read_to_string(installation.path("copie.jsonl")).unwrap();
    for (name, text) in [
        ("faux.jsonl", whole.replacen("Bouffay", "Commerce", 1)),
        ("coupe.jsonl", whole.lines().take(3).map(|line| format!("{line}\n")).collect()),
    ] {
        fs::write(installation.path(name), text).unwrap();
        assert!(!verifies(name), "{name}");
    }
}

#[tokio::test]
async fn a_backup_is_taken_while_the_bot_runs_and_put_back_once_it_is_stopped() {
    let installation = Installation::new();
    let bot = installation.starts().await;
    installation.martin_types(APPEAL).await;
    let ran = installation.runs("store backup copie.db …").await;
    assert_eq!(ran.code, 0, "{}", ran.says);
    assert!(ran.says.contains("✓ 44 : 1 ligne(s), 1 brouillon(s)"), "{}", ran.says);
    assert_eq!(mode(&installation, "copie.db"), 0o600);
    let beside = ["copie.db.new", "copie.db-wal", "copie.db-journal"].map(|name| installation.path(name).exists());
    assert_eq!(beside, [false; 3]);
    installation.martin_types(APPEAL).await;
    let refused = installation.runs("store restore copie.db …").await;
    assert_eq!(refused.code, 1);
    assert_snapshot!(refused.says, @"Un bot travaille déjà avec entrainement.db : arrêtez-le d'abord.");
    // Killed: what it had in its -wal is kept with the old database.
    bot.dies().await;
    let ran = installation.runs("store restore copie.db …").await;
    assert_eq!(ran.code, 0, "{}", ran.says);
    let kept = ran.says.lines().find_map(|line| line.strip_prefix("  L'ancienne base est gardée : ")).unwrap();
    let drafts = |name: &str| -> i64 {
        let database = Connection::open(installation.path(name)).unwrap();
        database.query_row("SELECT COUNT(*) FROM drafts", [], |row| row.get(0)).unwrap()
    };
    assert_eq!((drafts(kept), drafts("entrainement.db")), (2, 1));
    assert_eq!(mode(&installation, "entrainement.db"), 0o600);
    assert_snapshot!(without_hashes(&ran.says.replace(kept, "….before-restore-…")));
    let bot = installation.starts().await;
    installation.martin_types(APPEAL).await;
    bot.stops().await;
    let next: i64 = Connection::open(installation.database())
        .unwrap()
        .query_row("SELECT MAX(serial) FROM drafts", [], |row| row.get(0))
        .unwrap();
    assert_eq!(next, 2001);
    assert_eq!(installation.runs("audit verify …").await.code, 0);
}

#[tokio::test]
async fn a_file_that_is_no_sound_backup_is_refused_and_changes_nothing() {
    let installation = with_appeals(3).await;
    installation.runs("store backup copie.db …").await;
    let before = fs::read(installation.database()).unwrap();
    let version = |row: &rusqlite::Row<'_>| row.get(0);
    let backup = Connection::open(installation.path("copie.db")).unwrap();
    let schema: u32 = backup.query_row("PRAGMA user_version", [], version).unwrap();
    drop(backup);
    let whole = fs::read(installation.path("copie.db")).unwrap();
    let mut said = String::new();
    let mut refuses = async |what: &str, name: &str| {
        let ran = installation.runs(&format!("store restore {name} …")).await;
        assert_eq!(ran.code, 1, "{what}: {}", ran.says);
        assert_eq!(fs::read(installation.database()).unwrap(), before, "{what}");
        said.push_str(&format!("{what}:\n{}\n", ran.says.replace(&format!("connaît le {schema})"), "connaît le …)")));
    };
    refuses("not there", "rien.db").await;
    refuses("the database itself", "entrainement.db").await;
    fs::write(installation.path("mots.db"), "bonjour").unwrap();
    refuses("words", "mots.db").await;
    fs::write(installation.path("coupe.db"), &whole[..whole.len() / 2]).unwrap();
    refuses("cut short", "coupe.db").await;
    let other = Connection::open(installation.path("autre.db")).unwrap();
    other.execute_batch("CREATE TABLE a (b)").unwrap();
    drop(other);
    refuses("another program's", "autre.db").await;
    for (what, name, sql) in [
        ("newer", "neuf.db", "PRAGMA user_version = 99"),
        ("tampered with", "faux.db", "UPDATE journal SET at = at - 1 WHERE position = 2"),
    ] {
        fs::write(installation.path(name), &whole).unwrap();
        Connection::open(installation.path(name)).unwrap().execute_batch(sql).unwrap();
        refuses(what, name).await;
    }
    assert_snapshot!(said);
    let left: Vec<String> = fs::read_dir(installation.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("restoring") || name.contains("before-restore"))
        .collect();
    assert_eq!(left, [""; 0]);
}

#[tokio::test]
async fn a_backup_never_takes_the_place_of_another_file() {
    let installation = with_appeals(1).await;
    let ran = installation.runs("store backup entrainement.db …").await;
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.says, @"entrainement.db existe déjà : donnez un autre nom (avec la date, par exemple). Une sauvegarde n'en remplace aucune autre.");
    let ran = installation.runs("store backup absent/copie.db …").await;
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.says, @"absent/copie.db ne peut pas être écrit (No such file or directory (os error 2)).");
}

#[tokio::test]
async fn a_database_that_was_put_back_by_hand_is_marked() {
    let installation = Installation::new();
    let nothing = installation.runs("store restored …").await;
    assert_eq!((nothing.code, &*nothing.says), (1, "Il n'y a pas de base entrainement.db.\n"));
    let bot = installation.starts().await;
    installation.martin_types(APPEAL).await;
    let refused = installation.runs("store restored …").await;
    assert_eq!((refused.code, refused.says.contains("arrêtez-le d'abord")), (1, true), "{}", refused.says);
    bot.stops().await;
    let ran = installation.runs("store restored …").await;
    assert_eq!(ran.code, 0, "{}", ran.says);
    assert!(ran.says.contains("✓ La base est marquée"), "{}", ran.says);
    let bot = installation.starts().await;
    installation.martin_types(APPEAL).await;
    bot.stops().await;
    let database = Connection::open(installation.database()).unwrap();
    let next: i64 = database.query_row("SELECT MAX(serial) FROM drafts", [], |row| row.get(0)).unwrap();
    assert_eq!(next, 2001);
}
