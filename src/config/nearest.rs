//! Finds what was probably meant by a word that is not known.

use crate::domain::fold::fold_name;

/// The candidate nearest to what was typed, if one is near enough: at most a third of its letters (and always one) may
/// differ, which takes in a slip of the thumb and leaves out another word.
pub fn nearest<'c>(typed: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let typed = fold_name(typed);
    let distances = candidates.into_iter().map(|candidate| {
        let folded = fold_name(candidate);
        let most = (folded.chars().count() / 3).max(1);
        (strsim::damerau_levenshtein(&typed, &folded), most, candidate)
    });
    distances.filter(|(distance, most, _)| distance <= most).min_by_key(|(distance, ..)| *distance).map(|(.., c)| c)
}
