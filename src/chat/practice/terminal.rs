//! Prints a practice room as it happens, for whoever watches the demonstration in a terminal.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use unicode_segmentation::UnicodeSegmentation;

use crate::chat::practice::public::PublicPost;
use crate::chat::practice::record::{Author, Message, Reaction};
use crate::chat::practice::transcript::name;
use crate::chat::practice::{Change, Changed, Practice, PracticeRoom};
use crate::domain::name::{AccountName, MessageId};

/// How wide a line may be, in columns: what every terminal has.
const WIDTH: usize = 80;

/// How many columns of a message are repeated to say which one is meant.
const WIDTH_OF_A_MENTION: usize = 48;

/// A terminal, and what it shows already.
pub struct Terminal<W> {
    out: W,
    colours: bool,
    /// What each message said when it was last printed, so that of a card that is kept up to date only the new lines
    /// are printed. As long as one demonstration.
    printed: HashMap<MessageId, String>,
    /// Which posts were printed and are still out.
    posts_printed: HashSet<(AccountName, String)>,
}

/// How a line looks where there are colours.
#[derive(Clone, Copy)]
enum Style {
    Person,
    Bot,
    Public,
    Plain,
    Faint,
}

impl<W: Write> Terminal<W> {
    /// Prints to `out`; `colours` only where `out` is a terminal that shows them.
    pub fn new(out: W, colours: bool) -> Self {
        Self { out, colours, printed: HashMap::new(), posts_printed: HashSet::new() }
    }

