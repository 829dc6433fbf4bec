//! Cuts a text into words, numbers and signs, and goes over them one by one.

/// A piece of folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// Digits: their value and how many there are.
    Number(i16, usize),
    /// Letters, with the apostrophes and hyphens between them.
    Word(String),
    /// Any other sign.
    Sign(char),
}

/// A place in a text.
pub struct Cursor {
    tokens: Vec<Token>,
    at: usize,
}

impl Cursor {
    /// At the start of a folded text.
    pub fn new(folded: &str) -> Self {
        Self { tokens: tokens(folded), at: 0 }
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.at == self.tokens.len()
    }

    /// Reads with one rule, or goes back to where it was.
    pub fn attempt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let start = self.at;
        let read = rule(self);
        if read.is_none() {
            self.at = start;
        }
        read
    }

    /// What a rule reads after these words.
    pub fn then<T>(&mut self, words: &[&str], rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.eat(words) { rule(self) } else { None }
    }

    /// Goes over these words, if they come next.
    pub fn eat(&mut self, words: &[&str]) -> bool {
        let ahead = self.tokens[self.at..].iter().take(words.len());
        let found = ahead.zip(words).filter(|(token, word)| matches!(token, Token::Word(own) if own == *word)).count();
        let all = found == words.len();
        self.at += if all { words.len() } else { 0 };
        all
    }

    /// Goes over this sign, if it comes next.
    pub fn eat_sign(&mut self, sign: char) -> bool {
        let found = self.tokens.get(self.at) == Some(&Token::Sign(sign));
        self.at += usize::from(found);
        found
    }

    /// Goes over a word, if one comes next; call it within [`attempt`](Self::attempt).
    pub fn word(&mut self) -> Option<String> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else { return None };
        self.at += 1;
        Some(word.clone())
    }

    /// A number of one or two digits, or of exactly four; call it within [`attempt`](Self::attempt).
    pub fn number(&mut self, digits: usize) -> Option<i16> {
        if digits == 4 { self.exactly(4) } else { self.attempt(|r| r.exactly(1)).or_else(|| self.exactly(digits)) }
    }

    /// A number of exactly so many digits; call it within [`attempt`](Self::attempt).
    pub fn exactly(&mut self, digits: usize) -> Option<i16> {
        let Some(Token::Number(number, length)) = self.tokens.get(self.at) else { return None };
        self.at += 1;
        (*length == digits).then_some(*number)
    }
}

/// Cuts folded text into tokens. Numbers of more than four digits can't be part of a date and are cut as signs.
fn tokens(folded: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = folded;
    while let Some(c) = rest.chars().next() {
        let length = if c.is_ascii_digit() {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        } else if c.is_alphabetic() {
            let end = rest.find(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '-'))).unwrap_or(rest.len());
            rest[..end].trim_end_matches(['\'', '-']).len()
        } else {
            c.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        if c.is_ascii_digit() {
            tokens.push(token.parse().map_or(Token::Sign('#'), |number| Token::Number(number, length)));
        } else if c.is_alphabetic() {
            tokens.push(Token::Word(token.to_owned()));
        } else if c != ' ' {
            tokens.push(Token::Sign(c));
        }
    }
    tokens
}
