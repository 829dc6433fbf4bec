//! The rules of the house that the compiler does not know: who may import whom, and how a file looks.

use std::fs;
use std::path::Path;

/// Who may import whom, as DESIGN.md says: each module of `src` with the modules of ours that it may name.
const MAY_IMPORT: [(&str, &[&str]); 15] = [
    ("domain", &[]),
    ("command", &["domain"]),
    ("port", &["domain"]),
    ("store", &["domain"]),
    ("darkroom", &["domain"]),
    ("poster", &[]),
    ("leads", &["domain"]),
    ("wording", &["domain", "command"]),
    ("config", &["domain", "command"]),
    ("chat", &["port", "domain"]),
    ("network", &["port", "domain"]),
    ("engine", &["domain", "command", "port", "store", "darkroom", "leads", "poster", "wording"]),
    (
        "app",
        &[
            "domain", "command", "port", "store", "darkroom", "leads", "poster", "wording", "config", "chat",
            "network", "engine",
        ],
    ),
    ("main", &["app"]),
    ("lib", &[]),
];

/// The most lines of a file in `src`: beyond it a file says more than one thing.
const MOST_LINES: usize = 400;

/// A Rust file of the repository.
struct Source {
    /// From the root of the repository, with forward slashes.
    path: String,
    text: String,
}

#[test]
fn the_house_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "tests", "benches"] {
        collect(root, &root.join(folder), &mut sources);
    }
    assert!(sources.iter().any(|source| source.path == "src/domain/name.rs"), "no sources were found");
    let untidy: Vec<String> = sources.iter().flat_map(untidy).collect();
    assert!(untidy.is_empty(), "{} untidy places:\n{}", untidy.len(), untidy.join("\n"));
}

/// Gathers every Rust file below a folder, by name.
fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            sources.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

/// Everything that is untidy in a file, each with file and line.
fn untidy(source: &Source) -> Vec<String> {
    let bare = bare(&source.text);
    let in_src = source.path.starts_with("src/");
    let mut found = Vec::new();
    if !source.text.starts_with("//! ") {
        found.push((1, "open the file with one `//!` sentence for a newcomer".to_owned()));
    }
    let lines = source.text.lines().count();
    if in_src && lines > MOST_LINES {
        found.push((lines, format!("{lines} lines, at most {MOST_LINES}: split what it says")));
    }
    if in_src {
        found.extend(forbidden_imports(&source.path, &bare));
    }
    for (line, text) in (1..).zip(bare.lines()) {
        let says = |message: &str| Some((line, message.to_owned()));
        let is_reexport = words(text).windows(2).any(|pair| pair[1].1 == "use" && pair[0].1 == "pub")
            || text.trim_start().starts_with("pub(") && text.contains(") use ");
        found.extend(is_reexport.then(|| says("no `pub use`: import from the defining file")).flatten());
        for (at, word) in words(text) {
            let rest = text[at + word.len()..].trim_start();
            let before = text[..at].trim_end();
            found.extend(match word {
                "super" if rest.starts_with("::") => says("no `super`: write the path from `crate::`"),
                "allow" if rest.starts_with('(') && (text.contains("#[") || text.contains("#![")) => {
                    says("no `#[allow]`: write `#[expect(.., reason = \"..\")]`")
                }
                "sleep" if !in_src && rest.starts_with('(') && !before.ends_with("fn") => {
                    says("no sleep in tests: wait for what is to happen")
                }
                _ => None,
            });
        }
    }
    found.sort();
    found.into_iter().map(|(line, message)| format!("{}:{line}: {message}", source.path)).collect()
}

/// The imports of a file of `src` that the table does not allow, by line.
fn forbidden_imports(path: &str, bare: &str) -> Vec<(usize, String)> {
    let module = path.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default();
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
        return vec![(
            1,
            format!("`{module}` is not in the table of who may import whom (DESIGN.md, tests/it/tidy.rs)"),
        )];
    };
    let forbidden =
        imports(bare).into_iter().filter(|(_, import)| import != module && !allowed.contains(&import.as_str()));
    let told = |(line, import): (usize, String)| {
        let may = if allowed.is_empty() { "nothing of ours".to_owned() } else { allowed.join(", ") };
        (line, format!("`{module}` may not import `{import}` (it may import: {may})"))
    };
    forbidden.map(told).collect()
}