    /// Prints changes and posts as they come until told to stop, and then those that came before that.
    ///
    /// # Errors
    /// When `out` fails.
    pub async fn follow(
        &mut self,
        practice: &Practice,
        mut changes: broadcast::Receiver<Change>,
        mut public: watch::Receiver<Vec<PublicPost>>,
        stop: CancellationToken,
    ) -> io::Result<()> {
        loop {
            tokio::select! {
                biased;
                change = changes.recv() => match change {
                    Ok(change) => self.change(practice, &change)?,
                    Err(RecvError::Lagged(_)) => self.line(Style::Faint, "", "…")?,
                    Err(RecvError::Closed) => break,
                },
                Ok(()) = public.changed() => self.posts(&public.borrow_and_update())?,
                () = stop.cancelled() => break,
            }
        }
        loop {
            match changes.try_recv() {
                Ok(change) => self.change(practice, &change)?,
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        self.posts(&public.borrow_and_update())
    }

    /// Prints one change. The glyphs that the bot puts there to be tapped are left out.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn change(&mut self, practice: &Practice, change: &Change) -> io::Result<()> {
        let Some(room) = practice.rooms().find(|room| room.id == change.room) else { return Ok(()) };
        let message = &change.message;
        let author = name(room, &message.by);
        match &change.what {
            Changed::Said if message.thread.is_some() => self.message(message, &format!("{author}, dans le fil"))?,
            Changed::Said => self.message(message, author)?,
            Changed::Edited if message.by == Author::Bot => self.message(message, &format!("{author} met à jour"))?,
            Changed::Edited => self.message(message, &format!("{author} corrige"))?,
            Changed::Reacted(reaction) => self.reaction(room, message, reaction, "réagit")?,
            Changed::TakenBack(reaction) => self.reaction(room, message, reaction, "retire")?,
            Changed::Removed => self.line(Style::Faint, "", &format!("\nLe message de {author} est supprimé."))?,
        }
        self.out.flush()
    }

    /// Prints the posts that are new in the list of all posts, and which of them are gone.
    ///
    /// # Errors
    /// When `out` fails.
    pub fn posts(&mut self, posts: &[PublicPost]) -> io::Result<()> {
        let names = |post: &PublicPost| (post.account.clone(), post.id.clone());
        let out: HashSet<_> = posts.iter().map(names).collect();
        let gone: Vec<_> = self.posts_printed.extract_if(|post| !out.contains(post)).collect();
        for (account, _) in gone {
            self.line(Style::Public, "", &format!("\nRetiré · {account}"))?;
        }
        for post in posts {
            if !self.posts_printed.insert(names(post)) {
                continue;
            }
            self.line(Style::Public, "", &format!("\nVu par le public · {}", post.account))?;
            for line in post.text.lines() {
                self.line(Style::Plain, "  ┃ ", line)?;
            }
            for developed in &post.pictures {
                self.line(Style::Faint, "  ┃ ", &format!("[image : {}]", developed.picture().alt))?;
            }
        }
        self.out.flush()
    }

    fn message(&mut self, message: &Message, heading: &str) -> io::Result<()> {
        let text = message.content.plain();
        let before = self.printed.insert(message.id.clone(), text.clone()).unwrap_or_default();
        let fresh: Vec<&str> = text.lines().filter(|line| !before.lines().any(|there| there == *line)).collect();
        if fresh.is_empty() && !before.is_empty() {
            return Ok(());
        }
        let (style, bar) = match message.by {
            Author::Bot => (Style::Bot, "  │ "),
            Author::Person(_) => (Style::Person, "  "),
        };
        self.line(style, "", &format!("\n{heading}"))?;
        fresh.into_iter().try_for_each(|line| self.line(Style::Plain, bar, line))
    }

    fn reaction(&mut self, room: &PracticeRoom, message: &Message, reaction: &Reaction, verb: &str) -> io::Result<()> {
        if reaction.by == Author::Bot {
            return Ok(());
        }
        self.line(Style::Person, "", &format!("\n{} {verb} {}", name(room, &reaction.by), reaction.glyph))?;
        let text = message.content.plain();
        let mut lines = wrap(text.lines().next().unwrap_or_default(), WIDTH_OF_A_MENTION);
        let mention = lines.remove(0);
        let rest = if lines.is_empty() { "" } else { "…" };
        self.line(Style::Faint, "  ", &format!("sous « {mention}{rest} »"))
    }

    /// Prints a text, wrapped, each line after that margin.
    fn line(&mut self, style: Style, margin: &str, text: &str) -> io::Result<()> {
        let code = match style {
            Style::Person => "1;36",
            Style::Bot => "1;34",
            Style::Public => "1;32",
            Style::Plain => "0",
            Style::Faint => "2",
        };
        let bare = text.trim_start_matches('\n');
        if bare.len() < text.len() {
            writeln!(self.out)?;
        }
        for line in wrap(bare, WIDTH - margin.chars().count()) {
            match self.colours {
                true => writeln!(self.out, "{margin}\u{1b}[{code}m{line}\u{1b}[0m")?,
                false => writeln!(self.out, "{margin}{line}")?,
            }
        }
        Ok(())
    }
}

/// One line of text as lines of at most that many columns, broken between words where there are any. Never empty.
/// Control characters, which could command the terminal, are shown as `�`.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let text: String = text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    let (mut lines, mut used) = (vec![String::new()], 0);
    for word in text.split_word_bounds() {
        if used > 0 && used + columns(word) > most && !word.trim().is_empty() {
            if let Some(full) = lines.last_mut() {
                full.truncate(full.trim_end().len());
            }
            lines.push(String::new());
            used = 0;
        }
        for sign in word.graphemes(true) {
            if used + columns(sign) > most {
                lines.push(String::new());
                used = 0;
            }
            let is_indent = used == 0 && sign == " " && lines.len() > 1;
            if let Some(line) = lines.last_mut().filter(|_| !is_indent) {
                line.push_str(sign);
                used += columns(sign);
            }
        }
    }
    lines
}

/// About how many columns a text takes: two for an emoji, one for any other sign.
fn columns(text: &str) -> usize {
    text.graphemes(true).map(|sign| if sign.chars().any(is_wide) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{23E9}'..='\u{23FA}' | '\u{FE0F}')
}
