//! Finds times of day and dates in a text, however they are written.

use crate::leads::facts::{Fact, FactKind, Search};
use crate::leads::normal::Gap;

impl Search<'_> {
    /// A time of day that begins at a word.
    pub fn hour(&self, at: usize) -> Option<Fact> {
        let text = self.text(at);
        let (hour, minute) = match text.split_once('h') {
            Some((hour, minute)) if !hour.is_empty() => {
                (number(hour)?, if minute.is_empty() { 0 } else { number(minute)? })
            }
            _ => match text {
                "midi" if !matches!(self.text(at.wrapping_sub(1)), "apres" | "ce" | "cet") => (12, 0),
                "minuit" => (0, 0),
                _ => self.spelt_hour(at)?,
            },
        };
        let is_duration = self.text(at.wrapping_sub(1)) == "a" && self.text(at.wrapping_sub(2)) == "y";
        let minutes = (hour % 24) * 60 + minute;
        let label = format!("{}h{:02}", hour % 24, minute);
        (hour <= 24 && minute < 60 && !is_duration).then_some(Fact { kind: FactKind::Hour, key: minutes, label })
    }

    /// "22:30", "22 h 30", "dix heures", "10pm".
    fn spelt_hour(&self, at: usize) -> Option<(u32, u32)> {
        const SPELT: [&str; 13] =
            ["zero", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"];
        let text = self.text(at);
        if let Some(hour) = text.strip_suffix("pm").or_else(|| text.strip_suffix("am")) {
            let hour = number(hour).filter(|hour| (1..=12).contains(hour))?;
            return Some((hour % 12 + if text.ends_with("pm") { 12 } else { 0 }, 0));
        }
        let hour = number(text)
            .or_else(|| SPELT.iter().position(|spelt| *spelt == text).and_then(|at| u32::try_from(at).ok()))?;
        let next = self.word(at + 1)?;
        match self.words.text(next) {
            "h" | "heure" | "heures" => Some((
                hour,
                self.word(at + 2)
                    .filter(|word| word.gap == Gap::Space)
                    .and_then(|word| minutes(self.words.text(word)))
                    .unwrap_or(0),
            )),
            "pm" => Some((hour % 12 + 12, 0)),
            minute if next.gap == Gap::Glue(b':') => Some((hour, minutes(minute)?)),
            _ => None,
        }
    }

    /// "12/03", "le 12 mars".
    pub fn date(&self, at: usize) -> Option<String> {
        const MONTHS: [&str; 12] = [
            "janvier",
            "fevrier",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "aout",
            "septembre",
            "octobre",
            "novembre",
            "decembre",
        ];
        let day = number(self.text(at)).filter(|day| (1..=31).contains(day))?;
        let next = self.word(at + 1)?;
        let month = MONTHS.iter().position(|month| *month == self.words.text(next)).map(|month| month + 1);
        let month = month.or_else(|| {
            let written = number(self.words.text(next))
                .filter(|month| next.gap == Gap::Glue(b'/') && (1..=12).contains(month))?;
            usize::try_from(written).ok()
        })?;
        Some(format!("{day:02}/{month:02}"))
    }
}

/// A number of at most four digits.
pub fn number(text: &str) -> Option<u32> {
    (text.len() <= 4 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn minutes(text: &str) -> Option<u32> {
    number(text).filter(|minute| text.len() == 2 && *minute < 60)
}
