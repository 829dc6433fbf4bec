//! The labelled answers that were written by hand, apart from the rules.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use portevoix::leads::lines;
use serde_json::Value;

use crate::floods::{Flood, Label};

/// Their names. The rules were changed after looking at what was missed in the first; never for the other two.
pub const LABELLED: [&str; 3] = ["girl", "car", "rob"];

/// Reads one of them.
pub fn labelled(name: &str) -> Flood {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data");
    let read = |file: String| fs::read_to_string(folder.join(file)).expect("the data is in the repository");
    let appeal = lines::appeal(&read(format!("leads-{name}.appeal.json"))).expect("it is an appeal").appeal;
    let mut families: HashMap<String, u32> = HashMap::new();
    let text = read(format!("leads-{name}.jsonl"));
    let answers = text.lines().map(|line| {
        let answer = lines::answer(line.as_bytes()).expect("it is an answer");
        let value: Value = serde_json::from_str(line).expect("it is JSON");
        let label = &value["label"];
        let is = |what: &str| label[what].as_bool().unwrap_or(false);
        let next = u32::try_from(families.len()).unwrap_or(0);
        let family = label["family"].as_str().map(|family| *families.entry(family.to_owned()).or_insert(next));
        (
            answer,
            Label { is_story: is("story"), family, adds: is("adds"), pii: is("pii"), accusation: is("accusation") },
        )
    });
    Flood { name: format!("by hand: {name}"), appeal, answers: answers.collect() }
}
