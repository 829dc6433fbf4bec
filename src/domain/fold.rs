//! Folds what people type so that accents, capitals and look-alike signs do not matter when words are compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents; ligatures are opened, typographic apostrophes and hyphens become the plain ones, and
/// runs of white space become one space. `"  Numéro de TÉLÉPHONE "` becomes `"numero de telephone"`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            '\u{2018}' | '\u{2019}' | '\u{02BC}' => folded.push('\''),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push('-'),
            c if c.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c => folded.push(c),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// [`fold`] for the names of fields: spaces and hyphens become underscores. `"Tel service"` becomes `"tel_service"`.
pub fn fold_name(text: &str) -> String {
    fold(text).replace([' ', '-', '\''], "_")
}
