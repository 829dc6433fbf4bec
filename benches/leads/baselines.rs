//! What a simpler tool would do with the same flood: by time, exact duplicates, MinHash with "j'ai vu" on top.

use std::collections::HashMap;

use portevoix::leads::cards::Card;
use portevoix::leads::marks::Marks;
use portevoix::leads::reading::Class;

use crate::floods::Flood;

/// Each answer a card, as they came.
pub fn chronological(flood: &Flood) -> Vec<Card> {
    (0..flood.answers.len()).map(|at| card(flood, &[at])).collect()
}

/// Equal texts are one card, as they came.
pub fn exact_duplicates(flood: &Flood) -> Vec<Card> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, (answer, _)) in flood.answers.iter().enumerate() {
        let group = *known.entry(answer.text.trim().to_lowercase()).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(at);
    }
    groups.iter().map(|members| card(flood, members)).collect()
}

/// The usual recipe: MinHash of three-word shingles in 16 bands of 4 (a threshold of about one half), then the groups whose
/// first text has "j'ai vu" before the others.
pub fn min_hash(flood: &Flood) -> Vec<Card> {
    const BANDS: u64 = 16;
    const ROWS: u64 = 4;
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut bands: HashMap<(u64, u64), usize> = HashMap::new();
    for (at, (answer, _)) in flood.answers.iter().enumerate() {
        let words: Vec<String> = answer.text.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let shingles: Vec<u64> =
            words.windows(3.min(words.len().max(1))).map(|shingle| hash(&shingle.join(" "), 0)).collect();
        let keys: Vec<(u64, u64)> = (0..BANDS)
            .map(|band| {
                let rows = (0..ROWS)
                    .map(|row| shingles.iter().map(|shingle| mixed(*shingle, band * ROWS + row)).min().unwrap_or(0));
                (band, rows.fold(17, |key, least| mixed(key ^ least, 99)))
            })
            .collect();
        let found = keys.iter().find_map(|key| bands.get(key)).copied().unwrap_or_else(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[found].push(at);
        for key in keys {
            bands.entry(key).or_insert(found);
        }
    }
    groups.sort_by_key(|members| !flood.answers[members[0]].0.text.to_lowercase().contains("j'ai vu"));
    groups.iter().map(|members| card(flood, members)).collect()
}

fn card(flood: &Flood, members: &[usize]) -> Card {
    let members = members.iter().map(|at| flood.answers[*at].0.id.clone()).collect();
    Card {
        rank: 0,
        group: None,
        class: Class::Other,
        members,
        reasons: Vec::new(),
        marks: Marks::default(),
        new_facts: Vec::new(),
    }
}

fn hash(text: &str, seed: u64) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn mixed(value: u64, seed: u64) -> u64 {
    let mixed = (value ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb)
}
