//! What people see of a text on Discord: a small reader of its markdown.

/// A text as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub text: String,
    /// Where it leads when it is clicked.
    pub links: Vec<String>,
    /// Whether it names people to call.
    pub mentions: bool,
}

/// Reads a text. Signs that mean something and are not escaped do what they mean.
pub fn shown(source: &str) -> Shown {
    let mut shown = Shown::default();
    for (number, line) in source.split('\n').enumerate() {
        if number > 0 {
            shown.text.push('\n');
        }
        let line = ["> ", "# ", "## ", "### ", "-# "].iter().find_map(|lead| line.strip_prefix(lead)).unwrap_or(line);
        match line.strip_prefix("- ").or(line.strip_prefix("* ")) {
            Some(item) => {
                shown.text.push_str("• ");
                inline(item, &mut shown);
            }
            None => inline(line, &mut shown),
        }
    }
    shown
}

fn inline(mut rest: &str, shown: &mut Shown) {
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if c == '\\' && after.starts_with(|c: char| c.is_ascii_punctuation()) {
            shown.text.push_str(&after[..1]);
            rest = &after[1..];
        } else if rest.starts_with("https://") || rest.starts_with("http://") {
            let end = rest.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(rest.len());
            shown.links.push(rest[..end].to_owned());
            shown.text.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if let Some((label, url, after)) = masked_link(rest) {
            shown.links.push(url.trim_matches(['<', '>']).to_owned());
            inline(label, shown);
            rest = after;
        } else if ["@everyone", "@here", "<@", "<#"].iter().any(|lead| rest.starts_with(lead)) {
            shown.mentions = true;
            shown.text.push(c);
            rest = after;
        } else {
            // Marks that format, hide or make code are not shown themselves.
            if !matches!(c, '*' | '_' | '~' | '|' | '`') {
                shown.text.push(c);
            }
            rest = after;
        }
    }
}

fn masked_link(text: &str) -> Option<(&str, &str, &str)> {
    let inner = text.strip_prefix('[')?;
    let mut escaped = false;
    let end = inner.char_indices().find(|(_, c)| {
        let ends = *c == ']' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    })?;
    let (label, after) = (&inner[..end.0], inner[end.0 + 1..].strip_prefix('(')?);
    let (url, after) = after.split_once(')')?;
    Some((label, url, after))
}