/// The modules of ours that a text names, by line: `crate::x`, `portevoix::x` and each branch of `crate::{x, y}`.
fn imports(bare: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, word) in words(bare) {
        let rest = bare[at + word.len()..].trim_start();
        let starts = match rest.strip_prefix("::") {
            Some(path) => branches(bare, bare.len() - path.trim_start().len()),
            None if rest.starts_with("as ") => vec![bare.len() - rest.len()],
            None => Vec::new(),
        };
        for start in starts.into_iter().filter(|_| matches!(word, "crate" | "portevoix")) {
            // A glob or another name for the whole crate names everything.
            let name = words(&bare[start..])
                .first()
                .filter(|(at, name)| *at == 0 && *name != "as")
                .map_or("*", |(_, name)| *name);
            found.push((bare[..start].matches('\n').count() + 1, name.to_owned()));
        }
    }
    found
}

/// Where each branch of a path begins: the path itself, or each entry of the group in braces that it is.
fn branches(bare: &str, start: usize) -> Vec<usize> {
    if !bare[start..].starts_with('{') {
        return vec![start];
    }
    let mut begins = Vec::new();
    let mut depth = 0;
    for (at, c) in bare[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        let entry = start + at + 1;
        let is_last = bare[entry..].trim_start().starts_with('}');
        if depth == 1 && matches!(c, '{' | ',') && !is_last {
            begins.push(entry + bare[entry..].len() - bare[entry..].trim_start().len());
        }
        if depth == 0 {
            break;
        }
    }
    begins
}

/// The identifiers and keywords of a text with where they begin.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(begin) = rest.find(is_word_character) {
        let word = &rest[begin..];
        let word = &word[..word.find(|c| !is_word_character(c)).unwrap_or(word.len())];
        found.push((text.len() - rest.len() + begin, word));
        rest = &rest[begin + word.len()..];
    }
    found
}

fn is_word_character(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text without its comments and the insides of its literals, line for line.
fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = skipped(rest, bare.chars().next_back());
        if skipped == 0 {
            bare.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            bare.push(' ');
            bare.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
            rest = &rest[skipped..];
        }
    }
    bare
}

/// How many bytes of comment or literal stand at the beginning of a text; `before` is the character before it.
fn skipped(text: &str, before: Option<char>) -> usize {
    let until = |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return block_comment(text);
    }
    if text.starts_with('r') && !before.is_some_and(|c| is_word_character(c) && !matches!(c, 'b' | 'c')) {
        let hashes = text[1..].len() - text[1..].trim_start_matches('#').len();
        if text[1 + hashes..].starts_with('"') {
            return until(&format!("\"{}", "#".repeat(hashes)), hashes + 2);
        }
    }
    if text.starts_with('"') {
        return quoted(text, '"');
    }
    // A lifetime has no closing quote one character on; a character literal has, or begins with a backslash.
    let mut after = text.chars().skip(1);
    let is_character = match (after.next(), after.next()) {
        (Some('\\'), _) => true,
        (_, second) => second == Some('\''),
    };
    if text.starts_with('\'') && is_character { quoted(text, '\'') } else { 0 }
}

/// The length of a literal in quotes, backslashes minded.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    text.len()
}

/// The length of a block comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let here = &text[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// What is said of a file with this text.
#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    let text = if text.starts_with("//!") { text.to_owned() } else { format!("//! A file.\n{text}") };
    assert_eq!(untidy(&Source { path: path.to_owned(), text }), expected);
}

