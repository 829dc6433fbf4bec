//! Reads the file as TOML; what is not TOML is noted line by line, in French, and reading goes on.

use toml::de::DeTable;

use crate::config::findings::Findings;

/// Typographic quotes, which word processors and telephones put in place of the plain ones.
const FANCY_QUOTES: [char; 8] = ['“', '”', '„', '«', '»', '‘', '’', '‚'];

/// Said of a key that is given again.
const KEY_TWICE: &str = "cette clé est déjà donnée plus haut dans la même partie ; n'en gardez qu'une";

/// Said of a title that is given again.
const TITLE_TWICE: &str = "ce titre est déjà donné plus haut ; n'en gardez qu'un (pour plusieurs directions, salons, \
                           membres ou comptes, il prend deux paires de crochets, comme `[[directorate]]`)";

/// The table that the file is, as far as it could be read.
pub fn read<'t>(text: &'t str, findings: &mut Findings) -> DeTable<'t> {
    let (table, errors) = DeTable::parse_recoverable(text);
    // In the order of the file, so that of several errors on one line the first is the one that is told.
    let mut errors: Vec<_> = errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
    errors.sort_by_key(|(span, _)| span.start);
    for (span, message) in errors {
        let line_start = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[line_start..].lines().next().unwrap_or_default().trim_start();
        let at = findings.line_of(span.start);
        if message.starts_with("duplicate key") {
            findings.broken(at, if line.starts_with('[') { TITLE_TWICE } else { KEY_TWICE });
        } else if line.contains(FANCY_QUOTES) {
            findings.broken(at, "les guillemets doivent être droits : `\"…\"`, pas `« … »`, `“…”` ni `’…’`");
        } else {
            findings.broken(at, explain(message));
        }
    }
    table.into_inner()
}

/// Puts an error of the `toml` crate in French. Nothing of the file's text is repeated: it could be a secret.
fn explain(message: &str) -> String {
    let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| message.starts_with(beginning));
    let told = if starts(&["string values must be quoted"]) {
        "il faut une valeur après `=`, et un texte se met entre guillemets droits : `clé = \"valeur\"`"
    } else if starts(&["invalid basic string", "invalid literal string", "missing opening quote"]) {
        "le texte n'est pas fermé : il manque le guillemet de la fin"
    } else if starts(&["missing escaped value"]) {
        "une barre oblique inversée s'écrit double entre guillemets : `\\\\`"
    } else if starts(&["key with no value", "missing value"]) {
        "il faut écrire `clé = \"valeur\"`"
    } else if starts(&["invalid unquoted key", "unquoted keys cannot be empty", "missing value for key"]) {
        "le nom d'une clé s'écrit en lettres sans accent, chiffres et `_`"
    } else if starts(&["unclosed table", "unclosed array table"]) {
        "il manque un crochet à la fin de ce titre : `[matrix]` ou `[[directorate]]`"
    } else if starts(&["unclosed array", "missing comma between array"]) {
        "la liste n'est pas fermée ou il y manque une virgule : `[\"un\", \"deux\"]`"
    } else if starts(&["unexpected content", "unexpected key or value"]) {
        "il y a quelque chose de trop en fin de ligne ; une seule clé par ligne, et une remarque commence par `#`"
    } else if starts(&["unexpected leading zero"]) {
        "un nombre ne commence pas par zéro ; un code de direction se met entre guillemets : `code = \"06\"`"
    } else {
        return format!("ce n'est pas du TOML (le lecteur dit, en anglais : {message})");
    };
    told.to_owned()
}
