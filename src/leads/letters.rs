//! Single signs and words as people type them: leet, look-alike letters, links, emojis, number plates.

/// Whether a word, so far, ends in a letter.
pub fn is_letter_before(word: &str) -> bool {
    word.chars().next_back().is_some_and(char::is_alphabetic)
}

/// Opens leet spelling ("v0leur", "c@mion"), look-alike letters and letters held down ("vuuuuue").
pub fn tidied(word: &str) -> String {
    // Most words are letters, and none held down.
    let bytes = word.as_bytes();
    let is_plain =
        bytes.iter().all(u8::is_ascii_lowercase) && !bytes.windows(3).any(|run| run[0] == run[1] && run[1] == run[2]);
    if is_plain {
        return word.to_owned();
    }
    let trimmed = word.trim_end_matches(|c: char| !c.is_alphanumeric());
    let has_latin = trimmed.chars().any(|c| c.is_ascii_lowercase());
    let characters: Vec<char> = trimmed.chars().collect();
    let is_letter = |at: usize| characters.get(at).is_some_and(|c| c.is_alphabetic());
    let mut tidy = String::with_capacity(trimmed.len());
    for (at, c) in characters.iter().copied().enumerate() {
        // Only a single sign between letters: "22h30", "a84" and "ab123cd" stay.
        let is_inside = at > 0 && is_letter(at - 1) && is_letter(at + 1);
        let c = match c {
            '0' if is_inside => 'o',
            '1' | '|' if is_inside => 'i',
            '3' | '€' if is_inside => 'e',
            '4' | '@' if is_inside => 'a',
            '5' | '$' if is_inside => 's',
            '7' if is_inside => 't',
            '*' => continue,
            c if has_latin => latin(c),
            c => c,
        };
        tidy.push(c);
    }
    let mut held = String::with_capacity(tidy.len());
    let mut run = 0;
    let mut last = '\0';
    for c in tidy.chars() {
        run = if c == last && c.is_alphabetic() { run + 1 } else { 1 };
        last = c;
        // A third of the same letter takes the second back, too: "vuuue" is "vue".
        match run {
            1 | 2 => held.push(c),
            3 => {
                held.pop();
            }
            _ => {}
        }
    }
    held
}

/// Letters of other alphabets that look like ours, in a word that has Latin ones.
pub fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'у' | 'υ' => 'y',
        'х' | 'χ' => 'x',
        'і' | 'ι' => 'i',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'т' | 'τ' => 't',
        'ν' => 'v',
        'ѕ' => 's',
        c => c,
    }
}

/// What a handle is made of.
pub fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Nothing to see: zero-width characters, directions, variation selectors, tags.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{640}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Pictures that stand in a text.
pub fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}' | '\u{1F300}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1F0FF}')
}

/// "https://…", "www.…", "t.co/abc".
pub fn is_link(chunk: &str) -> bool {
    let lower = chunk.get(..12.min(chunk.len())).unwrap_or(chunk).to_ascii_lowercase();
    if chunk.contains("://") || lower.starts_with("www.") {
        return true;
    }
    // "t.co/abc", "bit.ly/x", "exemple.com": a dot between letters and an ending that links have.
    let host = chunk.split('/').next().unwrap_or(chunk);
    let Some((name, ending)) = host.rsplit_once('.') else { return false };
    const ENDINGS: [&str; 20] = [
        "com", "fr", "net", "org", "io", "ly", "co", "me", "gl", "xyz", "info", "shop", "site", "online", "club",
        "bzh", "eu", "be", "tv", "ru",
    ];
    let is_ending = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    is_ending && name.len() > 1 && name.is_ascii() && !chunk.contains('@')
}

/// "someone@example.org".
pub fn is_email(chunk: &str) -> bool {
    chunk.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && name.chars().all(|c| is_name(c) || c == '.' || c == '+')
            && host.trim_end_matches('.').rsplit_once('.').is_some_and(|(before, ending)| {
                !before.is_empty() && (2..=10).contains(&ending.len()) && ending.chars().all(char::is_alphabetic)
            })
    })
}

/// A number plate since 2009 in one piece, "CT-418-ZR": its letters are no short spelling.
pub fn plate(chunk: &str) -> Option<String> {
    let bare = chunk.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let plain: String = bare.chars().filter(|c| !matches!(c, '-' | '.')).map(|c| c.to_ascii_lowercase()).collect();
    let bytes = plain.as_bytes();
    let is_plate = bytes.len() == 7
        && bare.len() <= 9
        && bytes[..2].iter().chain(&bytes[5..]).all(u8::is_ascii_lowercase)
        && bytes[2..5].iter().all(u8::is_ascii_digit);
    is_plate.then_some(plain)
}

/// A hashtag's words: `#RueDeStrasbourg` is `Rue De Strasbourg`.
pub fn spaced(hashtag: &str) -> String {
    let mut spaced = String::with_capacity(hashtag.len() + 4);
    let mut was_lower = false;
    for c in hashtag.chars().filter(|c| *c != '#' && *c != '＃') {
        if c.is_uppercase() && was_lower {
            spaced.push(' ');
        }
        was_lower = c.is_lowercase();
        spaced.push(if c == '_' { ' ' } else { c });
    }
    spaced
}