#[test]
fn imports_run_downwards_only() {
    check("src/engine/inbox.rs", "use crate::store::journal::Journal;\nuse crate::engine::outbox::Outbox;", &[]);
    check(
        "src/engine/inbox.rs",
        "use crate::chat::matrix::Matrix;",
        &[
            "src/engine/inbox.rs:2: `engine` may not import `chat` (it may import: domain, command, port, store, darkroom, leads, poster, wording)",
        ],
    );
    check(
        "src/domain/seal.rs",
        "fn a() {\n    crate::store::open();\n}",
        &["src/domain/seal.rs:3: `domain` may not import `store` (it may import: nothing of ours)"],
    );
    check(
        "src/network/file.rs",
        "use crate::{\n    domain::{post::Post, name::AccountName},\n    chat::practice,\n    port,\n};",
        &["src/network/file.rs:4: `network` may not import `chat` (it may import: port, domain)"],
    );
    check(
        "src/app.rs",
        "use crate::main::x;",
        &[
            "src/app.rs:2: `app` may not import `main` (it may import: domain, command, port, store, darkroom, leads, poster, \
             wording, config, chat, network, engine)",
        ],
    );
    check(
        "src/main.rs",
        "use portevoix :: config::load;\nfn main() { portevoix::app::run() }",
        &["src/main.rs:2: `main` may not import `config` (it may import: app)"],
    );
    check(
        "src/port/chat.rs",
        "use crate::*;\nuse crate as house;\nmacro_rules! m { () => { $crate::store::x() } }",
        &[
            "src/port/chat.rs:2: `port` may not import `*` (it may import: domain)",
            "src/port/chat.rs:3: `port` may not import `*` (it may import: domain)",
            "src/port/chat.rs:4: `port` may not import `store` (it may import: domain)",
        ],
    );
    check(
        "src/helpers/mod.rs",
        "",
        &["src/helpers/mod.rs:1: `helpers` is not in the table of who may import whom (DESIGN.md, tests/it/tidy.rs)"],
    );
}

#[test]
fn what_only_looks_like_an_import_is_none() {
    check(
        "src/domain/seal.rs",
        r####"
        /// See [`open`](crate::store::open). // crate::store
        /* crate::chat /* crate::store */ crate::engine */
        pub(crate) fn a<'a>(text: &'a str) -> (char, &'a str) {
            let b = "crate::store \" crate::chat"; let c = r#"crate::app " crate::app"#;
            let d = br##"crate::app "# crate::app"##; let e = b"\\"; let f = '"'; let g = '\''; let h = "é";
            (f, my_crate::store::x(b, c, d, e, g, h))
        }
        "####,
        &[],
    );
    let after = "use crate::store::x;";
    for literal in [r#""\\""#, "'\"'", r"'\''", "r\"\\\"", "b'\"'", "'é'", "/* \" */", "\"/*\""] {
        check(
            "src/domain/seal.rs",
            &format!("const A: X = {literal};\n{after}"),
            &["src/domain/seal.rs:3: `domain` may not import `store` (it may import: nothing of ours)"],
        );
    }
}

#[test]
fn each_habit_of_the_house_is_held() {
    check("src/app.rs", "//!\n", &["src/app.rs:1: open the file with one `//!` sentence for a newcomer"]);
    let text = "// A file.\nfn main() {}";
    let source = Source { path: "benches/decide.rs".to_owned(), text: text.to_owned() };
    assert_eq!(untidy(&source), ["benches/decide.rs:1: open the file with one `//!` sentence for a newcomer"]);
    check("src/app.rs", &"\n".repeat(399), &[]);
    check("src/app.rs", &"\n".repeat(400), &["src/app.rs:401: 401 lines, at most 400: split what it says"]);
    check("tests/it/config.rs", &"\n".repeat(1000), &[]);
    for line in ["pub use crate::domain::name::RoomId;", "    pub(crate) use crate::domain::name::RoomId;"] {
        check("src/app.rs", line, &["src/app.rs:2: no `pub use`: import from the defining file"]);
    }
    check("src/app.rs", "use super::x;", &["src/app.rs:2: no `super`: write the path from `crate::`"]);
    check("src/app.rs", "pub(super) fn supersede() {}", &[]);
    for line in ["#[allow(dead_code)]", "#![allow(dead_code)]", "#[cfg_attr(test, allow(dead_code))]"] {
        check("tests/it/main.rs", line, &["tests/it/main.rs:2: no `#[allow]`: write `#[expect(.., reason = \"..\")]`"]);
    }
    check("src/app.rs", "policy.allow(person)", &[]);
    for line in ["tokio::time::sleep(second).await;", "std::thread::sleep (second);", "sleep(second).await"] {
        check("tests/it/outbox.rs", line, &["tests/it/outbox.rs:2: no sleep in tests: wait for what is to happen"]);
    }
    check("tests/it/outbox.rs", "async fn sleep(&self) {}\nclock.sleep_until(time).await; // sleep(1)", &[]);
}
